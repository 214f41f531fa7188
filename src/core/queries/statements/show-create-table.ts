import type { HiveStatement } from '../../../sql/hive/ast.ts'
import type { ColumnDescriptor, Table, TableDescriptor } from '../../catalog/catalog.ts'
import { inHashOrder } from '../../catalog/hash-order.ts'
import type { QueryContext } from '../context.ts'
import { isDeltaTable } from '../delta/delta-table.ts'
import { StatementFailure } from '../failure.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { athenaLines, lines, type StatementOutcome } from '../outcome.ts'
import { isView } from '../view-text.ts'
import { hiveText, propertyLines } from './hive-lines.ts'
import { icebergStatement } from './iceberg-statement.ts'
import { foundTable } from './table-names.ts'

/** The statement that makes the table again, in Hive's layout with its trailing blanks. */
export function showCreateTable(
  statement: Extract<HiveStatement, { kind: 'show-create-table' }>,
  context: QueryContext,
): StatementOutcome | Promise<StatementOutcome> {
  const table = foundTable(statement.table, context)
  if (isView(table))
    throw new StatementFailure(
      `FAILED: SemanticException [Error 10001]: ${table.descriptor.Name} is a view; use SHOW CREATE VIEW`,
      { category: 2, type: 1006, leavesText: true },
    )
  const names = ['createtab_stmt']
  if (!isIcebergTable(table)) return lines(names, createStatement(table))
  return icebergStatement(table, context).then((text) => athenaLines(names, text))
}

function createStatement(table: Table): string[] {
  const { descriptor } = table
  if (isDeltaTable(table) && descriptor.Parameters?.table_type) return deltaStatement(descriptor)
  const storage = descriptor.StorageDescriptor ?? {}
  const serdeProperties = Object.entries(storage.SerdeInfo?.Parameters ?? {}).filter(
    ([key, value]) => key !== 'serialization.format' || value !== '1',
  )
  const text = [
    `CREATE EXTERNAL TABLE \`${descriptor.Name}\`(`,
    ...columnLines(storage.Columns ?? [], ')'),
    ...(descriptor.Parameters?.comment ? [`COMMENT ${hiveText(descriptor.Parameters.comment)}`] : []),
    ...(descriptor.PartitionKeys?.length ? ['PARTITIONED BY ( ', ...columnLines(descriptor.PartitionKeys, ')')] : []),
    ...(storage.BucketColumns?.length
      ? [
          'CLUSTERED BY ( ',
          ...storage.BucketColumns.map((name, i, all) => `  ${name}${i < all.length - 1 ? ', ' : ') '}`),
          `INTO ${storage.NumberOfBuckets} BUCKETS`,
        ]
      : []),
    'ROW FORMAT SERDE ',
    `  ${hiveText(storage.SerdeInfo?.SerializationLibrary ?? '')} `,
    ...(serdeProperties.length ? ['WITH SERDEPROPERTIES ( ', ...propertyLines(serdeProperties, ') ')] : []),
    'STORED AS INPUTFORMAT ',
    `  ${hiveText(storage.InputFormat ?? '')} `,
    'OUTPUTFORMAT ',
    `  ${hiveText(storage.OutputFormat ?? '')}`,
    'LOCATION',
    `  ${hiveText(storage.Location ?? '')}`,
    'TBLPROPERTIES (',
    ...propertyLines(
      inHashOrder(Object.entries(descriptor.Parameters ?? {})).filter(
        ([key]) => key !== 'EXTERNAL' && key !== 'comment',
      ),
      ')',
    ),
  ]
  return text
}

/** All that a Delta table is made from: its log tells the rest. */
const deltaStatement = ({ Name, StorageDescriptor }: TableDescriptor): string[] => [
  `CREATE EXTERNAL TABLE \`${Name}\``,
  'LOCATION',
  `  ${hiveText(StorageDescriptor?.Location ?? '')}`,
  'TBLPROPERTIES (',
  ...propertyLines([['table_type', 'DELTA']], ')'),
]

const columnLines = (columns: readonly ColumnDescriptor[], end: string): string[] =>
  columns.map(
    (c, i) =>
      `  \`${c.Name}\` ${c.Type ?? 'string'}${c.Comment ? ` COMMENT ${hiveText(c.Comment)}` : ''}${i < columns.length - 1 ? ', ' : end}`,
  )
