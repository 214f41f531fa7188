/** Comparisons, LIKE, GREATEST and LEAST. */
import { escapesSigns } from '../../like.ts'
import { sameType, type Type } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failure, failureAs } from '../failures.ts'
import { isFine } from '../fine-moments.ts'
import { quote, rowFieldName } from '../types.ts'
import { compareDecimals } from './decimals.ts'

type Operator = '=' | '<>' | '<' | '<=' | '>' | '>='

/** Both sides are of `type`. NaN equals nothing and has no order in Trino; in DuckDB it equals itself and is greatest. */
export function compare(operator: Operator, left: string, right: string, type: Type): string {
  if (type.kind === 'row' && (operator === '=' || operator === '<>')) return compareRows(operator, left, right, type)
  const plain = `(${ordered(left, type)} ${operator} ${ordered(right, type)})`
  if (type.kind === 'array' || type.kind === 'map') return compareNested(operator, left, right, type, plain)
  if (type.kind !== 'double' && type.kind !== 'real') return plain
  if (operator === '=' || operator === '<>') {
    const range = operator === '=' ? 'BETWEEN' : 'NOT BETWEEN'
    if (isZero(right)) return `(${left} ${range} ${right} AND ${right})`
    if (isZero(left)) return `(${right} ${range} ${left} AND ${left})`
  }
  const leftNumber = isNumber(left)
  const rightNumber = isNumber(right)
  switch (operator) {
    case '=':
      if (leftNumber || rightNumber) return plain
      return `(${positiveZero(left)} = ${positiveZero(right)} AND NOT (isnan(${left}) AND isnan(${right})))`
    case '<>':
      return leftNumber || rightNumber ? plain : `(${plain} OR (isnan(${left}) AND isnan(${right})))`
    case '>':
    case '>=':
      return leftNumber ? plain : `(${plain} AND NOT isnan(${left}))`
    case '<':
    case '<=':
      return rightNumber ? plain : `(${plain} AND NOT isnan(${right}))`
  }
}

/**
 * What stands for a value where values are put in order: addresses are kept as text, and ordered by their bytes;
 * a time with time zone is ordered by its instant within a day.
 */
export function ordered(value: string, type: Type): string {
  if (type.kind === 'ipaddress') return `js_ip_bytes(${value})`
  if (type.kind !== 'time with time zone') return value
  return isFine(type) ? `tr_fine_instant_clock(${value})` : `tr_instant_clock(${value})`
}

