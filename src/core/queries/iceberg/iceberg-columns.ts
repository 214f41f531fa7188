/** The columns of an Iceberg table: Trino's types for queries, Hive's for the catalog. */
import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import {
  decimalOf,
  fixedLength,
  type IcebergType,
  innerFields,
  type NestedField,
  type Schema,
} from '../../../formats/iceberg/schema.ts'
import { SqlError } from '../../../sql/position.ts'
import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  map,
  REAL,
  row,
  type Type,
  UNKNOWN,
  VARBINARY,
  VARCHAR,
} from '../../../sql/types.ts'
import type { ColumnDescriptor } from '../../catalog/catalog.ts'
import type { FieldIds, RelationColumn } from '../relation.ts'
import { HIDDEN_COLUMNS, ROW_NUMBER, type TableLayout } from '../table-layout.ts'

const TYPES: Readonly<Record<string, Type>> = {
  boolean: BOOLEAN,
  int: INTEGER,
  long: BIGINT,
  float: REAL,
  double: DOUBLE,
  date: DATE,
  time: { kind: 'time', precision: 6 },
  timestamp: { kind: 'timestamp', precision: 6 },
  timestamptz: { kind: 'timestamp with time zone', precision: 6 },
  string: VARCHAR,
  uuid: { kind: 'uuid' },
  binary: VARBINARY,
  unknown: UNKNOWN,
}

/** Names of fields are folded, as Trino folds those of every catalog. */
export function trinoType(type: IcebergType): Type {
  if (typeof type !== 'string') {
    if (type.type === 'list') return array(trinoType(type.element))
    if (type.type === 'map') return map(trinoType(type.key), trinoType(type.value))
    return row(type.fields.map((field) => ({ name: field.name.toLowerCase(), type: trinoType(field.type) })))
  }
  const digits = decimalOf(type)
  if (digits) return decimal(digits.precision, digits.scale)
  const known = fixedLength(type) === undefined ? TYPES[type] : VARBINARY
  if (!known) throw new SqlError('NOT_SUPPORTED', `Unsupported Iceberg type: ${type}`)
  return known
}

/** As Glue keeps them: types in Hive's words, where Hive has none `string` for moments of the day and UUIDs. */
export function catalogColumns(metadata: TableMetadata): ColumnDescriptor[] {
  return currentSchema(metadata).fields.map(({ id, name, type, required, doc }) => ({
    Name: name.toLowerCase(),
    Type: hiveType(type),
    ...(doc !== undefined && { Comment: doc }),
    Parameters: {
      'iceberg.field.current': 'true',
      'iceberg.field.id': String(id),
      'iceberg.field.optional': String(!required),
    },
  }))
}

const HIVE_TYPES: Readonly<Record<string, string>> = {
  int: 'int',
  long: 'bigint',
  time: 'string',
  uuid: 'string',
  timestamptz: 'timestamp',
  unknown: 'string',
}

function hiveType(type: IcebergType): string {
  if (typeof type === 'string') {
    const digits = decimalOf(type)
    if (digits) return `decimal(${digits.precision},${digits.scale})`
    return fixedLength(type) === undefined ? (HIVE_TYPES[type] ?? type) : 'binary'
  }
  if (type.type === 'list') return `array<${hiveType(type.element)}>`
  if (type.type === 'map') return `map<${hiveType(type.key)},${hiveType(type.value)}>`
  return `struct<${type.fields.map((field) => `${field.name}:${hiveType(field.type)}`).join(',')}>`
}

const NAME_MAPPING = 'schema.name-mapping.default'

/** By id, what files without ids call columns, of a table that has such files. https://iceberg.apache.org/spec/#name-mapping-serialization */
function mappedNames({ properties = {} }: TableMetadata): ReadonlyMap<number, readonly string[]> | undefined {
  const text = properties[NAME_MAPPING]
  if (text === undefined) return undefined
  try {
    const fields = JSON.parse(text) as readonly { readonly 'field-id'?: number; readonly names: readonly string[] }[]
    return new Map(fields.flatMap(({ 'field-id': id, names }) => (id === undefined ? [] : [[id, names] as const])))
  } catch {
    throw new SqlError('ICEBERG_INVALID_METADATA', `The property ${NAME_MAPPING} is no name mapping`)
  }
}

const fieldIds = (type: IcebergType): FieldIds[] =>
  innerFields(type).map(({ inner }) => ({ id: inner.id, inner: fieldIds(inner.type) }))

/** Whether some schema of the table has other fields inside the column, or calls them otherwise. */
function hasChangedInside({ id, type }: NestedField, { schemas }: TableMetadata): boolean {
  if (typeof type === 'string') return false
  const names = (of: IcebergType): string =>
    innerFields(of)
      .map(({ inner }) => `${inner.id} ${inner.name} (${names(inner.type)})`)
      .join()
  const known = schemas.flatMap((schema) => schema.fields.find((field) => field.id === id) ?? [])
  return known.some((field) => names(field.type) !== names(type))
}

/** `schema`: the one that is shown, which for an old snapshot is an old one. */
export function icebergLayout(schema: Schema, metadata: TableMetadata): TableLayout {
  const names = mappedNames(metadata)
  const columns = schema.fields.map((field, ordinal): RelationColumn => {
    const { id: fieldId, name } = field
    const mapped = names && { mappedNames: names.get(fieldId) ?? [] }
    const inner = hasChangedInside(field, metadata) ? fieldIds(field.type) : undefined
    const type = trinoType(field.type)
    return {
      kind: 'data',
      name: name.toLowerCase(),
      type,
      field: name,
      ordinal,
      fieldId,
      ...(inner && { inner }),
      ...mapped,
    }
  })
  const hidden = HIDDEN_COLUMNS.filter(({ name }) => name !== '$file_size')
  return {
    columns: [...columns, ...hidden, { kind: 'hidden', name: ROW_NUMBER, type: BIGINT }],
    partitionKeys: [],
    format: { kind: 'parquet', widens: true },
    location: metadata.location,
  }
}
