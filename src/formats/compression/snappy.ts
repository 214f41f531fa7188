/** Snappy's raw format. https://github.com/google/snappy/blob/main/format_description.txt */
import { CorruptData } from '../corrupt-data.ts'

/** Throws `CorruptData`, also where more than `mostBytes` would come out. */
export function snappyDecompress(input: Uint8Array, mostBytes: number): Uint8Array {
  let [at, size, shift] = [0, 0, 0]
  for (;;) {
    const byte = input[at++]
    if (byte === undefined || shift > 28) throw broken()
    size += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
    shift += 7
  }
  if (size > mostBytes) throw new CorruptData(`a block of ${size} bytes is larger than ${mostBytes}`)
  const output = new Uint8Array(size)
  let to = 0
  while (at < input.length) {
    const tag = input[at++]!
    let [length, offset] = [0, 0]
    switch (tag & 3) {
      case 0: {
        length = (tag >>> 2) + 1
        if (length > 60) {
          const bytes = length - 60
          if (at + bytes > input.length) throw broken()
          length = 1
          for (let i = 0; i < bytes; i++) length += input[at++]! * 2 ** (8 * i)
        }
        if (length > input.length - at || length > size - to) throw broken()
        if (length > 32) output.set(input.subarray(at, at + length), to)
        else for (let i = 0; i < length; i++) output[to + i] = input[at + i]!
        at += length
        to += length
        continue
      }
      case 1:
        length = ((tag >>> 2) & 7) + 4
        offset = ((tag >>> 5) << 8) | (input[at++] ?? 0)
        break
      case 2:
        length = (tag >>> 2) + 1
        offset = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)
        at += 2
        break
      default:
        length = (tag >>> 2) + 1
        offset =
          (input[at] ?? 0) +
          (input[at + 1] ?? 0) * 256 +
          (input[at + 2] ?? 0) * 65_536 +
          (input[at + 3] ?? 0) * 16_777_216
        at += 4
    }
    if (offset === 0 || offset > to || length > size - to || at > input.length) throw broken()
    copyWithin(output, to, offset, length)
    to += length
  }
  if (to !== size) throw broken()
  return output
}

/** What is copied may overlap where it goes: then it repeats. */
export function copyWithin(output: Uint8Array, to: number, offset: number, length: number): void {
  if (offset >= length && length > 32) output.copyWithin(to, to - offset, to - offset + length)
  else for (let i = 0; i < length; i++) output[to + i] = output[to - offset + i]!
}

const broken = () => new CorruptData('a block can not be decompressed (snappy)')

const HASH_BITS = 14
const BLOCK = 65_536

export function snappyCompress(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(32 + input.length + Math.ceil(input.length / 6))
  let to = 0
  for (let left = input.length; ; left = Math.floor(left / 128)) {
    output[to++] = left >= 128 ? (left & 0x7f) | 0x80 : left
    if (left < 128) break
  }
  // Copies look back no farther than a block, so that their offsets fit 16 bits.
  for (let start = 0; start < input.length; start += BLOCK)
    to = compressBlock(input, start, Math.min(start + BLOCK, input.length), output, to)
  return output.slice(0, to)
}

function compressBlock(input: Uint8Array, start: number, end: number, output: Uint8Array, first: number): number {
  const seen = new Int32Array(1 << HASH_BITS).fill(-1)
  let [to, at, literal] = [first, start, start]
  while (at + 4 <= end) {
    const word = wordAt(input, at)
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS)
    const candidate = seen[slot]!
    seen[slot] = at
    if (candidate < 0 || wordAt(input, candidate) !== word) {
      // The longer nothing repeats, the wider the steps.
      at += 1 + ((at - literal) >> 5)
      continue
    }
    to = writeLiteral(input, literal, at, output, to)
    let length = 4
    while (at + length < end && input[candidate + length] === input[at + length]) length++
    to = writeCopy(at - candidate, length, output, to)
    at += length
    literal = at
  }
  return writeLiteral(input, literal, end, output, to)
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

function writeLiteral(input: Uint8Array, start: number, end: number, output: Uint8Array, first: number): number {
  let to = first
  const length = end - start - 1
  if (length < 0) return to
  if (length < 60) output[to++] = length << 2
  else if (length < 256) {
    output[to++] = 60 << 2
    output[to++] = length
  } else {
    output[to++] = 61 << 2
    output[to++] = length
    output[to++] = length >>> 8
  }
  output.set(input.subarray(start, end), to)
  return to + length + 1
}

function writeCopy(offset: number, length: number, output: Uint8Array, first: number): number {
  let [to, left] = [first, length]
  while (left > 0) {
    const part = Math.min(left, 64)
    output[to++] = ((part - 1) << 2) | 2
    output[to++] = offset
    output[to++] = offset >>> 8
    left -= part
  }
  return to
}
