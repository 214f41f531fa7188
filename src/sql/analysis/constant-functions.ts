/** Functions of constants: those that conditions on partitions are made of. */
import { likeMatcher } from '../like.ts'
import type { Constant } from '../plan.ts'
import type { Type } from '../types.ts'
import { dateText, timestampText } from './moment-text.ts'

type Known = NonNullable<Constant>

/** Letters of a text times those of a pattern, or of what each may become. */
const MOST_STEPS = 1 << 15

const areSmall = (text: string, other: string): boolean => text.length * other.length <= MOST_STEPS

/** Undefined when the function is not known here, or would fail. No argument is NULL. */
export function callConstant(
  name: string,
  args: readonly Known[],
  types: readonly Type[],
  result: Type,
): Constant | undefined {
  const [a, b] = args
  if (name.startsWith('$') && name !== '$like' && name !== '$concat') return arithmetic(name, args, types, result)
  if (typeof a === 'string' && isMoment(types[0]!)) return momentFunction(name, a, args, types)
  if (typeof a !== 'string' || types[0]!.kind !== 'varchar') return undefined
  switch (name) {
    case '$like':
      return args.length === 2 && areSmall(a, String(b)) ? likeMatcher(String(b))(a) : undefined
    case '$concat':
    case 'concat':
      return args.every((arg) => typeof arg === 'string') ? args.join('') : undefined
    case 'lower':
      return a.toLowerCase()
    case 'upper':
      return a.toUpperCase()
    case 'length':
      return BigInt([...a].length)
    case 'substr':
      return substring(a, args[1] as bigint, args[2] as bigint | undefined)
    case 'replace': {
      const replacement = args.length > 2 ? String(args[2]) : ''
      return b === '' || !areSmall(a, replacement) ? undefined : a.replaceAll(String(b), replacement)
    }
    case 'lpad':
    case 'rpad':
      return padText(name, a, Number(b), String(args[2]))
    case 'split_part': {
      const part = b === '' ? undefined : a.split(String(b))[Number(args[2]) - 1]
      return Number(args[2]) < 1 || b === '' ? undefined : (part ?? null)
    }
    case 'strpos':
      return args.length === 2
        ? BigInt([...a.slice(0, Math.max(0, a.indexOf(String(b))))].length + (a.includes(String(b)) ? 1 : 0))
        : undefined
    case 'starts_with':
      return a.startsWith(String(b))
    case 'date':
      return dateText(a)
    case 'from_iso8601_date':
      return /^\d{4}-\d\d-\d\d$/.test(a) ? dateText(a) : undefined
    case 'from_iso8601_timestamp':
      return isoTimestamp(a)
    case 'date_parse':
      return parseDate(a, String(b))
    case 'date_trunc':
    case 'date_add':
    case 'date_diff':
      return unitFunction(name, a, args, types)
    default:
      return undefined
  }
}

const isMoment = ({ kind }: Type): boolean =>
  kind === 'date' || kind === 'timestamp' || kind === 'timestamp with time zone'

const BITS: Partial<Record<Type['kind'], number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 }

function arithmetic(name: string, args: readonly Known[], types: readonly Type[], result: Type): Constant | undefined {
  const [a, b] = args
  if (result.kind === 'date' && (name === '$add' || name === '$subtract')) return shiftDate(name, args, types)
  if (MOMENTS.has(result.kind)) return shiftMoment(name, args, types)
  if (typeof a === 'number' && typeof b === 'number') return floating(name, a, b)
  const bits = BITS[result.kind]
  if (typeof a !== 'bigint' || bits === undefined) return undefined
  const value = integer(name, a, b)
  return value !== undefined && BigInt.asIntN(bits, value) === value ? value : undefined
}

function integer(name: string, a: bigint, b: Known | undefined): bigint | undefined {
  if (name === '$negate') return -a
  if (typeof b !== 'bigint') return undefined
  switch (name) {
    case '$add':
      return a + b
    case '$subtract':
      return a - b
    case '$multiply':
      return a * b
    case '$divide':
      return b === 0n ? undefined : a / b
    case '$modulus':
      return b === 0n ? undefined : a % b
    default:
      return undefined
  }
}

function floating(name: string, a: number, b: number): number | undefined {
  switch (name) {
    case '$add':
      return a + b
    case '$subtract':
      return a - b
    case '$multiply':
      return a * b
    default:
      return undefined
  }
}

