/**
 * Which stretches of a table are written to be weighed, and which of them stands for another. They are ordered by size, those
 * of one size as they lie: small ones weigh more by the row, and what a table is filled with changes as it grows.
 */
import type { RowStretch } from './changed-groups.ts'
import type { SampleWeight } from './samples.ts'

export interface WeighedStretches {
  readonly weights: readonly SampleWeight[]
  /** What stands for it: of the nearest in size the nearest in place. */
  weightFor(stretch: RowStretch): SampleWeight
}

export interface StretchChoice {
  /** Of one table. */
  readonly stretches: readonly RowStretch[]
  /** Which of them may be weighed. */
  readonly candidates: ReadonlySet<RowStretch>
  /** More rows than these are weighed only where it is in doubt what lies between those that are. */
  readonly sampleRows: number
  readonly mostSamples: number
}

/** Two neighbours of those weighed differ, and this share of all bytes hangs on which of them those between are like. */
const MOST_DOUBT = 0.02

/** At least one candidate. */
export async function weighStretches(
  { stretches, candidates, sampleRows, mostSamples }: StretchChoice,
  weigh: (stretch: RowStretch) => Promise<SampleWeight>,
): Promise<WeighedStretches> {
  const ordered = stretches.toSorted((a, b) => a.rows - b.rows)
  const places = new Map(ordered.map((stretch, place) => [stretch, place]))
  const eligible = ordered.flatMap((stretch, place) => (candidates.has(stretch) ? [{ stretch, place }] : []))
  const weights = new Map<number, SampleWeight>()
  const add = async (at: number): Promise<void> => {
    if (!weights.has(at)) weights.set(at, await weigh(eligible[at]!.stretch))
  }
  const rows = eligible.reduce((sum, { stretch }) => sum + stretch.rows, 0) / eligible.length
  const count = Math.max(2, Math.min(mostSamples, Math.floor(sampleRows / Math.max(1, rows))))
  for (let i = 0; i < count; i++) await add(Math.round((i * (eligible.length - 1)) / (count - 1)))
  const sizes = eligible.map(({ stretch }) => stretch.rows)
  while (weights.size < mostSamples) {
    const doubtful = mostDoubtful(sizes, weights)
    if (doubtful === undefined) break
    await add(doubtful)
  }
  const weighed = [...weights].map(([at, weight]) => ({ ...eligible[at]!, weight }))
  return {
    weights: [...weights.values()],
    weightFor: (stretch) => {
      const place = places.get(stretch) ?? 0
      const distance = (one: (typeof weighed)[number]) => Math.abs(one.stretch.rows - stretch.rows)
      const isNearer = (one: (typeof weighed)[number], other: (typeof weighed)[number]) =>
        distance(one) - distance(other) || Math.abs(one.place - place) - Math.abs(other.place - place)
      return weighed.reduce((best, one) => (isNearer(one, best) < 0 ? one : best)).weight
    },
  }
}

/** In the middle between the two neighbours on which most hangs; undefined where little does. */
function mostDoubtful(sizes: readonly number[], weights: ReadonlyMap<number, SampleWeight>): number | undefined {
  const known = [...weights.keys()].toSorted((a, b) => a - b)
  const byRow = (at: number) => weights.get(at)!.readBytes / Math.max(1, weights.get(at)!.rows)
  let [bytes, most, middle] = [byRow(known[0]!) * sizes[known[0]!]!, 0, 0]
  for (const [i, after] of known.entries()) {
    const before = known[i - 1]
    if (before === undefined) continue
    const between = sizes.slice(before + 1, after).reduce((sum, size) => sum + size, 0)
    const [a, b] = [byRow(before), byRow(after)]
    bytes += (between * (a + b)) / 2 + b * sizes[after]!
    const doubt = (between * Math.abs(a - b)) / 2
    if (doubt > most) [most, middle] = [doubt, Math.floor((before + after) / 2)]
  }
  return most > MOST_DOUBT * bytes ? middle : undefined
}
