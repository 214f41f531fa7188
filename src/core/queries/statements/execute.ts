/** The single gate: every statement of every SQL door comes through here, parsed, and nothing runs that is not named. */
import type { Expr, Statement } from '../../../sql/ast.ts'
import { classify, type StatementClass } from '../../../sql/statement.ts'
import type { NameContext, QueryContext } from '../context.ts'
import { hiveFailure } from '../failure.ts'
import type { StatementOutcome } from '../outcome.ts'
import { isView } from '../view-text.ts'
import { alterTable } from './alter-table.ts'
import { authorized } from './authority.ts'
import { refuseComments } from './comments.ts'
import { checkCreateTable, createTable } from './create-table.ts'
import { createTableAs } from './create-table-as.ts'
import { alterDatabase, createDatabase, dropDatabase, showDatabases } from './databases.ts'
import { describe } from './describe-table.ts'
import { explain } from './explain.ts'
import { showFunctions } from './functions.ts'
import { grantOrRevoke } from './grants.ts'
import { insert } from './insert.ts'
import { showPartitions } from './partitions.ts'
import { deallocate, type PreparedStatements, prepare, prepared } from './prepared.ts'
import { runQuery } from './query.ts'
import { repairTable } from './repair-table.ts'
import { changeRows } from './row-changes.ts'
import { showCreateTable } from './show-create-table.ts'
import { listedSource, sourceListing } from './source-listings.ts'
import { HIVE_DDL, inItsCatalog, refuseInTableBuckets, refuseSources } from './statement-target.ts'
import { maintainTable } from './table-maintenance.ts'
import { findTable, requireEntity } from './table-names.ts'
import { dropTable, showColumns, showTableProperties, showTables } from './tables.ts'
import { unload } from './unload.ts'
import { createView, describeView, dropView, showCreateView } from './views.ts'

/** What can be told of a statement before it becomes a query; throws a Fault or SqlError for the caller to see at once. */
export function checkStatement(statement: Statement, context: NameContext): void {
  const there = inItsCatalog(statement, context)
  if (statement.kind === 'create-table') checkCreateTable(statement, there)
  if ((statement.kind === 'describe' || statement.kind === 'show-columns') && !listedSource(statement, context))
    requireEntity(statement.table, there)
}

/** DESCRIBE and SHOW COLUMNS of a view are a kind of their own (observed). */
export function statementClass(statement: Statement, context: NameContext): StatementClass {
  const columns = statement.kind === 'describe' || statement.kind === 'show-columns'
  const isListed = columns && !listedSource(statement, context)
  const table = isListed ? findTable(statement.table, inItsCatalog(statement, context)) : undefined
  return table && isView(table) ? { type: 'UTILITY', substatement: 'DESC_VIEW' } : classify(statement)
}

export async function executeStatement(
  statement: Statement,
  context: QueryContext,
  statements: PreparedStatements,
  parameters: readonly Expr[] = [],
): Promise<StatementOutcome> {
  context.signal.throwIfAborted()
  refuseComments(statement, context)
  refuseSources(statement, context)
  const there = inItsCatalog(statement, context)
  refuseInTableBuckets(statement, there)
  const outcome = () => outcomeOf(statement, authorized(statement, there), statements, parameters)
  if (!HIVE_TASKS.has(statement.kind)) return outcome()
  try {
    return await outcome()
  } catch (error) {
    throw hiveFailure(error)
  }
}

/** What Hive runs, and Trino does not. */
const HIVE_TASKS: ReadonlySet<Statement['kind']> = new Set([
  ...HIVE_DDL,
  'show-databases',
  'show-tables',
  'show-views',
  'show-columns',
  'describe',
  'show-partitions',
  'show-create-table',
  'show-tblproperties',
])

function outcomeOf(
  statement: Statement,
  context: QueryContext,
  statements: PreparedStatements,
  parameters: readonly Expr[],
): StatementOutcome | Promise<StatementOutcome> {
  switch (statement.kind) {
    case 'query':
      return runQuery(statement, context, parameters)
    case 'explain':
      return explain(statement, context, parameters)
    case 'create-table-as':
      return createTableAs(statement, context, parameters)
    case 'insert':
      return insert(statement, context, parameters)
    case 'unload':
      return unload(statement, context, parameters)
    case 'create-view':
      return createView(statement, context, parameters)
    case 'drop-view':
      return dropView(statement, context)
    case 'prepare':
      return prepare(statement, statements)
    case 'deallocate':
      return deallocate(statement, statements)
    case 'execute': {
      const target = prepared(statement, statements)
      const values = target.parameters.length > 0 ? target.parameters : parameters
      return executeStatement(target.statement, context, statements, values)
    }
    case 'create-database':
      return createDatabase(statement, context)
    case 'drop-database':
      return dropDatabase(statement, context)
    case 'alter-database':
      return alterDatabase(statement, context)
    case 'create-table':
      return createTable(statement, context)
    case 'drop-table':
      return dropTable(statement, context)
    case 'alter-table':
      return alterTable(statement, context)
    case 'msck-repair':
      return repairTable(statement, context)
    case 'grant':
    case 'revoke':
      return grantOrRevoke(statement, context)
    case 'show-databases':
    case 'show-tables':
    case 'show-views':
    case 'show-columns':
    case 'describe':
      return listing(statement, context)
    case 'show-partitions':
      return showPartitions(statement, context)
    case 'show-create-table':
      return showCreateTable(statement, context)
    case 'show-create-view':
      return showCreateView(statement, context)
    case 'show-tblproperties':
      return showTableProperties(statement, context)
    case 'show-functions':
      return showFunctions(statement)
    case 'describe-view':
      return describeView(statement, context)
    case 'delete':
    case 'update':
    case 'merge':
      return changeRows(statement, context, parameters)
    case 'optimize':
    case 'vacuum':
      return maintainTable(statement, context, parameters)
  }
}

type Listing = Parameters<typeof listedSource>[0]

function listing(statement: Listing, context: QueryContext): StatementOutcome | Promise<StatementOutcome> {
  const source = listedSource(statement, context)
  if (source) return sourceListing(statement, source, context)
  switch (statement.kind) {
    case 'show-databases':
      return showDatabases(statement, context)
    case 'show-tables':
    case 'show-views':
      return showTables(statement, context)
    case 'show-columns':
      return showColumns(statement, context)
    case 'describe':
      return describe(statement, context)
  }
}
