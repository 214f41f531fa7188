/**
 * Java's DateTimeFormatter patterns as partition projection uses them: numeric fields of fixed or free width and
 * literal text, and months by name, in UTC. Letters: y u M L d H m s S; anything else Java would accept is refused by name.
 */
import { MONTHS } from '../../sql/calendar-names.ts'
import { patternParts } from '../../sql/java-patterns.ts'

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'
type Part = { readonly literal: string } | { readonly field: Field; readonly width: number }

const FIELDS: Readonly<Record<string, Field>> = {
  y: 'year',
  u: 'year',
  M: 'month',
  L: 'month',
  d: 'day',
  H: 'hour',
  m: 'minute',
  s: 'second',
  S: 'millisecond',
}

export interface DatePattern {
  /** The finest field it has. */
  readonly precision: Field
  format(date: Date): string
  /** Undefined when the text does not fit the pattern or is no date. */
  parse(text: string): Date | undefined
}

/** Throws with the pattern's text when it holds something that is not supported. */
export function datePattern(pattern: string): DatePattern {
  const parts = split(pattern)
  refuseRunOn(parts, pattern)
  const fields = parts.flatMap((part) => ('field' in part ? [part.field] : []))
  const order: readonly Field[] = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond']
  const expression = new RegExp(`^${parts.map(partExpression).join('')}$`)
  return {
    precision: order.findLast((field) => fields.includes(field)) ?? 'day',
    format: (date) => parts.map((part) => ('literal' in part ? part.literal : formatField(part, date))).join(''),
    parse(text) {
      const match = expression.exec(text)
      if (!match) return undefined
      const value = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 }
      fields.forEach((field, i) => {
        const digits = match[i + 1]!
        const named =
          field === 'month' ? MONTHS.findIndex((name) => name === digits || name.slice(0, 3) === digits) : -1
        value[field] = named >= 0 ? named + 1 : Number(digits) + (field === 'year' && digits.length === 2 ? 2000 : 0)
      })
      const date = new Date(0)
      date.setUTCFullYear(value.year, value.month - 1, value.day)
      date.setUTCHours(value.hour, value.minute, value.second, value.millisecond)
      return date.getUTCMonth() === value.month - 1 && date.getUTCDate() === value.day ? date : undefined
    },
  }
}

/**
 * Where one field of free width begins is where the last has ended: with nothing but digits between them a text could be
 * read in as many ways as there are places to cut it, which would take for ever to try. Java reads none of them.
 */
function refuseRunOn(parts: readonly Part[], pattern: string): void {
  let isOpen = false
  for (const part of parts) {
    if ('literal' in part) isOpen &&= /^\d*$/.test(part.literal)
    else if (part.field === 'month' && part.width > 2) isOpen = false
    else if (part.width === 1) {
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
    if (!field || (field === 'month' && width > 4))
      throw new Error(`'${letter.repeat(width)}' is not supported in date format '${pattern}'`)
    return { field, width }
  })
}

/** Two letters of a year are a year of this century, as in Java. A single letter takes as many digits as there are. */
function partExpression(part: Part): string {
  if ('literal' in part) return part.literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  if (part.field === 'month' && part.width > 2)
    return `(${MONTHS.map((name) => monthName(name, part.width)).join('|')})`
  return part.width === 1 ? '(\\d+)' : `(\\d{${part.width}})`
}

/** Java's `MMM` and `MMMM`, in English. */
const monthName = (name: string, width: number): string => (width === 3 ? name.slice(0, 3) : name)

function formatField({ field, width }: { field: Field; width: number }, date: Date): string {
  const value = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  }[field]
  if (field === 'month' && width > 2) return monthName(MONTHS[value - 1]!, width)
  const text = String(value).padStart(width, '0')
  return field === 'year' && width === 2 ? text.slice(-2) : text
}
