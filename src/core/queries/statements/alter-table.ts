import type { AlterTableAction, HiveStatement } from '../../../sql/ast.ts'
import type { ColumnDescriptor, Table, TableDescriptor } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { columnDescriptor, record } from './create-table.ts'
import { addPartitions, dropPartitions, renamePartition } from './partitions.ts'
import { foundTable } from './table-names.ts'

type AlterTable = Extract<HiveStatement, { kind: 'alter-table' }>

export async function alterTable({ name, action }: AlterTable, context: QueryContext): Promise<StatementOutcome> {
  const table = foundTable(name, context)
  switch (action.kind) {
    case 'add-partitions':
      return addPartitions(table, action, context)
    case 'drop-partitions':
      return dropPartitions(table, action, context)
    case 'rename-partition':
      return renamePartition(table, action, context)
    case 'set-location':
      return setLocation(table, action, context)
    default:
      return update(table, altered(table.descriptor, action), context)
  }
}

/** The descriptor after the action; Hive's rules for what an external table allows. */
function altered(descriptor: TableDescriptor, action: AlterTableAction): TableDescriptor {
  const columns = descriptor.StorageDescriptor?.Columns ?? []
  switch (action.kind) {
    case 'add-columns': {
      const added = action.columns.map(columnDescriptor)
      for (const { Name } of added)
        if ([...columns, ...(descriptor.PartitionKeys ?? [])].some((c) => c.Name === Name))
          throw taskFailure(`Duplicate column name: ${Name}`)
      return withColumns(descriptor, [...columns, ...added])
    }
    case 'replace-columns':
      return withColumns(descriptor, action.columns.map(columnDescriptor))
    case 'change-column':
      return withColumns(descriptor, changed(columns, action))
    case 'set-properties':
      return { ...descriptor, Parameters: { ...descriptor.Parameters, ...record(action.properties) } }
    case 'unset-properties':
      return {
        ...descriptor,
        Parameters: Object.fromEntries(
          Object.entries(descriptor.Parameters ?? {}).filter(([key]) => !action.names.includes(key)),
        ),
      }
    default:
      // Observed on Hive tables for RENAME TO and DROP COLUMN.
      throw new StatementFailure('Query type not supported by DDL engine.', { category: 2, type: 1006 })
  }
}

function changed(
  columns: readonly ColumnDescriptor[],
  { from, to, place }: Extract<AlterTableAction, { kind: 'change-column' }>,
): ColumnDescriptor[] {
  const index = columns.findIndex((c) => c.Name === from.name.toLowerCase())
  if (index < 0) throw taskFailure(`Invalid column reference ${from.name}`)
  const column = columnDescriptor(to)
  if (place === undefined) return columns.with(index, column)
  const others = columns.toSpliced(index, 1)
  if (place === 'first') return [column, ...others]
  const after = others.findIndex((c) => c.Name === place.after.name.toLowerCase())
  if (after < 0) throw taskFailure(`Invalid column reference ${place.after.name}`)
  return others.toSpliced(after + 1, 0, column)
}

const withColumns = (descriptor: TableDescriptor, columns: readonly ColumnDescriptor[]): TableDescriptor => ({
  ...descriptor,
  StorageDescriptor: { ...descriptor.StorageDescriptor, Columns: columns },
})

async function setLocation(
  table: Table,
  action: Extract<AlterTableAction, { kind: 'set-location' }>,
  context: QueryContext,
): Promise<StatementOutcome> {
  const { database, descriptor } = table
  if (action.spec === undefined)
    return update(
      table,
      { ...descriptor, StorageDescriptor: { ...descriptor.StorageDescriptor, Location: action.location } },
      context,
    )
  const values = (descriptor.PartitionKeys ?? []).map(
    (key) => action.spec!.find((item) => item.column.name.toLowerCase() === key.Name)?.value ?? '',
  )
  const { partitions } = context.rooms.catalog
  const partition = partitions.get(context.scope, database, descriptor.Name, values)
  const storage = { ...partition.descriptor.StorageDescriptor, Location: action.location }
  await partitions.update(context.scope, database, descriptor.Name, values, {
    ...partition.descriptor,
    StorageDescriptor: storage,
  })
  return done
}

async function update(table: Table, descriptor: TableDescriptor, context: QueryContext): Promise<StatementOutcome> {
  await context.rooms.catalog.tables.update(context.scope, table.database, descriptor, {
    expect: table.version,
    keepVersion: true,
  })
  return done
}

const taskFailure = (message: string): StatementFailure =>
  new StatementFailure(
    `FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ${message}`,
    { category: 2, type: 1003, message, leavesText: true },
  )
