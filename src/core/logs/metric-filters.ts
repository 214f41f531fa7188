/** Metric filters: lines that match a pattern are measured as they come. */
import type { Scope } from '../catalog/catalog.ts'
import { ofValues } from '../measurements/distribution.ts'
import type { Measurements } from '../measurements/measurements.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { filterPattern } from './filter-pattern.ts'
import type { LogGroup } from './log-groups.ts'

export interface MetricFilter {
  readonly filterName: string
  readonly filterPattern: string
  readonly metricTransformations: readonly MetricTransformation[]
  readonly creationTime: number
  readonly logGroupName: string
}

interface MetricTransformation {
  readonly metricName?: string
  readonly metricNamespace?: string
  /** A number, or `$.path`, or `$word`. */
  readonly metricValue?: string
  readonly defaultValue?: number
  readonly dimensions?: Readonly<Record<string, string>>
  readonly unit?: string
}

/** API reference, PutMetricFilter: "The maximum number of metric filters that can be associated with a log group is 100". */
export const MOST_FILTERS = 100
export const filterSpace = 'logs/metric-filters'
export const prefixOf = ({ id }: LogGroup): string => `${id}/`

export const filterCount = (state: StateReader, group: LogGroup): number => state.count(filterSpace, prefixOf(group))
export const eraseFilters = (tx: StateTransaction, group: LogGroup): unknown =>
  tx.deleteAll(filterSpace, prefixOf(group))

export const filtersOf = (state: StateReader, group: LogGroup): readonly MetricFilter[] =>
  state.list<MetricFilter>(filterSpace, { prefix: prefixOf(group), limit: MOST_FILTERS }).map(({ doc }) => doc)

export function measureEvents(
  { state, measurements }: { readonly state: StateReader; readonly measurements: Measurements },
  scope: Scope,
  group: LogGroup,
  events: readonly (readonly [atMs: number, message: string])[],
): void {
  for (const filter of filtersOf(state, group)) {
    const pattern = filterPattern(filter.filterPattern)
    for (const [atMs, message] of events) {
      const extract = pattern.match(message)
      for (const one of filter.metricTransformations) {
        const value = extract ? measuredValue(one.metricValue ?? '1', extract) : one.defaultValue
        if (value === undefined) continue
        const dimensions = Object.entries(one.dimensions ?? {}).map(
          ([name, from]) => [name, extract?.(from) ?? ''] as const,
        )
        const metric = {
          namespace: one.metricNamespace ?? '',
          name: one.metricName ?? '',
          dimensions: dimensions.filter(([, told]) => told !== '').toSorted(([a], [b]) => (a < b ? -1 : 1)),
        }
        measurements.record(scope, metric, one.unit ?? 'None', ofValues([value]), { atMs })
      }
    }
  }
}

function measuredValue(text: string, extract: (name: string) => string | undefined): number | undefined {
  const value = Number(text.startsWith('$') ? extract(text) : text)
  return Number.isFinite(value) ? value : undefined
}
