/** Reading a date out of text, field by field, and what the fields make together. */
import { FunctionFailure } from '../failures.ts'
import { clockOf, microsOf } from './clock.ts'

export const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)

export interface Reading {
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
export class Reader {
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

/** Microseconds of the wall clock that was read. */
export function wallClock(reader: Reader): bigint {
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
