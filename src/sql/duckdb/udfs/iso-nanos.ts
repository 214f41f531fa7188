/** ISO 8601 with nanoseconds, as Java's ISO_DATE_TIME reads it: more strictly than `from_iso8601_timestamp`. */
import { FunctionFailure } from '../failures.ts'
import { microsOf } from './clock.ts'
import { type Udf, udf } from './udf.ts'

const PARTS: readonly RegExp[] = [
  // Four digits, or a sign and more of them.
  /(?:[+-]\d{5,10}|-?\d{4})(?!\d)/y,
  ...[/-/y, /\d\d/y, /-/y, /\d\d/y, /T/iy, /\d\d/y, /:/y, /\d\d/y],
]
const SECOND = /:(\d\d)(?:\.(\d{0,9}))?/y
const OFFSET = /(?:Z|([+-])(\d\d):(\d\d)(?::(\d\d))?)/iy
const REGION = /\[([^\]]+)\]/y
const MONTHS = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(' ')
const MAX_OFFSET_HOURS = 14

interface IsoMoment {
  readonly picos: bigint
  /** In Trino's spelling. */
  readonly zone: string
}

function parseIso(text: string): IsoMoment {
  const wrong = (detail: string) =>
    new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Text '${text}' could not be parsed${detail}`)
  let at = 0
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at += match[0].length
    return match
  }
  const fields = PARTS.map((part) => {
    const match = read(part)
    if (!match) throw wrong(` at index ${at}`)
    return Number(match[0])
  })
  const [, second = '0', fraction = ''] = read(SECOND) ?? []
  const offset = read(OFFSET)
  const region = offset && regionAt(text, at)
  if (region) at += region.length + 2
  if (at < text.length) throw wrong(`, unparsed text found at index ${at}`)
  const [year, month, day, hour, minute] = [fields[0]!, fields[2]!, fields[4]!, fields[6]!, fields[8]!]
  const invalid = invalidField({ month, day, hour, minute, second: Number(second) })
  if (invalid) throw wrong(`: Invalid value for ${invalid}`)
  const micros = microsOf({ year, month, day, hour, minute, second: Number(second), micros: 0 })
  if (micros === undefined) throw wrong(`: ${noSuchDay(year, month, day)}`)
  const seconds = offset ? offsetSeconds(offset) : 0
  if (Math.abs(seconds) > 18 * 3600) throw wrong(': Zone offset not in valid range: -18:00 to +18:00')
  const picos = (micros - BigInt(seconds) * 1_000_000n) * 1_000_000n + BigInt(fraction.padEnd(12, '0'))
  return { picos, zone: region ?? zoneOf(seconds, offset?.[0] ?? 'Z') }
}

/** A name in brackets that the platform knows. */
function regionAt(text: string, at: number): string | undefined {
  REGION.lastIndex = at
  const name = REGION.exec(text)?.[1]
  try {
    if (name !== undefined) new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    return undefined
  }
}

function invalidField(
  of: Readonly<Record<'month' | 'day' | 'hour' | 'minute' | 'second', number>>,
): string | undefined {
  if (of.month < 1 || of.month > 12) return `MonthOfYear (valid values 1 - 12): ${of.month}`
  if (of.day < 1 || of.day > 31) return `DayOfMonth (valid values 1 - 28/31): ${of.day}`
  if (of.hour > 23) return `HourOfDay (valid values 0 - 23): ${of.hour}`
  if (of.minute > 59) return `MinuteOfHour (valid values 0 - 59): ${of.minute}`
  return of.second > 59 ? `SecondOfMinute (valid values 0 - 59): ${of.second}` : undefined
}

const noSuchDay = (year: number, month: number, day: number): string =>
  month === 2 && day === 29
    ? `Invalid date 'February 29' as '${year}' is not a leap year`
    : `Invalid date '${MONTHS[month - 1]} ${day}'`

function offsetSeconds([, sign, hours, minutes, seconds = '0']: RegExpExecArray): number {
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds))
}

function zoneOf(seconds: number, text: string): string {
  if (seconds === 0) return 'UTC'
  if (seconds % 60 !== 0 || Math.abs(seconds) > MAX_OFFSET_HOURS * 3600)
    throw new FunctionFailure('NOT_SUPPORTED', `Time zone not supported: ${text}`)
  return text
}

export const isoNanosUdfs: readonly Udf[] = [
  udf('js_iso8601_picos', ['VARCHAR'], 'VARCHAR', (text: string) => String(parseIso(text).picos)),
  udf('js_iso8601_nanos_zone', ['VARCHAR'], 'VARCHAR', (text: string) => parseIso(text).zone),
]
