/** Date and time functions. A timestamp with time zone is read as the wall clock of its zone. */
import { SqlError } from '../../position.ts'

import type { Call, Lowering, Lowerings } from '../context.ts'
import { jodaToStrftime, mysqlToStrftime } from '../date-patterns.ts'

import { isFine, isMoment, throughMicros } from '../fine-moments.ts'
import { nullOf } from '../literals.ts'
import { momentText, zonedParts } from '../texts.ts'
import { quote } from '../types.ts'
import { jodaInstantOf, localTime, movedInstantOf, namedZone, offsetMinutes, UTC } from '../zones.ts'
import { ordered } from './comparison.ts'
import { asResult, named, textConstant } from './forms.ts'

const DATE_UNITS = new Set(['day', 'week', 'month', 'quarter', 'year'])
const TIME_UNITS = new Set(['millisecond', 'second', 'minute', 'hour'])
const INTERVALS: Readonly<Record<string, string>> = {
  millisecond: 'to_milliseconds',
  second: 'to_seconds',
  minute: 'to_minutes',
  hour: 'to_hours',
  day: 'to_days',
  week: 'to_weeks',
  month: 'to_months',
  quarter: 'to_quarters',
  year: 'to_years',
}

const isZoned = (call: Call, index: number): boolean => call.types[index]!.kind === 'timestamp with time zone'
const coarsely = (lowerings: Lowerings): Lowerings =>
  Object.fromEntries(Object.entries(lowerings).map(([name, lowering]) => [name, throughMicros(lowering, false)]))
const isTime = (call: Call, index: number): boolean =>
  call.types[index]!.kind.startsWith('time') && !call.types[index]!.kind.startsWith('timestamp')

/** Argument `index` as the wall clock it shows. */
function local(call: Call, index: number): string {
  return isZoned(call, index) ? localTime(call.args[index]!, call.zone(index)) : call.args[index]!
}

/** The unit, checked against what the type has. */
function unitOf(call: Call, index: number): string | undefined {
  const unit = textConstant(call, 0)?.toLowerCase()
  if (unit === undefined) return undefined
  const { kind } = call.types[index]!
  const known =
    kind === 'date'
      ? DATE_UNITS.has(unit)
      : isTime(call, index)
        ? TIME_UNITS.has(unit)
        : DATE_UNITS.has(unit) || TIME_UNITS.has(unit)
  if (known) return unit
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${unit}' is not a valid ${noun(call, index).toUpperCase()} field`)
}

/** Of a type, in the names of the macros that check units. */
const noun = (call: Call, index: number): 'date' | 'time' | 'timestamp' =>
  call.types[index]!.kind === 'date' ? 'date' : isTime(call, index) ? 'time' : 'timestamp'

/** A unit that depends on the row. */
const varyingUnit = (call: Call, index: number): string => `tr_${noun(call, index)}_field(lower(${call.args[0]}))`

const part =
  (name: string): Lowering =>
  (call) => {
    switch (call.types[0]!.kind) {
      case 'interval day to second':
        return `tr_interval_${name}(${call.args[0]})`
      case 'interval year to month':
        return `tr_interval_${name}(CAST(${call.args[0]} AS BIGINT))`
      default:
        return asResult(
          call,
          name === 'millisecond' ? `(millisecond(${local(call, 0)}) % 1000)` : `${PARTS[name]}(${local(call, 0)})`,
        )
    }
  }
const PARTS: Readonly<Record<string, string>> = {
  day: 'day',
  day_of_week: 'isodow',
  day_of_year: 'dayofyear',
  hour: 'hour',
  minute: 'minute',
  month: 'month',
  quarter: 'quarter',
  second: 'second',
  week: 'weekofyear',
  year: 'year',
  year_of_week: 'isoyear',
}

const truncate: Lowering = (call) => {
  const unit = unitOf(call, 1)
  const field = unit === undefined ? varyingUnit(call, 1) : quote(unit)
  const value = local(call, 1)
  switch (call.types[1]!.kind) {
    case 'date':
      return `CAST(date_trunc(${field}, ${value}) AS DATE)`
    case 'timestamp with time zone':
      return movedInstantOf(`date_trunc(${field}, ${value})`, call.args[1]!, call.zone(1))
    case 'time':
      return `CAST(date_trunc(${field}, DATE '1970-01-01' + ${value}) AS TIME)`
    case 'time with time zone':
      return call.once(
        [value],
        (t) =>
          `tr_clock(CAST(date_trunc(${field}, DATE '1970-01-01' + CAST(${t} AS TIME)) AS TIME), tr_clock_offset(${t}))`,
      )
    default:
      return `date_trunc(${field}, ${value})`
  }
}

