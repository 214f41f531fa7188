/** ALTER TABLE of Iceberg tables: each changes metadata alone, in a commit of its own. */
import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import type { TableUpdate } from '../../../formats/iceberg/table-updates.ts'
import type { QualifiedName } from '../../../sql/ast.ts'
import type { AlterTableAction } from '../../../sql/hive/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { commitChange } from '../iceberg/commits.ts'
import { idsAfter, withChangedColumn, withColumns, withoutColumn } from '../iceberg/schema-changes.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { namedProperties, propertyName } from './iceberg-properties.ts'
import { icebergColumn } from './iceberg-tables.ts'

/** https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-managing-tables.html */
export async function alterIcebergTable(
  table: Table,
  action: AlterTableAction,
  context: QueryContext,
): Promise<StatementOutcome> {
  if (action.kind === 'rename') await rename(table, action.to, context)
  else await commitChange(table, context, async (metadata) => ({ updates: tableUpdates(metadata, action), files: [] }))
  return done
}

function tableUpdates(metadata: TableMetadata, action: AlterTableAction): readonly TableUpdate[] {
  const schema = currentSchema(metadata)
  switch (action.kind) {
    case 'add-columns':
      if (action.spec) throw notForIceberg()
      return newest(withColumns(schema, action.columns.map(icebergColumn), idsAfter(metadata)))
    case 'drop-column':
      return newest(withoutColumn(schema, action.column.name, keyFields(metadata)))
    case 'change-column': {
      const { from, to, place } = action
      const moved = typeof place === 'object' ? { after: place.after.name } : place
      const change = { from: from.name, to: icebergColumn(to), ...(moved && { place: moved }) }
      return newest(withChangedColumn(schema, change, idsAfter(metadata)))
    }
    case 'set-properties':
      return [{ action: 'set-properties', updates: namedProperties(action.properties) }]
    case 'unset-properties':
      return [{ action: 'remove-properties', removals: action.names.map(propertyName) }]
    default:
      throw notForIceberg()
  }
}

const newest = (schema: Schema): readonly TableUpdate[] => [
  { action: 'add-schema', schema },
  { action: 'set-current-schema', 'schema-id': -1 },
]

/** What old snapshots are partitioned by may go: a spec that is no longer the default keeps its own. */
function keyFields(metadata: TableMetadata): ReadonlySet<number> {
  const spec = metadata['partition-specs'].find((one) => one['spec-id'] === metadata['default-spec-id'])
  const order = metadata['sort-orders'].find((one) => one['order-id'] === metadata['default-sort-order-id'])
  return new Set([...(spec?.fields ?? []), ...(order?.fields ?? [])].map((field) => field['source-id']))
}

async function rename(table: Table, to: QualifiedName, context: QueryContext): Promise<void> {
  const name = to.parts.at(-1)!.name.toLowerCase()
  const database = to.parts.at(-2)?.name.toLowerCase() ?? table.database
  if (database !== table.database)
    throw new SqlError('NOT_SUPPORTED', 'Table rename across databases is not supported', to.at)
  await context.rooms.catalog.tables.update(
    context.scope,
    table.database,
    { ...table.descriptor, Name: name },
    { name: table.descriptor.Name, expect: table.version, keepVersion: false },
  )
}

/** Observed. */
export const notForIceberg = (): StatementFailure =>
  new StatementFailure('Query type not supported by Athena Iceberg at this time', {
    category: 2,
    type: 1200,
    leavesText: false,
  })
