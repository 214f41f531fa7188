/**
 * HyperLogLog in the form that Trino keeps: below some hundred values the leading 26 bits of each hash and the zeros that
 * follow (sparse), above that a register for every bucket (dense). Bytes are those of Trino's HyperLogLog type, so that
 * sketches made there can be read here and the other way round.
 */
import { FunctionFailure } from '../../failures.ts'
import { murmur3 } from '../hashes.ts'

/** `approx_set` has a standard error of 1.625 %. */
export const SET_INDEX_BITS = 12

const SPARSE_TAG = 2
const DENSE_TAGS: ReadonlySet<number> = new Set([1, 3])
const DENSE_TAG = 3
const PREFIX_BITS = 26
const VALUE_BITS = 6
const MAX_DELTA = 15

/** `entries`, each `prefix << 6 | zeros` as an unsigned number in order; or `registers`, one for each bucket. */
export type HyperLogLog =
  | { readonly indexBits: number; readonly entries: Uint32Array }
  | { readonly indexBits: number; readonly registers: Uint8Array }

/** The sparse entry of a value by its bytes. */
export function entryOf(bytes: Uint8Array): number {
  const hash = murmur3(bytes)
  const low = new DataView(hash.buffer, hash.byteOffset, 8)
  const [high32, low32] = [low.getUint32(4, true), low.getUint32(0, true)]
  const prefix = high32 >>> VALUE_BITS
  // The 38 bits after the prefix, of which the last one counts as set.
  const rest = high32 & 0x3f
  const zeros = rest !== 0 ? Math.clz32(rest) - PREFIX_BITS : VALUE_BITS + Math.clz32(low32)
  return (prefix << VALUE_BITS) | Math.min(zeros, 38) | 0
}

/** Of entries in any order, some of them repeated. */
export function fromEntries(entries: readonly number[], indexBits: number): HyperLogLog {
  const merged = mergedEntries(Uint32Array.from(entries))
  return holdsSparse(capacityFor(merged.length), indexBits)
    ? { indexBits, entries: merged }
    : { indexBits, registers: registersOf(merged, indexBits) }
}

/** One entry for each prefix, that with the most zeros. */
function mergedEntries(entries: Uint32Array): Uint32Array {
  const sorted = entries.toSorted()
  const kept = sorted.filter(
    (entry, i) => i + 1 === sorted.length || sorted[i + 1]! >>> VALUE_BITS !== entry >>> VALUE_BITS,
  )
  return kept
}

/** Trino's list of entries grows by ten at a time, and becomes dense when it would take more memory than registers. */
const capacityFor = (count: number): number => (count === 0 ? 1 : 1 + 10 * Math.ceil((count - 1) / 10))
const SPARSE_OVERHEAD_BYTES = 24
const DENSE_OVERHEAD_BYTES = 40
const holdsSparse = (capacity: number, indexBits: number): boolean =>
  SPARSE_OVERHEAD_BYTES + 4 * capacity <= DENSE_OVERHEAD_BYTES + 2 ** (indexBits - 1)

function registersOf(entries: Uint32Array, indexBits: number): Uint8Array {
  const registers = new Uint8Array(2 ** indexBits)
  for (const entry of entries) {
    const bucket = entry >>> (32 - indexBits)
    const after = (entry << indexBits) >>> 0
    const known = PREFIX_BITS - indexBits
    const zeros = Math.clz32(after)
    const value = (zeros >= known ? known + (entry & 0x3f) : zeros) + 1
    if (value > registers[bucket]!) registers[bucket] = value
  }
  return registers
}

export function dense(sketch: HyperLogLog): HyperLogLog & { readonly registers: Uint8Array } {
  if ('registers' in sketch) return sketch
  return { indexBits: sketch.indexBits, registers: registersOf(sketch.entries, sketch.indexBits) }
}

export function merge(sketches: readonly HyperLogLog[]): HyperLogLog | undefined {
  return sketches.reduce<HyperLogLog | undefined>((a, b) => (a === undefined ? b : mergePair(a, b)), undefined)
}

function mergePair(a: HyperLogLog, b: HyperLogLog): HyperLogLog {
  const { indexBits } = a
  // While both are sparse their entries do not depend on the number of buckets.
  if ('entries' in a && 'entries' in b) {
    const entries = mergedEntries(Uint32Array.from([...a.entries, ...b.entries]))
    if (holdsSparse(entries.length, indexBits)) return { indexBits, entries }
    return { indexBits, registers: registersOf(entries, indexBits) }
  }
  if (indexBits !== b.indexBits)
    throw new FunctionFailure(
      'INVALID_FUNCTION_ARGUMENT',
      `Cannot merge HLLs with different number of buckets: ${2 ** indexBits} vs ${2 ** b.indexBits}`,
    )
  const [left, right] = [dense(a).registers, dense(b).registers]
  return { indexBits, registers: left.map((value, i) => Math.max(value, right[i]!)) }
}

export function cardinality(sketch: HyperLogLog): bigint {
  if ('entries' in sketch) {
    const buckets = 2 ** PREFIX_BITS
    return BigInt(Math.round(linearCount(buckets - sketch.entries.length, buckets)))
  }
  return BigInt(Math.round(denseEstimate(sketch.registers)))
}

