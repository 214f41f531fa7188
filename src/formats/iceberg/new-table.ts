/** A table as a client asks for it. */
import { invalidMetadata, unsupported } from './iceberg-error.ts'
import type { IcebergType, NestedField, Schema, StructType } from './schema.ts'
import type { PartitionSpec, SortOrder } from './specs.ts'
import type { TableUpdate } from './table-updates.ts'

export interface NewTable {
  readonly uuid: string
  readonly schema: Schema
  readonly spec: PartitionSpec | undefined
  readonly order: SortOrder | undefined
  readonly location: string
  readonly properties: Readonly<Record<string, string>>
}

/** Told in the metadata itself, and so never kept among the properties. */
const RESERVED: ReadonlySet<string> = new Set([
  'format-version',
  'uuid',
  'snapshot-count',
  'current-snapshot-id',
  'current-snapshot-summary',
  'current-snapshot-timestamp-ms',
  'current-schema',
  'default-partition-spec',
  'default-sort-order',
])

const DEFAULT_VERSION = 2
const NEWEST_VERSION = 3

/** Of the format, as `properties` ask for it. */
function newTableVersion(properties: Readonly<Record<string, string>>): 1 | 2 | 3 {
  const version = Number(properties['format-version'] ?? DEFAULT_VERSION)
  if (!Number.isInteger(version) || version < 1 || version > NEWEST_VERSION)
    throw unsupported(`Unsupported format version: v${properties['format-version']} (supported: v${NEWEST_VERSION})`)
  return version as 1 | 2 | 3
}

/**
 * The updates that make it, its fields with ids of their own, whatever ids the client has thought of. Throws IcebergError for
 * partitions and orders of fields that the schema has not.
 */
export function newTableUpdates({ schema, spec, order, ...rest }: NewTable): readonly TableUpdate[] {
  const { schema: fresh, ids } = withFreshIds(schema)
  const source = (id: number): number => {
    const found = ids.get(id)
    if (found === undefined) throw invalidMetadata(`Cannot find source column with id ${id}`)
    return found
  }
  const fields = (spec?.fields ?? []).map((field, i) => ({
    ...field,
    'source-id': source(field['source-id']),
    'field-id': FIRST_PARTITION_ID + i,
  }))
  const sorted = (order?.fields ?? []).map((field) => ({ ...field, 'source-id': source(field['source-id']) }))
  return definedTableUpdates({
    ...rest,
    schema: fresh,
    spec: { 'spec-id': 0, fields },
    order: { 'order-id': 1, fields: sorted },
  })
}

/** The updates that make it, its fields with the ids that the client gives them. */
export function definedTableUpdates(table: NewTable): readonly TableUpdate[] {
  const { uuid, schema, spec = { 'spec-id': 0, fields: [] }, order, location, properties } = table
  const sorted = order?.fields ?? []
  const kept = Object.fromEntries(Object.entries(properties).filter(([name]) => !RESERVED.has(name)))
  return [
    { action: 'assign-uuid', uuid },
    { action: 'upgrade-format-version', 'format-version': newTableVersion(properties) },
    { action: 'add-schema', schema },
    { action: 'set-current-schema', 'schema-id': -1 },
    { action: 'add-spec', spec },
    { action: 'set-default-spec', 'spec-id': -1 },
    { action: 'add-sort-order', 'sort-order': { 'order-id': sorted.length === 0 ? 0 : 1, fields: sorted } },
    { action: 'set-default-sort-order', 'sort-order-id': -1 },
    { action: 'set-location', location },
    { action: 'set-properties', updates: { 'write.parquet.compression-codec': 'zstd', ...kept } },
  ]
}

const FIRST_PARTITION_ID = 1000

/** Numbered level by level, as the Java library does it; `ids` leads from the old ones to the new. */
function withFreshIds(schema: Schema): { readonly schema: Schema; readonly ids: ReadonlyMap<number, number> } {
  const ids = new Map<number, number>()
  const fresh = (id: number): number => {
    ids.set(id, ids.size + 1)
    return ids.size
  }
  const type = (of: IcebergType): IcebergType => {
    if (typeof of === 'string') return of
    if (of.type === 'struct') return { ...of, fields: fieldsOf(of) }
    if (of.type === 'list') {
      const id = fresh(of['element-id'])
      return { ...of, 'element-id': id, element: type(of.element) }
    }
    const [key, value] = [fresh(of['key-id']), fresh(of['value-id'])]
    return { ...of, 'key-id': key, 'value-id': value, key: type(of.key), value: type(of.value) }
  }
  const fieldsOf = ({ fields }: StructType): NestedField[] => {
    const numbered = fields.map((field) => ({ ...field, id: fresh(field.id) }))
    return numbered.map((field) => ({ ...field, type: type(field.type) }))
  }
  const given = allIds(schema)
  if (new Set(given).size < given.length) throw invalidMetadata('Multiple entries with the same field id')
  const fields = fieldsOf(schema)
  const keys = schema['identifier-field-ids']?.map((id) => ids.get(id) ?? id)
  return { schema: { ...schema, 'schema-id': 0, fields, ...(keys && { 'identifier-field-ids': keys }) }, ids }
}

function allIds(type: IcebergType): number[] {
  if (typeof type === 'string') return []
  if (type.type === 'struct') return type.fields.flatMap((field) => [field.id, ...allIds(field.type)])
  if (type.type === 'list') return [type['element-id'], ...allIds(type.element)]
  return [type['key-id'], type['value-id'], ...allIds(type.key), ...allIds(type.value)]
}
