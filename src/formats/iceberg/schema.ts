/**
 * Schemas as an Iceberg table's metadata keeps them: each field has an id that is its own for ever, whatever it is called.
 * https://iceberg.apache.org/spec/#schemas-and-data-types
 */
import { invalidMetadata, unsupported } from './iceberg-error.ts'

/** A primitive type is written as its name: `long`, `decimal(10, 2)`, `fixed[16]`. */
export type IcebergType = string | StructType | ListType | MapType

export interface StructType {
  readonly type: 'struct'
  readonly fields: readonly NestedField[]
}

export interface ListType {
  readonly type: 'list'
  readonly 'element-id': number
  readonly element: IcebergType
  readonly 'element-required': boolean
}

export interface MapType {
  readonly type: 'map'
  readonly 'key-id': number
  readonly key: IcebergType
  readonly 'value-id': number
  readonly value: IcebergType
  readonly 'value-required': boolean
}

export interface NestedField {
  readonly id: number
  readonly name: string
  readonly required: boolean
  readonly type: IcebergType
  readonly doc?: string
  /** What files that were written before the field was added have in it, as JSON. */
  readonly 'initial-default'?: unknown
  /** What a writer that leaves it out writes, as JSON. */
  readonly 'write-default'?: unknown
}

export interface Schema extends StructType {
  readonly 'schema-id'?: number
  readonly 'identifier-field-ids'?: readonly number[]
}

const PRIMITIVES: ReadonlySet<string> = new Set([
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'timestamp_ns',
  'timestamptz_ns',
  'string',
  'uuid',
  'binary',
  'unknown',
])

/** Precision and scale, of a type that is a decimal. */
export function decimalOf(type: IcebergType): { readonly precision: number; readonly scale: number } | undefined {
  const [, precision, scale] = (typeof type === 'string' && /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type)) || []
  return precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) }
}

/** The length of a type that is a fixed one. */
export function fixedLength(type: IcebergType): number | undefined {
  const [, length] = (typeof type === 'string' && /^fixed\[\s*(\d+)\s*\]$/.exec(type)) || []
  return length === undefined ? undefined : Number(length)
}

const MOST_DEPTH = 100

/** Throws IcebergError where it is no schema of types that are known; members that are not known are kept. */
export function checkSchema(value: unknown): Schema {
  checkType(value, 'the schema', 0)
  if (typeof value === 'string' || (value as { type?: unknown }).type !== 'struct')
    throw invalidMetadata('a schema is not a struct')
  requireDistinctIds(value as Schema)
  return value as Schema
}

function checkType(value: unknown, place: string, depth: number): void {
  if (depth > MOST_DEPTH) throw invalidMetadata(`${place} is nested too deeply`)
  if (typeof value === 'string') {
    checkPrimitive(value, place)
    return
  }
  const type = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  switch (type.type) {
    case 'struct':
      if (!Array.isArray(type.fields)) throw invalidMetadata(`${place} has no fields`)
      for (const field of type.fields) checkField(field, place, depth)
      return
    case 'list':
      requireIds(type, ['element-id'], place)
      checkType(type.element, `the element of ${place}`, depth + 1)
      return
    case 'map':
      requireIds(type, ['key-id', 'value-id'], place)
      checkType(type.key, `the key of ${place}`, depth + 1)
      checkType(type.value, `the value of ${place}`, depth + 1)
      return
    default:
      throw invalidMetadata(`${place} is of no type that Iceberg has`)
  }
}

/** Types that a table may have and that nothing here has values of; whoever reads such a column is refused. */
const UNREAD = /^(?:variant|geometry(?:\(.*\))?|geography(?:\(.*\))?)$/

function checkPrimitive(name: string, place: string): void {
  const digits = decimalOf(name)
  if (digits && (digits.precision < 1 || digits.precision > 38 || digits.scale > digits.precision))
    throw invalidMetadata(`the type ${name} of ${place} is no decimal`)
  if (PRIMITIVES.has(name) || digits || fixedLength(name) !== undefined || UNREAD.test(name)) return
  throw unsupported(`Iceberg type ${name} of ${place} is not supported`)
}

function checkField(value: unknown, place: string, depth: number): void {
  const { id, name, type } = (value ?? {}) as Partial<NestedField>
  if (!isId(id) || typeof name !== 'string') throw invalidMetadata(`${place} has a field without id or name`)
  checkType(type, `field '${name}'`, depth + 1)
}

function requireIds(type: Readonly<Record<string, unknown>>, members: readonly string[], place: string): void {
  for (const member of members) if (!isId(type[member])) throw invalidMetadata(`${place} has no ${member}`)
}

/** Of 32 bits. */
const isId = (value: unknown): boolean => Number.isInteger(value) && ((value as number) | 0) === value

/** A field is known by its id alone, so no two may have one. */
function requireDistinctIds(schema: Schema): void {
  const seen = new Map<number, string>()
  const visit = ({ id, name, type }: NestedField): void => {
    const other = seen.get(id)
    if (other !== undefined) throw invalidMetadata(`the fields '${other}' and '${name}' have the same id ${id}`)
    seen.set(id, name)
    for (const { inner } of innerFields(type)) visit(inner)
  }
  for (const field of schema.fields) visit(field)
}

/** A field at any depth, and the names that lead to it: of a list `element`, of a map `key` and `value`. */
export interface LocatedField {
  readonly field: NestedField
  readonly path: readonly string[]
  /** Inside a list or a map, where a row has any number of values. */
  readonly repeated: boolean
}

/** Whether values of the type have nanoseconds, which an engine may have to be told. */
export const holdsNanos = (type: IcebergType): boolean =>
  type === 'timestamp_ns' || innerFields(type).some(({ inner }) => holdsNanos(inner.type))

/** All fields of a schema by their ids, parents before children. */
export function fieldsById(schema: StructType): ReadonlyMap<number, LocatedField> {
  const found = new Map<number, LocatedField>()
  const visit = (field: NestedField, above: readonly string[], repeated: boolean): void => {
    const path = [...above, field.name]
    found.set(field.id, { field, path, repeated })
    for (const { inner, repeats } of innerFields(field.type)) visit(inner, path, repeated || repeats)
  }
  for (const field of schema.fields) visit(field, [], false)
  return found
}

/** The fields directly inside a type; of lists and maps, what is in them. */
export function innerFields(type: IcebergType): { readonly inner: NestedField; readonly repeats: boolean }[] {
  if (typeof type === 'string') return []
  if (type.type === 'struct') return type.fields.map((inner) => ({ inner, repeats: false }))
  if (type.type === 'list') {
    const { 'element-id': id, element, 'element-required': required } = type
    return [{ inner: { id, name: 'element', required, type: element }, repeats: true }]
  }
  const { 'key-id': keyId, key, 'value-id': valueId, value, 'value-required': required } = type
  return [
    { inner: { id: keyId, name: 'key', required: true, type: key }, repeats: true },
    { inner: { id: valueId, name: 'value', required, type: value }, repeats: true },
  ]
}
