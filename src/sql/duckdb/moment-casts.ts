/** Casts to dates, times and timestamps: of text and of each other, rounded half up where digits are lost. */
import type { Type } from '../types.ts'
import { bindOnce } from './bindings.ts'
import { type Cast, type Conversion, checked } from './cast.ts'
import { failureAs } from './failures.ts'
import { coarse, fine, isFine, isMoment, type Moment, unitPicos } from './fine-moments.ts'
import { quote } from './types.ts'
import { instantOf, localTime, UTC } from './zones.ts'

const DATE_TEXT = String.raw`\s*-?[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}\s*`
const clockText = (fraction: string) => String.raw`([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}(\.${fraction})?)?`
const CLOCK_TEXT = clockText('[0-9]{1,12}')
// A timestamp may have any number of digits, of which twelve count.
const TIMESTAMP_TEXT = String.raw`\s*[+-]?[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}( ${clockText('[0-9]+')})?\s*`
/** A zone behind it is looked at, and has no part in the value. */
const ZONED_TEXT = {
  pattern: String.raw`\s*[+-]?[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2} ${clockText('[0-9]+')}\s*[A-Za-z+-][A-Za-z0-9_+/:-]*\s*`,
  read: (v: string) => {
    const local = `CAST(tr_local_text(${v}) AS TIMESTAMP)`
    return `CASE WHEN js_is_zone(tr_zone_text(${v})) THEN ${local} END`
  },
}
const TIME_TEXT = String.raw`\s*${CLOCK_TEXT}\s*`
const CLOCK_WITH_OFFSET = String.raw`\s*${CLOCK_TEXT}( ?[+-](0[0-9]|1[0-4]):[0-5][0-9])?\s*`
const MICROS = { kind: 'timestamp', precision: 6 } as const
const FULL = { kind: 'timestamp', precision: 12 } as const

const isText = (type: Type): boolean => type.kind === 'varchar' || type.kind === 'char'
const notTimestamp = (text: string) => `'Value cannot be cast to timestamp: ' || ${text}`

export const toDate: Conversion = (cast) => {
  const { from } = cast
  if (from.kind === 'date') return cast.sql
  if (isText(from))
    return checked(cast, DATE_TEXT, 'DATE', (v) => `'Value cannot be cast to date: ' || ${v}`, {
      other: { pattern: String.raw`\s*\+${DATE_TEXT}`, read: (v) => `CAST(replace(${v}, '+', '') AS DATE)` },
    })
  const wall = from.kind.startsWith('timestamp') ? wallClock(cast) : undefined
  return wall && `CAST(${inMicros(cast, wall)} AS DATE)`
}

export const toTimestamp: Conversion = (cast) => {
  const wall = wallClock(cast)
  return wall && wallOf(cast, wall, cast.to as Moment)
}

export const toZoned: Conversion = (cast) => {
  const { sql, from, to } = cast
  if (to.kind !== 'timestamp with time zone') return undefined
  if (from.kind === to.kind) {
    if (from.precision <= to.precision && isFine(from) === isFine(to)) return sql
    if (isFine(from) || isFine(to)) return zonedOfPicos(cast, isFine(from) ? sql : `tr_fine(${sql})`, to)
    return instantOf(rounded(localTime(sql, UTC), from.precision, to.precision), UTC)
  }
  if (isText(from)) return zonedOfText(cast, to)
  const wall = wallClock(cast)
  if (!wall) return undefined
  if (from.kind === 'time with time zone') {
    const offset = isFine(from) ? `tr_fine_offset(${sql})` : `tr_clock_offset(${sql})`
    const instant = `${wallOf(cast, wall, { ...to, kind: 'timestamp' })} - to_minutes(${offset})`
    if (!isFine(to)) return instantOf(`(${instant})`, UTC)
    return `(${wallOf(cast, wall, { ...to, kind: 'timestamp' })} - ${offset} * 60000000000000)`
  }
  const local = wallOf(cast, wall, { ...to, kind: 'timestamp' })
  return isFine(to) ? local : instantOf(local, UTC)
}

