/** What is asked of metrics together: some of what was measured, some reckoned from the rest. */
import type { Scope } from '../catalog/catalog.ts'
import { type Expression, ExpressionError, parseMath, searchesIn } from './expression.ts'
import { type MathContext, reckon, type SearchCall, type Value } from './math.ts'
import type { Measurements, Metric } from './measurements.ts'
import { seriesOf, type TimeSeries } from './periods.ts'
import { metricSearch } from './search.ts'

export interface MetricQuery {
  readonly id: string
  readonly of: AskedMetric | { readonly expression: string; readonly periodSeconds?: number }
}

/** A metric as it is asked for. */
export interface AskedMetric {
  readonly metric: Metric
  readonly statistic: string
  readonly periodSeconds: number
}

export interface Reckoned {
  readonly id: string
  /** One for each series: an expression may yield several. */
  readonly series: readonly TimeSeries[]
  /** Of which metric a series is; undefined of one that was reckoned from others. */
  readonly metricOf: (series: TimeSeries) => AskedMetric | undefined
}

interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

const MOST_TIMES = 500_000
/** search-expression-syntax: "as many as 100 search expressions on one graph", "as many as 500 time series". */
const MOST_SEARCHES = 100
const MOST_FOUND = 500

/**
 * `wanted`: the ids that are told of; the others are for these to use, and may be numbers alone.
 * Throws ExpressionError for what cannot be reckoned, RangeError for a statistic that there is not.
 */
export async function askMetrics(
  measurements: Measurements,
  scope: Scope,
  { queries, wanted }: { readonly queries: readonly MetricQuery[]; readonly wanted: readonly string[] },
  span: Span,
): Promise<readonly Reckoned[]> {
  const measured = new Map<string, TimeSeries>()
  const expressions = new Map<string, Expression>()
  const origins = new Map<TimeSeries, AskedMetric>()
  const read = async (asked: AskedMetric): Promise<TimeSeries> => {
    const found = await measurements.read(scope, asked.metric, span.fromMs, span.untilMs)
    const periodMs = asked.periodSeconds * 1000
    const series = seriesOf(found, { fromMs: span.fromMs, periodMs, name: asked.statistic })
    origins.set(series, asked)
    return series
  }
  let periodSeconds = 60
  for (const { id, of } of queries) {
    if ('expression' in of) {
      expressions.set(id, parseMath(of.expression))
      continue
    }
    periodSeconds = of.periodSeconds
    measured.set(id, await read(of))
  }
  const found = new Map<SearchCall, readonly TimeSeries[]>()
  for (const { id, of } of queries)
    for (const asked of searchesIn(expressions.get(id) ?? NOTHING)) {
      if (found.size === MOST_SEARCHES) throw new ExpressionError(`There are more than ${MOST_SEARCHES} searches`)
      const search = searchOf(asked, of.periodSeconds ?? periodSeconds)
      const metrics = (await measurements.list(scope)).filter(search.finds).toSorted(byName)
      if (metrics.length > MOST_FOUND) throw new ExpressionError(`A search finds more than ${MOST_FOUND} metrics`)
      const all: TimeSeries[] = []
      for (const metric of metrics) all.push(await read({ ...search, metric }))
      found.set(asked, all)
    }
  const known = new Map<string, Value>(measured)
  const underWay = new Set<string>()
  const context: MathContext = {
    periodSeconds,
    times: timesOf(span, periodSeconds * 1000),
    search: (asked) => found.get(asked)!,
    metrics: (holding) => [...measured].flatMap(([id, series]) => (id.includes(holding) ? [series] : [])),
    find(name) {
      const value = known.get(name)
      if (value !== undefined) return value
      const expression = expressions.get(name)
      if (!expression) throw new ExpressionError(`Undefined expression id: ${name}`)
      if (underWay.has(name)) throw new ExpressionError(`The expression ${name} refers to itself`)
      underWay.add(name)
      const reckoned = reckon(expression, context)
      underWay.delete(name)
      known.set(name, reckoned)
      return reckoned
    },
  }
  for (const { id } of queries) context.find(id)
  return wanted.map((id) => ({
    id,
    series: asSeries(id, context.find(id)),
    metricOf: (series) => origins.get(series),
  }))
}

const orderOf = ({ namespace, name, dimensions }: Metric): string => JSON.stringify([namespace, name, dimensions])
const byName = (a: Metric, b: Metric): number => (orderOf(a) < orderOf(b) ? -1 : 1)

const NOTHING: Expression = { kind: 'number', value: 0 }

/** `SEARCH('{Namespace, Dimension} Term', 'Statistic')`, and a period of its own behind it. */
function searchOf([text, statistic, period]: SearchCall, periodSeconds: number) {
  if (text?.kind !== 'text' || statistic?.kind !== 'text' || (period && period.kind !== 'number'))
    throw new ExpressionError('SEARCH wants what to search for and a statistic, in quotation marks')
  return {
    finds: metricSearch(text.value),
    statistic: statistic.value,
    periodSeconds: period?.value ?? periodSeconds,
  }
}

/** "All final results of expressions must be a single time series or an array of time series" (using-metric-math). */
function asSeries(id: string, value: Value): readonly TimeSeries[] {
  if (typeof value === 'string' || typeof value === 'number')
    throw new ExpressionError(`The result of ${id} is ${value}, and has to be a time series or an array of time series`)
  return value instanceof Map ? [value] : (value as readonly TimeSeries[])
}

function timesOf({ fromMs, untilMs }: Span, periodMs: number): number[] {
  const first = fromMs - (fromMs % periodMs)
  const count = Math.ceil((untilMs - first) / periodMs)
  if (count > MOST_TIMES) throw new ExpressionError('There are too many periods in that time')
  return Array.from({ length: Math.max(0, count) }, (_, i) => first + i * periodMs)
}
