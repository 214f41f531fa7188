/** The columns of a Delta table: Trino's types for queries, Hive's for the catalog. */
import { type DeltaField, type DeltaType, tableFields } from '../../../formats/delta/schema.ts'
import type { Snapshot } from '../../../formats/delta/snapshot.ts'
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
  SMALLINT,
  TIMESTAMP_TZ,
  TINYINT,
  type Type,
  UNKNOWN,
  VARBINARY,
  VARCHAR,
} from '../../../sql/types.ts'
import type { ColumnDescriptor } from '../../catalog/catalog.ts'
import type { RelationColumn } from '../relation.ts'
import { HIDDEN_FILE_COLUMNS, type TableLayout } from '../table-layout.ts'

/** Trino's type, and Hive's name for it. */
const PRIMITIVES: Readonly<Record<string, readonly [Type, string]>> = {
  string: [VARCHAR, 'string'],
  long: [BIGINT, 'bigint'],
  integer: [INTEGER, 'int'],
  short: [SMALLINT, 'smallint'],
  byte: [TINYINT, 'tinyint'],
  float: [REAL, 'float'],
  double: [DOUBLE, 'double'],
  boolean: [BOOLEAN, 'boolean'],
  binary: [VARBINARY, 'binary'],
  date: [DATE, 'date'],
  timestamp: [TIMESTAMP_TZ, 'timestamp'],
  timestamp_ntz: [{ kind: 'timestamp', precision: 6 }, 'timestamp'],
  // A column in which there is nothing; no file has it.
  void: [UNKNOWN, 'string'],
}

function primitive(name: string): readonly [Type, string] {
  const known = PRIMITIVES[name]
  if (known) return known
  const [, precision, scale] = /^decimal\((\d+),\s*(-?\d+)\)$/.exec(name) ?? []
  if (precision === undefined) throw new SqlError('NOT_SUPPORTED', `Unsupported Delta Lake type: ${name}`)
  return [decimal(Number(precision), Number(scale)), `decimal(${precision},${scale})`]
}

type Naming = (field: DeltaField) => string
const byName: Naming = ({ name }) => name
const byPhysicalName: Naming = ({ physicalName }) => physicalName

function trinoType(type: DeltaType, name: Naming): Type {
  if (typeof type === 'string') return primitive(type)[0]
  if (type.kind === 'array') return array(trinoType(type.element, name))
  if (type.kind === 'map') return map(trinoType(type.key, name), trinoType(type.value, name))
  return row(type.fields.map((field) => ({ name: name(field), type: trinoType(field.type, name) })))
}

function hiveType(type: DeltaType): string {
  if (typeof type === 'string') return primitive(type)[1]
  if (type.kind === 'array') return `array<${hiveType(type.element)}>`
  if (type.kind === 'map') return `map<${hiveType(type.key)},${hiveType(type.value)}>`
  return `struct<${type.fields.map((field) => `${field.name}:${hiveType(field.type)}`).join(',')}>`
}

/** In the order of the log; a partition column is where the schema has it. */
export function deltaLayout({ metadata }: Snapshot, location: string): TableLayout {
  const fields = tableFields(metadata)
  const keys = metadata.partitionColumns.map((name) => fields.find((field) => field.name === name))
  const columns = fields.map((field, ordinal): RelationColumn => {
    const name = field.name.toLowerCase()
    const type = trinoType(field.type, byName)
    const index = keys.indexOf(field)
    if (index >= 0) return { kind: 'partition', name, type, index }
    const { fieldId } = field
    const storedAs = trinoType(field.type, byPhysicalName)
    return { kind: 'data', name, type, field: field.physicalName, ordinal, storedAs, ...(fieldId && { fieldId }) }
  })
  const partitionKeys = metadata.partitionColumns.map((name, i) => {
    const key = keys[i]
    if (!key) throw new SqlError('DELTA_LAKE_INVALID_SCHEMA', `Partition column '${name}' is not in the schema`)
    return { name: name.toLowerCase(), type: trinoType(key.type, byName) }
  })
  const format = { kind: 'parquet', widens: true } as const
  return { columns: [...columns, ...HIDDEN_FILE_COLUMNS], partitionKeys, format, location }
}

/** As the catalog keeps them: partition columns by themselves. */
export function catalogColumns({ metadata }: Snapshot): {
  readonly columns: readonly ColumnDescriptor[]
  readonly partitionKeys: readonly ColumnDescriptor[]
} {
  const described = tableFields(metadata).map((field) => ({
    field: field.name,
    descriptor: {
      Name: field.name.toLowerCase(),
      Type: hiveType(field.type),
      ...(field.comment !== undefined && { Comment: field.comment }),
    },
  }))
  const of = (name: string) => described.find(({ field }) => field === name)
  return {
    columns: described.flatMap(({ field, descriptor }) =>
      metadata.partitionColumns.includes(field) ? [] : [descriptor],
    ),
    partitionKeys: metadata.partitionColumns.flatMap((name) => of(name)?.descriptor ?? []),
  }
}
