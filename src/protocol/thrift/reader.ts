/** Bytes of the binary protocol as values of a struct. Lengths are believed only as far as there are bytes. */
import { type AnyStruct, type AnyType, FIXED_SIZES, type Struct, ThriftError, TYPE_CODES } from './types.ts'

/** A struct that nothing is known of may nest so deep. */
const MAX_DEPTH = 64
const STOP = 0

export class Reader {
  readonly #bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  byte(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  text(): string {
    const length = this.#length()
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** Unknown fields, and those of another type than is known, are passed over. Throws ThriftError. */
  struct<T>(type: Struct<T>): T {
    const found: Record<string, unknown> = {}
    for (;;) {
      const code = this.byte()
      if (code === STOP) break
      const id = this.#bytes.readInt16BE(this.#take(2))
      const field = type.byId.get(id)
      if (field && TYPE_CODES[field.type.kind] === code) found[field.name] = this.#value(field.type)
      else this.#skip(code, 0)
    }
    const missing = type.fields.find((field) => field.required && found[field.name] === undefined)
    if (missing) throw new ThriftError(`Required field '${missing.name}' was not present!`)
    return found as T
  }

  #value(type: AnyType): unknown {
    switch (type.kind) {
      case 'bool':
        return this.byte() !== 0
      case 'byte':
        return this.byte()
      case 'i16':
        return this.#bytes.readInt16BE(this.#take(2))
      case 'i32':
        return this.i32()
      case 'i64':
        return exact(this.#bytes.readBigInt64BE(this.#take(8)))
      case 'double':
        return this.#bytes.readDoubleBE(this.#take(8))
      case 'string':
        return this.text()
      case 'binary': {
        const length = this.#length()
        const start = this.#take(length)
        return new Uint8Array(this.#bytes.subarray(start, start + length))
      }
      case 'struct':
        return this.struct(type as AnyStruct)
      case 'list':
      case 'set':
        return this.#items(type.of)
      case 'record':
        return Object.fromEntries(this.#entries(STRING, type.value) as [string, unknown][])
      case 'map':
        return new Map(this.#entries(type.key, type.value))
    }
  }

  #items(of: AnyType): unknown[] {
    const code = this.byte()
    const count = this.#length()
    this.#expect(code, of, count)
    const items: unknown[] = []
    for (let i = 0; i < count; i++) items.push(this.#value(of))
    return items
  }

  #entries(key: AnyType, value: AnyType): [unknown, unknown][] {
    const keyCode = this.byte()
    const valueCode = this.byte()
    const count = this.#length()
    this.#expect(keyCode, key, count)
    this.#expect(valueCode, value, count)
    const entries: [unknown, unknown][] = []
    for (let i = 0; i < count; i++) entries.push([this.#value(key), this.#value(value)])
    return entries
  }

  /** Of no items, the type may be anything. */
  #expect(code: number, type: AnyType, count: number): void {
    if (count > 0 && TYPE_CODES[type.kind] !== code)
      throw new ThriftError(`Items of type ${code} where ${type.kind} belongs.`)
  }

  #skip(code: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new ThriftError('Nested too deep.')
    const size = FIXED_SIZES.get(code)
    if (size !== undefined) this.#take(size)
    else if (code === TYPE_CODES.string) this.#take(this.#length())
    else if (code === TYPE_CODES.struct) this.#skipStruct(depth)
    else if (code === TYPE_CODES.list || code === TYPE_CODES.set) this.#skipItems([this.byte()], depth)
    else if (code === TYPE_CODES.map) this.#skipItems([this.byte(), this.byte()], depth)
    else throw new ThriftError(`${code} is no type of a value.`)
  }

  #skipStruct(depth: number): void {
    for (let code = this.byte(); code !== STOP; code = this.byte()) {
      this.#take(2)
      this.#skip(code, depth + 1)
    }
  }

  #skipItems(codes: readonly number[], depth: number): void {
    const count = this.#length()
    for (let i = 0; i < count; i++) for (const code of codes) this.#skip(code, depth + 1)
  }

  #length(): number {
    const length = this.i32()
    // Each item takes a byte at least.
    if (length < 0 || length > this.#bytes.length - this.at)
      throw new ThriftError(`A length of ${length} where ${this.#bytes.length - this.at} bytes are left.`)
    return length
  }

  /** Where the next `size` bytes begin. */
  #take(size: number): number {
    const start = this.at
    if (start + size > this.#bytes.length) throw new ThriftError('The message ends too early.')
    this.at = start + size
    return start
  }
}

const STRING: AnyType = { kind: 'string' }
const exact = (value: bigint): number | bigint => (BigInt.asIntN(54, value) === value ? Number(value) : value)
