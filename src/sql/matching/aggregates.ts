/** Aggregates that conditions of a row pattern look at: their state grows with every row. */
import type { Type } from '../types.ts'
import { divideHalfUp, domainOf, functionFor, type Value } from './values.ts'

export interface RunningAggregate {
  /** The state after one more row; there is none before the first. */
  readonly add: (state: unknown, value: Value) => unknown
  readonly result: (state: unknown) => Value
}
interface Sum {
  readonly sum: bigint | number
  readonly count: number
}

/** Undefined where there is no such aggregate here. `argument` is absent for `count(*)`. */
export function aggregateFor(name: string, argument: Type | undefined, result: Type): RunningAggregate | undefined {
  if (name === 'count')
    return {
      add: (state, value) => Number(state ?? 0) + (argument && value === null ? 0 : 1),
      result: (state) => BigInt((state as number | undefined) ?? 0),
    }
  if (!argument || !domainOf(argument)) return undefined
  switch (name) {
    case 'count_if':
      return {
        add: (state, value) => Number(state ?? 0) + (value === true ? 1 : 0),
        result: (state) => BigInt((state as number | undefined) ?? 0),
      }
    case 'sum':
    case 'avg':
      return sums(name, argument, result)
    case 'min':
    case 'max':
      return chosen(functionFor(name === 'min' ? '$lt' : '$gt', [argument, argument], { kind: 'boolean' }))
    case 'arbitrary':
    case 'any_value':
      return chosen(() => false)
    case 'bool_and':
    case 'every':
      return folded((a, b) => a && b)
    case 'bool_or':
      return folded((a, b) => a || b)
    default:
      return undefined
  }
}

/** The first value that is not NULL, and then any that is better. */
function chosen(isBetter: ReturnType<typeof functionFor>): RunningAggregate | undefined {
  if (!isBetter) return undefined
  return {
    add: (state, value) => {
      if (value === null) return state
      return state === undefined || isBetter(value, state as bigint) ? value : state
    },
    result: (state) => (state as Value | undefined) ?? null,
  }
}

const folded = (fold: (a: boolean, b: boolean) => boolean): RunningAggregate => ({
  add: (state, value) => {
    if (value === null) return state
    return state === undefined ? value : fold(state as boolean, value as boolean)
  },
  result: (state) => (state as boolean | undefined) ?? null,
})

function sums(name: 'sum' | 'avg', argument: Type, result: Type): RunningAggregate | undefined {
  const float = domainOf(argument) === 'float'
  const plus = functionFor('$add', [result, result], result)
  const exact = argument.kind === 'decimal' || name === 'sum'
  if (exact && !plus) return undefined
  const add = (a: bigint | number, b: bigint | number): bigint | number => {
    if (float || typeof a === 'number') return Number(a) + Number(b)
    return name === 'sum' ? (plus!(a, b) as bigint) : a + (b as bigint)
  }
  return {
    add: (state, value) => {
      if (value === null) return state
      const before = state as Sum | undefined
      // The average of whole numbers is that of doubles.
      const one = name === 'avg' && result.kind === 'double' ? Number(value) : (value as bigint | number)
      return { sum: before ? add(before.sum, one) : one, count: (before?.count ?? 0) + 1 }
    },
    result: (state) => {
      if (state === undefined) return null
      const { sum, count } = state as Sum
      if (name === 'sum') return result.kind === 'real' ? Math.fround(Number(sum)) : sum
      return typeof sum === 'bigint' ? divideHalfUp(sum, BigInt(count)) : roundedTo(result, sum / count)
    },
  }
}

const roundedTo = (type: Type, value: number): number => (type.kind === 'real' ? Math.fround(value) : value)
