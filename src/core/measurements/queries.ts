/** What is asked of metrics together: some of what was measured, some reckoned from the rest. */
import type { Scope } from '../catalog/catalog.ts'
import { type Expression, ExpressionError, parseMath } from './expression.ts'
import { type MathContext, reckon, type Value } from './math.ts'
import type { Measurements, Metric } from './measurements.ts'
import { seriesOf, type TimeSeries } from './periods.ts'

export interface MetricQuery {
  readonly id: string
  readonly of:
    | { readonly metric: Metric; readonly statistic: string; readonly periodSeconds: number }
    | { readonly expression: string; readonly periodSeconds?: number }
}

export interface Reckoned {
  readonly id: string
  /** One for each series: an expression may yield several. */
  readonly series: readonly TimeSeries[]
}

interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

const MOST_TIMES = 500_000

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
  let periodSeconds = 60
  for (const { id, of } of queries) {
    if ('expression' in of) {
      expressions.set(id, parseMath(of.expression))
      continue
    }
    periodSeconds = of.periodSeconds
    const found = await measurements.read(scope, of.metric, span.fromMs, span.untilMs)
    const periodMs = of.periodSeconds * 1000
    measured.set(id, seriesOf(found, { fromMs: span.fromMs, periodMs, name: of.statistic }))
  }
  const known = new Map<string, Value>(measured)
  const underWay = new Set<string>()
  const context: MathContext = {
    periodSeconds,
    times: timesOf(span, periodSeconds * 1000),
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
  return wanted.map((id) => ({ id, series: asSeries(id, context.find(id)) }))
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
