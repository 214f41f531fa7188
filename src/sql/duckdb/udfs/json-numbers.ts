/**
 * Numbers in JSON paths. As in Trino they have types: integers of 32 or 64 bits, decimals (literals and parameters with
 * a point) and doubles (fractions in JSON text).
 */
import type { Json } from './json-text.ts'
import { javaText } from './numbers.ts'

export type JsonNumber = Json & { readonly kind: 'number' }

export const integerItem = (value: bigint): JsonNumber => ({ kind: 'number', text: String(value) })
export const doubleItem = (value: number): JsonNumber => ({ kind: 'number', text: javaText(value) })

/** A number as JSON text writes it. */
export function numberOf(text: string): JsonNumber {
  return isInteger(text) ? { kind: 'number', text } : doubleItem(Number(text))
}

/** A literal of the path, or a parameter. */
export function exactNumber(text: string): JsonNumber {
  if (isInteger(text)) return { kind: 'number', text }
  return /[eE]/.test(text) ? doubleItem(Number(text)) : { kind: 'number', text, exact: true }
}

const isInteger = (text: string): boolean => /^-?\d+$/.test(text)

export type NumberType = 'integer' | 'bigint' | 'decimal' | 'double'

/** Undefined for integers beyond 64 bits, which are no numbers of SQL's here. */
export function numberType(number: JsonNumber): NumberType | undefined {
  if (!isInteger(number.text)) return number.exact ? 'decimal' : 'double'
  const value = BigInt(number.text)
  if (BigInt.asIntN(32, value) === value) return 'integer'
  return BigInt.asIntN(64, value) === value ? 'bigint' : undefined
}

/** Undefined where the operation fails: a division by zero, an overflow. */
export function calculate(op: string, left: JsonNumber, right: JsonNumber): JsonNumber | undefined {
  const types = [numberType(left), numberType(right)]
  if (types.includes(undefined)) return undefined
  if (types.includes('double')) return doubleItem(DOUBLES[op]!(Number(left.text), Number(right.text)))
  if (types.includes('decimal')) return calculateDecimal(op, decimalOf(left.text), decimalOf(right.text))
  const divides = op === '/' || op === '%'
  if (divides && Number(right.text) === 0) return undefined
  const result = INTEGERS[op]!(BigInt(left.text), BigInt(right.text))
  const bits = types.includes('bigint') ? 64 : 32
  return BigInt.asIntN(bits, result) === result ? integerItem(result) : undefined
}

const DOUBLES: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
const INTEGERS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

function decimalOf(text: string): Decimal {
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  return { unscaled: BigInt(`${whole}${fraction}`), scale: fraction.length }
}

function decimalItem({ unscaled, scale }: Decimal): JsonNumber {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = scale > 0 ? `.${digits.slice(-scale)}` : ''
  return { kind: 'number', text: `${unscaled < 0n ? '-' : ''}${whole}${fraction}`, exact: true }
}

function calculateDecimal(op: string, a: Decimal, b: Decimal): JsonNumber | undefined {
  if (op === '*') return decimalItem({ unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale })
  const scale = Math.max(a.scale, b.scale)
  const [left, right] = [a, b].map((d) => d.unscaled * 10n ** BigInt(scale - d.scale)) as [bigint, bigint]
  if (op === '+' || op === '-') return decimalItem({ unscaled: INTEGERS[op]!(left, right), scale })
  if (right === 0n) return undefined
  if (op === '%') return decimalItem({ unscaled: left % right, scale })
  // Half away from zero, to the greater of the two scales.
  const [numerator, sign] = [left * 10n ** BigInt(scale), left < 0n === right < 0n ? 1n : -1n]
  const [n, d] = [magnitude(numerator), magnitude(right)]
  return decimalItem({ unscaled: sign * ((2n * n + d) / (2n * d)), scale })
}

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x)

/** CEILING, FLOOR, ABS and negation keep the type. */
export function mapped(number: JsonNumber, double: (x: number) => number, name: string): JsonNumber | undefined {
  const type = numberType(number)
  if (type === undefined) return undefined
  if (type === 'double') return doubleItem(double(Number(number.text)))
  const { unscaled, scale } = decimalOf(number.text)
  const rounded = (up: boolean): bigint => {
    const unit = 10n ** BigInt(scale)
    const down = unscaled / unit - (unscaled < 0n && unscaled % unit !== 0n ? 1n : 0n)
    return up && unscaled % unit !== 0n ? down + 1n : down
  }
  switch (name) {
    case 'ceiling':
    case 'floor':
      return type === 'decimal' ? decimalItem({ unscaled: rounded(name === 'ceiling'), scale: 0 }) : number
    default:
      return decimalLike(number, { unscaled: name === 'abs' ? magnitude(unscaled) : -unscaled, scale })
  }
}

function decimalLike(number: JsonNumber, value: Decimal): JsonNumber {
  return number.exact ? decimalItem(value) : integerItem(value.unscaled)
}
