/**
 * Which manifests and files can hold rows that are wanted, by what is known of their partitions and of their columns.
 * https://iceberg.apache.org/spec/#scan-planning
 */
import type { ContentFile } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'
import type { IcebergType } from './schema.ts'
import type { BoundField } from './specs.ts'
import { type Known, projected, wrappedPartition } from './transforms.ts'
import { compareValues, decodeBound, type IcebergValue } from './values.ts'

/** What rows that are wanted have in a column, by its id: such a column is not NULL. */
export interface KnownColumn {
  readonly id: number
  readonly type: IcebergType
  readonly known: Known
}

/** False only if no file of the manifest can hold such a row. */
export function manifestMayMatch(
  manifest: ManifestFile,
  fields: readonly BoundField[],
  columns: readonly KnownColumn[],
): boolean {
  const { partitions } = manifest
  if (!partitions) return true
  return partitionConditions(fields, columns).every((condition) => {
    const { lower, upper } = partitions[condition.place] ?? {}
    // Only NULLs have no bounds.
    if (!lower || !upper) return partitions[condition.place] === undefined
    return reaches(condition, decodeBound(condition.type, lower), decodeBound(condition.type, upper))
  })
}

/** False only if no row of that partition is wanted. */
export function partitionMayMatch(
  partition: ContentFile['partition'],
  conditions: readonly PartitionCondition[],
): boolean {
  return conditions.every((condition) => {
    const value = partition[condition.place]
    return value !== null && value !== undefined && reaches(condition, value, value)
  })
}

export interface PartitionCondition {
  readonly place: number
  readonly type: IcebergType
  readonly known: Known
  /** A partition that may hold what is below all others. */
  readonly wrapped: IcebergValue | undefined
}

/** Of partitions from the one to the other. */
const reaches = ({ known, wrapped }: PartitionCondition, low: IcebergValue, high: IcebergValue): boolean =>
  overlaps(known, high === wrapped ? undefined : low, high)

/** What follows from what is known of columns for the fields of a spec. */
export function partitionConditions(
  fields: readonly BoundField[],
  columns: readonly KnownColumn[],
): readonly PartitionCondition[] {
  return fields.flatMap(({ field, transform, type, source }, place) => {
    const column = columns.find(({ id }) => id === field['source-id'])
    // A value of another type than the column's by now may be known in another way.
    const known = column && source === column.type ? projected(transform, column.type, column.known) : undefined
    return known ? [{ place, type, known, wrapped: wrappedPartition(transform, type) }] : []
  })
}

/** False only if no row of the file is wanted, by the bounds and counts of its columns. */
export function fileMayMatch(file: ContentFile, columns: readonly KnownColumn[]): boolean {
  if (file.recordCount === 0) return false
  return columns.every(({ id, type, known }) => {
    if (file.nullValueCounts?.get(id) === file.valueCounts?.get(id) && file.valueCounts?.has(id)) return false
    const [lower, upper] = [file.lowerBounds?.get(id), file.upperBounds?.get(id)]
    const [low, high] = [lower && decodeBound(type, lower), upper && decodeBound(type, upper)]
    return overlaps(known, low, high)
  })
}

/** A bound that is missing or no number bounds nothing. */
function overlaps(known: Known, low: IcebergValue | undefined, high: IcebergValue | undefined): boolean {
  const below = (value: IcebergValue | undefined) =>
    value !== undefined && low !== undefined && !Number.isNaN(low) && compareValues(value, low) < 0
  const above = (value: IcebergValue | undefined) =>
    value !== undefined && high !== undefined && !Number.isNaN(high) && compareValues(value, high) > 0
  if (known.kind === 'values') return known.values.some((value) => !below(value) && !above(value))
  return !below(known.high) && !above(known.low)
}
