/**
 * Structs of Thrift's compact protocol as the bytes that they are: a field is opened where somebody looks into it, and is
 * else written again as it was read, whatever it means.
 */
import { CorruptData } from '../corrupt-data.ts'

const WIRE = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, struct: 12 }

export interface RawField {
  readonly id: number
  readonly type: number
  /** Empty where the type says all, as of a boolean. */
  readonly bytes: Uint8Array
}

export interface RawList {
  readonly type: number
  readonly items: readonly Uint8Array[]
}

export const i16Field = (id: number, value: number): RawField => ({ id, type: WIRE.i16, bytes: integerBytes(value) })
export const i64Field = (id: number, value: number): RawField => ({ id, type: WIRE.i64, bytes: integerBytes(value) })
export const listField = (id: number, list: RawList): RawField => ({ id, type: WIRE.list, bytes: listBytes(list) })
export const structField = (id: number, fields: readonly RawField[]): RawField => ({
  id,
  type: WIRE.struct,
  bytes: structBytes(fields),
})
export const structList = (structs: readonly (readonly RawField[])[]): RawList => ({
  type: WIRE.struct,
  items: structs.map(structBytes),
})

/** The fields of a struct that the bytes begin with. Throws CorruptData. */
export function structFields(bytes: Uint8Array): RawField[] {
  const fields: RawField[] = []
  const skipper = new Skipper(bytes)
  for (let id = 0; ; ) {
    const head = skipper.byte()
    if (head === 0) return fields
    id = head >> 4 === 0 ? skipper.integer() : id + (head >> 4)
    const type = head & 15
    const from = skipper.at
    if (type !== WIRE.true && type !== WIRE.false) skipper.skip(type, 0)
    fields.push({ id, type, bytes: bytes.subarray(from, skipper.at) })
  }
}

/** Empty where there is no such list. Throws CorruptData. */
export function listItems(field: RawField | undefined): RawList {
  if (field?.type !== WIRE.list) return { type: WIRE.struct, items: [] }
  const skipper = new Skipper(field.bytes)
  const { type, size } = skipper.listHead()
  const items: Uint8Array[] = []
  for (let i = 0; i < size; i++) {
    const from = skipper.at
    skipper.item(type, 0)
    items.push(field.bytes.subarray(from, skipper.at))
  }
  return { type, items }
}

/** Undefined where it is no whole number, or one that a double does not hold. Throws CorruptData. */
export function integerOf(field: RawField | undefined): number | undefined {
  if (!field || field.type < WIRE.i16 || field.type > WIRE.i64) return undefined
  const value = new Skipper(field.bytes).integer()
  return Number.isSafeInteger(value) ? value : undefined
}

export const structOf = (field: RawField | undefined): RawField[] | undefined =>
  field?.type === WIRE.struct ? structFields(field.bytes) : undefined

export const fieldOf = (fields: readonly RawField[], id: number): RawField | undefined =>
  fields.find((field) => field.id === id)

/** With these in the place of those of their ids, and without those of `dropped`. */
export function withFields(
  fields: readonly RawField[],
  changed: readonly RawField[],
  dropped: readonly number[] = [],
): RawField[] {
  const gone = new Set([...dropped, ...changed.map(({ id }) => id)])
  return [...fields.filter(({ id }) => !gone.has(id)), ...changed].toSorted((a, b) => a.id - b.id)
}

export function structBytes(fields: readonly RawField[]): Buffer {
  const parts: Uint8Array[] = []
  let last = 0
  for (const { id, type, bytes } of fields) {
    const step = id - last
    parts.push(
      step > 0 && step < 16 ? Buffer.of((step << 4) | type) : Buffer.concat([Buffer.of(type), integerBytes(id)]),
    )
    parts.push(bytes)
    last = id
  }
  parts.push(Buffer.of(0))
  return Buffer.concat(parts)
}

function listBytes({ type, items }: RawList): Buffer {
  const head =
    items.length < 15 ? Buffer.of((items.length << 4) | type) : Buffer.from([0xf0 | type, ...varint(items.length)])
  return Buffer.concat([head, ...items])
}

const integerBytes = (value: number): Buffer => Buffer.from(varint(value >= 0 ? value * 2 : -value * 2 - 1))

function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  bytes.push(left)
  return bytes
}

const MOST_DEPTH = 64
const MOST_VARINT_BYTES = 10

/** Walks over values without making them. */
class Skipper {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  byte(): number {
    const byte = this.#bytes[this.at++]
    if (byte === undefined) throw new CorruptData('a Parquet footer that ends too early')
    return byte
  }

  /** Zigzag; not exact above 2 to the 53rd. */
  integer(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  listHead(): { readonly type: number; readonly size: number } {
    const head = this.byte()
    const size = head >> 4 === 15 ? this.#varint() : head >> 4
    if (size > this.#bytes.length - this.at) throw new CorruptData('a Parquet footer with a list longer than itself')
    return { type: head & 15, size }
  }

  /** Of a list, in which a boolean has a byte. */
  item(type: number, depth: number): void {
    if (type === WIRE.true || type === WIRE.false) this.byte()
    else this.skip(type, depth)
  }

  skip(type: number, depth: number): void {
    if (depth > MOST_DEPTH) throw new CorruptData('a Parquet footer whose values are nested too deeply')
    switch (type) {
      case WIRE.byte:
        this.byte()
        return
      case WIRE.i16:
      case WIRE.i32:
      case WIRE.i64:
        this.#varint()
        return
      case WIRE.double:
        this.#pass(8)
        return
      case WIRE.binary:
        this.#pass(this.#varint())
        return
      case WIRE.list:
      case WIRE.set: {
        const { type: inner, size } = this.listHead()
        for (let i = 0; i < size; i++) this.item(inner, depth + 1)
        return
      }
      case WIRE.struct:
        this.#struct(depth + 1)
        return
      default:
        throw new CorruptData('a Parquet footer with a value of an unknown kind')
    }
  }

  #struct(depth: number): void {
    for (let head = this.byte(); head !== 0; head = this.byte()) {
      if (head >> 4 === 0) this.#varint()
      const type = head & 15
      if (type !== WIRE.true && type !== WIRE.false) this.skip(type, depth)
    }
  }

  #pass(length: number): void {
    this.at += length
    if (this.at > this.#bytes.length) throw new CorruptData('a Parquet footer that ends too early')
  }

  #varint(): number {
    let [value, scale] = [0, 1]
    for (let i = 0; i < MOST_VARINT_BYTES; i++) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
    throw new CorruptData('a Parquet footer with a number of more than 64 bits')
  }
}