function shiftDate(name: string, args: readonly Known[], types: readonly Type[]): Constant | undefined {
  const at = types[0]!.kind === 'date' ? 0 : 1
  const [date, amount, interval] = [args[at], args[1 - at], types[1 - at]!]
  if (typeof date !== 'string' || typeof amount !== 'bigint') return undefined
  const signed = Number(name === '$subtract' ? -amount : amount)
  if (interval.kind === 'interval year to month') return addMonths(date, signed)
  return signed % 86_400_000 === 0 ? addDays(date, signed / 86_400_000) : undefined
}

const MOMENTS: ReadonlySet<string> = new Set(['timestamp', 'timestamp with time zone'])

/** By an interval of milliseconds, and as far as the clocks of the zone always run alike. */
function shiftMoment(name: string, args: readonly Known[], types: readonly Type[]): Constant | undefined {
  const at = isMoment(types[0]!) ? 0 : 1
  const [moment, amount] = [args[at], args[1 - at]]
  if (types[1 - at]?.kind !== 'interval day to second' || typeof amount !== 'bigint') return undefined
  if (name !== '$add' && name !== '$subtract') return undefined
  // An interval has milliseconds, whatever the moment has.
  return shifted(String(moment), name === '$add' ? amount : -amount, 3)
}

/** Has as many digits behind the second as the moment, or `leastDigits`. */
function shifted(moment: string, byMs: bigint, leastDigits: number): string | undefined {
  const [, day, time, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?( UTC)?$/.exec(moment) ?? []
  const millis = fraction.slice(0, 3).padEnd(3, '0')
  const then = Date.parse(`${day}T${time}.${millis}Z`) + Number(byMs)
  const date = Number.isNaN(then) ? undefined : isoDate(new Date(then))
  if (date === undefined) return undefined
  const [clock, ms = ''] = new Date(then).toISOString().slice(11, 23).split('.')
  const digits = `${ms}${fraction.slice(3)}`.slice(0, Math.max(fraction.length, leastDigits))
  return `${date} ${clock}${digits && `.${digits}`}${zone}`
}

const epochDay = (date: string): number => Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 86_400_000

function addDays(date: string, days: number): string | undefined {
  return isoDate(new Date((epochDay(date) + days) * 86_400_000))
}

/** The day of the month stays, or becomes the month's last. */
function addMonths(date: string, months: number): string | undefined {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number) as [number, number, number]
  const index = year * 12 + month - 1 + months
  const last = new Date(Date.UTC(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 0)).getUTCDate()
  return isoDate(new Date(Date.UTC(Math.floor(index / 12), ((index % 12) + 12) % 12, Math.min(day, last))))
}

function isoDate(date: Date): string | undefined {
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  return /^\d{4}-/.test(text) ? text.slice(0, 10) : undefined
}

function momentFunction(name: string, a: string, args: readonly Known[], types: readonly Type[]): Constant | undefined {
  if (!/^\d{4}-/.test(a)) return undefined
  const number = (from: number, to: number) => BigInt(a.slice(from, to))
  switch (name) {
    case 'year':
      return number(0, 4)
    case 'month':
      return number(5, 7)
    case 'day':
      return number(8, 10)
    case 'quarter':
      return (number(5, 7) + 2n) / 3n
    case 'day_of_week':
      return BigInt(((((epochDay(a) + 3) % 7) + 7) % 7) + 1)
    case 'hour':
      return types[0]!.kind === 'date' ? undefined : number(11, 13)
    case 'date':
      return a.slice(0, 10)
    case 'date_format':
      return formatDate(a, String(args[1]))
    default:
      return undefined
  }
}

/** Of one that says its zone; what has none is of the session's. */
function isoTimestamp(text: string): string | undefined {
  const [, date, clock, zone] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  const read = zone === undefined ? undefined : timestampText(`${date} ${clock} ${zone === 'Z' ? 'UTC' : zone}`)
  const [, moment, of] = /^(\S+ \S+) (\S+)$/.exec(read?.text ?? '') ?? []
  if (moment === undefined) return undefined
  const [whole, fraction = ''] = moment.split('.')
  return `${whole}.${fraction.padEnd(3, '0')} ${of}`
}

const UNIT_MS: Readonly<Record<string, bigint>> = {
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
  week: 604_800_000n,
}