const dateAdd: Lowering = (call) => {
  const unit = unitOf(call, 2)
  const value = local(call, 2)
  const moved =
    unit === undefined
      ? `tr_date_add(${varyingUnit(call, 2)}, ${call.args[1]}, ${value})`
      : `(${value} + ${INTERVALS[unit]}(CAST(${call.args[1]} AS ${TIME_UNITS.has(unit) ? 'BIGINT' : 'INTEGER'})))`
  switch (call.types[2]!.kind) {
    case 'date':
      return `CAST(${moved} AS DATE)`
    case 'timestamp with time zone':
      // Hours are of the time line, days and months of the calendar.
      if (unit !== undefined && TIME_UNITS.has(unit))
        return `(${call.args[2]} + ${INTERVALS[unit]}(CAST(${call.args[1]} AS BIGINT)))`
      return movedInstantOf(moved, call.args[2]!, call.zone(2))
    default:
      return moved
  }
}

const dateDiff: Lowering = (call) => {
  const unit = unitOf(call, 1)
  const field = unit === undefined ? varyingUnit(call, 1) : quote(unit)
  const timestamp = (index: number): string => {
    if (isZoned(call, index))
      return unit !== undefined && TIME_UNITS.has(unit)
        ? `(${call.args[index]} AT TIME ZONE 'UTC')`
        : localTime(call.args[index]!, call.zone(1))
    return call.types[index]!.kind === 'date' ? `CAST(${call.args[index]} AS TIMESTAMP)` : call.args[index]!
  }
  const side = (index: number): string => {
    if (isTime(call, index)) return `(DATE '1970-01-01' + ${call.args[index]})`
    const type = call.types[index]!
    // Timestamps count in whole milliseconds, each of them rounded down.
    return isMoment(type) && type.precision > 3 ? `date_trunc('millisecond', ${timestamp(index)})` : timestamp(index)
  }
  return `date_sub(${field}, ${side(1)}, ${side(2)})`
}

const PICOS: Readonly<Record<string, string>> = {
  millisecond: '1000000000',
  second: '1000000000000',
  minute: '60000000000000',
  hour: '3600000000000000',
}

/** Times of day are exact to their last digit. */
const dateDiffOf: Lowering = (call) => {
  const unit = isTime(call, 1) && isFine(call.types[1]!) ? unitOf(call, 1) : undefined
  if (unit === undefined) return throughMicros(dateDiff, false)(call)
  const [from, to] = [1, 2].map((i) => ordered(call.args[i]!, call.types[i]!))
  return `((${to} - ${from}) // ${PICOS[unit]})`
}

/** `from_unixtime_nanos`: half away from zero where there are fractions. */
const fromUnixtimeNanos: Lowering = (call) => {
  const [value] = call.args
  return call.types[0]!.kind === 'decimal'
    ? `(CAST(round(${value}) AS HUGEINT) * 1000)`
    : `(CAST(${value} AS HUGEINT) * 1000)`
}

const toUnixtime: Lowering = ({ args, types }) =>
  isFine(types[0]!)
    ? `(tr_floor_divide(${args[0]}, 1000000000) / 1e3 + tr_floor_rest(${args[0]}, 1000000000) / 1e12)`
    : `(epoch_us(${args[0]}) / 1e6)`

const micros = (call: Call, index: number): string => `epoch_us(${local(call, index)})`

/** Formats show milliseconds, to which finer moments are rounded. */
function inMillis(call: Call): Call {
  const type = call.types[0]!
  if (!isMoment(type) || type.precision <= 3) return call
  const [value, ...others] = call.args as [string, ...string[]]
  const wall = `tr_round_timestamp(${isZoned(call, 0) ? `(${value} AT TIME ZONE 'UTC')` : value}, 1000)`
  return { ...call, args: [isZoned(call, 0) ? `(${wall} AT TIME ZONE 'UTC')` : wall, ...others] }
}

const dateFormat: Lowering = (of) => {
  const call = inMillis(of)
  const pattern = textConstant(call, 1)
  const strftime = pattern === undefined ? undefined : mysqlToStrftime(pattern)
  return strftime === undefined
    ? `js_date_format(${micros(call, 0)}, ${call.args[1]})`
    : `strftime(${local(call, 0)}, ${quote(strftime)})`
}

const dateParse: Lowering = (call) => `make_timestamp(js_date_parse(${call.args[0]}, ${call.args[1]}))`

const formatDatetime: Lowering = (of) => {
  const call = inMillis(of)
  const pattern = textConstant(call, 1)
  const strftime = pattern === undefined ? undefined : jodaToStrftime(pattern)
  if (strftime !== undefined) return `strftime(${local(call, 0)}, ${quote(strftime)})`
  const zone = isZoned(call, 0) ? call.zone(0).sql : "'UTC'"
  const offset = isZoned(call, 0) ? `(${micros(call, 0)} - epoch_us(${call.args[0]})) // 60000000` : 'CAST(0 AS BIGINT)'
  return `js_format_datetime(${micros(call, 0)}, ${call.args[1]}, ${zone}, ${offset})`
}

