import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Lake } from '../../core/lake.ts'
import { type Distribution, ofValues, statistic } from '../../core/measurements/distribution.ts'
import { inPeriods } from '../../core/measurements/periods.ts'
import type { Handlers } from '../../protocol/service.ts'
import {
  checkPeriod,
  dimensionsOf,
  invalidCombination,
  invalidValue,
  metricOf,
  missing,
  pageOf,
  toldMetric,
} from './members.ts'

const LISTED_AT_ONCE = 500
/** API reference, GetMetricStatistics: "The maximum number of data points returned from a single call is 1,440". */
const MOST_POINTS = 1440
/** API reference, PutMetricData: two weeks back, two hours ahead. */
const OLDEST_MS = 14 * 86_400_000
const AHEAD_MS = 2 * 3_600_000

export const metricHandlers = ({ measurements, clock }: Lake): Handlers<typeof Sdk> => ({
  async PutMetricData(input, call) {
    if (input.Namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
    const nowMs = clock.now().getTime()
    const data = [
      ...(input.MetricData ?? []),
      ...(input.EntityMetricData ?? []).flatMap(({ MetricData = [] }) => MetricData),
    ]
    const checked = data.map((datum) => ({ datum, distribution: distributionOf(datum), atMs: timeOf(datum, nowMs) }))
    for (const { datum, distribution, atMs } of checked)
      measurements.record(
        call,
        { namespace: input.Namespace, name: datum.MetricName!, dimensions: dimensionsOf(datum.Dimensions) },
        datum.Unit ?? 'None',
        distribution,
        { atMs, high: datum.StorageResolution === 1 },
      )
    await measurements.flush()
    return {}
  },
  async ListMetrics(input, call) {
    const recent = clock.now().getTime() - 3 * 3_600_000
    const found = (await measurements.list(call, input.Namespace)).filter(
      ({ name, dimensions, lastMs }) =>
        (input.MetricName === undefined || name === input.MetricName) &&
        (input.RecentlyActive === undefined || lastMs >= recent - 3_600_000) &&
        (input.Dimensions ?? []).every(({ Name, Value }) =>
          dimensions.some(([own, value]) => own === Name && (Value === undefined || value === Value)),
        ),
    )
    const { items, NextToken } = pageOf(found, LISTED_AT_ONCE, input.NextToken)
    return { Metrics: items.map(toldMetric), NextToken }
  },
  async GetMetricStatistics(input, call) {
    const { Statistics = [], ExtendedStatistics = [] } = input
    if (Statistics.length + ExtendedStatistics.length === 0)
      throw missing('Must specify either Statistics or ExtendedStatistics')
    const period = checkPeriod(input.Period)
    const [fromMs, untilMs] = [input.StartTime.getTime(), input.EndTime.getTime()]
    if (fromMs >= untilMs) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
    if ((untilMs - fromMs) / (period * 1000) > MOST_POINTS)
      throw invalidCombination(
        `You have requested up to ${Math.ceil((untilMs - fromMs) / (period * 1000))} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      )
    const metric = metricOf(input)
    const known = (await measurements.list(call, metric.namespace)).find(
      ({ name, dimensions }) => name === metric.name && String(dimensions) === String(metric.dimensions),
    )
    const Unit = (known?.unit ?? 'None') as Sdk.StandardUnit
    if (input.Unit !== undefined && known && input.Unit !== Unit) return { Label: metric.name, Datapoints: [] }
    const measured = await measurements.read(call, metric, fromMs, untilMs)
    const Datapoints = [...inPeriods(measured, fromMs, period * 1000)].map(([at, distribution]) => ({
      Timestamp: new Date(at),
      ...Object.fromEntries(Statistics.map((name) => [name, statistic(distribution, name)])),
      ...(ExtendedStatistics.length > 0 && { ExtendedStatistics: extended(distribution, ExtendedStatistics) }),
      Unit,
    }))
    return { Label: metric.name, Datapoints }
  },
})

function extended(distribution: Distribution, names: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const name of names) {
    const value = told(() => statistic(distribution, name))
    if (value !== undefined) found[name] = value
  }
  return found
}

/** A statistic that there is not is the caller's fault. */
export function told<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw invalidValue(error.message)
    throw error
  }
}

function distributionOf(datum: Sdk.MetricDatum): Distribution {
  const { Value, Values, Counts, StatisticValues: set, MetricName } = datum
  if ([Value, Values, set].filter((given) => given !== undefined).length !== 1)
    throw invalidCombination(`Exactly one of Value, Values and StatisticValues is required for ${MetricName}.`)
  if (set) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = set
    if (SampleCount <= 0) throw invalidValue('The value of the parameter SampleCount must be positive.')
    return { count: SampleCount, sum: Sum, min: Minimum, max: Maximum }
  }
  const values = Values ?? [Value!]
  if (values.length > 150 || values.length === 0) throw invalidValue('The collection Values must have 1 to 150 items.')
  if (Counts && Counts.length !== values.length)
    throw invalidValue('The collections Values and Counts must have the same number of items.')
  if (!values.every(Number.isFinite)) throw invalidValue('The value of a metric must be a finite number.')
  return ofValues(values, Counts)
}

function timeOf({ Timestamp }: Sdk.MetricDatum, nowMs: number): number {
  const atMs = Timestamp?.getTime() ?? nowMs
  if (atMs < nowMs - OLDEST_MS || atMs > nowMs + AHEAD_MS)
    throw invalidValue(
      'The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks and no more than two hours in the future.',
    )
  return atMs
}
