/** Rows that are deleted by their values: a scan reads the columns that are compared, whether they are wanted or not. */
import type { DataFile, DeletedValues } from '../../../core/queries/relation.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import type { DataColumn, Wanted } from './scan.ts'
import { pathList } from './text-list.ts'

export interface ComparedValues {
  /** To be read besides. */
  readonly columns: readonly Wanted<DataColumn>[]
  /** Over the alias `f` of what was read. */
  readonly conditions: readonly string[]
}

/** The same for files from which the same values are deleted. */
export const valuesKey = ({ deletedValues = [] }: DataFile): string =>
  deletedValues
    .map(({ files, columns }) =>
      [...files.map((file) => file.localPath), ...columns.map(({ fieldId, field }) => `${fieldId} ${field}`)].join(),
    )
    .join('\n')

/** `wanted`: what is read anyhow. `firstIndex`: beyond those of the relation's columns. */
export function deletedValues(
  { deletedValues: all = [] }: DataFile,
  wanted: readonly Wanted<DataColumn>[],
  firstIndex: number,
): ComparedValues {
  const places = new Map(
    wanted.flatMap(({ index, column: { fieldId } }) => (fieldId === undefined ? [] : [[fieldId, index]])),
  )
  const columns: Wanted<DataColumn>[] = []
  const named = new Set<number>()
  for (const { fieldId, type, field } of all.flatMap((one) => one.columns)) {
    if (field === undefined ? places.has(fieldId) : named.has(fieldId)) continue
    const index = firstIndex + columns.length
    places.set(fieldId, index)
    named.add(fieldId)
    const column = { kind: 'data', name: '', type, field: field ?? '', ordinal: 0 } as const
    columns.push({ index, column: field === undefined ? { ...column, fieldId } : column })
  }
  return { columns, conditions: all.map((one) => notAmong(one, places)) }
}

function notAmong({ files, columns }: DeletedValues, places: ReadonlyMap<number, number>): string {
  const schema = columns.map(({ fieldId, type, deleteField }, i) => {
    return `${deleteField === undefined ? fieldId : quote(deleteField)}: {name: 'e${i}', type: '${duckdbType(type).replaceAll("'", "''")}', default_value: NULL}`
  })
  const same = columns.map(({ fieldId }, i) => `e.e${i} IS NOT DISTINCT FROM f.c${places.get(fieldId)}`)
  return `NOT EXISTS (SELECT 1 FROM read_parquet(${pathList(files)}, schema = MAP {${schema.join(', ')}}) AS e WHERE ${same.join(' AND ')})`
}
