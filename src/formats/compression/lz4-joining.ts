/**
 * Blocks of LZ4 as one, without unpacking any. A block ends in a sequence of literals alone: the literals that the next one
 * begins with are put behind them, and nothing else of it changes, as its matches reach back over its own bytes only. The joined
 * block is no longer than the blocks were together.
 */
import { CorruptData } from '../corrupt-data.ts'

interface Sequence {
  readonly literals: Uint8Array
  /** Where its match is told; the end of the block where it has none. */
  readonly match: number
  /** What its first byte tells of the length of the match. */
  readonly nibble: number
}

interface Outline {
  /** How many bytes the block unpacks to. */
  readonly sizeBytes: number
  readonly first: Sequence
  readonly last: Sequence
  /** Where the last one begins. */
  readonly lastAt: number
}

/** Throws CorruptData for what is no block. */
export function outlineOf(block: Uint8Array): Outline {
  let first: Sequence | undefined
  for (let at = 0, sizeBytes = 0; ; ) {
    const lastAt = at
    const token = byteAt(block, at++)
    const [literals, from] = length(block, token >>> 4, at)
    if (from + literals > block.length) throw broken()
    at = from + literals
    sizeBytes += literals
    const sequence = { literals: block.subarray(from, at), match: at, nibble: token & 15 }
    first ??= sequence
    if (at === block.length) return { sizeBytes, first, last: sequence, lastAt }
    const offset = byteAt(block, at) | (byteAt(block, at + 1) << 8)
    if (offset === 0 || offset > sizeBytes) throw broken()
    const [rest, next] = length(block, token & 15, at + 2)
    sizeBytes += rest + LEAST_MATCH
    at = next
  }
}

/** Of at least one. */
export function joinedBlock(blocks: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  let literals: Uint8Array[] = []
  for (const block of blocks) {
    const { first, last, lastAt } = outlineOf(block)
    literals.push(first.literals)
    if (first.match === block.length) continue
    parts.push(lengths(literals, first.nibble), ...literals, block.subarray(first.match, lastAt))
    literals = [last.literals]
  }
  return Buffer.concat([...parts, lengths(literals, 0), ...literals])
}

const LEAST_MATCH = 4

function length(block: Uint8Array, nibble: number, from: number): readonly [number, number] {
  let [sum, at] = [nibble, from]
  if (nibble < 15) return [sum, at]
  for (;;) {
    const byte = byteAt(block, at++)
    sum += byte
    if (byte < 255) return [sum, at]
  }
}

/** What stands before literals: how many they are, and what is said of the match behind them. */
function lengths(literals: readonly Uint8Array[], nibble: number): Uint8Array {
  const count = literals.reduce((sum, some) => sum + some.length, 0)
  if (count < 15) return Uint8Array.of((count << 4) | nibble)
  const more = new Uint8Array(2 + Math.floor((count - 15) / 255)).fill(255)
  more[0] = 0xf0 | nibble
  more[more.length - 1] = (count - 15) % 255
  return more
}

function byteAt(block: Uint8Array, at: number): number {
  const byte = block[at]
  if (byte === undefined) throw broken()
  return byte
}

const broken = () => new CorruptData('a block can not be decompressed (lz4)')
