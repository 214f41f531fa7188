/**
 * Whether what a writer lays down about a table's columns, partitions and order makes sense, in the words of the Java library's
 * `Schema`, `PartitionSpec` and `SortOrder`. What a table that is only read says of itself is not held to it.
 */
import { invalidMetadata } from './iceberg-error.ts'
import { valueFromJson } from './json-values.ts'
import {
  fieldsById,
  type IcebergType,
  innerFields,
  type LocatedField,
  type NestedField,
  type Schema,
} from './schema.ts'
import type { PartitionField, SortOrder } from './specs.ts'
import { parseTransform, transformApplies } from './transforms.ts'

type Fields = ReadonlyMap<number, LocatedField>

/** Of a schema that a table of the version is to have. */
export function checkNewSchema(schema: Schema, version: number): void {
  const fields = fieldsById(schema)
  requireDistinctNames(schema.fields, [])
  for (const { field, path } of fields.values()) {
    if (typeof field.type !== 'string') requireDistinctNames(named(field.type), path)
    requireVersion(field, path, version)
    requireDefaults(field, path)
  }
  for (const id of schema['identifier-field-ids'] ?? []) requireIdentifier(id, fields)
}

const named = (type: IcebergType): readonly NestedField[] =>
  typeof type !== 'string' && type.type === 'struct' ? type.fields : []

function requireDistinctNames(fields: readonly NestedField[], path: readonly string[]): void {
  const ids = new Map<string, number>()
  for (const { id, name } of fields) {
    const other = ids.get(name)
    if (other !== undefined)
      throw invalidMetadata(`Invalid schema: multiple fields for name ${[...path, name].join('.')}: ${other} and ${id}`)
    ids.set(name, id)
  }
}

/** https://iceberg.apache.org/spec/#version-3-extended-types-and-capabilities */
const SINCE_VERSION_3 = /^(?:timestamp_ns|timestamptz_ns|unknown|variant|geometry|geography)\b/

function requireVersion({ type, ...field }: NestedField, path: readonly string[], version: number): void {
  if (version >= 3) return
  const of = `Invalid schema for v${version}:`
  if (typeof type === 'string' && SINCE_VERSION_3.test(type))
    throw invalidMetadata(`${of} Invalid type for ${path.join('.')}: ${type} is not supported until v3`)
  const otherwise = field['initial-default'] ?? null
  if (otherwise !== null)
    throw invalidMetadata(
      `${of} Invalid initial default for ${path.join('.')}: non-null default (${JSON.stringify(otherwise)}) is not supported until v3`,
    )
}

/** Those that are there are values of the field's type; types that have none have no defaults. */
function requireDefaults({ type, ...field }: NestedField, path: readonly string[]): void {
  for (const what of ['initial', 'write'] as const) {
    const value = field[`${what}-default`] ?? null
    if (value === null || valueFromJson(type, value) !== undefined) continue
    const name = typeof type === 'string' ? type : type.type
    throw invalidMetadata(
      `Invalid schema: ${what} default for ${path.join('.')} is no ${name}: ${JSON.stringify(value)}`,
    )
  }
}

function requireIdentifier(id: number, fields: Fields): void {
  const found = fields.get(id)
  const refused = (name: string, why: string) => invalidMetadata(`Cannot add ${name} as an identifier field: ${why}`)
  if (!found) throw refused(`fieldId ${id}`, 'field does not exist')
  const { name, type, required } = found.field
  if (innerFields(type).length > 0 || typeof type !== 'string')
    throw refused(`field ${name}`, 'not a primitive type field')
  if (found.repeated) throw refused(`field ${name}`, 'must not be nested in a list or a map')
  if (!required) throw refused(`field ${name}`, 'not a required field')
  if (type === 'float' || type === 'double') throw refused(`field ${name}`, 'must not be float or double field')
}

/** Of partitions that are new; that their sources are there is not asked here. */
export function checkNewPartitions(partitions: readonly PartitionField[], schema: Schema): void {
  const fields = fieldsById(schema)
  const names = new Set<string>()
  for (const { name, transform, 'source-id': source } of partitions) {
    requireApplying(transform, fields.get(source))
    if (name === '') throw invalidMetadata('Cannot use empty partition name: ')
    if (names.has(name)) throw invalidMetadata(`Cannot use partition name more than once: ${name}`)
    names.add(name)
    const column = schema.fields.find((field) => field.name === name)
    if (column && column.id !== source)
      throw invalidMetadata(`Cannot create identity partition sourced from different field in schema: ${name}`)
  }
}

export function checkNewOrder({ fields: sorted }: SortOrder, schema: Schema): void {
  const fields = fieldsById(schema)
  for (const { transform, 'source-id': source } of sorted) requireApplying(transform, fields.get(source))
}

/** What a transform of a later version applies to is not known. */
function requireApplying(text: string, source: LocatedField | undefined): void {
  const transform = parseTransform(text)
  if (transform.kind === 'unknown' && /^(?:bucket|truncate)\[/.test(text))
    throw invalidMetadata(`Invalid transform: ${text}`)
  if (!source || transform.kind === 'void' || transformApplies(transform, source.field.type)) return
  const type = typeof source.field.type === 'string' ? source.field.type : source.field.type.type
  throw invalidMetadata(`Invalid source type ${type} for transform: ${text}`)
}
