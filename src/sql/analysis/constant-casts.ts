/** Casts of constants, where the result is certain. */
import type { Constant } from '../plan.ts'
import { BIGINT, sameType, type Type } from '../types.ts'
import { dateText, timestampText } from './moment-text.ts'

const BITS: Partial<Record<Type['kind'], number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 }

/** Undefined when the cast fails or is not known here. `value` is not NULL. */
export function convertConstant(value: Constant, from: Type, to: Type): Constant | undefined {
  if (sameType(from, to)) return value
  const bits = BITS[to.kind]
  if (bits !== undefined) return toInteger(value, from, bits)
  switch (to.kind) {
    case 'varchar':
      return toText(value, from, to.length)
    case 'double':
      return toDouble(value, from)
    case 'decimal':
      return toDecimal(value, from, to.precision, to.scale)
    case 'date':
      return toDate(value, from)
    case 'timestamp':
      return toTimestamp(value, from, to.precision)
    case 'timestamp with time zone':
      return toInstant(value, from, to.precision)
    case 'boolean':
      if (typeof value === 'bigint') return value !== 0n
      if (from.kind !== 'varchar' || typeof value !== 'string') return undefined
      return /^(true|t|1)$/i.test(value) ? true : /^(false|f|0)$/i.test(value) ? false : undefined
    default:
      return undefined
  }
}

function toInteger(value: Constant, from: Type, bits: number): Constant | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (from.kind === 'double')
    return Number.isSafeInteger(value) ? toInteger(BigInt(Number(value)), BIGINT, bits) : undefined
  const text = from.kind === 'varchar' && typeof value === 'string' && /^[+-]?\d+$/.test(value) ? value : undefined
  const number = typeof value === 'bigint' ? value : text === undefined ? undefined : BigInt(text.replace(/^\+/, ''))
  return number !== undefined && BigInt.asIntN(bits, number) === number ? number : undefined
}

function toText(value: Constant, from: Type, length: number | undefined): Constant | undefined {
  if (from.kind === 'varchar' && typeof value === 'string')
    return length === undefined ? value : [...value].slice(0, length).join('')
  const text =
    typeof value === 'bigint' && BITS[from.kind] !== undefined
      ? String(value)
      : typeof value === 'boolean'
        ? String(value)
        : typeof value === 'string' && (from.kind === 'date' || from.kind === 'decimal')
          ? value
          : typeof value === 'string' && from.kind === 'timestamp'
            ? withFraction(value, from.precision)
            : undefined
  return text !== undefined && (length === undefined || text.length <= length) ? text : undefined
}

function toDouble(value: Constant, from: Type): Constant | undefined {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return typeof value === 'boolean' ? Number(value) : undefined
  if (from.kind === 'decimal') return Number(value)
  return from.kind === 'varchar' && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : undefined
}

/** Two different numbers of so many digits have two different nearest doubles. */
const DOUBLE_DIGITS = 15

function toDecimal(value: Constant, from: Type, precision: number, scale: number): Constant | undefined {
  if (typeof value !== 'bigint' && from.kind !== 'decimal' && from.kind !== 'double') return undefined
  const m = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value))
  if (!m) return undefined
  const [, sign, whole = '', fraction = ''] = m
  const digits = whole.replace(/^0+/, '').length
  if (fraction.length > scale || digits > precision - scale) return undefined
  if (from.kind === 'double' && digits + scale > DOUBLE_DIGITS) return undefined
  return `${sign}${whole}${scale > 0 ? `.${fraction.padEnd(scale, '0')}` : ''}`
}

function toDate(value: Constant, from: Type): Constant | undefined {
  if (typeof value !== 'string') return undefined
  if (from.kind === 'varchar') return dateText(value)
  // The zone of a constant is written behind its local time, and the local day is its date.
  if (from.kind === 'timestamp' || from.kind === 'timestamp with time zone') return /^\d{4}-\d\d-\d\d/.exec(value)?.[0]
  return undefined
}

function toTimestamp(value: Constant, from: Type, precision: number): Constant | undefined {
  if (typeof value !== 'string') return undefined
  if (from.kind === 'date') return withFraction(`${value} 00:00:00`, precision)
  if (from.kind === 'timestamp') return from.precision <= precision ? withFraction(value, precision) : undefined
  if (from.kind === 'timestamp with time zone' && from.precision <= precision)
    return withFraction(value.replace(/^(\S+ \S+) .*$/, '$1'), precision)
  if (from.kind !== 'varchar') return undefined
  const moment = timestampText(value)
  return moment && moment.zone === undefined && moment.precision <= precision
    ? withFraction(moment.text, precision)
    : undefined
}

function toInstant(value: Constant, from: Type, precision: number): Constant | undefined {
  if (typeof value === 'string' && from.kind === 'varchar') {
    const read = timestampText(value)
    return read?.zone === undefined
      ? undefined
      : toInstant(read.text, { kind: 'timestamp with time zone', precision: read.precision }, precision)
  }
  if (typeof value !== 'string' || from.kind !== 'timestamp with time zone' || from.precision > precision)
    return undefined
  const [, moment = '', zone] = /^(\S+ \S+) (.*)$/.exec(value) ?? []
  return zone === undefined ? undefined : `${withFraction(moment, precision)} ${zone}`
}

function withFraction(text: string, precision: number): string {
  const [whole, fraction = ''] = text.split('.')
  return precision === 0 ? whole! : `${whole}.${fraction.padEnd(precision, '0')}`
}