const toIso8601: Lowering = (call) => {
  const type = call.types[0]!
  if (type.kind === 'date') return `strftime(${call.args[0]}, '%Y-%m-%d')`
  if (!isMoment(type)) throw new TypeError(`no ISO 8601 text of ${type.kind}`)
  return call.once([call.args[0]!], (v) => {
    if (!isZoned(call, 0)) return `replace(${momentText(v, type, type.precision, UTC)}, ' ', 'T')`
    const { text, offset } = zonedParts(v, type, call.zone(0))
    return `(replace(${text}, ' ', 'T') || tr_iso_offset(${offset}))`
  })
}

/** Most logs are in one plain form, which DuckDB reads by itself; the others are left to JavaScript. */
const isoTimestamp: Lowering = (call) =>
  call.once(call.args, (text) => {
    const plain = `regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?Z?')`
    return `CASE WHEN ${plain} THEN CAST(${text} AS TIMESTAMPTZ) ELSE make_timestamptz(js_iso8601_micros(${text})) END`
  })

const isoDate: Lowering = (call) =>
  call.once(
    call.args,
    (text) =>
      `CASE WHEN regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN CAST(${text} AS DATE) ELSE DATE '1970-01-01' + CAST(js_iso8601_days(${text}) AS INTEGER) END`,
  )

const fromUnixtime: Lowering = (call) => {
  const { args } = call
  if (call.scalars.slice(1).some((_, i) => call.constant(i + 1) === null)) return nullOf(call.result)
  return `make_timestamptz(CASE WHEN isnan(${args[0]}) THEN CAST(0 AS BIGINT) ELSE CAST(floor(${args[0]} * 1000 + 0.5) AS BIGINT) * 1000 END)`
}

const offsetPart =
  (divisor: string): Lowering =>
  (call) =>
    isZoned(call, 0)
      ? `((${micros(call, 0)} - epoch_us(${call.args[0]})) // 60000000 ${divisor})`
      : `(tr_clock_offset(${call.args[0]}) ${divisor})`

/** The same instant; where a timestamp is shown is a matter of its zone, a time carries its offset with it. */
const atTimezone: Lowering = (call) => {
  if (call.constant(1) === null) return nullOf(call.result)
  if (!isZoned(call, 0)) return throughMicros(clockAtTimezone, true)(call)
  const [of, zone] = call.args
  if (call.constant(1) !== undefined) return of!
  return call.once([of!], (v) => `CASE WHEN ${zone} IS NOT NULL THEN ${v} END`)
}

const clockAtTimezone: Lowering = (call) => {
  const [of, zone] = call.args
  if (call.types[1]!.kind === 'interval day to second') return `tr_clock_at(${of}, ${zone} // 60000)`
  const name = textConstant(call, 1)
  const minutes = name === undefined ? undefined : offsetMinutes(namedZone(name).name!)
  if (minutes === undefined)
    throw new SqlError('NOT_SUPPORTED', 'AT TIME ZONE of a time takes a constant offset in this engine')
  return `tr_clock_at(${of}, ${minutes})`
}

const withTimezone: Lowering = (call) => {
  const zone = textConstant(call, 1)
  if (zone === undefined) return `tr_joda_instant(${call.args[0]}, ${call.args[1]})`
  return jodaInstantOf(call.args[0]!, namedZone(zone))
}

export const dateLowerings: Lowerings = {
  $at_timezone: atTimezone,
  at_timezone: atTimezone,
  with_timezone: throughMicros(withTimezone, true),
  date_add: throughMicros(dateAdd, true),
  date_diff: dateDiffOf,
  date_parse: dateParse,
  from_iso8601_date: isoDate,
  from_iso8601_timestamp: isoTimestamp,
  from_iso8601_timestamp_nanos: ({ args }) => `CAST(js_iso8601_picos(${args[0]}) AS HUGEINT)`,
  from_unixtime: fromUnixtime,
  from_unixtime_nanos: fromUnixtimeNanos,
  parse_datetime: ({ args }) => `make_timestamptz(js_parse_datetime(${args[0]}, ${args[1]}))`,
  parse_duration: named('js_parse_duration'),
  to_iso8601: toIso8601,
  to_milliseconds: ({ args }) => args[0]!,
  to_unixtime: toUnixtime,
  ...coarsely({
    date: (call) => call.cast(call.args[0]!, call.types[0]!, call.result, isZoned(call, 0) ? call.zone(0) : undefined),
    date_format: dateFormat,
    date_trunc: truncate,
    day: part('day'),
    day_of_week: part('day_of_week'),
    day_of_year: part('day_of_year'),
    hour: part('hour'),
    millisecond: part('millisecond'),
    minute: part('minute'),
    month: part('month'),
    quarter: part('quarter'),
    second: part('second'),
    week: part('week'),
    year: part('year'),
    year_of_week: part('year_of_week'),
    format_datetime: formatDatetime,
    last_day_of_month: (call) => `last_day(CAST(${local(call, 0)} AS DATE))`,
    timezone_hour: offsetPart('// 60'),
    timezone_minute: offsetPart('% 60'),
  }),
}
