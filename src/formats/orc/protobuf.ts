/** Protocol buffers, as far as ORC's metadata needs them. */
import { CorruptData } from '../corrupt-data.ts'

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** A message's fields by number. What is asked for as another kind than it is reads as absent. */
export class Message {
  readonly #fields = new Map<number, (bigint | Uint8Array)[]>()

  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes)
    while (!reader.done) {
      const key = reader.number()
      const field = Math.floor(key / 8)
      const values = this.#fields.get(field) ?? []
      values.push(reader.value(key % 8))
      this.#fields.set(field, values)
    }
  }

  /** The last one counts. */
  big(field: number): bigint | undefined {
    const value = this.#fields.get(field)?.at(-1)
    return typeof value === 'bigint' ? value : undefined
  }

  number(field: number): number | undefined {
    const value = this.big(field)
    return value === undefined ? undefined : Number(value)
  }

  /** A number with a sign, folded. */
  signed(field: number): bigint | undefined {
    const value = this.big(field)
    return value === undefined ? undefined : (value >> 1n) ^ -(value & 1n)
  }

  bytes(field: number): Uint8Array | undefined {
    const value = this.#fields.get(field)?.at(-1)
    return value instanceof Uint8Array ? value : undefined
  }

  text(field: number): string | undefined {
    const bytes = this.bytes(field)
    return bytes && Buffer.from(bytes).toString()
  }

  double(field: number): number | undefined {
    const bytes = this.bytes(field)
    return bytes?.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true) : undefined
  }

  texts(field: number): string[] {
    return this.#all(field).map((bytes) => Buffer.from(bytes).toString())
  }

  messages(field: number): Message[] {
    return this.#all(field).map((bytes) => new Message(bytes))
  }

  message(field: number): Message | undefined {
    const bytes = this.bytes(field)
    return bytes && new Message(bytes)
  }

  /** One by one or packed. */
  numbers(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => {
      if (typeof value === 'bigint') return [Number(value)]
      const reader = new Reader(value)
      const numbers: number[] = []
      while (!reader.done) numbers.push(reader.number())
      return numbers
    })
  }

  #all(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).filter((value) => value instanceof Uint8Array)
  }
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number {
    return Number(this.#varint())
  }

  value(wire: number): bigint | Uint8Array {
    switch (wire) {
      case WIRE.varint:
        return this.#varint()
      case WIRE.fixed64:
        return this.#stretch(8)
      case WIRE.fixed32:
        return this.#stretch(4)
      case WIRE.bytes:
        return this.#stretch(this.number())
      default:
        throw new CorruptData('its metadata is no protocol buffer')
    }
  }

  #varint(): bigint {
    let [low, shift] = [0, 0]
    for (; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return BigInt(low)
    }
    let value = BigInt(low)
    for (; shift < 70; shift += 7) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << BigInt(shift)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new CorruptData('a number is longer than 64 bits')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new CorruptData('its metadata breaks off')
    return byte
  }

  #stretch(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new CorruptData('its metadata breaks off')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
