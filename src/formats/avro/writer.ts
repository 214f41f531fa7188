/** Avro container files from vectors. Every field may be NULL; names, types and annotations are those of Hive's AvroSerDe. */

import type { ByteSink } from '../byte-sink.ts'
import type { FileEncoder, WriteBytes } from '../file-encoder.ts'
import { numberBytes } from '../number-bytes.ts'
import { type TextValues, textCells } from '../text-cells.ts'
import { type ColumnField, type ColumnType, LONG_DECIMAL_DIGITS, type Values, type Vector } from '../vectors.ts'
import { AvroContainer, type AvroOptions } from './container-writer.ts'

export class AvroWriter implements FileEncoder {
  readonly batchRows = 10_000
  readonly #fields: readonly ColumnField[]
  readonly #container: AvroContainer

  constructor(fields: readonly ColumnField[], options: AvroOptions, write: WriteBytes) {
    this.#fields = fields
    const schema = JSON.stringify(recordSchema('baseRecord', fields, { next: 0 }))
    this.#container = new AvroContainer(schema, options, write)
  }

  batch(columns: readonly Vector[], rows: number): void {
    const cells = columns.map((column, i) => optional(column, this.#fields[i]!.type, this.#container.block))
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < cells.length; i++) cells[i]!()
      this.#container.next()
    }
  }

  end(): void {
    this.#container.end()
  }
}

type Json = string | { readonly [key: string]: unknown } | readonly Json[]

function recordSchema(name: string, fields: readonly ColumnField[], names: { next: number }): Json {
  const described = fields.map((field) => ({
    name: field.name,
    type: ['null', typeSchema(field.type, names)],
    default: null,
  }))
  return { type: 'record', name, fields: described }
}

function typeSchema(type: ColumnType, names: { next: number }): Json {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
      return 'int'
    case 'boolean':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
      return type.kind
    case 'char':
    case 'varchar':
      return { type: 'string', logicalType: type.kind, maxLength: type.length }
    case 'binary':
      return 'bytes'
    case 'date':
      return { type: 'int', logicalType: 'date' }
    case 'timestamp':
    case 'instant':
      return { type: 'long', logicalType: 'timestamp-millis' }
    case 'time':
      return { type: 'long', logicalType: 'time-micros' }
    case 'uuid':
      throw new TypeError('Avro files of Hive have no UUIDs')
    case 'decimal':
      return { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale }
    case 'list':
      return { type: 'array', items: ['null', typeSchema(type.element, names)] }
    case 'map':
      return { type: 'map', values: ['null', typeSchema(type.value, names)] }
    case 'struct':
      return recordSchema(`record_${names.next++}`, type.fields, names)
  }
}

/** Writes the value of one row at each call. */
type Cell = () => void

function optional({ valid, values }: Vector, type: ColumnType, sink: ByteSink): Cell {
  const write = cellOf(values, type, sink)
  let row = 0
  return () => {
    const there = !valid || valid[row] === 1
    row++
    // The branches of ["null", type], folded.
    sink.byte(there ? 2 : 0)
    if (there) write()
  }
}

function cellOf(values: Values, type: ColumnType, sink: ByteSink): Cell {
  let at = 0
  switch (values.kind) {
    case 'bits':
      return () => sink.byte(values.values[at++]!)
    case 'int32':
      return () => sink.zigzagNumber(values.values[at++]!)
    case 'float':
      return () => sink.float(values.values[at++]!)
    case 'double':
      return () => sink.double(values.values[at++]!)
    case 'int64':
      return longCell(values.values, type, sink)
    case 'int128': {
      const view = new DataView(values.values.buffer, values.values.byteOffset)
      return () => {
        const value = (view.getBigInt64(at) << 64n) | view.getBigUint64(at + 8)
        at += 16
        putUnscaled(sink, value)
      }
    }
    case 'list':
    case 'map':
      return itemsCell(values, type, sink)
    case 'struct': {
      const { fields } = type as ColumnType & { readonly kind: 'struct' }
      const cells = values.fields.map((field, i) => optional(field, fields[i]!.type, sink))
      return () => {
        for (const cell of cells) cell()
      }
    }
    default:
      return textCell(values, sink)
  }
}

function longCell(values: BigInt64Array, type: ColumnType, sink: ByteSink): Cell {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  let at = 0
  if (type.kind === 'decimal' && type.precision <= LONG_DECIMAL_DIGITS) return () => putUnscaled(sink, values[at++]!)
  if (type.kind === 'timestamp' || type.kind === 'instant')
    return () => sink.zigzagNumber(Math.floor(Number(values[at++]!) / 1000))
  return () => {
    sink.zigzag(halves[at]!, halves[at + 1]!)
    at += 2
  }
}

function putUnscaled(sink: ByteSink, value: bigint): void {
  const bytes = numberBytes(value)
  sink.zigzagNumber(bytes.length)
  for (const byte of bytes) sink.byte(byte)
}

function itemsCell(values: Values & { readonly kind: 'list' | 'map' }, type: ColumnType, sink: ByteSink): Cell {
  const { lengths } = values
  const cells =
    values.kind === 'list'
      ? [optional(values.element, (type as { element: ColumnType }).element, sink)]
      : [
          cellOf(values.key.values, (type as { key: ColumnType }).key, sink),
          optional(values.value, (type as { value: ColumnType }).value, sink),
        ]
  let at = 0
  return () => {
    const count = lengths[at++]!
    if (count > 0) sink.zigzagNumber(count)
    for (let i = 0; i < count; i++) for (const cell of cells) cell()
    sink.byte(0)
  }
}

const textCell = (values: TextValues, sink: ByteSink): Cell =>
  textCells(values, (bytes, start, end) => {
    sink.zigzagNumber(end - start)
    sink.put(bytes, start, end)
  })
