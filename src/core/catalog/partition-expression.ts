/** GetPartitions' `Expression`: which partitions of a table it keeps, and which it can rule out by their first values. */

import { likeMatcher } from '../../sql/like.ts'
import { Fault } from '../faults.ts'
import type { ColumnDescriptor } from './catalog.ts'
import { type KeyBounds, narrowed, type PartitionBounds } from './partition-bounds.ts'
import {
  type Comparison,
  type Condition,
  ExpressionError,
  MIRRORED,
  type Operand,
  parseExpression,
} from './partition-expression-parser.ts'
import { type Comparable, DEFAULT_PARTITION, type KeyType, keyType } from './partition-value.ts'

export interface PartitionCondition {
  /** What its terms say of single keys, as far as an index of Glue's follows them: `AND`, and the comparisons but `<>`. */
  readonly bounds: PartitionBounds
  keep(values: readonly string[]): boolean
  /** True of some values, the others being absent, that no kept partition has. */
  skip(known: readonly (string | undefined)[]): boolean
}

/**
 * What a condition may come to, as bits: with only the first values known, several are possible; with all of them one.
 */
type Outcome = number
const TRUE = 1
const FALSE = 2
/** SQL's third value: the partition of a missing value, in a key that is no string. */
const NULL = 4
const ANY = TRUE | FALSE | NULL

type Evaluate = (values: readonly (string | undefined)[]) => Outcome
/** A value; null for SQL's NULL, undefined when not known yet. */
type Value = (values: readonly (string | undefined)[]) => Comparable | null | undefined

interface Key {
  readonly index: number
  readonly type: KeyType
}
type Keys = (name: string) => Key

/** Undefined for a blank text: everything is kept. Throws `Fault('invalid', 'expression')` with Glue's texts. */
export function partitionCondition(
  expression: string | undefined,
  partitionKeys: readonly ColumnDescriptor[],
): PartitionCondition | undefined {
  return expression?.trim() ? conditionOn(parsed(expression), partitionKeys) : undefined
}

/** Of a condition that is a tree already, in whatever language it came. */
export function conditionOn(tree: Condition, partitionKeys: readonly ColumnDescriptor[]): PartitionCondition {
  const keys = keysOf(partitionKeys)
  const evaluate = compile(tree, keys)
  return {
    bounds: boundsOf(tree, keys),
    keep: (values) => (evaluate(values) & TRUE) !== 0,
    skip: (known) => (evaluate(known) & TRUE) === 0,
  }
}

function parsed(expression: string): Condition {
  try {
    return parseExpression(expression)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw invalid(`Unsupported expression '${expression}'`)
  }
}

function keysOf(partitionKeys: readonly ColumnDescriptor[]): Keys {
  return (name) => {
    const index = partitionKeys.findIndex((key) => key.Name.toLowerCase() === name.toLowerCase())
    if (index < 0) throw invalid(`Unknown column '${name}'`)
    const spelled = partitionKeys[index]!.Type ?? 'string'
    const type = keyType(spelled)
    if (!type) throw invalid(`Unknown type : '${spelled}'`)
    return { index, type }
  }
}

function compile(tree: Condition, keys: Keys): Evaluate {
  switch (tree.kind) {
    case 'and':
      return combine(tree.terms, keys, FALSE, TRUE)
    case 'or':
      return combine(tree.terms, keys, TRUE, FALSE)
    case 'not': {
      const of = compile(tree.of, keys)
      return (values) => negated(of(values))
    }
    case 'compare': {
      const [left, right] = alike([tree.left, tree.right], keys)
      return compared(left!, right!, COMPARE[tree.op])
    }
    case 'between': {
      const [of, low, high] = alike([tree.of, tree.low, tree.high], keys)
      const above = compared(of!, low!, COMPARE['>='])
      const below = compared(of!, high!, COMPARE['<='])
      return (values) => both(above(values), below(values), FALSE, TRUE)
    }
    case 'in': {
      const [of, ...items] = alike([tree.of, ...tree.items], keys)
      const tests = items.map((item) => compared(of!, item, COMPARE['=']))
      return (values) => tests.reduce((outcome, test) => both(outcome, test(values), TRUE, FALSE), FALSE)
    }
    case 'like':
      return like(tree, keys)
    case 'is-null':
      // Glue's partition values are never NULL to IS NULL, Hive's default partition included (observed by Trino).
      if (tree.of.kind === 'column') keys(tree.of.name)
      return () => FALSE
  }
}

