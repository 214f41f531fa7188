/**
 * Scalar functions over values of several rows of a match, where no engine can follow. Whole numbers, decimals (without
 * their point), days, instants and intervals are bigint; text is string.
 */
import { FunctionFailure } from '../duckdb/failures.ts'
import { likeMatcher } from '../like.ts'
import type { Type } from '../types.ts'
import { floorDivide, millisBetween, perMilli, refined } from './moments.ts'

export type Value = bigint | number | string | boolean | null
type Present = bigint | number | string | boolean
export type ValueFunction = (...args: Present[]) => Value

export type Domain = 'whole' | 'float' | 'text' | 'boolean'

/** How values of a type live here; undefined for the types that do not. */
export function domainOf(type: Type): Domain | undefined {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamp with time zone':
    case 'interval day to second':
    case 'interval year to month':
      return 'whole'
    case 'real':
    case 'double':
      return 'float'
    case 'varchar':
    case 'char':
    case 'uuid':
      return 'text'
    case 'boolean':
    case 'unknown':
      return 'boolean'
    default:
      return undefined
  }
}

const ASTRAL = /[\ud800-\udfff]/

/** By code points, as Trino orders text; NaN has no order. */
function order(a: Present, b: Present): number {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string' && (ASTRAL.test(a) || ASTRAL.test(b)))
    return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : a > b ? 1 : Number.NaN
}

const COMPARISONS: Readonly<Record<string, (a: Present, b: Present) => boolean>> = {
  $eq: (a, b) => order(a, b) === 0 && !Number.isNaN(a),
  $ne: (a, b) => order(a, b) !== 0 || Number.isNaN(a),
  $lt: (a, b) => order(a, b) < 0,
  $le: (a, b) => order(a, b) <= 0,
  $gt: (a, b) => order(a, b) > 0,
  $ge: (a, b) => order(a, b) >= 0,
}

const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 }
const INTERVALS = new Set(['interval day to second', 'interval year to month'])
const CLOCKS = new Set(['time', 'timestamp', 'timestamp with time zone'])

function overflow(text: string): never {
  throw new FunctionFailure('NUMERIC_VALUE_OUT_OF_RANGE', text)
}

/** The value when its type can hold it. */
function fitting(value: bigint, type: Type, what: () => string): bigint {
  if (type.kind === 'decimal') {
    if (value >= 10n ** 38n || value <= -(10n ** 38n)) overflow('Decimal overflow')
    return value
  }
  const bits = BITS[type.kind] ?? 64
  return BigInt.asIntN(bits, value) === value ? value : overflow(what())
}

const scaleOf = (type: Type): number => (type.kind === 'decimal' ? type.scale : 0)
const power = (digits: number): bigint => 10n ** BigInt(digits)

/** Half away from zero. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const size = (value: bigint) => (value < 0n ? -value : value)
  if (size(rest) * 2n < size(divisor)) return quotient
  return quotient + (dividend < 0n === divisor < 0n ? 1n : -1n)
}

/** The implementation for these types, or undefined where there is none. */
export function functionFor(name: string, types: readonly Type[], result: Type): ValueFunction | undefined {
  const domains = types.map(domainOf)
  if (domains.includes(undefined) || !domainOf(result)) return undefined
  const compare = COMPARISONS[name]
  if (compare) return (a, b) => compare(a!, b!)
  switch (name) {
    case '$add':
    case '$subtract':
      return sum(name === '$add' ? 1n : -1n, types, result)
    case '$multiply':
      return product(types, result)
    case '$divide':
      return quotient(types, result)
    case '$modulus':
    case 'mod':
      return remainder(types, result)
    case '$negate':
      return (a) => (typeof a === 'bigint' ? fitting(-a, result, () => `${result.kind} negation overflow: ${a}`) : -a!)
    case 'abs':
      return (a) =>
        typeof a === 'bigint'
          ? fitting(a < 0n ? -a : a, result, () => `Value ${a} is out of range for abs(${result.kind})`)
          : Math.abs(a as number)
    case '$concat':
    case 'concat':
      return result.kind === 'varchar' ? (...parts) => parts.join('') : undefined
    case 'greatest':
      return (...all) => all.reduce((best, one) => (order(one, best) > 0 ? one : best))
    case 'least':
      return (...all) => all.reduce((best, one) => (order(one, best) < 0 ? one : best))
    case '$like':
      return like
    case 'date_diff':
      return dateDifference(types)
    default:
      return undefined
  }
}

