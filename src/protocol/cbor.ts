/** CBOR (RFC 8949), as far as AWS's protocols use it: no shared references, tags kept for who knows their meaning. */

export class CborError extends Error {
  override readonly name = 'CborError'
}

/** Tag 1 is a time in seconds, or in milliseconds to the Kinesis Java libraries. */
export class CborTag {
  readonly tag: number
  readonly value: unknown

  constructor(tag: number, value: unknown) {
    this.tag = tag
    this.value = value
  }
}

const maximumDepth = 200
/** A value of one byte is a hundred in memory: the largest requests have some hundred thousand, thousands of measurements among them. */
const maximumValues = 1 << 20
const unbounded = -1
const stop = Symbol('break')
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Exactly one value. Throws CborError for anything else. Integers beyond 2^53 lose precision as JSON's do. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  if (value === stop) throw new CborError('Unexpected break')
  if (!reader.done) throw new CborError('Bytes after the value')
  return value
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #position = 0
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#position === this.#bytes.length
  }

  value(depth: number): unknown {
    if (depth > maximumDepth) throw new CborError('Nested too deeply')
    this.#count()
    const head = this.#bytes[this.#advance(1)]!
    const major = head >> 5
    const info = head & 31
    if (major === 7) return this.#simple(info)
    if (major < 2 && info === 27) return exactInteger(major, this.#view.getBigUint64(this.#advance(8)))
    const size = this.#argument(info, major)
    switch (major) {
      case 0:
        return size
      case 1:
        return -1 - size
      case 2:
        return size === unbounded ? Buffer.concat(this.#chunks(2)) : this.#take(size)
      case 3:
        return text(size === unbounded ? Buffer.concat(this.#chunks(3)) : this.#take(size))
      case 4:
        return this.#list(size, depth + 1)
      case 5:
        return this.#map(size, depth + 1)
      default:
        return this.#tagged(size, depth + 1)
    }
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
      case 23:
        return null
      case 25:
        return half(this.#view.getUint16(this.#advance(2)))
      case 26:
        return this.#view.getFloat32(this.#advance(4))
      case 27:
        return this.#view.getFloat64(this.#advance(8))
      case 31:
        return stop
      default:
        throw new CborError(`Unknown simple value ${info}`)
    }
  }

  #argument(info: number, major: number): number {
    if (info < 24) return info
    if (info === 24) return this.#view.getUint8(this.#advance(1))
    if (info === 25) return this.#view.getUint16(this.#advance(2))
    if (info === 26) return this.#view.getUint32(this.#advance(4))
    if (info === 27) return Number(this.#view.getBigUint64(this.#advance(8)))
    if (info === 31 && major >= 2 && major <= 5) return unbounded
    throw new CborError('Malformed length')
  }

  #list(size: number, depth: number): unknown[] {
    // An element takes a byte at least, so a length that cannot be true reserves nothing.
    const items: unknown[] = []
    for (let index = 0; index !== size; index += 1) {
      const item = this.value(depth)
      if (item === stop) {
        if (size === unbounded) break
        throw new CborError('Unexpected break')
      }
      items.push(item)
    }
    return items
  }

  #map(size: number, depth: number): Map<string, unknown> {
    const entries = new Map<string, unknown>()
    for (let index = 0; index !== size; index += 1) {
      const key = this.value(depth)
      if (key === stop && size === unbounded) break
      if (typeof key !== 'string') throw new CborError('Map keys are strings')
      const value = this.value(depth)
      if (value === stop) throw new CborError('Unexpected break')
      entries.set(key, value)
    }
    return entries
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.value(depth)
    if (value === stop) throw new CborError('Unexpected break')
    if (tag !== 2 && tag !== 3) return new CborTag(tag, value)
    if (!(value instanceof Uint8Array)) throw new CborError('A big number is bytes')
    const magnitude = value.length === 0 ? 0 : Number(BigInt(`0x${Buffer.from(value).toString('hex')}`))
    return tag === 2 ? magnitude : -1 - magnitude
  }

  #chunks(major: number): Uint8Array[] {
    const chunks: Uint8Array[] = []
    for (;;) {
      this.#count()
      const head = this.#bytes[this.#advance(1)]!
      if (head === 0xff) return chunks
      if (head >> 5 !== major || (head & 31) === 31) throw new CborError('Malformed chunk')
      chunks.push(this.#take(this.#argument(head & 31, major)))
    }
  }

  #count(): void {
    if (++this.#values > maximumValues) throw new CborError('Too many values')
  }

  #take(size: number): Uint8Array {
    const start = this.#advance(size)
    return this.#bytes.subarray(start, start + size)
  }

  /** Where the next `size` bytes begin. */
  #advance(size: number): number {
    const start = this.#position
    if (start + size > this.#bytes.length) throw new CborError('Unexpected end')
    this.#position = start + size
    return start
  }
}

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new CborError('Text is not UTF-8')
  }
}

