import type { FailureCase, QueryCase } from './case.ts'

/** Times and timestamps of more than six fractional digits, as a Trino 422 answered. */
export const fineMomentCases: readonly QueryCase[] = [
  ["SELECT TIMESTAMP '2024-02-29 10:11:12.123456789'", ['timestamp(9)'], [['2024-02-29 10:11:12.123456789']]],
  ["SELECT TIMESTAMP '2024-02-29 10:11:12.123456789012'", ['timestamp(12)'], [['2024-02-29 10:11:12.123456789012']]],
  ["SELECT TIMESTAMP '1969-07-20 20:17:40.0000000001'", ['timestamp(10)'], [['1969-07-20 20:17:40.0000000001']]],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.1234567 Europe/Paris'",
    ['timestamp(7) with time zone'],
    [['2024-02-29 10:11:12.1234567 Europe/Paris']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.123456789012 +02:30'",
    ['timestamp(12) with time zone'],
    [['2024-02-29 10:11:12.123456789012 +02:30']],
  ],
  [
    "SELECT TIME '10:11:12.123456789', TIME '23:59:59.999999999999', TIME '10:11:12.123456789 +02:00', TIME '10:11:12.123456789012 -05:30'",
    ['time(9)', 'time(12)', 'time(9) with time zone', 'time(12) with time zone'],
    [['10:11:12.123456789', '23:59:59.999999999999', '10:11:12.123456789+02:00', '10:11:12.123456789012-05:30']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS timestamp(6)), CAST(TIMESTAMP '2024-02-29 10:11:12.9999999995' AS timestamp(9)), CAST(TIMESTAMP '2024-02-29 10:11:12.123456' AS timestamp(12))",
    ['timestamp(6)', 'timestamp(9)', 'timestamp(12)'],
    [['2024-02-29 10:11:12.123457', '2024-02-29 10:11:13.000000000', '2024-02-29 10:11:12.123456000000']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS timestamp(3)), CAST(TIMESTAMP '1969-07-20 20:17:40.0004999999' AS timestamp(3)), CAST(TIMESTAMP '1969-07-20 20:17:40.9999999' AS timestamp(0))",
    ['timestamp(3)', 'timestamp(3)', 'timestamp(0)'],
    [['2024-02-29 10:11:12.123', '1969-07-20 20:17:40.000', '1969-07-20 20:17:41.000']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS varchar), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris' AS varchar), CAST(TIME '10:11:12.123456789' AS varchar), CAST(TIME '10:11:12.123456789+02:00' AS varchar)",
    ['varchar', 'varchar', 'varchar', 'varchar'],
    [
      [
        '2024-02-29 10:11:12.123456789',
        '2024-02-29 10:11:12.123456789 Europe/Paris',
        '10:11:12.123456789',
        '10:11:12.123456789+02:00',
      ],
    ],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS date), CAST(TIMESTAMP '2024-02-29 23:11:12.123456789 America/New_York' AS date), CAST(DATE '2024-02-29' AS timestamp(9)), CAST(DATE '2024-02-29' AS timestamp(9) with time zone)",
    ['date', 'date', 'timestamp(9)', 'timestamp(9) with time zone'],
    [['2024-02-29', '2024-02-29', '2024-02-29 00:00:00.000000000', '2024-02-29 00:00:00.000000000 UTC']],
  ],
  [
    "SELECT CAST('2024-02-29 10:11:12.123456789' AS timestamp(9)), CAST('2024-02-29 10:11:12.1234567899' AS timestamp(9)), CAST('2024-02-29' AS timestamp(12))",
    ['timestamp(9)', 'timestamp(9)', 'timestamp(12)'],
    [['2024-02-29 10:11:12.123456789', '2024-02-29 10:11:12.123456790', '2024-02-29 00:00:00.000000000000']],
  ],
  [
    "SELECT CAST(x AS timestamp(9)) FROM (VALUES '2024-02-29 10:11:12.123456789', '2024-02-29 10:11', '2024-02-29 10:11:12.1234567895') t(x)",
    ['timestamp(9)'],
    [['2024-02-29 10:11:12.123456789'], ['2024-02-29 10:11:00.000000000'], ['2024-02-29 10:11:12.123456790']],
  ],
  [
    "SELECT CAST(x AS timestamp(9) with time zone) FROM (VALUES '2024-02-29 10:11:12.123456789 Europe/Paris', '2024-02-29 10:11:12.1234567895 +02:00', '2024-02-29 10:11:12.1') t(x)",
    ['timestamp(9) with time zone'],
    [
      ['2024-02-29 10:11:12.123456789 Europe/Paris'],
      ['2024-02-29 10:11:12.123456790 +02:00'],
      ['2024-02-29 10:11:12.100000000 UTC'],
    ],
  ],
  [
    "SELECT TRY_CAST(x AS timestamp(9)), TRY_CAST(x AS timestamp(9) with time zone), TRY_CAST(x AS time(9)), TRY_CAST(x AS time(9) with time zone) FROM (VALUES 'abc', '2024-02-29 10:11:12.123456789', '10:11:12.1234567899') t(x)",
    ['timestamp(9)', 'timestamp(9) with time zone', 'time(9)', 'time(9) with time zone'],
    [
      [null, null, null, null],
      ['2024-02-29 10:11:12.123456789', '2024-02-29 10:11:12.123456789 UTC', null, null],
      [null, null, '10:11:12.123456790', '10:11:12.123456790+00:00'],
    ],
  ],
  [
    "SELECT CAST(x AS time(9)) FROM (VALUES '10:11:12.123456789', '10:11', '23:59:59.9999999999') t(x)",
    ['time(9)'],
    [['10:11:12.123456789'], ['10:11:00.000000000'], ['00:00:00.000000000']],
  ],
  [
    "SELECT CAST(x AS time(9) with time zone) FROM (VALUES '10:11:12.123456789 +02:00', '10:11:12.123456789-05:30', '10:11:12.1') t(x)",
    ['time(9) with time zone'],
    [['10:11:12.123456789+02:00'], ['10:11:12.123456789-05:30'], ['10:11:12.100000000+00:00']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS timestamp(9) with time zone), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS timestamp(3) with time zone), CAST(TIMESTAMP '2024-02-29 10:11:12.1234' AS timestamp(9) with time zone)",
    ['timestamp(9) with time zone', 'timestamp(3) with time zone', 'timestamp(9) with time zone'],
    [['2024-02-29 10:11:12.123456789 UTC', '2024-02-29 10:11:12.123 UTC', '2024-02-29 10:11:12.123400000 UTC']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris' AS timestamp(9)), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris' AS timestamp(3)), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris' AS timestamp(3) with time zone)",
    ['timestamp(9)', 'timestamp(3)', 'timestamp(3) with time zone'],
    [['2024-02-29 10:11:12.123456789', '2024-02-29 10:11:12.123', '2024-02-29 10:11:12.123 Europe/Paris']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris' AS time(9)), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris' AS time(9) with time zone), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS time(9)), CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS time(12) with time zone)",
    ['time(9)', 'time(9) with time zone', 'time(9)', 'time(12) with time zone'],
    [['10:11:12.123456789', '10:11:12.123456789+01:00', '10:11:12.123456789', '10:11:12.123456789000+00:00']],
  ],
  [
    "SELECT CAST(TIME '10:11:12.123456789' AS time(3)), CAST(TIME '10:11:12.123' AS time(9)), CAST(TIME '10:11:12.123456789' AS time(9) with time zone), CAST(TIME '10:11:12.123456789 +02:00' AS time(9)), CAST(TIME '23:59:59.9999999999' AS time(9)), CAST(TIME '10:11:12.123456789012 +02:00' AS time(3) with time zone)",
    ['time(3)', 'time(9)', 'time(9) with time zone', 'time(9)', 'time(9)', 'time(3) with time zone'],
    [
      [
        '10:11:12.123',
        '10:11:12.123000000',
        '10:11:12.123456789+00:00',
        '10:11:12.123456789',
        '00:00:00.000000000',
        '10:11:12.123+02:00',
      ],
    ],
  ],
  [
    "SELECT CAST(TIME '23:59:59.9999999999 +02:00' AS time(9) with time zone), CAST(TIME '23:59:59.9999999999 +02:00' AS time(9)), CAST(TIME '10:11:12.123 +02:00' AS time(12) with time zone)",
    ['time(9) with time zone', 'time(9)', 'time(12) with time zone'],
    [['00:00:00.000000000+02:00', '00:00:00.000000000', '10:11:12.123000000000+02:00']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.123456789' = TIMESTAMP '2024-02-29 10:11:12.123456789000', TIMESTAMP '2024-02-29 10:11:12.123456789' > TIMESTAMP '2024-02-29 10:11:12.123456', TIMESTAMP '2024-02-29 10:11:12.123456789' < TIMESTAMP '2024-02-29 10:11:12.123456790'",
    ['boolean', 'boolean', 'boolean'],
    [['true', 'true', 'true']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.123456789 UTC' = TIMESTAMP '2024-02-29 11:11:12.123456789 Europe/Paris', TIMESTAMP '2024-02-29 10:11:12.123456789 UTC' > TIMESTAMP '2024-02-29 10:11:12.123'",
    ['boolean', 'boolean'],
    [['true', 'true']],
  ],
  [
    "SELECT TIME '10:11:12.123456789' > TIME '10:11:12.123456788', TIME '10:11:12.123456789 +01:00' = TIME '09:11:12.123456789 +00:00', TIME '10:11:12.123456789 +01:00' < TIME '10:11:12.123456789 +00:00'",
    ['boolean', 'boolean', 'boolean'],
    [['true', 'true', 'true']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.123456789' - TIMESTAMP '2024-02-29 10:11:12.123', TIMESTAMP '2024-02-29 10:11:12.1234567' - TIMESTAMP '2024-02-29 10:11:12.1229567', TIMESTAMP '2024-02-29 10:11:12.122' - TIMESTAMP '2024-02-29 10:11:12.1234999999'",
    ['interval day to second', 'interval day to second', 'interval day to second'],
    [['0 00:00:00.000', '0 00:00:00.001', '-0 00:00:00.001']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.1234567 UTC' - TIMESTAMP '2024-02-29 10:11:12.1229567 UTC', TIMESTAMP '2024-02-29 10:11:12.122 UTC' - TIMESTAMP '2024-02-29 10:11:12.1234999999 UTC', TIME '10:11:12.1234567' - TIME '10:11:12.1229567', TIME '10:11:12.122' - TIME '10:11:12.1234999999'",
    ['interval day to second', 'interval day to second', 'interval day to second', 'interval day to second'],
    [['0 00:00:00.000', '-0 00:00:00.001', '0 00:00:00.001', '-0 00:00:00.001']],
  ],
  [
    "SELECT TIME '10:11:12.1234567+01:00' - TIME '10:11:12.1229567+00:00', TIME '10:11:12.122+01:00' - TIME '10:11:12.1234999999+01:00'",
    ['interval day to second', 'interval day to second'],
    [['-0 00:59:59.999', '-0 00:00:00.001']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.123456789' + INTERVAL '1' DAY, TIMESTAMP '2024-02-29 10:11:12.123456789' - INTERVAL '1' YEAR, INTERVAL '1.5' SECOND + TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '1969-02-28 10:11:12.123456789' - INTERVAL '1.5' SECOND",
    ['timestamp(9)', 'timestamp(9)', 'timestamp(9)', 'timestamp(9)'],
    [
      [
        '2024-03-01 10:11:12.123456789',
        '2023-02-28 10:11:12.123456789',
        '2024-02-29 10:11:13.623456789',
        '1969-02-28 10:11:10.623456789',
      ],
    ],
  ],
  [
    "SELECT TIMESTAMP '2024-03-30 10:11:12.123456789 Europe/Paris' + INTERVAL '1' DAY, TIMESTAMP '2024-03-30 10:11:12.123456789 Europe/Paris' + INTERVAL '1' MONTH, TIME '10:11:12.123456789' + INTERVAL '15' HOUR, TIME '10:11:12.123456789' - INTERVAL '11' HOUR, TIME '10:11:12.123456789+02:00' + INTERVAL '15' HOUR",
    ['timestamp(9) with time zone', 'timestamp(9) with time zone', 'time(9)', 'time(9)', 'time(9) with time zone'],
    [
      [
        '2024-03-31 11:11:12.123456789 Europe/Paris',
        '2024-04-30 10:11:12.123456789 Europe/Paris',
        '01:11:12.123456789',
        '23:11:12.123456789',
        '01:11:12.123456789+02:00',
      ],
    ],
  ],
  [
    "SELECT year(x), month(x), day(x), hour(x), minute(x), second(x), millisecond(x), quarter(x), week(x), day_of_week(x), day_of_year(x), year_of_week(x) FROM (VALUES TIMESTAMP '1969-07-20 20:17:40.999999999') t(x)",
    [
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
      'bigint',
    ],
    [['1969', '7', '20', '20', '17', '40', '999', '3', '29', '7', '201', '1969']],
  ],
  [
    "SELECT year(x), month(x), day(x), hour(x), minute(x), second(x), millisecond(x), timezone_hour(x), timezone_minute(x) FROM (VALUES TIMESTAMP '1969-07-20 20:17:40.999999999 +02:30') t(x)",
    ['bigint', 'bigint', 'bigint', 'bigint', 'bigint', 'bigint', 'bigint', 'bigint', 'bigint'],
    [['1969', '7', '20', '20', '17', '40', '999', '2', '30']],
  ],
  [
    "SELECT hour(x), minute(x), second(x), millisecond(x) FROM (VALUES TIME '20:17:40.999999999') t(x)",
    ['bigint', 'bigint', 'bigint', 'bigint'],
    [['20', '17', '40', '999']],
  ],
  [
    "SELECT hour(x), minute(x), second(x), millisecond(x), timezone_hour(x), timezone_minute(x) FROM (VALUES TIME '20:17:40.999999999 -05:30') t(x)",
    ['bigint', 'bigint', 'bigint', 'bigint', 'bigint', 'bigint'],
    [['20', '17', '40', '999', '-5', '-30']],
  ],
  [
    "SELECT date_trunc('second', x), date_trunc('millisecond', x), date_trunc('hour', x), date_trunc('month', x) FROM (VALUES TIMESTAMP '1969-07-20 20:17:40.999999999') t(x)",
    ['timestamp(9)', 'timestamp(9)', 'timestamp(9)', 'timestamp(9)'],
    [
      [
        '1969-07-20 20:17:40.000000000',
        '1969-07-20 20:17:40.999000000',
        '1969-07-20 20:00:00.000000000',
        '1969-07-01 00:00:00.000000000',
      ],
    ],
  ],
  [
    "SELECT date_trunc('second', x), date_trunc('millisecond', x), date_trunc('hour', x), date_trunc('month', x) FROM (VALUES TIMESTAMP '2024-07-20 20:17:40.999999999 Europe/Paris') t(x)",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '2024-07-20 20:17:40.000000000 Europe/Paris',
        '2024-07-20 20:17:40.999000000 Europe/Paris',
        '2024-07-20 20:00:00.000000000 Europe/Paris',
        '2024-07-01 00:00:00.000000000 Europe/Paris',
      ],
    ],
  ],
  [
    "SELECT date_trunc('second', x), date_trunc('hour', x), date_trunc('millisecond', x), date_trunc('minute', x) FROM (VALUES TIME '20:17:40.999999999') t(x)",
    ['time(9)', 'time(9)', 'time(9)', 'time(9)'],
    [['20:17:40.000000000', '20:00:00.000000000', '20:17:40.999000000', '20:17:00.000000000']],
  ],
  [
    "SELECT date_trunc('second', x), date_trunc('hour', x), date_trunc('millisecond', x), date_trunc('minute', x) FROM (VALUES TIME '20:17:40.999999999 +02:00') t(x)",
    ['time(9) with time zone', 'time(9) with time zone', 'time(9) with time zone', 'time(9) with time zone'],
    [['20:17:40.000000000+02:00', '20:00:00.000000000+02:00', '20:17:40.999000000+02:00', '20:17:00.000000000+02:00']],
  ],
  [
    "SELECT date_add('month', 1, x), date_add('millisecond', -1, x), date_add('day', 3, x), date_add('hour', 5, x) FROM (VALUES TIMESTAMP '1969-01-31 20:17:40.999999999') t(x)",
    ['timestamp(9)', 'timestamp(9)', 'timestamp(9)', 'timestamp(9)'],
    [
      [
        '1969-02-28 20:17:40.999999999',
        '1969-01-31 20:17:40.998999999',
        '1969-02-03 20:17:40.999999999',
        '1969-02-01 01:17:40.999999999',
      ],
    ],
  ],
  [
    "SELECT date_add('month', 1, x), date_add('millisecond', -1, x), date_add('day', 1, x), date_add('hour', 5, x) FROM (VALUES TIMESTAMP '2024-03-30 20:17:40.999999999 Europe/Paris') t(x)",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '2024-04-30 20:17:40.999999999 Europe/Paris',
        '2024-03-30 20:17:40.998999999 Europe/Paris',
        '2024-03-31 20:17:40.999999999 Europe/Paris',
        '2024-03-31 01:17:40.999999999 Europe/Paris',
      ],
    ],
  ],
  [
    "SELECT date_add('hour', 5, x), date_add('millisecond', -1, x), date_add('second', -100000, x) FROM (VALUES TIME '20:17:40.999999999') t(x)",
    ['time(9)', 'time(9)', 'time(9)'],
    [['01:17:40.999999999', '20:17:40.998999999', '16:31:00.999999999']],
  ],
  [
    "SELECT date_add('hour', 5, x), date_add('millisecond', -1, x), date_add('second', -100000, x) FROM (VALUES TIME '20:17:40.999999999 +02:00') t(x)",
    ['time(9) with time zone', 'time(9) with time zone', 'time(9) with time zone'],
    [['01:17:40.999999999+02:00', '20:17:40.998999999+02:00', '16:31:00.999999999+02:00']],
  ],
  [
    "SELECT date_diff('millisecond', TIMESTAMP '2024-02-29 10:11:12.0009999', TIMESTAMP '2024-02-29 10:11:13.0010001'), date_diff('second', TIMESTAMP '2024-02-29 10:11:12.0009999', TIMESTAMP '2024-02-29 10:11:13.0009998'), date_diff('second', TIMESTAMP '2024-02-29 10:11:12.0009', TIMESTAMP '2024-02-29 10:11:13.0008')",
    ['bigint', 'bigint', 'bigint'],
    [['1001', '1', '1']],
  ],
  [
    "SELECT date_diff('millisecond', TIMESTAMP '2024-02-29 10:11:12.000999 UTC', TIMESTAMP '2024-02-29 10:11:13.0010001 UTC'), date_diff('month', TIMESTAMP '2024-02-29 10:11:12.000999 UTC', TIMESTAMP '2024-03-29 10:11:12.0009989 UTC'), date_diff('millisecond', TIME '10:11:12.000999', TIME '10:11:13.0010001')",
    ['bigint', 'bigint', 'bigint'],
    [['1001', '1', '1000']],
  ],
  [
    "SELECT date_diff('millisecond', TIME '10:11:12.000999', TIME '10:11:13.001000'), date_diff('second', TIME '10:11:12.0009', TIME '10:11:13.0008'), date_diff('second', TIME '10:11:12.00099999+01:00', TIME '10:11:13.0009998+01:00')",
    ['bigint', 'bigint', 'bigint'],
    [['1000', '0', '0']],
  ],
  [
    "SELECT x AT TIME ZONE 'America/New_York', at_timezone(x, 'Asia/Tokyo'), with_timezone(TIMESTAMP '2024-07-20 20:17:40.999999999', 'Asia/Tokyo'), x AT TIME ZONE INTERVAL '2' HOUR FROM (VALUES TIMESTAMP '2024-07-20 20:17:40.999999999 Europe/Paris') t(x)",
    [
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
      'timestamp(9) with time zone',
    ],
    [
      [
        '2024-07-20 14:17:40.999999999 America/New_York',
        '2024-07-21 03:17:40.999999999 Asia/Tokyo',
        '2024-07-20 20:17:40.999999999 Asia/Tokyo',
        '2024-07-20 20:17:40.999999999 +02:00',
      ],
    ],
  ],
  [
    "SELECT TIMESTAMP '2024-07-20 20:17:40.999999999' AT TIME ZONE 'Asia/Tokyo'",
    ['timestamp(9) with time zone'],
    [['2024-07-21 05:17:40.999999999 Asia/Tokyo']],
  ],
  ['SELECT from_unixtime_nanos(CAST(NULL AS bigint))', ['timestamp(9) with time zone'], [[null]]],
  [
    "SELECT to_iso8601(TIMESTAMP '2024-02-29 10:11:12.123456789'), to_iso8601(TIMESTAMP '2024-02-29 10:11:12.123456789 +02:30'), to_iso8601(TIMESTAMP '2024-02-29 10:11:12.123456789012')",
    ['varchar(32)', 'varchar(38)', 'varchar(35)'],
    [['2024-02-29T10:11:12.123456789', '2024-02-29T10:11:12.123456789+02:30', '2024-02-29T10:11:12.123456789012']],
  ],
  [
    "SELECT to_unixtime(TIMESTAMP '2024-02-29 10:11:12.123456789 UTC'), to_unixtime(TIMESTAMP '1969-02-28 10:11:12.123456789 UTC'), to_unixtime(TIMESTAMP '2024-02-29 10:11:12.123456789')",
    ['double', 'double', 'double'],
    [['1.7092014721234567E9', '-2.6488127876543213E7', '1.7092014721234567E9']],
  ],
  [
    "SELECT date_format(TIMESTAMP '2024-02-29 10:11:12.123456789', '%Y-%m-%d %H:%i:%s.%f'), format_datetime(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris', 'yyyy-MM-dd HH:mm:ss.SSSSSSSSS ZZZ'), date_format(TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris', '%f')",
    ['varchar', 'varchar', 'varchar'],
    [['2024-02-29 10:11:12.123000', '2024-02-29 10:11:12.123000000 Europe/Paris', '123000']],
  ],
  [
    "SELECT format_datetime(TIMESTAMP '2024-02-29 10:11:12.123456789', 'SSSSSSS'), format_datetime(TIMESTAMP '2024-02-29 10:11:12.123456', 'SSSSSSS'), date_format(TIMESTAMP '2024-02-29 10:11:12.123456', '%f')",
    ['varchar', 'varchar', 'varchar'],
    [['1230000', '1230000', '123000']],
  ],
  [
    "SELECT last_day_of_month(TIMESTAMP '2024-02-29 10:11:12.123456789'), date(TIMESTAMP '2024-02-29 10:11:12.123456789 UTC'), date(TIMESTAMP '2024-02-29 10:11:12.123456789')",
    ['date', 'date', 'date'],
    [['2024-02-29', '2024-02-29', '2024-02-29']],
  ],
  [
    "SELECT min(x), max(x), count(DISTINCT x), approx_distinct(x), array_agg(x ORDER BY x DESC) FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.123456788') t(x)",
    ['timestamp(9)', 'timestamp(9)', 'bigint', 'bigint', 'array(timestamp(9))'],
    [
      [
        '2024-02-29 10:11:12.123456788',
        '2024-02-29 10:11:12.123456789',
        '2',
        '2',
        '[2024-02-29 10:11:12.123456789, 2024-02-29 10:11:12.123456788]',
      ],
    ],
  ],
  [
    "SELECT x, count(*) FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.123456788', TIMESTAMP '2024-02-29 10:11:12.123456788') t(x) GROUP BY x ORDER BY x",
    ['timestamp(9)', 'bigint'],
    [
      ['2024-02-29 10:11:12.123456788', '2'],
      ['2024-02-29 10:11:12.123456789', '1'],
    ],
  ],
  [
    "SELECT min(x), max(x), count(DISTINCT x), array_agg(x ORDER BY x DESC) FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789 UTC', TIMESTAMP '2024-02-29 10:11:12.123456788 UTC') t(x)",
    ['timestamp(9) with time zone', 'timestamp(9) with time zone', 'bigint', 'array(timestamp(9) with time zone)'],
    [
      [
        '2024-02-29 10:11:12.123456788 UTC',
        '2024-02-29 10:11:12.123456789 UTC',
        '2',
        '[2024-02-29 10:11:12.123456789 UTC, 2024-02-29 10:11:12.123456788 UTC]',
      ],
    ],
  ],
  [
    "SELECT checksum(x) FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789') t(x)",
    ['varbinary'],
    [['7b 92 1e 3b 44 38 1c 27']],
  ],
  [
    "SELECT checksum(x) FROM (VALUES TIMESTAMP '1969-02-28 10:11:12.123456789') t(x)",
    ['varbinary'],
    [['2b c4 16 e8 20 07 96 2f']],
  ],
  [
    "SELECT checksum(x) FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789 UTC') t(x)",
    ['varbinary'],
    [['47 2f 87 99 ef bf 1f c2']],
  ],
  ["SELECT checksum(x) FROM (VALUES TIME '10:11:12.123456789') t(x)", ['varbinary'], [['e2 a8 8d 49 04 7a 04 73']]],
  [
    "SELECT checksum(x) FROM (VALUES TIME '10:11:12.123456789+01:00') t(x)",
    ['varbinary'],
    [['97 46 71 24 8a af a2 0e']],
  ],
  [
    "SELECT checksum(x) FROM (VALUES TIME '10:11:12.1234567891+01:00') t(x)",
    ['varbinary'],
    [['32 1f b0 6d 5a 04 52 fd']],
  ],
  [
    "SELECT CAST(TIMESTAMP '2024-02-29 10:11:12.123456789' AS json), CAST(ARRAY[TIMESTAMP '2024-02-29 10:11:12.123456789'] AS json), CAST(JSON '\"2024-02-29 10:11:12.123456789\"' AS varchar)",
    ['json', 'json', 'varchar'],
    [['"2024-02-29 10:11:12.123456789"', '["2024-02-29 10:11:12.123456789"]', '2024-02-29 10:11:12.123456789']],
  ],
  [
    "SELECT format('%s %s', TIMESTAMP '2024-02-29 10:11:12.123456789', TIME '10:11:12.123456789'), ROW(TIMESTAMP '2024-02-29 10:11:12.123456789'), ARRAY[TIME '10:11:12.123456789'], MAP(ARRAY[TIMESTAMP '2024-02-29 10:11:12.123456789'], ARRAY[1])",
    ['varchar', 'row(timestamp(9))', 'array(time(9))', 'map(timestamp(9), integer)'],
    [
      [
        '2024-02-29T10:11:12.123456789 10:11:12.123456789',
        '{field0=2024-02-29 10:11:12.123456789}',
        '[10:11:12.123456789]',
        '{2024-02-29 10:11:12.123456789=1}',
      ],
    ],
  ],
  [
    "SELECT sequence(TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-03-01 10:11:12.123456789', INTERVAL '12' HOUR)",
    ['array(timestamp(9))'],
    [['[2024-02-29 10:11:12.123456789, 2024-02-29 22:11:12.123456789, 2024-03-01 10:11:12.123456789]']],
  ],
  [
    "SELECT greatest(TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.123'), coalesce(NULL, TIME '10:11:12.123456789'), nullif(TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.123'), if(true, TIMESTAMP '2024-02-29 10:11:12.123456789', NULL)",
    ['timestamp(9)', 'time(9)', 'timestamp(9)', 'timestamp(9)'],
    [
      [
        '2024-02-29 10:11:12.123456789',
        '10:11:12.123456789',
        '2024-02-29 10:11:12.123456789',
        '2024-02-29 10:11:12.123456789',
      ],
    ],
  ],
  [
    "SELECT x FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.5') t(x) WHERE x BETWEEN TIMESTAMP '2024-02-29 10:11:12.123' AND TIMESTAMP '2024-02-29 10:11:12.4'",
    ['timestamp(9)'],
    [['2024-02-29 10:11:12.123456789']],
  ],
  [
    "SELECT a.x, b.x FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.5') a(x) JOIN (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789000', TIMESTAMP '2024-02-29 10:11:12.5') b(x) ON a.x = b.x ORDER BY 1",
    ['timestamp(9)', 'timestamp(12)'],
    [
      ['2024-02-29 10:11:12.123456789', '2024-02-29 10:11:12.123456789000'],
      ['2024-02-29 10:11:12.500000000', '2024-02-29 10:11:12.500000000000'],
    ],
  ],
  [
    "SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN INTERVAL '1' SECOND PRECEDING AND CURRENT ROW) FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:13.1234567880', TIMESTAMP '2024-02-29 10:11:13.123456790') t(x) ORDER BY 1",
    ['timestamp(10)', 'bigint'],
    [
      ['2024-02-29 10:11:12.1234567890', '1'],
      ['2024-02-29 10:11:13.1234567880', '2'],
      ['2024-02-29 10:11:13.1234567900', '2'],
    ],
  ],
  [
    "SELECT extract(year FROM TIMESTAMP '2024-02-29 10:11:12.123456789'), extract(second FROM TIME '10:11:12.123456789'), extract(timezone_hour FROM TIME '10:11:12.123456789+01:30')",
    ['bigint', 'bigint', 'bigint'],
    [['2024', '12', '1']],
  ],
  [
    'SELECT CAST(NULL AS timestamp(9)), CAST(NULL AS time(12)), CAST(NULL AS timestamp(9) with time zone), CAST(NULL AS time(9) with time zone)',
    ['timestamp(9)', 'time(12)', 'timestamp(9) with time zone', 'time(9) with time zone'],
    [[null, null, null, null]],
  ],
  [
    "SELECT x FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789 UTC', TIMESTAMP '2024-02-29 10:11:12.123456789 Europe/Paris') t(x) ORDER BY x",
    ['timestamp(9) with time zone'],
    [['2024-02-29 10:11:12.123456789 Europe/Paris'], ['2024-02-29 10:11:12.123456789 UTC']],
  ],
  [
    "SELECT human_readable_seconds(1), TIMESTAMP '12024-02-29 10:11:12.123456789', TIMESTAMP '-0001-02-28 10:11:12.123456789'",
    ['varchar', 'timestamp(9)', 'timestamp(9)'],
    [['1 second', '+12024-02-29 10:11:12.123456789', '-0001-02-28 10:11:12.123456789']],
  ],
  [
    "SELECT date_trunc(u, x), date_add(u, 1, x) FROM (VALUES ('hour', TIMESTAMP '2024-02-29 10:11:12.123456789'), ('month', TIMESTAMP '2024-02-29 10:11:12.123456789')) t(u, x)",
    ['timestamp(9)', 'timestamp(9)'],
    [
      ['2024-02-29 10:00:00.000000000', '2024-02-29 11:11:12.123456789'],
      ['2024-02-01 00:00:00.000000000', '2024-03-29 10:11:12.123456789'],
    ],
  ],
  [
    "SELECT min_by(x, y), max_by(y, x), histogram(x), map_agg(x, y) FROM (VALUES (TIMESTAMP '2024-02-29 10:11:12.123456789', 1)) t(x, y)",
    ['timestamp(9)', 'integer', 'map(timestamp(9), bigint)', 'map(timestamp(9), integer)'],
    [['2024-02-29 10:11:12.123456789', '1', '{2024-02-29 10:11:12.123456789=1}', '{2024-02-29 10:11:12.123456789=1}']],
  ],
  [
    "SELECT x IN (TIMESTAMP '2024-02-29 10:11:12.123456789', TIMESTAMP '2024-02-29 10:11:12.1'), x IS DISTINCT FROM TIMESTAMP '2024-02-29 10:11:12.1' FROM (VALUES TIMESTAMP '2024-02-29 10:11:12.123456789') t(x)",
    ['boolean', 'boolean'],
    [['true', 'true']],
  ],
  [
    "SELECT TIMESTAMP '2024-02-29 10:11:12.1229567 UTC' - TIMESTAMP '2024-02-29 10:11:12.1234567 UTC', TIMESTAMP '2024-02-29 10:11:12.1229568 UTC' - TIMESTAMP '2024-02-29 10:11:12.1234567 UTC', TIMESTAMP '2024-02-29 10:11:12.122956 UTC' - TIMESTAMP '2024-02-29 10:11:12.123456 UTC', TIMESTAMP '2024-02-29 10:11:12.122955 UTC' - TIMESTAMP '2024-02-29 10:11:12.123456 UTC', TIMESTAMP '2024-02-29 10:11:12.1239 UTC' - TIMESTAMP '2024-02-29 10:11:12.1234 UTC', TIMESTAMP '2024-02-29 10:11:12.1234 UTC' - TIMESTAMP '2024-02-29 10:11:12.1239 UTC'",
    [
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
      'interval day to second',
    ],
    [['0 00:00:00.000', '0 00:00:00.000', '0 00:00:00.000', '-0 00:00:00.001', '0 00:00:00.001', '-0 00:00:00.001']],
  ],
]

