import type { AlterTableAction, HiveStatement } from '../../../sql/hive/ast.ts'
import type { ColumnDescriptor, Table, TableDescriptor } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { isDeltaTable } from '../delta/delta-table.ts'
import { StatementFailure, taskFailure } from '../failure.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { columnDescriptor } from './column-descriptors.ts'
import { record } from './create-table.ts'
import { unsupportedProperty } from './delta-tables.ts'
import { alterIcebergTable } from './iceberg-alterations.ts'
import { refuseFor } from './lake-formats.ts'
import { addPartitions, dropPartitions, renamePartition, requirePartition } from './partitions.ts'
import { saidLocation } from './said-location.ts'
import { foundTable } from './table-names.ts'

type AlterTable = Extract<HiveStatement, { kind: 'alter-table' }>

export async function alterTable({ name, action }: AlterTable, context: QueryContext): Promise<StatementOutcome> {
  const table = foundTable(name, context)
  if (isDeltaTable(table) && action.kind === 'set-properties')
    throw unsupportedProperty(action.properties[0]?.name ?? '')
  // Of DDL only what describes is for Delta tables (docs: athena ug, delta-lake-tables).
  refuseFor(['Delta Lake'], table, 'ALTER TABLE')
  if (isIcebergTable(table)) return alterIcebergTable(table, action, context)
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
      return update(table, altered(table.descriptor, action, context), context)
  }
}

/** The descriptor after the action; Hive's rules for what an external table allows. */
function altered(descriptor: TableDescriptor, action: AlterTableAction, context: QueryContext): TableDescriptor {
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
      throw notForHive(action, context.text)
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
      {
        ...descriptor,
        StorageDescriptor: { ...descriptor.StorageDescriptor, Location: saidLocation(action.location) },
      },
      context,
    )
  const { partitions } = context.rooms.catalog
  const partition = requirePartition(table, action.spec, context)
  const values = partition.descriptor.Values
  const storage = { ...partition.descriptor.StorageDescriptor, Location: saidLocation(action.location) }
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

/** RENAME TO and DROP COLUMN, which only Iceberg tables know (observed). */
function notForHive(action: AlterTableAction, text: string): StatementFailure {
  const refusal = (reason: string, message: string) =>
    new StatementFailure(reason, { category: 2, type: 1006, message, leavesText: true })
  if (action.kind !== 'drop-column')
    return refusal(
      'FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Unable to alter table. Table cannot be renamed',
      'Query type not supported by DDL engine.',
    )
  const [, before = '', drop = '', column = ''] = /^([\s\S]*?\b(drop)\s+)(column)\b/i.exec(text) ?? []
  const lines = before.split('\n')
  const [line, offset] = [lines.length, lines.at(-1)!.length]
  return refusal(
    `FAILED: ParseException line ${line}:${offset} mismatched input '${column}' expecting PARTITION near '${drop}' in drop partition statement`,
    `line ${line}:${offset + 1}: mismatched input '${column}' expecting 'PARTITION'`,
  )
}
