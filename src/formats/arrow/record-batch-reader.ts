/**
 * Arrow's record batches as vectors. Arrow leaves a gap where a row has no value, vectors do not: what a column holds is
 * gathered from the rows that have one, and from those rows only whose list or struct is there.
 */
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'
import { LONG_DECIMAL_DIGITS, type Values, type Vector } from '../vectors.ts'
import { HEADER, readMessage, readSoundly } from './message.ts'
import { microseconds } from './time-units.ts'
import { type ArrowField, type ArrowSchema, columnTypeOf } from './types.ts'

/** Arrow's own limit for one batch. */
const MOST_ROWS = 0x7fffffff

export interface RecordBatch {
  readonly rows: number
  readonly columns: readonly Vector[]
}

/** Throws CorruptData, and UnsupportedData for columns that nothing holds. */
export function readRecordBatch(schema: ArrowSchema, bytes: Uint8Array): RecordBatch {
  for (const field of schema.fields) columnTypeOf(field)
  const { kind, header, body } = readMessage(bytes)
  if (kind !== HEADER.recordBatch) throw new CorruptData('an Arrow message that should tell rows is of another kind')
  return readSoundly(() => {
    if (header.has(3)) throw new UnsupportedData('the buffers of an Arrow record batch are compressed')
    const parts = new Parts(header.pairs(1), header.pairs(2), body)
    const rows = header.long(0)
    if (rows < 0 || rows > MOST_ROWS) throw new CorruptData(`an Arrow record batch claims to have ${rows} rows`)
    const arrays = schema.fields.map((field) => parts.array(field))
    for (const array of arrays)
      if (array.length !== rows)
        throw new CorruptData('the columns of an Arrow record batch have different numbers of rows')
    return { rows, columns: arrays.map((array) => vectorOf(array, undefined)) }
  })
}

interface ArrowArray {
  readonly field: ArrowField
  readonly length: number
  /** A bit for each row; absent where all have a value. */
  readonly validity: Uint8Array | undefined
  readonly buffers: readonly Uint8Array[]
  readonly children: readonly ArrowArray[]
}

/** How many buffers follow the one of validity. */
const BUFFERS: Readonly<Record<string, number>> = { struct: 0, list: 1, map: 1, utf8: 2, binary: 2 }

class Parts {
  readonly #nodes: Iterator<readonly [number, number]>
  readonly #buffers: Iterator<readonly [number, number]>
  readonly #body: Uint8Array

  constructor(
    nodes: readonly (readonly [number, number])[],
    buffers: readonly (readonly [number, number])[],
    body: Uint8Array,
  ) {
    this.#nodes = nodes.values()
    this.#buffers = buffers.values()
    this.#body = body
  }

  array(field: ArrowField): ArrowArray {
    const [length, nulls] = this.#nodes.next().value ?? [-1, 0]
    if (length < 0 || length > MOST_ROWS)
      throw new CorruptData('an Arrow record batch has fewer columns than its schema')
    const validity = this.#buffer()
    const buffers = Array.from({ length: BUFFERS[field.type.kind] ?? 1 }, () => this.#buffer())
    if (nulls !== 0 && validity.length * 8 < length) throw new RangeError('validity')
    const children = field.children.map((child) => this.array(child))
    return { field, length, validity: nulls === 0 ? undefined : validity, buffers, children }
  }

  #buffer(): Uint8Array {
    const [at, length] = this.#buffers.next().value ?? [-1, 0]
    if (at < 0 || length < 0 || at + length > this.#body.length) throw new RangeError('buffer')
    return this.#body.subarray(at, at + length)
  }
}

/** `rows`: which of the array's rows there are to be, in order; all where it is absent. */
function vectorOf(array: ArrowArray, rows: Int32Array | undefined): Vector {
  const { validity, length } = array
  const count = rows?.length ?? length
  if (!validity) return { rows: count, valid: undefined, values: valuesOf(array, rows) }
  const valid = new Uint8Array(count)
  const present = new Int32Array(count)
  let found = 0
  for (let i = 0; i < count; i++) {
    const row = rows ? rows[i]! : i
    if (((validity[row >> 3]! >> (row & 7)) & 1) === 0) continue
    valid[i] = 1
    present[found++] = row
  }
  if (found === count) return { rows: count, valid: undefined, values: valuesOf(array, rows) }
  return { rows: count, valid, values: valuesOf(array, present.subarray(0, found)) }
}

function valuesOf(array: ArrowArray, rows: Int32Array | undefined): Values {
  const { field, children } = array
  const { type } = field
  switch (type.kind) {
    case 'bool':
      return { kind: 'bits', values: bits(array, rows) }
    case 'int':
      if (type.bitWidth === 64) return { kind: 'int64', values: numbers(array, BigInt64Array, rows) }
      return { kind: 'int32', values: narrow(array, type.bitWidth, rows) }
    case 'float':
      if (type.precision === 'SINGLE') return { kind: 'float', values: numbers(array, Float32Array, rows) }
      return { kind: 'double', values: numbers(array, Float64Array, rows) }
    case 'utf8':
    case 'binary':
      return texts(array, rows)
    case 'decimal':
      return decimals(numbers(array, BigUint64Array, rows, 2), type.precision)
    case 'date':
      if (type.unit === 'DAY') return { kind: 'int32', values: numbers(array, Int32Array, rows) }
      return { kind: 'int64', values: microseconds.from(type, numbers(array, BigInt64Array, rows)) }
    case 'timestamp':
      return { kind: 'int64', values: microseconds.from(type, numbers(array, BigInt64Array, rows)) }
    case 'list': {
      const { lengths, items } = lists(array, rows)
      return { kind: 'list', lengths, element: vectorOf(children[0]!, items) }
    }
    case 'map': {
      const { lengths, items } = lists(array, rows)
      const [key, value] = children[0]!.children
      return { kind: 'map', lengths, key: vectorOf(key!, items), value: vectorOf(value!, items) }
    }
    case 'struct':
      for (const child of children) if (child.length < array.length) throw new RangeError('a field of a struct')
      return { kind: 'struct', fields: children.map((child) => vectorOf(child, rows ?? all(array.length))) }
    default:
      throw new TypeError(`no vector holds ${type.kind}`)
  }
}

type NumberArray = Int8Array | Int16Array | Int32Array | BigInt64Array | BigUint64Array | Float32Array | Float64Array

interface NumberArrayType<T extends NumberArray> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike): T
  new (length: number): T
}

