/** Aggregate functions. Those that DuckDB lacks collect a list and finish it with a scalar expression. */
import { MAX_DECIMAL_PRECISION } from '../../coercion.ts'
import { SqlError } from '../../position.ts'
import { failure } from '../failures.ts'
import { duckdbType } from '../types.ts'
import { MAX_TEXT_BYTES } from '../udfs/listagg.ts'
import { type AggregateCall, type AggregateLowering, typed } from './aggregate-call.ts'
import { checksum } from './checksum.ts'
import { ordered } from './comparison.ts'
import { checkedSum, rescaled, unscaled } from './decimals.ts'
import { fold } from './folds.ts'
import { geospatialAggregates } from './geospatial.ts'
import {
  approxDistinct,
  approxSet,
  mergeSketches,
  numericHistogram,
  percentile,
  quantileDigest,
  tDigest,
} from './sketch-aggregates.ts'

const simple =
  (name: string): AggregateLowering =>
  (call) =>
    call.apply(name, ...call.args)

const sum: AggregateLowering = (call) =>
  checkedSum(typed(call, call.apply('sum', call.args[0]!)), call.types[0]!, call.result)

/** Over numbers as doubles; a real result is rounded to real. */
const statistic =
  (name: string): AggregateLowering =>
  (call) =>
    typed(call, call.apply(name, ...call.args.map((arg) => `CAST(${arg} AS DOUBLE)`)))

const extreme =
  (name: 'min' | 'max'): AggregateLowering =>
  (call) => {
    const [of, count] = call.args
    if (ordered(of!, call.types[0]!) !== of)
      return call.apply(
        `arg_${name}`,
        of!,
        ordered(of!, call.types[0]!),
        ...(count === undefined ? [] : [counted(call, 1)]),
      )
    return count === undefined ? call.apply(name, of!) : call.apply(name, of!, counted(call, 1))
  }

const extremeBy =
  (name: 'arg_min' | 'arg_max'): AggregateLowering =>
  (call) => {
    const [of, key, count] = call.args
    const by = ordered(key!, call.types[1]!)
    return count === undefined ? call.apply(`${name}_null`, of!, by) : call.apply(name, of!, by, counted(call, 2))
  }

function counted(call: AggregateCall, index: number): string {
  const value = call.constant(index)
  if (value !== undefined && value !== null && Number(value) <= 0)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `third argument of max_by/min_by must be a positive integer`)
  return call.args[index]!
}

/** The text may not grow beyond the limit of a value; with ON OVERFLOW TRUNCATE it is cut, and says so. */
const listagg: AggregateLowering = (call) => {
  const [value, separator, filler, withCount] = call.args
  if (filler === undefined)
    return call.once([call.apply('string_agg', value!, separator!)], (text) => {
      const tooLong = failure(
        'EXCEEDED_FUNCTION_MEMORY_LIMIT',
        `Concatenated string has the length in bytes larger than the maximum output length ${MAX_TEXT_BYTES}`,
        call.result,
      )
      return `CASE WHEN strlen(${text}) > ${MAX_TEXT_BYTES} THEN ${tooLong} ELSE ${text} END`
    })
  return `js_listagg(${call.apply('list', value!)}, ${separator}, ${filler}, ${withCount})`
}

const average: AggregateLowering = (call) => {
  const [of] = call.args
  const { result } = call
  if (result.kind === 'decimal') {
    const sum = unscaled(call.apply('sum', of!), { ...result, precision: MAX_DECIMAL_PRECISION })
    return rescaled(`tr_divide_half_up(${sum}, CAST(${call.apply('count', of!)} AS HUGEINT))`, result)
  }
  if (result.kind === 'interval day to second' || result.kind === 'interval year to month')
    return `CAST(round(${call.apply('avg', of!)}) AS ${duckdbType(result)})`
  return typed(call, call.apply('avg', `CAST(${of} AS DOUBLE)`))
}

/** Pairs collected in order, for the functions that make maps. A NULL key is left out, as Trino does. */
function entries(call: AggregateCall): string {
  const [key, value] = call.args
  return `list_filter(${call.apply('list', `struct_pack(key := ${key}, value := ${value})`)}, lambda e: e.key IS NOT NULL)`
}

/**
 * The number of values, the sum of the squares of their distances from their mean, and that of another power of them. The
 * engine's own skewness and kurtosis subtract sums of powers of the values, and lose every digit of those far from zero.
 */
