/**
 * The engine's function behind MATCH_RECOGNIZE: from the rows of a partition to the rows of its matches, each told by
 * places in the partition. The plan of the matching reaches it as JSON; what the rows hold, as lists.
 */
import { FunctionFailure } from '../duckdb/failures.ts'
import type { MatchedRows, Skip } from '../row-matching.ts'
import { type Condition, type ConditionAggregate, compileCondition, runningAggregate } from './conditions.ts'
import { type ListNeed, MatchRows, type SlotNeed } from './match-rows.ts'
import {
  type Match,
  matches,
  type Search,
  type Situation,
  SkipFailure,
  type TrackNeed,
  type Unmatched,
} from './matcher.ts'
import type { Instruction } from './program.ts'
import type { Domain, Value } from './values.ts'

export interface MatchingPlan {
  readonly program: readonly Instruction[]
  readonly skip: Skip
  readonly rows: MatchedRows
  readonly labels: readonly string[]
  /** By label. `bit`: the lists of bits say whether it holds; `rest` has to hold as well. */
  readonly conditions: readonly { readonly bit: boolean; readonly rest?: Condition }[]
  readonly readsHistory: boolean
  readonly tracks: readonly TrackPlan[]
  /** How many lists of bits come before the leaves. */
  readonly words: number
  readonly leaves: readonly LeafPlan[]
  readonly slots: readonly SlotNeed[]
  readonly lists: readonly ListNeed[]
}
export interface TrackPlan {
  readonly labels: readonly number[]
  readonly heads: number
  /** -1 for all. */
  readonly tail: number
  readonly aggregates: readonly ConditionAggregate[]
}
/** A leaf that can fail comes in a row of its own, which is missing where it did. */
export interface LeafPlan {
  readonly domain: Domain
  readonly fallible: boolean
}

/** Labels in one list of bits: two bits each, that it holds and that it failed. */
export const LABELS_A_WORD = 15
/** Instead of matches: in which row (from 1) which condition, or which leaf behind all labels, has failed. */
const FAILED = -1

type Item = Value | readonly Value[]
type List = readonly Item[]

class LeafFailure extends Error {
  readonly row: number
  readonly which: number
  constructor(row: number, which: number) {
    super()
    this.row = row
    this.which = which
  }
}

const KEPT_PLANS = 16
const plans = new Map<string, MatchingPlan>()

function planOf(text: string): MatchingPlan {
  let plan = plans.get(text)
  if (plan) return plan
  plan = JSON.parse(text) as MatchingPlan
  if (plans.size >= KEPT_PLANS) plans.delete(plans.keys().next().value!)
  plans.set(text, plan)
  return plan
}

/** `lists` are all as long as the partition: bits first, then leaves. */
export function matchRows(planText: string, ...lists: List[]): number[][] {
  const plan = planOf(planText)
  const rowCount = lists[0]?.length ?? 0
  try {
    return rowsOf(plan, lists, rowCount)
  } catch (error) {
    if (error instanceof LeafFailure) return [[FAILED, error.row + 1, error.which]]
    if (error instanceof SkipFailure) throw new FunctionFailure('GENERIC_USER_ERROR', error.message)
    throw error
  }
}

function rowsOf(plan: MatchingPlan, lists: readonly List[], rowCount: number): number[][] {
  const found: number[][] = []
  const writer = new MatchRows(plan.slots, plan.lists, rowCount)
  for (const match of matches(searchOf(plan, lists), rowCount)) add(match, plan.rows, writer, found)
  return found
}

function add(match: Match | Unmatched, rows: MatchedRows, writer: MatchRows, found: number[][]): void {
  if (match.number === undefined) {
    if (rows.each && rows.unmatchedRows) found.push(writer.unmatched(match.start))
  } else if (match.labels.length === 0) {
    if (!rows.each || rows.emptyMatches) found.push(writer.empty(match))
  } else if (rows.each) writer.each(match, found)
  else found.push(writer.whole(match))
}

function searchOf(plan: MatchingPlan, lists: readonly List[]): Search {
  const leaves = leafReader(plan, lists)
  const rest = plan.conditions.map(
    (condition) => condition.rest && compileCondition(condition.rest, leaves, plan.labels),
  )
  const tracks = plan.tracks.map(
    (track): TrackNeed => ({
      ...track,
      tail: track.tail < 0 ? Number.POSITIVE_INFINITY : track.tail,
      states: track.aggregates.map((one) => grow(one, leaves)),
    }),
  )
  const holds = ({ label, ...situation }: Situation): boolean => {
    if (plan.conditions[label]!.bit && !bitOf(lists, label, situation.row)) return false
    const more = rest[label]
    return !more || more({ label, ...situation }) === true
  }
  const looksNowhere = plan.conditions.every((condition) => !condition.rest)
  return { program: plan.program, skip: plan.skip, readsHistory: plan.readsHistory, tracks, looksNowhere, holds }
}

function bitOf(lists: readonly List[], label: number, row: number): boolean {
  const word = lists[Math.floor(label / LABELS_A_WORD)]![row] as number
  const bits = (word >> ((label % LABELS_A_WORD) * 2)) & 3
  if (bits & 2) throw new LeafFailure(row, label)
  return bits === 1
}

function grow(
  aggregate: ConditionAggregate,
  leaves: (leaf: number, row: number) => Value,
): TrackNeed['states'][number] {
  const { add: grown } = runningAggregate(aggregate)
  const { leaf } = aggregate
  return (row, before) => grown(before, leaf === undefined ? null : leaves(leaf, row))
}

function leafReader(
  { leaves, words, labels }: MatchingPlan,
  lists: readonly List[],
): (leaf: number, row: number) => Value {
  return (leaf, row) => {
    const { domain, fallible } = leaves[leaf]!
    let item = lists[words + leaf]![row]!
    if (fallible) {
      if (item === null) throw new LeafFailure(row, labels.length + leaf)
      item = (item as readonly Value[])[0]!
    }
    return domain === 'whole' && typeof item === 'number' ? BigInt(item) : (item as Value)
  }
}
