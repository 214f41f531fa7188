/** Columns that a row has from its file: partition values and Trino's hidden columns. */
import type { DataFile, RelationColumn } from '../../../core/queries/relation.ts'
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import { typeName } from '../../../sql/types.ts'
import type { Wanted } from './scan.ts'
import { nullableTextList } from './text-list.ts'

export interface FileColumns {
  /** The value of each column by its index, over the alias `p` of the join. */
  readonly values: Map<number, string>
  /** Brings the values of the files that differ; absent when none do. Its left side is `f` with `file_index`. */
  readonly join?: string
}

/** Gives a SELECT's rows a table, whose name it answers. */
export type KeepRows = (select: string) => string

/** To plan a list of more rows than this takes longer than to make a table of it, of which the engine also knows more. */
const MOST_LISTED = 64

export function fileColumns(files: readonly DataFile[], columns: readonly Wanted[], keep: KeepRows): FileColumns {
  const values = new Map<number, string>()
  const varying: Varying[] = []
  for (const wanted of columns) {
    const texts = files.map((file) => fileText(wanted.column, file))
    const same = texts.every((text) => text === texts[0])
    values.set(wanted.index, same ? typedValue(wanted.column, literal(texts[0]!)) : `p.c${wanted.index}`)
    if (!same) varying.push({ wanted, texts })
  }
  if (varying.length === 0) return { values }
  const many = files.length > MOST_LISTED
  const items = varying.map(({ wanted: { index, column } }) => `${typedValue(column, `c${index}`)} AS c${index}`)
  const select = `SELECT i, ${items.join(', ')} FROM ${many ? unnested(varying) : listed(varying)}`
  return { values, join: ` JOIN ${many ? keep(select) : `(${select})`} AS p ON f.file_index = p.i` }
}

interface Varying {
  readonly wanted: Wanted
  /** One for each file. */
  readonly texts: readonly (string | null)[]
}

function listed(columns: readonly Varying[]): string {
  const rows = columns[0]!.texts.map(
    (_, i) => `(${i}::UBIGINT, ${columns.map(({ texts }) => literal(texts[i]!)).join(', ')})`,
  )
  return `(VALUES ${rows.join(', ')}) AS v(i, ${columns.map(({ wanted }) => `c${wanted.index}`).join(', ')})`
}

function unnested(columns: readonly Varying[]): string {
  const lists = columns.map(({ wanted, texts }) => `unnest(${nullableTextList(texts)}) AS c${wanted.index}`)
  return `(SELECT unnest(range(${columns[0]!.texts.length}))::UBIGINT AS i, ${lists.join(', ')})`
}

const literal = (text: string | null): string => (text === null ? 'CAST(NULL AS VARCHAR)' : quote(text))

function fileText(column: RelationColumn, file: DataFile): string | null {
  if (column.kind === 'partition') return file.partition[column.index] ?? null
  switch (column.name) {
    case '$path':
      return file.uri
    case '$file_size':
      return String(file.sizeBytes)
    case '$file_modified_time':
      return file.modifiedAt.toISOString()
    case '$partition':
      return file.partitionName
    default:
      throw new Error(`no such file column: ${column.name}`)
  }
}

/** The catalog keeps partition values as text, and so does `text`, an expression. */
function typedValue(column: RelationColumn, text: string): string {
  const type = duckdbType(column.type)
  if (type === 'VARCHAR') return text
  if (column.kind !== 'partition') return `CAST(${text} AS ${type})`
  const rest = quote(`' for ${typeName(column.type)} partition key: ${column.name}`)
  const wrong = failureAs('HIVE_BAD_DATA', "Invalid partition value '", type, `${text} || ${rest}`)
  return `CASE WHEN ${text} IS NOT NULL THEN coalesce(TRY_CAST(${text} AS ${type}), ${wrong}) END`
}
