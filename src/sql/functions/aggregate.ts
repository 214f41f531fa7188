import { aggregate, type FunctionDefinition, scalar } from './definition.ts'

const INTERVALS = ['interval day to second', 'interval year to month']
const moments = ['(bigint) -> double', '(double) -> double']
const statistic = (name: string, description: string, aliases?: readonly string[]) =>
  aggregate(name, description, moments, aliases ? { aliases } : {})
const pair = (name: string, description: string) =>
  aggregate(name, description, ['(double, double) -> double', '(real, real) -> real'])
const DIGESTED = ['bigint', 'double', 'real']
const percentile = ['bigint', 'double', 'real'].flatMap((type) => [
  `(${type}, double) -> ${type}`,
  `(${type}, double, double) -> ${type}`,
  `(${type}, double, double, double) -> ${type}`,
  `(${type}, array(double)) -> array(${type})`,
  `(${type}, double, array(double)) -> array(${type})`,
])

export const aggregateFunctions: readonly FunctionDefinition[] = [
  aggregate('approx_distinct', 'Approximate number of distinct values', [
    '(T) T:comparable -> bigint',
    '(T, double) T:comparable -> bigint',
  ]),
  aggregate('approx_most_frequent', 'Approximate counts of the most frequent values', [
    '(bigint, bigint, bigint) -> map(bigint,bigint)',
    '(bigint, varchar, bigint) -> map(varchar,bigint)',
  ]),
  aggregate('approx_percentile', 'Approximate percentile, weighted or not, to an accuracy or not', percentile),
  aggregate('approx_set', 'HyperLogLog of the values', [
    '(bigint) -> HyperLogLog',
    '(double) -> HyperLogLog',
    '(varchar(x)) -> HyperLogLog',
  ]),
  aggregate('arbitrary', 'Any value that is not NULL', ['(T) -> T'], { aliases: ['any_value'] }),
  aggregate('array_agg', 'All values as an array', ['(T) -> array(T)']),
  aggregate('avg', 'Mean', [
    '(bigint) -> double',
    '(double) -> double',
    '(real) -> real',
    '(decimal(p,s)) -> decimal(p,s)',
    ...INTERVALS.map((type) => `(${type}) -> ${type}`),
  ]),
  aggregate('bitwise_and_agg', 'Bitwise AND of all values', ['(bigint) -> bigint']),
  aggregate('bitwise_or_agg', 'Bitwise OR of all values', ['(bigint) -> bigint']),
  aggregate('bitwise_xor_agg', 'Bitwise XOR of all values', ['(bigint) -> bigint']),
  aggregate('bool_and', 'Whether all are true', ['(boolean) -> boolean'], { aliases: ['every'] }),
  aggregate('bool_or', 'Whether any is true', ['(boolean) -> boolean']),
  aggregate('checksum', 'Checksum that ignores order', ['(T) -> varbinary']),
  pair('corr', 'Correlation coefficient'),
  aggregate('count', 'Number of rows, or of values that are not NULL', ['() -> bigint', '(T) -> bigint']),
  aggregate('count_if', 'Number of true values', ['(boolean) -> bigint']),
  pair('covar_pop', 'Population covariance'),
  pair('covar_samp', 'Sample covariance'),
  aggregate('geometric_mean', 'Geometric mean', [...moments, '(real) -> real']),
  aggregate('histogram', 'Count of each value', ['(T) T:comparable -> map(T,bigint)']),
  statistic('kurtosis', 'Excess kurtosis'),
  aggregate('listagg', 'Values joined by a separator', ['(varchar(x), varchar(y)) -> varchar']),
  aggregate('map_agg', 'Map of keys and values', ['(K, V) K:comparable -> map(K,V)']),
  aggregate('map_union', 'Union of maps', ['(map(K,V)) K:comparable -> map(K,V)']),
  aggregate('max', 'Greatest, or the n greatest', ['(E) E:orderable -> E', '(E, bigint) E:orderable -> array(E)']),
  aggregate('max_by', 'Value at the greatest key, or at the n greatest', [
    '(V, K) K:orderable -> V',
    '(V, K, bigint) K:orderable -> array(V)',
  ]),
  aggregate('merge', 'Merges sketches', [
    '(HyperLogLog) -> HyperLogLog',
    '(tdigest) -> tdigest',
    '(qdigest(V)) -> qdigest(V)',
  ]),
  aggregate('min', 'Least, or the n least', ['(E) E:orderable -> E', '(E, bigint) E:orderable -> array(E)']),
  aggregate('min_by', 'Value at the least key, or at the n least', [
    '(V, K) K:orderable -> V',
    '(V, K, bigint) K:orderable -> array(V)',
  ]),
  aggregate('multimap_agg', 'Map from keys to all their values', ['(K, V) K:comparable -> map(K,array(V))']),
  aggregate('numeric_histogram', 'Approximate histogram', [
    '(bigint, double) -> map(double,double)',
    '(bigint, double, double) -> map(double,double)',
    '(bigint, real) -> map(real,real)',
    '(bigint, real, double) -> map(real,real)',
  ]),
  aggregate(
    'qdigest_agg',
    'Quantile digest of the values, weighted or not, to an accuracy or not',
    DIGESTED.flatMap((type) =>
      ['', ', bigint', ', bigint, double'].map((more) => `(${type}${more}) -> qdigest(${type})`),
    ),
  ),
  aggregate('reduce_agg', 'Folds the values into a state', ['(T, S, function(S,T,S), function(S,S,S)) -> S']),
  pair('regr_intercept', 'Intercept of the regression line'),
  pair('regr_slope', 'Slope of the regression line'),
  statistic('skewness', 'Skewness'),
  statistic('stddev', 'Sample standard deviation', ['stddev_samp']),
  statistic('stddev_pop', 'Population standard deviation'),
  aggregate('sum', 'Sum', [
    '(bigint) -> bigint',
    '(double) -> double',
    '(real) -> real',
    '(decimal(p,s)) -> decimal(38,s)',
    ...INTERVALS.map((type) => `(${type}) -> ${type}`),
  ]),
  aggregate('tdigest_agg', 'T-digest of the values', ['(double) -> tdigest', '(double, double) -> tdigest']),
  statistic('variance', 'Sample variance', ['var_samp']),
  statistic('var_pop', 'Population variance'),

  scalar('empty_approx_set', 'Empty HyperLogLog', ['() -> HyperLogLog']),
  scalar(
    'quantile_at_value',
    'Quantile of a value in a digest',
    DIGESTED.map((type) => `(qdigest(${type}), ${type}) -> double`),
  ),
  scalar('value_at_quantile', 'Value at a quantile of a digest', [
    '(tdigest, double) -> double',
    ...DIGESTED.map((type) => `(qdigest(${type}), double) -> ${type}`),
  ]),
  scalar('values_at_quantiles', 'Values at quantiles of a digest', [
    '(tdigest, array(double)) -> array(double)',
    ...DIGESTED.map((type) => `(qdigest(${type}), array(double)) -> array(${type})`),
  ]),
]
