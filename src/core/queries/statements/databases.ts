import type { HiveStatement } from '../../../sql/hive/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { paged } from '../../resources/paging.ts'
import type { QueryContext } from '../context.ts'
import { ddlTaskFailure, StatementFailure, taskFailure } from '../failure.ts'
import { done, lines, type StatementOutcome } from '../outcome.ts'
import { record } from './create-table.ts'
import { matchingDatabases } from './name-pattern.ts'
import { saidLocation } from './said-location.ts'

type Of<Kind extends HiveStatement['kind']> = Extract<HiveStatement, { kind: Kind }>

export async function createDatabase(
  statement: Of<'create-database'>,
  { rooms, scope }: QueryContext,
): Promise<StatementOutcome> {
  const name = statement.name.name.toLowerCase()
  if (rooms.catalog.databases.find(scope, name)) {
    if (statement.ifNotExists) return done
    throw taskFailure(`Database ${name} already exists`)
  }
  await rooms.catalog.databases.create(scope, {
    Name: name,
    ...(statement.comment === undefined ? {} : { Description: statement.comment }),
    ...(statement.location === undefined ? {} : { LocationUri: saidLocation(statement.location) }),
    Parameters: record(statement.properties),
  })
  return done
}

export async function dropDatabase(
  statement: Of<'drop-database'>,
  { rooms, scope }: QueryContext,
): Promise<StatementOutcome> {
  const name = statement.name.name.toLowerCase()
  const found = rooms.catalog.databases.find(scope, name)
  if (!found) {
    if (statement.ifExists) return done
    throw missingDatabase(name)
  }
  // What is seen in a link is its target's, and stays.
  const isLink = found.descriptor.TargetDatabase !== undefined
  if (!statement.cascade && !isLink && rooms.catalog.tables.list(scope, name, { limit: 1 }).length > 0)
    throw ddlTaskFailure('InvalidOperationException', `Database ${name} is not empty. One or more tables exist.`)
  await rooms.catalog.databases.delete(scope, name)
  return done
}

export async function alterDatabase(
  statement: Of<'alter-database'>,
  { rooms, scope }: QueryContext,
): Promise<StatementOutcome> {
  const name = statement.name.name.toLowerCase()
  if (!rooms.catalog.databases.find(scope, name)) throw missingDatabase(name)
  await rooms.catalog.databases.change(scope, name, ({ descriptor }) => ({
    ...descriptor,
    Parameters: { ...descriptor.Parameters, ...record(statement.properties) },
  }))
  return done
}

export function showDatabases(statement: Of<'show-databases'>, context: QueryContext): StatementOutcome {
  const { rooms, scope } = context
  const catalog = statement.catalog?.name
  if (catalog !== undefined && !context.lakeCatalogs.find(catalog.toLowerCase()))
    throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${catalog}' does not exist`, statement.at)
  const names = [
    ...paged(
      (page) => rooms.catalog.databases.list(scope, page),
      (d) => d.descriptor.Name,
    ),
  ].map((d) => d.descriptor.Name)
  return lines(['database_name'], matchingDatabases(statement.pattern, names))
}

export const missingDatabase = (name: string): StatementFailure =>
  new StatementFailure(`FAILED: SemanticException [Error 10072]: Database does not exist: ${name}`, {
    category: 2,
    type: 1301,
    message: `Database does not exist: ${name}`,
    leavesText: true,
  })
