/**
 * Blocks of LZ4 as one, without unpacking any. A block ends in a sequence of literals alone: the literals that the next one
 * begins with are put behind them, and nothing else of it changes, as its matches reach back over its own bytes only. The joined
 * block is no longer than the blocks were together.
 */
import { CorruptData } from '../corrupt-data.ts'

export interface Outline {
  readonly block: Uint8Array
  /** How many bytes the block unpacks to. */
  readonly sizeBytes: number
  /** Literals that it begins with. */
  readonly first: Uint8Array
  /** Where the match behind them is told; the end of the block where there is none. */
  readonly match: number
  /** What is told of the match's length in the block's first byte. */
  readonly nibble: number
  /** Literals that it ends in, and where what is said of them begins. */
  readonly last: Uint8Array
  readonly lastAt: number
}

/** Throws CorruptData for what is no block. Each of its bytes that is no literal is looked at, so nothing is made of a sequence. */
export function outlineOf(block: Uint8Array): Outline {
  const end = block.length
  let [at, sizeBytes] = [0, 0]
  let [firstFrom, firstEnd, lastAt] = [-1, 0, 0]
  for (;;) {
    lastAt = at
    if (at >= end) throw broken()
    const token = block[at++]!
    let literals = token >>> 4
    if (literals === 15)
      for (let more = 255; more === 255; literals += more) {
        if (at >= end) throw broken()
        more = block[at++]!
      }
    const from = at
    at += literals
    if (at > end) throw broken()
    sizeBytes += literals
    if (firstFrom < 0) [firstFrom, firstEnd] = [from, at]
    if (at === end) {
      const [first, last] = [block.subarray(firstFrom, firstEnd), block.subarray(from)]
      return { block, sizeBytes, first, match: firstEnd, nibble: block[0]! & 15, last, lastAt }
    }
    if (at + 2 > end) throw broken()
    const offset = block[at]! | (block[at + 1]! << 8)
    if (offset === 0 || offset > sizeBytes) throw broken()
    at += 2
    let copied = token & 15
    if (copied === 15)
      for (let more = 255; more === 255; copied += more) {
        if (at >= end) throw broken()
        more = block[at++]!
      }
    sizeBytes += copied + LEAST_MATCH
  }
}

/** Of at least one. */
export function joinedBlock(outlines: readonly Outline[]): Uint8Array {
  const parts: Uint8Array[] = []
  let literals: Uint8Array[] = []
  for (const { block, first, match, nibble, last, lastAt } of outlines) {
    literals.push(first)
    if (match === block.length) continue
    parts.push(lengths(literals, nibble), ...literals, block.subarray(match, lastAt))
    literals = [last]
  }
  return Buffer.concat([...parts, lengths(literals, 0), ...literals])
}

const LEAST_MATCH = 4

/** What stands before literals: how many they are, and what is said of the match behind them. */
function lengths(literals: readonly Uint8Array[], nibble: number): Uint8Array {
  const count = literals.reduce((sum, some) => sum + some.length, 0)
  if (count < 15) return Uint8Array.of((count << 4) | nibble)
  const more = new Uint8Array(2 + Math.floor((count - 15) / 255)).fill(255)
  more[0] = 0xf0 | nibble
  more[more.length - 1] = (count - 15) % 255
  return more
}

const broken = () => new CorruptData('a block can not be decompressed (lz4)')
