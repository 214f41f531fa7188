/** Sketches: the functions that make, merge and read them. A sketch is a BLOB of Trino's bytes. */
import { FunctionFailure } from '../failures.ts'
import { javaText } from './numbers.ts'
import {
  cardinality,
  dense,
  entryOf,
  fromEntries,
  merge,
  parse,
  SET_INDEX_BITS,
  serialize,
} from './sketches/hyper-log-log.ts'
import { histogram } from './sketches/numeric-histogram.ts'
import { QuantileDigest } from './sketches/quantile-digest.ts'
import { fromSortable, toSortable } from './sketches/sortable-numbers.ts'
import { TDigest } from './sketches/t-digest.ts'
import { type Udf, udf } from './udf.ts'

type Items<T> = readonly (T | null)[]
const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)

function eightBytes(write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  write(view)
  return new Uint8Array(view.buffer)
}

const present = <T>(items: Items<T>): T[] => items.filter((item) => item !== null)

/** Values with their weights; a pair with a NULL takes no part. */
function weighted<T>(values: Items<T>, weights: Items<number> | undefined): (readonly [T, number])[] {
  return values.flatMap((value, i) => {
    const weight = weights ? weights[i]! : 1
    return value === null || weight === null ? [] : [[value, weight] as const]
  })
}

/** Trino serializes each digest once on its way from the partial to the final step, which compresses it. */
const handedOn = <T extends { serialize(): Uint8Array }>(digest: T, parse: (bytes: Uint8Array) => T): T =>
  parse(digest.serialize())

function tDigestOf(values: Items<number>, weights?: Items<number>): TDigest {
  const digest = new TDigest()
  for (const [value, weight] of weighted(values, weights)) {
    if (!(weight >= 1)) throw wrong(`weight must be >= 1, was ${javaText(weight)}`)
    digest.add(value, weight)
  }
  return handedOn(digest, TDigest.parse)
}

function quantileDigestOf(values: Items<bigint>, weights: Items<number> | undefined, accuracy: number): QuantileDigest {
  if (!(accuracy > 0 && accuracy < 1))
    throw wrong(`Percentile accuracy must be exclusively between 0 and 1, was ${javaText(accuracy)}`)
  const digest = new QuantileDigest(accuracy)
  for (const [value, weight] of weighted(values, weights)) {
    if (!(weight > 0)) throw wrong(`Percentile weight must be > 0, was ${weight}`)
    digest.add(value, weight)
  }
  return handedOn(digest, QuantileDigest.parse)
}

function checkFraction(fraction: number): void {
  if (!(fraction >= 0 && fraction <= 1)) throw wrong('Percentile must be between 0 and 1')
}

/** NULL where no value was. */
function percentile(values: Items<number>, weights: Items<number> | undefined, fraction: number): number | null {
  const digest = tDigestOf(values, weights)
  if (digest.isEmpty) return null
  checkFraction(fraction)
  return digest.valueAt(fraction)
}

function percentiles(values: Items<number>, weights: Items<number> | undefined, fractions: Items<number>) {
  const digest = tDigestOf(values, weights)
  if (digest.isEmpty) return null
  return fractions.map((fraction) => {
    if (fraction === null) throw wrong('Percentile cannot be null')
    checkFraction(fraction)
    return digest.valueAt(fraction)
  })
}

function mergedTDigest(digests: Items<Uint8Array>): Uint8Array | null {
  const [first, ...others] = present(digests).map(TDigest.parse)
  for (const other of others) first!.mergeWith(other)
  return first ? handedOn(first, TDigest.parse).serialize() : null
}

function mergedQuantileDigest(digests: Items<Uint8Array>): Uint8Array | null {
  const [first, ...others] = present(digests).map(QuantileDigest.parse)
  for (const other of others) first!.mergeWith(other)
  return first ? handedOn(first, QuantileDigest.parse).serialize() : null
}

function mergedSet(sets: Items<Uint8Array>): Uint8Array | null {
  const merged = merge(present(sets).map(parse))
  return merged ? serialize(merged) : null
}

/** Keys and then weights of the buckets: a list holds values of one type. */
function bucketsOf(count: bigint, values: Items<number>, weights?: Items<number>): number[] | null {
  const pairs = weighted(values, weights)
  if (pairs.length === 0) return null
  if (count < 2n) throw wrong('numeric_histogram bucket count must be greater than one')
  const buckets = histogram(
    pairs.map(([value]) => value),
    pairs.map(([, weight]) => weight),
    Number(count),
  )
  return [...buckets.map(({ value }) => value), ...buckets.map(({ weight }) => weight)]
}

const entry = (bytes: Uint8Array): number => entryOf(bytes)
const NO_VALUES = serialize(fromEntries([], SET_INDEX_BITS))

