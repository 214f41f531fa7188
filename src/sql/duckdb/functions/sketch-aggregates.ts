/**
 * Aggregates that are sketches, or are answered by one. DuckDB takes no aggregate functions in JavaScript: the values are
 * collected as a list, small where the sketch allows it, and a scalar function makes the sketch of the list.
 */
import type { Scalar } from '../../plan.ts'
import { SqlError } from '../../position.ts'
import type { Type } from '../../types.ts'
import { duckdbType } from '../types.ts'
import { javaText } from '../udfs/numbers.ts'
import { type AggregateCall, type AggregateLowering, typed } from './aggregate-call.ts'
import { integerOrder } from './sketches.ts'

/** Of so few values Trino's digest is asked itself; of more DuckDB's, which collects nothing. */
const FEW = 128
/** Below it no two values of a digest become one, so that a percentile is one of the values. */
const ALL_APART = 40

const double = (sql: string): string => `CAST(${sql} AS DOUBLE)`

/** The values and the weights of a group as two lists of doubles, or of what `of` makes of the values. */
function weightedLists(call: AggregateCall, build: (values: string, weights: string) => string, of = double): string {
  const [value, weight] = call.args
  const pairs = call.apply('list', `struct_pack(x := ${of(value!)}, w := ${double(weight!)})`)
  const item = call.printing.fresh('v')
  return call.once([pairs], (list) =>
    build(`list_transform(${list}, lambda ${item}: ${item}.x)`, `list_transform(${list}, lambda ${item}: ${item}.w)`),
  )
}

/** `(x, p)`, `(x, weight, p)`, `(x, weight, p, accuracy)`; the plan has coerced `p` to double or to an array of them. */
export const percentile: AggregateLowering = (call) => {
  const count = call.args.length
  if (count === 4) return accuratePercentile(call)
  const several = call.result.kind === 'array'
  const place = count === 2 ? 1 : 2
  const fractions = numbersOf(call.scalars[place])
  if (fractions) checkFractions(fractions)
  const fraction = fractions ? fractionText(fractions, several) : call.apply('any_value', call.args[place]!)
  const name = several ? 'js_percentiles' : 'js_percentile'
  if (count === 3)
    return percentileResult(
      call,
      weightedLists(call, (values, weights) => `${name}(${values}, ${weights}, ${fraction})`),
    )
  const values = double(call.args[0]!)
  if (!fractions) return percentileResult(call, `${name}(${call.apply('list', values)}, ${fraction})`)
  return percentileResult(call, plainPercentile(call, fractions, several))
}

/** Exact of few values, and in little memory of many. */
function plainPercentile(call: AggregateCall, fractions: readonly number[], several: boolean): string {
  const values = double(call.args[0]!)
  const fraction = fractionText(fractions, several)
  // DuckDB reads its fractions while binding, so they have to be literals.
  const literals = several ? `[${fractions.join(', ')}]` : String(fractions[0])
  const few = call.once([call.apply('count', values), call.apply('min', values, String(FEW))], (n, sorted) => {
    const ranked = fractions.map(
      (p) => `${sorted}[CAST(least(floor(${double(String(p))} * ${n}), ${n} - 1) AS BIGINT) + 1]`,
    )
    const digest = `${several ? 'js_percentiles' : 'js_percentile'}(${sorted}, ${fraction})`
    return `CASE WHEN ${n} BETWEEN 1 AND ${ALL_APART - 1} THEN ${several ? `[${ranked.join(', ')}]` : ranked[0]} WHEN ${n} BETWEEN ${ALL_APART} AND ${FEW} THEN ${digest} END`
  })
  return `coalesce(${few}, ${call.apply('approx_quantile', values, literals)})`
}

function checkFractions(fractions: readonly number[]): void {
  if (!fractions.every((p) => p >= 0 && p <= 1))
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'Percentile must be between 0 and 1')
}

const fractionText = (fractions: readonly number[], several: boolean): string =>
  several ? `[${fractions.map((p) => double(String(p))).join(', ')}]` : double(String(fractions[0]))

/** Doubles as the type of the values; integers are rounded half up. */
function percentileResult(call: AggregateCall, sql: string): string {
  const type = call.result.kind === 'array' ? call.result.element : call.result
  if (type.kind !== 'bigint') return typed(call, sql)
  if (call.result.kind !== 'array') return `CAST(floor(${sql} + 0.5) AS BIGINT)`
  const item = call.printing.fresh('v')
  return `list_transform(${sql}, lambda ${item}: CAST(floor(${item} + 0.5) AS BIGINT))`
}