/** A number, or a bigint beyond 2^53. */
function exactInteger(major: number, argument: bigint): number | bigint {
  const value = major === 0 ? argument : -1n - argument
  return BigInt.asIntN(54, value) === value ? Number(value) : value
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

/** Strings, numbers, bigints of 64 bits, booleans, null, bytes, arrays, Maps and tags. */
export function encodeCbor(value: unknown): Uint8Array {
  const writer = new Writer()
  writer.value(value)
  return writer.bytes()
}

class Writer {
  #buffer = Buffer.allocUnsafe(256)
  #length = 0

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'bigint') this.#bigint(value)
    else if (typeof value === 'boolean') this.#byte(value ? 0xf5 : 0xf4)
    else if (value === null || value === undefined) this.#byte(0xf6)
    else if (value instanceof Uint8Array) this.#bytes(2, value)
    else if (Array.isArray(value)) this.#list(value)
    else if (value instanceof Map) this.#map(value)
    else if (value instanceof CborTag) this.#tag(value)
    else throw new TypeError(`CBOR has no form for ${typeof value}`)
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(0, value)
      else this.#head(1, -1 - value)
      return
    }
    this.#byte(0xfb)
    const start = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, start)
  }

  #bigint(value: bigint): void {
    this.#byte(value >= 0n ? 0x1b : 0x3b)
    const start = this.#reserve(8)
    this.#buffer.writeBigUInt64BE(value >= 0n ? value : -1n - value, start)
  }

  #text(value: string): void {
    const size = Buffer.byteLength(value)
    this.#head(3, size)
    const start = this.#reserve(size)
    this.#buffer.write(value, start)
  }

  #bytes(major: number, value: Uint8Array): void {
    this.#head(major, value.length)
    const start = this.#reserve(value.length)
    this.#buffer.set(value, start)
  }

  #list(items: readonly unknown[]): void {
    this.#head(4, items.length)
    for (const item of items) this.value(item)
  }

  #map(entries: ReadonlyMap<unknown, unknown>): void {
    this.#head(5, entries.size)
    for (const [key, value] of entries) {
      this.value(key)
      this.value(value)
    }
  }

  #tag(tagged: CborTag): void {
    this.#head(6, tagged.tag)
    this.value(tagged.value)
  }

  #head(major: number, size: number): void {
    const type = major << 5
    if (size < 24) {
      this.#byte(type | size)
      return
    }
    const width = size < 0x100 ? 1 : size < 0x10000 ? 2 : size < 0x100000000 ? 4 : 8
    this.#byte(type | (24 + Math.log2(width)))
    const start = this.#reserve(width)
    if (width === 8) this.#buffer.writeBigUInt64BE(BigInt(size), start)
    else this.#buffer.writeUIntBE(size, start, width)
  }

  #byte(value: number): void {
    const start = this.#reserve(1)
    this.#buffer[start] = value
  }

  /** May replace the buffer, so its result is taken before the buffer is. */
  #reserve(size: number): number {
    const start = this.#length
    this.#length += size
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length))
      this.#buffer.copy(larger, 0, 0, start)
      this.#buffer = larger
    }
    return start
  }
}
