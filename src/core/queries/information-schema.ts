/** Trino's information_schema, answered as a query over VALUES of what the catalog holds. */
import { parseHiveType } from '../../sql/hive/type.ts'
import { SqlError } from '../../sql/position.ts'
import { typeName } from '../../sql/types.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { DEFAULT_CATALOG } from './context.ts'
import { isView, readViewText } from './view-text.ts'

type Value = string | number | null

/** The text of a query that yields the named table of the information schema. */
export function informationSchema(catalog: Catalog, scope: Scope, table: string): string {
  switch (table) {
    case 'schemata':
      return values(
        ['catalog_name', 'schema_name'],
        [...databases(catalog, scope)].map((name) => [DEFAULT_CATALOG, name]),
      )
    case 'tables':
      return values(
        ['table_catalog', 'table_schema', 'table_name', 'table_type'],
        [...tables(catalog, scope)].map((t) => [
          DEFAULT_CATALOG,
          t.database,
          t.descriptor.Name,
          isView(t) ? 'VIEW' : 'BASE TABLE',
        ]),
      )
    case 'views':
      return values(
        ['table_catalog', 'table_schema', 'table_name', 'view_definition'],
        [...tables(catalog, scope)]
          .filter(isView)
          .map((t) => [DEFAULT_CATALOG, t.database, t.descriptor.Name, readViewText(t).originalSql]),
      )
    case 'columns':
      return values(
        [
          'table_catalog',
          'table_schema',
          'table_name',
          'column_name',
          'ordinal_position',
          'column_default',
          'is_nullable',
          'data_type',
          'comment',
          'extra_info',
        ],
        [...tables(catalog, scope)].flatMap(columnRows),
      )
    default:
      throw new SqlError('TABLE_NOT_FOUND', `Table '${DEFAULT_CATALOG}.information_schema.${table}' does not exist`)
  }
}

function columnRows(table: Table): Value[][] {
  const { Name, StorageDescriptor, PartitionKeys = [] } = table.descriptor
  const columns = StorageDescriptor?.Columns ?? []
  return [...columns, ...PartitionKeys].map((column, i) => [
    DEFAULT_CATALOG,
    table.database,
    Name,
    column.Name,
    i + 1,
    null,
    'YES',
    trinoType(column.Type),
    column.Comment ?? null,
    i >= columns.length ? 'partition key' : null,
  ])
}

/** The catalog may hold types that nobody can read; they are shown as they stand. */
function trinoType(hive = 'string'): string {
  try {
    return typeName(parseHiveType(hive))
  } catch {
    return hive
  }
}

function values(names: readonly string[], rows: readonly (readonly Value[])[]): string {
  const columns = names.map((name) => `"${name}"`).join(', ')
  if (rows.length === 0) return `SELECT ${names.map((n) => `CAST(NULL AS varchar) AS "${n}"`).join(', ')} WHERE false`
  const text = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')
  return `SELECT * FROM (VALUES ${text}) AS t (${columns})`
}

const literal = (value: Value): string =>
  value === null
    ? 'CAST(NULL AS varchar)'
    : typeof value === 'number'
      ? `BIGINT '${value}'`
      : `'${value.replaceAll("'", "''")}'`

function* databases(catalog: Catalog, scope: Scope): Generator<string> {
  for (const database of paged(
    (page) => catalog.databases.list(scope, page),
    (d) => d.descriptor.Name,
  ))
    yield database.descriptor.Name
}

function* tables(catalog: Catalog, scope: Scope): Generator<Table> {
  for (const database of databases(catalog, scope))
    yield* paged(
      (page) => catalog.tables.list(scope, database, page),
      (t) => t.descriptor.Name,
    )
}

/** Everything a paged list holds, page by page. */
export function* paged<T>(
  list: (page: { after?: string; limit: number }) => readonly T[],
  nameOf: (item: T) => string,
): Generator<T> {
  const limit = 1000
  for (let after: string | undefined; ; ) {
    const page = list({ after, limit })
    yield* page
    if (page.length < limit) return
    after = nameOf(page.at(-1)!)
  }
}
