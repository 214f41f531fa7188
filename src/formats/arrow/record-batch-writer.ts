/** Vectors as Arrow's record batches: each value at its row's place, with gaps where rows have none. */
import type { Values, Vector } from '../vectors.ts'
import { type Framing, HEADER, padded, writeMessage } from './message.ts'
import { microseconds } from './time-units.ts'
import type { ArrowField, ArrowSchema, ArrowType } from './types.ts'

/** The columns are of what `columnTypeOf` says of the schema's fields. */
export function writeRecordBatch(
  schema: ArrowSchema,
  columns: readonly Vector[],
  rows: number,
  framing: Framing,
): Uint8Array {
  const nodes: [number, number][] = []
  const buffers: Uint8Array[] = []
  const parts = { nodes, buffers }
  schema.fields.forEach((field, i) => {
    writeArray(parts, field, columns[i]!, undefined)
  })
  let at = 0
  const places = buffers.map((buffer): [number, number] => {
    const start = at
    at += padded(buffer.length)
    return [start, buffer.length]
  })
  return writeMessage(
    framing,
    HEADER.recordBatch,
    [
      { kind: 'long', value: rows },
      { kind: 'pairs', value: nodes },
      { kind: 'pairs', value: places },
    ],
    buffers,
  )
}

interface Parts {
  readonly nodes: [number, number][]
  readonly buffers: Uint8Array[]
}

/** `rows`: which of the vector's rows stands at each place of the array, -1 for none; all where it is absent. */
function writeArray(parts: Parts, field: ArrowField, vector: Vector, rows: Int32Array | undefined): void {
  const ordinals = placed(vector, rows)
  const length = ordinals?.length ?? vector.rows
  const validity = new Uint8Array((length + 7) >> 3).fill(0xff)
  if (length % 8 !== 0) validity[validity.length - 1] = (1 << (length % 8)) - 1
  let nulls = 0
  for (let i = 0; ordinals && i < length; i++) {
    if (ordinals[i]! >= 0) continue
    nulls++
    validity[i >> 3]! &= ~(1 << (i & 7))
  }
  parts.nodes.push([length, nulls])
  parts.buffers.push(validity)
  writeValues(parts, field, vector.values, ordinals, length)
}

/** Which value stands at each place, -1 for none; absent where every place has the value of its number. */
function placed(vector: Vector, rows: Int32Array | undefined): Int32Array | undefined {
  const { valid } = vector
  if (!valid) return rows
  const ordinals = new Int32Array(vector.rows)
  let next = 0
  for (let row = 0; row < vector.rows; row++) ordinals[row] = valid[row] === 0 ? -1 : next++
  return rows ? rows.map((row) => (row < 0 ? -1 : ordinals[row]!)) : ordinals
}

function writeValues(
  parts: Parts,
  { type, children }: ArrowField,
  values: Values,
  ordinals: Int32Array | undefined,
  length: number,
): void {
  switch (values.kind) {
    case 'bits':
      parts.buffers.push(bits(values.values, ordinals, length))
      return
    case 'bytes':
    case 'dictionary':
      writeTexts(parts, values, ordinals, length)
      return
    case 'list':
      parts.buffers.push(bytesOf(offsets(values.lengths, ordinals, length)))
      writeArray(parts, children[0]!, values.element, undefined)
      return
    case 'map': {
      const entries: Vector = {
        rows: values.key.rows,
        valid: undefined,
        values: { kind: 'struct', fields: [values.key, values.value] },
      }
      parts.buffers.push(bytesOf(offsets(values.lengths, ordinals, length)))
      writeArray(parts, children[0]!, entries, undefined)
      return
    }
    case 'struct':
      values.fields.forEach((field, i) => {
        writeArray(parts, children[i]!, field, ordinals)
      })
      return
    default:
      parts.buffers.push(bytesOf(spread(numbersOf(type, values), ordinals, type.kind === 'decimal' ? 2 : 1)))
  }
}

