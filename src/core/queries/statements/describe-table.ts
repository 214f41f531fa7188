/** Hive's listings of a table: columns, and with FORMATTED or EXTENDED everything else (docs: athena ug, describe-table). */
import type { HiveStatement } from '../../../sql/hive/ast.ts'
import { hiveTypeName, parseHiveType } from '../../../sql/hive/type.ts'
import type { Type } from '../../../sql/types.ts'
import type { ColumnDescriptor, StorageDescriptor, Table } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { lines, type StatementOutcome } from '../outcome.ts'
import { isView } from '../view-text.ts'
import { describeIceberg } from './iceberg-description.ts'
import { requirePartition } from './partitions.ts'
import { foundTable, invalidColumn } from './table-names.ts'
import { describeView } from './views.ts'

type Describe = Extract<HiveStatement, { kind: 'describe' }>

/** Fields are padded to twenty characters; partition columns stand in the listing twice (observed). */
export function describe(statement: Describe, context: QueryContext): StatementOutcome | Promise<StatementOutcome> {
  const table = foundTable(statement.table, context)
  if (isView(table)) return describeView(statement, context)
  if (isIcebergTable(table) && !statement.spec) return describeIceberg(statement, table, context)
  const partition = statement.spec && requirePartition(table, statement.spec, context)
  const names = ['col_name', 'data_type', 'comment']
  if (statement.column) return lines(names, [columnLine(named(table, statement))])
  const keys = table.descriptor.PartitionKeys ?? []
  const rows = allColumns(table).map(columnLine)
  if (keys.length > 0)
    rows.push(
      BLANK,
      heading('# Partition Information'),
      `# ${row('col_name', 'data_type', 'comment')}`,
      BLANK,
      ...keys.map(columnLine),
    )
  const storage = partition?.descriptor.StorageDescriptor ?? table.descriptor.StorageDescriptor ?? {}
  if (statement.formatted) rows.push(BLANK, ...formatted(table, storage))
  if (statement.extended) rows.push(BLANK, `Detailed Table Information\t${extended(table, storage)}\t`)
  return lines(names, rows)
}

export const allColumns = ({ descriptor }: Table): readonly ColumnDescriptor[] => [
  ...(descriptor.StorageDescriptor?.Columns ?? []),
  ...(descriptor.PartitionKeys ?? []),
]

export const pad = (text: string): string => text.padEnd(20)
const row = (...cells: readonly string[]): string => cells.map(pad).join('\t')
const heading = (text: string): string => `${text}\t \t `
const BLANK = '\t \t '

/** What a comment says after a tab is lost, and so is its padding (observed). */
export const columnLine = ({ Name, Type = 'string', Comment = '' }: ColumnDescriptor): string =>
  `${row(Name, Type)}\t${pad(Comment).split('\t')[0]}`

/** The column a DESCRIBE names, or what its path leads to inside a complex one. */
function named(table: Table, { column, path = [] }: Describe): ColumnDescriptor {
  const name = column!.name.toLowerCase()
  const found = allColumns(table).find((c) => c.Name === name)
  if (!found) throw invalidColumn(name)
  if (path.length === 0) return found
  let type = parseHiveType(found.Type ?? 'string')
  for (const step of path) {
    const inner = within(type, step.toLowerCase())
    if (!inner) throw invalidColumn([name, ...path].join('.'))
    type = inner
  }
  return { Name: path.at(-1)!, Type: hiveTypeName(type), Comment: 'from deserializer' }
}

function within(type: Type, step: string): Type | undefined {
  switch (type.kind) {
    case 'array':
      return step === '$elem$' ? type.element : undefined
    case 'map':
      return step === '$key$' ? type.key : step === '$value$' ? type.value : undefined
    case 'row':
      return type.fields.find((field) => field.name?.toLowerCase() === step)?.type
    default:
      return undefined
  }
}

