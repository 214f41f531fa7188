/** Vectors from values that come one after the other. What a builder holds grows with them; `finish` starts anew. */
import { CorruptData } from './corrupt-data.ts'
import { type ColumnType, type Values, type Vector, valuesKind } from './vectors.ts'

const FIRST_ROWS = 1024
const FIRST_BYTES = 16_384
/** One column of one batch; what holds more is not sound. */
const MOST_BYTES = 1 << 30

export abstract class Builder {
  rows = 0
  #nulls = 0
  #valid = new Uint8Array(FIRST_ROWS)

  /** A row without a value. */
  missing(): void {
    this.#mark(0)
    this.#nulls++
  }

  /** Whoever adds a value says so. */
  protected there(): void {
    this.#mark(1)
  }

  /** The same of many, all of which have one. */
  protected allThere(count: number): void {
    const rows = this.rows + count
    if (rows > this.#valid.length) this.#valid = grown(this.#valid, rows)
    this.#valid.fill(1, this.rows, rows)
    this.rows = rows
  }

  finish(): Vector {
    const valid = this.#nulls > 0 ? this.#valid.slice(0, this.rows) : undefined
    const vector = { rows: this.rows, valid, values: this.take(this.rows - this.#nulls) }
    this.rows = 0
    this.#nulls = 0
    return vector
  }

  /** How much it holds, roughly. */
  abstract get sizeBytes(): number
  protected abstract take(count: number): Values

  #mark(there: number): void {
    if (this.rows === this.#valid.length) this.#valid = grown(this.#valid, this.rows + 1)
    this.#valid[this.rows++] = there
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array | Float32Array | BigInt64Array>(
  array: T,
  atLeast: number,
): T {
  if (atLeast * array.BYTES_PER_ELEMENT > MOST_BYTES) throw new CorruptData('a batch of rows is too large')
  const larger = new (array.constructor as new (length: number) => T)(Math.max(atLeast, array.length * 2))
  larger.set(array as never)
  return larger
}

type Numbers = Extract<Values, { readonly kind: 'bits' | 'int32' | 'float' | 'double' }>

const ARRAYS = { bits: Uint8Array, int32: Int32Array, float: Float32Array, double: Float64Array } as const

export class NumberBuilder extends Builder {
  readonly #kind: Numbers['kind']
  #values: Numbers['values']
  #count = 0

  constructor(kind: Numbers['kind']) {
    super()
    this.#kind = kind
    this.#values = new ARRAYS[kind](FIRST_ROWS)
  }

  add(value: number): void {
    if (this.#count === this.#values.length) this.#values = grown(this.#values, this.#count + 1)
    this.#values[this.#count++] = value
    this.there()
  }

  addAll(values: Numbers['values'] | Int16Array | Int8Array): void {
    const count = this.#count + values.length
    if (count > this.#values.length) this.#values = grown(this.#values, count)
    this.#values.set(values, this.#count)
    this.#count = count
    this.allThere(values.length)
  }

  get sizeBytes(): number {
    return this.#count * this.#values.BYTES_PER_ELEMENT
  }

  protected take(count: number): Values {
    this.#count = 0
    return { kind: this.#kind, values: this.#values.slice(0, count) } as Numbers
  }
}

export class LongBuilder extends Builder {
  /** Two halves of each value, the lower one first: faster by far than big integers. */
  #halves = new Int32Array(2 * FIRST_ROWS)
  #count = 0

  add(low: number, high: number): void {
    if (this.#count === this.#halves.length) this.#halves = grown(this.#halves, this.#count + 2)
    this.#halves[this.#count++] = low
    this.#halves[this.#count++] = high
    this.there()
  }

  /** A whole number of at most 53 bits. */
  addNumber(value: number): void {
    this.add((value % 4_294_967_296) | 0, Math.floor(value / 4_294_967_296))
  }

  addBig(value: bigint): void {
    this.add(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  addAll(values: BigInt64Array): void {
    const count = this.#count + 2 * values.length
    if (count > this.#halves.length) this.#halves = grown(this.#halves, count)
    this.#halves.set(new Int32Array(values.buffer, values.byteOffset, 2 * values.length), this.#count)
    this.#count = count
    this.allThere(values.length)
  }

  get sizeBytes(): number {
    return this.#count * 4
  }

  protected take(count: number): Values {
    this.#count = 0
    return { kind: 'int64', values: new BigInt64Array(this.#halves.slice(0, count * 2).buffer) }
  }
}

/** Decimals of more than 18 digits, and UUIDs. */
export class WideBuilder extends Builder {
  #values = new Uint8Array(16 * FIRST_ROWS)
  #count = 0

  add(value: bigint): void {
    if (this.#count + 16 > this.#values.length) this.#values = grown(this.#values, this.#count + 16)
    const view = new DataView(this.#values.buffer, this.#count, 16)
    view.setBigInt64(0, value >> 64n)
    view.setBigUint64(8, BigInt.asUintN(64, value))
    this.#count += 16
    this.there()
  }

  /** 16 bytes as they stand. */
  addBytes(bytes: Uint8Array): void {
    if (this.#count + 16 > this.#values.length) this.#values = grown(this.#values, this.#count + 16)
    this.#values.set(bytes, this.#count)
    this.#count += 16
    this.there()
  }

  get sizeBytes(): number {
    return this.#count
  }

  protected take(count: number): Values {
    this.#count = 0
    return { kind: 'int128', values: this.#values.slice(0, count * 16) }
  }
}

const ENCODER = new TextEncoder()

export class BytesBuilder extends Builder {
  #bytes = new Uint8Array(FIRST_BYTES)
  #size = 0
  #lengths = new Int32Array(FIRST_ROWS)
  #count = 0

  /** `bytes` from `start` to `end`. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const length = end - start
    if (this.#size + length > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#size + length)
    if (this.#count === this.#lengths.length) this.#lengths = grown(this.#lengths, this.#count + 1)
    if (length > 48) this.#bytes.set(bytes.subarray(start, end), this.#size)
    else for (let i = 0; i < length; i++) this.#bytes[this.#size + i] = bytes[start + i]!
    this.#size += length
    this.#lengths[this.#count++] = length
    this.there()
  }

  addText(text: string): void {
    // A character is of at most three bytes, or of four that two of JavaScript's make.
    const most = this.#size + 3 * text.length
    if (most > this.#bytes.length) this.#bytes = grown(this.#bytes, most)
    if (this.#count === this.#lengths.length) this.#lengths = grown(this.#lengths, this.#count + 1)
    const length = ENCODER.encodeInto(text, this.#bytes.subarray(this.#size)).written
    this.#size += length
    this.#lengths[this.#count++] = length
    this.there()
  }

  get sizeBytes(): number {
    return this.#size + this.#count * 4
  }

  protected take(count: number): Values {
    const values = {
      kind: 'bytes',
      bytes: this.#bytes.slice(0, this.#size),
      lengths: this.#lengths.slice(0, count),
    } as const
    this.#size = 0
    this.#count = 0
    return values
  }
}

/** The length of each list is told once its items have been added. */
class LengthsBuilder extends Builder {
  #lengths = new Int32Array(FIRST_ROWS)
  #count = 0

  add(length: number): void {
    if (this.#count === this.#lengths.length) this.#lengths = grown(this.#lengths, this.#count + 1)
    this.#lengths[this.#count++] = length
    this.there()
  }

  get sizeBytes(): number {
    return this.#count * 4
  }

  protected takeLengths(count: number): Int32Array {
    this.#count = 0
    return this.#lengths.slice(0, count)
  }

  protected take(_count: number): Values {
    throw new TypeError('a list is of something')
  }
}

export class ListBuilder extends LengthsBuilder {
  readonly element: Builder

  constructor(element: Builder) {
    super()
    this.element = element
  }

  override get sizeBytes(): number {
    return super.sizeBytes + this.element.sizeBytes
  }

  protected override take(count: number): Values {
    return { kind: 'list', lengths: this.takeLengths(count), element: this.element.finish() }
  }
}

export class MapBuilder extends LengthsBuilder {
  readonly key: Builder
  readonly value: Builder

  constructor(key: Builder, value: Builder) {
    super()
    this.key = key
    this.value = value
  }

  override get sizeBytes(): number {
    return super.sizeBytes + this.key.sizeBytes + this.value.sizeBytes
  }

  protected override take(count: number): Values {
    return { kind: 'map', lengths: this.takeLengths(count), key: this.key.finish(), value: this.value.finish() }
  }
}

export class StructBuilder extends Builder {
  readonly fields: readonly Builder[]

  constructor(fields: readonly Builder[]) {
    super()
    this.fields = fields
  }

  /** Its fields have been added. */
  add(): void {
    this.there()
  }

  get sizeBytes(): number {
    return this.fields.reduce((sum, field) => sum + field.sizeBytes, 0)
  }

  protected take(): Values {
    return { kind: 'struct', fields: this.fields.map((field) => field.finish()) }
  }
}

export function builderOf(type: ColumnType): Builder {
  switch (type.kind) {
    case 'list':
      return new ListBuilder(builderOf(type.element))
    case 'map':
      return new MapBuilder(builderOf(type.key), builderOf(type.value))
    case 'struct':
      return new StructBuilder(type.fields.map((field) => builderOf(field.type)))
    default: {
      const kind = valuesKind(type)
      if (kind === 'int64') return new LongBuilder()
      if (kind === 'int128') return new WideBuilder()
      return kind === 'bytes' ? new BytesBuilder() : new NumberBuilder(kind as Numbers['kind'])
    }
  }
}
