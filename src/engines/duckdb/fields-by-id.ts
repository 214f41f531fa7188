/**
 * Parquet files whose columns are found by ids, and fields inside of these too: the engine itself finds only whole columns so.
 * Each file is looked at once for the names that its fields have there, and those that call them alike become a part of their
 * own, in which a field that the files lack is NULL.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { FieldIds, Relation } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'
import { type Type, UNKNOWN } from '../../sql/types.ts'
import type { ReadablePlan } from './foreign/conversions.ts'

/** By local path, the names of fields by their ids; files never change. */
const known = new Map<string, ReadonlyMap<number, string>>()
const REMEMBERED_FILES = 20_000

export async function withFieldsById(connection: DuckDBConnection, plan: ReadablePlan): Promise<ReadablePlan> {
  const relations: Relation[] = []
  for (const relation of plan.relations) {
    const ids = relation.columns.flatMap((column) =>
      column.kind === 'data' && column.inner ? idsIn(column.inner) : [],
    )
    if (ids.length === 0) relations.push(relation)
    else relations.push(...(await namedParts(connection, relation, ids)))
  }
  return { ...plan, relations }
}

const idsIn = (fields: readonly FieldIds[]): number[] => fields.flatMap(({ id, inner }) => [id, ...idsIn(inner)])

async function namedParts(
  connection: DuckDBConnection,
  relation: Relation,
  ids: readonly number[],
): Promise<Relation[]> {
  const names = new Map<string, ReadonlyMap<number, string>>()
  for (const { localPath } of relation.files) names.set(localPath, await namesIn(connection, localPath))
  const groups = Map.groupBy(relation.files, ({ localPath }) =>
    ids.map((id) => names.get(localPath)!.get(id)).join('\u0000'),
  )
  return Array.from(groups.values(), (files) => {
    const inFile = names.get(files[0]!.localPath)!
    const columns = relation.columns.map((column) =>
      column.kind === 'data' && column.inner
        ? { ...column, storedAs: stored(column.type, column.inner, inFile) }
        : column,
    )
    return { ...relation, columns, files }
  })
}

/** The type with the names that its fields have in a file; one of no type is not there. */
function stored(type: Type, inner: readonly FieldIds[], names: ReadonlyMap<number, string>): Type {
  switch (type.kind) {
    case 'array':
      return { ...type, element: stored(type.element, inner[0]!.inner, names) }
    case 'map':
      return {
        ...type,
        key: stored(type.key, inner[0]!.inner, names),
        value: stored(type.value, inner[1]!.inner, names),
      }
    case 'row': {
      const fields = type.fields.map((field, i) => {
        const name = names.get(inner[i]!.id)
        if (name === undefined) return { name: `\u0001${i}`, type: UNKNOWN }
        return { name, type: stored(field.type, inner[i]!.inner, names) }
      })
      return { ...type, fields }
    }
    default:
      return type
  }
}

async function namesIn(connection: DuckDBConnection, localPath: string): Promise<ReadonlyMap<number, string>> {
  const found = known.get(localPath)
  if (found) return found
  const result = await connection.runAndReadAll(
    `SELECT field_id, name FROM parquet_schema(${quote(localPath)}) WHERE field_id IS NOT NULL`,
  )
  const names = new Map(result.getRows().map(([id, name]) => [Number(id), String(name)]))
  if (known.size >= REMEMBERED_FILES) known.clear()
  known.set(localPath, names)
  return names
}
