import type { FailureCase, QueryCase } from './case.ts'

/** How texts, units, zones and bytes are read and refused, as a Trino 422 answered. */
export const readingCases: readonly QueryCase[] = [
  ["SELECT from_base32('MFRGG===')", ['varbinary'], [['61 62 63']]],
  [
    "SELECT from_base64('YQ'), from_base64('YQ=='), from_base64('')",
    ['varbinary', 'varbinary', 'varbinary'],
    [['61', '61', '']],
  ],
  ["SELECT from_base64url('YW-_')", ['varbinary'], [['61 6f bf']]],
  ['SELECT format_number(nan()), format_number(infinity())', ['varchar', 'varchar'], [['0', '9223Q']]],
  [
    'SELECT width_bucket(2.5e0, ARRAY[1e0, 2e0, 3e0]), width_bucket(0e0, ARRAY[1e0, 2e0]), width_bucket(9e0, ARRAY[1e0, 2e0]), width_bucket(1e0, ARRAY[1e0, 1e0])',
    ['bigint', 'bigint', 'bigint', 'bigint'],
    [['2', '0', '2', '2']],
  ],
  ['SELECT width_bucket(2.5e0, ARRAY[1e0, NULL, 3e0])', ['bigint'], [['2']]],
  ['SELECT normal_cdf(0, 1, nan())', ['double'], [['NaN']]],
  [
    "SELECT cosine_similarity(MAP(ARRAY['', '12'], ARRAY[nan(), NULL]), MAP(ARRAY['', '12'], ARRAY[nan(), NULL]))",
    ['double'],
    [[null]],
  ],
  [
    "SELECT cosine_similarity(MAP(ARRAY['a'], ARRAY[1e0]), MAP(ARRAY['a', 'b'], ARRAY[2e0, 1e0])), cosine_similarity(MAP(ARRAY['a'], ARRAY[nan()]), MAP(ARRAY['a', 'b'], ARRAY[2e0, 1e0]))",
    ['double', 'double'],
    [['0.8944271909999159', 'NaN']],
  ],
  ['SELECT array_sort(ARRAY[2], (x, y) -> 2)', ['array(integer)'], [['[2]']]],
  [
    'SELECT array_sort(ARRAY[2, NULL, 1], (x, y) -> CASE WHEN x IS NULL THEN 1 WHEN y IS NULL THEN -1 WHEN x < y THEN 1 WHEN x = y THEN 0 ELSE -1 END)',
    ['array(integer)'],
    [['[2, 1, null]']],
  ],
  [
    "SELECT from_utf8(X'00ff10', 65), from_utf8(X'00ff10', 'x'), from_utf8(X'00ff10', '')",
    ['varchar', 'varchar', 'varchar'],
    [['\u0000A\u0010', '\u0000x\u0010', '\u0000\u0010']],
  ],
  ['SELECT round(100, -9)', ['integer'], [['0']]],
  ['SELECT round(100, -10)', ['integer'], [['0']]],
  ['SELECT round(100, -18)', ['integer'], [['0']]],
  ["SELECT round(SMALLINT '100', -10)", ['smallint'], [['0']]],
  ["SELECT round(TINYINT '100', -5)", ['tinyint'], [['0']]],
  ["SELECT round(BIGINT '100', -18)", ['bigint'], [['0']]],
  ['SELECT round(2147483647, -9)', ['integer'], [['2000000000']]],
  ['SELECT format_number(-infinity())', ['varchar'], [['-9223.37Q']]],
  ["SELECT CAST(X'0a000001' AS ipaddress)", ['ipaddress'], [['10.0.0.1']]],
  ["SELECT CAST(X'00000000000000000000ffff0a000001' AS ipaddress)", ['ipaddress'], [['10.0.0.1']]],
  ["SELECT CAST(X'20010db8000000000000000000000001' AS ipaddress)", ['ipaddress'], [['2001:db8::1']]],
  [
    "SELECT CAST('+2024-01-01' AS date), CAST('12024-01-01' AS date), CAST('-0001-01-01' AS date)",
    ['date', 'date', 'date'],
    [['2024-01-01', '+12024-01-01', '-0001-01-01']],
  ],
  [
    "SELECT CAST('1d' AS double), CAST('0x1p3' AS double), CAST('1f' AS double), CAST('1e5D' AS double)",
    ['double', 'double', 'double', 'double'],
    [['1.0', '8.0', '1.0', '100000.0']],
  ],
  ["SELECT CAST('1d' AS real), CAST(' 1f ' AS real)", ['real', 'real'], [['1.0', '1.0']]],
  [
    "SELECT bitwise_left_shift(3, -1), bitwise_left_shift(BIGINT '3', -1), bitwise_right_shift(BIGINT '-3', -1), bitwise_right_shift_arithmetic(BIGINT '-3', -1), bitwise_right_shift_arithmetic(-3, -31), bitwise_left_shift(SMALLINT '3', -31)",
    ['integer', 'bigint', 'bigint', 'bigint', 'integer', 'smallint'],
    [['0', '-9223372036854775808', '1', '-1', '-1', '0']],
  ],
  ["SELECT INTERVAL '1' DAY * -1e30", ['interval day to second'], [['-106751991167 07:12:55.808']]],
  [
    "SELECT CAST(DATE '+12024-01-01' AS varchar), DATE '12024-01-01', to_iso8601(DATE '12024-01-01')",
    ['varchar', 'date', 'varchar(16)'],
    [['12024-01-01', '+12024-01-01', '12024-01-01']],
  ],
  [
    "SELECT greatest(TIME '10:00:00+02:00', TIME '09:00:00+00:00'), least(TIME '10:00:00+02:00', TIME '09:00:00+00:00'), greatest(TIME '11:00:00+02:00', TIME '09:00:00+00:00'), least(TIME '11:00:00+02:00', TIME '09:00:00+00:00')",
    ['time(0) with time zone', 'time(0) with time zone', 'time(0) with time zone', 'time(0) with time zone'],
    [['09:00:00+00:00', '10:00:00+02:00', '11:00:00+02:00', '11:00:00+02:00']],
  ],
  [
    "SELECT TRY_CAST(x AS timestamp(3) with time zone), TRY_CAST(x AS timestamp(3)) FROM (VALUES '2024-01-01 10:11:12 Nowhere', '2024-07-01 10:11:12.5 Europe/Paris', '2024-01-01 10:11:12+02:00', '2024-01-01 10:11:12 UTC', NULL) t(x)",
    ['timestamp(3) with time zone', 'timestamp(3)'],
    [
      [null, null],
      ['2024-07-01 10:11:12.500 Europe/Paris', '2024-07-01 10:11:12.500'],
      ['2024-01-01 10:11:12.000 +02:00', '2024-01-01 10:11:12.000'],
      ['2024-01-01 10:11:12.000 UTC', '2024-01-01 10:11:12.000'],
      [null, null],
    ],
  ],
  [
    "SELECT CAST(x AS timestamp(9) with time zone) FROM (VALUES '2024-01-01 10:11:12.123456789 America/New_York') t(x)",
    ['timestamp(9) with time zone'],
    [['2024-01-01 10:11:12.123456789 America/New_York']],
  ],
  [
    "SELECT date_trunc(u, x), date_add(u, 2, x), date_diff(u, x, DATE '2025-01-01') FROM (VALUES ('MONTH', DATE '2024-01-31'), ('week', DATE '2024-02-29'), (NULL, DATE '2024-02-29')) t(u, x)",
    ['date', 'date', 'bigint'],
    [
      ['2024-01-01', '2024-03-31', '11'],
      ['2024-02-26', '2024-03-14', '43'],
      [null, null, null],
    ],
  ],
  [
    "SELECT at_timezone(x, i) FROM (VALUES (TIMESTAMP '2024-01-01 00:00:00 UTC', INTERVAL '-30' MINUTE), (TIMESTAMP '2024-01-01 00:00:00 UTC', INTERVAL '5' HOUR)) t(x, i)",
    ['timestamp(0) with time zone'],
    [['2023-12-31 23:30:00.000 -00:30'], ['2024-01-01 05:00:00.000 +05:00']],
  ],
  [
    'SELECT from_unixtime(nan()), from_unixtime(1.5e0), from_unixtime(NULL)',
    ['timestamp(3) with time zone', 'timestamp(3) with time zone', 'timestamp(3) with time zone'],
    [['1970-01-01 00:00:00.000 UTC', '1970-01-01 00:00:01.500 UTC', null]],
  ],
  [
    "SELECT INTERVAL '1' DAY * 2.5e0, INTERVAL '1' DAY / 2, INTERVAL '5' MONTH * 2, INTERVAL '5' MONTH / 2",
    ['interval day to second', 'interval day to second', 'interval year to month', 'interval year to month'],
    [['2 12:00:00.000', '0 12:00:00.000', '0-10', '0-2']],
  ],
  [
    "SELECT json_format(CAST(ARRAY[DATE '2024-01-01'] AS json)), CAST(MAP(ARRAY[DATE '2024-01-01'], ARRAY[1]) AS map(varchar, integer))",
    ['varchar', 'map(varchar, integer)'],
    [['["2024-01-01"]', '{2024-01-01=1}']],
  ],
  [
    'SELECT CAST(JSON \'[[1,2],[3]]\' AS array(array(integer))), CAST(JSON \'{"a":[1]}\' AS map(varchar, array(bigint))), CAST(JSON \'{"x":1,"y":[true]}\' AS row(x integer, y array(boolean)))',
    ['array(array(integer))', 'map(varchar, array(bigint))', 'row(x integer, y array(boolean))'],
    [['[[1, 2], [3]]', '{a=[1]}', '{x=1, y=[true]}']],
  ],
  [
    "SELECT at_timezone(TIMESTAMP '2024-02-29 10:11:12.345 UTC', NULL), from_unixtime(2.5e0, NULL), with_timezone(TIMESTAMP '2024-02-29 10:11:12.345', NULL)",
    ['timestamp(3) with time zone', 'timestamp(3) with time zone', 'timestamp(3) with time zone'],
    [[null, null, null]],
  ],
  [
    "SELECT at_timezone(x, z) FROM (VALUES (TIMESTAMP '2024-02-29 10:11:12.345 UTC', 'Europe/Paris'), (TIMESTAMP '2024-02-29 10:11:12.345 UTC', NULL)) t(x, z)",
    ['timestamp(3) with time zone'],
    [['2024-02-29 11:11:12.345 Europe/Paris'], [null]],
  ],
  [
    "SELECT from_unixtime(x, z) FROM (VALUES (1, 'Europe/Paris'), (2, NULL)) t(x, z)",
    ['timestamp(3) with time zone'],
    [['1970-01-01 01:00:01.000 Europe/Paris'], [null]],
  ],
  [
    "SELECT at_timezone(TIMESTAMP '2024-02-29 10:11:12.345 UTC', 'Europe/Paris'), from_unixtime(1, 2, 30)",
    ['timestamp(3) with time zone', 'timestamp(3) with time zone'],
    [['2024-02-29 11:11:12.345 Europe/Paris', '1970-01-01 02:30:01.000 +02:30']],
  ],
  [
    "SELECT at_timezone(NULL, 'abc'), from_unixtime(NULL, 'abc'), date_add('abc', NULL, DATE '2024-02-29')",
    ['timestamp(3) with time zone', 'timestamp(3) with time zone', 'date'],
    [[null, null, null]],
  ],
  [
    "SELECT sequence(DATE '2023-12-31', DATE '2024-01-03', INTERVAL '2' DAY), sequence(DATE '2023-12-31', DATE '2024-01-03')",
    ['array(date)', 'array(date)'],
    [['[2023-12-31, 2024-01-02]', '[2023-12-31, 2024-01-01, 2024-01-02, 2024-01-03]']],
  ],
  ['SELECT repeat(1, 2)', ['array(integer)'], [['[1, 1]']]],
]

