/** What metric filters measure of lines. Pure but for the clocks of its deadline. */
import { Fault } from '../faults.ts'
import { type Distribution, ofValues, together } from '../measurements/distribution.ts'
import type { Metric } from '../measurements/measurements.ts'
import { type FilterPattern, filterPattern } from './filter-pattern.ts'
import type { MetricFilter } from './metric-filters.ts'

export type Line = readonly [atMs: number, message: string]
export type AskedFilter = Pick<MetricFilter, 'filterPattern' | 'metricTransformations'>

/** All that one metric was within a minute. */
export interface Measure {
  readonly metric: Metric
  readonly unit: string
  readonly atMs: number
  readonly values: Distribution
}

/** Of processor time, as others may keep the machine busy: lines that take longer are measured as far as that. */
const MOST_PROCESSOR_MS = 10_000
/** Of one batch: more series than these no minute has room for. */
const MOST_MEASURES = 20_000
const MINUTE_MS = 60_000
const VALUES_AT_ONCE = 1000

interface Gathered extends Omit<Measure, 'values'> {
  values: number[]
  folded?: Distribution
}

type Extract = (name: string) => string | undefined

/** Whoever writes a line is not told of a pattern that takes too long: it measures no more of them. */
export function measuresOf(filters: readonly AskedFilter[], lines: readonly Line[]): readonly Measure[] {
  const began = process.threadCpuUsage()
  const until = performance.now() + MOST_PROCESSOR_MS
  // Before so long has passed on the wall no thread has taken it, and that clock is quicker to ask.
  const isLate = () => performance.now() > until && process.threadCpuUsage(began).user / 1000 > MOST_PROCESSOR_MS
  const patterns = new Map<AskedFilter, FilterPattern>(filters.map((one) => [one, filterPattern(one.filterPattern)]))
  const gathered = new Map<string, Gathered>()
  for (const [atMs, message] of lines) {
    for (const [filter, pattern] of patterns) {
      if (isLate()) return measuresIn(gathered)
      try {
        gather(gathered, filter, atMs, pattern.match(message))
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        patterns.delete(filter)
      }
    }
  }
  return measuresIn(gathered)
}

const measuresIn = (gathered: ReadonlyMap<string, Gathered>): readonly Measure[] =>
  Array.from(gathered.values(), (one) => ({ metric: one.metric, unit: one.unit, atMs: one.atMs, values: folded(one) }))

function gather(
  gathered: Map<string, Gathered>,
  filter: AskedFilter,
  atMs: number,
  extract: Extract | undefined,
): void {
  for (const one of filter.metricTransformations) {
    const value = extract ? measuredValue(one.metricValue ?? '1', extract) : one.defaultValue
    if (value === undefined) continue
    const dimensions = Object.entries(one.dimensions ?? {})
      .map(([name, from]) => [name, extract?.(from) ?? ''] as const)
      .filter(([, told]) => told !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    const metric = { namespace: one.metricNamespace ?? '', name: one.metricName ?? '', dimensions }
    const measure = { metric, unit: one.unit ?? 'None', atMs: atMs - (atMs % MINUTE_MS) }
    const key = JSON.stringify(measure)
    const known = gathered.get(key) ?? (gathered.size < MOST_MEASURES ? { ...measure, values: [] } : undefined)
    if (!known) continue
    gathered.set(key, known)
    if (known.values.push(value) < VALUES_AT_ONCE) continue
    known.folded = folded(known)
    known.values = []
  }
}

function folded({ folded: before, values }: Gathered): Distribution {
  if (values.length === 0 && before) return before
  return before ? together(before, ofValues(values)) : ofValues(values)
}

function measuredValue(text: string, extract: Extract): number | undefined {
  const value = Number(text.startsWith('$') ? extract(text) : text)
  return Number.isFinite(value) ? value : undefined
}
