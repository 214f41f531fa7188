import type { QualifiedName, Statement } from '../../../sql/ast.ts'
import { commentFailure } from '../../../sql/hive/comments.ts'
import type { QueryContext } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { isView } from '../view-text.ts'
import { findTable } from './table-names.ts'

/** Hive's DDL engine does not know block comments; a DESCRIBE of a view never gets to it (observed). */
export function refuseComments(statement: Statement, context: QueryContext): void {
  const name = tableOf(statement)
  const reason = name && commentFailure(context.text, statement)
  if (!reason) return
  const table = findTable(name, context)
  if (statement.kind === 'describe' && table && isView(table)) return
  throw new StatementFailure(reason, { category: 1, type: 1003, leavesText: true })
}

function tableOf(statement: Statement): QualifiedName | undefined {
  switch (statement.kind) {
    case 'show-create-table':
    case 'describe':
      return statement.table
    case 'msck-repair':
    case 'alter-table':
      return statement.name
    default:
      return undefined
  }
}
