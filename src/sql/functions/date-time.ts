import { type FunctionDefinition, scalar } from './definition.ts'

const MOMENTS = ['timestamp(p)', 'timestamp(p) with time zone']
const DATES = ['date', ...MOMENTS]
const CLOCKS = ['time(p)', 'time(p) with time zone']
const YEARS = 'interval year to month'
const SECONDS = 'interval day to second'
const part = (name: string, description: string, types: readonly string[], aliases?: readonly string[]) =>
  scalar(
    name,
    description,
    types.map((type) => `(${type}) -> bigint`),
    aliases ? { aliases } : {},
  )

export const dateTimeFunctions: readonly FunctionDefinition[] = [
  scalar('at_timezone', 'The same instant in another zone', [
    '(timestamp(p) with time zone, varchar(x)) -> timestamp(p) with time zone',
    '(timestamp(p) with time zone, interval day to second) -> timestamp(p) with time zone',
  ]),
  scalar('date', 'CAST(x AS date)', [
    '(varchar(x)) -> date',
    '(timestamp(p)) -> date',
    '(timestamp(p) with time zone) -> date',
  ]),
  scalar('date_add', 'Adds a number of units', [
    ...DATES.map((type) => `(varchar(x), bigint, ${type}) -> ${type}`),
    ...CLOCKS.map((type) => `(varchar(x), bigint, ${type}) -> ${type}`),
  ]),
  scalar(
    'date_diff',
    'Whole units from the first to the second',
    [...DATES, ...CLOCKS].map((type) => `(varchar(x), ${type}, ${type}) -> bigint`),
  ),
  scalar(
    'date_format',
    'Text by a MySQL format',
    MOMENTS.map((type) => `(${type}, varchar(x)) -> varchar`),
  ),
  scalar('date_parse', 'Timestamp from text by a MySQL format', ['(varchar(x), varchar(y)) -> timestamp(3)']),
  scalar(
    'date_trunc',
    'Cut to a unit',
    [...DATES, ...CLOCKS].map((type) => `(varchar(x), ${type}) -> ${type}`),
  ),
  part('day', 'Day of the month', [...DATES, SECONDS], ['day_of_month']),
  part('day_of_week', 'ISO day of the week, 1 is Monday', DATES, ['dow']),
  part('day_of_year', 'Day of the year', DATES, ['doy']),
  scalar(
    'format_datetime',
    'Text by a Joda format',
    MOMENTS.map((type) => `(${type}, varchar(x)) -> varchar`),
  ),
  scalar('from_iso8601_date', 'Date from ISO 8601 text', ['(varchar(x)) -> date']),
  scalar('from_iso8601_timestamp', 'Timestamp from ISO 8601 text', ['(varchar(x)) -> timestamp(3) with time zone']),
  scalar('from_iso8601_timestamp_nanos', 'Timestamp from ISO 8601 text', [
    '(varchar(x)) -> timestamp(9) with time zone',
  ]),
  scalar('from_unixtime', 'Timestamp from seconds since the epoch', [
    '(double) -> timestamp(3) with time zone',
    '(double, varchar(x)) -> timestamp(3) with time zone',
    '(double, bigint, bigint) -> timestamp(3) with time zone',
  ]),
  scalar('from_unixtime_nanos', 'Timestamp from nanoseconds since the epoch', [
    '(bigint) -> timestamp(9) with time zone',
    '(decimal(p,s)) -> timestamp(9) with time zone',
  ]),
  part('hour', 'Hour', [...CLOCKS, ...MOMENTS, SECONDS]),
  scalar(
    'last_day_of_month',
    'Last day of the month',
    DATES.map((type) => `(${type}) -> date`),
  ),
  part('millisecond', 'Millisecond of the second', [...CLOCKS, ...MOMENTS, SECONDS]),
  part('minute', 'Minute', [...CLOCKS, ...MOMENTS, SECONDS]),
  part('month', 'Month', [...DATES, YEARS]),
  scalar('parse_datetime', 'Timestamp from text by a Joda format', [
    '(varchar(x), varchar(y)) -> timestamp(3) with time zone',
  ]),
  scalar('parse_duration', 'Interval from text such as 3.81 d', ['(varchar(x)) -> interval day to second']),
  part('quarter', 'Quarter of the year', DATES),
  part('second', 'Second', [...CLOCKS, ...MOMENTS, SECONDS]),
  part('timezone_hour', 'Hours of the zone offset', ['time(p) with time zone', 'timestamp(p) with time zone']),
  part('timezone_minute', 'Minutes of the zone offset', ['time(p) with time zone', 'timestamp(p) with time zone']),
  scalar('to_iso8601', 'ISO 8601 text', [
    '(date) -> varchar(16)',
    '(timestamp(p)) -> varchar(22 + p + min(p, 1))',
    '(timestamp(p) with time zone) -> varchar(28 + p + min(p, 1))',
  ]),
  scalar('to_milliseconds', 'Milliseconds of an interval', ['(interval day to second) -> bigint']),
  scalar('to_unixtime', 'Seconds since the epoch', ['(timestamp(p) with time zone) -> double']),
  part('week', 'ISO week of the year', DATES, ['week_of_year']),
  scalar('with_timezone', 'The same local time in a zone', [
    '(timestamp(p), varchar(x)) -> timestamp(p) with time zone',
  ]),
  part('year', 'Year', [...DATES, YEARS]),
  part('year_of_week', 'Year of the ISO week', DATES, ['yow']),
]
