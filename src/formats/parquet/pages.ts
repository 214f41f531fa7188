/** Levels and values as the bytes of Parquet's pages: levels and dictionary indexes bit-packed, values plain. */
import type { Bytes, Values } from '../vectors.ts'

/** As a data page of the first version holds levels: behind their length. Nothing when there are none. */
export function levelBytes(levels: Uint8Array | undefined, maxLevel: number, entries: number): Uint8Array {
  if (maxLevel === 0) return new Uint8Array(0)
  const runs = levels ? packed(levels, bitsFor(maxLevel), entries) : repeated(maxLevel, bitsFor(maxLevel), entries)
  const bytes = new Uint8Array(4 + runs.length)
  new DataView(bytes.buffer).setUint32(0, runs.length, true)
  bytes.set(runs, 4)
  return bytes
}

/** More entries make indexes that are no longer packed in 32 bits at a time, and do not pay. */
export const MOST_ENTRIES = 1 << 24

/** As a data page that refers to a dictionary holds them: behind their width. */
export function indexBytes(indexes: Int32Array, dictionarySize: number): Uint8Array {
  const width = bitsFor(Math.max(1, dictionarySize - 1))
  const runs = packed(indexes, width, indexes.length)
  const bytes = new Uint8Array(1 + runs.length)
  bytes[0] = width
  bytes.set(runs, 1)
  return bytes
}

export function plainBytes(values: Values): Uint8Array {
  switch (values.kind) {
    case 'bits':
      return bits(values.values)
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
    case 'int128': {
      const { buffer, byteOffset, byteLength } = values.values
      return new Uint8Array(buffer, byteOffset, byteLength)
    }
    case 'bytes':
      return prefixed(values)
    case 'dictionary':
      return prefixed(unfolded(values))
    default:
      throw new TypeError(`a ${values.kind} is no leaf`)
  }
}

/** The values themselves, for a dictionary that does not pay. */
function unfolded({ entries, indexes }: Values & { readonly kind: 'dictionary' }): Bytes {
  const starts = startsOf(entries.lengths)
  const lengths = new Int32Array(indexes.length)
  let size = 0
  for (let i = 0; i < indexes.length; i++) size += lengths[i] = entries.lengths[indexes[i]!]!
  const bytes = new Uint8Array(size)
  let to = 0
  for (let i = 0; i < indexes.length; i++) {
    const from = starts[indexes[i]!]!
    copy(entries.bytes, from, bytes, to, lengths[i]!)
    to += lengths[i]!
  }
  return { kind: 'bytes', bytes, lengths }
}

function startsOf(lengths: Int32Array): Float64Array {
  const starts = new Float64Array(lengths.length + 1)
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i]! + lengths[i]!
  return starts
}

function prefixed({ bytes, lengths }: Bytes): Uint8Array {
  let size = 4 * lengths.length
  for (let i = 0; i < lengths.length; i++) size += lengths[i]!
  const out = new Uint8Array(size)
  let [from, to] = [0, 0]
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!
    out[to] = length
    out[to + 1] = length >>> 8
    out[to + 2] = length >>> 16
    out[to + 3] = length >>> 24
    copy(bytes, from, out, to + 4, length)
    from += length
    to += 4 + length
  }
  return out
}

/** A call costs more than a few bytes copied here. */
function copy(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  if (length > 48) to.set(from.subarray(start, start + length), at)
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i]!
}

function bits(values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((values.length + 7) >> 3)
  for (let i = 0; i < values.length; i++) if (values[i]) bytes[i >> 3]! |= 1 << (i & 7)
  return bytes
}

const bitsFor = (largest: number): number => 32 - Math.clz32(largest)

/** A single run of one value. */
function repeated(value: number, width: number, count: number): Uint8Array {
  const bytes = varint(count * 2)
  for (let left = width, rest = value; left > 0; left -= 8, rest >>>= 8) bytes.push(rest & 0xff)
  return Uint8Array.from(bytes)
}

/** A single run of groups of eight, each of `width` bits (24 at most), the lowest bits first. */
function packed(values: ArrayLike<number>, width: number, count: number): Uint8Array {
  const groups = Math.ceil(count / 8)
  const header = varint(groups * 2 + 1)
  const bytes = new Uint8Array(header.length + groups * width)
  bytes.set(header)
  let to = header.length
  let [held, filled] = [0, 0]
  for (let i = 0; i < count; i++) {
    held |= values[i]! << filled
    filled += width
    while (filled >= 8) {
      bytes[to++] = held
      held >>>= 8
      filled -= 8
    }
  }
  if (filled > 0) bytes[to] = held
  return bytes
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80)
    left = Math.floor(left / 0x80)
  }
  bytes.push(left)
  return bytes
}
