/**
 * Whether Parquet files hold a table's columns just as the table declares them. Then nothing has to be matched or cast,
 * and the engine reads them as if they had been named to it directly: with all its threads on one file and with the
 * files' statistics for the order of joins, neither of which it has where it is given a schema.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Relation } from '../../../core/queries/relation.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import { comparedColumns } from '../deletes/deleted-values.ts'
import { KnownFiles } from '../known-files.ts'
import { readsAsItStands } from '../scans/parquet.ts'
import type { DataColumn } from '../scans/scan.ts'
import { fieldsIn } from './file-fields.ts'

/** With more files than this the threads have work anyhow, and each file costs a look. */
const MOST_FILES = 32
/** The engine's type of each column that was asked for, by its name in lower case; '' where it has none. */
const known = new KnownFiles<Map<string, string>>(2_000)
/** A column of the file would hide the engine's own of that name, which tell places and numbers of rows. */
const PLACES = ['file_index', 'file_row_number']
/** Beyond these, lower case may not mean the same to the engine. */
const PLAIN_NAME = /^[\x20-\x7e]+$/

/** `wanted`: places in `relation.columns`. Files never change, so each is looked at once in the life of a worker. */
export async function heldExactly(
  connection: DuckDBConnection,
  relation: Relation,
  wanted: readonly number[],
): Promise<boolean> {
  const { files, format } = relation
  if (format.kind !== 'parquet' || files.length === 0 || files.length > MOST_FILES) return false
  const read = [...new Set([...wanted, ...comparedColumns(files)])]
  const columns = read.map((index) => relation.columns[index]!).filter((column) => column.kind === 'data')
  if (!columns.every((column) => PLAIN_NAME.test(column.field) && readsAsItStands(column))) return false
  const names = [...columns.map((column) => column.field.toLowerCase()), ...PLACES]
  for (const { localPath } of files) {
    const types = await typesOf(connection, localPath, names)
    if (!(await haveTheirIds(connection, localPath, columns))) return false
    if (PLACES.some((place) => types.get(place)) || !columns.every((column) => isExact(column, types))) return false
  }
  return true
}

/** Whether columns that are found by ids have in the file the names that they have in the table. */
async function haveTheirIds(
  connection: DuckDBConnection,
  localPath: string,
  columns: readonly DataColumn[],
): Promise<boolean> {
  const identified = columns.filter(({ fieldId }) => fieldId !== undefined)
  if (identified.length === 0) return true
  const { byId } = await fieldsIn(connection, localPath)
  return identified.every(({ fieldId, field }) => byId?.get(fieldId!)?.name.toLowerCase() === field.toLowerCase())
}

const isExact = (column: DataColumn, types: ReadonlyMap<string, string>) =>
  types.get(column.field.toLowerCase()) === duckdbType(column.type)

async function typesOf(
  connection: DuckDBConnection,
  localPath: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const types = known.get(localPath) ?? new Map<string, string>()
  const unknown = names.filter((name) => !types.has(name))
  if (unknown.length === 0) return types
  const file = `read_parquet(${quote(localPath)}, hive_partitioning = false, binary_as_string = true)`
  const result = await connection.runAndReadAll(
    `SELECT lower(column_name), column_type FROM (DESCRIBE FROM ${file}) WHERE lower(column_name) IN (${unknown.map(quote).join(', ')})`,
  )
  for (const name of unknown) types.set(name, '')
  for (const [name, type] of result.getRows()) types.set(String(name), String(type))
  known.set(localPath, types)
  return types
}
