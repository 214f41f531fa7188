import { columnType } from '../../../core/queries/column-type.ts'
import type { RelationColumn } from '../../../core/queries/relation.ts'
import type { DataColumn } from '../scans/scan.ts'
import type { WantedColumn } from './converter.ts'

/** The name of a data column in what a file has been converted to. */
export const convertedName = ({
  ordinal,
  as = `c${ordinal}`,
}: {
  readonly ordinal: number
  readonly as?: string
}): string => as

/** The name of a column of deletes in what their file has been converted to. */
export const toldName = (fieldId: number): string => `e${fieldId}`

/** A column as a scan finds it there. */
export function convertedColumn(column: RelationColumn): RelationColumn {
  if (column.kind !== 'data') return column
  const { varies: _, ids: __, ...rest } = column
  return { ...rest, field: convertedName(column) }
}

export const wantedColumn = ({ field, type, ordinal, ids }: DataColumn): WantedColumn => ({
  name: field,
  type: columnType(type),
  ordinal,
  ...(ids && { ids }),
})
