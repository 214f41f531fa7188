/**
 * A small exact evaluator, for deciding without an engine what a condition says about known values. Whatever it is
 * not sure of (an unknown column, a function it does not have, a value that would be an error) is unknown.
 */
import type { Constant, Scalar } from '../plan.ts'
import { isInteger, type Type } from '../types.ts'
import { convertConstant } from './constant-casts.ts'
import { callConstant } from './constant-functions.ts'
import { compareConstants } from './constant-order.ts'

/** Undefined when the value cannot be known; `null` is SQL's NULL. */
export type Value = Constant | undefined

/** Of a text that functions and casts take: a condition is asked of each of thousands of partitions, while everyone else waits. */
const MOST_LETTERS = 4096

const short = (value: Value): Value => (typeof value === 'string' && value.length > MOST_LETTERS ? undefined : value)

export function evaluate(scalar: Scalar, valueOfColumn: (columnId: number) => Value): Value {
  const value = (s: Scalar): Value => evaluate(s, valueOfColumn)
  switch (scalar.kind) {
    case 'constant':
      return scalar.value
    case 'column':
      return valueOfColumn(scalar.id)
    case 'cast': {
      const of = short(value(scalar.of))
      return of === undefined || of === null ? of : convertConstant(of, scalar.of.type, scalar.type)
    }
    case 'and':
      return connect(scalar.terms, value, false)
    case 'or':
      return connect(scalar.terms, value, true)
    case 'not': {
      const of = value(scalar.of)
      return typeof of === 'boolean' ? !of : of === null ? null : undefined
    }
    case 'is-null': {
      const of = value(scalar.of)
      return of === undefined ? undefined : of === null
    }
    case 'in':
      return contained(scalar, value)
    case 'case': {
      for (const branch of scalar.whens) {
        const when = value(branch.when)
        if (when === undefined) return undefined
        if (when === true) return value(branch.then)
      }
      return scalar.otherwise ? value(scalar.otherwise) : null
    }
    case 'coalesce': {
      for (const item of scalar.items) {
        const of = value(item)
        if (of !== null) return of
      }
      return null
    }
    case 'nullif': {
      const [left, right] = [value(scalar.left), value(scalar.right)]
      if (left === undefined || right === undefined) return undefined
      if (left === null || right === null) return left
      const order = compareConstants(left, right, scalar.right.type)
      return order === undefined ? undefined : order === 0 ? null : left
    }
    case 'try':
      return value(scalar.of)
    case 'call':
      return call(scalar, value)
    default:
      return undefined
  }
}

/** AND and OR with three truth values, and a fourth for what is not known. `decisive` settles it at once. */
function connect(terms: readonly Scalar[], value: (s: Scalar) => Value, decisive: boolean): Value {
  let unknown = false
  let missing = false
  for (const term of terms) {
    const of = value(term)
    if (of === decisive) return decisive
    if (of === undefined) unknown = true
    if (of === null) missing = true
  }
  if (unknown) return undefined
  return missing ? null : !decisive
}

/** Lists of thousands are asked of each of thousands of partitions. */
function contained(scalar: Scalar & { kind: 'in' }, value: (s: Scalar) => Value): Value {
  const of = value(scalar.of)
  const list =
    typeof of === 'string' ? listed(scalar, 'string') : typeof of === 'bigint' ? listed(scalar, 'bigint') : null
  if (of === undefined || !list) return contains(of, scalar.items.map(value), scalar.of.type)
  return list.has(of) ? true : list.has(null) ? null : false
}

const lists = new WeakMap<Scalar, ReadonlySet<Constant> | null>()

/** Constants of a type whose equal values are the same; null where they are not. */
function listed(scalar: Scalar & { kind: 'in' }, of: 'string' | 'bigint'): ReadonlySet<Constant> | null {
  const known = lists.get(scalar)
  if (known !== undefined) return known
  const { type } = scalar.of
  const values = scalar.items.map((item) => (item.kind === 'constant' ? item.value : undefined))
  const isPlain = of === 'string' ? type.kind === 'varchar' : isInteger(type)
  const isList = isPlain && values.every((one) => one === null || typeof one === of)
  const list = isList ? new Set(values as readonly Constant[]) : null
  lists.set(scalar, list)
  return list
}

function contains(of: Value, items: readonly Value[], type: Type): Value {
  if (of === undefined) return undefined
  if (of === null) return null
  let unknown = false
  let missing = false
  for (const item of items) {
    if (item === null) missing = true
    else {
      const order = item === undefined ? undefined : compareConstants(of, item, type)
      if (order === 0) return true
      if (order === undefined) unknown = true
    }
  }
  if (unknown) return undefined
  return missing ? null : false
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  $eq: (order) => order === 0,
  $ne: (order) => order !== 0,
  $lt: (order) => order < 0,
  $le: (order) => order <= 0,
  $gt: (order) => order > 0,
  $ge: (order) => order >= 0,
}

function call(scalar: Scalar & { kind: 'call' }, value: (s: Scalar) => Value): Value {
  const { name } = scalar.function
  const args = scalar.args.map((arg) => short(value(arg)))
  const type = scalar.args[0]?.type
  if (name === '$is_distinct') {
    const [a, b] = args
    if (a === undefined || b === undefined || !type) return undefined
    if (a === null || b === null) return a !== b
    const order = compareConstants(a, b, type)
    return order === undefined ? undefined : order !== 0
  }
  // Every function that is evaluated here answers NULL for NULL, whatever its other arguments are.
  if (args.some((arg) => arg === null) && (name in COMPARISONS || STRICT.test(name))) return null
  const known = args.filter((arg): arg is NonNullable<Constant> => arg !== undefined && arg !== null)
  if (known.length !== args.length || !type) return undefined
  const comparison = COMPARISONS[name]
  if (comparison) {
    const order = compareConstants(known[0]!, known[1]!, type)
    return order === undefined ? undefined : comparison(order)
  }
  return callConstant(
    name,
    known,
    scalar.args.map((arg) => arg.type),
    scalar.type,
  )
}
const STRICT =
  /^(\$(like|add|subtract|multiply|divide|modulus|negate|concat)|concat|lower|upper|substr|trim|ltrim|rtrim|lpad|rpad|length|replace|strpos|split_part|starts_with|year|month|day|day_of_week|quarter|hour|date|date_trunc|date_add|date_diff|date_format|date_parse|from_iso8601_date|regexp_like)$/
