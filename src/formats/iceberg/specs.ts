/** How a table is partitioned and sorted. https://iceberg.apache.org/spec/#partitioning */
import { isDeepStrictEqual } from 'node:util'
import { invalidMetadata } from './iceberg-error.ts'
import { fieldsById, type IcebergType, type Schema, type StructType } from './schema.ts'
import { parseTransform, type Transform, transformedType } from './transforms.ts'

export interface PartitionField {
  readonly 'source-id': number
  readonly 'field-id': number
  readonly name: string
  readonly transform: string
}

export interface PartitionSpec {
  readonly 'spec-id': number
  readonly fields: readonly PartitionField[]
}

export interface SortOrder {
  readonly 'order-id': number
  readonly fields: readonly {
    readonly transform: string
    readonly 'source-id': number
    readonly direction: 'asc' | 'desc'
    readonly 'null-order': 'nulls-first' | 'nulls-last'
  }[]
}

const FIRST_PARTITION_ID = 1000

export function checkFields(fields: readonly PartitionField[] | undefined): readonly PartitionField[] {
  if (!Array.isArray(fields)) throw invalidMetadata('it has a partition spec without fields')
  return fields.map((field: PartitionField, i) => {
    // A transform of several columns names them in a list.
    const { 'source-ids': sources } = (field ?? {}) as { 'source-ids'?: readonly number[] }
    const sourceId = field?.['source-id'] ?? (Array.isArray(sources) ? sources[0] : undefined)
    if (!field || typeof field.name !== 'string' || typeof field.transform !== 'string' || !Number.isInteger(sourceId))
      throw invalidMetadata('it has a partition field without name, transform or source')
    return { ...field, 'source-id': sourceId, 'field-id': field['field-id'] ?? FIRST_PARTITION_ID + i }
  })
}

/** A partition field with what its source is. */
export interface BoundField {
  readonly field: PartitionField
  readonly transform: Transform
  /** Of the source; what a column was that the schema no longer has is not known. */
  readonly source: IcebergType | undefined
  readonly type: IcebergType
}

/** `schemas`: the newest last; a source that was dropped is still told by an older one. */
export function boundFields(spec: PartitionSpec, schemas: readonly StructType[]): readonly BoundField[] {
  const known = schemas.map(fieldsById)
  return spec.fields.map((field) => {
    const transform = parseTransform(field.transform)
    const found = known.findLast((fields) => fields.has(field['source-id']))?.get(field['source-id'])
    const source = found?.field.type
    return { field, transform, source, type: transformedType(transform, source ?? 'string') }
  })
}

/** Whatever their numbers: of the same fields, in the same order, under the same names. */
export const sameSchema = (one: Schema, other: Schema): boolean =>
  isDeepStrictEqual(one.fields, other.fields) &&
  isDeepStrictEqual(one['identifier-field-ids'] ?? [], other['identifier-field-ids'] ?? [])

export const sameSpec = (one: readonly PartitionField[], other: readonly PartitionField[]): boolean =>
  one.length === other.length &&
  one.every((field, i) => {
    const { name, transform, 'source-id': source } = other[i]!
    return field.name === name && field.transform === transform && field['source-id'] === source
  })

export const sameOrder = (one: SortOrder, other: SortOrder): boolean => isDeepStrictEqual(one.fields, other.fields)
