/**
 * UPDATE, DELETE and MERGE. Tables whose rows lie in plain files can not change in place: Athena refuses them, when the
 * statement runs and not when it is sent, with the words of Trino's Hive connector (observed).
 */
import type { Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { QueryContext } from '../context.ts'
import { resolverOf, UnreadDeltaTable } from '../table-resolver.ts'
import { isView } from '../view-text.ts'
import { refuseFor } from './lake-formats.ts'

type RowChange = Extract<Statement, { kind: 'delete' | 'update' | 'merge' }>

const OF_VIEWS: Readonly<Record<RowChange['kind'], string>> = {
  delete: 'Deleting from views is not supported',
  update: 'Updating through views is not supported',
  merge: 'Merging into views is not supported',
}

export function refuseRowChange(statement: RowChange, context: QueryContext): never {
  const resolver = resolverOf(context)
  const name = statement.table.parts.map((part) => part.name.toLowerCase())
  try {
    resolver.table(name)
  } catch (error) {
    // A table of a format that is only read has been found, and nobody needs to read its log for it.
    if (error instanceof UnreadDeltaTable)
      refuseFor(['Delta Lake'], error.table, statement.kind.toUpperCase(), statement.at)
    if (error instanceof SqlError) throw new SqlError(error.code, error.text, statement.at)
    throw error
  }
  const { database, table } = resolver.qualify(name)
  const found = context.rooms.catalog.tables.find(context.scope, database, table)
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
