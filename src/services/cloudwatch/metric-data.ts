import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Lake } from '../../core/lake.ts'
import { ExpressionError } from '../../core/measurements/expression.ts'
import type { TimeSeries } from '../../core/measurements/periods.ts'
import { askMetrics, type MetricQuery } from '../../core/measurements/queries.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { labelsOf } from './labels.ts'
import { checkPeriod, invalidCombination, invalidValue, metricOf } from './members.ts'

/** API reference, GetMetricData: "up to 500 MetricDataQuery", "100,800 data points". */
const MOST_QUERIES = 500
const MOST_POINTS = 100_800

export const metricDataHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async GetMetricData(input, call) {
    const queries = metricQueries(input.MetricDataQueries)
    const span = { fromMs: input.StartTime.getTime(), untilMs: input.EndTime.getTime() }
    if (span.fromMs >= span.untilMs)
      throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
    const asked = new Map(
      input.MetricDataQueries.flatMap((query) => (query.ReturnData === false ? [] : [[query.Id!, query] as const])),
    )
    const wanted = [...asked.keys()]
    const reckoned = await asFault(() => askMetrics(lake.measurements, call, { queries, wanted }, span))
    const { clock } = lake
    const all = reckoned.flatMap(({ id, series, metricOf: of }) => {
      const labels = labelsOf(asked.get(id)!, series, { metricOf: of, scope: call, now: clock.now() })
      return series.map((one, i) => ({ id, label: labels[i]!, points: inOrder(one, input.ScanBy) }))
    })
    const page = pageOfPoints(all, Math.min(input.MaxDatapoints ?? MOST_POINTS, MOST_POINTS), input.NextToken)
    return {
      MetricDataResults: page.results.map(({ id, label, points, complete }) => ({
        Id: id,
        Label: label,
        Timestamps: points.map(([at]) => new Date(at)),
        Values: points.map(([, value]) => value),
        StatusCode: complete ? ('Complete' as const) : ('PartialData' as const),
      })),
      NextToken: page.token,
      Messages: [],
    }
  },
})

/** Also of alarms on several metrics. Throws AwsError. */
export function metricQueries(given: readonly Sdk.MetricDataQuery[]): MetricQuery[] {
  if (given.length > MOST_QUERIES)
    throw invalidValue(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`)
  const ids = new Set<string>()
  return given.map(({ Id = '', MetricStat, Expression, Period, AccountId }) => {
    if (!/^[a-z][A-Za-z0-9_]*$/.test(Id))
      throw invalidValue(
        `The value ${Id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      )
    if (ids.has(Id)) throw invalidValue(`The values for parameter id in MetricDataQueries are not unique.`)
    ids.add(Id)
    if (AccountId !== undefined && MetricStat === undefined) throw invalidValue('AccountId is of a metric.')
    if ((MetricStat === undefined) === (Expression === undefined))
      throw invalidCombination('Exactly one of MetricStat and Expression must be specified in a MetricDataQuery.')
    if (!MetricStat) {
      if (/^\s*SELECT\b/i.test(Expression!)) throw invalidValue('Metrics Insights queries are not served here.')
      return { id: Id, of: { expression: Expression!, ...(Period && { periodSeconds: checkPeriod(Period) }) } }
    }
    const { Metric = {}, Stat = '', Period: period = 0 } = MetricStat
    return { id: Id, of: { metric: metricOf(Metric), statistic: Stat, periodSeconds: checkPeriod(period) } }
  })
}

/** What cannot be reckoned, in CloudWatch's words. */
export async function asFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ExpressionError) throw new AwsError('ValidationError', `Error in expression: ${error.message}`)
    if (error instanceof RangeError) throw invalidValue(error.message)
    throw error
  }
}

const inOrder = (series: TimeSeries, order: Sdk.ScanBy | undefined): (readonly [number, number])[] => {
  const points = [...series].toSorted(([a], [b]) => a - b)
  return order === 'TimestampAscending' ? points : points.toReversed()
}

interface Result {
  readonly id: string
  readonly label: string
  readonly points: readonly (readonly [number, number])[]
}

/** A token says how many points came before. */
function pageOfPoints(all: readonly Result[], most: number, token: string | undefined) {
  const start = token === undefined ? 0 : Number(token)
  if (!Number.isSafeInteger(start) || start < 0) throw new AwsError('InvalidNextToken', 'The next token is invalid.')
  const end = start + most
  let passed = 0
  const results: (Result & { readonly complete: boolean })[] = []
  for (const result of all) {
    const [from, to] = [start - passed, end - passed]
    const points = result.points.slice(Math.max(0, from), Math.max(0, to))
    const begun = to > 0 || (result.points.length === 0 && to >= 0)
    if ((points.length > 0 || result.points.length === 0) && begun && from <= result.points.length)
      results.push({ ...result, points, complete: to >= result.points.length })
    passed += result.points.length
  }
  return { results, token: passed > end ? String(end) : undefined }
}
