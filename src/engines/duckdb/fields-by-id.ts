/**
 * Parquet files whose columns are found by ids, where the engine's own way of it does not do: for fields inside columns, and for
 * files that have no ids. Each file is looked at once, and those that call their fields alike become a part of their own.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { FieldIds, Relation, RelationColumn } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'
import { type Type, UNKNOWN } from '../../sql/types.ts'
import type { ReadablePlan } from './foreign/conversions.ts'

export interface FileFields {
  readonly names: ReadonlyMap<number, string>
  /** Of a file without ids, what its columns are called. */
  readonly columns?: readonly string[]
}

/** By local path; files never change. */
const known = new Map<string, FileFields>()
const REMEMBERED_FILES = 20_000

type DataColumn = RelationColumn & { readonly kind: 'data' }

export async function withFieldsById(connection: DuckDBConnection, plan: ReadablePlan): Promise<ReadablePlan> {
  const relations: Relation[] = []
  for (const relation of plan.relations) {
    const isAsked = relation.columns.some((column) => column.kind === 'data' && (column.inner || column.mappedNames))
    if (isAsked) relations.push(...(await namedParts(connection, relation)))
    else relations.push(relation)
  }
  return { ...plan, relations }
}

async function namedParts(connection: DuckDBConnection, relation: Relation): Promise<Relation[]> {
  if (relation.files.length === 0) return [relation]
  const fields = new Map<string, FileFields>()
  for (const { localPath } of relation.files) fields.set(localPath, await fieldsIn(connection, localPath))
  const columnsIn = (localPath: string) =>
    relation.columns.map((column) => (column.kind === 'data' ? columnIn(column, fields.get(localPath)!) : column))
  const groups = Map.groupBy(relation.files, ({ localPath }) => JSON.stringify(columnsIn(localPath)))
  return Array.from(groups.values(), (files) => ({ ...relation, columns: columnsIn(files[0]!.localPath), files }))
}

/** A name that no column has. */
const NO_NAME = '\u0001'

function columnIn(column: DataColumn, { names, columns }: FileFields): DataColumn {
  if (columns && column.mappedNames) {
    const { fieldId: _, inner: __, ...byName } = column
    return { ...byName, field: column.mappedNames.find((name) => columns.includes(name)) ?? NO_NAME }
  }
  if (!column.inner || column.fieldId === undefined) return column
  if (!names.has(column.fieldId)) return column
  const storedAs = stored(column.type, column.inner, names)
  return isMissing(storedAs) ? { ...column, fieldId: NO_FIELD - column.fieldId } : { ...column, storedAs }
}

/** Ids from here down no table has. */
const NO_FIELD = 2 ** 31 - 1

const isMissing = (type: Type): boolean => type.kind === 'unknown'

/** The type with the names that its fields have in a file; what is of no type is not there, or nothing that is wanted of it. */
function stored(type: Type, inner: readonly FieldIds[], names: ReadonlyMap<number, string>): Type {
  switch (type.kind) {
    case 'array': {
      const element = stored(type.element, inner[0]!.inner, names)
      return isMissing(element) ? UNKNOWN : { ...type, element }
    }
    case 'map': {
      const key = stored(type.key, inner[0]!.inner, names)
      const value = stored(type.value, inner[1]!.inner, names)
      return isMissing(key) || isMissing(value) ? UNKNOWN : { ...type, key, value }
    }
    case 'row': {
      const fields = type.fields.map((field, i) => {
        const name = names.get(inner[i]!.id)
        if (name === undefined) return { name: `\u0001${i}`, type: UNKNOWN }
        return { name, type: stored(field.type, inner[i]!.inner, names) }
      })
      return fields.every((field) => isMissing(field.type)) ? UNKNOWN : { ...type, fields }
    }
    default:
      return type
  }
}

export async function fieldsIn(connection: DuckDBConnection, localPath: string): Promise<FileFields> {
  const found = known.get(localPath)
  if (found) return found
  const result = await connection.runAndReadAll(
    `SELECT name, field_id, num_children FROM parquet_schema(${quote(localPath)})`,
  )
  const [, ...rows] = result.getRows()
  const names = new Map(rows.flatMap(([name, id]) => (id === null ? [] : [[Number(id), String(name)] as const])))
  const columns: string[] = []
  // Depth first: each column is followed by what is inside it.
  let inside = 0
  for (const [name, , children] of rows) {
    if (inside === 0) columns.push(String(name))
    else inside--
    inside += Number(children ?? 0)
  }
  const fields = names.size > 0 ? { names } : { names, columns }
  if (known.size >= REMEMBERED_FILES) known.clear()
  known.set(localPath, fields)
  return fields
}
