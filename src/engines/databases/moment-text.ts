/** Dates and times of day as databases write them: `2024-01-02`, `2024-01-02 03:04:05.678901`, `03:04:05`. */

import type { LongBuilder } from '../../formats/vector-builders.ts'

const DASH = 45
const COLON = 58
const POINT = 46
const MICROS_PER_DAY = 86_400_000_000n
const MILLIS_PER_DAY = 86_400_000

/** Days since 1970; undefined for what is no date with four digits of year. */
export function dayOf(text: string): number | undefined {
  return text.length === 10 ? dayAt(text) : undefined
}

/** Microseconds since 1970 as on a clock without a zone; a date stands for its midnight. */
export function microsOf(text: string): bigint | undefined {
  const [day, time] = [dayAt(text), timeIn(text)]
  return day === undefined || time === undefined ? undefined : BigInt(day) * MICROS_PER_DAY + BigInt(time)
}

/** As `microsOf`, in whole milliseconds, which Athena's connectors know (docs: athena ug, connectors-postgresql, DateMilli). */
export function millisOf(text: string): number | undefined {
  const [day, time] = [dayAt(text), timeIn(text)]
  return day === undefined || time === undefined ? undefined : day * MILLIS_PER_DAY + Math.floor(time / 1000)
}

/** As microseconds, of which there are more before 1684 and after 2255 than a number tells apart. */
export function addMillis(millis: number, into: LongBuilder): void {
  const micros = millis * 1000
  if (Number.isSafeInteger(micros)) into.addNumber(micros)
  else into.addBig(BigInt(millis) * 1000n)
}

/** Of microseconds that a number tells apart. */
export const wholeMillis = (micros: number): number => Math.floor(micros / 1000) * 1000

/** `2024-01-02 03:04:05.678`; undefined beyond years of four digits. */
export function momentText(millis: number): string | undefined {
  const text = new Date(millis).toISOString()
  return text.length === 24 ? text.slice(0, -1).replace('T', ' ') : undefined
}

/** Microseconds of the day behind a date's ten characters; none where nothing follows them. */
function timeIn(text: string): number | undefined {
  if (text.length === 10) return 0
  const separator = text.charCodeAt(10)
  return separator === 32 || separator === 84 ? timeOf(text, 11) : undefined
}

function dayAt(text: string): number | undefined {
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined
  if (year === undefined || !month || !day || month > 12 || day > monthLength(year, month)) return undefined
  return daysBefore(year, month) + day - 1
}

/** `03:04`, `03:04:05` or `03:04:05.678901` to the end of the text; what is finer than a microsecond is cut off. */
function timeOf(text: string, from: number): number | undefined {
  const hour = digits(text, from, from + 2)
  const minute = digits(text, from + 3, from + 5)
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59) return undefined
  if (text.charCodeAt(from + 2) !== COLON) return undefined
  const minutes = hour * 60 + minute
  if (text.length === from + 5) return minutes * 60_000_000
  const second = digits(text, from + 6, from + 8)
  if (text.charCodeAt(from + 5) !== COLON || second === undefined || second > 59) return undefined
  const micros = fraction(text, from + 8)
  return micros === undefined ? undefined : (minutes * 60 + second) * 1_000_000 + micros
}

function fraction(text: string, from: number): number | undefined {
  if (text.length === from) return 0
  if (text.charCodeAt(from) !== POINT || text.length === from + 1) return undefined
  let micros = 0
  for (let at = from + 1; at < Math.max(text.length, from + 7); at++) {
    const digit = at < text.length ? text.charCodeAt(at) - 48 : 0
    if (digit < 0 || digit > 9) return undefined
    if (at < from + 7) micros = micros * 10 + digit
  }
  return micros
}

function digits(text: string, from: number, to: number): number | undefined {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return undefined
    value = value * 10 + digit
  }
  return value
}

const CUMULATED = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const monthLength = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : LENGTHS[month - 1]!)

/** Days from 1970 to the first of a month, in the Gregorian calendar. */
function daysBefore(year: number, month: number): number {
  const before = year - 1
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const inYear = CUMULATED[month - 1]! + (month > 2 && isLeap(year) ? 1 : 0)
  // From the first day of year 1 to 1970 there are 719162 days.
  return before * 365 + leaps + inYear - 719_162
}
