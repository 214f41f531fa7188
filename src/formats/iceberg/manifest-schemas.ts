/** The Avro schemas of manifests and of lists of them, of version 2. https://iceberg.apache.org/spec/#manifests */
import { decimalOf, fixedLength, type IcebergType } from './schema.ts'
import type { BoundField } from './specs.ts'

type Json = string | { readonly [key: string]: unknown } | readonly Json[]

const field = (id: number, name: string, type: Json) => ({ name, type, 'field-id': id })
const optional = (id: number, name: string, type: Json) => ({ ...field(id, name, ['null', type]), default: null })
const record = (name: string, fields: readonly object[]): Json => ({ type: 'record', name, fields })

/** A map by numbers is a list of pairs. */
const pairs = (keyId: number, valueId: number, value: Json): Json => ({
  type: 'array',
  items: record(`k${keyId}_v${valueId}`, [field(keyId, 'key', 'int'), field(valueId, 'value', value)]),
  logicalType: 'map',
})
const list = (elementId: number, items: Json): Json => ({ type: 'array', items, 'element-id': elementId })

export function manifestSchema(fields: readonly BoundField[]): object {
  const partition = record(
    'r102',
    fields.map(({ field: { 'field-id': id, name }, type }) => optional(id, avroName(name), avroType(type))),
  )
  const dataFile = record('r2', [
    field(134, 'content', 'int'),
    field(100, 'file_path', 'string'),
    field(101, 'file_format', 'string'),
    field(102, 'partition', partition),
    field(103, 'record_count', 'long'),
    field(104, 'file_size_in_bytes', 'long'),
    optional(108, 'column_sizes', pairs(117, 118, 'long')),
    optional(109, 'value_counts', pairs(119, 120, 'long')),
    optional(110, 'null_value_counts', pairs(121, 122, 'long')),
    optional(137, 'nan_value_counts', pairs(138, 139, 'long')),
    optional(125, 'lower_bounds', pairs(126, 127, 'bytes')),
    optional(128, 'upper_bounds', pairs(129, 130, 'bytes')),
    optional(131, 'key_metadata', 'bytes'),
    optional(132, 'split_offsets', list(133, 'long')),
    optional(135, 'equality_ids', list(136, 'int')),
    optional(140, 'sort_order_id', 'int'),
    optional(143, 'referenced_data_file', 'string'),
  ])
  return record('manifest_entry', [
    field(0, 'status', 'int'),
    optional(1, 'snapshot_id', 'long'),
    optional(3, 'sequence_number', 'long'),
    optional(4, 'file_sequence_number', 'long'),
    field(2, 'data_file', dataFile),
  ]) as object
}

export const MANIFEST_LIST_SCHEMA = record('manifest_file', [
  field(500, 'manifest_path', 'string'),
  field(501, 'manifest_length', 'long'),
  field(502, 'partition_spec_id', 'int'),
  field(517, 'content', 'int'),
  field(515, 'sequence_number', 'long'),
  field(516, 'min_sequence_number', 'long'),
  field(503, 'added_snapshot_id', 'long'),
  field(504, 'added_files_count', 'int'),
  field(505, 'existing_files_count', 'int'),
  field(506, 'deleted_files_count', 'int'),
  field(512, 'added_rows_count', 'long'),
  field(513, 'existing_rows_count', 'long'),
  field(514, 'deleted_rows_count', 'long'),
  optional(
    507,
    'partitions',
    list(
      508,
      record('r508', [
        field(509, 'contains_null', 'boolean'),
        optional(518, 'contains_nan', 'boolean'),
        optional(510, 'lower_bound', 'bytes'),
        optional(511, 'upper_bound', 'bytes'),
      ]),
    ),
  ),
  optional(519, 'key_metadata', 'bytes'),
]) as object

/** Avro's names are of letters, digits and underscores. https://iceberg.apache.org/spec/#avro */
function avroName(name: string): string {
  const text = name.replace(/[^A-Za-z0-9_]/gu, (letter) => `_x${letter.codePointAt(0)!.toString(16).toUpperCase()}`)
  return /^\d/.test(text) ? `_${text}` : text
}

const TYPES: Readonly<Record<string, Json>> = {
  date: { type: 'int', logicalType: 'date' },
  time: { type: 'long', logicalType: 'time-micros' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': false },
  timestamptz: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': true },
  uuid: { type: 'fixed', name: 'uuid_fixed', size: 16, logicalType: 'uuid' },
  binary: 'bytes',
}

function avroType(type: IcebergType): Json {
  const digits = decimalOf(type)
  if (digits) {
    const name = `decimal_${digits.precision}_${digits.scale}`
    return { type: 'fixed', name, size: decimalBytes(digits.precision), logicalType: 'decimal', ...digits }
  }
  const length = fixedLength(type)
  if (length !== undefined) return { type: 'fixed', name: `fixed_${length}`, size: length }
  return TYPES[String(type)] ?? String(type)
}

/** The fewest that hold so many digits and a sign. */
export function decimalBytes(precision: number): number {
  const largest = 10n ** BigInt(precision) - 1n
  let bytes = 1
  while (largest >= 1n << BigInt(bytes * 8 - 1)) bytes++
  return bytes
}
