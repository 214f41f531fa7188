import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { filterPattern } from '../../core/logs/filter-pattern.ts'
import { type LogGroup, logRooms } from '../../core/logs/log-groups.ts'
import { filterSpace, filtersOf, type MetricFilter, MOST_FILTERS, prefixOf } from '../../core/logs/metric-filters.ts'
import { tokenOf } from '../../core/resources/page-tokens.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { asFault, invalid, nameOfToken } from './members.ts'

export const metricFilterHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const rooms = logRooms(lake.state, lake.clock)
  const of = (group: LogGroup): readonly MetricFilter[] => filtersOf(lake.state, group)
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
        if (!tx.get(filterSpace, key) && tx.count(filterSpace, prefixOf(group)) >= MOST_FILTERS)
          throw new Fault('limit', 'metric filter', 'Resource limit exceeded.')
        tx.put(filterSpace, key, filter)
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
      const found = await lake.state.transaction((tx) => tx.delete(filterSpace, `${prefixOf(group)}${filterName}`))
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
