/**
 * DuckDB would turn a file's type into the table's wherever a cast exists; Athena refuses what is not the same kind of
 * thing. So the footers are looked at first, once in the life of a worker. They are cached, so the query itself does not
 * read them again.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile, Relation, RelationColumn } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { type Type, typeName } from '../../../sql/types.ts'
import { KnownFiles } from '../known-files.ts'
import { pathList } from '../scans/text-list.ts'

type DataColumn = RelationColumn & { readonly kind: 'data' }

const TEXT = ['BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY']
const WHOLE = ['INT32', 'INT64']
/** Physical types that may stand for a type; types that are not listed are left to the engine's casts. */
const STORED_AS: Readonly<Record<string, readonly string[]>> = {
  boolean: ['BOOLEAN'],
  tinyint: WHOLE,
  smallint: WHOLE,
  integer: WHOLE,
  bigint: WHOLE,
  real: ['FLOAT'],
  double: ['DOUBLE', 'FLOAT'],
  varchar: TEXT,
  char: TEXT,
  varbinary: TEXT,
  date: ['INT32'],
  timestamp: ['INT64', 'INT96'],
  decimal: [...TEXT, ...WHOLE],
}

/** The columns (with their types) that were found to fit. */
const fitting = new KnownFiles<Set<string>>(20_000)
const withType = (column: DataColumn) => `${column.field.toLowerCase()} ${typeName(column.type)}`

/** Throws HIVE_BAD_DATA in Athena's words. `wanted`: places in `relation.columns`. */
export async function checkParquetTypes(
  connection: DuckDBConnection,
  relation: Relation,
  wanted: readonly number[],
): Promise<void> {
  const columns = new Map<string, DataColumn>()
  for (const index of wanted) {
    const column = relation.columns[index]!
    // By its name a file may have another column than the one that is found by its id.
    if (column.kind === 'data' && column.fieldId === undefined && STORED_AS[column.type.kind])
      columns.set(column.field.toLowerCase(), column)
  }
  if (relation.format.kind !== 'parquet' || columns.size === 0) return
  const asked = [...columns.values()].map(withType)
  const files = relation.files.filter(({ localPath }) => asked.some((column) => !fitting.get(localPath)?.has(column)))
  if (files.length === 0) return
  for (const found of await leaves(connection, files, [...columns.keys()])) {
    const column = columns.get(found.name)!
    if (fits(column.type, found, relation.format.widens)) continue
    if (await isTopLevel(connection, found)) throw incompatible(relation, column, found)
  }
  remember(files, asked)
}

function remember(files: readonly DataFile[], columns: readonly string[]): void {
  for (const { localPath } of files) {
    const known = fitting.get(localPath) ?? new Set()
    for (const column of columns) known.add(column)
    fitting.set(localPath, known)
  }
}

interface Leaf {
  readonly name: string
  readonly physical: string
  readonly decimal: boolean
  readonly file: string
}

/** One for each name and type, with one of the files that has it. A name that a file has twice is not looked at. */
async function leaves(
  connection: DuckDBConnection,
  dataFiles: readonly DataFile[],
  names: readonly string[],
): Promise<Leaf[]> {
  const perFile = `SELECT file_name, lower(name) AS n, any_value(type) AS t, coalesce(any_value(converted_type) = 'DECIMAL', false) AS d
    FROM parquet_schema(${pathList(dataFiles)})
    WHERE num_children IS NULL AND lower(name) IN (${names.map(quote).join(', ')})
    GROUP BY file_name, n HAVING count(*) = 1`
  const result = await connection.runAndReadAll(`SELECT n, t, d, min(file_name) FROM (${perFile}) GROUP BY n, t, d`)
  return result.getRows().map(([name, physical, decimal, file]) => {
    return { name: String(name), physical: String(physical), decimal: decimal === true, file: String(file) }
  })
}

/** What a column may be stored as besides, where the table format lets its type be widened later. */
const WIDENED_FROM: Readonly<Record<string, readonly string[]>> = {
  double: WHOLE,
  timestamp: ['INT32'],
}

function fits(type: Type, { physical, decimal }: Leaf, widens = false): boolean {
  if (widens && WIDENED_FROM[type.kind]?.includes(physical)) return true
  // A decimal reads as any number, and what is not one must not be taken for one.
  if (decimal) return ['decimal', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double'].includes(type.kind)
  if (type.kind === 'decimal' && physical === 'BYTE_ARRAY') return false
  return STORED_AS[type.kind]!.includes(physical)
}

/** A field of that name inside another column is none of the table's business. */
async function isTopLevel(connection: DuckDBConnection, leaf: Leaf): Promise<boolean> {
  const result = await connection.runAndReadAll(
    `SELECT lower(name), num_children FROM parquet_schema(${quote(leaf.file)})`,
  )
  // Depth first: the root, then each child followed by what is inside it.
  const left: number[] = []
  for (const [name, children] of result.getRows()) {
    const depth = left.length
    if (depth === 1 && name === leaf.name) return true
    if (depth > 0) left[depth - 1]! -= 1
    if (Number(children ?? 0) > 0) left.push(Number(children))
    else while (left.at(-1) === 0) left.pop()
  }
  return false
}

function incompatible(relation: Relation, column: DataColumn, leaf: Leaf): EngineError {
  const uri = relation.files.find((file) => file.localPath === leaf.file)?.uri ?? ''
  const physical = TEXT.includes(leaf.physical) ? 'BINARY' : leaf.physical
  return new EngineError(
    'HIVE_BAD_DATA',
    `Field ${column.name}'s type ${physical} in parquet file ${uri} is incompatible with type ${typeName(column.type)} defined in table schema`,
  )
}
