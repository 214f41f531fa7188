import type { QualifiedName } from '../../../sql/ast.ts'
import { invalidTableName } from '../../../sql/table-name.ts'
import type { Table } from '../../catalog/catalog.ts'
import { Fault } from '../../faults.ts'
import { type NameContext, sourceNamed } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { qualifiedName } from '../table-resolver.ts'

export interface TableName {
  readonly database: string
  readonly table: string
}

/** DDL does not look at the context's catalog: observed to work in the default one whatever it says. */
export function tableName(name: QualifiedName, context: NameContext): TableName {
  const parts = name.parts.map((part) => part.name.toLowerCase())
  if (parts.length > 3) throw invalidTableName(parts)
  return qualifiedName(parts, context)
}

export const findTable = (name: QualifiedName, context: NameContext): Table | undefined => {
  const { database, table } = tableName(name, context)
  return context.rooms.catalog.tables.find(context.scope, database, table)
}

/** The table of a DDL statement, or Hive's complaint that there is none. */
export function foundTable(name: QualifiedName, context: NameContext): Table {
  const table = findTable(name, context)
  if (table) return table
  throw missingTable(tableName(name, context))
}

export function missingTable({ database, table }: TableName): StatementFailure {
  const message = `Table not found ${database}.${table}`
  return new StatementFailure(`FAILED: SemanticException [Error 10001]: ${message}`, {
    category: 2,
    type: 1301,
    message,
    leavesText: true,
  })
}

/** A catalog that a name spells out must be there; nobody asks for the context's. */
export function requireCatalog(name: QualifiedName, context: NameContext): void {
  const catalog = name.parts.length === 3 ? name.parts[0]!.name : undefined
  if (catalog === undefined || context.lakeCatalogs.find(catalog.toLowerCase())) return
  if (!sourceNamed(catalog.toLowerCase(), context))
    throw new Fault('not-found', 'data-catalog', `Catalog '${catalog}' does not exist`)
}

/** What Athena says at once, before there is a query, when DESCRIBE or SHOW COLUMNS names nothing. */
export function requireEntity(name: QualifiedName, context: NameContext): void {
  requireCatalog(name, context)
  if (findTable(name, context)) return
  throw new Fault('not-found', 'entity', 'Entity Not Found')
}

/** Of a column that a table has not, or of a path into one. */
export const invalidColumn = (name: string): StatementFailure =>
  new StatementFailure(`FAILED: SemanticException [Error 10002]: Invalid column reference ${name}`, {
    category: 2,
    type: 1006,
    leavesText: true,
  })
