/** Rows as DuckDB hands them over, a chunk at a time, into the builders of vectors. */
import {
  DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBListValue,
  type DuckDBMapValue,
  type DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import {
  type Builder,
  BytesBuilder,
  type ListBuilder,
  LongBuilder,
  type MapBuilder,
  type NumberBuilder,
  type StructBuilder,
  WideBuilder,
} from '../../../formats/vector-builders.ts'
import type { ColumnField, ColumnType } from '../../../formats/vectors.ts'

/** Rows `from` to `to` of a chunk. */
export function addRows(
  chunk: DuckDBDataChunk,
  from: number,
  to: number,
  fields: readonly ColumnField[],
  builders: readonly Builder[],
): void {
  for (const [i, builder] of builders.entries()) {
    const vector = chunk.getColumnVector(i)
    for (let row = from; row < to; row++) addValue(builder, fields[i]!.type, vector.getItem(row))
  }
}

function addValue(builder: Builder, type: ColumnType, value: DuckDBValue): void {
  if (value === null) builder.missing()
  else if (builder instanceof BytesBuilder) builder.add(bytesOf(value))
  else if (builder instanceof LongBuilder) builder.addBig(wholeOf(value))
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

function bytesOf(value: DuckDBValue): Uint8Array {
  return value instanceof DuckDBBlobValue ? value.bytes : Buffer.from(String(value))
}

/** Of decimals their digits, of moments their microseconds. */
function wholeOf(value: DuckDBValue): bigint {
  if (typeof value === 'bigint') return value
  if (value instanceof DuckDBDecimalValue) return value.value
  return (value as { readonly micros: bigint }).micros
}
