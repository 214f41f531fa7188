import { columnType } from '../../../core/queries/column-type.ts'
import type { ColumnField } from '../../../formats/vectors.ts'
import type { DataColumn } from '../scans/scan.ts'

/** The name of a data column in what a file has been converted to. */
export const convertedName = (ordinal: number): string => `c${ordinal}`

export const fieldOf = (column: DataColumn): ColumnField => ({ name: column.field, type: columnType(column.type) })
