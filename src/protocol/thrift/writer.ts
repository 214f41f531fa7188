/** Values of a struct as bytes of the binary protocol. */
import { type AnyType, type Struct, ThriftError, TYPE_CODES } from './types.ts'

export class Writer {
  #bytes = Buffer.allocUnsafe(512)
  #at = 0
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What has been written; to be called once. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  i32(value: number): void {
    const start = this.#room(4)
    this.#bytes.writeInt32BE(value | 0, start)
  }

  byte(value: number): void {
    const start = this.#room(1)
    this.#bytes[start] = value
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.i32(length)
    const start = this.#room(length)
    this.#bytes.write(value, start, length)
  }

  /** What is undefined is left out. */
  struct<T>(type: Struct<T>, value: T): void {
    for (const field of type.fields) {
      const member = (value as Readonly<Record<string, unknown>>)[field.name]
      if (member !== undefined) this.field(field.id, field.type, member)
      else if (field.required) throw new Error(`'${field.name}' is missing in an answer.`)
    }
    this.stop()
  }

  field(id: number, type: AnyType, value: unknown): void {
    this.byte(TYPE_CODES[type.kind])
    this.#i16(id)
    this.#value(type, value)
  }

  stop(): void {
    this.byte(0)
  }

  #value(type: AnyType, value: unknown): void {
    switch (type.kind) {
      case 'bool':
        this.byte(value ? 1 : 0)
        break
      case 'byte':
        this.byte(value as number)
        break
      case 'i16':
        this.#i16(value as number)
        break
      case 'i32':
        this.i32(value as number)
        break
      case 'i64':
        this.#i64(BigInt(value as number | bigint))
        break
      case 'double':
        this.#double(value as number)
        break
      case 'string':
        this.text(value as string)
        break
      case 'binary': {
        const bytes = value as Uint8Array
        this.i32(bytes.length)
        const start = this.#room(bytes.length)
        this.#bytes.set(bytes, start)
        break
      }
      case 'struct':
        this.struct(type, value)
        break
      case 'list':
      case 'set':
        this.#items(type.of, value as readonly unknown[])
        break
      case 'record':
        this.#entries(STRING, type.value, Object.entries(value as object))
        break
      case 'map':
        this.#entries(type.key, type.value, [...(value as ReadonlyMap<unknown, unknown>)])
        break
    }
  }

  #items(of: AnyType, items: readonly unknown[]): void {
    this.byte(TYPE_CODES[of.kind])
    this.i32(items.length)
    for (const item of items) this.#value(of, item)
  }

  #entries(key: AnyType, value: AnyType, entries: readonly (readonly [unknown, unknown])[]): void {
    this.byte(TYPE_CODES[key.kind])
    this.byte(TYPE_CODES[value.kind])
    this.i32(entries.length)
    for (const [name, member] of entries) {
      this.#value(key, name)
      this.#value(value, member)
    }
  }

  #i16(value: number): void {
    const start = this.#room(2)
    this.#bytes.writeInt16BE(value, start)
  }

  #i64(value: bigint): void {
    const start = this.#room(8)
    this.#bytes.writeBigInt64BE(BigInt.asIntN(64, value), start)
  }

  #double(value: number): void {
    const start = this.#room(8)
    this.#bytes.writeDoubleBE(value, start)
  }

  /** Where the next `size` bytes go; to be asked before `#bytes` is, which it may replace. */
  #room(size: number): number {
    const start = this.#at
    const end = start + size
    if (end > this.#maxBytes) throw new ThriftError(`An answer of more than ${this.#maxBytes} bytes is not given.`)
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(end, this.#bytes.length * 2), this.#maxBytes))
      this.#bytes.copy(larger, 0, 0, start)
      this.#bytes = larger
    }
    this.#at = end
    return start
  }
}

const STRING: AnyType = { kind: 'string' }