export const readingFailures: readonly FailureCase[] = [
  ["SELECT split_to_map('a=1;a=2', ';', '=')", 'INVALID_FUNCTION_ARGUMENT: Duplicate keys (a) are not allowed'],
  ["SELECT from_hex('0')", 'INVALID_FUNCTION_ARGUMENT: invalid input length 1'],
  ["SELECT from_hex('0g')", 'INVALID_FUNCTION_ARGUMENT: not a hexadecimal digit: "g" = 103'],
  ["SELECT from_base32('abc')", 'INVALID_FUNCTION_ARGUMENT: Invalid input length 3'],
  ["SELECT from_base32('ab')", 'INVALID_FUNCTION_ARGUMENT: Unrecognized character: a'],
  ["SELECT from_base32('a!')", 'INVALID_FUNCTION_ARGUMENT: Unrecognized character: a'],
  ["SELECT from_base32('abcdef')", 'INVALID_FUNCTION_ARGUMENT: Invalid input length 6'],
  ["SELECT from_base64('1.5')", 'INVALID_FUNCTION_ARGUMENT: Illegal base64 character 2e'],
  ["SELECT from_base64('abcde')", 'INVALID_FUNCTION_ARGUMENT: Last unit does not have enough valid bits'],
  ["SELECT from_base64('=')", 'INVALID_FUNCTION_ARGUMENT: Input byte[] should at least have 2 bytes for base64 bytes'],
  ["SELECT from_base64('a=b')", 'INVALID_FUNCTION_ARGUMENT: Last unit does not have enough valid bits'],
  ["SELECT from_base64('YQ=')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has wrong 4-byte ending unit'],
  ["SELECT luhn_check('abc')", 'INVALID_FUNCTION_ARGUMENT: Input contains non-digit character'],
  ['SELECT human_readable_seconds(nan())', 'INVALID_FUNCTION_ARGUMENT: Invalid argument found: NaN'],
  ['SELECT human_readable_seconds(infinity())', 'INVALID_FUNCTION_ARGUMENT: Invalid argument found: Infinity'],
  [
    'SELECT width_bucket(2.5e0, ARRAY[2.5e0, -0.1e0])',
    'INVALID_FUNCTION_ARGUMENT: Bin values are not sorted in ascending order',
  ],
  [
    'SELECT width_bucket(2.5e0, ARRAY[1e0, nan(), 3e0])',
    'INVALID_FUNCTION_ARGUMENT: Bin value must be finite, got NaN',
  ],
  [
    'SELECT width_bucket(2.5e0, ARRAY[1e0, infinity()])',
    'INVALID_FUNCTION_ARGUMENT: Bin value must be finite, got Infinity',
  ],
  ['SELECT width_bucket(nan(), ARRAY[nan(), 2.5e0])', 'INVALID_FUNCTION_ARGUMENT: Operand cannot be NaN'],
  ['SELECT normal_cdf(nan(), nan(), nan())', 'INVALID_FUNCTION_ARGUMENT: standardDeviation must be > 0'],
  ['SELECT inverse_normal_cdf(0, 1, nan())', 'INVALID_FUNCTION_ARGUMENT: p must be 0 > p > 1'],
  ['SELECT wilson_interval_lower(1, 2, nan())', 'INVALID_FUNCTION_ARGUMENT: z-score must not be negative'],
  [
    'SELECT array_sort(ARRAY[2, 7], (x, y) -> 2)',
    'INVALID_FUNCTION_ARGUMENT: Lambda comparator must return either -1, 0, or 1',
  ],
  [
    'SELECT array_sort(ARRAY[2, 1], (x, y) -> CAST(NULL AS integer))',
    'INVALID_FUNCTION_ARGUMENT: Lambda comparator must return either -1, 0, or 1',
  ],
  ["SELECT split('a,b', ',', 5000000000)", 'INVALID_FUNCTION_ARGUMENT: Limit is too large'],
  [
    "SELECT from_utf8(X'00ff10', 'abc')",
    'INVALID_FUNCTION_ARGUMENT: Replacement character string must empty or a single character',
  ],
  ["SELECT from_utf8(X'00ff10', BIGINT '5000000000')", 'INVALID_FUNCTION_ARGUMENT: Invalid replacement character'],
  ["SELECT round(TINYINT '-128', -2147483648)", 'NUMERIC_VALUE_OUT_OF_RANGE: numerical overflow: -128'],
  [
    "SELECT round(100, -2147483647), round(100, -20), round(BIGINT '9223372036854775807', -18)",
    'NUMERIC_VALUE_OUT_OF_RANGE: numerical overflow: 100',
  ],
  [
    "SELECT round(BIGINT '9223372036854775807', -19)",
    'NUMERIC_VALUE_OUT_OF_RANGE: numerical overflow: 9223372036854775807',
  ],
  ['SELECT round(100, -19)', 'NUMERIC_VALUE_OUT_OF_RANGE: numerical overflow: 100'],
  ["SELECT from_base64('a=')", 'INVALID_FUNCTION_ARGUMENT: Last unit does not have enough valid bits'],
  ["SELECT from_base64('ab=c')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has wrong 4-byte ending unit'],
  ["SELECT from_base64('ab==c')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has incorrect ending byte at 4'],
  ["SELECT from_base64('abc==')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has incorrect ending byte at 4'],
  ["SELECT from_base64('ab=')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has wrong 4-byte ending unit'],
  ["SELECT from_base64('abcd=')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has wrong 4-byte ending unit'],
  ["SELECT from_base64('a==')", 'INVALID_FUNCTION_ARGUMENT: Last unit does not have enough valid bits'],
  ["SELECT from_base64('ab===')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has incorrect ending byte at 4'],
  ["SELECT from_base64url('ab=')", 'INVALID_FUNCTION_ARGUMENT: Input byte array has wrong 4-byte ending unit'],
  ["SELECT from_base64('a=b')", 'INVALID_FUNCTION_ARGUMENT: Last unit does not have enough valid bits'],
  [
    "SELECT CAST(JSON '12' AS array(integer))",
    'INVALID_CAST_ARGUMENT: Cannot cast to array(integer). Expected a json array, but got 12\n12',
  ],
  [
    'SELECT CAST(JSON \'"abc"\' AS array(integer))',
    'INVALID_CAST_ARGUMENT: Cannot cast to array(integer). Expected a json array, but got abc\n"abc"',
  ],
  [
    "SELECT CAST(JSON 'true' AS array(integer))",
    'INVALID_CAST_ARGUMENT: Cannot cast to array(integer). Expected a json array, but got true\ntrue',
  ],
  [
    "SELECT CAST(JSON '[1]' AS map(varchar, integer))",
    'INVALID_CAST_ARGUMENT: Cannot cast to map(varchar, integer). Expected a json object, but got [\n[1]',
  ],
  [
    "SELECT CAST(JSON '12' AS map(varchar, integer))",
    'INVALID_CAST_ARGUMENT: Cannot cast to map(varchar, integer). Expected a json object, but got 12\n12',
  ],
  [
    "SELECT CAST(JSON '12' AS row(x integer))",
    'INVALID_CAST_ARGUMENT: Cannot cast to row(x integer). Expected a json array or object, but got 12\n12',
  ],
  [
    "SELECT CAST(JSON '[[1]]' AS array(integer))",
    'INVALID_CAST_ARGUMENT: Cannot cast to array(integer). Unexpected token when cast to integer: [\n[[1]]',
  ],
  [
    'SELECT CAST(JSON \'[{"a":1}]\' AS array(varchar))',
    'INVALID_CAST_ARGUMENT: Cannot cast to array(varchar). Unexpected token when cast to varchar: {\n[{"a":1}]',
  ],
  ['SELECT CAST(JSON \'"x"\' AS integer)', "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"],
  ["SELECT CAST(JSON '[1]' AS varchar)", "INVALID_CAST_ARGUMENT: Cannot cast '[1]' to varchar"],
  ["SELECT CAST(JSON '[1]' AS decimal(5,2))", "INVALID_CAST_ARGUMENT: Cannot cast '[1]' to DECIMAL(5,2)"],
  ["SELECT CAST(JSON '[1]' AS date)", 'TYPE_MISMATCH: line 1:8: Cannot cast json to date'],
  ["SELECT CAST(CAST('abc' AS varbinary) AS uuid)", 'INVALID_CAST_ARGUMENT: Invalid UUID binary length: 3'],
  [
    "SELECT CAST('2024-01-01 10:11:12 Nowhere' AS timestamp(3))",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-01-01 10:11:12 Nowhere',
  ],
  ["SELECT CAST('0x1' AS double)", "INVALID_CAST_ARGUMENT: Cannot cast '0x1' to DOUBLE"],
  ["SELECT from_unixtime(1, '+15:00')", 'NOT_SUPPORTED: Time zone not supported: +15:00'],
  [
    "SELECT at_timezone(TIMESTAMP '2024-01-01 00:00:00 UTC', '+15:00')",
    "INVALID_FUNCTION_ARGUMENT: '+15:00' is not a valid time zone",
  ],
  [
    "SELECT at_timezone(TIMESTAMP '2024-01-01 00:00:00 UTC', 'abc')",
    "INVALID_FUNCTION_ARGUMENT: 'abc' is not a valid time zone",
  ],
  [
    "SELECT with_timezone(TIMESTAMP '2024-01-01 00:00:00', '+15:00')",
    "INVALID_FUNCTION_ARGUMENT: '+15:00' is not a valid time zone",
  ],
  ["SELECT TIMESTAMP '2024-01-01 00:00:00 +15:00'", 'NOT_SUPPORTED: line 1:8: Time zone not supported: +15:00'],
  [
    "SELECT TIMESTAMP '2024-01-01 00:00:00 UTC' AT TIME ZONE '+15:00'",
    "INVALID_FUNCTION_ARGUMENT: '+15:00' is not a valid time zone",
  ],
  [
    "SELECT INTERVAL '1' DAY * 1e30, INTERVAL '1' DAY * nan(), INTERVAL '1' DAY / 1e-30",
    'INVALID_FUNCTION_ARGUMENT: Cannot multiply by double NaN',
  ],
  [
    "SELECT CAST(2.5e0 AS varchar(2)), CAST(REAL '1.5' AS varchar(3))",
    'INVALID_CAST_ARGUMENT: Value 2.5 (2.5E0) cannot be represented as varchar(2)',
  ],
  [
    'SELECT CAST(12345e0 AS varchar(3))',
    'INVALID_CAST_ARGUMENT: Value 12345.0 (1.2345E4) cannot be represented as varchar(3)',
  ],
  [
    "SELECT CAST(x AS timestamp(3) with time zone) FROM (VALUES '2024-01-01 10:11:12 Nowhere') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-01-01 10:11:12 Nowhere',
  ],
  [
    "SELECT CAST(x AS timestamp(3) with time zone) FROM (VALUES '2024-01-01 10:11:12 +15:00') t(x)",
    'NOT_SUPPORTED: Time zone not supported: +15:00',
  ],
  [
    "SELECT date_trunc(u, x) FROM (VALUES ('hour', DATE '2024-01-01')) t(u, x)",
    "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field",
  ],
  [
    "SELECT date_add(u, 1, x) FROM (VALUES ('day', TIME '10:00:00')) t(u, x)",
    "INVALID_FUNCTION_ARGUMENT: 'day' is not a valid TIME field",
  ],
  [
    "SELECT at_timezone(x, i) FROM (VALUES (TIMESTAMP '2024-01-01 00:00:00 UTC', INTERVAL '5' SECOND)) t(x, i)",
    'INVALID_FUNCTION_ARGUMENT: Invalid time zone offset interval: interval contains seconds',
  ],
  [
    "SELECT sequence(DATE '2023-12-31', DATE '2024-01-03', INTERVAL '36:30' HOUR TO MINUTE)",
    'INVALID_FUNCTION_ARGUMENT: sequence step must be a day interval if start and end values are dates',
  ],
  [
    'SELECT repeat(1, -1)',
    'INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be greater than or equal to 0',
  ],
]
