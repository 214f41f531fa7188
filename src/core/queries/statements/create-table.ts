import type { HiveColumn, HiveStatement, HiveTable, PartitionTransform, StringProperty } from '../../../sql/hive/ast.ts'
import type { ColumnDescriptor, StorageDescriptor, TableDescriptor } from '../../catalog/catalog.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import { Fault } from '../../faults.ts'
import { isTableBucketScope } from '../../table-buckets/table-buckets.ts'
import type { NameContext, QueryContext } from '../context.ts'
import { ddlTaskFailure, StatementFailure } from '../failure.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { columnDescriptor } from './column-descriptors.ts'
import { deltaDescriptor } from './delta-tables.ts'
import { createIcebergTable } from './iceberg-tables.ts'
import { laidTables } from './laid-tables.ts'
import { saidLocation } from './said-location.ts'
import { OUTPUT_BY_SERDE, STORAGE_CLASSES, type StorageClasses } from './storage-formats.ts'
import { invalidColumn, requireCatalog, tableName } from './table-names.ts'

type CreateTable = Extract<HiveStatement, { kind: 'create-table' }>

/** What is wrong with the text alone, told before there is a query. */
export function checkCreateTable(statement: CreateTable, context: NameContext): void {
  requireCatalog(statement.name, context)
  const isLaid = isTableBucketScope(context.scope)
  if (!statement.location && !isLaid)
    throw new Fault('invalid', 'query', 'No location was specified for table. An S3 location must be specified')
  const iceberg = isLaid || isIceberg(statement)
  if (iceberg && statement.external)
    throw new Fault('invalid', 'query', 'External keyword not supported for table type ICEBERG')
  if (!iceberg && !statement.external)
    throw new Fault('invalid', 'query', 'External keyword required for table type HIVE')
}

export async function createTable(statement: CreateTable, context: QueryContext): Promise<StatementOutcome> {
  const { catalog } = context.rooms
  const name = tableName(statement.name, context)
  if (!catalog.databases.find(context.scope, name.database))
    throw ddlTaskFailure('NoSuchObjectException', `Database ${name.database} not found`)
  if (catalog.tables.find(context.scope, name.database, name.table)) {
    if (statement.ifNotExists) return done
    throw ddlTaskFailure(
      'AlreadyExistsException',
      `Table ${name.table} already exist`,
      `Table ${name.table} already exists.`,
    )
  }
  if (laidTables(context) || isIceberg(statement)) {
    await createIcebergTable(statement, name, context)
    return done
  }
  const descriptor = isType(statement, 'delta')
    ? await deltaDescriptor(statement, name, context)
    : hiveDescriptor(statement, name.table, context.now)
  await catalog.tables.create(context.scope, name.database, descriptor, context.principal.arn)
  return done
}

/** As Hive's analyser asks; a number of 32 bits. */
function requireBuckets({ clusteredBy, columns }: CreateTable): void {
  if (!clusteredBy) return
  const { buckets, sortedBy } = clusteredBy
  const names = new Set(columns.map((column) => column.name.name.toLowerCase()))
  for (const { name } of [...clusteredBy.columns, ...sortedBy.map(({ column }) => column)])
    if (!names.has(name.toLowerCase())) throw invalidColumn(name)
  if (buckets < 1 || buckets > MOST_BUCKETS)
    throw new StatementFailure('FAILED: SemanticException [Error 10037]: Bucket number should be bigger than zero', {
      category: 2,
      type: 1006,
      leavesText: true,
    })
}

const MOST_BUCKETS = 2 ** 31 - 1

const hiveDescriptor = (statement: CreateTable, name: string, now: Date): TableDescriptor => ({
  Name: name,
  Owner: 'hadoop',
  TableType: 'EXTERNAL_TABLE',
  Retention: 0,
  StorageDescriptor: storageOf(statement),
  PartitionKeys: statement.partitionedBy.map(partitionKey),
  Parameters: {
    EXTERNAL: 'TRUE',
    ...(statement.comment === undefined ? {} : { comment: statement.comment }),
    ...record(statement.properties),
    transient_lastDdlTime: String(Math.floor(now.getTime() / 1000)),
  },
})

