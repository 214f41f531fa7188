/**
 * What a statement may do, decided before it does anything. What it reads is decided where its names are resolved, and what
 * it asks of the catalog by the catalog; what is left are rows of tables that it writes.
 */
import type { QualifiedName, Statement } from '../../../sql/ast.ts'
import { catalogBehind, meantTable } from '../../catalog/links.ts'
import { insufficient } from '../../permissions/insufficient.ts'
import type { Permission } from '../../permissions/permission.ts'
import { ofHouse, type QueryContext } from '../context.ts'
import { refuseGuess, requireWhole } from '../seen-tables.ts'
import { lakeTarget } from './statement-target.ts'

/** The context in which the statement runs: once it may write a table, it does so in the house's name. */
export function authorized(statement: Statement, context: QueryContext): QueryContext {
  switch (statement.kind) {
    case 'explain':
      return authorized(statement.statement, context)
    case 'insert':
      return writing(statement.table, ['INSERT'], context)
    case 'delete':
      return changing(statement.table, ['DELETE'], context)
    case 'update':
      return changing(statement.table, ['INSERT', 'DELETE'], context)
    case 'merge':
      return changing(statement.table, needed(statement), context)
    case 'optimize':
    case 'vacuum':
      return changing(statement.table, ['INSERT', 'DELETE'], context)
    case 'alter-table':
      writing(statement.name, ['ALTER'], context)
      return context
    case 'create-table':
    case 'create-table-as': {
      const { database } = lakeTarget(statement.name, context)
      const { permissions } = context.rooms.permissions.database(context.principal, context.scope, database)
      if (!permissions.has('CREATE_TABLE')) throw insufficient('CREATE_TABLE', database)
      return context
    }
    default:
      return context
  }
}

function needed({ cases }: Extract<Statement, { kind: 'merge' }>): readonly Permission[] {
  const kinds = new Set(cases.map(({ action }) => action.kind))
  const inserts = kinds.has('insert') || kinds.has('update')
  const deletes = kinds.has('delete') || kinds.has('update')
  return [...(inserts ? (['INSERT'] as const) : []), ...(deletes ? (['DELETE'] as const) : [])]
}

function writing(name: QualifiedName, permissions: readonly Permission[], context: QueryContext): QueryContext {
  const { rooms, principal, scope } = context
  const { database, table } = lakeTarget(name, context)
  const found = rooms.catalog.tables.find(ofHouse(scope), database, table)
  if (!found) {
    refuseGuess(
      context,
      catalogBehind(scope, rooms.catalog.databases.find(ofHouse(scope), database)),
      table,
      permissions[0],
    )
    return context
  }
  const meant = meantTable(scope, found)
  if (rooms.permissions.isUnlimited(principal, meant.scope)) return context
  const held = rooms.permissions.table(principal, meant.scope, meant.name).permissions
  const missing = permissions.find((permission) => !held.has(permission))
  if (missing !== undefined) throw insufficient(missing, table)
  return { ...context, scope: ofHouse(scope) }
}

/** Rows that are changed are found by reading them, and nobody changes rows that it does not see. */
function changing(name: QualifiedName, permissions: readonly Permission[], context: QueryContext): QueryContext {
  const acting = writing(name, permissions, context)
  const { database, table } = lakeTarget(name, context)
  const found = context.rooms.catalog.tables.find(ofHouse(context.scope), database, table)
  if (found) requireWhole(context, context.scope, found)
  return acting
}
