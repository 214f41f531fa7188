/**
 * Thrift's compact protocol, of which a footer has no sets. What is asked for as another kind than it is reads as absent:
 * a file may say anything.
 */
import { CorruptData } from '../corrupt-data.ts'

export type Fields = ReadonlyMap<number, Value>
export type Value = boolean | bigint | number | Uint8Array | readonly Value[] | Fields

export const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : [])
export const fields = (value: Value | undefined): Fields | undefined => (value instanceof Map ? value : undefined)
export const bytes = (value: Value | undefined): Uint8Array | undefined =>
  value instanceof Uint8Array ? value : undefined
export const number = (value: Value | undefined): number | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined

const WIRE = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
}

/** A footer's own values are some six deep. */
const MOST_DEPTH = 64
/** Of a number of 64 bits. */
const MOST_SHIFT = 63n

/** Throws CorruptData. */
export class CompactReader {
  private readonly bytes: Uint8Array
  private at = 0
  private depth = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  struct(): Fields {
    const found = new Map<number, Value>()
    for (let id = 0; ; ) {
      const head = this.byte()
      if (head === 0) return found
      const step = head >> 4
      id = step === 0 ? Number(this.zigzag()) : id + step
      const type = head & 15
      found.set(id, type === WIRE.true || type === WIRE.false ? type === WIRE.true : this.value(type))
    }
  }

  private value(type: number): Value {
    switch (type) {
      case WIRE.true:
      case WIRE.false:
        return this.byte() === WIRE.true
      case WIRE.byte:
        return this.byte()
      case WIRE.i16:
      case WIRE.i32:
      case WIRE.i64:
        return this.zigzag()
      case WIRE.double:
        return this.take(8)
      case WIRE.binary:
        return this.take(Number(this.varint()))
      case WIRE.list:
        return this.inside(() => this.items())
      case WIRE.struct:
        return this.inside(() => this.struct())
      default:
        throw new CorruptData('a Parquet footer with a value of an unknown kind')
    }
  }

  private items(): readonly Value[] {
    const head = this.byte()
    const size = head >> 4 === 15 ? Number(this.varint()) : head >> 4
    if (size > this.bytes.length - this.at) throw new CorruptData('a Parquet footer with a list longer than itself')
    return Array.from({ length: size }, () => this.value(head & 15))
  }

  private inside<T>(read: () => T): T {
    if (++this.depth > MOST_DEPTH) throw new CorruptData('a Parquet footer whose values are nested too deeply')
    const value = read()
    this.depth--
    return value
  }

  private byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new CorruptData('a Parquet footer that ends too early')
    return byte
  }

  private take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new CorruptData('a Parquet footer that ends too early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  private varint(): bigint {
    let [value, shift] = [0n, 0n]
    for (;;) {
      const byte = this.byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
      shift += 7n
      if (shift > MOST_SHIFT) throw new CorruptData('a Parquet footer with a number of more than 64 bits')
    }
  }

  private zigzag(): bigint {
    const value = this.varint()
    return value & 1n ? -(value >> 1n) - 1n : value >> 1n
  }
}
