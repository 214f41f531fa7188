/** OPTIMIZE and VACUUM, which Athena has for Iceberg tables alone: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-data-optimization.html */
import type { Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { QueryContext } from '../context.ts'
import { refuseFor } from './lake-formats.ts'
import { lakeTarget } from './lake-target.ts'

export function refuseMaintenance(
  { kind, table: name, at }: Extract<Statement, { kind: 'optimize' | 'vacuum' }>,
  context: QueryContext,
): never {
  const { database, table } = lakeTarget(name, 'table maintenance', context)
  const found = context.rooms.catalog.tables.find(context.scope, database, table)
  if (found) refuseFor(['Iceberg'], found, kind.toUpperCase(), at)
  throw new SqlError('NOT_SUPPORTED', 'Only Iceberg tables are maintained', at)
}
