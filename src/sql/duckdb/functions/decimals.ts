/** Arithmetic of decimals: DuckDB's where 38 digits hold every intermediate value, exact in JavaScript where they do not. */
import { shareScale } from '../../coercion.ts'
import type { Type } from '../../types.ts'
import type { Call } from '../context.ts'
import { failure } from '../failures.ts'
import { duckdbType } from '../types.ts'

export type Decimal = Type & { readonly kind: 'decimal' }
const MAX_DIGITS = 38
/** Of what DuckDB keeps in 64 bits; products of two such are of 64 bits too, and overflow. */
const NARROW_DIGITS = 18
const UNTRIED = /\(SELECT|\b(?:random|uuid)\(/

const wholeDigits = (type: Decimal): number => type.precision - type.scale

const decimalText = (sql: string): string => `CAST(${sql} AS VARCHAR)`

function exact(operator: string, left: string, right: string, result: Decimal): string {
  return `CAST(js_decimal('${operator}', ${decimalText(left)}, ${decimalText(right)}, ${result.scale}) AS ${duckdbType(result)})`
}

export function addDecimals(call: Call, operator: '+' | '-', result: Decimal): string {
  const target = duckdbType(result)
  const plain = (a: string, b: string) =>
    `CAST(CAST(${a} AS ${target}) ${operator} CAST(${b} AS ${target}) AS ${target})`
  const [left, right] = call.types as [Decimal, Decimal]
  if (shareScale(left, right)) return plain(call.args[0]!, call.args[1]!)
  return call.once(call.args, (a, b) => {
    const fits = [a, b].map((side) => `TRY_CAST(${side} AS ${target}) IS NOT NULL`).join(' AND ')
    return `CASE WHEN ${fits} THEN ${plain(a!, b!)} ELSE ${exact(operator, a!, b!, result)} END`
  })
}

export function multiplyDecimals(call: Call, result: Decimal): string {
  const target = duckdbType(result)
  const [left, right] = call.types as [Decimal, Decimal]
  const plain = (a: string, b: string) => `CAST(${a} * ${b} AS ${target})`
  const narrow = Math.max(left.precision, right.precision) <= NARROW_DIGITS
  if (!narrow || left.precision + right.precision <= NARROW_DIGITS) return plain(call.args[0]!, call.args[1]!)
  // Most products fit, and are made in 64 bits; those that do not are made again in 128.
  const wide = (a: string, b: string) =>
    plain(`CAST(${a} AS DECIMAL(${Math.max(NARROW_DIGITS + 1, left.precision)},${left.scale}))`, b)
  if (call.args.some((arg) => UNTRIED.test(arg))) return wide(call.args[0]!, call.args[1]!)
  return call.once(call.args, (a, b) => `coalesce(TRY(${plain(a!, b!)}), ${wide(a!, b!)})`)
}

/** Rounded half up to the result's scale. `divisor` has been checked for zero. */
export function divideDecimals(call: Call, divisor: string, result: Decimal): string {
  const [left, right] = call.types as [Decimal, Decimal]
  const shift = Math.max(0, result.scale - left.scale + right.scale)
  const hasUnit = [left, right, result].every((type) => type.scale < MAX_DIGITS)
  const plain = (a: string, b: string) => {
    const dividend = `${unscaled(a, left)} * CAST(1${'0'.repeat(shift)} AS HUGEINT)`
    return rescaled(`tr_divide_half_up(${dividend}, ${unscaled(b, right)})`, result)
  }
  if (hasUnit && left.precision + shift <= MAX_DIGITS) return plain(call.args[0]!, divisor)
  return call.once([call.args[0]!, divisor], (a, b) => {
    if (!hasUnit || shift >= MAX_DIGITS) return exact('/', a!, b!, result)
    const limit = `CAST(1${'0'.repeat(MAX_DIGITS - shift)} AS HUGEINT)`
    return `CASE WHEN abs(${unscaled(a!, left)}) < ${limit} THEN ${plain(a!, b!)} ELSE ${exact('/', a!, b!, result)} END`
  })
}

/** Beyond 18 digits DuckDB would go through doubles. `divisor` has been checked for zero. */
export function remainderOfDecimals(call: Call, divisor: string, result: Decimal): string {
  const [left, right] = call.types as [Decimal, Decimal]
  const digits = Math.max(wholeDigits(left), wholeDigits(right)) + result.scale
  if (digits <= 18) return `CAST((${call.args[0]} % ${divisor}) AS ${duckdbType(result)})`
  if (digits > MAX_DIGITS || result.scale >= MAX_DIGITS) return exact('%', call.args[0]!, divisor, result)
  const at = (sql: string, type: Decimal): string =>
    type.scale === result.scale
      ? unscaled(sql, type)
      : `(${unscaled(sql, type)} * CAST(1${'0'.repeat(result.scale - type.scale)} AS HUGEINT))`
  return rescaled(`(${at(call.args[0]!, left)} % ${at(divisor, right)})`, result)
}

/** A decimal's digits as a HUGEINT: by a product where there is room for it, else by its text. */
export function unscaled(sql: string, type: Decimal): string {
  if (type.scale === 0) return `CAST(${sql} AS HUGEINT)`
  if (type.precision + type.scale > MAX_DIGITS) return `CAST(replace(${decimalText(sql)}, '.', '') AS HUGEINT)`
  const value = type.precision + type.scale > NARROW_DIGITS ? `CAST(${sql} AS DECIMAL(38,${type.scale}))` : sql
  return `CAST(${value} * CAST(1${'0'.repeat(type.scale)} AS DECIMAL(${type.scale + 1},0)) AS HUGEINT)`
}

/** An unscaled HUGEINT as a decimal of fewer than 38 fractional digits. */
export function rescaled(sql: string, type: Decimal): string {
  if (type.scale === 0) return `CAST(${sql} AS ${duckdbType(type)})`
  const unit = `CAST('0.${'0'.repeat(type.scale - 1)}1' AS DECIMAL(${type.scale + 1},${type.scale}))`
  return `CAST(CAST(${sql} AS DECIMAL(38,0)) * ${unit} AS ${duckdbType(type)})`
}

/** DuckDB sums beyond 38 digits; with fewer than ten in reserve that is worth a look. */
export function checkedSum(sum: string, of: Type, result: Type): string {
  if (of.kind !== 'decimal' || result.kind !== 'decimal' || of.precision <= 28) return sum
  const digits = '9'.repeat(MAX_DIGITS - result.scale) + (result.scale ? `.${'9'.repeat(result.scale)}` : '')
  const limit = `CAST('${digits}' AS ${duckdbType(result)})`
  const overflow = failure('NUMERIC_VALUE_OUT_OF_RANGE', 'Decimal overflow', result)
  return `CASE WHEN ${sum} BETWEEN -${limit} AND ${limit} THEN ${sum} WHEN ${sum} IS NOT NULL THEN ${overflow} END`
}

/** Of types that no one type holds. */
export const compareDecimals = (operator: string, left: string, right: string): string =>
  `(js_decimal_order(${decimalText(left)}, ${decimalText(right)}) ${operator} 0)`
