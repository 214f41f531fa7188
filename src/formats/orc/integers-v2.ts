/** The second version of ORC's run-length encoding: short repeats, packed numbers, packed with patches, deltas. */
import { CorruptData } from '../corrupt-data.ts'
import { halves, isSafe, progression, type RunDecoder, TWO_32, varint } from './integers.ts'
import type { OrcStream } from './stream.ts'

/** Bits by the five-bit code of a width. */
const WIDTHS = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 28, 30, 32, 40, 48, 56, 64,
]

export const decodeRunV2: RunDecoder = (stream, signed, low, high) => {
  const first = stream.byte()
  switch (first >>> 6) {
    case 0:
      return shortRepeat(stream, first, signed, low, high)
    case 1:
      return direct(stream, first, signed, low, high)
    case 2:
      return patched(stream, first, low, high)
    default:
      return delta(stream, first, signed, low, high)
  }
}

function shortRepeat(stream: OrcStream, first: number, signed: boolean, low: Int32Array, high: Int32Array): number {
  const bytes = ((first >>> 3) & 7) + 1
  const count = (first & 7) + 3
  let [lower, upper] = [0, 0]
  for (let i = 0; i < bytes; i++) {
    upper = (upper << 8) | (lower >>> 24)
    lower = (lower << 8) | stream.byte()
  }
  if (signed) {
    const sign = -(lower & 1)
    lower = ((lower >>> 1) | (upper << 31)) ^ sign
    upper = (upper >>> 1) ^ sign
  }
  low.fill(lower, 0, count)
  high.fill(upper, 0, count)
  return count
}

function direct(stream: OrcStream, first: number, signed: boolean, low: Int32Array, high: Int32Array): number {
  const width = WIDTHS[(first >>> 1) & 31]!
  const count = (((first & 1) << 8) | stream.byte()) + 1
  unpack(stream, width, count, low, high)
  if (!signed) return count
  for (let i = 0; i < count; i++) {
    const lower = low[i]!
    const sign = -(lower & 1)
    low[i] = ((lower >>> 1) | (high[i]! << 31)) ^ sign
    high[i] = (high[i]! >>> 1) ^ sign
  }
  return count
}

/** `count` numbers of `width` bits, the highest bits first. */
function unpack(stream: OrcStream, width: number, count: number, low: Int32Array, high: Int32Array): void {
  const size = Math.ceil((width * count) / 8)
  stream.ensure(size)
  const { buffer, at } = stream
  stream.at += size
  if (width > 32) {
    unpackWide(buffer, at, width, count, low, high)
    return
  }
  high.fill(0, 0, count)
  if (width === 8) for (let i = 0; i < count; i++) low[i] = buffer[at + i]!
  else if (width === 16) for (let i = 0, p = at; i < count; i++, p += 2) low[i] = (buffer[p]! << 8) | buffer[p + 1]!
  else if (width === 24)
    for (let i = 0, p = at; i < count; i++, p += 3) low[i] = (buffer[p]! << 16) | (buffer[p + 1]! << 8) | buffer[p + 2]!
  else if (width === 32)
    for (let i = 0, p = at; i < count; i++, p += 4)
      low[i] = (buffer[p]! << 24) | (buffer[p + 1]! << 16) | (buffer[p + 2]! << 8) | buffer[p + 3]!
  else if (width < 24) unpackNarrow(buffer, at, width, count, low)
  else for (let i = 0, bit = 0; i < count; i++, bit += width) low[i] = bitsAt(buffer, at, bit, width)
}

function unpackNarrow(buffer: Uint8Array, start: number, width: number, count: number, low: Int32Array): void {
  const mask = (1 << width) - 1
  let [held, filled, at] = [0, 0, start]
  for (let i = 0; i < count; i++) {
    while (filled < width) {
      held = (held << 8) | buffer[at++]!
      filled += 8
    }
    filled -= width
    low[i] = (held >>> filled) & mask
  }
}

/** At most 32 bits, from the bit `bit` behind the byte `start`. */
function bitsAt(buffer: Uint8Array, start: number, bit: number, width: number): number {
  let [value, left, at] = [0, width, start + (bit >>> 3)]
  let offset = bit & 7
  while (left > 0) {
    const taken = Math.min(left, 8 - offset)
    const bits = (buffer[at++]! >>> (8 - offset - taken)) & ((1 << taken) - 1)
    value = (value << taken) | bits
    left -= taken
    offset = 0
  }
  return value
}

