/** Dates by MySQL's and Joda's patterns and by ISO 8601, over microseconds of a wall clock. */
import { jodaParts } from '../date-patterns.ts'
import { FunctionFailure } from '../failures.ts'
import { type Clock, clockOf, dayOfYear, isoWeek, MONTHS, microsOf, offsetAt, WEEKDAYS } from './clock.ts'
import { type Udf, udf } from './udf.ts'

const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
const two = (n: number): string => String(n).padStart(2, '0')
const hour12 = (hour: number): number => hour % 12 || 12

// ---- MySQL patterns

function dateFormat(micros: bigint, pattern: string): string {
  const clock = clockOf(micros)
  return pattern.replaceAll(/%([\s\S])/g, (_, field: string) => mysqlField(clock, field))
}

function mysqlField(clock: Clock, field: string): string {
  switch (field) {
    case 'a':
      return WEEKDAYS[clock.weekday]!.slice(0, 3)
    case 'W':
      return WEEKDAYS[clock.weekday]!
    case 'b':
      return MONTHS[clock.month - 1]!.slice(0, 3)
    case 'M':
      return MONTHS[clock.month - 1]!
    case 'c':
      return String(clock.month)
    case 'm':
      return two(clock.month)
    case 'd':
      return two(clock.day)
    case 'e':
      return String(clock.day)
    case 'f':
      return String(clock.micros).padStart(6, '0')
    case 'H':
      return two(clock.hour)
    case 'k':
      return String(clock.hour)
    case 'h':
    case 'I':
      return two(hour12(clock.hour))
    case 'l':
      return String(hour12(clock.hour))
    case 'i':
      return two(clock.minute)
    case 's':
    case 'S':
      return two(clock.second)
    case 'p':
      return clock.hour < 12 ? 'AM' : 'PM'
    case 'r':
      return `${two(hour12(clock.hour))}:${two(clock.minute)}:${two(clock.second)} ${clock.hour < 12 ? 'AM' : 'PM'}`
    case 'T':
      return `${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}`
    case 'j':
      return String(dayOfYear(clock)).padStart(3, '0')
    case 'v':
      return two(isoWeek(clock).week)
    case 'x':
      return String(isoWeek(clock).year).padStart(4, '0')
    case 'Y':
      return String(clock.year).padStart(4, '0')
    case 'y':
      return two(clock.year % 100)
    case 'D':
    case 'U':
    case 'u':
    case 'V':
    case 'w':
    case 'X':
      throw wrong(`%${field} not supported in date format string`)
    default:
      return field
  }
}

interface Reading {
  year?: number
  month?: number
  day?: number
  hour?: number
  hour12?: number
  pm?: boolean
  minute?: number
  second?: number
  micros?: number
  dayOfYear?: number
  week?: number
  weekYear?: number
  weekday?: number
  offsetMinutes?: number
  zone?: string
}

/** Reads text field by field; `fail` says where it stopped. */
class Reader {
  readonly text: string
  at = 0
  readonly reading: Reading = {}

  constructor(text: string) {
    this.text = text
  }

  fail(): FunctionFailure {
    const rest = this.text.slice(this.at)
    const detail =
      rest === this.text || rest === '' ? (rest === '' ? ' is too short' : '') : ` is malformed at "${rest}"`
    return wrong(`Invalid format: "${this.text}"${detail}`)
  }

  number(max: number, min = 1): number {
    const match = new RegExp(`^\\d{${min},${max}}`).exec(this.text.slice(this.at))
    if (!match) throw this.fail()
    this.at += match[0].length
    return Number(match[0])
  }

  literal(text: string): void {
    if (!this.text.startsWith(text, this.at)) throw this.fail()
    this.at += text.length
  }

  name(names: readonly string[]): number {
    const rest = this.text.slice(this.at).toLowerCase()
    // The longest first, so that a full name is not read as its short form.
    for (const form of [(n: string) => n, (n: string) => n.slice(0, 3)]) {
      const index = names.findIndex((name) => rest.startsWith(form(name).toLowerCase()))
      if (index >= 0) {
        this.at += form(names[index]!).length
        return index
      }
    }
    throw this.fail()
  }

  fraction(): void {
    const match = /^\d{1,9}/.exec(this.text.slice(this.at))
    if (!match) throw this.fail()
    this.at += match[0].length
    this.reading.micros = Math.floor(Number(match[0].padEnd(9, '0')) / 1000)
  }

  halfDay(): void {
    const half = /^[ap]m/i.exec(this.text.slice(this.at))
    if (!half) throw this.fail()
    this.at += 2
    this.reading.pm = half[0].toLowerCase() === 'pm'
  }

  end(): void {
    if (this.at < this.text.length) throw this.fail()
  }
}