/** The pattern may come from a row as well; mostly it is the same as the last. */
function like(text: Present, pattern: Present, escapeSign?: Present): boolean {
  const key = `${escapeSign ?? ''}|${pattern}`
  if (lastLike?.key !== key)
    lastLike = { key, matches: likeMatcher(String(pattern), escapeSign === undefined ? undefined : String(escapeSign)) }
  return lastLike.matches(String(text))
}
let lastLike: { readonly key: string; readonly matches: (text: string) => boolean } | undefined

function sum(sign: bigint, [left, right]: readonly Type[], result: Type): ValueFunction | undefined {
  if (domainOf(result) === 'float') {
    const round = result.kind === 'real' ? Math.fround : (value: number) => value
    return (a, b) => round((a as number) + Number(sign) * (b as number))
  }
  const verb = sign === 1n ? 'addition' : 'subtraction'
  const symbol = sign === 1n ? '+' : '-'
  const plain = (a: bigint, b: bigint) =>
    fitting(a + sign * b, result, () => `${result.kind} ${verb} overflow: ${a} ${symbol} ${b}`)
  if (left!.kind === 'decimal' || right!.kind === 'decimal') {
    const [l, r] = [power(scaleOf(result) - scaleOf(left!)), power(scaleOf(result) - scaleOf(right!))]
    return (a, b) => plain((a as bigint) * l, (b as bigint) * r)
  }
  if (left!.kind === right!.kind && (BITS[left!.kind] || INTERVALS.has(left!.kind)))
    return (a, b) => plain(a as bigint, b as bigint)
  if (sign === -1n && left!.kind === 'date' && right!.kind === 'date')
    return (a, b) => ((a as bigint) - (b as bigint)) * 86_400_000n
  if (sign === -1n && CLOCKS.has(left!.kind) && left!.kind === right!.kind) return betweenMoments(left!)
  // A moment and an interval of milliseconds.
  const day = 'interval day to second'
  if (CLOCKS.has(left!.kind) && right!.kind === day && left!.kind !== 'time')
    return (a, b) => (a as bigint) + sign * (b as bigint) * perMilli(left!)
  if (sign === 1n && left!.kind === day && CLOCKS.has(right!.kind) && right!.kind !== 'time')
    return (a, b) => (b as bigint) + (a as bigint) * perMilli(right!)
  return undefined
}

function betweenMoments(type: Type): ValueFunction {
  const between = millisBetween(type)
  return (a, b) => between(a as bigint, b as bigint)
}

function product(types: readonly Type[], result: Type): ValueFunction | undefined {
  if (result.kind === 'double' || result.kind === 'real') {
    const round = result.kind === 'real' ? Math.fround : (value: number) => value
    return (a, b) => round((a as number) * (b as number))
  }
  if (types.some((type) => !BITS[type.kind] && type.kind !== 'decimal')) return undefined
  return (a, b) =>
    fitting((a as bigint) * (b as bigint), result, () => `${result.kind} multiplication overflow: ${a} * ${b}`)
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new FunctionFailure('DIVISION_BY_ZERO', 'Division by zero')
  return value
}

function quotient([left, right]: readonly Type[], result: Type): ValueFunction | undefined {
  if (result.kind === 'double') return (a, b) => (a as number) / (b as number)
  if (result.kind === 'real') return (a, b) => Math.fround((a as number) / (b as number))
  if (result.kind === 'decimal') {
    const shift = power(result.scale + scaleOf(right!) - scaleOf(left!))
    return (a, b) => fitting(divideHalfUp((a as bigint) * shift, divisor(b as bigint)), result, () => '')
  }
  if (!BITS[result.kind]) return undefined
  return (a, b) =>
    fitting((a as bigint) / divisor(b as bigint), result, () => `${result.kind} division overflow: ${a} / ${b}`)
}

function remainder([left, right]: readonly Type[], result: Type): ValueFunction | undefined {
  if (domainOf(result) === 'float') return (a, b) => (a as number) % (b as number)
  if (result.kind !== 'decimal' && !BITS[result.kind]) return undefined
  const [l, r] = [power(scaleOf(result) - scaleOf(left!)), power(scaleOf(result) - scaleOf(right!))]
  return (a, b) => ((a as bigint) * l) % divisor((b as bigint) * r)
}