export const sketchUdfs: readonly Udf[] = [
  udf('js_set_entry', ['BIGINT'], 'INTEGER', (n: bigint) => entry(eightBytes((v) => v.setBigInt64(0, n, true)))),
  udf('js_set_entry', ['DOUBLE'], 'INTEGER', (n: number) => entry(eightBytes((v) => v.setFloat64(0, n, true)))),
  udf('js_set_entry', ['VARCHAR'], 'INTEGER', (text: string) => entry(Buffer.from(text))),
  udf('js_empty_set', [], 'BLOB', () => NO_VALUES),
  udf('js_set_of', ['INTEGER[]'], 'BLOB', (entries: Items<number>) =>
    entries.some((item) => item !== null) ? serialize(fromEntries(present(entries), SET_INDEX_BITS)) : null,
  ),
  udf('js_merge_set', ['BLOB[]'], 'BLOB', mergedSet),
  udf('js_dense_set', ['BLOB'], 'BLOB', (set: Uint8Array) => serialize(dense(parse(set)))),
  udf('js_set_cardinality', ['BLOB'], 'BIGINT', (set: Uint8Array) => cardinality(parse(set))),

  udf('js_tdigest', ['DOUBLE[]'], 'BLOB', (values: Items<number>) => serialized(tDigestOf(values))),
  udf('js_tdigest', ['DOUBLE[]', 'DOUBLE[]'], 'BLOB', (values: Items<number>, weights: Items<number>) =>
    serialized(tDigestOf(values, weights)),
  ),
  udf('js_merge_tdigest', ['BLOB[]'], 'BLOB', mergedTDigest),
  udf('js_tdigest_value', ['BLOB', 'DOUBLE'], 'DOUBLE', (digest: Uint8Array, quantile: number) =>
    TDigest.parse(digest).valueAt(quantile),
  ),
  udf('js_percentile', ['DOUBLE[]', 'DOUBLE'], 'DOUBLE', (values: Items<number>, fraction: number) =>
    percentile(values, undefined, fraction),
  ),
  udf('js_percentile', ['DOUBLE[]', 'DOUBLE[]', 'DOUBLE'], 'DOUBLE', percentile),
  udf('js_percentiles', ['DOUBLE[]', 'DOUBLE[]'], 'DOUBLE[]', (values: Items<number>, fractions: Items<number>) =>
    percentiles(values, undefined, fractions),
  ),
  udf('js_percentiles', ['DOUBLE[]', 'DOUBLE[]', 'DOUBLE[]'], 'DOUBLE[]', percentiles),

  udf('js_sortable', ['DOUBLE'], 'BIGINT', (value: number) => toSortable(value, 'double')),
  udf('js_sortable_real', ['DOUBLE'], 'BIGINT', (value: number) => toSortable(value, 'real')),
  udf('js_unsortable', ['BIGINT'], 'DOUBLE', (bits: bigint) => fromSortable(bits, 'double')),
  udf('js_unsortable_real', ['BIGINT'], 'DOUBLE', (bits: bigint) => fromSortable(bits, 'real')),
  udf(
    'js_qdigest',
    ['BIGINT[]', 'DOUBLE[]', 'DOUBLE'],
    'BLOB',
    (values: Items<bigint>, weights: Items<number>, accuracy: number) =>
      values.some((value) => value !== null) ? quantileDigestOf(values, weights, accuracy).serialize() : null,
  ),
  udf('js_merge_qdigest', ['BLOB[]'], 'BLOB', mergedQuantileDigest),
  udf('js_qdigest_value', ['BLOB', 'DOUBLE'], 'BIGINT', (digest: Uint8Array, quantile: number) =>
    QuantileDigest.parse(digest).valueAt(quantile),
  ),
  udf('js_qdigest_percentile', ['BLOB', 'DOUBLE'], 'BIGINT', (digest: Uint8Array, fraction: number) => {
    checkFraction(fraction)
    return QuantileDigest.parse(digest).valueAt(fraction)
  }),
  udf('js_qdigest_quantile', ['BLOB', 'BIGINT'], 'DOUBLE', (digest: Uint8Array, value: bigint) =>
    orNull(QuantileDigest.parse(digest).quantileOf(value)),
  ),

  udf('js_histogram', ['BIGINT', 'DOUBLE[]'], 'DOUBLE[]', (count: bigint, values: Items<number>) =>
    bucketsOf(count, values),
  ),
  udf('js_histogram', ['BIGINT', 'DOUBLE[]', 'DOUBLE[]'], 'DOUBLE[]', bucketsOf),
]

const serialized = (digest: TDigest): Uint8Array | null => (digest.isEmpty ? null : digest.serialize())
const orNull = <T>(value: T | undefined): T | null => value ?? null
