/**
 * Whole numbers as ORC writes them, in either version of its run-length encoding. A run is decoded at once into two
 * halves per number, which keeps 64 bits exact without big integers.
 */
import { CorruptData } from '../corrupt-data.ts'
import type { Positions } from './runs.ts'
import type { OrcStream } from './stream.ts'

/** No run has more. */
const MOST_RUN = 512

/** One run: fills the halves, answers how many numbers there are. */
export type RunDecoder = (stream: OrcStream, signed: boolean, low: Int32Array, high: Int32Array) => number

export class Integers {
  readonly #stream: OrcStream
  readonly #signed: boolean
  readonly #decode: RunDecoder
  readonly #low = new Int32Array(MOST_RUN)
  readonly #high = new Int32Array(MOST_RUN)
  #at = 0
  #count = 0

  constructor(stream: OrcStream, signed: boolean, decode: RunDecoder) {
    this.#stream = stream
    this.#signed = signed
    this.#decode = decode
  }

  /** The lower halves alone; a number that needs the upper one is an error. */
  narrow(count: number): Int32Array {
    const out = new Int32Array(count)
    for (let done = 0; done < count; ) {
      if (this.#at === this.#count) this.#fill()
      const [low, high, at] = [this.#low, this.#high, this.#at]
      const part = Math.min(count - done, this.#count - at)
      let wrong = 0
      for (let i = 0; i < part; i++) {
        const value = low[at + i]!
        out[done + i] = value
        wrong |= high[at + i]! ^ (value >> 31)
      }
      if (wrong !== 0) throw new CorruptData('Decoded value out of range for a 32bit number')
      this.#at += part
      done += part
    }
    return out
  }

  /** Lengths and indexes: none is below zero. */
  counts(count: number): Int32Array {
    const out = this.narrow(count)
    for (let i = 0; i < count; i++) if (out[i]! < 0) throw new CorruptData('a length is below zero')
    return out
  }

  /** Two halves of each number, the lower one first. */
  wide(count: number): Int32Array {
    const out = new Int32Array(count * 2)
    for (let done = 0; done < count; ) {
      if (this.#at === this.#count) this.#fill()
      const [low, high, at] = [this.#low, this.#high, this.#at]
      const part = Math.min(count - done, this.#count - at)
      for (let i = 0, to = 2 * done; i < part; i++) {
        out[to++] = low[at + i]!
        out[to++] = high[at + i]!
      }
      this.#at += part
      done += part
    }
    return out
  }

  seek(positions: Positions): void {
    this.#stream.seek(positions)
    this.#at = 0
    this.#count = 0
    const skipped = positions()
    if (skipped > MOST_RUN) throw new CorruptData('a position is beyond its run')
    if (skipped > 0) this.wide(skipped)
  }

  #fill(): void {
    this.#count = this.#decode(this.#stream, this.#signed, this.#low, this.#high)
    this.#at = 0
  }
}

/** Of the number that `varint` read last. */
export const halves = { low: 0, high: 0 }

/** A number of at most 64 bits, seven at a time, the lowest first; folded when it is signed. */
export function varint(stream: OrcStream, signed: boolean): void {
  let [low, high, shift] = [0, 0, 0]
  for (;;) {
    const byte = stream.byte()
    const bits = byte & 0x7f
    if (shift < 28) low |= bits << shift
    else if (shift === 28) {
      low |= bits << 28
      high = bits >>> 4
    } else high |= bits << (shift - 32)
    if (byte < 0x80) break
    shift += 7
    if (shift > 63) throw new CorruptData('a number is longer than 64 bits')
  }
  if (!signed) {
    halves.low = low
    halves.high = high
    return
  }
  const sign = -(low & 1)
  halves.low = ((low >>> 1) | (high << 31)) ^ sign
  halves.high = (high >>> 1) ^ sign
}

export const TWO_32 = 4_294_967_296

/** The first version: runs with a constant step, or literals. */
export const decodeRunV1: RunDecoder = (stream, signed, low, high) => {
  const control = stream.byte()
  if (control >= 0x80) {
    const count = 0x100 - control
    for (let i = 0; i < count; i++) {
      varint(stream, signed)
      low[i] = halves.low
      high[i] = halves.high
    }
    return count
  }
  const count = control + 3
  const step = (stream.byte() << 24) >> 24
  varint(stream, signed)
  progression(BigInt(halves.high) * BigInt(TWO_32) + BigInt(halves.low >>> 0), BigInt(step), count, low, high)
  return count
}

/** `first`, `first + step` and so on. */
export function progression(first: bigint, step: bigint, count: number, low: Int32Array, high: Int32Array): void {
  const last = first + step * BigInt(count)
  if (isSafe(first) && isSafe(last) && isSafe(step)) {
    let value = Number(first)
    const by = Number(step)
    for (let i = 0; i < count; i++, value += by) {
      low[i] = value
      high[i] = Math.floor(value / TWO_32)
    }
    return
  }
  let value = first
  for (let i = 0; i < count; i++, value += step) {
    low[i] = Number(BigInt.asIntN(32, value))
    high[i] = Number(BigInt.asIntN(32, value >> 32n))
  }
}

const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
export const isSafe = (value: bigint): boolean => value <= MOST_SAFE && value >= -MOST_SAFE
