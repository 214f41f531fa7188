/** OPTIMIZE and VACUUM, which Athena has for Iceberg tables alone: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-data-optimization.html */
import type { Expr, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { bindTable } from '../binding.ts'
import type { QueryContext } from '../context.ts'
import { requireSessionCatalog } from '../failure.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { vacuum } from '../iceberg/vacuum.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { optimizeIceberg } from './iceberg-optimization.ts'
import { lakeTarget } from './statement-target.ts'

type Maintenance = Extract<Statement, { kind: 'optimize' | 'vacuum' }>

export async function maintainTable(
  statement: Maintenance,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const table = await maintainedTable(statement, context)
  requireSessionCatalog(context)
  if (statement.kind === 'optimize') return optimizeIceberg(statement, table, context, parameters)
  await vacuum(table, context)
  return done
}

async function maintainedTable({ table: name, at }: Maintenance, context: QueryContext): Promise<Table> {
  const { database, table } = lakeTarget(name, context)
  const found = context.rooms.catalog.tables.find(context.scope, database, table)
  if (found && isIcebergTable(found)) return found
  if (!found)
    await bindTable(
      name.parts.map((part) => part.name),
      context,
    )
  throw new SqlError('NOT_SUPPORTED', 'Only Iceberg tables are maintained', at)
}
