/** Metric filters: lines that match a pattern are measured as they come. */
import type { StateReader, StateTransaction } from '../ports.ts'
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
