/** What a query's conditions say about the values that single columns of its tables can have. */
import type { BoundQuery, Constant, Scalar } from '../plan.ts'
import { isInteger, type Type } from '../types.ts'
import { type ColumnComparison, columnComparison, constantOf } from './column-comparison.ts'
import { sizeOf } from './conjuncts.ts'
import { evaluate } from './constant.ts'
import { compareConstants } from './constant-order.ts'
import { type ScanPredicate, scanPredicates } from './scan-predicates.ts'
import { columnIds } from './transform.ts'

export interface PartitionFilter {
  /** False only if no row with these values can pass; a column that is not given may have any value. */
  mayMatch(values: ReadonlyMap<string, Constant>): boolean
  /** How many parts of conditions that looks at, at most. */
  readonly weight: number
  /** What a column's value is known to be, before any partition is looked at. Bounds are inclusive. */
  constraint(column: string): Constraint | undefined
}

/** Parts of a condition that are looked at while a file is listed. */
const PARTS_A_STEP = 100

/** How many ordinary steps of planning it takes as long as to look whether it may match. */
export const stepsOf = ({ weight }: Pick<PartitionFilter, 'weight'>): number => Math.max(1, weight / PARTS_A_STEP)

export type Constraint =
  | { readonly kind: 'values'; readonly values: readonly Constant[] }
  | { readonly kind: 'range'; readonly low?: Constant; readonly high?: Constant }

/** By relation id, for every relation that the plan scans. */
export function partitionFilters(query: BoundQuery): ReadonlyMap<string, PartitionFilter> {
  const filters = new Map<string, PartitionFilter>()
  for (const [relation, predicates] of scanPredicates(query.root)) filters.set(relation, filterOf(predicates))
  return filters
}

/** Several scans of one relation: a partition is read when any of them may want it. */
function filterOf(predicates: readonly ScanPredicate[]): PartitionFilter {
  return {
    mayMatch: (values) => predicates.some((predicate) => passes(predicate, values)),
    weight: predicates.flatMap(({ conjuncts }) => conjuncts).reduce((sum, one) => sum + sizeOf(one), 0),
    constraint: (column) => {
      const constraints = predicates.map((predicate) => constraintOf(predicate, column))
      if (constraints.length === 1) return constraints[0]
      const values = constraints.flatMap((one) => (one?.kind === 'values' ? one.values : []))
      return constraints.every((one) => one?.kind === 'values') ? { kind: 'values', values } : undefined
    },
  }
}

function passes({ columns, conjuncts }: ScanPredicate, values: ReadonlyMap<string, Constant>): boolean {
  const valueOfColumn = (id: number) => values.get(columns.get(id) ?? '')
  return conjuncts.every((conjunct) => {
    const value = evaluate(conjunct, valueOfColumn)
    return value === undefined || value === true
  })
}

function constraintOf({ columns, conjuncts }: ScanPredicate, column: string): Constraint | undefined {
  let known: Constraint | undefined
  for (const conjunct of conjuncts) {
    const ids = columnIds(conjunct)
    const [id] = ids
    if (ids.size !== 1 || id === undefined || columns.get(id) !== column) continue
    const one = constraintFrom(conjunct)
    if (!one) continue
    known = known ? intersect(known, one.constraint, one.type) : one.constraint
  }
  return known
}

interface Typed {
  readonly constraint: Constraint
  /** Of the column. */
  readonly type: Type
}

/** A condition that names one column; undefined when it says nothing simple. */
function constraintFrom(scalar: Scalar): Typed | undefined {
  switch (scalar.kind) {
    case 'or': {
      const terms = scalar.terms.map(constraintFrom)
      const values = terms.flatMap((term) => (term?.constraint.kind === 'values' ? term.constraint.values : []))
      const [first] = terms
      if (!first || !terms.every((term) => term?.constraint.kind === 'values')) return undefined
      return { constraint: { kind: 'values', values }, type: first.type }
    }
    case 'and': {
      const terms = scalar.terms.flatMap((term) => constraintFrom(term) ?? [])
      const [first, ...rest] = terms
      if (!first) return undefined
      let { constraint } = first
      for (const term of rest) constraint = intersect(constraint, term.constraint, term.type)
      return { constraint, type: first.type }
    }
    case 'in': {
      const column = columnType(scalar.of)
      const values = scalar.items.map(constantOf)
      if (!column || values.some((value) => value === undefined)) return undefined
      return { constraint: { kind: 'values', values: values.filter((v) => v !== null) as Constant[] }, type: column }
    }
    case 'call':
      return comparison(scalar)
    default:
      return undefined
  }
}

