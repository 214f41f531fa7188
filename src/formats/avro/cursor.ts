/** A place in a block of Avro's binary encoding. Numbers of 64 bits come as two halves, which is exact and fast. */
import { CorruptData } from '../corrupt-data.ts'

/** How many items the lists of all cursors that share it may yet have, where they are held in memory. */
export interface ItemBudget {
  left: number
}

export class Cursor {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
  /** The halves of the number that `long` has read. */
  low = 0
  high = 0
  readonly view: DataView

  readonly #budget: ItemBudget | undefined
  /** The same bytes, as strings are taken from them. */
  #text: Buffer | undefined

  constructor(bytes: Uint8Array, at = 0, end = bytes.length, budget?: ItemBudget) {
    this.#budget = budget
    this.bytes = bytes
    this.at = at
    this.end = end
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads a zig-zag number into `low` and `high`. */
  long(): void {
    let [low, high, shift] = [0, 0, 0]
    for (;;) {
      if (this.at >= this.end) throw tooShort()
      const byte = this.bytes[this.at++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) break
      shift += 7
      if (shift > 63) throw tooLong()
    }
    const sign = -(low & 1)
    this.low = ((low >>> 1) | (high << 31)) ^ sign
    this.high = (high >>> 1) ^ sign
  }

  int(): number {
    const byte = this.#small()
    if (byte >= 0) return (byte >>> 1) ^ -(byte & 1)
    this.long()
    if (this.high !== this.low >> 31) throw new CorruptData('a number is longer than 32 bits')
    return this.low
  }

  /** A number of 64 bits as the nearest that is of JavaScript's kind. */
  number(): number {
    const byte = this.#small()
    if (byte >= 0) return (byte >>> 1) ^ -(byte & 1)
    this.long()
    return this.high * 4_294_967_296 + (this.low >>> 0)
  }

  /** The next number as it is written where it is of one byte, as most are; else -1, and nothing is read. */
  #small(): number {
    if (this.at >= this.end) return -1
    const byte = this.bytes[this.at]!
    if (byte >= 0x80) return -1
    this.at++
    return byte
  }

  /** Steps over a number without reckoning it. */
  pass(): void {
    const { bytes, end } = this
    const last = Math.min(end, this.at + MOST_NUMBER_BYTES)
    let at = this.at
    while (at < last && bytes[at]! >= 0x80) at++
    if (at >= last) throw at >= end ? tooShort() : tooLong()
    this.at = at + 1
  }

  /** Steps over `count` numbers. */
  passAll(count: number): void {
    const { bytes, end } = this
    let at = this.at
    let length = 0
    for (let left = count; left > 0; ) {
      if (at >= end) throw tooShort()
      if (bytes[at++]! < 0x80) {
        left--
        length = 0
      } else if (++length === MOST_NUMBER_BYTES) throw tooLong()
    }
    this.at = at
  }

  big(): bigint {
    this.long()
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0)
  }

  /** A string. */
  text(): string {
    const start = this.stretch()
    this.#text ??= Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
    return this.#text.toString('utf8', start, this.at)
  }

  /** Steps over the bytes of a string or of bytes, and answers where they start; they end at `at`. */
  stretch(): number {
    const length = this.number()
    if (length < 0 || length > this.end - this.at) throw tooShort()
    const start = this.at
    this.at += length
    return start
  }

  skip(length: number): number {
    if (length > this.end - this.at) throw tooShort()
    const start = this.at
    this.at += length
    return start
  }

  /** The size in bytes of the block of items that `items` has found, where it is told. */
  itemBytes: number | undefined = undefined

  /** How many items there may yet be that take no bytes. */
  #emptyItems = MOST_EMPTY_ITEMS

  /** How many items the next block of a list or map has, each of at least `leastBytes`; 0 at its end. */
  items(leastBytes: number): number {
    const count = this.number()
    const skippable = count < 0 ? this.number() : undefined
    this.itemBytes = skippable
    const items = Math.abs(count)
    if (leastBytes === 0) this.#emptyItems -= items
    if (items * leastBytes > this.end - this.at || this.#emptyItems < 0)
      throw new CorruptData('a list is longer than its block')
    if (this.#budget) this.#budget.left -= items
    if (this.#budget && this.#budget.left < 0) throw new CorruptData('its lists are longer than any of its kind')
    if (skippable !== undefined && (skippable < 0 || skippable > this.end - this.at)) throw tooShort()
    return items
  }
}

const MOST_EMPTY_ITEMS = 1024
/** 64 bits, seven in each. */
const MOST_NUMBER_BYTES = 10

const tooLong = (): CorruptData => new CorruptData('a number is longer than 64 bits')

const tooShort = (): CorruptData => new CorruptData('a value reaches beyond the end of its block')
