/** What a field may become and keep its id, so that files that were written before are still read. */
import { invalidMetadata } from './iceberg-error.ts'
import {
  decimalOf,
  fieldsById,
  type IcebergType,
  innerFields,
  type LocatedField,
  type NestedField,
  type StructType,
} from './schema.ts'

const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long'],
  float: ['double'],
}
const PROMOTIONS_OF_VERSION_3: Readonly<Record<string, readonly string[]>> = { date: ['timestamp', 'timestamp_ns'] }

/** https://iceberg.apache.org/spec/#schema-evolution */
export function promotes(from: string, to: string): boolean {
  const [old, wide] = [decimalOf(from), decimalOf(to)]
  if (old && wide) return old.scale === wide.scale && old.precision <= wide.precision
  return from === to || PROMOTIONS[from]?.includes(to) === true
}

/**
 * Throws IcebergError, in the words of the Java library, where rows that were written under `from` may be none of `to`, at any
 * depth: for a field whose id had another type or could be null, and for a new one that must have a value and tells none.
 * `version` is that of the table's format.
 */
export function requireCompatible(from: StructType, to: StructType, version: number): void {
  const had = fieldsById(from)
  for (const [id, { field, path }] of fieldsById(to)) {
    const name = path.join('.')
    const before = had.get(id)?.field
    if (before && !becomes(before.type, field.type, version))
      throw invalidMetadata(`Cannot change column type: ${name}: ${nameOf(before.type)} -> ${nameOf(field.type)}`)
    if (before && !before.required && field.required)
      throw invalidMetadata(`Cannot change column nullability: ${name}: optional -> required`)
  }
  requireValues({ had, fields: to.fields, above: [] })
}

interface Addition {
  readonly had: ReadonlyMap<number, LocatedField>
  readonly fields: readonly NestedField[]
  readonly above: readonly string[]
}

/** What is inside a new field is new with it: no row has that field without it. */
function requireValues({ had, fields, above }: Addition): void {
  for (const field of fields) {
    const path = [...above, field.name]
    if (had.has(field.id))
      requireValues({ had, fields: innerFields(field.type).map(({ inner }) => inner), above: path })
    else if (field.required && (field['initial-default'] ?? null) === null)
      throw invalidMetadata(
        `Incompatible change: cannot add required column without a default value: ${path.join('.')}`,
      )
  }
}

function becomes(from: IcebergType, to: IcebergType, version: number): boolean {
  if (version >= 3 && from === 'unknown') return true
  if (typeof from !== 'string' || typeof to !== 'string') return nameOf(from) === nameOf(to)
  return promotes(from, to) || (version >= 3 && PROMOTIONS_OF_VERSION_3[from]?.includes(to) === true)
}

const nameOf = (type: IcebergType): string => (typeof type === 'string' ? type : type.type)
