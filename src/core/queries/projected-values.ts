/**
 * The values that a projected partition column may have, as a sequence that is counted and indexed but never
 * written out (docs: athena/latest/ug/partition-projection-supported-types).
 */
import { SqlError } from '../../sql/position.ts'
import type { Type } from '../../sql/types.ts'
import { type DatePattern, datePattern } from './date-pattern.ts'

export interface ProjectedValues {
  readonly count: number
  at(index: number): string
  /** Where the value stands, or -1. */
  indexOf(text: string): number
  /** How folders spell a value, where that is not its text. */
  readonly folderText?: (text: string) => string
  /** Whether they ascend, so that a range of values is a range of indexes: as numbers or dates, or even as text. */
  readonly ascending: 'no' | 'by-value' | 'by-text'
}

/**
 * `property(name)` is the table property `projection.<column>.<name>`. Undefined for an injected column. Values of a column
 * of type date are such, and only in folders spelled by the format.
 */
export function projectedValues(
  { name: column, type: columnType }: { readonly name: string; readonly type: Type },
  property: (name: string) => string | undefined,
  now: Date,
): ProjectedValues | undefined {
  const required = (name: string): string => {
    const value = property(name)
    if (value === undefined) throw invalidProjection(column, `the property projection.${column}.${name} is required`)
    return value
  }
  const type = required('type').trim().toLowerCase()
  switch (type) {
    case 'enum':
      return enumerated(required('values').split(','))
    case 'integer':
      return integers(column, required('range'), property('interval'), property('digits'))
    case 'date':
      return dates(
        column,
        {
          range: required('range'),
          format: required('format'),
          interval: property('interval'),
          unit: property('interval.unit'),
          isDate: columnType.kind === 'date',
        },
        now,
      )
    case 'injected':
      return undefined
    default:
      throw invalidProjection(column, `'${type}' is not a projection type`)
  }
}

export const invalidProjection = (column: string, text: string): SqlError =>
  new SqlError('INVALID_TABLE_PROPERTY', `Invalid partition projection of column '${column}': ${text}`)

function enumerated(values: readonly string[]): ProjectedValues {
  return { count: values.length, at: (i) => values[i]!, indexOf: (text) => values.indexOf(text), ascending: 'no' }
}

/** A minimum and a maximum, says the guide; Trino refuses dates that are not in their order, and has no numbers between such. */
const reversed = (range: string): string => `the range '${range}' ends before it begins`

/** "Limited to the range of a Java signed long." */
const isLong = (value: bigint): boolean => BigInt.asIntN(64, value) === value

function integers(column: string, range: string, intervalText = '1', digitsText?: string): ProjectedValues {
  const bounds = range.split(',').map((text) => text.trim())
  const [low, high] = bounds
  if (
    bounds.length !== 2 ||
    !bounds.every((text) => /^[+-]?\d+$/.test(text) && isLong(BigInt(text.replace(/^\+/, ''))))
  )
    throw invalidProjection(column, `'${range}' is not an integer range`)
  if (!/^\s*\d+\s*$/.test(intervalText) || Number(intervalText) < 1)
    throw invalidProjection(column, `'${intervalText}' is not an interval`)
  if (digitsText !== undefined && !/^\s*[1-9]\d{0,2}\s*$/.test(digitsText))
    throw invalidProjection(column, `'${digitsText}' is not a number of digits`)
  const digits = digitsText === undefined ? 0 : Number(digitsText)
  const [from, to, step] = [BigInt(low!), BigInt(high!), BigInt(intervalText.trim())]
  // As Java's `%03d`, by which Trino writes them: the sign is one of the places.
  const text = (value: bigint): string =>
    value < 0n ? `-${String(-value).padStart(digits - 1, '0')}` : String(value).padStart(digits, '0')
  if (to < from) throw invalidProjection(column, reversed(range))
  const count = Number((to - from) / step) + 1
  return {
    count,
    at: (i) => text(from + BigInt(i) * step),
    indexOf(value) {
      if (!/^-?\d+$/.test(value)) return -1
      const offset = BigInt(value) - from
      return offset >= 0n && BigInt(value) <= to && offset % step === 0n && text(BigInt(value)) === value
        ? Number(offset / step)
        : -1
    },
    ascending: from >= 0n && text(from).length === text(to).length ? 'by-text' : 'by-value',
  }
}

interface DateProjection {
  readonly range: string
  readonly format: string
  readonly interval?: string
  readonly unit?: string
  /** The column's values are dates, not texts. */
  readonly isDate: boolean
}

