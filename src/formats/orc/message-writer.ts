/** Protocol buffers as ORC's metadata needs them to be written. */
import { ByteSink } from '../byte-sink.ts'

const WIRE = { varint: 0, fixed64: 1, bytes: 2 } as const

export class MessageWriter {
  readonly #sink = new ByteSink()

  number(field: number, value: number): this {
    this.#key(field, WIRE.varint)
    this.#varint(value)
    return this
  }

  /** With a sign, folded. */
  signed(field: number, value: bigint): this {
    this.#key(field, WIRE.varint)
    this.#sink.zigzagBig(value)
    return this
  }

  double(field: number, value: number): this {
    this.#key(field, WIRE.fixed64)
    this.#sink.double(value)
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#key(field, WIRE.bytes)
    this.#varint(value.length)
    this.#sink.put(value)
    return this
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value))
  }

  numbers(field: number, values: readonly number[]): this {
    const packed = new ByteSink()
    for (const value of values) packed.varint(value | 0, Math.floor(value / 4_294_967_296))
    return this.bytes(field, packed.take())
  }

  messages(field: number, messages: readonly Uint8Array[]): this {
    for (const message of messages) this.bytes(field, message)
    return this
  }

  take(): Uint8Array {
    return this.#sink.take()
  }

  #key(field: number, wire: number): void {
    this.#varint(field * 8 + wire)
  }

  #varint(value: number): void {
    this.#sink.varint(value | 0, Math.floor(value / 4_294_967_296))
  }
}
