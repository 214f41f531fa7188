/**
 * At most so many buckets for any number of values: the two neighbours whose union costs least become one (Ben-Haim and
 * Tom-Tov). When and at what cost buckets are joined follows Trino.
 */
interface Bucket {
  readonly value: number
  readonly weight: number
}

const BUFFERED = 100

/** In order of their values. */
export function histogram(values: readonly number[], weights: readonly number[], maxBuckets: number): Bucket[] {
  let buckets: Bucket[] = []
  for (const [i, value] of values.entries()) {
    if (buckets.length === maxBuckets + BUFFERED) buckets = compacted(buckets, maxBuckets)
    buckets.push({ value, weight: weights[i]! })
  }
  return compacted(buckets, maxBuckets)
}

function compacted(buckets: readonly Bucket[], maxBuckets: number): Bucket[] {
  const joined: Bucket[] = []
  for (const next of buckets.toSorted((a, b) => a.value - b.value)) {
    const last = joined.at(-1)
    if (last?.value === next.value) joined[joined.length - 1] = { value: last.value, weight: last.weight + next.weight }
    else joined.push(next)
  }
  while (joined.length > maxBuckets) {
    const at = cheapest(joined)
    joined.splice(at, 2, union(joined[at]!, joined[at + 1]!))
  }
  return joined
}

function cheapest(buckets: readonly Bucket[]): number {
  let [at, least] = [0, Number.POSITIVE_INFINITY]
  for (let i = 0; i + 1 < buckets.length; i++) {
    const cost = penalty(buckets[i]!, buckets[i + 1]!)
    if (cost < least) [at, least] = [i, cost]
  }
  return at
}

function penalty(a: Bucket, b: Bucket): number {
  const weight = a.weight + b.weight
  const distance = (a.value - b.value) * (a.value - b.value)
  return weight * distance * ((a.weight * b.weight) / (weight * weight))
}

function union(a: Bucket, b: Bucket): Bucket {
  const weight = a.weight + b.weight
  return { value: (a.value * a.weight + b.value * b.weight) / weight, weight }
}
