/** Columns that a row has from its file: partition values and Trino's hidden columns. */
import type { DataFile, RelationColumn } from '../../../core/queries/relation.ts'
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import { typeName } from '../../../sql/types.ts'
import type { Wanted } from './scan.ts'

export interface FileColumns {
  /** The value of each column by its index, over the alias `p` of the join. */
  readonly values: ReadonlyMap<number, string>
  /** Brings the values of the files that differ; absent when none do. Its left side is `f` with `file_index`. */
  readonly join?: string
}

export function fileColumns(files: readonly DataFile[], columns: readonly Wanted[]): FileColumns {
  const values = new Map<number, string>()
  const varying = new Map<number, readonly string[]>()
  for (const { index, column } of columns) {
    const perFile = files.map((file) => fileValue(column, file))
    const same = perFile.every((value) => value === perFile[0])
    values.set(index, same ? perFile[0]! : `p.c${index}`)
    if (!same) varying.set(index, perFile)
  }
  if (varying.size === 0) return { values }
  const rows = files.map((_, i) => `(${i}::UBIGINT, ${[...varying.values()].map((perFile) => perFile[i]).join(', ')})`)
  const names = [...varying.keys()].map((index) => `c${index}`)
  return { values, join: ` JOIN (VALUES ${rows.join(', ')}) AS p(i, ${names.join(', ')}) ON f.file_index = p.i` }
}

function fileValue(column: RelationColumn, file: DataFile): string {
  if (column.kind === 'partition') return partitionValue(column, file.partition[column.index] ?? null)
  switch (column.name) {
    case '$path':
      return quote(file.uri)
    case '$file_size':
      return `${file.sizeBytes}::BIGINT`
    case '$file_modified_time':
      return `TIMESTAMPTZ ${quote(file.modifiedAt.toISOString())}`
    case '$partition':
      return quote(file.partitionName)
    default:
      throw new Error(`no such file column: ${column.name}`)
  }
}

/** The catalog keeps partition values as text. */
function partitionValue(column: RelationColumn, text: string | null): string {
  const type = duckdbType(column.type)
  if (text === null) return `CAST(NULL AS ${type})`
  if (type === 'VARCHAR') return quote(text)
  const message = `Invalid partition value '${text}' for ${typeName(column.type)} partition key: ${column.name}`
  return `coalesce(TRY_CAST(${quote(text)} AS ${type}), ${failureAs('HIVE_BAD_DATA', message, type)})`
}
