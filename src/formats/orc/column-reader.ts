/** Columns of a stripe, read a stretch of rows at a time as vectors of the table's types. */
import { TypeMismatch } from '../corrupt-data.ts'
import type { ColumnType } from '../vectors.ts'
import { compositeReader } from './composites.ts'
import { decimalReader, momentReader } from './moments.ts'
import { numberReader } from './numbers.ts'
import type { ColumnReader, ValuesReader } from './reading.ts'
import { STREAM, type StripeStreams } from './stripe.ts'
import type { OrcType } from './tail.ts'
import { textReader } from './texts.ts'

/** `path` is for errors: `.a.b`. */
export function columnReader(streams: StripeStreams, type: OrcType, to: ColumnType, path: string): ColumnReader {
  const present = streams.bits(type.column, STREAM.present)
  const values = valuesReader(streams, type, to, path)
  return {
    read(rows) {
      if (!present) return { rows, valid: undefined, values: values.read(rows) }
      const valid = new Uint8Array(rows)
      const count = present.read(valid, rows)
      return { rows, valid: count === rows ? undefined : valid, values: values.read(count) }
    },
    seek(positions) {
      const own = positions(type.column)
      present?.seek(own)
      values.seek(positions)
    },
  }
}

function valuesReader(streams: StripeStreams, type: OrcType, to: ColumnType, path: string): ValuesReader {
  const reader =
    numberReader(streams, type, to) ??
    textReader(streams, type, to) ??
    momentReader(streams, type, to) ??
    decimalReader(streams, type, to) ??
    compositeReader(streams, type, to, path, columnReader)
  if (reader) return reader
  throw new TypeMismatch(
    `Cannot read SQL type '${sqlName(to)}' from ORC stream '${path}' of type ${KIND_NAMES[type.kind] ?? type.kind.toUpperCase()} with attributes {}`,
  )
}

const KIND_NAMES: Readonly<Record<string, string>> = { instant: 'TIMESTAMP_INSTANT' }

/** As Trino spells the type. */
function sqlName(type: ColumnType): string {
  switch (type.kind) {
    case 'int':
      return 'integer'
    case 'long':
      return 'bigint'
    case 'float':
      return 'real'
    case 'string':
      return 'varchar'
    case 'binary':
      return 'varbinary'
    case 'char':
    case 'varchar':
      return `${type.kind}(${type.length})`
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'timestamp':
      return 'timestamp(3)'
    case 'instant':
      return 'timestamp(3) with time zone'
    case 'list':
      return `array(${sqlName(type.element)})`
    case 'map':
      return `map(${sqlName(type.key)}, ${sqlName(type.value)})`
    case 'struct':
      return `row(${type.fields.map((field) => `${field.name} ${sqlName(field.type)}`).join(', ')})`
    default:
      return type.kind
  }
}
