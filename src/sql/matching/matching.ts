/**
 * The engine's function behind MATCH_RECOGNIZE: from the rows of a partition to the rows of its matches, each told by
 * places in the partition. The plan of the matching reaches it as JSON; what the rows hold, as lists.
 */
import { FunctionFailure } from '../duckdb/failures.ts'
import type { MatchedRows, Skip } from '../row-matching.ts'
import {
  type Condition,
  type ConditionAggregate,
  compileCondition,
  type Leaves,
  runningAggregate,
} from './conditions.ts'
import { frameMatches } from './frame-matches.ts'
import { type ListNeed, MatchRows, type SlotNeed } from './match-rows.ts'
import {
  type Bounds,
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
  readonly frame?: FramePlan
  readonly labels: readonly string[]
  /** By label. `bit`: where the lists of bits say whether it holds; `rest` has to hold as well. */
  readonly conditions: readonly { readonly bit?: Computed; readonly rest?: Condition }[]
  /** How many bits there are, and how many lists of them come before the leaves. */
  readonly bits: number
  readonly words: number
  readonly readsHistory: boolean
  readonly tracks: readonly TrackPlan[]
  readonly leaves: readonly LeafPlan[]
  /** How many lists of leaves there are. */
  readonly leafLists: number
  readonly reach: Reach
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
/** The end of each row's frame; of `offset`, the last list says how many rows follow. */
export interface FramePlan {
  readonly seek: boolean
  readonly end: 'unbounded' | 'current-row' | 'offset'
}
/**
 * The distances at which conditions look at other rows of a frame, ascending. The engine has computed what looks so far
 * once for each number of them that stay in the frame, backwards and ahead.
 */
export interface Reach {
  readonly back: readonly number[]
  readonly ahead: readonly number[]
}
/** The first of what the engine has computed, and whether it did so for each reach. */
export interface Computed {
  readonly first: number
  readonly varies: boolean
}
/** A leaf that can fail comes in a row of its own, which is missing where it did. */
export interface LeafPlan extends Computed {
  readonly domain: Domain
  readonly fallible: boolean
}

/** Conditions in one list of bits: two bits each, that it holds and that it failed. */
export const BITS_A_WORD = 15
/** Instead of matches: in which row (from 1) which bit, or which leaf behind all bits, has failed. */
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
  const writer = new MatchRows(plan.slots, plan.lists)
  const search = searchOf(plan, lists)
  if (!plan.frame) {
    for (const match of matches(search, rowCount)) add(match, plan.rows, writer, found)
    return found
  }
  const frame = { seek: plan.frame.seek, following: followingRows(plan, plan.frame, lists) }
  for (const match of frameMatches(search, frame, rowCount)) found.push(writer.framed(found.length, match))
  return found
}

function followingRows(plan: MatchingPlan, { end }: FramePlan, lists: readonly List[]): (row: number) => number {
  if (end === 'unbounded') return () => Number.POSITIVE_INFINITY
  if (end === 'current-row') return () => 0
  const offsets = lists[plan.words + plan.leafLists]!
  return (row) => Number(offsets[row])
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
  const holds = (situation: Situation): boolean => {
    const { label, row, bounds } = situation
    const { bit } = plan.conditions[label]!
    if (bit && !bitOf(lists, placeOf(bit, plan.reach, row, bounds), row)) return false
    const more = rest[label]
    return !more || more(situation) === true
  }
  const looksNowhere = plan.conditions.every((condition) => !condition.rest)
  const reachBack = plan.reach.back.at(-1) ?? 0
  const { program, skip, readsHistory } = plan
  return { program, skip, readsHistory, tracks, looksNowhere, reachBack, holds }
}

/** Which of what was computed for each reach holds for a row. */
function placeOf({ first, varies }: Computed, { back, ahead }: Reach, row: number, { from, to }: Bounds): number {
  if (!varies) return first
  let [before, after] = [0, 0]
  while (before < back.length && row - back[before]! >= from) before++
  while (after < ahead.length && row + ahead[after]! < to) after++
  return first + before * (ahead.length + 1) + after
}

function bitOf(lists: readonly List[], bit: number, row: number): boolean {
  const word = lists[Math.floor(bit / BITS_A_WORD)]![row] as number
  const bits = (word >> ((bit % BITS_A_WORD) * 2)) & 3
  if (bits & 2) throw new LeafFailure(row, bit)
  return bits === 1
}

function grow(aggregate: ConditionAggregate, leaves: Leaves): TrackNeed['states'][number] {
  const { add: grown } = runningAggregate(aggregate)
  const { leaf } = aggregate
  return (row, before, { bounds }) => grown(before, leaf === undefined ? null : leaves(leaf, row, bounds))
}

function leafReader({ leaves, words, bits, reach }: MatchingPlan, lists: readonly List[]): Leaves {
  return (leaf, row, bounds) => {
    const plan = leaves[leaf]!
    const place = placeOf(plan, reach, row, bounds)
    let item = lists[words + place]![row]!
    if (plan.fallible) {
      if (item === null) throw new LeafFailure(row, bits + place)
      item = (item as readonly Value[])[0]!
    }
    return plan.domain === 'whole' && typeof item === 'number' ? BigInt(item) : (item as Value)
  }
}