function formatted({ database, descriptor, createdAt }: Table, storage: StorageDescriptor): string[] {
  const field = (name: string, value: string): string => `${row(name, value)}\t `
  const list = (values: readonly string[] = []): string => `[${values.join(', ')}]`
  return [
    heading('# Detailed Table Information'),
    field('Database:', database),
    field('Owner:', descriptor.Owner ?? ''),
    field('CreateTime:', javaDate(createdAt)),
    field('LastAccessTime:', 'UNKNOWN'),
    field('Protect Mode:', 'None'),
    field('Retention:', String(descriptor.Retention ?? 0)),
    field('Location:', storage.Location ?? ''),
    field('Table Type:', descriptor.TableType ?? ''),
    heading('Table Parameters:'),
    ...parameterLines(descriptor.Parameters),
    BLANK,
    heading('# Storage Information'),
    field('SerDe Library:', storage.SerdeInfo?.SerializationLibrary ?? ''),
    field('InputFormat:', storage.InputFormat ?? ''),
    field('OutputFormat:', storage.OutputFormat ?? ''),
    field('Compressed:', storage.Compressed ? 'Yes' : 'No'),
    field('Num Buckets:', String(storage.NumberOfBuckets ?? -1)),
    field('Bucket Columns:', list(storage.BucketColumns)),
    field('Sort Columns:', list(storage.SortColumns?.map((sort) => `${sort.Column}`))),
    heading('Storage Desc Params:'),
    ...parameterLines(storage.SerdeInfo?.Parameters),
  ]
}

const parameterLines = (parameters: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(parameters).map(([key, value]) => `\t${row(key, value)}`)

/** `Thu Apr 23 02:55:21 UTC 2020`. */
function javaDate(iso: string): string {
  const [day, date, month, year, time] = new Date(iso).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date} ${time} UTC ${year}`
}

/** The table as Thrift prints it, on one line. */
function extended({ database, descriptor, createdAt }: Table, storage: StorageDescriptor): string {
  const schema = (columns: readonly ColumnDescriptor[] = []): string =>
    `[${columns.map((c) => `FieldSchema(name:${c.Name}, type:${c.Type ?? 'string'}, comment:${c.Comment ?? null})`).join(', ')}]`
  const record = (parameters: Readonly<Record<string, string>> = {}): string =>
    `{${Object.entries(parameters)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ')}}`
  const serde = `SerDeInfo(name:null, serializationLib:${storage.SerdeInfo?.SerializationLibrary ?? null}, parameters:${record(storage.SerdeInfo?.Parameters)})`
  const place = `StorageDescriptor(cols:${schema(storage.Columns)}, location:${storage.Location ?? null}, inputFormat:${storage.InputFormat ?? null}, outputFormat:${storage.OutputFormat ?? null}, compressed:${storage.Compressed ?? false}, numBuckets:${storage.NumberOfBuckets ?? -1}, serdeInfo:${serde}, bucketCols:[${storage.BucketColumns ?? ''}], sortCols:[${storage.SortColumns?.map((s) => s.Column) ?? ''}], parameters:${record(storage.Parameters)}, skewedInfo:SkewedInfo(skewedColNames:[], skewedColValues:[], skewedColValueLocationMaps:{}), storedAsSubDirectories:${storage.StoredAsSubDirectories ?? false})`
  return `Table(tableName:${descriptor.Name}, dbName:${database}, owner:${descriptor.Owner ?? null}, createTime:${Math.floor(Date.parse(createdAt) / 1000)}, lastAccessTime:0, retention:${descriptor.Retention ?? 0}, sd:${place}, partitionKeys:${schema(descriptor.PartitionKeys)}, parameters:${record(descriptor.Parameters)}, viewOriginalText:${descriptor.ViewOriginalText ?? null}, viewExpandedText:${descriptor.ViewExpandedText ?? null}, tableType:${descriptor.TableType ?? null})`
}