const UNITS: Readonly<Record<string, (date: Date, n: number) => Date>> = {
  YEARS: (date, n) => addMonths(date, 12 * n),
  MONTHS: addMonths,
  WEEKS: (date, n) => addMillis(date, n * 604_800_000),
  DAYS: (date, n) => addMillis(date, n * 86_400_000),
  HOURS: (date, n) => addMillis(date, n * 3_600_000),
  MINUTES: (date, n) => addMillis(date, n * 60_000),
  SECONDS: (date, n) => addMillis(date, n * 1000),
  MILLIS: addMillis,
}

function addMillis(date: Date, millis: number): Date {
  return new Date(date.getTime() + millis)
}

/** The 31st of a shorter month is its last day, as in java.time. */
function addMonths(date: Date, n: number): Date {
  const moved = new Date(date)
  moved.setUTCDate(1)
  moved.setUTCMonth(moved.getUTCMonth() + n)
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(date.getUTCDate(), last))
  return moved
}

function dates(column: string, projection: DateProjection, now: Date): ProjectedValues {
  let pattern: DatePattern
  try {
    pattern = datePattern(projection.format)
  } catch (error) {
    throw invalidProjection(column, (error as Error).message)
  }
  const bounds = projection.range.split(',')
  if (bounds.length !== 2) throw invalidProjection(column, `'${projection.range}' is not a date range`)
  const [from, to] = bounds.map((text) => bound(column, text, pattern, now)) as [Date, Date]
  if (to < from) throw invalidProjection(column, reversed(projection.range))
  const [amount, unit] = step(column, projection, pattern)
  const add = UNITS[unit]!
  const valueAt = (i: number): Date => add(from, i * amount)
  const count = lastIndex(from, to, valueAt) + 1
  const shown = projection.isDate ? DATES : pattern
  return {
    count,
    at: (i) => shown.format(valueAt(i)),
    indexOf(text) {
      const date = shown.parse(text)
      if (!date) return -1
      const index = lastIndex(from, date < to ? date : to, valueAt)
      return index >= 0 && shown.format(valueAt(index)) === text ? index : -1
    },
    ...(projection.isDate && {
      folderText: (text: string) => {
        const date = DATES.parse(text)
        return date ? pattern.format(date) : text
      },
    }),
    ascending:
      projection.isDate || (fixedWidth(projection.format) && bigEndian(projection.format)) ? 'by-text' : 'by-value',
  }
}

/** As partitions spell values of type date. */
const DATES = datePattern('yyyy-MM-dd')

const fixedWidth = (format: string): boolean => /^y{4}([^A-Za-z']*(MM(?!M)|dd|HH|mm|ss|S+))*[^A-Za-z']*$/.test(format)

/** Fields from coarse to fine, so that text order is time order. */
function bigEndian(format: string): boolean {
  const places = [...'yMdHmsS'].map((letter) => format.indexOf(letter)).filter((place) => place >= 0)
  return places.every((place, i) => i === 0 || places[i - 1]! < place)
}

/** `NOW`, `NOW-3YEARS`, or a date in the column's own format. */
function bound(column: string, text: string, pattern: DatePattern, now: Date): Date {
  const relative = /^\s*NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?\s*)?$/.exec(text)
  if (relative) {
    const [, sign, amount = '0', unit = 'DAY'] = relative
    const moved = UNITS[`${unit}S`]!(now, Number(amount) * (sign === '-' ? -1 : 1))
    return pattern.parse(pattern.format(moved)) ?? moved
  }
  const date = pattern.parse(text) ?? pattern.parse(text.trim())
  if (!date) throw invalidProjection(column, `'${text}' does not fit the date format`)
  return date
}

function step(column: string, { interval, unit }: DateProjection, pattern: DatePattern): [number, string] {
  const byPrecision: Partial<Record<string, string>> = { day: 'DAYS', month: 'MONTHS' }
  const fallback = byPrecision[pattern.precision]
  if ((interval === undefined || unit === undefined) && !fallback)
    throw invalidProjection(column, `projection.${column}.interval and interval.unit are required for this date format`)
  const amount = Number((interval ?? '1').trim())
  const chosen = (unit ?? fallback!).trim().toUpperCase()
  if (!Number.isInteger(amount) || amount < 1) throw invalidProjection(column, `'${interval}' is not an interval`)
  if (!UNITS[chosen]) throw invalidProjection(column, `'${unit}' is not an interval unit`)
  return [amount, chosen]
}

/** The last index whose date is not after `to`, or -1: steps of months differ in length, so it is searched. */
function lastIndex(from: Date, to: Date, valueAt: (i: number) => Date): number {
  if (to < from) return -1
  const millisPerStep = Math.max(1, valueAt(1).getTime() - from.getTime())
  let low = 0
  let high = Math.ceil((to.getTime() - from.getTime()) / (millisPerStep / 2)) + 2
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2)
    if (valueAt(middle) <= to) low = middle
    else high = middle - 1
  }
  return low
}
