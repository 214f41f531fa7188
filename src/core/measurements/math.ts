/** Metric math, reckoned. A value is a number, a time series, or an array of series. */
import { type Expression, ExpressionError } from './expression.ts'
import type { TimeSeries } from './periods.ts'

export type Value = number | string | TimeSeries | readonly TimeSeries[]

export interface MathContext {
  /** By its id; throws where there is none. */
  find(name: string): Value
  /** All metrics of the request, for METRICS(), whose ids hold the text. */
  metrics(holding: string): readonly TimeSeries[]
  /** What the metrics that a search has found yield. */
  search(asked: SearchCall): readonly TimeSeries[]
  readonly periodSeconds: number
  /** The starts of all periods that are asked for. */
  readonly times: readonly number[]
}

export type SearchCall = readonly Expression[]

const isSeries = (value: Value): value is TimeSeries => value instanceof Map
const isArray = (value: Value): value is readonly TimeSeries[] => Array.isArray(value)

export function reckon(expression: Expression, context: MathContext): Value {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return expression.value
    case 'name':
      return context.find(expression.name)
    case 'negation':
      return each(reckon(expression.of, context), (value) => -value)
    case 'operation':
      return combine(
        reckon(expression.left, context),
        reckon(expression.right, context),
        OPERATIONS[expression.operator]!,
      )
    case 'array':
      return arrayOf(expression.items, context)
    case 'call':
      return call(expression.name, expression.arguments, context)
  }
}

const asNumber = (holds: boolean): number => (holds ? 1 : 0)
type Operation = (a: number, b: number) => number

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => asNumber(a === b),
  '!=': (a, b) => asNumber(a !== b),
  '<': (a, b) => asNumber(a < b),
  '<=': (a, b) => asNumber(a <= b),
  '>': (a, b) => asNumber(a > b),
  '>=': (a, b) => asNumber(a >= b),
  AND: (a, b) => asNumber(a !== 0 && b !== 0),
  '&&': (a, b) => asNumber(a !== 0 && b !== 0),
  OR: (a, b) => asNumber(a !== 0 || b !== 0),
  '||': (a, b) => asNumber(a !== 0 || b !== 0),
}

function each(value: Value, change: (value: number) => number): Value {
  if (typeof value === 'number') return change(value)
  if (isSeries(value)) return mapped(value, change)
  if (isArray(value)) return value.map((one) => mapped(one, change))
  throw new ExpressionError('A text is no number')
}

/** As many as one request may ask for: of expressions that name each other twice over there would soon be more than can be held. */
const MOST_SERIES = 500

function arrayOf(items: readonly Expression[], context: MathContext): readonly TimeSeries[] {
  const all: TimeSeries[] = []
  for (const item of items) {
    all.push(...seriesIn(reckon(item, context), context))
    if (all.length > MOST_SERIES) throw new ExpressionError(`An array has at most ${MOST_SERIES} time series`)
  }
  return all
}

const mapped = (series: TimeSeries, change: (value: number) => number): TimeSeries => {
  const found = new Map<number, number>()
  for (const [at, value] of series) {
    const changed = change(value)
    // What has no value is not there: a division by zero.
    if (Number.isFinite(changed)) found.set(at, changed)
  }
  return found
}

/** Of two series, where either has a value: "Missing values in a time series are treated as 0" (using-metric-math). */
function combine(left: Value, right: Value, operation: Operation): Value {
  if (typeof left === 'string' || typeof right === 'string') throw new ExpressionError('A text is no number')
  if (typeof left === 'number') return each(right, (value) => operation(left, value))
  if (typeof right === 'number') return each(left, (value) => operation(value, right))
  if (isArray(left)) return left.map((one) => combine(one, right, operation) as TimeSeries)
  if (isArray(right)) return right.map((one) => combine(left, one, operation) as TimeSeries)
  const found = new Map<number, number>()
  for (const at of timesIn([left, right])) {
    const result = operation(left.get(at) ?? 0, right.get(at) ?? 0)
    if (Number.isFinite(result)) found.set(at, result)
  }
  return found
}

/** In order. */
const timesIn = (all: readonly TimeSeries[]): number[] =>
  [...new Set(all.flatMap((one) => [...one.keys()]))].toSorted((a, b) => a - b)

function seriesIn(value: Value, { times }: MathContext): readonly TimeSeries[] {
  if (typeof value === 'number') return [new Map(times.map((at) => [at, value]))]
  if (typeof value === 'string') throw new ExpressionError('A text is no time series')
  return isSeries(value) ? [value] : value
}

type Aggregate = (values: readonly number[]) => number
const sum: Aggregate = (values) => values.reduce((total, value) => total + value, 0)
const average: Aggregate = (values) => sum(values) / values.length

const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  SUM: sum,
  AVG: average,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
  STDDEV: (values) => Math.sqrt(sum(values.map((value) => (value - average(values)) ** 2)) / values.length),
}

const NUMERIC: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
}

const TIMES: Readonly<Record<string, (at: Date) => number>> = {
  MINUTE: (at) => at.getUTCMinutes(),
  HOUR: (at) => at.getUTCHours(),
  DAY: (at) => at.getUTCDay() || 7,
  DATE: (at) => at.getUTCDate(),
  MONTH: (at) => at.getUTCMonth() + 1,
  YEAR: (at) => at.getUTCFullYear(),
  EPOCH: (at) => at.getTime() / 1000,
}

