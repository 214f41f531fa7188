/**
 * Finds the matches of a row pattern in one partition. All ways to match are followed side by side, row by row, in the
 * order of their preference, as Trino's matcher does: of the ways that can not differ any more, the preferred one stays.
 */
import type { RowChoice, Skip } from '../row-matching.ts'
import type { Instruction } from './program.ts'

/** What a thread remembers of the rows with one of some labels. Shared by all threads that went on from it. */
export interface Track {
  readonly row: number
  readonly previous: Track | undefined
  readonly count: number
  /** The first rows, as many as are ever asked for. */
  readonly heads: readonly number[]
  /** The states of the aggregates over these rows. */
  readonly states: readonly unknown[]
  readonly identity: number
}
/** The rows with one of `labels`, which conditions look back at. */
export interface TrackNeed {
  readonly labels: readonly number[]
  readonly heads: number
  /** How many of the last rows tell threads apart; Infinity when all do. */
  readonly tail: number
  readonly states: readonly ((row: number, before: unknown, situation: Situation) => unknown)[]
}
/** The rows that conditions see: `from` and those before `to`. */
export interface Bounds {
  readonly from: number
  readonly to: number
}
/** A row with a label that is being tried. */
export interface Situation {
  readonly bounds: Bounds
  readonly row: number
  readonly label: number
  readonly start: number
  readonly matchNumber: number
  readonly tracks: readonly (Track | undefined)[]
  readonly history: Step | undefined
}
/** A row of the match and the steps before it. */
export interface Step {
  readonly label: number
  readonly excluded: boolean
  readonly previous: Step | undefined
  readonly identity: number
}

export interface Search {
  readonly program: readonly Instruction[]
  readonly skip: Skip
  /** Whether a condition looks at the labels of earlier rows. */
  readonly readsHistory: boolean
  readonly tracks: readonly TrackNeed[]
  /** Whether each condition looks at its own row alone, and at rows at a distance from it. */
  readonly looksNowhere: boolean
  /** How far conditions look back from a row: closer to `from` than that, what they say depends on it. */
  readonly reachBack: number
  readonly holds: (situation: Situation) => boolean
}

export interface Match {
  readonly start: number
  readonly number: number
  readonly bounds: Bounds
  /** Of each of its rows; none for an empty match. */
  readonly labels: readonly number[]
  readonly excluded: readonly boolean[]
}
export interface Unmatched {
  readonly start: number
  readonly number: undefined
}

interface Thread {
  readonly at: number
  readonly step: Step | undefined
  readonly tracks: readonly (Track | undefined)[]
}

export class SkipFailure extends Error {}

/** In the order of the rows they begin with. Throws SkipFailure with Trino's words. */
export function* matches(search: Search, rowCount: number): Generator<Match | Unmatched> {
  let number = 1
  let lastMatched = -1
  const bounds = { from: 0, to: rowCount }
  const ends = deadEnds(search, rowCount)
  for (let start = 0; start < rowCount; ) {
    const match = matchAt(search, bounds, start, number, ends)
    if (!match) {
      if (start > lastMatched) yield { start, number: undefined }
      start++
      continue
    }
    yield match
    number++
    if (match.labels.length === 0) {
      start++
      continue
    }
    lastMatched = Math.max(lastMatched, start + match.labels.length - 1)
    start = nextStart(match, search.skip)
  }
}

/** The row from which the search goes on. Throws SkipFailure. */
export function nextStart({ start, labels }: Match, skip: Skip): number {
  if (!('labels' in skip)) return skip.kind === 'past-last-row' ? start + labels.length : start + 1
  const is = (label: number) => skip.labels.includes(label)
  const place = skip.kind === 'to-first' ? labels.findIndex(is) : labels.findLastIndex(is)
  if (place < 0) throw new SkipFailure('AFTER MATCH SKIP failed: pattern variable is not present in match')
  if (place === 0) throw new SkipFailure('AFTER MATCH SKIP failed: cannot skip to first row of match')
  return start + place
}

/** Instructions at rows from which no match comes, wherever it began: so a search that fails is made once. */
export interface DeadEnds {
  readonly marks: Uint8Array
  readonly width: number
}
const MOST_MARKS = 1 << 27

export function deadEnds({ program, looksNowhere }: Search, rowCount: number): DeadEnds | undefined {
  const places = (rowCount + 1) * program.length
  if (!looksNowhere || places > MOST_MARKS) return undefined
  return { marks: new Uint8Array(places), width: program.length }
}

/** The preferred match that begins with the row `start`. `ends` are of searches with the same `bounds.to`. */
export function matchAt(
  search: Search,
  bounds: Bounds,
  start: number,
  number: number,
  ends: DeadEnds | undefined,
): Match | undefined {
  const attempt = new Attempt(search, bounds, start, number, ends)
  const found = attempt.run()
  if (!found) return undefined
  const labels: number[] = []
  const excluded: boolean[] = []
  for (let step = found.step; step; step = step.previous) {
    labels.push(step.label)
    excluded.push(step.excluded)
  }
  return { start, number, bounds, labels: labels.reverse(), excluded: excluded.reverse() }
}

