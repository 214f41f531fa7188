/**
 * Columns whose value is known without the file: that of its partition, which all rows have, or what the column was added
 * with, of a file that lacks it. https://iceberg.apache.org/spec/#column-projection
 */
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import type { DataColumn } from '../scans/scan.ts'

/** `lacks`: whether a file lacks a column. Files that lack the same ones become a part of their own. */
export function lackingParts(relation: Relation, lacks: (file: DataFile, column: DataColumn) => boolean): Relation[] {
  const { columns } = relation
  const lackedBy = (file: DataFile): readonly number[] =>
    columns.flatMap((column, place) => {
      if (column.kind !== 'data' || knownValue(column, file) === undefined) return []
      return isOfPartition(column, file) || lacks(file, column) ? [place] : []
    })
  if (relation.files.length === 0) return [relation]
  const groups = Map.groupBy(relation.files, (file) => lackedBy(file).join())
  return Array.from(groups.values(), (files) => {
    const lacked = lackedBy(files[0]!)
    return lacked.length === 0 ? { ...relation, files } : withValues(relation, files, lacked)
  })
}

const isOfPartition = ({ fieldId }: DataColumn, { fieldValues }: DataFile): boolean =>
  fieldId !== undefined && fieldValues !== undefined && Object.hasOwn(fieldValues, fieldId)

/** As text; undefined where nothing is known of it. */
export const knownValue = (column: DataColumn, file: DataFile): string | null | undefined =>
  isOfPartition(column, file) ? file.fieldValues![column.fieldId!] : column.ids?.initial

function withValues(relation: Relation, files: readonly DataFile[], lacked: readonly number[]): Relation {
  const places = new Set(lacked)
  return {
    ...relation,
    columns: relation.columns.map((column, index) =>
      places.has(index) ? { kind: 'partition' as const, name: column.name, type: column.type, index } : column,
    ),
    files: files.map((file) => ({
      ...file,
      partition: relation.columns.map((column, index) =>
        places.has(index) ? (knownValue(column as DataColumn, file) ?? null) : null,
      ),
    })),
  }
}
