import type { Expr, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { parseQuery } from '../../../sql/statement.ts'
import { layoutQuery } from '../../../sql/trino/layout.ts'
import { bindQuery } from '../binding.ts'
import type { QueryContext } from '../context.ts'
import { done, lines, type StatementOutcome } from '../outcome.ts'
import { isView, readViewText, viewDescriptor } from '../view-text.ts'
import { tableColumns } from './created-tables.ts'
import { lakeTarget } from './statement-target.ts'
import { foundTable } from './table-names.ts'

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>

/** The query is analysed now, so that a view that can not be read is never kept, and again wherever it is read. */
export async function createView(
  statement: Of<'create-view'>,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const { catalog } = context.rooms
  const name = lakeTarget(statement.name, context)
  const existing = catalog.tables.find(context.scope, name.database, name.table)
  if (existing && !isView(existing))
    throw new SqlError('TABLE_ALREADY_EXISTS', `Table already exists: '${name.database}.${name.table}'`, statement.at)
  if (existing && !statement.orReplace)
    throw new SqlError('TABLE_ALREADY_EXISTS', `View already exists: '${name.database}.${name.table}'`, statement.at)
  const { bound, resolver } = await bindQuery(statement.query, context, parameters)
  if (resolver.views.has(`${name.database}.${name.table}`))
    throw new SqlError('VIEW_IS_RECURSIVE', 'Statement would create a recursive view', statement.at)
  const columns = tableColumns(
    bound,
    statement.at,
    statement.columns?.map((c) => c.name),
  )
  const descriptor = viewDescriptor(
    name.table,
    { originalSql: keptText(statement), catalog: context.catalog, schema: context.database },
    columns,
  )
  if (existing) await catalog.tables.update(context.scope, name.database, descriptor, { keepVersion: true })
  else await catalog.tables.create(context.scope, name.database, descriptor, context.principal.arn)
  return done
}

/** Laid out anew, unless Trino's layout of it can not be read again, as that of `(1).a`. */
function keptText({ query, queryText }: Of<'create-view'>): string {
  const text = layoutQuery(query, queryText)
  if (text === undefined) return queryText
  try {
    parseQuery(text)
    return text
  } catch (error) {
    if (error instanceof SqlError) return queryText
    throw error
  }
}

export async function dropView(statement: Of<'drop-view'>, context: QueryContext): Promise<StatementOutcome> {
  const { catalog } = context.rooms
  const name = lakeTarget(statement.name, context)
  const existing = catalog.tables.find(context.scope, name.database, name.table)
  if (!existing || !isView(existing)) {
    if (statement.ifExists && !existing) return done
    throw new SqlError('TABLE_NOT_FOUND', `View '${name.database}.${name.table}' does not exist`, statement.at)
  }
  await catalog.tables.delete(context.scope, name.database, name.table)
  return done
}

export function showCreateView(statement: Of<'show-create-view'>, context: QueryContext): StatementOutcome {
  const table = foundTable(statement.table, context)
  if (!isView(table))
    throw new SqlError(
      'NOT_SUPPORTED',
      `Relation '${table.database}.${table.descriptor.Name}' is a table, not a view`,
      statement.at,
    )
  const text = `CREATE VIEW ${table.database}.${table.descriptor.Name} AS\n${readViewText(table).originalSql.trimEnd()}`
  return lines(['create view'], text.split('\n'), { kind: 'varchar' })
}

/** DESCRIBE of a view, and SHOW COLUMNS of one: names and Trino types, unpadded. */
export function describeView(
  statement: Of<'describe-view'> | Of<'describe'> | Of<'show-columns'>,
  context: QueryContext,
): StatementOutcome {
  const { columns } = readViewText(foundTable(statement.table, context))
  return lines(
    ['column', 'type'],
    columns.map((c) => `${c.name}\t${c.type}`),
    { kind: 'varchar' },
  )
}