function combine(terms: readonly Condition[], keys: Keys, decisive: Outcome, neutral: Outcome): Evaluate {
  const tests = terms.map((term) => compile(term, keys))
  return (values) => {
    let outcome = neutral
    for (const test of tests) {
      outcome = both(outcome, test(values), decisive, neutral)
      if (outcome === decisive) break
    }
    return outcome
  }
}

/** AND (decisive FALSE) or OR (decisive TRUE) of all that the two may be. */
function both(a: Outcome, b: Outcome, decisive: Outcome, neutral: Outcome): Outcome {
  let outcome = (a | b) & decisive
  if (a & b & neutral) outcome |= neutral
  if ((a & NULL && b & ~decisive) || (b & NULL && a & ~decisive)) outcome |= NULL
  return outcome
}

function negated(outcome: Outcome): Outcome {
  return (outcome & NULL) | (outcome & TRUE ? FALSE : 0) | (outcome & FALSE ? TRUE : 0)
}

const COMPARE: Readonly<Record<Comparison, (a: Comparable, b: Comparable) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function compared(left: Value, right: Value, test: (a: Comparable, b: Comparable) => boolean): Evaluate {
  return (values) => {
    const a = left(values)
    const b = right(values)
    if (a === undefined || b === undefined) return ANY
    if (a === null || b === null) return NULL
    return test(a, b) ? TRUE : FALSE
  }
}

/** The operands as values of one type: that of the first column among them; literals alone are strings. */
function alike(operands: readonly Operand[], keys: Keys): Value[] {
  const column = operands.find((operand) => operand.kind === 'column')
  const type = column ? keys(column.name).type : keyType('string')!
  return operands.map((operand) => {
    if (operand.kind === 'column') return columnValue(keys(operand.name))
    const literal = type.parse(operand.text)
    if (literal === undefined) throw invalid(type.complaint(operand.text))
    return () => literal
  })
}

function columnValue({ index, type }: Key): Value {
  return (values) => {
    const text = values[index]
    if (text === undefined) return undefined
    const value = type.parse(text)
    if (value !== undefined) return value
    if (text === DEFAULT_PARTITION) return null
    throw new Fault('invalid', 'partition value', type.complaint(text))
  }
}

function like({ of, pattern, escapeSign }: Extract<Condition, { kind: 'like' }>, keys: Keys): Evaluate {
  const matches = likeMatcher(pattern, escapeSign)
  if (of.kind === 'literal') {
    const outcome = matches(of.text) ? TRUE : FALSE
    return () => outcome
  }
  const { index, type } = keys(of.name)
  if (type.family !== 'String') throw invalid(`${type.family} data type doesn't support operation 'LIKE'`)
  return (values) => {
    const text = values[index]
    if (text === undefined) return ANY
    return matches(text) ? TRUE : FALSE
  }
}

function boundsOf(tree: Condition, keys: Keys): PartitionBounds {
  const bounds: (KeyBounds | undefined)[] = []
  const visit = (term: Condition): void => {
    if (term.kind === 'and') for (const one of term.terms) visit(one)
    const found = boundFrom(term)
    if (!found) return
    const { index, type } = keys(found.column)
    const [low, high] = [found.low, found.high].map((text) => (text === undefined ? undefined : type.parse(text)))
    bounds[index] = narrowed(bounds[index], { low, high })
  }
  visit(tree)
  return bounds
}

interface TextBounds {
  readonly column: string
  readonly low?: string
  readonly high?: string
}

/** `IN` of several values is none: "ignored in the expression for filtering using an index" (glue dg, partition-indexes). */
function boundFrom(term: Condition): TextBounds | undefined {
  if (term.kind === 'between') return bound(term.of, literal(term.low), literal(term.high))
  if (term.kind === 'in' && term.items.length === 1)
    return bound(term.of, literal(term.items[0]!), literal(term.items[0]!))
  if (term.kind !== 'compare') return undefined
  const [column, value, op] =
    term.left.kind === 'column'
      ? [term.left, literal(term.right), term.op]
      : [term.right, literal(term.left), MIRRORED[term.op]]
  switch (op) {
    case '=':
      return bound(column, value, value)
    case '>':
    case '>=':
      return bound(column, value, undefined)
    case '<':
    case '<=':
      return bound(column, undefined, value)
    default:
      return undefined
  }
}

const literal = (operand: Operand): string | undefined => (operand.kind === 'literal' ? operand.text : undefined)

function bound(of: Operand, low: string | undefined, high: string | undefined): TextBounds | undefined {
  if (of.kind !== 'column' || (low === undefined && high === undefined)) return undefined
  return { column: of.name, low, high }
}

function invalid(message: string): Fault {
  return new Fault('invalid', 'expression', message)
}
