/**
 * The conditions of a row pattern, divided: what looks at one row alone is computed by the engine for every row of the
 * partition (as a bit where it decides by itself, as a leaf where more depends on it); what compares rows with each
 * other is left to the matcher.
 */
import { constant } from '../analysis/literals.ts'
import { replaceScalars, visitScalars } from '../analysis/transform.ts'
import { canCoerce } from '../coercion.ts'
import { aggregateFor } from '../matching/aggregates.ts'
import type { Condition, ConditionAggregate, TrackedChoice } from '../matching/conditions.ts'
import type { Computed, MatchingPlan, Reach, TrackPlan } from '../matching/matching.ts'
import { castFor, domainOf, functionFor } from '../matching/values.ts'
import type { Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { MatchAggregate, RowMatching, RowReference } from '../row-matching.ts'
import { typeName } from '../types.ts'

/** Computed for every row; its columns are references, read in the row itself or at their distance from it. */
export interface RowScalar {
  readonly of: Scalar
  readonly fallible: boolean
}
type Planned = 'conditions' | 'readsHistory' | 'leaves' | 'tracks' | 'reach'
export interface DividedConditions extends Pick<MatchingPlan, Planned> {
  readonly bits: readonly RowScalar[]
  readonly leafScalars: readonly RowScalar[]
}

export function divideConditions(rel: RowMatching): DividedConditions {
  const division = new Division(rel)
  const divided = rel.conditions.map((condition, label) => division.divide(condition, label))
  const reach = rel.frame ? reachOf([...divided.flatMap(({ bit }) => bit ?? []), ...division.leaves], rel) : NO_REACH
  const bits: RowScalar[] = []
  const leafScalars: RowScalar[] = []
  const compute = (scalar: RowScalar, into: RowScalar[]): Computed => {
    const ways = byReach(scalar, reach, rel)
    return { first: into.push(...ways) - ways.length, varies: ways.length > 1 }
  }
  return {
    conditions: divided.map(({ bit, rest }) => ({ ...(bit && { bit: compute(bit, bits) }), ...(rest && { rest }) })),
    leaves: division.leaves.map((leaf) => ({
      domain: domainOf(leaf.of.type)!,
      fallible: leaf.fallible,
      ...compute(leaf, leafScalars),
    })),
    bits,
    leafScalars,
    reach,
    tracks: division.tracks,
    readsHistory: division.readsHistory,
  }
}

const NO_REACH: Reach = { back: [], ahead: [] }

/** By the ids of references, how far from the row they read. */
const distances = ({ references }: RowMatching): ReadonlyMap<number, number> =>
  new Map(references.map(({ column, row }) => [column.id, row.distance]))

function distancesIn({ of }: RowScalar, known: ReadonlyMap<number, number>): number[] {
  const found = new Set<number>()
  visitScalars(of, (part) => {
    if (part.kind === 'column') found.add(known.get(part.id) ?? 0)
  })
  return [...found].filter((distance) => distance !== 0).toSorted((a, b) => Math.abs(a) - Math.abs(b))
}

function reachOf(scalars: readonly RowScalar[], rel: RowMatching): Reach {
  const known = distances(rel)
  const all = [...new Set(scalars.flatMap((scalar) => distancesIn(scalar, known)))]
  const sizes = (some: readonly number[]) => some.map(Math.abs).toSorted((a, b) => a - b)
  return { back: sizes(all.filter((distance) => distance < 0)), ahead: sizes(all.filter((distance) => distance > 0)) }
}

/** More ways than this to stay in a frame are no pattern of use. */
const MAX_WAYS = 256

/** The scalar for each number of rows in reach that the frame has, backwards and ahead: what is outside of it is NULL. */
function byReach(scalar: RowScalar, { back, ahead }: Reach, rel: RowMatching): readonly RowScalar[] {
  const known = distances(rel)
  if (!rel.frame || distancesIn(scalar, known).length === 0) return [scalar]
  if ((back.length + 1) * (ahead.length + 1) > MAX_WAYS)
    throw new SqlError('NOT_SUPPORTED', 'Row pattern in a window looks at too many distances')
  const within = (sizes: readonly number[], count: number) => (count === 0 ? 0 : sizes[count - 1]!)
  const counts = (sizes: readonly number[]) => Array.from({ length: sizes.length + 1 }, (_, i) => within(sizes, i))
  return counts(back).flatMap((before) =>
    counts(ahead).map((after) => ({
      ...scalar,
      of: replaceScalars(scalar.of, (part) => {
        const distance = part.kind === 'column' ? (known.get(part.id) ?? 0) : 0
        return distance < -before || distance > after ? constant(null, part.type) : undefined
      }),
    })),
  )
}

/** Which row the references of an expression read, their distances aside. */
type Anchor = { readonly kind: 'none' | 'current' | 'several' } | { readonly kind: 'row'; readonly of: RowReference }

type GrowingTrack = { -readonly [K in keyof TrackPlan]: TrackPlan[K] } & { aggregates: ConditionAggregate[] }

class Division {
  readonly leaves: RowScalar[] = []
  readonly tracks: GrowingTrack[] = []
  readsHistory = false
  private readonly rel: RowMatching
  private readonly references: ReadonlyMap<number, RowReference>
  private readonly aggregates: ReadonlyMap<number, MatchAggregate>
  private label = 0

  constructor(rel: RowMatching) {
    this.rel = rel
    this.references = new Map(rel.references.map((reference) => [reference.column.id, reference]))
    this.aggregates = new Map(rel.aggregates.map((aggregate) => [aggregate.column.id, aggregate]))
  }

  divide(condition: Scalar | undefined, label: number): { readonly bit?: RowScalar; readonly rest?: Condition } {
    if (!condition) return {}
    this.label = label
    const terms = condition.kind === 'and' ? condition.terms : [condition]
    const alone = terms.filter((term) => ['none', 'current'].includes(this.anchor(term).kind))
    const others = terms.filter((term) => !alone.includes(term))
    const bit = alone.length > 0 ? rowScalar(conjunction(alone)) : undefined
    const rest = others.length > 0 ? this.lower(conjunction(others)) : undefined
    return { ...(bit && { bit }), ...(rest && { rest }) }
  }

  private anchor(scalar: Scalar): Anchor {
    let anchor: Anchor = { kind: 'none' }
    visitScalars(scalar, (part) => {
      if (part.kind !== 'column' || anchor.kind === 'several') return
      const reference = this.references.get(part.id)
      if (!reference) {
        if (this.aggregates.has(part.id) || part.id === this.rel.matchNumber.id) anchor = { kind: 'several' }
        return
      }
      const one: Anchor = this.isCurrent(reference) ? { kind: 'current' } : { kind: 'row', of: reference }
      if (reference.of.kind === 'classifier') anchor = { kind: 'several' }
      else if (anchor.kind === 'none') anchor = one
      else if (!sameAnchor(anchor, one)) anchor = { kind: 'several' }
    })
    return anchor
  }

  /** The row at hand is the last of all, and the last with its own label. */
  private isCurrent({ row }: RowReference): boolean {
    return row.end === 'last' && row.offset === 0 && (row.labels.length === 0 || row.labels.includes(this.label))
  }

  private lower(scalar: Scalar): Condition {
    const anchor = this.anchor(scalar)
    if (scalar.kind !== 'constant' && anchor.kind !== 'several' && domainOf(scalar.type)) {
      const leaf = this.leaf(scalar)
      return anchor.kind === 'row' ? { op: 'leaf', leaf, row: this.tracked(anchor.of) } : { op: 'leaf', leaf }
    }
    const lower = (part: Scalar): Condition => this.lower(part)
    switch (scalar.kind) {
      case 'constant':
        return constantCondition(scalar)
      case 'column':
        return this.column(scalar)
      case 'and':
      case 'or':
        return { op: scalar.kind, terms: scalar.terms.map(lower) }
      case 'not':
      case 'is-null':
        return { op: scalar.kind, of: lower(scalar.of) }
      case 'coalesce':
        return { op: 'coalesce', terms: scalar.items.map(lower) }
      case 'case': {
        const otherwise: Condition = scalar.otherwise
          ? lower(scalar.otherwise)
          : { op: 'constant', value: null, type: scalar.type }
        const whens = scalar.whens.map(({ when }) => lower(when))
        return { op: 'case', whens, thens: scalar.whens.map((arm) => lower(arm.then)), otherwise }
      }
      case 'nullif':
        return this.nullIf(scalar)
      case 'in':
        return { op: 'or', terms: scalar.items.map((item) => this.equal(lower(scalar.of), lower(item), scalar.of)) }
      case 'cast':
        if (scalar.safe || !castFor(scalar.of.type, scalar.type))
          throw unsupported(`Cast from ${typeName(scalar.of.type)} to ${typeName(scalar.type)}`)
        return { op: 'cast', of: lower(scalar.of), from: scalar.of.type, to: scalar.type }
      case 'call': {
        const types = scalar.args.map((arg) => arg.type)
        const { name, result } = scalar.function
        if (!functionFor(name === '$is_distinct' ? '$eq' : name, types, result)) throw unsupported(`Function ${name}`)
        return { op: 'call', function: scalar.function, types, args: scalar.args.map(lower) }
      }
      default:
        throw unsupported(`An expression of this form (${scalar.kind})`)
    }
  }

  private leaf(of: Scalar): number {
    const known = this.leaves.findIndex((leaf) => leaf.of === of)
    return known >= 0 ? known : this.leaves.push(rowScalar(of)) - 1
  }

  private column(scalar: Scalar & { readonly kind: 'column' }): Condition {
    if (scalar.id === this.rel.matchNumber.id) return { op: 'match-number' }
    const aggregate = this.aggregates.get(scalar.id)
    if (aggregate) return this.aggregate(aggregate)
    const reference = this.references.get(scalar.id)
    if (reference?.of.kind !== 'classifier') throw unsupported(`A value of type ${typeName(scalar.type)}`)
    this.readsHistory ||= !this.isCurrent(reference) || reference.row.distance !== 0
    return { op: 'classifier', row: this.tracked(reference) }
  }

  private aggregate({ function: fn, args, labels }: MatchAggregate): Condition {
    const [argument, ...others] = args
    const supported = aggregateFor(fn.name, argument?.type, fn.result)
    if (!supported || others.length > 0) throw unsupported(`Aggregate function ${fn.name}`)
    if (argument) this.checkArgument(argument)
    const aggregate: ConditionAggregate = {
      function: fn,
      ...(argument && { leaf: this.leaf(argument), argument: argument.type }),
    }
    const track = this.track(labels)
    const following = this.tracks[track]!
    following.tail = -1
    return { op: 'aggregate', track, state: following.aggregates.push(aggregate) - 1, aggregate }
  }

  private checkArgument(argument: Scalar): void {
    visitScalars(argument, (part) => {
      if (part.kind !== 'column') return
      if (part.id === this.rel.classifier.id) throw unsupported('CLASSIFIER in an aggregate function')
      if (part.id === this.rel.matchNumber.id) throw unsupported('MATCH_NUMBER in an aggregate function')
    })
  }

  private tracked({ row }: RowReference): TrackedChoice {
    if (row.labels.length === 0) return { ...row, track: -1 }
    const track = this.track(row.labels)
    const following = this.tracks[track]!
    if (row.end === 'first') following.heads = Math.max(following.heads, row.offset + 1)
    else if (following.tail >= 0) following.tail = Math.max(following.tail, row.offset + 1)
    return { ...row, track }
  }

  private track(labels: readonly number[]): number {
    const known = this.tracks.findIndex((track) => track.labels.join() === labels.join())
    return known >= 0 ? known : this.tracks.push({ labels, heads: 0, tail: 0, aggregates: [] }) - 1
  }

  private equal(left: Condition, right: Condition, of: Scalar): Condition {
    const types = [of.type, of.type]
    const fn = { name: '$eq', parameters: types, result: { kind: 'boolean' } } as const
    if (!functionFor('$eq', types, fn.result)) throw unsupported(`A comparison of ${typeName(of.type)}`)
    return { op: 'call', function: fn, types, args: [left, right] }
  }

  private nullIf(scalar: Scalar & { readonly kind: 'nullif' }): Condition {
    const left = this.lower(scalar.left)
    const nothing: Condition = { op: 'constant', value: null, type: scalar.type }
    return {
      op: 'case',
      whens: [this.equal(left, this.lower(scalar.right), scalar.left)],
      thens: [nothing],
      otherwise: left,
    }
  }
}

const conjunction = (terms: readonly Scalar[]): Scalar =>
  terms.length === 1 ? terms[0]! : { kind: 'and', terms, type: { kind: 'boolean' } }

function sameAnchor(a: Anchor, b: Anchor): boolean {
  if (a.kind !== 'row' || b.kind !== 'row') return a.kind === b.kind
  const key = ({ of: { row } }: Anchor & { kind: 'row' }) => `${row.labels.join()}|${row.end}|${row.offset}`
  return key(a) === key(b)
}

function constantCondition({ value, type }: Scalar & { readonly kind: 'constant' }): Condition {
  if (value === null) return { op: 'constant', value, type }
  if (value instanceof Uint8Array || !domainOf(type)) throw unsupported(`A value of type ${typeName(type)}`)
  if (typeof value !== 'bigint' && domainOf(type) === 'whole') {
    if (type.kind !== 'decimal') throw unsupported(`A constant of type ${typeName(type)}`)
    return { op: 'constant', value: String(value).replace('.', ''), type }
  }
  return { op: 'constant', value: typeof value === 'bigint' ? String(value) : value, type }
}

const unsupported = (what: string): SqlError =>
  new SqlError(
    'NOT_SUPPORTED',
    `${what} over several rows in the DEFINE clause of a row pattern is not supported by this engine`,
  )

const SAFE_CALLS: ReadonlySet<string> = new Set(['$eq', '$ne', '$lt', '$le', '$gt', '$ge', '$is_distinct', '$like'])
const FLOATS: ReadonlySet<string> = new Set(['double', 'real'])

/** Trino evaluates a condition only where the pattern gets to: one that fails elsewhere must not be noticed. */
function rowScalar(of: Scalar): RowScalar {
  let fallible = false
  visitScalars(of, (part) => {
    if (part.kind === 'scalar-query') fallible = true
    if (part.kind === 'cast') fallible ||= !canCoerce(part.of.type, part.type)
    if (part.kind !== 'call' || SAFE_CALLS.has(part.function.name)) return
    fallible ||= !(FLOATS.has(part.type.kind) && /^\$(add|subtract|multiply|negate)$/.test(part.function.name))
  })
  return { of, fallible }
}