type Numbers = Int8Array | Int16Array | Int32Array | BigInt64Array | BigUint64Array | Float32Array | Float64Array

const bytesOf = (numbers: Numbers): Uint8Array => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)

/** In the width of the type: decimals are two halves to a value. */
function numbersOf(type: ArrowType, values: Values): Numbers {
  switch (values.kind) {
    case 'int32':
      if (type.kind === 'int' && type.bitWidth === 8) return Int8Array.from(values.values)
      if (type.kind === 'int' && type.bitWidth === 16) return Int16Array.from(values.values)
      return values.values
    case 'int64':
      if (type.kind === 'decimal') return longDecimals(values.values)
      return type.kind === 'date' || type.kind === 'timestamp' ? microseconds.to(type, values.values) : values.values
    case 'int128':
      return wideDecimals(values.values)
    case 'float':
    case 'double':
      return values.values
    default:
      throw new TypeError(`${values.kind} are not numbers`)
  }
}

function longDecimals(values: BigInt64Array): BigInt64Array {
  const halves = new BigInt64Array(values.length * 2)
  for (let i = 0; i < values.length; i++) {
    halves[2 * i] = values[i]!
    halves[2 * i + 1] = values[i]! < 0n ? -1n : 0n
  }
  return halves
}

function wideDecimals(values: Uint8Array): BigUint64Array {
  const view = new DataView(values.buffer, values.byteOffset, values.length)
  const halves = new BigUint64Array(values.length / 8)
  for (let i = 0; i < halves.length; i += 2) {
    halves[i] = view.getBigUint64(8 * i + 8)
    halves[i + 1] = view.getBigUint64(8 * i)
  }
  return halves
}

function spread(values: Numbers, ordinals: Int32Array | undefined, width: number): Numbers {
  if (!ordinals) return values
  const spreadValues = new (values.constructor as new (length: number) => typeof values)(ordinals.length * width)
  for (let i = 0; i < ordinals.length; i++) {
    if (ordinals[i]! < 0) continue
    for (let part = 0; part < width; part++) spreadValues[i * width + part] = values[ordinals[i]! * width + part]!
  }
  return spreadValues
}

function bits(values: Uint8Array, ordinals: Int32Array | undefined, length: number): Uint8Array {
  const packed = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) {
    const ordinal = ordinals ? ordinals[i]! : i
    if (ordinal >= 0 && values[ordinal] === 1) packed[i >> 3]! |= 1 << (i & 7)
  }
  return packed
}

/** Values stand in the order of their rows, so that offsets are sums of lengths. */
function offsets(lengths: Int32Array, ordinals: Int32Array | undefined, length: number): Int32Array {
  const sums = new Int32Array(length + 1)
  for (let i = 0; i < length; i++) {
    const ordinal = ordinals ? ordinals[i]! : i
    sums[i + 1] = sums[i]! + (ordinal < 0 ? 0 : lengths[ordinal]!)
  }
  return sums
}

function writeTexts(
  parts: Parts,
  values: Extract<Values, { kind: 'bytes' | 'dictionary' }>,
  ordinals: Int32Array | undefined,
  length: number,
): void {
  const { bytes, lengths } = values.kind === 'bytes' ? values : spelledOut(values)
  parts.buffers.push(bytesOf(offsets(lengths, ordinals, length)), bytes)
}

function spelledOut({ entries, indexes }: Extract<Values, { kind: 'dictionary' }>): {
  readonly bytes: Uint8Array
  readonly lengths: Int32Array
} {
  const starts = offsets(entries.lengths, undefined, entries.lengths.length)
  const lengths = indexes.map((index) => entries.lengths[index]!)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const index of indexes) {
    bytes.set(entries.bytes.subarray(starts[index]!, starts[index + 1]!), at)
    at += entries.lengths[index]!
  }
  return { bytes, lengths }
}
