/** Dates: the patterns of MySQL and Joda, and ISO 8601. */

import { offsetAt } from './clock.ts'
import { Reader, wallClock, wrong } from './date-reader.ts'
import { formatDatetime, parseDatetime, parseJoda } from './joda-dates.ts'
import { dateFormat, dateParse } from './mysql-dates.ts'
import { type Udf, udf } from './udf.ts'

const ISO =
  /^([+-]?\d{4,})(?:-(\d{1,2})(?:-(\d{1,2}))?|-W(\d{2})(?:-(\d))?|-(\d{3}))?(?:T(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

function isoMicros(text: string): bigint {
  const match = ISO.exec(text)
  if (!match) throw wrong(`Invalid format: "${text}"`)
  const [, year, month, day, week, weekday, ordinal, hour, minute, second, fraction, zone] = match
  const reader = new Reader(text)
  const r = reader.reading
  r.year = Number(year)
  if (month !== undefined) r.month = Number(month)
  if (day !== undefined) r.day = Number(day)
  if (week !== undefined) {
    r.week = Number(week)
    r.weekYear = Number(year)
    r.weekday = Number(weekday ?? 1)
  }
  if (ordinal !== undefined) r.dayOfYear = Number(ordinal)
  r.hour = Number(hour ?? 0)
  r.minute = Number(minute ?? 0)
  r.second = Number(second ?? 0)
  r.micros = fraction === undefined ? 0 : Math.floor(Number(fraction.padEnd(9, '0').slice(0, 3)) * 1000)
  const local = wallClock(reader)
  if (zone === undefined || zone === 'Z') return local
  const minutes =
    (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.replace(':', '').slice(3) || 0))
  return local - BigInt(minutes) * 60_000_000n
}

function isoDays(text: string): bigint {
  if (text.includes('T')) throw wrong(`Invalid format: "${text}" is malformed at "${text.slice(text.indexOf('T'))}"`)
  return isoMicros(text) / 86_400_000_000n
}

export const dateUdfs: readonly Udf[] = [
  udf('js_date_format', ['BIGINT', 'VARCHAR'], 'VARCHAR', dateFormat),
  udf('js_date_parse', ['VARCHAR', 'VARCHAR'], 'BIGINT', dateParse),
  udf('js_format_datetime', ['BIGINT', 'VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', formatDatetime),
  udf('js_parse_datetime', ['VARCHAR', 'VARCHAR'], 'BIGINT', parseDatetime),
  udf(
    'js_parse_datetime_zone',
    ['VARCHAR', 'VARCHAR'],
    'VARCHAR',
    (text: string, pattern: string) => parseJoda(text, pattern).reading.zone ?? 'UTC',
  ),
  udf('js_iso8601_micros', ['VARCHAR'], 'BIGINT', isoMicros),
  udf(
    'js_is_zone',
    ['VARCHAR'],
    'BOOLEAN',
    (name: string) => offsetAt(0n, name) !== undefined || /^[+-]\d\d:\d\d$/.test(name),
  ),
  udf('js_iso8601_days', ['VARCHAR'], 'BIGINT', isoDays),
]
