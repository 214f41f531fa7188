/**
 * Java's DateTimeFormatter patterns as partition projection uses them: numeric fields of fixed or free width, literal
 * text, and months, weekdays and halves of the day by name, in UTC. Letters: y u M L d D E H h a m s S; anything else
 * Java would accept is refused by name. A moment is one of milliseconds: finer digits are written as zeros, and read as such.
 */
import { MONTHS, WEEKDAYS } from '../../sql/calendar-names.ts'
import { patternParts } from '../../sql/java-patterns.ts'

const PRECISIONS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'] as const
type Precision = (typeof PRECISIONS)[number]

interface Field {
  readonly precision: Precision
  /** Of a moment, in UTC. */
  of(date: Date): number
  /** Its names by value, where a pattern with this many letters names it. */
  names?(width: number): readonly string[] | undefined
}
type Part = { readonly literal: string } | { readonly field: Field; readonly width: number }

const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3))

const YEAR: Field = { precision: 'year', of: (date) => date.getUTCFullYear() }
const MONTH: Field = {
  precision: 'month',
  of: (date) => date.getUTCMonth() + 1,
  names: (width) => (width < 3 ? undefined : ['', ...(width === 3 ? short(MONTHS) : MONTHS)]),
}
const DAY: Field = { precision: 'day', of: (date) => date.getUTCDate() }
const DAY_OF_YEAR: Field = {
  precision: 'day',
  of: (date) => Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 0)) / 86_400_000),
}
const WEEKDAY: Field = {
  precision: 'day',
  of: (date) => date.getUTCDay(),
  names: (width) => (width < 4 ? short(WEEKDAYS) : WEEKDAYS),
}
const HOUR: Field = { precision: 'hour', of: (date) => date.getUTCHours() }
const CLOCK_HOUR: Field = { precision: 'hour', of: (date) => date.getUTCHours() % 12 || 12 }
const HALF: Field = {
  precision: 'hour',
  of: (date) => Math.floor(date.getUTCHours() / 12),
  names: () => ['AM', 'PM'],
}
const MINUTE: Field = { precision: 'minute', of: (date) => date.getUTCMinutes() }
const SECOND: Field = { precision: 'second', of: (date) => date.getUTCSeconds() }
const FRACTION: Field = { precision: 'millisecond', of: (date) => date.getUTCMilliseconds() }

const FIELDS: Readonly<Record<string, Field>> = {
  y: YEAR,
  u: YEAR,
  M: MONTH,
  L: MONTH,
  d: DAY,
  D: DAY_OF_YEAR,
  E: WEEKDAY,
  H: HOUR,
  h: CLOCK_HOUR,
  a: HALF,
  m: MINUTE,
  s: SECOND,
  S: FRACTION,
}
/** The most letters that a field by name, or a fraction, may have. */
const MOST_LETTERS: Readonly<Record<string, number>> = { M: 4, L: 4, E: 4, a: 1, S: 9 }

export interface DatePattern {
  /** The finest field it has. */
  readonly precision: Precision
  format(date: Date): string
  /** Undefined when the text does not fit the pattern or is no date. */
  parse(text: string): Date | undefined
}

/** Throws with the pattern's text when it holds something that is not supported. */
export function datePattern(pattern: string): DatePattern {
  const parts = split(pattern)
  refuseRunOn(parts, pattern)
  const fields = parts.filter((part) => 'field' in part)
  const expression = new RegExp(`^${parts.map(partExpression).join('')}$`)
  return {
    precision: PRECISIONS.findLast((name) => fields.some(({ field }) => field.precision === name)) ?? 'day',
    format: (date) => parts.map((part) => ('literal' in part ? part.literal : formatField(part, date))).join(''),
    parse(text) {
      const match = expression.exec(text)
      return match ? momentOf(fields.map((part, i) => [part.field, fieldValue(part, match[i + 1]!)])) : undefined
    },
  }
}

/** Undefined of fields that no moment has together, as in Java: a 30th of February, a Monday that was a Tuesday, 13 PM. */
function momentOf(given: readonly (readonly [Field, number])[]): Date | undefined {
  const values = new Map(given)
  const date = new Date(0)
  const dayOfYear = values.get(DAY_OF_YEAR)
  const [month, day] = dayOfYear === undefined ? [values.get(MONTH) ?? 1, values.get(DAY) ?? 1] : [1, dayOfYear]
  date.setUTCFullYear(values.get(YEAR) ?? 1970, month - 1, day)
  const clockHour = values.get(CLOCK_HOUR)
  const hour = clockHour === undefined ? 0 : (clockHour % 12) + 12 * (values.get(HALF) ?? Number.NaN)
  date.setUTCHours(
    values.get(HOUR) ?? hour,
    values.get(MINUTE) ?? 0,
    values.get(SECOND) ?? 0,
    values.get(FRACTION) ?? 0,
  )
  return given.every(([field, value]) => field.of(date) === value) ? date : undefined
}

/**
 * Where one field of free width begins is where the last has ended: with nothing but digits between them a text could be
 * read in as many ways as there are places to cut it, which would take for ever to try. Java reads none of them.
 */
function refuseRunOn(parts: readonly Part[], pattern: string): void {
  let isOpen = false
  for (const part of parts) {
    if ('literal' in part) isOpen &&= /^\d*$/.test(part.literal)
    else if (part.field.names?.(part.width)) isOpen = false
    else if (isFree(part)) {
      if (isOpen) throw new Error(`fields of free width without a sign between them are not supported: '${pattern}'`)
      isOpen = true
    }
  }
}

function split(pattern: string): Part[] {
  return patternParts(pattern).map((part) => {
    if ('literal' in part) return part
    const { letter, width } = part
    const field = FIELDS[letter]
    if (!field || width > (MOST_LETTERS[letter] ?? width))
      throw new Error(`'${letter.repeat(width)}' is not supported in date format '${pattern}'`)
    return { field, width }
  })
}

/** A single letter takes as many digits as there are, but that of a fraction: each of its letters is a digit. */
const isFree = ({ field, width }: { field: Field; width: number }): boolean => width === 1 && field !== FRACTION

function partExpression(part: Part): string {
  if ('literal' in part) return part.literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const names = part.field.names?.(part.width)
  if (names) return `(${names.filter(Boolean).join('|')})`
  return isFree(part) ? '(\\d+)' : `(\\d{${part.width}})`
}

/** Two letters of a year are a year of this century, as in Java. */
function fieldValue({ field, width }: { field: Field; width: number }, text: string): number {
  const names = field.names?.(width)
  if (names) return names.indexOf(text)
  if (field === FRACTION) return Number(`${text}000`.slice(0, 3)) + Number(`0.${text.slice(3)}`)
  return Number(text) + (field === YEAR && text.length === 2 ? 2000 : 0)
}

function formatField({ field, width }: { field: Field; width: number }, date: Date): string {
  const value = field.of(date)
  const names = field.names?.(width)
  if (names) return names[value]!
  if (field === FRACTION) return String(value).padStart(3, '0').padEnd(width, '0').slice(0, width)
  const text = String(value).padStart(width, '0')
  return field === YEAR && width === 2 ? text.slice(-2) : text
}
