/** What a row has from its file: partition values, Trino's hidden columns, and what a scan has to know of the file. */
import type { DataFile, RelationColumn } from '../../../core/queries/relation.ts'
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import { typeName } from '../../../sql/types.ts'
import type { Wanted } from './scan.ts'
import { nullableTextList } from './text-list.ts'

export interface FileValue {
  readonly name: string
  /** One for each file. */
  readonly texts: readonly (string | null)[]
  /** The value of a text. */
  readonly typed: (text: string) => string
}

export interface FileColumns {
  /** Of each value by its name an expression, over the alias `p` of the join. */
  readonly values: Map<string, string>
  /** Brings the values of the files that differ; absent when none do. Its left side is `f` with `file_index`. */
  readonly join?: string
}

/** Gives a SELECT's rows a table, whose name it answers. */
export type KeepRows = (select: string) => string

/** To plan a list of more rows than this takes longer than to make a table of it, of which the engine also knows more. */
const MOST_LISTED = 64

export function fileColumns(fileValues: readonly FileValue[], keep: KeepRows): FileColumns {
  const values = new Map<string, string>()
  const varying: FileValue[] = []
  for (const one of fileValues) {
    const { name, texts, typed } = one
    const same = texts.every((text) => text === texts[0])
    values.set(name, same ? typed(literal(texts[0]!)) : `p.${name}`)
    if (!same) varying.push(one)
  }
  if (varying.length === 0) return { values }
  const many = varying[0]!.texts.length > MOST_LISTED
  const items = varying.map(({ name, typed }) => `${typed(name)} AS ${name}`)
  const select = `SELECT i, ${items.join(', ')} FROM ${many ? unnested(varying) : listed(varying)}`
  return { values, join: ` JOIN ${many ? keep(select) : `(${select})`} AS p ON f.file_index = p.i` }
}

function listed(values: readonly FileValue[]): string {
  const rows = values[0]!.texts.map(
    (_, i) => `(${i}::UBIGINT, ${values.map(({ texts }) => literal(texts[i]!)).join(', ')})`,
  )
  return `(VALUES ${rows.join(', ')}) AS v(i, ${values.map(({ name }) => name).join(', ')})`
}

function unnested(values: readonly FileValue[]): string {
  const lists = values.map(({ name, texts }) => `unnest(${nullableTextList(texts)}) AS ${name}`)
  return `(SELECT unnest(range(${values[0]!.texts.length}))::UBIGINT AS i, ${lists.join(', ')})`
}

export const fileValue = ({ index, column }: Wanted, files: readonly DataFile[]): FileValue => ({
  name: `c${index}`,
  texts: files.map((file) => fileText(column, file)),
  typed: (text) => typedValue(column, text),
})

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
  const wrong = failureAs('HIVE_INVALID_PARTITION_VALUE', "Invalid partition value '", type, `${text} || ${rest}`)
  return `CASE WHEN ${text} IS NOT NULL THEN coalesce(TRY_CAST(${text} AS ${type}), ${wrong}) END`
}