class Attempt {
  private readonly search: Search
  private readonly bounds: Bounds
  private readonly start: number
  private readonly number: number
  private readonly remembers: boolean
  private readonly ends: DeadEnds | undefined
  private readonly visited: number[] = []
  private identities = 0
  private seen = new Set<number | string>()

  constructor(search: Search, bounds: Bounds, start: number, number: number, ends: DeadEnds | undefined) {
    this.ends = ends
    this.search = search
    this.bounds = bounds
    this.start = start
    this.number = number
    this.remembers = search.readsHistory || search.tracks.length > 0
  }

  run(): Thread | undefined {
    const { program } = this.search
    let threads: Thread[] = []
    let best: Thread | undefined
    this.follow({ at: 0, step: undefined, tracks: this.search.tracks.map(() => undefined) }, this.start, threads)
    for (let row = this.start; threads.length > 0; row++) {
      const following: Thread[] = []
      this.seen.clear()
      for (const thread of threads) {
        const instruction = program[thread.at]!
        if (instruction.op === 'done') {
          // What comes after is preferred less.
          best = thread
          break
        }
        if (instruction.op !== 'label' || row >= this.bounds.to) continue
        const after = this.take(thread, instruction, row)
        if (after) this.follow(after, row + 1, following)
      }
      threads = following
    }
    if (!best && this.ends) for (const place of this.visited) this.ends.marks[place] = 1
    return best
  }

  /** The thread after the row, when its label's condition holds. */
  private take(thread: Thread, instruction: Instruction & { op: 'label' }, row: number): Thread | undefined {
    const { label, excluded } = instruction
    const situation = {
      bounds: this.bounds,
      row,
      label,
      start: this.start,
      matchNumber: this.number,
      tracks: thread.tracks,
      history: thread.step,
    }
    const tracks = this.search.tracks.length > 0 ? this.advance(situation) : thread.tracks
    if (!this.search.holds({ ...situation, tracks })) return undefined
    const step = { label, excluded, previous: thread.step, identity: ++this.identities }
    return { at: thread.at + 1, step, tracks }
  }

  private advance(situation: Situation): readonly (Track | undefined)[] {
    const { row, label, tracks } = situation
    return this.search.tracks.map((need, i) => {
      const before = tracks[i]
      if (need.labels.length > 0 && !need.labels.includes(label)) return before
      const heads = before?.heads ?? []
      return {
        row,
        previous: before,
        count: (before?.count ?? 0) + 1,
        heads: heads.length < need.heads ? [...heads, row] : heads,
        states: need.states.map((add, s) => add(row, before?.states[s], situation)),
        identity: ++this.identities,
      }
    })
  }

  /** Adds the thread where it next wants a row, with every way that a split gives it. */
  private follow(from: Thread, row: number, into: Thread[]): void {
    const { program } = this.search
    const memory = this.remembers ? this.memoryOf(from) : ''
    const pending = [from.at]
    while (pending.length > 0) {
      const at = pending.pop()!
      const key = this.remembers ? `${at}|${memory}` : at
      if (this.seen.has(key)) continue
      this.seen.add(key)
      const instruction = program[at]!
      switch (instruction.op) {
        case 'jump':
          pending.push(instruction.to)
          break
        case 'split':
          pending.push(instruction.second, instruction.first)
          break
        case 'partition-start':
          if (row === 0) pending.push(at + 1)
          break
        case 'partition-end':
          if (row === this.bounds.to) pending.push(at + 1)
          break
        default: {
          if (this.ends && row >= this.bounds.from + this.search.reachBack) {
            const place = row * this.ends.width + at
            if (this.ends.marks[place]) break
            this.visited.push(place)
          }
          into.push({ at, step: from.step, tracks: from.tracks })
        }
      }
    }
  }

  /** Whatever later conditions could see of what the thread has matched. */
  private memoryOf({ tracks, step }: Thread): string {
    if (this.search.readsHistory) return String(step?.identity)
    return tracks.map((track, i) => trackMemory(track, this.search.tracks[i]!)).join(';')
  }
}

function trackMemory(track: Track | undefined, { tail }: TrackNeed): string {
  if (!track) return ''
  if (tail === Number.POSITIVE_INFINITY) return String(track.identity)
  const rows = [...track.heads]
  for (let at: Track | undefined = track, i = 0; at && i < tail; at = at.previous, i++) rows.push(at.row)
  return rows.join()
}

/** The row that `choice` means among rows `start` to `row` of the match, without its distance; -1 when there is none. */
export function chosenRow(choice: RowChoice, start: number, row: number, track: Track | undefined): number {
  const { end, offset, labels } = choice
  if (labels.length === 0) {
    const place = end === 'first' ? start + offset : row - offset
    return place < start || place > row ? -1 : place
  }
  if (!track || track.count <= offset) return -1
  if (end === 'first') return track.heads[offset]!
  let at: Track = track
  for (let i = 0; i < offset; i++) at = at.previous!
  return at.row
}