/** Those of the rows, `width` to a row. They are copied: in the message they may lie at any address. */
function numbers<T extends NumberArray>(
  { length, buffers }: ArrowArray,
  type: NumberArrayType<T>,
  rows: Int32Array | undefined,
  width = 1,
): T {
  const sizeBytes = length * width * type.BYTES_PER_ELEMENT
  if (buffers[0]!.length < sizeBytes) throw new RangeError('numbers')
  const values = new type(Uint8Array.prototype.slice.call(buffers[0], 0, sizeBytes).buffer)
  if (!rows) return values
  const gathered = new type(rows.length * width)
  for (let i = 0; i < rows.length; i++)
    for (let part = 0; part < width; part++) gathered[i * width + part] = values[rows[i]! * width + part]!
  return gathered
}

function narrow(array: ArrowArray, bitWidth: number, rows: Int32Array | undefined): Int32Array {
  if (bitWidth === 32) return numbers(array, Int32Array, rows)
  return Int32Array.from(bitWidth === 16 ? numbers(array, Int16Array, rows) : numbers(array, Int8Array, rows))
}

function bits({ length, buffers }: ArrowArray, rows: Int32Array | undefined): Uint8Array {
  const [data] = buffers
  if (data!.length * 8 < length) throw new RangeError('bits')
  const values = new Uint8Array(rows?.length ?? length)
  for (let i = 0; i < values.length; i++) {
    const row = rows ? rows[i]! : i
    values[i] = (data![row >> 3]! >> (row & 7)) & 1
  }
  return values
}

/** Where each row's items begin, and one more: where the last row's end. None for an array without rows. */
function offsetsOf({ length, buffers }: ArrowArray, end: number): Int32Array {
  if (length === 0) return new Int32Array(1)
  const sizeBytes = 4 * (length + 1)
  if (buffers[0]!.length < sizeBytes) throw new RangeError('offsets')
  const offsets = new Int32Array(Uint8Array.prototype.slice.call(buffers[0], 0, sizeBytes).buffer)
  if (offsets[0]! < 0 || offsets[length]! > end) throw new RangeError('offsets')
  for (let i = 0; i < length; i++) if (offsets[i + 1]! < offsets[i]!) throw new RangeError('offsets')
  return offsets
}

/** How many items each of the rows has, and all of them together. */
function lengthsOf({ length }: ArrowArray, offsets: Int32Array, rows: Int32Array | undefined) {
  const lengths = new Int32Array(rows?.length ?? length)
  let total = 0
  for (let i = 0; i < lengths.length; i++) {
    const row = rows ? rows[i]! : i
    lengths[i] = offsets[row + 1]! - offsets[row]!
    total += lengths[i]!
  }
  return { lengths, total }
}

function texts(array: ArrowArray, rows: Int32Array | undefined): Values {
  const data = array.buffers[1]!
  const offsets = offsetsOf(array, data.length)
  const { lengths, total } = lengthsOf(array, offsets, rows)
  const first = offsets[0]!
  if (!rows) return { kind: 'bytes', bytes: Uint8Array.prototype.slice.call(data, first, first + total), lengths }
  const bytes = new Uint8Array(total)
  let at = 0
  for (let i = 0; i < lengths.length; i++) {
    const start = offsets[rows[i]!]!
    bytes.set(data.subarray(start, start + lengths[i]!), at)
    at += lengths[i]!
  }
  return { kind: 'bytes', bytes, lengths }
}

/** How many items each row has, and which rows of the child they are. */
function lists(
  array: ArrowArray,
  rows: Int32Array | undefined,
): { readonly lengths: Int32Array; readonly items: Int32Array } {
  const offsets = offsetsOf(array, array.children[0]!.length)
  const { lengths, total } = lengthsOf(array, offsets, rows)
  const items = new Int32Array(total)
  let at = 0
  for (let i = 0; i < lengths.length; i++) {
    const start = offsets[rows ? rows[i]! : i]!
    for (let item = 0; item < lengths[i]!; item++) items[at++] = start + item
  }
  return { lengths, items }
}

const all = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i)

/** Arrow's are of 16 bytes, the little end first. */
function decimals(halves: BigUint64Array, precision: number): Values {
  const count = halves.length / 2
  if (precision <= LONG_DECIMAL_DIGITS) {
    const values = new BigInt64Array(count)
    for (let i = 0; i < count; i++) values[i] = BigInt.asIntN(64, halves[2 * i]!)
    return { kind: 'int64', values }
  }
  const values = new Uint8Array(16 * count)
  const view = new DataView(values.buffer)
  for (let i = 0; i < count; i++) {
    view.setBigUint64(16 * i, halves[2 * i + 1]!)
    view.setBigUint64(16 * i + 8, halves[2 * i]!)
  }
  return { kind: 'int128', values }
}
