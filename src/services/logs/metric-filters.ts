/** Metric filters: lines that match a pattern are measured as they come. */
import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { filterPattern } from '../../core/logs/filter-pattern.ts'
import { type LogGroup, logRooms } from '../../core/logs/log-groups.ts'
import { ofValues } from '../../core/measurements/distribution.ts'
import type { StateTransaction } from '../../core/ports.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { asFault, invalid, nameOfToken, tokenOf } from './members.ts'

interface MetricFilter {
  readonly filterName: string
  readonly filterPattern: string
  readonly metricTransformations: readonly Sdk.MetricTransformation[]
  readonly creationTime: number
  readonly logGroupName: string
}

const MOST_FILTERS = 100
const SPACE = 'logs/metric-filters'
const prefixOf = ({ id }: LogGroup): string => `${id}/`

export const filterCount = ({ state }: Lake, group: LogGroup): number => state.count(SPACE, prefixOf(group))
export const eraseFilters = (tx: StateTransaction, group: LogGroup): unknown => tx.deleteAll(SPACE, prefixOf(group))

export const metricFilterHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const rooms = logRooms(lake.state, lake.clock)
  const of = (group: LogGroup): readonly MetricFilter[] =>
    lake.state.list<MetricFilter>(SPACE, { prefix: prefixOf(group), limit: 1000 }).map(({ doc }) => doc)
  return {
    async PutMetricFilter({ logGroupName, filterName, filterPattern: text, metricTransformations }, call) {
      const group = rooms.get(call, logGroupName)
      asFault(() => filterPattern(text))
      for (const { defaultValue, dimensions } of metricTransformations)
        if (defaultValue !== undefined && dimensions && Object.keys(dimensions).length > 0)
          throw invalid(
            'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
          )
      const filter: MetricFilter = {
        filterName,
        filterPattern: text,
        metricTransformations,
        creationTime: lake.clock.now().getTime(),
        logGroupName,
      }
      await lake.state.transaction((tx) => {
        const key = `${prefixOf(group)}${filterName}`
        if (!tx.get(SPACE, key) && tx.count(SPACE, prefixOf(group)) >= MOST_FILTERS)
          throw new Fault('limit', 'metric filter', 'Resource limit exceeded.')
        tx.put(SPACE, key, filter)
      })
      return {}
    },
    DescribeMetricFilters(
      { logGroupName, filterNamePrefix = '', metricName, metricNamespace, limit = 50, nextToken },
      call,
    ) {
      const groups = logGroupName === undefined ? rooms.list(call, { limit: 10_000 }) : [rooms.get(call, logGroupName)]
      const all = groups
        .flatMap(of)
        .filter(
          (filter) =>
            filter.filterName.startsWith(filterNamePrefix) &&
            filter.metricTransformations.some(
              (one) =>
                (metricName === undefined || one.metricName === metricName) &&
                (metricNamespace === undefined || one.metricNamespace === metricNamespace),
            ),
        )
      const start = Number(nameOfToken(nextToken) ?? 0)
      return {
        metricFilters: all.slice(start, start + limit) as Sdk.MetricFilter[],
        nextToken: all.length > start + limit ? tokenOf(String(start + limit)) : undefined,
      }
    },
    async DeleteMetricFilter({ logGroupName, filterName }, call) {
      const group = rooms.get(call, logGroupName)
      const found = await lake.state.transaction((tx) => tx.delete(SPACE, `${prefixOf(group)}${filterName}`))
      if (!found) throw new AwsError('ResourceNotFoundException', 'The specified metric filter does not exist.')
      return {}
    },
    TestMetricFilter({ filterPattern: text, logEventMessages }) {
      const pattern = asFault(() => filterPattern(text))
      const named = [...text.matchAll(/\$[.\w[\]]+/g)].map(([name]) => name)
      const matches = logEventMessages.flatMap((eventMessage, i) => {
        const extract = pattern.match(eventMessage)
        if (!extract) return []
        const extractedValues = Object.fromEntries(
          named.flatMap((name) => {
            const value = extract(name)
            return value === undefined ? [] : [[name, value]]
          }),
        )
        return [{ eventNumber: i + 1, eventMessage, extractedValues }]
      })
      return { matches }
    },
  }
}

export function measureEvents(
  { state, measurements }: Lake,
  scope: Scope,
  group: LogGroup,
  events: readonly (readonly [atMs: number, message: string])[],
): void {
  for (const { doc: filter } of state.list<MetricFilter>(SPACE, { prefix: prefixOf(group), limit: MOST_FILTERS })) {
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
