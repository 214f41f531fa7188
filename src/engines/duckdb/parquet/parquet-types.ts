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
  const { widens } = relation.format
  const asked = [...columns.values()].map(withType)
  const files = relation.files.filter(({ localPath }) => asked.some((column) => !fitting.get(localPath)?.has(column)))
  if (files.length === 0) return
  for (const { name, kinds, file } of await likenesses(connection, files, [...columns.keys()])) {
    const column = columns.get(name)!
    const suits = (kind: FieldKind) => fits(column.type, kind, widens)
    if (kinds.every(suits)) continue
    const found = await topLevelKind(connection, file, name)
    if (found && !suits(found)) throw incompatible(relation, column, found, file)
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

/** Of one field of a file. */
interface FieldKind {
  /** Absent of a group: a list, a map or a struct. */
  readonly physical?: string
  /** What the physical type, or the group, stands for. */
  readonly converted?: string
}

interface Likeness {
  readonly name: string
  /** Of all fields of that name, at whatever depth. */
  readonly kinds: readonly FieldKind[]
  /** One of the files that have them. */
  readonly file: string
}

/** Files whose fields of a name are alike are one. */
async function likenesses(
  connection: DuckDBConnection,
  dataFiles: readonly DataFile[],
  names: readonly string[],
): Promise<Likeness[]> {
  const perFile = `SELECT file_name, lower(name) AS n, list([type, converted_type]) AS kinds
    FROM parquet_schema(${pathList(dataFiles)}) WHERE lower(name) IN (${names.map(quote).join(', ')}) GROUP BY file_name, n`
  const result = await connection.runAndReadAll(
    `SELECT n, to_json(kinds), min(file_name) FROM (${perFile}) GROUP BY n, kinds`,
  )
  return result.getRows().map(([name, kinds, file]) => {
    const pairs: (string | null)[][] = JSON.parse(String(kinds))
    return { name: String(name), kinds: pairs.map(fieldKind), file: String(file) }
  })
}

const fieldKind = ([physical, converted]: readonly unknown[]): FieldKind => ({
  ...(physical == null ? {} : { physical: String(physical) }),
  ...(converted == null ? {} : { converted: String(converted) }),
})

/** What a column may be stored as besides, where the table format lets its type be widened later. */
const WIDENED_FROM: Readonly<Record<string, readonly string[]>> = {
  double: WHOLE,
  timestamp: ['INT32'],
}

function fits(type: Type, { physical, converted }: FieldKind, widens = false): boolean {
  if (physical === undefined) return false
  if (widens && WIDENED_FROM[type.kind]?.includes(physical)) return true
  // A decimal reads as any number, and what is not one must not be taken for one.
  if (converted === 'DECIMAL')
    return ['decimal', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double'].includes(type.kind)
  if (type.kind === 'decimal' && physical === 'BYTE_ARRAY') return false
  return STORED_AS[type.kind]!.includes(physical)
}

/** Undefined where the name is only inside other columns, which is none of the table's business. */
async function topLevelKind(connection: DuckDBConnection, file: string, name: string): Promise<FieldKind | undefined> {
  const result = await connection.runAndReadAll(
    `SELECT lower(name), num_children, type, converted_type FROM parquet_schema(${quote(file)})`,
  )
  // Depth first: the root, then each child followed by what is inside it.
  const left: number[] = []
  for (const [field, children, ...kind] of result.getRows()) {
    const depth = left.length
    if (depth === 1 && field === name) return fieldKind(kind)
    if (depth > 0) left[depth - 1]! -= 1
    if (Number(children ?? 0) > 0) left.push(Number(children))
    else while (left.at(-1) === 0) left.pop()
  }
  return undefined
}

function incompatible(relation: Relation, column: DataColumn, kind: FieldKind, path: string): EngineError {
  const uri = relation.files.find((file) => file.localPath === path)?.uri ?? ''
  const { physical = kind.converted ?? 'STRUCT' } = kind
  const told = TEXT.includes(physical) ? 'BINARY' : physical
  return new EngineError(
    'HIVE_BAD_DATA',
    `Field ${column.name}'s type ${told} in parquet file ${uri} is incompatible with type ${typeName(column.type)} defined in table schema`,
  )
}