function call(name: string, asked: readonly Expression[], context: MathContext): Value {
  if (name === 'METRICS') {
    const [holding] = asked.map((one) => reckon(one, context))
    return context.metrics(typeof holding === 'string' ? holding : '')
  }
  if (name === 'SEARCH') return context.search(asked)
  const values = asked.map((one) => reckon(one, context))
  const [first, second, third] = values
  if (first === undefined) throw new ExpressionError(`${name} wants an argument`)
  const aggregate = AGGREGATES[name]
  if (aggregate)
    return aggregated(values.length > 1 ? values.flatMap((one) => seriesIn(one, context)) : first, aggregate)
  const numeric = NUMERIC[name]
  if (numeric) return each(first, numeric)
  const time = TIMES[name]
  if (time) return series(first, () => new Map(context.times.map((at) => [at, time(new Date(at))])))
  switch (name) {
    case 'PERIOD':
      return context.periodSeconds
    case 'DATAPOINT_COUNT':
      return isSeries(first) ? first.size : aggregated(seriesIn(first, context), (points) => points.length)
    case 'METRIC_COUNT':
      return seriesIn(first, context).length
    case 'TIME_SERIES':
      return seriesIn(first, context)
    case 'RUNNING_SUM':
      return series(first, runningSum)
    case 'DIFF':
      return series(first, (one) => differences(one, (gained) => gained))
    case 'DIFF_TIME':
      return series(first, (one) => differences(one, (_, seconds) => seconds))
    case 'RATE':
      return series(first, (one) => differences(one, (gained, seconds) => gained / seconds))
    case 'FILL':
      return series(first, (one) => filled(one, second ?? 0, context.times))
    case 'IF':
      return chosen(first, second ?? 0, third)
    case 'FIRST':
    case 'LAST':
      return seriesIn(first, context).at(name === 'FIRST' ? 0 : -1) ?? new Map()
    case 'REMOVE_EMPTY':
      return seriesIn(first, context).filter(({ size }) => size > 0)
    case 'SLICE':
      return seriesIn(first, context).slice(Number(second ?? 0), third === undefined ? undefined : Number(third))
    case 'SORT':
      return sorted(seriesIn(first, context), values)
    default:
      throw new ExpressionError(`The function ${name} is not known`)
  }
}

/** Over time where one series is given, and at each time where there are several. */
function aggregated(value: Value, aggregate: Aggregate): Value {
  if (typeof value === 'number') return value
  if (typeof value === 'string') throw new ExpressionError('A text is no number')
  if (isSeries(value)) return value.size === 0 ? Number.NaN : aggregate([...value.values()])
  const valuesAt = (at: number) => value.flatMap((one) => (one.has(at) ? [one.get(at)!] : []))
  return new Map(timesIn(value).map((at) => [at, aggregate(valuesAt(at))]))
}

function series(value: Value, change: (series: TimeSeries) => TimeSeries): Value {
  if (typeof value === 'number' || typeof value === 'string') throw new ExpressionError('It wants a time series')
  return isSeries(value) ? change(value) : value.map(change)
}

function runningSum(one: TimeSeries): TimeSeries {
  let total = 0
  const found = new Map<number, number>()
  for (const [at, value] of one) {
    total += value
    found.set(at, total)
  }
  return found
}

function differences(one: TimeSeries, told: (gained: number, seconds: number) => number): TimeSeries {
  const points = [...one]
  return new Map(
    points.slice(1).map(([at, value], i) => {
      const [beforeAt, before] = points[i]!
      return [at, told(value - before, (at - beforeAt) / 1000)]
    }),
  )
}

function filled(one: TimeSeries, by: Value, times: readonly number[]): TimeSeries {
  const found = new Map<number, number>()
  const points = [...one]
  for (const at of times) {
    const value = one.get(at) ?? filling(points, by, at)
    if (value !== undefined) found.set(at, value)
  }
  return found
}

function filling(points: readonly (readonly [number, number])[], by: Value, at: number): number | undefined {
  if (typeof by === 'number') return by
  if (isSeries(by)) return by.get(at)
  const before = points.findLast(([time]) => time < at)
  if (by === 'REPEAT') return before?.[1]
  const next = points.find(([time]) => time > at)
  if (by !== 'LINEAR' || !before || !next) return undefined
  return before[1] + ((next[1] - before[1]) * (at - before[0])) / (next[0] - before[0])
}

/**
 * Without a third argument, the points where the condition does not hold are left out. Where the chosen series has no value
 * it is 0, but beside a number for what holds: the tables of using-metric-math, "Using IF expressions".
 */
function chosen(condition: Value, then: Value, otherwise: Value | undefined): Value {
  if (typeof condition === 'number') return condition === 0 ? (otherwise ?? new Map()) : then
  if (typeof condition === 'string' || isArray(condition)) throw new ExpressionError('IF wants a time series')
  const found = new Map<number, number>()
  for (const [at, holds] of condition) {
    const value = holds === 0 ? otherwise : then
    const missing = holds === 0 && typeof then === 'number' ? undefined : 0
    const told = typeof value === 'object' && isSeries(value) ? (value.get(at) ?? missing) : value
    if (typeof told === 'number') found.set(at, told)
  }
  return found
}

function sorted(all: readonly TimeSeries[], [, by, order, most]: readonly Value[]): readonly TimeSeries[] {
  const aggregate = AGGREGATES[String(by)]
  if (!aggregate) throw new ExpressionError(`SORT by ${String(by)} is not known`)
  const keyed = all.map((one) => ({
    one,
    key: one.size === 0 ? Number.NEGATIVE_INFINITY : aggregate([...one.values()]),
  }))
  const ascending = keyed.toSorted((a, b) => a.key - b.key).map(({ one }) => one)
  const ordered = order === 'DESC' ? ascending.toReversed() : ascending
  return most === undefined ? ordered : ordered.slice(0, Number(most))
}