function dateParse(text: string, pattern: string): bigint {
  const reader = new Reader(text)
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char !== '%' || i + 1 >= pattern.length) reader.literal(char)
    else readMysql(reader, pattern[++i]!)
  }
  reader.end()
  return wallClock(reader)
}

function readMysql(reader: Reader, field: string): void {
  const { reading } = reader
  switch (field) {
    case 'a':
    case 'W':
      reading.weekday = reader.name(WEEKDAYS)
      return
    case 'b':
    case 'M':
      reading.month = reader.name(MONTHS) + 1
      return
    case 'c':
    case 'm':
      reading.month = reader.number(2)
      return
    case 'd':
    case 'e':
      reading.day = reader.number(2)
      return
    case 'f':
      return reader.fraction()
    case 'H':
    case 'k':
      reading.hour = reader.number(2)
      return
    case 'h':
    case 'I':
    case 'l':
      reading.hour12 = reader.number(2)
      return
    case 'i':
      reading.minute = reader.number(2)
      return
    case 's':
    case 'S':
      reading.second = reader.number(2)
      return
    case 'p':
      return reader.halfDay()
    case 'r':
      return readAll(reader, ['h', ':', 'i', ':', 's', ' ', 'p'])
    case 'T':
      return readAll(reader, ['H', ':', 'i', ':', 's'])
    case 'j':
      reading.dayOfYear = reader.number(3)
      return
    case 'v':
      reading.week = reader.number(2)
      return
    case 'x':
      reading.weekYear = reader.number(4)
      return
    case 'Y':
      reading.year = reader.number(4)
      return
    case 'y': {
      const year = reader.number(2, 2)
      reading.year = year + (year < 70 ? 2000 : 1900)
      return
    }
    case 'D':
    case 'U':
    case 'u':
    case 'V':
    case 'w':
    case 'X':
      throw wrong(`%${field} not supported in date format string`)
    default:
      reader.literal(field)
  }
}

function readAll(reader: Reader, fields: readonly string[]): void {
  for (const field of fields) {
    if (/[a-z]/i.test(field)) readMysql(reader, field)
    else reader.literal(field)
  }
}

function wallClock(reader: Reader): bigint {
  const r = reader.reading
  const hour = r.hour ?? (r.hour12 === undefined ? (r.pm ? 12 : 0) : (r.hour12 % 12) + (r.pm ? 12 : 0))
  const bounds: readonly (readonly [string, number | undefined, number, number])[] = [
    ['monthOfYear', r.month, 1, 12],
    ['dayOfMonth', r.day, 1, 31],
    ['hourOfDay', hour, 0, 23],
    ['minuteOfHour', r.minute, 0, 59],
    ['secondOfMinute', r.second, 0, 59],
  ]
  for (const [name, value, low, high] of bounds)
    if (value !== undefined && (value < low || value > high))
      throw wrong(`Cannot parse "${reader.text}": Value ${value} for ${name} must be in the range [${low},${high}]`)
  const year = r.year ?? r.weekYear ?? 1970
  const micros = microsOf({
    year,
    month: r.month ?? 1,
    day: r.day ?? 1,
    hour,
    minute: r.minute ?? 0,
    second: r.second ?? 0,
    micros: r.micros ?? 0,
  })
  if (micros === undefined)
    throw wrong(
      `Cannot parse "${reader.text}": Value ${r.day} for dayOfMonth must be in the range [1,${new Date(Date.UTC(year, r.month ?? 1, 0)).getUTCDate()}]`,
    )
  const day = 86_400_000_000n
  if (r.dayOfYear !== undefined && r.month === undefined) return micros + BigInt(r.dayOfYear - 1) * day
  if (r.week !== undefined) {
    const fourth = microsOf({
      year: r.weekYear ?? year,
      month: 1,
      day: 4,
      hour,
      minute: r.minute ?? 0,
      second: r.second ?? 0,
      micros: r.micros ?? 0,
    })!
    const monday = fourth - BigInt((clockOf(fourth).weekday + 6) % 7) * day
    return monday + BigInt((r.week - 1) * 7 + (((r.weekday ?? 1) + 6) % 7)) * day
  }
  return micros
}

// ---- Joda patterns

function formatDatetime(micros: bigint, pattern: string, zone: string, offset: bigint): string {
  const clock = clockOf(micros)
  return jodaParts(pattern)
    .map((part) => part.literal ?? jodaField(clock, part.field!, zone, Number(offset)))
    .join('')
}