const linearCount = (empty: number, buckets: number): number => buckets * Math.log(buckets / empty)

function denseEstimate(registers: Uint8Array): number {
  const buckets = registers.length
  const empty = registers.reduce((count, value) => count + (value === 0 ? 1 : 0), 0)
  if (empty > 0.4 * buckets) return linearCount(empty, buckets)
  const sum = registers.reduce((total, value) => total + 2 ** -value, 0)
  const estimate = (alpha(buckets) * buckets * buckets) / sum
  return estimate > 5 * buckets ? estimate : unbiased(estimate, buckets)
}

function alpha(buckets: number): number {
  const small: Readonly<Record<number, number>> = { 16: 0.673, 32: 0.697, 64: 0.709 }
  return small[buckets] ?? 0.7213 / (1 + 1.079 / buckets)
}

/**
 * The raw estimate is too high while values are few for the buckets. Where Trino looks the bias up in measured tables,
 * it is taken back here by calculation: the number of values whose expected raw estimate is the one at hand.
 */
function unbiased(estimate: number, buckets: number): number {
  let [low, high] = [0, estimate / buckets]
  for (let round = 0; round < 60; round++) {
    const load = (low + high) / 2
    if (alpha(buckets) / expectedPower(load) > estimate / buckets) high = load
    else low = load
  }
  return low * buckets
}

/** The mean of 2^-register when a bucket has seen `load` values on average. */
function expectedPower(load: number): number {
  let [total, below] = [0, Math.exp(-load)]
  total += below
  for (let value = 1; value <= 64; value++) {
    const upTo = Math.exp(-load * 2 ** -value)
    total += (upTo - below) * 2 ** -value
    below = upTo
  }
  return total
}

export function parse(bytes: Uint8Array): HyperLogLog {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [tag, indexBits] = [bytes[0], bytes[1]]
  if (tag === SPARSE_TAG && indexBits !== undefined && bytes.length >= 4) {
    const count = view.getUint16(2, true)
    if (bytes.length === 4 + 4 * count)
      return { indexBits, entries: Uint32Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i, true)) }
  }
  if (DENSE_TAGS.has(tag ?? -1) && indexBits !== undefined && indexBits >= 1 && indexBits <= 16)
    return { indexBits, registers: parseRegisters(bytes, view, tag!, 2 ** indexBits) }
  throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'Cannot deserialize HyperLogLog')
}

function parseRegisters(bytes: Uint8Array, view: DataView, tag: number, buckets: number): Uint8Array {
  const baseline = bytes[2]!
  const deltas = bytes.subarray(3, 3 + buckets / 2)
  const registers = Uint8Array.from({ length: buckets }, (_, bucket) => {
    const slot = deltas[bucket >> 1]!
    return baseline + (bucket % 2 === 0 ? slot >> 4 : slot & 15)
  })
  const at = 3 + buckets / 2
  if (tag === 1) {
    const bucket = view.getInt16(at, true)
    if (bucket >= 0) registers[bucket]! += view.getUint8(at + 2)
    return registers
  }
  const overflows = view.getUint16(at, true)
  for (let i = 0; i < overflows; i++)
    registers[view.getUint16(at + 2 + 2 * i, true)]! += view.getUint8(at + 2 + 2 * overflows + i)
  return registers
}

export function serialize(sketch: HyperLogLog): Uint8Array {
  if ('registers' in sketch) return serializeDense(sketch.registers, sketch.indexBits)
  const { entries, indexBits } = sketch
  const view = new DataView(new ArrayBuffer(4 + 4 * entries.length))
  view.setUint8(0, SPARSE_TAG)
  view.setUint8(1, indexBits)
  view.setUint16(2, entries.length, true)
  for (const [i, entry] of entries.entries()) view.setUint32(4 + 4 * i, entry, true)
  return new Uint8Array(view.buffer)
}

/** Four bits for each register above the least of them, and what exceeds them in a list. */
function serializeDense(registers: Uint8Array, indexBits: number): Uint8Array {
  const baseline = registers.reduce((least, value) => Math.min(least, value), 64)
  const deltas = new Uint8Array(registers.length / 2)
  const overflows: { readonly bucket: number; readonly value: number }[] = []
  for (const [bucket, register] of registers.entries()) {
    const delta = register - baseline
    if (delta > MAX_DELTA) overflows.push({ bucket, value: delta - MAX_DELTA })
    deltas[bucket >> 1]! |= Math.min(delta, MAX_DELTA) << (bucket % 2 === 0 ? 4 : 0)
  }
  const view = new DataView(new ArrayBuffer(5 + deltas.length + 3 * overflows.length))
  const bytes = new Uint8Array(view.buffer)
  bytes.set([DENSE_TAG, indexBits, baseline])
  bytes.set(deltas, 3)
  const at = 3 + deltas.length
  view.setUint16(at, overflows.length, true)
  for (const [i, { bucket, value }] of overflows.entries()) {
    view.setUint16(at + 2 + 2 * i, bucket, true)
    view.setUint8(at + 2 + 2 * overflows.length + i, value)
  }
  return bytes
}
