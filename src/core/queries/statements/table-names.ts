import type { QualifiedName } from '../../../sql/ast.ts'
import type { Table } from '../../catalog/catalog.ts'
import { Fault } from '../../faults.ts'
import type { QueryContext } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { resolverOf } from './query.ts'

export interface TableName {
  readonly database: string
  readonly table: string
}

/** DDL does not look at the context's catalog: observed to work in the default one whatever it says. */
export const tableName = (name: QualifiedName, context: QueryContext): TableName =>
  resolverOf(context).qualify(name.parts.map((p) => p.name))

export const findTable = (name: QualifiedName, context: QueryContext): Table | undefined => {
  const { database, table } = tableName(name, context)
  return context.rooms.catalog.tables.find(context.scope, database, table)
}

/** The table of a DDL statement, or Hive's complaint that there is none. */
export function foundTable(name: QualifiedName, context: QueryContext): Table {
  const table = findTable(name, context)
  if (table) return table
  const { table: missing } = tableName(name, context)
  throw new StatementFailure(`FAILED: SemanticException [Error 10001]: Table not found ${missing}`, {
    category: 2,
    type: 1301,
    message: `Table not found ${missing}`,
    leavesText: true,
  })
}

/** What Athena says at once, before there is a query, when DESCRIBE or SHOW COLUMNS names nothing. */
export function requireEntity(name: QualifiedName, context: QueryContext): void {
  if (findTable(name, context)) return
  throw new Fault(
    'not-found',
    'entity',
    `Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: ${context.queryId}; Proxy: null)`,
  )
}
