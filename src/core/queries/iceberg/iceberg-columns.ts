/** The columns of an Iceberg table: Trino's types for queries, Hive's for the catalog. */
import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import {
  decimalOf,
  fixedLength,
  holdsNanos,
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
import type { RelationColumn } from '../relation.ts'
import { HIDDEN_COLUMNS, ROW_NUMBER, type TableLayout } from '../table-layout.ts'
import { fieldIds, hasDefault, mappedNames } from './field-identities.ts'

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
  timestamp_ns: { kind: 'timestamp', precision: 9 },
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

/** Throws NOT_SUPPORTED for a type that queries can not have. */
function columnTypeOf({ name, type }: NestedField): Type {
  try {
    return trinoType(type)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    throw new SqlError(error.code, `${error.message} of column ${name}`)
  }
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
  timestamp_ns: 'timestamp',
  timestamptz_ns: 'timestamp',
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

/** SQL does not tell them apart. */
function requireDistinctNames({ fields }: Schema): void {
  const seen = new Map<string, string>()
  for (const { name } of fields) {
    const other = seen.get(name.toLowerCase())
    if (other !== undefined)
      throw new SqlError(
        'NOT_SUPPORTED',
        `Columns whose names differ only by case are not supported: ${other}, ${name}`,
      )
    seen.set(name.toLowerCase(), name)
  }
}

/** `schema`: the one that is shown, which for an old snapshot is an old one. */
export function icebergLayout(schema: Schema, metadata: TableMetadata): TableLayout {
  requireDistinctNames(schema)
  const names = mappedNames(metadata)
  const columns = schema.fields.map((field, ordinal): RelationColumn => {
    const { id: fieldId, name } = field
    const ids = fieldIds(field, names)
    const varies = names !== undefined || hasDefault(ids) || hasChangedInside(field, metadata)
    const type = columnTypeOf(field)
    return {
      kind: 'data',
      name: name.toLowerCase(),
      type,
      field: name,
      ordinal,
      fieldId,
      ids,
      // Its moments are read as they are stored, and told in Trino's digits.
      ...(holdsNanos(field.type) && { storedAs: type }),
      ...(varies && { varies }),
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
