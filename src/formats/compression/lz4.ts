/** LZ4's block format. https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
import { CorruptData } from '../corrupt-data.ts'
import { copyWithin } from './snappy.ts'

/** No byte stands for more: those of a long match's length. */
const MOST_GROWTH = 255

/** Throws `CorruptData`, also where more than `mostBytes` would come out. `history`: what came before and may be referred to. */
export function lz4Decompress(input: Uint8Array, mostBytes: number, history?: Uint8Array): Uint8Array {
  const before = history?.length ?? 0
  const end = before + Math.min(mostBytes, input.length * MOST_GROWTH)
  const output = new Uint8Array(end)
  if (history) output.set(history)
  let [at, to] = [0, before]
  const length = (nibble: number): number => {
    if (nibble < 15) return nibble
    for (let sum = 15; ; ) {
      const byte = input[at++]
      if (byte === undefined || sum > mostBytes) throw broken()
      sum += byte
      if (byte < 255) return sum
    }
  }
  while (at < input.length) {
    const token = input[at++]!
    const literals = length(token >>> 4)
    if (literals > input.length - at || literals > end - to) throw broken()
    if (literals > 32) output.set(input.subarray(at, at + literals), to)
    else for (let i = 0; i < literals; i++) output[to + i] = input[at + i]!
    at += literals
    to += literals
    if (at === input.length) break
    if (at + 2 > input.length) throw broken()
    const offset = input[at]! | (input[at + 1]! << 8)
    at += 2
    const copied = length(token & 15) + MIN_MATCH
    if (offset === 0 || offset > to || copied > end - to) throw broken()
    copyWithin(output, to, offset, copied)
    to += copied
  }
  return output.subarray(before, to)
}

const broken = () => new CorruptData('a block can not be decompressed (lz4)')

const MIN_MATCH = 4
/** The last bytes are always literals, and the last match starts some way before them. */
const LAST_LITERALS = 5
const LAST_MATCH = 12
const MOST_OFFSET = 65_535
const HASH_BITS = 14

export function lz4Compress(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length + Math.ceil(input.length / 255) + 16)
  const seen = new Int32Array(1 << HASH_BITS).fill(-1)
  let [at, literal, to] = [0, 0, 0]
  while (at + LAST_MATCH <= input.length) {
    const word = wordAt(input, at)
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS)
    const candidate = seen[slot]!
    seen[slot] = at
    if (candidate < 0 || at - candidate > MOST_OFFSET || wordAt(input, candidate) !== word) {
      at += 1 + ((at - literal) >> 6)
      continue
    }
    let length = MIN_MATCH
    while (at + length < input.length - LAST_LITERALS && input[candidate + length] === input[at + length]) length++
    to = writeSequence(input, literal, at, output, to, at - candidate, length)
    at += length
    literal = at
  }
  to = writeSequence(input, literal, input.length, output, to, 0, 0)
  return output.slice(0, to)
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** Literals, then a match; none at the end of a block. */
function writeSequence(
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  first: number,
  offset: number,
  length: number,
): number {
  let to = first + 1
  const literals = end - start
  const rest = length - MIN_MATCH
  output[first] = (Math.min(literals, 15) << 4) | (offset > 0 ? Math.min(rest, 15) : 0)
  to = writeLength(output, to, literals)
  output.set(input.subarray(start, end), to)
  to += literals
  if (offset === 0) return to
  output[to++] = offset
  output[to++] = offset >>> 8
  return writeLength(output, to, rest)
}

function writeLength(output: Uint8Array, first: number, length: number): number {
  if (length < 15) return first
  let [to, left] = [first, length - 15]
  for (; left >= 255; left -= 255) output[to++] = 255
  output[to++] = left
  return to
}