function unpackWide(
  buffer: Uint8Array,
  start: number,
  width: number,
  count: number,
  low: Int32Array,
  high: Int32Array,
): void {
  for (let i = 0, bit = 0; i < count; i++, bit += width) {
    high[i] = bitsAt(buffer, start, bit, width - 32)
    low[i] = bitsAt(buffer, start, bit + width - 32, 32)
  }
}

/** Small numbers above a base, and the upper bits of a few that are large. Used for signed and unsigned alike. */
function patched(stream: OrcStream, first: number, low: Int32Array, high: Int32Array): number {
  const width = WIDTHS[(first >>> 1) & 31]!
  const count = (((first & 1) << 8) | stream.byte()) + 1
  const third = stream.byte()
  const fourth = stream.byte()
  const baseBytes = (third >>> 5) + 1
  const patchWidth = WIDTHS[third & 31]!
  const gapWidth = (fourth >>> 5) + 1
  const patches = fourth & 31
  let base = 0n
  for (let i = 0; i < baseBytes; i++) base = (base << 8n) | BigInt(stream.byte())
  // The highest bit is a sign, not two's complement.
  const signBit = 1n << BigInt(baseBytes * 8 - 1)
  if (base & signBit) base = -(base ^ signBit)
  unpack(stream, width, count, low, high)
  patch(stream, { width, count, patchWidth, gapWidth, patches }, low, high)
  for (let i = 0; i < count; i++) {
    const value = base + (BigInt(high[i]! >>> 0) << 32n) + BigInt(low[i]! >>> 0)
    low[i] = Number(BigInt.asIntN(32, value))
    high[i] = Number(BigInt.asIntN(32, value >> 32n))
  }
  return count
}

interface Patches {
  readonly width: number
  readonly count: number
  readonly patchWidth: number
  readonly gapWidth: number
  readonly patches: number
}

function patch(
  stream: OrcStream,
  { width, count, patchWidth, gapWidth, patches }: Patches,
  low: Int32Array,
  high: Int32Array,
): void {
  const entryWidth = WIDTHS.find((known) => known >= gapWidth + patchWidth)
  if (entryWidth === undefined) throw new CorruptData('a patch is wider than 64 bits')
  const [entryLow, entryHigh] = [new Int32Array(patches), new Int32Array(patches)]
  unpack(stream, entryWidth, patches, entryLow, entryHigh)
  let at = 0
  for (let i = 0; i < patches; i++) {
    const entry = (BigInt(entryHigh[i]! >>> 0) << 32n) | BigInt(entryLow[i]! >>> 0)
    at += Number(entry >> BigInt(patchWidth))
    if (at >= count) throw new CorruptData('a patch lies beyond its run')
    const bits = (entry & ((1n << BigInt(patchWidth)) - 1n)) << BigInt(width)
    low[at]! |= Number(BigInt.asIntN(32, bits))
    high[at]! |= Number(BigInt.asIntN(32, bits >> 32n))
  }
}

/** A first number, a first step, and the sizes of the steps after it, which all go the same way. */
function delta(stream: OrcStream, first: number, signed: boolean, low: Int32Array, high: Int32Array): number {
  const code = (first >>> 1) & 31
  const width = code === 0 ? 0 : WIDTHS[code]!
  const count = (((first & 1) << 8) | stream.byte()) + 1
  varint(stream, signed)
  const base = bigOf(halves.low, halves.high)
  varint(stream, true)
  const step = bigOf(halves.low, halves.high)
  if (width === 0) {
    progression(base, step, count, low, high)
    return count
  }
  low[0] = Number(BigInt.asIntN(32, base))
  high[0] = Number(BigInt.asIntN(32, base >> 32n))
  if (count === 1) return count
  const second = base + step
  low[1] = Number(BigInt.asIntN(32, second))
  high[1] = Number(BigInt.asIntN(32, second >> 32n))
  const [steps, upperSteps] = [new Int32Array(count - 2), new Int32Array(count - 2)]
  unpack(stream, width, count - 2, steps, upperSteps)
  if (width <= 40 && isSafe(base * 4n) && isSafe(second * 4n)) {
    const sign = step < 0n ? -1 : 1
    let value = Number(second)
    for (let i = 2; i < count; i++) {
      value += sign * (upperSteps[i - 2]! * TWO_32 + (steps[i - 2]! >>> 0))
      low[i] = value
      high[i] = Math.floor(value / TWO_32)
    }
    return count
  }
  let value = second
  for (let i = 2; i < count; i++) {
    const by = bigOf(steps[i - 2]!, upperSteps[i - 2]!)
    value += step < 0n ? -by : by
    low[i] = Number(BigInt.asIntN(32, value))
    high[i] = Number(BigInt.asIntN(32, value >> 32n))
  }
  return count
}

const bigOf = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0)