export const record = (properties: readonly StringProperty[]): Record<string, string> =>
  Object.fromEntries(properties.map(({ name, value }) => [name, value]))

const isType = (statement: HiveTable, type: string): boolean =>
  statement.properties.some(({ name, value }) => name.toLowerCase() === 'table_type' && value.toLowerCase() === type)

const isIceberg = (statement: HiveTable): boolean => isType(statement, 'iceberg')

function storageOf(statement: CreateTable): StorageDescriptor {
  requireBuckets(statement)
  const classes = classesOf(statement)
  return {
    Columns: statement.columns.map(columnDescriptor),
    Location: asFolder(saidLocation(statement.location!)).slice(0, -1),
    InputFormat: classes.inputFormat,
    OutputFormat: classes.outputFormat,
    Compressed: false,
    NumberOfBuckets: statement.clusteredBy?.buckets ?? -1,
    SerdeInfo: { SerializationLibrary: classes.serde, Parameters: serdeParameters(statement) },
    BucketColumns: statement.clusteredBy?.columns.map((c) => c.name.toLowerCase()) ?? [],
    SortColumns:
      statement.clusteredBy?.sortedBy.map((s) => ({
        Column: s.column.name.toLowerCase(),
        SortOrder: s.descending ? 0 : 1,
      })) ?? [],
    StoredAsSubDirectories: false,
  }
}

/** STORED AS names the three classes at once, or each by itself; ROW FORMAT SERDE overrides the serde. */
function classesOf({ storedAs, rowFormat }: CreateTable): StorageClasses {
  const format = storedAs?.kind === 'format' ? storedAs.format.toUpperCase() : 'TEXTFILE'
  const named = STORAGE_CLASSES[format]
  if (!named)
    throw new StatementFailure(`FAILED: SemanticException Unrecognized file format in STORED AS clause: '${format}'`, {
      category: 2,
      type: 1006,
      leavesText: true,
    })
  const classes =
    storedAs?.kind === 'classes'
      ? { ...named, inputFormat: storedAs.inputFormat, outputFormat: storedAs.outputFormat }
      : named
  if (rowFormat?.kind !== 'serde') return classes
  const outputFormat = (storedAs ? undefined : OUTPUT_BY_SERDE[rowFormat.library]) ?? classes.outputFormat
  return { ...classes, outputFormat, serde: rowFormat.library }
}

function serdeParameters({ rowFormat }: CreateTable): Record<string, string> {
  if (!rowFormat) return { 'serialization.format': '1' }
  if (rowFormat.kind === 'serde') return { 'serialization.format': '1', ...record(rowFormat.properties) }
  const {
    fieldsTerminatedBy: field,
    escapedBy,
    collectionItemsTerminatedBy,
    mapKeysTerminatedBy,
    linesTerminatedBy,
    nullDefinedAs,
  } = rowFormat
  if (linesTerminatedBy !== undefined && !NEWLINES.includes(linesTerminatedBy)) throw otherLines(linesTerminatedBy)
  const parameters: Record<string, string | undefined> = {
    'serialization.format': field ?? '1',
    'field.delim': field,
    'escape.delim': escapedBy,
    'collection.delim': collectionItemsTerminatedBy,
    'mapkey.delim': mapKeysTerminatedBy,
    'line.delim': linesTerminatedBy,
    'serialization.null.format': nullDefinedAs,
  }
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

const NEWLINES: readonly string[] = ['\n', '10']

/** As Hive refuses it, which can not tell lines by anything else. */
const otherLines = (text: string) =>
  new StatementFailure(
    `FAILED: SemanticException LINES TERMINATED BY only supports newline '\\n' right now. Error encountered near token ''${text}''`,
    { category: 2, type: 1006, leavesText: true },
  )

function partitionKey(key: HiveColumn | PartitionTransform): ColumnDescriptor {
  if ('transform' in key)
    throw new StatementFailure(
      `FAILED: ParseException partition transform ${key.transform} is only supported for Iceberg tables`,
      { category: 1, type: 1003, leavesText: true },
    )
  return columnDescriptor(key)
}
