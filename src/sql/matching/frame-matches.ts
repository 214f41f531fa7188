/** The row pattern of a window: every row that no match has skipped searches in its own frame. */
import { type Bounds, type DeadEnds, deadEnds, type Match, matchAt, nextStart, type Search } from './matcher.ts'

export interface FrameSearch {
  readonly seek: boolean
  /** How many rows follow `row` in its frame. */
  readonly following: (row: number) => number
}

/** Of each row, in order: the match in its frame, or nothing. Throws SkipFailure with Trino's words. */
export function* frameMatches(search: Search, frame: FrameSearch, rowCount: number): Generator<Match | undefined> {
  const frames = new Frames(search, frame.seek, rowCount)
  let number = 1
  let skipped = -1
  for (let row = 0; row < rowCount; row++) {
    if (row <= skipped) {
      yield undefined
      continue
    }
    const to = Math.min(rowCount, row + 1 + frame.following(row))
    const match = frames.match({ from: row, to }, number)
    yield match
    if (!match) continue
    number++
    if (match.labels.length === 0) continue
    skipped = search.skip.kind === 'to-next-row' ? row : nextStart(match, search.skip) - 1
  }
}

/**
 * Where a frame reaches to the end of the partition, and a match begins far enough behind the first row of the frame that
 * no condition looks back beyond it, the match is the same for all frames: so it is looked for once.
 */
class Frames {
  private readonly search: Search
  private readonly seek: boolean
  private readonly rowCount: number
  private readonly ends: DeadEnds | undefined
  /** Nothing that is the same for all frames begins in front of it, as far as rows have asked. */
  private candidate = 0
  private found: Match | undefined

  constructor(search: Search, seek: boolean, rowCount: number) {
    this.search = search
    this.seek = seek
    this.rowCount = rowCount
    this.ends = deadEnds(search, rowCount)
  }

  match(bounds: Bounds, number: number): Match | undefined {
    const { from, to } = bounds
    const reachesEnd = to === this.rowCount
    const last = this.seek ? to - 1 : from
    const lastOfOwn = reachesEnd ? Math.min(last, from + this.search.reachBack - 1) : last
    for (let start = from; start <= lastOfOwn; start++) {
      const match = this.attempt(bounds, start, number)
      if (match) return match
    }
    const start = lastOfOwn < last ? Math.max(from, lastOfOwn + 1) : undefined
    if (start === undefined) return undefined
    const common = this.common(bounds, start, last, number)
    return common && { ...common, bounds, number }
  }

  private common(bounds: Bounds, start: number, last: number, number: number): Match | undefined {
    if (start > this.candidate) {
      this.candidate = start
      this.found = undefined
    }
    for (; !this.found && this.candidate <= last; this.candidate += this.found ? 0 : 1)
      this.found = this.attempt(bounds, this.candidate, number)
    return this.candidate <= last ? this.found : undefined
  }

  private attempt(bounds: Bounds, start: number, number: number): Match | undefined {
    return matchAt(this.search, bounds, start, number, bounds.to === this.rowCount ? this.ends : undefined)
  }
}