function unitFunction(
  name: string,
  unit: string,
  args: readonly Known[],
  types: readonly Type[],
): Constant | undefined {
  const date = args.at(-1)
  if (name === 'date_add' && MOMENTS.has(types.at(-1)!.kind)) {
    const unitMs = UNIT_MS[unit.toLowerCase()]
    return unitMs === undefined || typeof args[1] !== 'bigint' ? undefined : shifted(String(date), args[1] * unitMs, 0)
  }
  if (types.at(-1)!.kind !== 'date' || typeof date !== 'string' || !/^\d{4}-/.test(date)) return undefined
  if (name === 'date_trunc') return truncateDate(unit.toLowerCase(), date)
  if (name === 'date_add' && typeof args[1] === 'bigint') {
    const amount = Number(args[1])
    switch (unit.toLowerCase()) {
      case 'day':
        return addDays(date, amount)
      case 'week':
        return addDays(date, amount * 7)
      case 'month':
        return addMonths(date, amount)
      case 'quarter':
        return addMonths(date, amount * 3)
      case 'year':
        return addMonths(date, amount * 12)
    }
  }
  const from = args[1]
  if (name === 'date_diff' && unit.toLowerCase() === 'day' && typeof from === 'string')
    return BigInt(epochDay(date) - epochDay(from))
  return undefined
}

function truncateDate(unit: string, date: string): string | undefined {
  switch (unit) {
    case 'day':
      return date
    case 'week':
      return addDays(date, -((((epochDay(date) + 3) % 7) + 7) % 7))
    case 'month':
      return `${date.slice(0, 7)}-01`
    case 'quarter':
      return `${date.slice(0, 5)}${String(Math.floor((Number(date.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`
    case 'year':
      return `${date.slice(0, 4)}-01-01`
    default:
      return undefined
  }
}

/** MySQL's format letters that are plain digits; any other makes the whole unknown. */
function formatDate(moment: string, format: string): string | undefined {
  const clock = moment.length > 10 ? moment.slice(11, 19) : '00:00:00'
  let unknown = false
  const text = format.replace(/%(.)/gs, (_, letter: string) => {
    const digits = DATE_DIGITS[letter]?.(moment, clock)
    if (digits === undefined) unknown = true
    return digits ?? ''
  })
  return unknown ? undefined : text
}
const DATE_DIGITS: Readonly<Record<string, (date: string, clock: string) => string>> = {
  Y: (date) => date.slice(0, 4),
  y: (date) => date.slice(2, 4),
  m: (date) => date.slice(5, 7),
  c: (date) => String(Number(date.slice(5, 7))),
  d: (date) => date.slice(8, 10),
  e: (date) => String(Number(date.slice(8, 10))),
  H: (_, clock) => clock.slice(0, 2),
  i: (_, clock) => clock.slice(3, 5),
  s: (_, clock) => clock.slice(6, 8),
  S: (_, clock) => clock.slice(6, 8),
  T: (_, clock) => clock,
}

function parseDate(text: string, format: string): Constant | undefined {
  const letters: string[] = []
  const pattern = format.replace(/%(.)|[.*+?^${}()|[\]\\]/gs, (match, letter: string | undefined) => {
    if (letter === undefined) return `\\${match}`
    letters.push(letter)
    return letter === 'Y' ? '(\\d{4})' : '(\\d{2})'
  })
  if (letters.some((letter) => !['Y', 'm', 'd', 'H', 'i', 's', 'S'].includes(letter))) return undefined
  const m = new RegExp(`^${pattern}$`).exec(text)
  if (!m) return undefined
  const part = (names: string, absent: string) => {
    const at = letters.findIndex((letter) => names.includes(letter))
    return at < 0 ? absent : m[at + 1]!
  }
  const day = `${part('Y', '1970')}-${part('m', '01')}-${part('d', '01')}`
  return timestampText(`${day} ${part('H', '00')}:${part('i', '00')}:${part('sS', '00')}.000`)?.text
}

function substring(text: string, start: bigint, length: bigint | undefined): string | undefined {
  const characters = [...text]
  const from = start > 0n ? Number(start) - 1 : start < 0n ? characters.length + Number(start) : -1
  if (from < 0 || (length !== undefined && length <= 0n)) return ''
  return characters.slice(from, length === undefined ? undefined : from + Number(length)).join('')
}

function padText(name: 'lpad' | 'rpad', text: string, size: number, padding: string): string | undefined {
  const characters = [...text]
  if (padding === '' || size < 0 || size > 1000) return undefined
  if (characters.length >= size) return characters.slice(0, size).join('')
  const once = [...padding]
  const filler = Array.from({ length: size - characters.length }, (_, i) => once[i % once.length]).join('')
  return name === 'lpad' ? `${filler}${text}` : `${text}${filler}`
}