function jodaField(clock: Clock, field: string, zone: string, offset: number): string {
  const count = field.length
  const number = (value: number): string => String(value).padStart(count, '0')
  switch (field[0]) {
    case 'G':
      return clock.year > 0 ? 'AD' : 'BC'
    case 'C':
      return number(Math.floor(clock.year / 100))
    case 'Y':
    case 'y':
      return count === 2 ? two(clock.year % 100) : number(clock.year)
    case 'x':
      return count === 2 ? two(isoWeek(clock).year % 100) : number(isoWeek(clock).year)
    case 'w':
      return number(isoWeek(clock).week)
    case 'e':
      return number(clock.weekday || 7)
    case 'E':
      return count >= 4 ? WEEKDAYS[clock.weekday]! : WEEKDAYS[clock.weekday]!.slice(0, 3)
    case 'D':
      return number(dayOfYear(clock))
    case 'M':
      return count >= 4
        ? MONTHS[clock.month - 1]!
        : count === 3
          ? MONTHS[clock.month - 1]!.slice(0, 3)
          : number(clock.month)
    case 'd':
      return number(clock.day)
    case 'a':
      return clock.hour < 12 ? 'AM' : 'PM'
    case 'K':
      return number(clock.hour % 12)
    case 'h':
      return number(hour12(clock.hour))
    case 'H':
      return number(clock.hour)
    case 'k':
      return number(clock.hour || 24)
    case 'm':
      return number(clock.minute)
    case 's':
      return number(clock.second)
    case 'S':
      return String(Math.floor(clock.micros / 1000) * 1000)
        .padStart(6, '0')
        .padEnd(count, '0')
        .slice(0, count)
    case 'Z':
      return count >= 3 ? zone : offsetText(offset, count === 2 ? ':' : '')
    case 'z':
      return zone
    default:
      throw wrong(`Illegal pattern component: ${field}`)
  }
}

function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`
}

function parseJoda(text: string, pattern: string): Reader {
  const reader = new Reader(text)
  const parts = jodaParts(pattern)
  for (const [i, part] of parts.entries()) {
    if (part.literal !== undefined) reader.literal(part.literal)
    else readJoda(reader, part.field, parts[i + 1]?.field !== undefined)
  }
  reader.end()
  return reader
}

/** A number directly before another takes exactly its own digits. */
function readJoda(reader: Reader, field: string, tight: boolean): void {
  const { reading } = reader
  const count = field.length
  const number = (max: number): number => reader.number(tight ? count : Math.max(count, max), tight ? count : 1)
  switch (field[0]) {
    case 'Y':
    case 'y':
      if (count === 2) {
        const year = reader.number(2, 2)
        const pivot = new Date().getUTCFullYear() - 30
        reading.year = Math.floor(pivot / 100) * 100 + year
        if (reading.year < pivot - 20) reading.year += 100
      } else reading.year = number(tight ? count : 9)
      return
    case 'x':
      reading.weekYear = number(4)
      return
    case 'w':
      reading.week = number(2)
      return
    case 'e':
      reading.weekday = number(1)
      return
    case 'E':
      reading.weekday = reader.name(WEEKDAYS)
      return
    case 'D':
      reading.dayOfYear = number(3)
      return
    case 'M':
      reading.month = count >= 3 ? reader.name(MONTHS) + 1 : number(2)
      return
    case 'd':
      reading.day = number(2)
      return
    case 'a':
      return reader.halfDay()
    case 'K':
    case 'h':
      reading.hour12 = number(2)
      return
    case 'H':
      reading.hour = number(2)
      return
    case 'k':
      reading.hour = number(2) % 24
      return
    case 'm':
      reading.minute = number(2)
      return
    case 's':
      reading.second = number(2)
      return
    case 'S':
      return reader.fraction()
    case 'Z':
    case 'z':
      return readZone(reader)
    default:
      throw wrong(`Illegal pattern component: ${field}`)
  }
}

function readZone(reader: Reader): void {
  const rest = reader.text.slice(reader.at)
  const offset = /^(?:Z|([+-])(\d{2}):?(\d{2}))/.exec(rest)
  if (offset) {
    reader.at += offset[0].length
    const minutes = offset[1] ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0
    reader.reading.offsetMinutes = minutes
    reader.reading.zone = minutes === 0 ? 'UTC' : offsetText(minutes, ':')
    return
  }
  const name = /^[A-Za-z][A-Za-z0-9_+/-]*/.exec(rest)?.[0]
  if (!name) throw reader.fail()
  reader.at += name.length
  reader.reading.zone = /^(?:UTC|GMT)$/i.test(name) ? 'UTC' : name
}

function parseDatetime(text: string, pattern: string): bigint {
  const reader = parseJoda(text, pattern)
  const local = wallClock(reader)
  const { offsetMinutes, zone } = reader.reading
  if (offsetMinutes !== undefined) return local - BigInt(offsetMinutes) * 60_000_000n
  if (zone === undefined || zone === 'UTC') return local
  const offset = offsetAt(local, zone)
  if (offset === undefined) throw reader.fail()
  return local - BigInt(offset) * 60_000_000n
}

// ---- ISO 8601

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
  udf('js_iso8601_days', ['VARCHAR'], 'BIGINT', isoDays),
]
