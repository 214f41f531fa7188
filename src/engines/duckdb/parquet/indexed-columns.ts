/**
 * Parquet files whose columns are found by their places: each is looked at once for the names that it has there, and those
 * that call their columns alike become a part of their own, which is read by name.
 * https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html#parquet-read-by-name
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Relation } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import type { ReadablePlan } from '../foreign/conversions.ts'
import { KnownFiles } from '../known-files.ts'

const known = new KnownFiles<readonly string[]>(20_000)

export async function withNamedColumns(connection: DuckDBConnection, plan: ReadablePlan): Promise<ReadablePlan> {
  const relations: Relation[] = []
  for (const relation of plan.relations) {
    const { format, files } = relation
    if (format.kind !== 'parquet' || !format.byIndex || files.length === 0) relations.push(relation)
    else relations.push(...(await namedParts(connection, relation)))
  }
  return { ...plan, relations }
}

async function namedParts(connection: DuckDBConnection, relation: Relation): Promise<Relation[]> {
  const names = new Map<string, readonly string[]>()
  for (const { localPath } of relation.files) names.set(localPath, await columnNames(connection, localPath))
  const groups = Map.groupBy(relation.files, ({ localPath }) => JSON.stringify(names.get(localPath)))
  return Array.from(groups.values(), (files) => {
    const inFile = names.get(files[0]!.localPath)!
    const columns = relation.columns.map((column) =>
      column.kind === 'data' ? { ...column, field: inFile[column.ordinal] ?? noName(column.ordinal) } : column,
    )
    return { ...relation, format: { kind: 'parquet' as const }, columns, files }
  })
}

/** A file that has fewer columns lacks the others. The engine goes astray where it is given one name twice. */
const noName = (ordinal: number): string => `\u0001${ordinal}`

async function columnNames(connection: DuckDBConnection, localPath: string): Promise<readonly string[]> {
  const found = known.get(localPath)
  if (found) return found
  const result = await connection.runAndReadAll(`SELECT name, num_children FROM parquet_schema(${quote(localPath)})`)
  const names: string[] = []
  // Depth first: the root, then each of its children followed by what is inside it.
  let inside = 0
  for (const [name, children] of result.getRows().slice(1)) {
    if (inside === 0) names.push(String(name))
    else inside--
    inside += Number(children ?? 0)
  }
  known.set(localPath, names)
  return names
}