function moments(call: AggregateCall, power: number, build: (n: string, squares: string, powers: string) => string) {
  const all = call.apply('list', `CAST(${call.args[0]} AS DOUBLE)`)
  return call.once([`list_filter(${all}, lambda e: e IS NOT NULL)`], (values) =>
    call.once([`list_avg(${values})`], (mean) => {
      const sum = (of: number) =>
        `list_sum(list_transform(${values}, lambda e: ${Array(of).fill(`(e - ${mean})`).join(' * ')}))`
      return call.once([`CAST(len(${values}) AS DOUBLE)`, sum(2), sum(power)], build as (...names: string[]) => string)
    }),
  )
}

/** Of the population, where DuckDB's is corrected for samples. */
const skewness: AggregateLowering = (call) =>
  moments(call, 3, (n, m2, m3) => `CASE WHEN ${n} >= 3 THEN sqrt(${n}) * ${m3} / pow(${m2}, 1.5) END`)

/** Of a sample, and beyond that of a normal distribution. */
const kurtosis: AggregateLowering = (call) =>
  moments(call, 4, (n, m2, m4) => {
    const ratio = `${n} * (${n} + 1) * ${m4} / ${m2} / ${m2}`
    return `CASE WHEN ${n} > 3 THEN (${n} - 1) / (${n} - 2) / (${n} - 3) * (${ratio} - 3 * (${n} - 1)) END`
  })

const reduceAgg: AggregateLowering = (call) => {
  const [of, initial] = call.args
  const element = call.types[0]!
  // NULLs take no part, and without a value there is no state.
  const list = `list_filter(${call.apply('list', of!)}, lambda e: e IS NOT NULL)`
  // The first row brings the state that all of them go on with.
  const first = call.constant(1) === undefined ? `(${call.apply('list', initial!)})[1]` : initial!
  return call.once([list, first], (values, state) => {
    const folded = fold(call, { list: values!, element, initial: state!, state: call.types[1]!, step: 2 })
    return `CASE WHEN len(${values}) > 0 THEN ${folded} END`
  })
}

export const aggregateLowerings: Readonly<Record<string, AggregateLowering>> = {
  ...geospatialAggregates,
  count: (call) => (call.args.length === 0 ? call.apply('count', '*') : call.apply('count', ...call.args)),
  sum,
  avg: average,
  min: extreme('min'),
  max: extreme('max'),
  min_by: extremeBy('arg_min'),
  max_by: extremeBy('arg_max'),
  arbitrary: simple('any_value'),
  array_agg: simple('list'),
  listagg,
  bool_and: simple('bool_and'),
  bool_or: simple('bool_or'),
  checksum,
  count_if: (call) => typed(call, call.apply('count', `CASE WHEN ${call.args[0]} THEN 1 END`)),
  approx_distinct: approxDistinct,
  approx_percentile: percentile,
  approx_set: approxSet,
  merge: mergeSketches,
  numeric_histogram: numericHistogram,
  qdigest_agg: quantileDigest,
  tdigest_agg: tDigest,
  approx_most_frequent: (call) => {
    const counts = `map_entries(${call.apply('histogram', call.args[1]!)})`
    const ranked = `list_reverse_sort(list_transform(${counts}, lambda e: struct_pack(n := e.value, key := e.key)))`
    const most = `list_transform(list_slice(${ranked}, 1, ${call.args[0]}), lambda e: struct_pack(key := e.key, value := e.n))`
    return typed(call, `map_from_entries(${most})`)
  },
  stddev: statistic('stddev_samp'),
  stddev_pop: statistic('stddev_pop'),
  variance: statistic('var_samp'),
  var_pop: statistic('var_pop'),
  covar_samp: statistic('covar_samp'),
  covar_pop: statistic('covar_pop'),
  corr: statistic('corr'),
  regr_slope: statistic('regr_slope'),
  regr_intercept: statistic('regr_intercept'),
  kurtosis,
  skewness,
  geometric_mean: (call) => {
    const x = `CAST(${call.args[0]} AS DOUBLE)`
    return typed(call, `exp(${call.apply('avg', `CASE WHEN ${x} < 0 THEN CAST('NaN' AS DOUBLE) ELSE ln(${x}) END`)})`)
  },
  bitwise_and_agg: simple('bit_and'),
  bitwise_or_agg: simple('bit_or'),
  bitwise_xor_agg: simple('bit_xor'),
  histogram: (call) => typed(call, call.apply('histogram', call.args[0]!)),
  map_agg: (call) => typed(call, `tr_map_of_entries(${entries(call)})`),
  map_union: (call) => typed(call, `tr_map_of_entries(flatten(${call.apply('list', `map_entries(${call.args[0]})`)}))`),
  multimap_agg: (call) => typed(call, `tr_multimap_of_entries(${entries(call)})`),
  reduce_agg: reduceAgg,
}
