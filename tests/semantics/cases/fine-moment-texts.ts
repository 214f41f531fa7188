import type { FailureCase, QueryCase } from './case.ts'

/** Nanoseconds since the epoch, ISO 8601 to the nanosecond, and texts that are no moments, as a Trino 422 answered. */
export const fineMomentTextCases: readonly QueryCase[] = [
  [
    "SELECT from_unixtime_nanos(1723456789123456789), from_unixtime_nanos(-1), from_unixtime_nanos(BIGINT '1'), from_unixtime_nanos(DECIMAL '1723456789123456789')",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '2024-08-12 09:59:49.123456789 UTC',
        '1969-12-31 23:59:59.999999999 UTC',
        '1970-01-01 00:00:00.000000001 UTC',
        '2024-08-12 09:59:49.123456789 UTC',
      ],
    ],
  ],
  [
    "SELECT from_unixtime_nanos(DECIMAL '1723456789123456789.5'), from_unixtime_nanos(DECIMAL '-1.5'), from_unixtime_nanos(DECIMAL '1.4999'), from_unixtime_nanos(DECIMAL '-0.4')",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '2024-08-12 09:59:49.123456790 UTC',
        '1969-12-31 23:59:59.999999998 UTC',
        '1970-01-01 00:00:00.000000001 UTC',
        '1970-01-01 00:00:00.000000000 UTC',
      ],
    ],
  ],
  [
    "SELECT from_unixtime_nanos(DECIMAL '1.5'), from_unixtime_nanos(DECIMAL '2.5'), from_unixtime_nanos(DECIMAL '-2.5'), from_unixtime_nanos(DECIMAL '-2.51')",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '1970-01-01 00:00:00.000000002 UTC',
        '1970-01-01 00:00:00.000000003 UTC',
        '1969-12-31 23:59:59.999999997 UTC',
        '1969-12-31 23:59:59.999999997 UTC',
      ],
    ],
  ],
  [
    "SELECT from_unixtime_nanos(DECIMAL '9223372036854775807'), from_unixtime_nanos(DECIMAL '99999999999999999999')",
    ['timestamp(9) with time zone', 'timestamp(9) with time zone'],
    [['2262-04-11 23:47:16.854775807 UTC', '5138-11-16 09:46:39.999999999 UTC']],
  ],
  [
    'SELECT from_unixtime_nanos(9223372036854775807), from_unixtime_nanos(-9223372036854775808)',
    ['timestamp(9) with time zone', 'timestamp(9) with time zone'],
    [['2262-04-11 23:47:16.854775807 UTC', '1677-09-21 00:12:43.145224192 UTC']],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789Z'), from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789+02:00'), from_iso8601_timestamp_nanos('2024-02-29T10:11'), from_iso8601_timestamp_nanos('2024-02-29T10:11:12.1')",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '2024-02-29 10:11:12.123456789 UTC',
        '2024-02-29 10:11:12.123456789 +02:00',
        '2024-02-29 10:11:00.000000000 UTC',
        '2024-02-29 10:11:12.100000000 UTC',
      ],
    ],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789-00:00')",
    ['timestamp(9) with time zone'],
    [['2024-02-29 10:11:12.123456789 UTC']],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12+02:00[Europe/Paris]')",
    ['timestamp(9) with time zone'],
    [['2024-02-29 09:11:12.000000000 Europe/Paris']],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12Z[UTC]')",
    ['timestamp(9) with time zone'],
    [['2024-02-29 10:11:12.000000000 UTC']],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29t10:11:12z')",
    ['timestamp(9) with time zone'],
    [['2024-02-29 10:11:12.000000000 UTC']],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('+12024-02-29T10:11:12'), from_iso8601_timestamp_nanos('-0001-02-28T10:11:12')",
    ['timestamp(9) with time zone', 'timestamp(9) with time zone'],
    [['+12024-02-29 10:11:12.000000000 UTC', '-0001-02-28 10:11:12.000000000 UTC']],
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.')",
    ['timestamp(9) with time zone'],
    [['2024-02-29 10:11:12.000000000 UTC']],
  ],
  [
    "SELECT CAST(x AS timestamp(9)) FROM (VALUES '2024-02-29 10:11:12.1234567890123') t(x)",
    ['timestamp(9)'],
    [['2024-02-29 10:11:12.123456789']],
  ],
  [
    "SELECT CAST(x AS timestamp(3)) FROM (VALUES '2024-02-29 10:11:12.1234567890123') t(x)",
    ['timestamp(3)'],
    [['2024-02-29 10:11:12.123']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.9996 Europe/Paris' AS time(3) with time zone)",
    ['time(3) with time zone'],
    [['10:11:13.000+01:00']],
  ],
  [
    "SELECT date_format(TIMESTAMP '2024-02-29 10:11:12.123456', '%f'), format_datetime(TIMESTAMP '2024-02-29 10:11:12.123956', 'SSSSSSS'), date_format(TIMESTAMP '1969-02-28 10:11:12.123956', '%H:%f')",
    ['varchar', 'varchar', 'varchar'],
    [['123000', '1240000', '10:124000']],
  ],
  [
    "SELECT date_diff('millisecond', TIMESTAMP '2024-02-29 10:11:12.000999', TIMESTAMP '2024-02-29 10:11:13.001000'), date_diff('second', TIMESTAMP '2024-02-29 10:11:12.0009', TIMESTAMP '2024-02-29 10:11:13.0008'), date_diff('day', TIMESTAMP '2024-02-28 10:11:12.0009', TIMESTAMP '2024-02-29 10:11:12.0008'), date_diff('month', TIMESTAMP '2024-02-28 10:11:12.0009', TIMESTAMP '2024-03-28 10:11:12.0008')",
    ['bigint', 'bigint', 'bigint', 'bigint'],
    [['1001', '1', '1', '1']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.123456 UTC' - TIMESTAMP '2024-02-29 10:11:12.122956 UTC', TIMESTAMP '2024-02-29 10:11:12.123456' - TIMESTAMP '2024-02-29 10:11:12.122956', TIME '10:11:12.123456' - TIME '10:11:12.122956', TIME '10:11:12.122956' - TIME '10:11:12.123456', TIMESTAMP '2024-02-29 10:11:12.122956' - TIMESTAMP '2024-02-29 10:11:12.123456'",
    [
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
    ],
    [['0 00:00:00.000', '0 00:00:00.001', '0 00:00:00.001', '0 00:00:00.000', '0 00:00:00.000']],
  ],
  [
    "SELECT TIME '10:11:12.1234567' - TIME '10:11:12.1229567', TIME '10:11:12.1229567' - TIME '10:11:12.1234567', TIME '10:11:12.1229567+01:00' - TIME '10:11:12.1234567+01:00', TIME '10:11:12.1234567+01:00' - TIME '10:11:12.1229567+01:00', TIME '10:11:12.1239567+01:00' - TIME '10:11:12.1229568+01:00'",
    [
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
    ],
    [['0 00:00:00.001', '0 00:00:00.000', '0 00:00:00.000', '0 00:00:00.001', '0 00:00:00.001']],
  ],
  [
    "SELECT to_unixtime(TIMESTAMP '2024-02-29 10:11:12.1234567'), to_unixtime(TIMESTAMP '1969-12-31 23:59:59.123456789 UTC'), to_unixtime(TIMESTAMP '1969-12-31 23:59:59.123456789')",
    ['double', 'double', 'double'],
    [['1.7092014721234567E9', '-0.876543211', '-0.876543211']],
  ],
  [
    "SELECT format('%s %s %s %s', TIMESTAMP '2024-02-29 10:11:00.000', TIMESTAMP '2024-02-29 10:11:12.120000', TIMESTAMP '2024-02-29 10:11:12.123456789012', TIME '10:11:00'), format('%s', TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris')",
    ['varchar', 'varchar'],
    [
      [
        '2024-02-29T10:11 2024-02-29T10:11:12.120 2024-02-29T10:11:12.123456789 10:11',
        '2024-02-29T10:11:12.123456789+01:00[Europe/Paris]',
      ],
    ],
  ],
  [
    "SELECT format('%s', TIMESTAMP '2024-02-29 10:11:12.1200 UTC'), format('%s', TIME '10:11:12.120'), format('%s', DATE '2024-02-29'), format('%s', TIME '10:11:12.120+01:00')",
    ['varchar', 'varchar', 'varchar', 'varchar'],
    [['2024-02-29T10:11:12.120Z[UTC]', '10:11:12.120', '2024-02-29', '10:11:12.120+01:00']],
  ],
]

export const fineMomentTextFailures: readonly FailureCase[] = [
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789+0200')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12.123456789+0200' could not be parsed, unparsed text found at index 29",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789+02')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12.123456789+02' could not be parsed, unparsed text found at index 29",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789+02:00:30')",
    'NOT_SUPPORTED: Time zone not supported: +02:00:30',
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12[Europe/Paris]')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12[Europe/Paris]' could not be parsed, unparsed text found at index 19",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12Z[Nowhere]')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12Z[Nowhere]' could not be parsed, unparsed text found at index 20",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-30T10:11:12Z')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-30T10:11:12Z' could not be parsed: Invalid date 'FEBRUARY 30'",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-13-30T10:11:12Z')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-13-30T10:11:12Z' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T24:00:00Z')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T24:00:00Z' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:61:00Z')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:61:00Z' could not be parsed: Invalid value for MinuteOfHour (valid values 0 - 59): 61",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10' could not be parsed at index 13",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29 10:11:12')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29 10:11:12' could not be parsed at index 10",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-2-29T10:11:12')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-2-29T10:11:12' could not be parsed at index 5",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('12024-02-29T10:11:12')",
    "INVALID_FUNCTION_ARGUMENT: Text '12024-02-29T10:11:12' could not be parsed at index 0",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12,5')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12,5' could not be parsed, unparsed text found at index 19",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.5Zx')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12.5Zx' could not be parsed, unparsed text found at index 22",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.5 Z')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12.5 Z' could not be parsed, unparsed text found at index 21",
  ],
  ["SELECT from_iso8601_timestamp_nanos('')", "INVALID_FUNCTION_ARGUMENT: Text '' could not be parsed at index 0"],
  [
    "SELECT from_iso8601_timestamp_nanos('2023-02-29T10:11:12')",
    "INVALID_FUNCTION_ARGUMENT: Text '2023-02-29T10:11:12' could not be parsed: Invalid date 'February 29' as '2023' is not a leap year",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12+19:00')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12+19:00' could not be parsed: Zone offset not in valid range: -18:00 to +18:00",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12+02:0')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12+02:0' could not be parsed, unparsed text found at index 19",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12+15:00')",
    'NOT_SUPPORTED: Time zone not supported: +15:00',
  ],
  [
    "SELECT CAST(x AS time(3)) FROM (VALUES '10:11:12.1234567890123') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to time: 10:11:12.1234567890123',
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.1234567890123'",
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:8: TIMESTAMP precision must be in range [0, 12]: 13',
  ],
  [
    "SELECT TIME '10:11:12.1234567890123'",
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:8: TIME precision must be in range [0, 12]: 13',
  ],
  [
    "SELECT CAST(x AS timestamp(9)) FROM (VALUES '2024-13-29 10:11:12.123') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-13-29 10:11:12.123',
  ],
  [
    "SELECT CAST(x AS timestamp(9)) FROM (VALUES '2024-12-29 10:71:12.123') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-12-29 10:71:12.123',
  ],
  [
    "SELECT CAST(x AS time(9)) FROM (VALUES '10:71:12.123') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to time: 10:71:12.123',
  ],
  [
    "SELECT CAST(x AS time(9) with time zone) FROM (VALUES '10:71:12.123+01:00') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 10:71:12.123+01:00',
  ],
  [
    "SELECT CAST(x AS time(9) with time zone) FROM (VALUES '10:11:12.123+15:00') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 10:11:12.123+15:00',
  ],
  [
    "SELECT json_format(CAST(MAP(ARRAY['a'], ARRAY[TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris']) AS json))",
    'TYPE_MISMATCH: line 1:20: Cannot cast map(varchar(1), timestamp(9) with time zone) to json',
  ],
]
