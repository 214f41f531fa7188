/** Rows as DuckDB hands them over, a chunk at a time, into the builders of vectors. */
import {
  DuckDBBlobValue,
  DuckDBBlobVector,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBListValue,
  type DuckDBMapValue,
  type DuckDBStructValue,
  type DuckDBValue,
  type DuckDBVector,
} from '@duckdb/node-api'
import {
  type Builder,
  BytesBuilder,
  type ListBuilder,
  LongBuilder,
  type MapBuilder,
  NumberBuilder,
  type StructBuilder,
  WideBuilder,
} from '../../../formats/vector-builders.ts'
import type { ColumnField, ColumnType } from '../../../formats/vectors.ts'

/** Rows `from` to `to` of a chunk, in which texts that are columns of their own may come as their bytes. */
export function addRows(
  chunk: DuckDBDataChunk,
  from: number,
  to: number,
  fields: readonly ColumnField[],
  builders: readonly Builder[],
): void {
  for (const [i, builder] of builders.entries()) {
    const vector = chunk.getColumnVector(i)
    if (addAll(builder, vector, from, to) || addAllBytes(builder, vector, from, to)) continue
    for (let row = from; row < to; row++) addValue(builder, fields[i]!.type, vector.getItem(row))
  }
}

type Items = BigInt64Array | Int32Array | Int16Array | Int8Array | Float32Array | Float64Array
/** What vectors of numbers hold, which their type does not show; to ask for a value takes some calls and an object. */
interface Flat {
  readonly items?: Items
  readonly validity?: { readonly data: BigUint64Array | null; readonly offset: number }
}

/** Numbers, days, moments and decimals at once; false where it takes more than to copy them. */
function addAll(builder: Builder, vector: DuckDBVector, from: number, to: number): boolean {
  const { items, validity } = vector as Flat
  if (!ArrayBuffer.isView(items) || validity === undefined) return false
  const whole = items instanceof BigInt64Array
  const add =
    whole && builder instanceof LongBuilder
      ? (start: number, end: number) => builder.addAll(items.subarray(start, end))
      : !whole && builder instanceof NumberBuilder
        ? (start: number, end: number) => builder.addAll(items.subarray(start, end))
        : undefined
  if (!add) return false
  const there = validityOf(validity, from, to)
  let start = from
  for (let row = from; there && row < to; row++) {
    if (there[row - from]) continue
    if (row > start) add(start, row)
    builder.missing()
    start = row + 1
  }
  if (to > start) add(start, to)
  return true
}

/** The engine keeps up to so many bytes beside their length, in a place of sixteen bytes; longer ones lie elsewhere. */
const INLINE_BYTES = 12
const PLACE_BYTES = 16
const LENGTH_BYTES = 4

/** Bytes, and texts given as bytes: a short one is copied from where it lies, none becomes a text of JavaScript's. */
function addAllBytes(builder: Builder, vector: DuckDBVector, from: number, to: number): boolean {
  if (!(builder instanceof BytesBuilder) || !(vector instanceof DuckDBBlobVector)) return false
  const { dataView, validity } = vector as unknown as { readonly dataView: DataView } & Required<Flat>
  const places = new Uint8Array(dataView.buffer, dataView.byteOffset, dataView.byteLength)
  const there = validityOf(validity, from, to)
  for (let row = from; row < to; row++) {
    if (there && !there[row - from]) {
      builder.missing()
      continue
    }
    const at = row * PLACE_BYTES
    const length = dataView.getUint32(at, true)
    if (length > INLINE_BYTES) builder.add(vector.getItemBytes(row)!)
    else builder.add(places, at + LENGTH_BYTES, at + LENGTH_BYTES + length)
  }
  return true
}

/** A byte for each row; undefined where all have a value. */
function validityOf({ data, offset }: NonNullable<Flat['validity']>, from: number, to: number): Uint8Array | undefined {
  if (!data) return undefined
  const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const there = new Uint8Array(to - from)
  for (let row = from; row < to; row++) {
    const bit = offset + row
    there[row - from] = (bits[bit >> 3]! >> (bit & 7)) & 1
  }
  return there
}

function addValue(builder: Builder, type: ColumnType, value: DuckDBValue): void {
  if (value === null) builder.missing()
  else if (builder instanceof BytesBuilder) {
    if (value instanceof DuckDBBlobValue) builder.add(value.bytes)
    else builder.addText(String(value))
  } else if (builder instanceof LongBuilder) builder.addBig(wholeOf(value))
  else if (builder instanceof WideBuilder) builder.add(wholeOf(value))
  else if (type.kind === 'list') {
    const { items } = value as DuckDBListValue
    for (const item of items) addValue((builder as ListBuilder).element, type.element, item)
    ;(builder as ListBuilder).add(items.length)
  } else if (type.kind === 'map') {
    const { entries } = value as DuckDBMapValue
    for (const entry of entries) {
      addValue((builder as MapBuilder).key, type.key, entry.key)
      addValue((builder as MapBuilder).value, type.value, entry.value)
    }
    ;(builder as MapBuilder).add(entries.length)
  } else if (type.kind === 'struct') {
    const { entries } = value as DuckDBStructValue
    const { fields } = builder as StructBuilder
    for (const [i, field] of type.fields.entries()) addValue(fields[i]!, field.type, entries[field.name] ?? null)
    ;(builder as StructBuilder).add()
  } else (builder as NumberBuilder).add(value instanceof DuckDBDateValue ? value.days : Number(value))
}

/** Of decimals their digits, of moments their microseconds. */
function wholeOf(value: DuckDBValue): bigint {
  if (typeof value === 'bigint') return value
  if (value instanceof DuckDBDecimalValue) return value.value
  return (value as { readonly micros: bigint }).micros
}