function zonedOfText(cast: Cast, to: Moment): string {
  return bindOnce(cast.printing, [cast.sql], (v) => {
    const text = { ...cast, sql: `tr_local_text(${v})` }
    if (!isFine(to)) {
      const local = checked(text, TIMESTAMP_TEXT, 'TIMESTAMP', notTimestamp)
      return `tr_instant(${rounded(local, 6, to.precision)}, ${zoneOfText(cast, v)})`
    }
    return bindOnce(cast.printing, [picosOfText(text)], (p) =>
      roundedPicos(
        `(tr_fine(tr_instant(tr_coarse(${p}), ${zoneOfText(cast, v)})) + tr_within_micro(${p}))`,
        to.precision,
      ),
    )
  })
}

/** Of one that does not exist the cast fails, and with it of one that Trino does not have. */
function zoneOfText(cast: Cast, text: string): string {
  const zone = `tr_zone_text(${text})`
  if (cast.safe) return `CASE WHEN js_is_zone(${zone}) THEN ${zone} END`
  const unknown = failureAs('INVALID_CAST_ARGUMENT', '', 'VARCHAR', notTimestamp(text))
  const unsupported = failureAs('NOT_SUPPORTED', 'Time zone not supported: ', 'VARCHAR', zone)
  return `CASE WHEN ${zone} = 'UTC' THEN ${zone} WHEN tr_is_offset(${zone}) AND abs(tr_offset_minutes(${zone})) > 840 THEN ${unsupported} WHEN js_is_zone(${zone}) THEN ${zone} WHEN ${zone} IS NOT NULL THEN ${unknown} END`
}

function zonedOfPicos(cast: Cast, picos: string, to: Moment): string {
  const value = roundedPicos(picos, to.precision)
  return isFine(to) ? value : bindOnce(cast.printing, [value], (v) => coarse(v, to))
}

export const toTime: Conversion = (cast) => {
  const { sql, from, to } = cast
  if (to.kind !== 'time') return undefined
  if (from.kind === 'time' && from.precision <= to.precision && isFine(from) === isFine(to)) return sql
  const clock = clockOf(cast, to.precision)
  return clock && timeOf(cast, clock, to)
}

export const toZonedTime: Conversion = (cast) => {
  const { sql, from, to } = cast
  if (to.kind !== 'time with time zone') return undefined
  if (from.kind === to.kind && from.precision <= to.precision && isFine(from) === isFine(to)) return sql
  if (!isMoment(from) && !isText(from)) return undefined
  return bindOnce(cast.printing, [sql], (v) => {
    const named = { ...cast, sql: v }
    const time = timeOf(named, clockOf(named, to.precision)!, { kind: 'time', precision: to.precision })
    return `${isFine(to) ? 'tr_fine_clock' : 'tr_clock'}(${time}, ${offsetOf(named)})`
  })
}

/** Minutes east of UTC of a value that is shown as a time. */
function offsetOf({ sql, from, zone }: Cast): string {
  if (from.kind === 'time with time zone') return isFine(from) ? `tr_fine_offset(${sql})` : `tr_clock_offset(${sql})`
  if (isText(from)) return `tr_text_offset(${sql})`
  if (from.kind !== 'timestamp with time zone') return '0'
  const instant = isFine(from) ? coarse(sql, from) : sql
  return `(epoch_us(${localTime(instant, zone)}) - epoch_us(${instant})) // 60000000`
}

/** A moment's local time in one of two forms. */
interface Wall {
  readonly sql: string
  /** The digits it has; above six it is in picoseconds. */
  readonly precision: number
}

/** The wall clock of what is no text, or of text, as a timestamp. */
function wallClock(cast: Cast): Wall | undefined {
  const { sql, from, to, zone } = cast
  switch (from.kind) {
    case 'date':
      return { sql: `CAST(${sql} AS TIMESTAMP)`, precision: 0 }
    case 'timestamp':
      return { sql, precision: from.precision }
    case 'timestamp with time zone':
      if (!isFine(from)) return { sql: localTime(sql, zone), precision: from.precision }
      return {
        sql: bindOnce(
          cast.printing,
          [sql],
          (v) => `(tr_fine(${localTime(coarse(v, from), zone)}) + tr_within_micro(${v}))`,
        ),
        precision: from.precision,
      }
    case 'time':
    case 'time with time zone':
      return clockOnDay(cast)
    case 'varchar':
    case 'char':
      if (isFine(to)) return { sql: picosOfText(cast), precision: 12 }
      return { sql: checked(cast, TIMESTAMP_TEXT, 'TIMESTAMP', notTimestamp, { other: ZONED_TEXT }), precision: 6 }
    default:
      return undefined
  }
}

