/** The first schema and partition spec of a table that a statement makes. */
import type { IcebergType, NestedField, Schema } from '../../../formats/iceberg/schema.ts'
import type { PartitionSpec } from '../../../formats/iceberg/specs.ts'
import { type Transform, transformApplies, transformText } from '../../../formats/iceberg/transforms.ts'
import { parseHiveType } from '../../../sql/hive/type.ts'
import { SqlError } from '../../../sql/position.ts'
import { type Type, typeName } from '../../../sql/types.ts'

export interface NewColumn {
  readonly name: string
  readonly type: Type
  readonly comment?: string
}

/** Of a column as Hive writes its type. Hive's timestamp has no digits; Iceberg's has six. */
export const typeOfHive = (text: string): Type => micros(parseHiveType(text.toLowerCase()))

function micros(type: Type): Type {
  switch (type.kind) {
    case 'timestamp':
      return { ...type, precision: 6 }
    case 'array':
      return { ...type, element: micros(type.element) }
    case 'map':
      return { ...type, key: micros(type.key), value: micros(type.value) }
    case 'row':
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: micros(field.type) })) }
    default:
      return type
  }
}

/** The next id that a field gets. */
export interface FieldIdsGiven {
  next: number
}

/** Ids go level by level, as the Java library gives them. */
export function newSchema(columns: readonly NewColumn[]): Schema {
  const ids = { next: 1 }
  const first = columns.map(() => ids.next++)
  const fields = columns.map(({ name, type, comment }, i): NestedField => {
    const doc = comment === undefined ? {} : { doc: comment }
    return { id: first[i]!, name, required: false, type: icebergType(type, ids), ...doc }
  })
  return { type: 'struct', 'schema-id': 0, fields }
}

const TYPES: Partial<Record<Type['kind'], string>> = {
  boolean: 'boolean',
  integer: 'int',
  bigint: 'long',
  real: 'float',
  double: 'double',
  varchar: 'string',
  varbinary: 'binary',
  date: 'date',
  uuid: 'uuid',
}

/** Microseconds are what Iceberg's moments have. */
const MOMENTS: Partial<Record<Type['kind'], string>> = {
  time: 'time',
  timestamp: 'timestamp',
  'timestamp with time zone': 'timestamptz',
}

/** In Trino's words where Iceberg has none of the kind. */
export function icebergType(type: Type, ids: FieldIdsGiven): IcebergType {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`
    case 'array': {
      const id = ids.next++
      return { type: 'list', 'element-id': id, element: icebergType(type.element, ids), 'element-required': false }
    }
    case 'map': {
      const [key, value] = [ids.next++, ids.next++]
      return {
        type: 'map',
        'key-id': key,
        key: icebergType(type.key, ids),
        'value-id': value,
        value: icebergType(type.value, ids),
        'value-required': false,
      }
    }
    case 'row': {
      const first = type.fields.map(() => ids.next++)
      const fields = type.fields.map(({ name, type: of }, i): NestedField => {
        if (name === undefined)
          throw new SqlError('NOT_SUPPORTED', `Row type field does not have a name: ${typeName(type)}`)
        return { id: first[i]!, name: name.toLowerCase(), required: false, type: icebergType(of, ids) }
      })
      return { type: 'struct', fields }
    }
    default:
      return scalarType(type)
  }
}

function scalarType(type: Type): string {
  const moment = MOMENTS[type.kind]
  if (moment && 'precision' in type) {
    if (type.precision === 6) return moment
    const fitting = typeName({ ...type, precision: 6 } as Type)
    const kind = type.kind === 'time' ? 'Time' : 'Timestamp'
    throw new SqlError(
      'NOT_SUPPORTED',
      `${kind} precision (${type.precision}) not supported for Iceberg. Use "${fitting}" instead.`,
    )
  }
  const found = TYPES[type.kind]
  if (!found) throw new SqlError('NOT_SUPPORTED', `Type not supported for Iceberg: ${typeName(type)}`)
  return found
}

export interface NewPartitionField {
  readonly column: string
  readonly transform: Transform
}

const FIRST_FIELD_ID = 1000

/** Fields are called as the Java library calls them. Throws INVALID_TABLE_PROPERTY for what no column allows. */
export function newSpec(schema: Schema, partitions: readonly NewPartitionField[]): PartitionSpec {
  const fields = partitions.map(({ column, transform }, i) => {
    const source = schema.fields.find(({ name }) => name.toLowerCase() === column.toLowerCase())
    if (!source) throw unknownSource(schema, column)
    if (!transformApplies(transform, source.type))
      throw new SqlError(
        'INVALID_TABLE_PROPERTY',
        `Unable to parse partitioning value: Invalid source type ${String(source.type)} for transform: ${transformText(transform)}`,
      )
    requireNotRedundant(partitions.slice(0, i), column, transform)
    return {
      'source-id': source.id,
      'field-id': FIRST_FIELD_ID + i,
      name:
        transform.kind === 'identity' ? source.name : `${source.name}_${SUFFIXES[transform.kind] ?? transform.kind}`,
      transform: transformText(transform),
    }
  })
  return { 'spec-id': 0, fields }
}

const SUFFIXES: Readonly<Record<string, string>> = { truncate: 'trunc' }

/** docs: athena ug, querying-iceberg ("Partitioning by nested fields"). */
function unknownSource(schema: Schema, column: string): SqlError {
  const [first] = column.toLowerCase().split('.')
  const isNested = schema.fields.some(({ name, type }) => name.toLowerCase() === first && typeof type !== 'string')
  return isNested
    ? new SqlError('NOT_SUPPORTED', `Partitioning by nested field is unsupported: ${column}`)
    : new SqlError('INVALID_TABLE_PROPERTY', `Column ${column} not found in schema`)
}

const TIMES: ReadonlySet<Transform['kind']> = new Set(['year', 'month', 'day', 'hour'])

/** A column is partitioned once by the same transform, and once by a part of its time, as in the Java library. */
function requireNotRedundant(earlier: readonly NewPartitionField[], column: string, transform: Transform): void {
  const sameKind = (other: Transform) =>
    transformText(other) === transformText(transform) || (TIMES.has(other.kind) && TIMES.has(transform.kind))
  const other = earlier.find((one) => one.column.toLowerCase() === column.toLowerCase() && sameKind(one.transform))
  if (other)
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Unable to parse partitioning value: Cannot add redundant partition: ${transformText(transform)} of ${column} conflicts with ${transformText(other.transform)}`,
    )
}
