/** A vector's values as DuckDB takes them. */
import {
  blobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  listValue,
  structValue,
} from '@duckdb/node-api'
import { type ColumnType, LONG_DECIMAL_DIGITS, type Values, type Vector } from '../../../formats/vectors.ts'

/** One for each row, null where there is none. */
export function vectorItems(vector: Vector, type: ColumnType): DuckDBValue[] {
  const { valid } = vector
  const present = presentItems(vector, type)
  if (!valid) return present
  let at = 0
  return Array.from(valid, (there) => (there ? present[at++]! : null))
}

function presentItems({ values, rows, valid }: Vector, type: ColumnType): DuckDBValue[] {
  switch (values.kind) {
    case 'bits':
      return Array.from(values.values, (bit) => bit === 1)
    case 'int32':
      return Array.from(values.values, (value) => (type.kind === 'date' ? new DuckDBDateValue(value) : value))
    case 'float':
    case 'double':
      return Array.from(values.values)
    case 'int64':
      return Array.from(values.values, (value) => longItem(value, type))
    case 'int128':
      return wideDecimals(values.values, type)
    case 'bytes':
      return bytesItems(values, type)
    case 'dictionary': {
      const entries = bytesItems(values.entries, type)
      return Array.from(values.indexes, (index) => entries[index]!)
    }
    case 'list': {
      const items = vectorItems(values.element, (type as { readonly element: ColumnType }).element)
      let at = 0
      return Array.from(values.lengths, (length) => {
        at += length
        return listValue(items.slice(at - length, at))
      })
    }
    case 'struct': {
      const { fields } = type as ColumnType & { readonly kind: 'struct' }
      const columns = values.fields.map((field, i) => vectorItems(field, fields[i]!.type))
      const count = valid ? valid.reduce((sum, there) => sum + there, 0) : rows
      return Array.from({ length: count }, (_, row) =>
        structValue(Object.fromEntries(fields.map(({ name }, i) => [name, columns[i]![row]!]))),
      )
    }
    case 'map':
      throw new TypeError('no function returns a map')
  }
}

function longItem(value: bigint, type: ColumnType): DuckDBValue {
  if (type.kind === 'decimal') return new DuckDBDecimalValue(value, type.precision, type.scale)
  return type.kind === 'timestamp' ? new DuckDBTimestampValue(value) : value
}

function wideDecimals(values: Uint8Array, type: ColumnType): DuckDBValue[] {
  if (type.kind !== 'decimal' || type.precision <= LONG_DECIMAL_DIGITS)
    throw new TypeError(`no ${type.kind} is so wide`)
  const view = new DataView(values.buffer, values.byteOffset, values.length)
  return Array.from({ length: values.length / 16 }, (_, i) => {
    const value = (view.getBigInt64(16 * i) << 64n) | view.getBigUint64(16 * i + 8)
    return new DuckDBDecimalValue(value, type.precision, type.scale)
  })
}

function bytesItems({ bytes, lengths }: Extract<Values, { kind: 'bytes' }>, type: ColumnType): DuckDBValue[] {
  let at = 0
  return Array.from(lengths, (length) => {
    at += length
    const one = bytes.subarray(at - length, at)
    return type.kind === 'binary'
      ? blobValue(one)
      : Buffer.from(one.buffer, one.byteOffset, one.length).toString('utf8')
  })
}
