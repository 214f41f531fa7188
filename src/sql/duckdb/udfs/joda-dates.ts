/** Dates by Joda's patterns (`yyyy-MM-dd`), over microseconds of a wall clock. */

import { MONTHS, WEEKDAYS } from '../../calendar-names.ts'
import { jodaParts } from '../date-patterns.ts'
import { type Clock, clockOf, dayOfYear, hour12, isoWeek, offsetAt, two } from './clock.ts'
import { Reader, wallClock, wrong } from './date-reader.ts'

export function formatDatetime(micros: bigint, pattern: string, zone: string, offset: bigint): string {
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

export function parseJoda(text: string, pattern: string): Reader {
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
      reader.halfDay()
      return
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
      reader.fraction()
      return
    case 'Z':
    case 'z':
      readZone(reader)
      return
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

export function parseDatetime(text: string, pattern: string): bigint {
  const reader = parseJoda(text, pattern)
  const local = wallClock(reader)
  const { offsetMinutes, zone } = reader.reading
  if (offsetMinutes !== undefined) return local - BigInt(offsetMinutes) * 60_000_000n
  if (zone === undefined || zone === 'UTC') return local
  const offset = offsetAt(local, zone)
  if (offset === undefined) throw reader.fail()
  return local - BigInt(offset) * 60_000_000n
}
