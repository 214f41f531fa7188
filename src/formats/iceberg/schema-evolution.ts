/** What a field may become and keep its id, so that files that were written before are still read. */
import { invalidMetadata } from './iceberg-error.ts'
import { decimalOf, fieldsById, type IcebergType, type StructType } from './schema.ts'

const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long'],
  float: ['double'],
}

/** https://iceberg.apache.org/spec/#schema-evolution */
export function promotes(from: string, to: string): boolean {
  const [old, wide] = [decimalOf(from), decimalOf(to)]
  if (old && wide) return old.scale === wide.scale && old.precision <= wide.precision
  return from === to || PROMOTIONS[from]?.includes(to) === true
}

/** Throws IcebergError, in the words of the Java library, for a field whose id had another type, at any depth. */
export function requirePromotions(from: StructType, to: StructType): void {
  const had = fieldsById(from)
  for (const [id, { field, path }] of fieldsById(to)) {
    const before = had.get(id)?.field.type
    if (before !== undefined && !becomes(before, field.type))
      throw invalidMetadata(`Cannot change column type: ${path.join('.')}: ${nameOf(before)} -> ${nameOf(field.type)}`)
  }
}

const becomes = (from: IcebergType, to: IcebergType): boolean =>
  typeof from === 'string' && typeof to === 'string' ? promotes(from, to) : nameOf(from) === nameOf(to)

const nameOf = (type: IcebergType): string => (typeof type === 'string' ? type : type.type)
