/** Literals of every type, which generated queries are made of. */

/** By the type's name: an ordinary value, another one, and one at an edge. */
export const SAMPLE_VALUES: Readonly<Record<string, readonly [string, string, string]>> = {
  unknown: ['NULL', 'NULL', 'NULL'],
  boolean: ['true', 'false', 'true'],
  tinyint: ["TINYINT '7'", "TINYINT '2'", "TINYINT '-128'"],
  smallint: ["SMALLINT '300'", "SMALLINT '2'", "SMALLINT '-32768'"],
  integer: ['7', '2', '-2147483648'],
  bigint: ["BIGINT '5000000000'", "BIGINT '3'", "BIGINT '9223372036854775807'"],
  real: ["REAL '1.5'", "REAL '-0.1'", "REAL '3.4028235E38'"],
  double: ['2.5e0', '-0.1e0', 'nan()'],
  'decimal(5,2)': ["DECIMAL '123.45'", "DECIMAL '-1.50'", "DECIMAL '999.99'"],
  'decimal(20,4)': [
    "DECIMAL '1234567890123456.7891'",
    "DECIMAL '0000000000000002.5000'",
    "DECIMAL '-9999999999999999.9999'",
  ],
  'decimal(38,0)': [
    "DECIMAL '12345678901234567890123456789012345678'",
    'CAST(3 AS decimal(38,0))',
    "DECIMAL '-99999999999999999999999999999999999999'",
  ],
  varchar: ["CAST('12' AS varchar)", "CAST('banana' AS varchar)", "CAST('' AS varchar)"],
  'varchar(3)': ["'abc'", "'1.5'", "' x '"],
  'char(5)': ["CAST('abc' AS char(5))", "CAST('12' AS char(5))", "CAST('' AS char(5))"],
  varbinary: ["X'00ff10'", "X'61'", "X''"],
  date: ["DATE '2024-02-29'", "DATE '2023-12-31'", "DATE '1969-07-20'"],
  'time(3)': ["TIME '10:11:12.345'", "TIME '23:59:59.999'", "TIME '00:00:00.000'"],
  'time(3) with time zone': ["TIME '10:11:12.345 +02:00'", "TIME '23:59:59.999 -05:30'", "TIME '00:00:00.000 +00:00'"],
  'timestamp(3)': [
    "TIMESTAMP '2024-02-29 10:11:12.345'",
    "TIMESTAMP '2023-12-31 23:59:59.999'",
    "TIMESTAMP '1969-07-20 20:17:40.000'",
  ],
  'timestamp(6)': [
    "TIMESTAMP '2024-02-29 10:11:12.345678'",
    "TIMESTAMP '2023-12-31 23:59:59.999999'",
    "TIMESTAMP '1969-07-20 20:17:40.000001'",
  ],
  'time(9)': ["TIME '10:11:12.123456789'", "TIME '23:59:59.999999999'", "TIME '00:00:00.000000001'"],
  'timestamp(9)': [
    "TIMESTAMP '2024-02-29 10:11:12.123456789'",
    "TIMESTAMP '2023-12-31 23:59:59.999999999'",
    "TIMESTAMP '1969-07-20 20:17:40.000000001'",
  ],
  'timestamp(12) with time zone': [
    "TIMESTAMP '2024-02-29 10:11:12.123456789012 UTC'",
    "TIMESTAMP '2023-12-31 23:59:59.999999999999 UTC'",
    "TIMESTAMP '1969-07-20 20:17:40.000000000001 UTC'",
  ],
  'timestamp(3) with time zone': [
    "TIMESTAMP '2024-02-29 10:11:12.345 UTC'",
    "TIMESTAMP '2023-12-31 23:59:59.999 UTC'",
    "TIMESTAMP '1969-07-20 20:17:40.000 UTC'",
  ],
  'interval day to second': ["INTERVAL '1' DAY", "INTERVAL '36:30' HOUR TO MINUTE", "INTERVAL '-5' SECOND"],
  'interval year to month': ["INTERVAL '1' YEAR", "INTERVAL '3' MONTH", "INTERVAL '-13' MONTH"],
  json: ['JSON \'{"a": [1, 2]}\'', "JSON '12'", "JSON 'null'"],
  uuid: [
    "UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'",
    "UUID '00000000-0000-0000-0000-000000000001'",
    "UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
  ],
  ipaddress: ["IPADDRESS '10.0.0.1'", "IPADDRESS '2001:db8::1'", "IPADDRESS '0.0.0.0'"],
  'array(integer)': ['ARRAY[1, 2, 3]', 'ARRAY[3, NULL]', 'CAST(ARRAY[] AS array(integer))'],
  'map(varchar, integer)': [
    "CAST(MAP(ARRAY['a', 'b'], ARRAY[1, 2]) AS map(varchar, integer))",
    "CAST(MAP(ARRAY['c'], ARRAY[NULL]) AS map(varchar, integer))",
    'CAST(MAP() AS map(varchar, integer))',
  ],
  'row(x integer, y varchar)': [
    "CAST(ROW(1, 'a') AS ROW(x integer, y varchar))",
    "CAST(ROW(2, 'b') AS ROW(x integer, y varchar))",
    'CAST(ROW(NULL, NULL) AS ROW(x integer, y varchar))',
  ],
}
export const TYPES: readonly string[] = Object.keys(SAMPLE_VALUES)
/** Types that arithmetic exists for, and two for which it does not. */
export const ARITHMETIC_TYPES: readonly string[] = TYPES.filter((type) =>
  /^(unknown|boolean|tinyint|smallint|integer|bigint|real|double|decimal|varchar$|date|time|interval)/.test(type),
)

/** A relation `t(a, b)` of the ordinary values of two types. */
export function pairs(left: string, right: string, count: 1 | 2 = 2): string {
  const rows = Array.from({ length: count }, (_, i) => `(${SAMPLE_VALUES[left]![i]}, ${SAMPLE_VALUES[right]![i]})`)
  return `(VALUES ${rows.join(', ')}) t(a, b)`
}