/** The older form with a promised accuracy is a quantile digest. */
function accuratePercentile(call: AggregateCall): string {
  const order = integerOrder(call.types[0]!)
  const [fraction, accuracy] = [call.args[2]!, call.args[3]!].map((arg) => call.apply('any_value', double(arg)))
  const digest = weightedLists(
    call,
    (values, weights) => `js_qdigest(${values}, ${weights}, ${accuracy})`,
    order.toInteger,
  )
  return typed(call, order.toValue(`js_qdigest_percentile(${digest}, ${fraction})`))
}

/** A constant number, or an array of them. */
function numbersOf(scalar: Scalar | undefined): readonly number[] | undefined {
  if (scalar?.kind === 'cast') return numbersOf(scalar.of)
  if (scalar?.kind === 'constant') return scalar.value === null ? undefined : [Number(scalar.value)]
  if (scalar?.kind !== 'array') return undefined
  const items = scalar.items.map((item) => numbersOf(item)?.[0])
  return items.every((item) => item !== undefined) ? items : undefined
}

/** Many values share an entry of the sketch, so that the list stays short. */
export const approxSet: AggregateLowering = (call) => {
  const [of] = call.args
  const { kind } = call.types[0]!
  const value = kind === 'varchar' || kind === 'double' ? of! : `CAST(${of} AS BIGINT)`
  const entry = `js_set_entry(${value})`
  return `js_set_of(${call.distinct ? call.apply('list', entry) : call.apply('list', `DISTINCT ${entry}`)})`
}

/** Trino's HyperLogLog has between 16 and 65536 buckets. */
const STANDARD_ERRORS = [0.0040625, 0.26] as const

/** All are counted: DuckDB's estimate has six times the standard error of 2.3 % that Trino promises. */
export const approxDistinct: AggregateLowering = (call) => {
  const [error] = call.args.length > 1 ? (numbersOf(call.scalars[1]) ?? []) : []
  const [least, most] = STANDARD_ERRORS
  if (error !== undefined && (error < least || error > most))
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Max standard error must be in [${least}, ${most}]: ${javaText(error)}`,
    )
  return typed(call, call.apply('count', `${call.distinct ? '' : 'DISTINCT '}${call.args[0]}`))
}

export const mergeSketches: AggregateLowering = (call) => {
  const { kind } = call.types[0]!
  return `js_merge_${kind === 'HyperLogLog' ? 'set' : kind}(${call.apply('list', call.args[0]!)})`
}

export const tDigest: AggregateLowering = (call) =>
  call.args.length === 1
    ? `js_tdigest(${call.apply('list', double(call.args[0]!))})`
    : weightedLists(call, (values, weights) => `js_tdigest(${values}, ${weights})`)

/** `(x)`, `(x, weight)`, `(x, weight, accuracy)`. */
export const quantileDigest: AggregateLowering = (call) => {
  const order = integerOrder(call.types[0]!)
  const [value, , accuracy] = call.args
  const error = accuracy === undefined ? double('0.01') : call.apply('any_value', double(accuracy))
  if (call.args.length > 1)
    return weightedLists(call, (values, weights) => `js_qdigest(${values}, ${weights}, ${error})`, order.toInteger)
  const item = call.printing.fresh('v')
  return call.once(
    [call.apply('list', order.toInteger(value!))],
    (values) => `js_qdigest(${values}, list_transform(${values}, lambda ${item}: ${double('1')}), ${error})`,
  )
}

/** The function answers keys and then weights in one list. */
export const numericHistogram: AggregateLowering = (call) => {
  const [buckets, value, weight] = call.args
  const count = call.apply('any_value', `CAST(${buckets} AS BIGINT)`)
  const list =
    weight === undefined
      ? `js_histogram(${count}, ${call.apply('list', double(value!))})`
      : weightedLists(
          { ...call, args: [value!, weight] },
          (values, weights) => `js_histogram(${count}, ${values}, ${weights})`,
        )
  const { key } = call.result as Type & { kind: 'map' }
  const at = call.printing.fresh('v')
  const number = (sql: string) => `CAST(${sql} AS ${duckdbType(key)})`
  return call.once([list], (l) => {
    const pair = `struct_pack(key := ${number(`${l}[${at}]`)}, value := ${number(`${l}[${at} + len(${l}) // 2]`)})`
    return `CASE WHEN ${l} IS NOT NULL THEN map_from_entries(list_transform(range(1, len(${l}) // 2 + 1), lambda ${at}: ${pair})) END`
  })
}
