/**
 * UPDATE, DELETE and MERGE. Iceberg tables take them. Tables whose rows lie in plain files can not change in place: Athena
 * refuses them, when the statement runs and not when it is sent, with the words of Trino's Hive connector (observed).
 */
import { currentSchema } from '../../../formats/iceberg/metadata.ts'
import type { Expr, Query } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { bindTable } from '../binding.ts'
import type { QueryContext } from '../context.ts'
import { requireSessionCatalog } from '../failure.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { readMetadata } from '../iceberg/metadata-file.ts'
import type { StatementOutcome } from '../outcome.ts'
import { isView } from '../view-text.ts'
import { changeQuery, type RowChange } from './change-query.ts'
import { changeIcebergRows } from './iceberg-row-changes.ts'
import { refuseFor } from './lake-formats.ts'
import { lakeTarget } from './statement-target.ts'

const OF_VIEWS: Readonly<Record<RowChange['kind'], string>> = {
  delete: 'Deleting from views is not supported',
  update: 'Updating through views is not supported',
  merge: 'Merging into views is not supported',
}

export async function changeRows(
  statement: RowChange,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const table = await changedTable(statement, context)
  requireSessionCatalog(context)
  return changeIcebergRows(statement, table, context, parameters)
}

/** The query by which it finds what it changes: that is all there is to explain. */
export async function rowChangeQuery(statement: RowChange, context: QueryContext): Promise<Query> {
  const metadata = await readMetadata(await changedTable(statement, context), context)
  return changeQuery(
    statement,
    currentSchema(metadata).fields.map(({ name }) => name.toLowerCase()),
  )
}

async function changedTable(statement: RowChange, context: QueryContext): Promise<Table> {
  const { database, table } = lakeTarget(statement.table, context)
  const found = context.rooms.catalog.tables.find(context.scope, database, table)
  return found && isIcebergTable(found) ? found : refuseRowChange(statement, context)
}

async function refuseRowChange(statement: RowChange, context: QueryContext): Promise<never> {
  const { database, table } = lakeTarget(statement.table, context)
  const found = context.rooms.catalog.tables.find(context.scope, database, table)
  // Nobody needs to read the log of a table of a format that is only read.
  if (found) refuseFor(['Delta Lake'], found, statement.kind.toUpperCase(), statement.at)
  try {
    await bindTable(
      statement.table.parts.map((part) => part.name),
      context,
    )
  } catch (error) {
    if (error instanceof SqlError) throw new SqlError(error.code, error.text, statement.at)
    throw error
  }
  if (found && isView(found)) throw new SqlError('NOT_SUPPORTED', OF_VIEWS[statement.kind], statement.at)
  const isPartitioned = (found?.descriptor.PartitionKeys ?? []).length > 0
  const isTruncation = statement.kind === 'delete' && !statement.where && !isPartitioned
  throw new SqlError(
    'NOT_SUPPORTED',
    isTruncation
      ? 'Cannot delete from non-managed Hive table'
      : 'Modifying Hive table rows is only supported for transactional tables',
  )
}