const UNIT_MILLIS: Readonly<Record<string, bigint>> = {
  millisecond: 1n,
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
  week: 604_800_000n,
}

/** Whole units from the first moment to the second. Units of the calendar only for dates and timestamps without a zone. */
function dateDifference([, from, to]: readonly Type[]): ValueFunction | undefined {
  if (from!.kind !== to!.kind || from!.kind === 'time') return undefined
  const millis = (value: Present): bigint =>
    from!.kind === 'date' ? (value as bigint) * 86_400_000n : floorDivide(value as bigint, perMilli(from!))
  return (unit, a, b) => {
    const [start, end] = [millis(a!), millis(b!)]
    const size = UNIT_MILLIS[String(unit).toLowerCase()]
    if (size !== undefined) return (end - start) / size
    const months = { month: 1, quarter: 3, year: 12 }[String(unit).toLowerCase()]
    if (months === undefined)
      throw new FunctionFailure(
        'INVALID_FUNCTION_ARGUMENT',
        `'${unit}' is not a valid ${from!.kind.toUpperCase()} field`,
      )
    return BigInt(Math.trunc(monthsBetween(start, end) / months))
  }
}

/** Whole months, counted towards the start. */
function monthsBetween(start: bigint, end: bigint): number {
  if (end < start) return -monthsBetween(end, start)
  const [a, b] = [new Date(Number(start)), new Date(Number(end))]
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
  const shifted = new Date(a)
  shifted.setUTCDate(1)
  shifted.setUTCMonth(shifted.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(shifted.getUTCFullYear(), shifted.getUTCMonth() + 1, 0)).getUTCDate()
  shifted.setUTCDate(Math.min(a.getUTCDate(), lastDay))
  return shifted.getTime() > b.getTime() ? months - 1 : months
}

/** A value as one of another type; undefined where there is no such cast here. */
export function castFor(from: Type, to: Type): ((value: Present) => Value) | undefined {
  const [source, target] = [domainOf(from), domainOf(to)]
  if (!source || !target) return undefined
  if (from.kind === 'unknown') return (value) => value
  if (source === 'whole' && target === 'float' && (BITS[from.kind] || from.kind === 'decimal')) {
    const round = to.kind === 'real' ? Math.fround : (value: number) => value
    const scale = scaleOf(from)
    return (value) => round(scale === 0 ? Number(value) : Number(decimalText(value as bigint, scale)))
  }
  if (source === 'float' && target === 'float')
    return (value) => (to.kind === 'real' ? Math.fround(value as number) : value)
  if (source === 'whole' && target === 'whole') return wholeCast(from, to)
  if (from.kind === 'varchar' && to.kind === 'varchar') {
    const { length } = to
    return length === undefined ? (value) => value : (value) => [...(value as string)].slice(0, length).join('')
  }
  return from.kind === to.kind && source !== 'text' ? (value) => value : undefined
}

function wholeCast(from: Type, to: Type): ((value: Present) => Value) | undefined {
  const cannot = (value: Present) => () => `Out of range for ${to.kind}: ${value}`
  if (BITS[from.kind] && BITS[to.kind]) return (value) => fitting(value as bigint, to, cannot(value))
  if ((BITS[from.kind] || from.kind === 'decimal') && to.kind === 'decimal') {
    const shift = to.scale - scaleOf(from)
    const limit = power(to.precision)
    return (value) => {
      const scaled = shift >= 0 ? (value as bigint) * power(shift) : divideHalfUp(value as bigint, power(-shift))
      if (scaled >= limit || scaled <= -limit)
        throw new FunctionFailure(
          'INVALID_CAST_ARGUMENT',
          `Cannot cast ${from.kind.toUpperCase()} '${decimalText(value as bigint, scaleOf(from))}' to DECIMAL(${to.precision}, ${to.scale})`,
        )
      return scaled
    }
  }
  if (from.kind === to.kind && 'precision' in from && 'precision' in to && to.precision >= from.precision) {
    const refine = refined(from, to)
    return (value) => refine(value as bigint)
  }
  if (from.kind === 'date' && to.kind === 'timestamp') return (value) => (value as bigint) * 86_400_000n * perMilli(to)
  return from.kind === to.kind && !('precision' in from) ? (value) => value : undefined
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
