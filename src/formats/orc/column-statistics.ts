/** Statistics of a column as they are written: of a row group, then merged into those of the stripe and of the file. */
import { floorDivision } from '../floor-division.ts'
import type { ColumnType, Values, Vector } from '../vectors.ts'
import { MessageWriter } from './message-writer.ts'

type Bound = number | bigint | Uint8Array

/** Longer texts are no bounds. */
const MOST_TEXT_BYTES = 1024

export class ColumnStatistics {
  readonly #type: ColumnType
  #count = 0
  #hasNull = false
  #low: Bound | undefined
  #high: Bound | undefined
  /** A value that no bound can be told of. */
  #unbounded = false
  #set = 0

  constructor(type: ColumnType) {
    this.#type = type
  }

  add({ valid, values }: Vector, count: number): void {
    this.#count += count
    this.#hasNull ||= valid !== undefined
    this.#bounds(values)
  }

  merge(other: ColumnStatistics): void {
    this.#count += other.#count
    this.#hasNull ||= other.#hasNull
    this.#unbounded ||= other.#unbounded
    this.#set += other.#set
    if (other.#low !== undefined) this.#widen(other.#low, other.#high!)
  }

  message(): Uint8Array {
    const message = new MessageWriter().number(1, this.#count)
    const [low, high] = [this.#low, this.#high]
    if (this.#type.kind === 'boolean') message.bytes(5, new MessageWriter().numbers(1, [this.#set]).take())
    else if (low !== undefined && high !== undefined && !this.#unbounded) this.#writeBounds(message, low, high)
    return message.number(10, this.#hasNull ? 1 : 0).take()
  }

  #bounds(values: Values): void {
    switch (values.kind) {
      case 'bits':
        this.#set += values.values.reduce((sum, bit) => sum + bit, 0)
        return
      case 'int32':
      case 'int64':
        for (const value of values.values) this.#widen(value, value)
        return
      case 'float':
      case 'double':
        for (const value of values.values)
          if (Number.isNaN(value)) this.#unbounded = true
          else this.#widen(value, value)
        return
      case 'int128': {
        const view = new DataView(values.values.buffer, values.values.byteOffset)
        for (let at = 0; at < values.values.length; at += 16) {
          const value = (view.getBigInt64(at) << 64n) | view.getBigUint64(at + 8)
          this.#widen(value, value)
        }
        return
      }
      case 'bytes':
        if (this.#type.kind !== 'binary') this.#texts(values)
    }
  }

  #texts({ bytes, lengths }: Values & { readonly kind: 'bytes' }): void {
    let at = 0
    for (const length of lengths) {
      const text = bytes.subarray(at, at + length)
      at += length
      if (length > MOST_TEXT_BYTES) this.#unbounded = true
      else this.#widen(text, text)
    }
  }

  #widen(low: Bound, high: Bound): void {
    if (this.#low === undefined || isBelow(low, this.#low)) this.#low = low
    if (this.#high === undefined || isBelow(this.#high, high)) this.#high = high
  }

  /** A message of its own for each kind of type. */
  #writeBounds(message: MessageWriter, low: Bound, high: Bound): void {
    const own = new MessageWriter()
    const { kind } = this.#type
    if (kind === 'float' || kind === 'double')
      message.bytes(3, own.double(1, Number(low)).double(2, Number(high)).take())
    else if (kind === 'date')
      message.bytes(
        7,
        own
          .signed(1, BigInt(low as number))
          .signed(2, BigInt(high as number))
          .take(),
      )
    else if (kind === 'timestamp' || kind === 'instant') {
      const [first, last] = [floorDivision(low as bigint, 1000n), floorDivision(high as bigint, 1000n)]
      message.bytes(9, own.signed(1, first).signed(2, last).signed(3, first).signed(4, last).take())
    } else if (this.#type.kind === 'decimal') {
      const { scale } = this.#type
      message.bytes(
        6,
        own
          .text(1, decimalText(low as bigint, scale))
          .text(2, decimalText(high as bigint, scale))
          .take(),
      )
    } else if (low instanceof Uint8Array)
      message.bytes(
        4,
        own
          .bytes(1, low)
          .bytes(2, high as Uint8Array)
          .take(),
      )
    else
      message.bytes(
        2,
        own
          .signed(1, BigInt(low))
          .signed(2, BigInt(high as bigint))
          .take(),
      )
  }
}

function isBelow(one: Bound, other: Bound): boolean {
  return one instanceof Uint8Array ? Buffer.compare(one, other as Uint8Array) < 0 : one < (other as number)
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`
}
