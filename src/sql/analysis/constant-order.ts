/** Order and equality of constants, where they are certain. */
import type { Constant } from '../plan.ts'
import type { Type } from '../types.ts'

/** Negative, zero or positive; undefined when this cannot be told. Both are values of `type` and not NULL. */
export function compareConstants(a: Constant, b: Constant, type: Type): number | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (typeof a === 'number' && typeof b === 'number')
    return Number.isNaN(a) || Number.isNaN(b) ? undefined : a < b ? -1 : a > b ? 1 : 0
  if (typeof a !== 'string' || typeof b !== 'string') return undefined
  switch (type.kind) {
    case 'varchar':
      return compareText(a, b)
    case 'char':
      return compareText(withoutPadding(a), withoutPadding(b))
    case 'date':
    case 'timestamp':
      return isPlainYear(a) && isPlainYear(b) ? compareText(padded(a), padded(b)) : undefined
    case 'timestamp with time zone':
      return a.endsWith(' UTC') && b.endsWith(' UTC') && isPlainYear(a) && isPlainYear(b)
        ? compareText(padded(a.slice(0, -4)), padded(b.slice(0, -4)))
        : undefined
    case 'decimal': {
      const [x, y] = [unscaled(a, 38), unscaled(b, 38)]
      return x === undefined || y === undefined ? undefined : x < y ? -1 : x > y ? 1 : 0
    }
    default:
      return undefined
  }
}

/** One look at each run of blanks, however many there are. */
const withoutPadding = (text: string): string => text.replace(/(?<! ) +$/, '')

/** By code point, as Trino orders text by its UTF-8 bytes. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return order(x) - order(y)
  }
  return a.length - b.length
}

/** Of a code unit: surrogates stand for what comes after all others. */
const order = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

const isPlainYear = (text: string): boolean => /^\d{4}-/.test(text)

/** With twelve fractional digits, so that text order is time order. */
function padded(text: string): string {
  if (text.length <= 10) return text
  const [whole, fraction = ''] = text.split('.')
  return `${whole}.${fraction.padEnd(12, '0')}`
}

/** A decimal as an integer of its last place. */
function unscaled(text: string, scale: number): bigint | undefined {
  const m = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  const fraction = m?.[3] ?? ''
  if (!m || fraction.length > scale) return undefined
  const value = BigInt(`${m[2]}${fraction.padEnd(scale, '0')}` || '0')
  return m[1] === '-' ? -value : value
}