export const fineMomentFailures: readonly FailureCase[] = [
  [
    "SELECT CAST(x AS timestamp(9)) FROM (VALUES 'abc') t(x)",
    'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: abc',
  ],
  [
    "SELECT x AT TIME ZONE '+05:00', at_timezone(x, '-03:30'), x AT TIME ZONE INTERVAL '2' HOUR FROM (VALUES TIME '20:17:40.999999999 +02:00') t(x)",
    'FUNCTION_NOT_FOUND: line 1:33: Unexpected parameters (time(9) with time zone, varchar(6)) for function at_timezone. Expected: at_timezone(timestamp(p) with time zone, varchar(x)), at_timezone(timestamp(p) with time zone, interval day to second)',
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789Z'), from_iso8601_timestamp_nanos('2024-02-29T10:11:12.123456789+02:00'), from_iso8601_timestamp_nanos('2024-02-29'), from_iso8601_timestamp_nanos('2024-02-29T10:11'), from_iso8601_timestamp_nanos('2024-02-29T10:11:12.1')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29' could not be parsed at index 10",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos(x) FROM (VALUES '2024-02-29T10:11:12.123456789Z', '2024-W09-4T10', '2024-060T10:11:12,123456789') t(x)",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-W09-4T10' could not be parsed at index 5",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('2024-02-29T10:11:12.1234567891Z')",
    "INVALID_FUNCTION_ARGUMENT: Text '2024-02-29T10:11:12.1234567891Z' could not be parsed, unparsed text found at index 29",
  ],
  [
    "SELECT from_iso8601_timestamp_nanos('abc')",
    "INVALID_FUNCTION_ARGUMENT: Text 'abc' could not be parsed at index 0",
  ],
  [
    "SELECT date_trunc(u, x), date_add(u, 1, x), date_diff(u, x, TIMESTAMP '2025-02-29 10:11:12.123456789') FROM (VALUES ('hour', TIMESTAMP '2024-02-29 10:11:12.123456789')) t(u, x)",
    "INVALID_LITERAL: line 1:61: '2025-02-29 10:11:12.123456789' is not a valid TIMESTAMP literal",
  ],
]
