/** Whole numbers in the second version of ORC's run-length encoding: repeats, constant steps, and packed numbers. */
import { ByteSink } from '../byte-sink.ts'
import type { WrittenStream } from './stream-writers.ts'

const MOST_RUN = 512
/** Repeats of up to this many have a shorter form. */
const MOST_SHORT = 10
const LEAST_REPEAT = 3
const LEAST_PROGRESSION = 8
/** Widths that numbers can be packed in, from 1 bit on, by their codes. */
const WIDTHS = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 28, 30, 32, 40, 48, 56, 64,
]

export class IntegerWriter {
  readonly #signed: boolean
  readonly #sink = new ByteSink()
  readonly #starts: number[] = []

  constructor(signed: boolean) {
    this.#signed = signed
  }

  get size(): number {
    return this.#sink.size
  }

  mark(): void {
    this.#starts.push(this.#sink.size)
  }

  narrow(values: ArrayLike<number>): void {
    const [low, high] = [new Int32Array(values.length), new Int32Array(values.length)]
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      low[i] = value
      high[i] = Math.floor(value / 4_294_967_296)
    }
    this.#write(low, high)
  }

  wide(values: BigInt64Array): void {
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    const [low, high] = [new Int32Array(values.length), new Int32Array(values.length)]
    for (let i = 0; i < values.length; i++) {
      low[i] = halves[2 * i]!
      high[i] = halves[2 * i + 1]!
    }
    this.#write(low, high)
  }

  take(): WrittenStream {
    const starts = this.#starts.splice(0).map((byte) => ({ byte, within: [0] }))
    return { bytes: this.#sink.take(), starts }
  }

  #write(low: Int32Array, high: Int32Array): void {
    const count = low.length
    let packed = 0
    for (let at = 0; at < count; ) {
      const run = runFrom(low, high, at)
      if (run === 0) {
        at++
        continue
      }
      this.#pack(low, high, packed, at)
      this.#run(low, high, at, run)
      at += run
      packed = at
    }
    this.#pack(low, high, packed, count)
  }

  /** Numbers that repeat, or go on in constant steps. */
  #run(low: Int32Array, high: Int32Array, at: number, count: number): void {
    const [first, second] = [bigOf(low[at]!, high[at]!), bigOf(low[at + 1]!, high[at + 1]!)]
    if (first === second && count <= MOST_SHORT) {
      const folded = this.#signed ? BigInt.asUintN(64, (first << 1n) ^ (first >> 63n)) : BigInt.asUintN(64, first)
      const bytes = Math.max(1, Math.ceil(folded.toString(2).length / 8))
      this.#sink.byte(((bytes - 1) << 3) | (count - LEAST_REPEAT))
      for (let i = bytes - 1; i >= 0; i--) this.#sink.byte(Number((folded >> BigInt(8 * i)) & 0xffn))
      return
    }
    this.#sink.byte(0xc0 | ((count - 1) >> 8))
    this.#sink.byte((count - 1) & 0xff)
    if (this.#signed) this.#sink.zigzagBig(first)
    else this.#sink.varint(low[at]!, high[at]!)
    this.#sink.zigzagBig(second - first)
  }

  #pack(low: Int32Array, high: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at += MOST_RUN) this.#packOne(low, high, at, Math.min(at + MOST_RUN, to))
  }

  #packOne(low: Int32Array, high: Int32Array, from: number, to: number): void {
    const count = to - from
    const [lower, upper] = [low.slice(from, to), high.slice(from, to)]
    let [lowBits, highBits] = [0, 0]
    for (let i = 0; i < count; i++) {
      if (this.#signed) {
        const sign = upper[i]! >> 31
        upper[i] = ((upper[i]! << 1) | (lower[i]! >>> 31)) ^ sign
        lower[i] = (lower[i]! << 1) ^ sign
      }
      lowBits |= lower[i]!
      highBits |= upper[i]!
    }
    const needed = highBits !== 0 ? 64 - Math.clz32(highBits) : 32 - Math.clz32(lowBits)
    const code = WIDTHS.findIndex((width) => width >= needed)
    this.#sink.byte(0x40 | (code << 1) | ((count - 1) >> 8))
    this.#sink.byte((count - 1) & 0xff)
    putBits(this.#sink, lower, upper, WIDTHS[code]!)
  }
}

/** How many numbers from `at` on are worth a run of their own; 0 for none. */
function runFrom(low: Int32Array, high: Int32Array, at: number): number {
  const left = Math.min(low.length - at, MOST_RUN)
  if (left < LEAST_REPEAT) return 0
  if (low[at] === low[at + 1] && high[at] === high[at + 1]) {
    let run = 2
    while (run < left && low[at + run] === low[at] && high[at + run] === high[at]) run++
    return run >= LEAST_REPEAT ? run : 0
  }
  // Steps are looked at only where numbers and steps are small.
  const isSmall = (i: number) => high[i] === low[i]! >> 31
  if (left < LEAST_PROGRESSION || !isSmall(at) || !isSmall(at + 1)) return 0
  const step = low[at + 1]! - low[at]!
  let run = 2
  while (run < left && isSmall(at + run) && low[at + run]! - low[at + run - 1]! === step) run++
  return run >= LEAST_PROGRESSION ? run : 0
}

/** `width` bits of each, the highest first. */
function putBits(sink: ByteSink, low: Int32Array, high: Int32Array, width: number): void {
  let [held, filled] = [0, 0]
  const put = (value: number, bits: number) => {
    for (let left = bits; left > 0; ) {
      const taken = Math.min(left, 8 - filled)
      held = (held << taken) | ((value >>> (left - taken)) & ((1 << taken) - 1))
      filled += taken
      left -= taken
      if (filled < 8) continue
      sink.byte(held)
      held = 0
      filled = 0
    }
  }
  for (let i = 0; i < low.length; i++) {
    if (width > 32) put(high[i]!, width - 32)
    put(low[i]!, Math.min(width, 32))
  }
  if (filled > 0) sink.byte(held << (8 - filled))
}

const bigOf = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0)
