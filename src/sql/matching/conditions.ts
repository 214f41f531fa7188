/**
 * Conditions that look at several rows of a match, as data that reaches the engine's function, and as functions of the
 * row at hand. What depends on one row alone is a leaf: the engine has computed it for every row of the partition.
 */
import type { ResolvedFunction } from '../plan.ts'
import type { RowChoice } from '../row-matching.ts'
import type { Type } from '../types.ts'
import { aggregateFor } from './aggregates.ts'
import { type Bounds, chosenRow, type Situation } from './matcher.ts'
import { castFor, domainOf, functionFor, type Value } from './values.ts'

/** Safe to write as JSON: whole numbers are text. */
export type Condition =
  | { readonly op: 'constant'; readonly value: string | number | boolean | null; readonly type: Type }
  /** Without a row: the one at hand. */
  | { readonly op: 'leaf'; readonly leaf: number; readonly row?: TrackedChoice }
  | { readonly op: 'classifier'; readonly row: TrackedChoice }
  | { readonly op: 'match-number' }
  | { readonly op: 'aggregate'; readonly track: number; readonly state: number; readonly aggregate: ConditionAggregate }
  | { readonly op: 'and' | 'or' | 'coalesce'; readonly terms: readonly Condition[] }
  | { readonly op: 'not' | 'is-null'; readonly of: Condition }
  | {
      readonly op: 'case'
      readonly whens: readonly Condition[]
      readonly thens: readonly Condition[]
      readonly otherwise: Condition
    }
  | { readonly op: 'cast'; readonly of: Condition; readonly from: Type; readonly to: Type }
  | {
      readonly op: 'call'
      readonly function: ResolvedFunction
      readonly types: readonly Type[]
      readonly args: readonly Condition[]
    }

/** `track` is where the rows with these labels are followed; -1 for rows of any label. */
export interface TrackedChoice extends RowChoice {
  readonly track: number
}
export interface ConditionAggregate {
  readonly function: ResolvedFunction
  /** The argument's leaf, and its type; absent for `count(*)`. */
  readonly leaf?: number
  readonly argument?: Type
}

/** What the engine has computed: the value of a leaf in a row. May throw LeafFailure. */
export type Leaves = (leaf: number, row: number, bounds: Bounds) => Value
type Compiled = (situation: Situation) => Value

/** Throws TypeError for what `isSupported` has not let pass. */
export function compileCondition(condition: Condition, leaves: Leaves, labels: readonly string[]): Compiled {
  const compile = (part: Condition): Compiled => compileCondition(part, leaves, labels)
  switch (condition.op) {
    case 'constant': {
      const value = constantValue(condition)
      return () => value
    }
    case 'leaf': {
      const { leaf, row } = condition
      if (!row) return (s) => leaves(leaf, s.row, s.bounds)
      return (s) => {
        const place = placeOf(row, s)
        return place < 0 ? null : leaves(leaf, place, s.bounds)
      }
    }
    case 'classifier':
      return (s) => {
        const place = placeOf(condition.row, s)
        const label = place < 0 ? -1 : labelAt(s, place + condition.row.distance)
        return label < 0 ? null : labels[label]!
      }
    case 'match-number':
      return (s) => BigInt(s.matchNumber)
    case 'aggregate': {
      const { track, state } = condition
      const { result } = runningAggregate(condition.aggregate)
      return (s) => result(s.tracks[track]?.states[state])
    }
    case 'and':
      return connected(condition.terms.map(compile), false)
    case 'or':
      return connected(condition.terms.map(compile), true)
    case 'coalesce': {
      const terms = condition.terms.map(compile)
      return (s) => {
        for (const term of terms) {
          const value = term(s)
          if (value !== null) return value
        }
        return null
      }
    }
    case 'not': {
      const of = compile(condition.of)
      return (s) => {
        const value = of(s)
        return value === null ? null : !value
      }
    }
    case 'is-null': {
      const of = compile(condition.of)
      return (s) => of(s) === null
    }
    case 'case': {
      const [whens, thens] = [condition.whens.map(compile), condition.thens.map(compile)]
      const otherwise = compile(condition.otherwise)
      return (s) => (thens[whens.findIndex((when) => when(s) === true)] ?? otherwise)(s)
    }
    case 'cast': {
      const of = compile(condition.of)
      const cast = castFor(condition.from, condition.to)!
      return (s) => {
        const value = of(s)
        return value === null ? null : cast(value)
      }
    }
    case 'call':
      return compileCall(condition, compile)
  }
}

function compileCall(condition: Condition & { op: 'call' }, compile: (part: Condition) => Compiled): Compiled {
  const { function: fn, types } = condition
  const args = condition.args.map(compile)
  if (fn.name === '$is_distinct') {
    const equal = functionFor('$eq', types, fn.result)!
    return (s) => {
      const [a, b] = args.map((arg) => arg(s)) as [Value, Value]
      return a === null || b === null ? a !== b : !equal(a, b)
    }
  }
  const apply = functionFor(fn.name, types, fn.result)!
  return (s) => {
    const values = args.map((arg) => arg(s))
    return values.includes(null) ? null : apply(...(values as Exclude<Value, null>[]))
  }
}

/** AND is settled by false, OR by true; else NULL wins over the rest. */
function connected(terms: readonly Compiled[], settles: boolean): Compiled {
  return (s) => {
    let unknown = false
    for (const term of terms) {
      const value = term(s)
      if (value === settles) return settles
      unknown ||= value === null
    }
    return unknown ? null : !settles
  }
}

export function runningAggregate({ function: fn, argument }: ConditionAggregate) {
  return aggregateFor(fn.name, argument, fn.result)!
}

function placeOf(row: TrackedChoice, s: Situation): number {
  return chosenRow(row, s.start, s.row, row.track < 0 ? undefined : s.tracks[row.track])
}

/** The label of a row of the match so far, the row at hand included; -1 outside. */
function labelAt(s: Situation, row: number): number {
  if (row === s.row) return s.label
  if (row < s.start || row > s.row) return -1
  let step = s.history
  for (let at = s.row - 1; at > row; at--) step = step?.previous
  return step?.label ?? -1
}

function constantValue({ value, type }: Condition & { op: 'constant' }): Value {
  return typeof value === 'string' && domainOf(type) === 'whole' ? BigInt(value) : value
}
