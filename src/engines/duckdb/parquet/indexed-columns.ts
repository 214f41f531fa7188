/**
 * Parquet files whose columns the engine does not find by the table's names: those that are found by their places, and those
 * whose names have letters beyond ASCII, of which the engine knows no other case. Each file is looked at once for the names
 * that it has, and those that call their columns alike become a part of their own, which is read by these names.
 * https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html#parquet-read-by-name
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { FileFormat, Relation } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import type { ReadablePlan } from '../foreign/conversions.ts'
import { KnownFiles } from '../known-files.ts'
import type { DataColumn } from '../scans/scan.ts'

const known = new KnownFiles<readonly string[]>(20_000)

export async function withNamedColumns(connection: DuckDBConnection, plan: ReadablePlan): Promise<ReadablePlan> {
  const relations: Relation[] = []
  for (const relation of plan.relations) {
    const rule = ruleOf(relation)
    relations.push(...(rule && relation.files.length > 0 ? await namedParts(connection, relation, rule) : [relation]))
  }
  return { ...plan, relations }
}

/** What a file that has columns of these names calls one of the table's; undefined where it lacks it. */
type NameRule = (inFile: readonly string[], column: DataColumn) => string | undefined

function ruleOf({ format, columns }: Relation): NameRule | undefined {
  if (format.kind !== 'parquet') return undefined
  if (format.byIndex) return (inFile, { ordinal }) => inFile[ordinal]
  return columns.some((column) => column.kind === 'data' && hasOtherCases(column)) ? inAnyCase : undefined
}

const PLAIN_NAME = /^[\x20-\x7e]+$/
const hasOtherCases = ({ field, fieldId }: DataColumn): boolean => fieldId === undefined && !PLAIN_NAME.test(field)

const inAnyCase: NameRule = (inFile, column) =>
  hasOtherCases(column) ? inFile.find((name) => name.toLowerCase() === column.field.toLowerCase()) : column.field

async function namedParts(connection: DuckDBConnection, relation: Relation, rule: NameRule): Promise<Relation[]> {
  const names = new Map<string, readonly string[]>()
  for (const { localPath } of relation.files) names.set(localPath, await columnNames(connection, localPath))
  const groups = Map.groupBy(relation.files, ({ localPath }) => JSON.stringify(names.get(localPath)))
  return Array.from(groups.values(), (files) => {
    const inFile = names.get(files[0]!.localPath)!
    const columns = relation.columns.map((column) =>
      column.kind === 'data' ? { ...column, field: rule(inFile, column) ?? noName(column.ordinal) } : column,
    )
    return { ...relation, format: byName(relation.format), columns, files }
  })
}

function byName(format: FileFormat): FileFormat {
  if (format.kind !== 'parquet') return format
  const { byIndex: _, ...named } = format
  return named
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
