/** Conditions that hold together, on their way through a plan: what they name, and what they become. */
import type { Scalar } from '../plan.ts'
import { evaluate } from './constant.ts'
import { isVolatile } from './operators.ts'
import { columnIds, replaceScalars, visitScalars } from './transform.ts'

export type Conjuncts = readonly Scalar[]

export function split(predicate: Scalar): Conjuncts {
  return predicate.kind === 'and' ? predicate.terms.flatMap(split) : [predicate]
}

/** A condition comes through many nodes of a plan; what it names stays the same. */
const known = new WeakMap<Scalar, ReadonlySet<number>>()

/** The ids of columns that are named, without parameters of its own lambdas. */
export function namedIds(scalar: Scalar): ReadonlySet<number> {
  const before = known.get(scalar)
  if (before) return before
  const ids = columnIds(scalar)
  visitScalars(scalar, (s) => {
    if (s.kind === 'lambda') for (const { id } of s.parameters) ids.delete(id)
  })
  known.set(scalar, ids)
  return ids
}

export function within(scalar: Scalar, ids: { has(id: number): boolean }): boolean {
  for (const id of namedIds(scalar)) if (!ids.has(id)) return false
  return true
}

/**
 * In terms of what the columns are made of; a conjunct over something volatile, or a query, is lost, and one that `take` does
 * not take the nodes of: what is made of a column twice at each of many levels has no end.
 */
export function substitute(
  conjuncts: Conjuncts,
  made: ReadonlyMap<number, Scalar>,
  take: (nodes: number) => boolean,
): Conjuncts {
  return conjuncts.flatMap((conjunct) => {
    for (const id of namedIds(conjunct)) {
      const of = made.get(id)
      if (of && of.kind !== 'column' && !isPlain(of)) return []
    }
    let nodes = 0
    visitScalars(conjunct, (s) => {
      const of = s.kind === 'column' ? made.get(s.id) : undefined
      nodes += of ? sizeOf(of) : 1
    })
    if (!take(nodes)) return []
    return [replaceScalars(conjunct, (s) => (s.kind === 'column' ? (made.get(s.id) ?? s) : undefined))]
  })
}

const sizes = new WeakMap<Scalar, number>()

/** In nodes. */
export function sizeOf(scalar: Scalar): number {
  let nodes = sizes.get(scalar) ?? 0
  if (nodes > 0) return nodes
  visitScalars(scalar, () => nodes++)
  sizes.set(scalar, nodes)
  return nodes
}

const plain = new WeakMap<Scalar, boolean>()

/** Whether it is the same wherever it stands. */
export function isPlain(scalar: Scalar): boolean {
  let answer = plain.get(scalar)
  if (answer !== undefined) return answer
  answer = !isVolatile(scalar)
  visitScalars(scalar, (s) => {
    if ('query' in s || s.kind === 'lambda') answer = false
  })
  plain.set(scalar, answer)
  return answer
}

export function refusesNull(conjunct: Scalar): boolean {
  const value = evaluate(conjunct, () => null)
  return value === false || value === null
}

/** Any of these conjunctions. */
export function anyOf(choices: readonly Conjuncts[]): Scalar {
  const type = { kind: 'boolean' } as const
  const terms = choices.map((terms): Scalar => (terms.length === 1 ? terms[0]! : { kind: 'and', terms, type }))
  return { kind: 'or', terms, type }
}