/** A literal that is surely not NaN. */
const isNumber = (sql: string): boolean => /^\(?CAST\('?-?\d/.test(sql) || /^\(?-?\d+\)?$/.test(sql)

/**
 * Of the two zeros, which are equal, DuckDB looks for just the one in a file's Bloom filter where it is asked for a single
 * value, and leaves out files that hold the other.
 */
const isZero = (sql: string): boolean => /^CAST\('?-?0'? AS \w+\)$/.test(sql)

/**
 * Of a floating number the same number, but of the zeros always one. A join whose one side turns out to hold a single value
 * asks the files of the other for just that: of a sum, it does not.
 */
export const positiveZero = (sql: string): string => `(${sql} + 0)`

function compareRows(operator: '=' | '<>', left: string, right: string, type: Type & { readonly kind: 'row' }): string {
  const field = (row: string, i: number): string => `struct_extract(${row}, ${quote(rowFieldName(type, i))})`
  const terms = type.fields.map((item, i) => compare(operator, field(left, i), field(right, i), item.type))
  return `(${terms.join(operator === '=' ? ' AND ' : ' OR ')})`
}

/**
 * A NULL inside makes the result unknown, where DuckDB takes two NULLs for equal. Equality stays a conjunction, by which
 * joins are hashed: of sides that differ in nothing but a NULL it is false.
 */
function compareNested(operator: Operator, left: string, right: string, type: Type, plain: string): string {
  const unknown = (side: string): string => holdsNull(type, side, 0)
  switch (operator) {
    case '=':
      return `(${plain} AND CASE WHEN ${unknown(left)} THEN NULL ELSE TRUE END)`
    case '<>':
      return `CASE WHEN NOT ${plain} AND ${unknown(left)} THEN NULL ELSE ${plain} END`
    default: {
      const refusal = failureAs(
        'NOT_SUPPORTED',
        'ARRAY comparison not supported for arrays with null elements',
        'BOOLEAN',
      )
      return `CASE WHEN ${left} IS NOT NULL AND ${right} IS NOT NULL AND (${unknown(left)} OR ${unknown(right)}) THEN ${refusal} ELSE ${plain} END`
    }
  }
}

/** Whether a NULL is somewhere inside a value that is not NULL itself. */
function holdsNull(type: Type, value: string, depth: number): string {
  const item = `n${depth}`
  const within = (inner: Type, sql: string): string => {
    const deeper = ['array', 'map', 'row'].includes(inner.kind) ? ` OR ${holdsNull(inner, sql, depth + 1)}` : ''
    return `${sql} IS NULL${deeper}`
  }
  switch (type.kind) {
    case 'array':
      return `(len(list_filter(${value}, lambda ${item}: ${within(type.element, item)})) > 0)`
    case 'map':
      return `(len(list_filter(map_values(${value}), lambda ${item}: ${within(type.value, item)})) > 0)`
    case 'row':
      return `(${type.fields.map((field, i) => within(field.type, `struct_extract(${value}, ${quote(rowFieldName(type, i))})`)).join(' OR ')})`
    default:
      return 'FALSE'
  }
}

const comparison =
  (operator: Operator): Lowering =>
  (call) => {
    const [left, right] = call.types
    if (left!.kind === 'decimal' && right!.kind === 'decimal' && !sameType(left!, right!))
      return compareDecimals(operator, call.args[0]!, call.args[1]!)
    return needsNames(call)
      ? call.once(call.args, (l, r) => compare(operator, l!, r!, call.types[0]!))
      : compare(operator, call.args[0]!, call.args[1]!, call.types[0]!)
  }

function needsNames(call: Call): boolean {
  const { kind } = call.types[0]!
  return ['double', 'real', 'row', 'array', 'map'].includes(kind)
}

/** NULL when any argument is, where DuckDB skips NULLs. */
const extreme =
  (name: 'greatest' | 'least'): Lowering =>
  (call) => {
    if (call.args.length === 1) return call.args[0]!
    return call.once(call.args, (...names) => {
      const present = names.map((arg) => `${arg} IS NOT NULL`).join(' AND ')
      const type = call.types[0]!
      if (type.kind !== 'time with time zone' && type.kind !== 'ipaddress')
        return `CASE WHEN ${present} THEN ${name}(${names.join(', ')}) END`
      // Of equals the first is the greatest and the least one.
      const best = names.reduce((one, other) => {
        const operator = name === 'greatest' ? '>' : '<'
        return `CASE WHEN ${ordered(other, type)} ${operator} ${ordered(one, type)} THEN ${other} ELSE ${one} END`
      })
      return `CASE WHEN ${present} THEN ${best} END`
    })
  }

const like: Lowering = (call) => {
  const [value, pattern, mark] = call.args
  if (mark === undefined) return `(${value} LIKE ${pattern})`
  const [knownPattern, knownMark] = [call.constant(1), call.constant(2)]
  if (typeof knownMark === 'string' && [...knownMark].length !== 1)
    return failure('INVALID_FUNCTION_ARGUMENT', 'Escape string must be a single character', call.result)
  // DuckDB lets any character be escaped, Trino only those that need it.
  if (typeof knownMark === 'string' && typeof knownPattern === 'string' && escapesSigns(knownPattern, knownMark))
    return `(${value} LIKE ${pattern} ESCAPE ${mark})`
  return `js_like(${value}, ${pattern}, ${mark})`
}

const isDistinct: Lowering = (call) => {
  const [left, right] = call.types
  if (left!.kind !== 'decimal' || sameType(left!, right!)) return `(${call.args[0]} IS DISTINCT FROM ${call.args[1]})`
  return call.once(call.args, (a, b) => `coalesce(${compareDecimals('<>', a!, b!)}, (${a} IS NULL) <> (${b} IS NULL))`)
}

export const comparisonLowerings: Lowerings = {
  $eq: comparison('='),
  $ne: comparison('<>'),
  $lt: comparison('<'),
  $le: comparison('<='),
  $gt: comparison('>'),
  $ge: comparison('>='),
  $is_distinct: isDistinct,
  $like: like,
  greatest: extreme('greatest'),
  least: extreme('least'),
}
