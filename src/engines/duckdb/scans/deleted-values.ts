/** Rows that are deleted by their values: a scan reads the columns that are compared, whether they are wanted or not. */
import type { DataFile, DeletedValues } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { fileTypeText, storedValue } from './stored-values.ts'
import { pathList } from './text-list.ts'

/** The same for files from which the same values are deleted. */
export const valuesKey = ({ deletedValues = [] }: DataFile): string =>
  deletedValues
    .map(({ files, told }) =>
      [...files.map((file) => file.localPath), ...told.map(({ fieldId, field }) => `${fieldId} ${field}`)].join(),
    )
    .join('\n')

/** Places in the relation's columns. */
export const comparedColumns = ({ deletedValues = [] }: DataFile): number[] =>
  deletedValues.flatMap(({ columns }) => columns.map(({ column }) => column))

/** What has to be true of a row that is left. `valueAt`: the value of a column in it. */
export const valueConditions = ({ deletedValues = [] }: DataFile, valueAt: (column: number) => string): string[] =>
  deletedValues.map((one) => notAmong(one, valueAt))

function notAmong({ files, told, columns }: DeletedValues, valueAt: (column: number) => string): string {
  const schema = told.map(({ fieldId, type, field }, i) => {
    return `${field === undefined ? fieldId : quote(field)}: {name: 'e${i}', type: ${quote(fileTypeText(type))}, default_value: NULL}`
  })
  const same = columns.map(({ column, path, told: place, toldPaths }) => {
    // Of the names that a field has had, a file has one.
    const { type } = told[place]!
    const there = storedValue(type, type, `e.e${place}`) ?? `e.e${place}`
    const values = toldPaths.map((names) => inside(there, names)).join(', ')
    return `${toldPaths.length > 1 ? `coalesce(${values})` : values} IS NOT DISTINCT FROM ${inside(valueAt(column), path)}`
  })
  return `NOT EXISTS (SELECT 1 FROM read_parquet(${pathList(files)}, schema = MAP {${schema.join(', ')}}) AS e WHERE ${same.join(' AND ')})`
}

const inside = (value: string, path: readonly string[]): string =>
  path.reduce((outer, name) => `struct_extract(${outer}, ${quote(name)})`, value)
