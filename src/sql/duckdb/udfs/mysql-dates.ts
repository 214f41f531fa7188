/** Dates by MySQL's patterns (`%Y-%m-%d`), over microseconds of a wall clock. */
import { MONTHS, WEEKDAYS } from '../../calendar-names.ts'
import { type Clock, clockOf, dayOfYear, hour12, isoWeek, two } from './clock.ts'
import { Reader, wallClock, wrong } from './date-reader.ts'

export function dateFormat(micros: bigint, pattern: string): string {
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

export function dateParse(text: string, pattern: string): bigint {
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
      reader.fraction()
      return
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
      reader.halfDay()
      return
    case 'r':
      readAll(reader, ['h', ':', 'i', ':', 's', ' ', 'p'])
      return
    case 'T':
      readAll(reader, ['H', ':', 'i', ':', 's'])
      return
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
