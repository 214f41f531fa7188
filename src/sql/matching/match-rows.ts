/** What a query gets to see of a match: places of rows, written into lists of whole numbers. */
import type { RowChoice } from '../row-matching.ts'
import type { Match } from './matcher.ts'

/** A row that a measure reads, or the label of that row. */
export interface SlotNeed extends RowChoice {
  readonly of: 'row' | 'label'
}
/** The rows that an aggregate goes over; their labels too where it asks for them. */
export interface ListNeed {
  readonly labels: readonly number[]
  readonly final: boolean
  readonly withLabels: boolean
}

/**
 * Of each row: its place, the number of the match, then the slots, then where each list is; 0 where there is none, for
 * all places count from 1. A list is told by the places (in the same list of numbers) of its first and last entry, or,
 * when it is an unbroken run of the partition, by the negative of its first row and its last row.
 */
export class MatchRows {
  private readonly slots: readonly SlotNeed[]
  private readonly lists: readonly ListNeed[]

  constructor(slots: readonly SlotNeed[], lists: readonly ListNeed[]) {
    this.slots = slots
    this.lists = lists
  }

  /** A row that begins no match and is in none. */
  unmatched(row: number): number[] {
    return this.bare(row, 0)
  }

  empty({ start, number }: Match): number[] {
    return this.bare(start, number)
  }

  private bare(row: number, number: number): number[] {
    const ranges = this.lists.flatMap((list) => (list.withLabels ? [1, 0, 1, 0] : [1, 0]))
    return [row + 1, number, ...this.slots.map(() => 0), ...ranges]
  }

  whole(match: Match): number[] {
    const places = this.slots.map((slot) => placesOf(slot, match))
    const members = this.lists.map((list) => placesOf(list, match))
    return this.row(match, match.labels.length - 1, places, members)
  }

  /** What a row of the partition sees of the whole of the match in its frame. */
  framed(row: number, match: Match | undefined): number[] {
    if (!match) return this.unmatched(row)
    return match.labels.length === 0 ? this.bare(row, match.number) : [row + 1, ...this.whole(match).slice(1)]
  }

  each(match: Match, into: number[][]): void {
    const places = this.slots.map((slot) => placesOf(slot, match))
    const members = this.lists.map((list) => placesOf(list, match))
    for (const [i, excluded] of match.excluded.entries()) if (!excluded) into.push(this.row(match, i, places, members))
  }

  /** Seen from row `current` of the match. */
  private row(match: Match, current: number, places: readonly number[][], members: readonly number[][]): number[] {
    const row = [match.start + current + 1, match.number]
    for (const [i, slot] of this.slots.entries()) row.push(this.slot(slot, match, current, places[i]!))
    const ranges = row.length
    for (const list of this.lists) row.push(...(list.withLabels ? [1, 0, 1, 0] : [1, 0]))
    let range = ranges
    for (const [i, list] of this.lists.entries()) {
      const all = members[i]!
      const count = list.final ? all.length : countUpTo(all, current)
      if (count > 0) this.list(row, range, all, count, match, list.withLabels)
      range += list.withLabels ? 4 : 2
    }
    return row
  }

  private list(
    row: number[],
    range: number,
    all: readonly number[],
    count: number,
    match: Match,
    withLabels: boolean,
  ): void {
    if (all[count - 1]! - all[0]! === count - 1) {
      row[range] = -(match.start + all[0]! + 1)
      row[range + 1] = match.start + all[count - 1]! + 1
    } else {
      row[range] = row.length + 1
      for (let i = 0; i < count; i++) row.push(match.start + all[i]! + 1)
      row[range + 1] = row.length
    }
    if (!withLabels) return
    row[range + 2] = row.length + 1
    for (let i = 0; i < count; i++) row.push(match.labels[all[i]!]! + 1)
    row[range + 3] = row.length
  }

  private slot(slot: SlotNeed, match: Match, current: number, places: readonly number[]): number {
    // FIRST looks ahead of the current row, RUNNING or not: observed of Trino 422.
    const count = slot.final || slot.end === 'first' ? places.length : countUpTo(places, current)
    const place = slot.end === 'first' ? slot.offset : count - 1 - slot.offset
    if (place < 0 || place >= count) return 0
    const inMatch = places[place]! + slot.distance
    if (slot.of === 'label') return (match.labels[inMatch] ?? -1) + 1
    const row = match.start + inMatch
    return row < match.bounds.from || row >= match.bounds.to ? 0 : row + 1
  }
}

/** The rows of the match with one of the labels, from 0, in order. */
function placesOf({ labels: wanted }: { readonly labels: readonly number[] }, { labels }: Match): number[] {
  const places: number[] = []
  for (const [place, label] of labels.entries()) if (wanted.length === 0 || wanted.includes(label)) places.push(place)
  return places
}

/** How many of the ascending places are not behind `limit`. */
function countUpTo(places: readonly number[], limit: number): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (places[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