/** A time is of the day on which the statement runs; with a zone, and as a value with one, of the day that it is there. */
function clockOnDay(cast: Cast): Wall | undefined {
  const { sql, from, to, today } = cast
  if (!isMoment(from) || !today) return undefined
  const there = from.kind === 'time with time zone' && to.kind === 'timestamp with time zone'
  const date = there
    ? `CAST(TIMESTAMP ${quote(today.instant)} + to_minutes(${offsetOf(cast)}) AS DATE)`
    : `DATE ${quote(today.day)}`
  if (!isFine(from)) return { sql: `(${date} + CAST(${sql} AS TIME))`, precision: from.precision }
  const picos = from.kind === 'time' ? sql : `tr_clock_picos(${sql})`
  return { sql: `(tr_fine(CAST(${date} AS TIMESTAMP)) + ${picos})`, precision: from.precision }
}

const picosOfText = (cast: Cast): string =>
  checked(cast, TIMESTAMP_TEXT, 'HUGEINT', notTimestamp, { read: (v) => `tr_text_picos(${v})` })

function wallOf(cast: Cast, wall: Wall, to: Moment): string {
  const wide = wall.precision > 6
  if (!wide && !isFine(to)) return rounded(wall.sql, wall.precision, to.precision)
  const picos = wide ? wall.sql : bindOnce(cast.printing, [wall.sql], (v) => fine(v, MICROS))
  const value =
    wall.precision > to.precision ? bindOnce(cast.printing, [picos], (v) => roundedPicos(v, to.precision)) : picos
  return isFine(to) ? value : bindOnce(cast.printing, [value], (v) => coarse(v, MICROS))
}

const inMicros = (cast: Cast, wall: Wall): string =>
  wall.precision > 6 ? bindOnce(cast.printing, [wall.sql], (v) => coarse(v, FULL)) : wall.sql

/** The time of day of a value: TIME, or where it or the target is fine, picoseconds since midnight, not rounded yet. */
function clockOf(cast: Cast, digits: number): Wall | undefined {
  const { sql, from } = cast
  const full = digits > 6
  if (isText(from)) {
    const pattern = cast.to.kind === 'time' ? TIME_TEXT : CLOCK_WITH_OFFSET
    const refusal = cast.to.kind === 'time' ? (v: string) => `'Value cannot be cast to time: ' || ${v}` : notTimestamp
    const read = (v: string) => (full ? `tr_text_clock_picos(${v})` : `CAST(tr_text_clock(${v}) AS TIME)`)
    return { sql: checked(cast, pattern, full ? 'BIGINT' : 'TIME', refusal, { read }), precision: full ? 12 : 6 }
  }
  if (from.kind === 'time') return { sql, precision: from.precision }
  if (from.kind === 'time with time zone')
    return { sql: isFine(from) ? `tr_clock_picos(${sql})` : `CAST(${sql} AS TIME)`, precision: from.precision }
  const wall = wallClock(cast)
  if (!wall || from.kind === 'date') return undefined
  return wall.precision > 6
    ? { sql: bindOnce(cast.printing, [wall.sql], (v) => `tr_day_picos(${v})`), precision: wall.precision }
    : { sql: `CAST(${wall.sql} AS TIME)`, precision: wall.precision }
}

/** A time of day rounded to the type's digits, around midnight if need be. */
function timeOf(cast: Cast, clock: Wall, to: Moment): string {
  if (clock.precision <= 6 && !isFine(to)) {
    if (clock.precision <= to.precision || to.precision >= 6) return clock.sql
    return `CAST(${rounded(`(DATE '1970-01-01' + ${clock.sql})`, 6, to.precision)} AS TIME)`
  }
  const picos = clock.precision > 6 ? clock.sql : bindOnce(cast.printing, [clock.sql], (v) => `tr_fine_time(${v})`)
  const value = clock.precision > to.precision ? `(${roundedPicos(picos, to.precision)} % 86400000000000000)` : picos
  return isFine(to) ? `CAST(${value} AS BIGINT)` : bindOnce(cast.printing, [value], (v) => `tr_coarse_time(${v})`)
}

/** A timestamp of fewer fractional digits, rounded half up. */
function rounded(sql: string, from: number, to: number): string {
  if (to >= from || to >= 6) return sql
  return `tr_round_timestamp(${sql}, ${10 ** (6 - to)})`
}

const roundedPicos = (sql: string, precision: number): string =>
  precision >= 12 ? sql : `tr_round_picos(${sql}, ${unitPicos(precision)})`