function comparison(scalar: Scalar & { kind: 'call' }): Typed | undefined {
  const [left, right] = scalar.args
  const { name } = scalar.function
  // A sign that escapes is not part of the text.
  if (name === '$like') return left && right && scalar.args.length === 2 ? likeRange(left, right) : undefined
  const found = columnComparison(scalar, columnType)
  return found && bound(found)
}

function bound({ operator: name, value, type }: ColumnComparison): Typed | undefined {
  if (value === undefined || name === '$ne') return undefined
  // Nothing compares with NULL.
  if (value === null) return { constraint: { kind: 'values', values: [] }, type }
  if (name === '$eq') return { constraint: { kind: 'values', values: [value] }, type }
  // A strict bound becomes an inclusive one where there is a next value; elsewhere it stays a little too wide.
  const step = typeof value === 'bigint' && isInteger(type) ? 1n : undefined
  if (name === '$gt' && step) return { constraint: { kind: 'range', low: (value as bigint) + step }, type }
  if (name === '$lt' && step) return { constraint: { kind: 'range', high: (value as bigint) - step }, type }
  if (name === '$ge' || name === '$gt') return { constraint: { kind: 'range', low: value }, type }
  return { constraint: { kind: 'range', high: value }, type }
}

function likeRange(left: Scalar, right: Scalar): Typed | undefined {
  const type = columnType(left)
  const pattern = constantOf(right)
  const prefix = typeof pattern === 'string' ? pattern.split(/[%_]/, 1)[0]! : ''
  if (!type || prefix === '' || typeof pattern !== 'string') return undefined
  if (prefix === pattern) return { constraint: { kind: 'values', values: [pattern] }, type }
  return { constraint: { kind: 'range', low: prefix, high: `${prefix}\u{10ffff}` }, type }
}

/** The type of a bare column, or of an integer column widened: its values are the same numbers. */
function columnType(scalar: Scalar): Type | undefined {
  if (scalar.kind === 'column') return scalar.type
  if (scalar.kind === 'cast' && scalar.of.kind === 'column' && isInteger(scalar.type))
    return isInteger(scalar.of.type) ? scalar.of.type : undefined
  return undefined
}

function intersect(a: Constraint, b: Constraint, type: Type): Constraint {
  const order = (x: Constant, y: Constant) => compareConstants(x, y, type)
  if (a.kind === 'values' && b.kind === 'values')
    return { kind: 'values', values: a.values.filter((x) => b.values.some((y) => (order(x, y) ?? 0) === 0)) }
  if (a.kind === 'values' && b.kind === 'range') return { kind: 'values', values: inRange(a.values, b, order) }
  if (b.kind === 'values' && a.kind === 'range') return { kind: 'values', values: inRange(b.values, a, order) }
  if (a.kind !== 'range' || b.kind !== 'range') return a
  const low = tighter(a.low, b.low, (x, y) => (order(x, y) ?? 0) >= 0)
  const high = tighter(a.high, b.high, (x, y) => (order(x, y) ?? 0) <= 0)
  return { kind: 'range', ...(low !== undefined && { low }), ...(high !== undefined && { high }) }
}

function tighter(a: Constant | undefined, b: Constant | undefined, wins: (a: Constant, b: Constant) => boolean) {
  if (a === undefined || b === undefined) return a ?? b
  return wins(a, b) ? a : b
}

function inRange(
  values: readonly Constant[],
  range: Constraint & { kind: 'range' },
  order: (x: Constant, y: Constant) => number | undefined,
): readonly Constant[] {
  return values.filter(
    (value) =>
      (range.low === undefined || (order(value, range.low) ?? 0) >= 0) &&
      (range.high === undefined || (order(value, range.high) ?? 0) <= 0),
  )
}
