/** Trino's information_schema, answered as a query over VALUES of what the catalog holds. */
import { parseHiveType } from '../../sql/hive/type.ts'
import { SqlError } from '../../sql/position.ts'
import { quotedText } from '../../sql/quotation.ts'
import { typeName } from '../../sql/types.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { paged } from '../resources/paging.ts'
import { DEFAULT_CATALOG } from './context.ts'
import { isView, readViewText } from './view-text.ts'

type Value = string | number | null

/** A catalog as its information schema tells of it; names are folded. */
export interface ListedCatalog {
  readonly name: string
  schemas(): Iterable<string>
  tables(): Iterable<ListedTable>
}

export interface ListedTable {
  readonly schema: string
  readonly name: string
  /** The text of a view. */
  readonly view?: string
  columns(): readonly ListedColumn[]
}

export interface ListedColumn {
  readonly name: string
  /** As Trino spells it. */
  readonly type: string
  readonly comment?: string
  readonly partition?: boolean
}

/** The text of a query that yields the named table of the information schema. */
export function informationSchema(catalog: ListedCatalog, table: string): string {
  const { name } = catalog
  switch (table) {
    case 'schemata':
      return values(
        ['catalog_name', 'schema_name'],
        Array.from(catalog.schemas(), (schema) => [name, schema]),
      )
    case 'tables':
      return values(
        ['table_catalog', 'table_schema', 'table_name', 'table_type'],
        Array.from(catalog.tables(), (one) => [
          name,
          one.schema,
          one.name,
          one.view === undefined ? 'BASE TABLE' : 'VIEW',
        ]),
      )
    case 'views':
      return values(
        ['table_catalog', 'table_schema', 'table_name', 'view_definition'],
        Array.from(catalog.tables()).flatMap((one) =>
          one.view === undefined ? [] : [[name, one.schema, one.name, one.view]],
        ),
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
        Array.from(catalog.tables()).flatMap((one) => columnRows(name, one)),
      )
    default:
      throw new SqlError('TABLE_NOT_FOUND', `Table '${name}.information_schema.${table}' does not exist`)
  }
}

const columnRows = (catalog: string, { schema, name, columns }: ListedTable): Value[][] =>
  columns().map((column, i) => [
    catalog,
    schema,
    name,
    column.name,
    i + 1,
    null,
    'YES',
    column.type,
    column.comment ?? null,
    column.partition ? 'partition key' : null,
  ])

/** The lake's own catalog. */
export const listedLake = (catalog: Catalog, scope: Scope): ListedCatalog => ({
  name: DEFAULT_CATALOG,
  schemas: () => databases(catalog, scope),
  tables: () => tables(catalog, scope).map(listedTable),
})

function listedTable(table: Table): ListedTable {
  const { Name, StorageDescriptor, PartitionKeys = [] } = table.descriptor
  const columns = StorageDescriptor?.Columns ?? []
  return {
    schema: table.database,
    name: Name,
    ...(isView(table) && { view: readViewText(table).originalSql }),
    columns: () =>
      [...columns, ...PartitionKeys].map((column, i) => ({
        name: column.Name,
        type: trinoType(column.Type),
        comment: column.Comment,
        partition: i >= columns.length,
      })),
  }
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
  value === null ? 'CAST(NULL AS varchar)' : typeof value === 'number' ? `BIGINT '${value}'` : quotedText(value)

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
