/**
 * Quantiles from centroids that are small at both ends of the distribution (t-digest, Dunning and Ertl). Compression,
 * interpolation and bytes follow Trino's tdigest type, so that few values give exactly its answers.
 */
import { FunctionFailure } from '../../failures.ts'

const DEFAULT_COMPRESSION = 100
const FORMAT = 0
const HEADER_BYTES = 37
const SLACK_CENTROIDS = 10

interface Centroid {
  readonly mean: number
  readonly weight: number
}

export class TDigest {
  private centroids: Centroid[] = []
  private totalWeight = 0
  private min = Number.POSITIVE_INFINITY
  private max = Number.NEGATIVE_INFINITY
  private backwards = false
  private merged = true
  private readonly compression: number
  private readonly capacity: number

  constructor(compression = DEFAULT_COMPRESSION) {
    this.compression = compression
    this.capacity = Math.trunc(6 * (2 * compression + SLACK_CENTROIDS))
  }

  get isEmpty(): boolean {
    return this.centroids.length === 0
  }

  add(mean: number, weight = 1): void {
    if (!Number.isFinite(mean)) throw invalid(Number.isNaN(mean) ? 'value is NaN' : 'value must be finite')
    if (this.centroids.length === this.capacity) this.compact(2 * this.compression)
    this.centroids.push({ mean, weight })
    this.totalWeight += weight
    this.min = Math.min(this.min, mean)
    this.max = Math.max(this.max, mean)
    this.merged = false
  }

  mergeWith(other: TDigest): void {
    if (this.centroids.length + other.centroids.length > this.capacity) {
      this.compactIfNeeded()
      other.compactIfNeeded()
    }
    this.centroids.push(...other.centroids)
    this.totalWeight += other.totalWeight
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    this.merged = false
  }

  /** NaN when empty. */
  valueAt(quantile: number): number {
    if (!(quantile >= 0 && quantile <= 1)) throw invalid('quantiles should be in [0, 1] range')
    this.compactIfNeeded()
    const { centroids } = this
    if (centroids.length === 0) return Number.NaN
    return centroids.length === 1 ? centroids[0]!.mean : this.valueAtOffset(quantile * this.totalWeight)
  }

  /** `offset` counts into the theoretical sequence of all values. */
  private valueAtOffset(offset: number): number {
    const { centroids, totalWeight, min, max } = this
    const [first, last] = [centroids[0]!, centroids.at(-1)!]
    if (offset < 1) return min
    if (offset < first.weight / 2) return min + interpolate(offset - 1, first.weight / 2 - 1, min, first.mean)
    if (offset >= totalWeight - 1) return max
    const fromTop = () => max + interpolate(totalWeight - offset - 1, last.weight / 2 - 1, max, last.mean)
    if (totalWeight - offset <= last.weight / 2 && last.weight / 2 > 1) return fromTop()
    let passed = first.weight / 2
    for (let i = 0; i + 1 < centroids.length; i++) {
      const section = (centroids[i]!.weight + centroids[i + 1]!.weight) / 2
      if (passed + section > offset) return between(centroids[i]!, centroids[i + 1]!, offset - passed)
      passed += section
    }
    return last.weight / 2 > 1 ? fromTop() : max
  }

  private compactIfNeeded(): void {
    if (!this.merged) this.compact(2 * this.compression)
  }

  /** Neighbours become one as long as they stay within what the scale function allows at their quantile. */
  private compact(compression: number): void {
    if (this.centroids.length === 0) return
    const sorted = this.centroids.toSorted((a, b) => a.mean - b.mean)
    if (this.backwards) sorted.reverse()
    const { totalWeight } = this
    const normalizer = compression / (4 * Math.log(totalWeight / compression) + 24)
    const largest = (quantile: number): number => (quantile * (1 - quantile)) / normalizer
    const compacted: Centroid[] = []
    let current = sorted[0]!
    let before = 0
    let limit = largest(0)
    for (const next of sorted.slice(1)) {
      const weight = current.weight + next.weight
      const reached = Math.min((before + weight) / totalWeight, 1)
      if (weight <= totalWeight * Math.min(limit, largest(reached))) {
        current = { mean: current.mean + ((next.mean - current.mean) * next.weight) / weight, weight }
        continue
      }
      compacted.push(current)
      before += current.weight
      limit = largest(before / totalWeight)
      current = next
    }
    compacted.push(current)
    if (this.backwards) compacted.reverse()
    this.backwards = !this.backwards
    this.centroids = compacted
    this.merged = true
  }

  serialize(): Uint8Array {
    this.compact(this.compression)
    const { centroids } = this
    const view = new DataView(new ArrayBuffer(HEADER_BYTES + 16 * centroids.length))
    view.setUint8(0, FORMAT)
    for (const [i, number] of [this.min, this.max, this.compression, this.totalWeight].entries())
      view.setFloat64(1 + 8 * i, number, true)
    view.setInt32(33, centroids.length, true)
    for (const [i, { mean, weight }] of centroids.entries()) {
      view.setFloat64(HEADER_BYTES + 8 * i, mean, true)
      view.setFloat64(HEADER_BYTES + 8 * (centroids.length + i), weight, true)
    }
    return new Uint8Array(view.buffer)
  }

  static parse(bytes: Uint8Array): TDigest {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const count = bytes.length >= HEADER_BYTES && bytes[0] === FORMAT ? view.getInt32(33, true) : -1
    if (count < 0 || bytes.length !== HEADER_BYTES + 16 * count) throw invalid('Invalid format')
    const digest = new TDigest(view.getFloat64(17, true))
    digest.min = view.getFloat64(1, true)
    digest.max = view.getFloat64(9, true)
    digest.totalWeight = view.getFloat64(25, true)
    digest.centroids = Array.from({ length: count }, (_, i) => ({
      mean: view.getFloat64(HEADER_BYTES + 8 * i, true),
      weight: view.getFloat64(HEADER_BYTES + 8 * (count + i), true),
    }))
    return digest
  }
}

/** Between two centroids; a centroid of one value stands for that value alone. */
function between(left: Centroid, right: Centroid, offset: number): number {
  if (left.weight === 1 && offset < 0.5) return left.mean
  if (right.weight === 1 && offset >= left.weight / 2) return right.mean
  if (left.weight === 1) return left.mean + interpolate(offset - 0.5, right.weight / 2, left.mean, right.mean)
  const section = right.weight === 1 ? left.weight / 2 : (left.weight + right.weight) / 2
  return left.mean + interpolate(offset, section, left.mean, right.mean)
}

const interpolate = (x: number, length: number, from: number, to: number): number => (x / length) * (to - from)

const invalid = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
