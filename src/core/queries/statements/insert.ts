import type { Expr, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table, Together } from '../../catalog/catalog.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import type { QueryContext } from '../context.ts'
import { noting, requireSessionCatalog, StatementFailure } from '../failure.ts'
import { foreignOwner } from '../foreign-owner.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import type { StatementOutcome } from '../outcome.ts'
import { isProjected, projectedLocation } from '../partition-projection.ts'
import { writtenEncryption } from '../sealed-files.ts'
import { type TableLayout, tableLayout } from '../table-layout.ts'
import type { FullTableName } from '../table-resolver.ts'
import { isView } from '../view-text.ts'
import { insertIntoIceberg, planIcebergInsert } from './iceberg-tables.ts'
import { insertColumns } from './insert-columns.ts'
import { ionSerialization } from './ion-serialization.ts'
import { refuseFor } from './lake-formats.ts'
import { type PlannedQuery, planQuery, statisticsOf } from './query.ts'
import { lakeTarget } from './statement-target.ts'
import type { WritableFormat } from './storage-formats.ts'
import { type FileSink, MOST_OPEN_PARTITIONS, type WrittenPartition, writeFiles } from './table-writes.ts'
import { namedCodec, writtenCompression } from './written-compression.ts'

type Insert = Extract<Statement, { kind: 'insert' }>

/** Athena tells where a failed INSERT lists what it may have written. */
export function insert(
  statement: Insert,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const { tablesLocation, queryId } = context
  const note =
    tablesLocation === undefined
      ? ''
      : `. If a data manifest file was generated at '${tablesLocation}${queryId}-manifest.csv', you may need to manually clean the data from locations specified in the manifest. Athena will not delete data in your account.`
  return noting(note, () => insertRows(statement, context, parameters))
}

interface InsertTarget {
  readonly name: FullTableName
  readonly table: Table
}

interface PlannedInsert {
  /** Its output is the table's columns. */
  readonly planned: PlannedQuery
  readonly layout: TableLayout
  readonly sink: FileSink
}

/** What an INSERT reads, of one whose table takes its rows: throws where it does not. */
export async function planInsert(
  statement: Insert,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<PlannedQuery> {
  const target = insertTarget(statement, context)
  const { planned } = isIcebergTable(target.table)
    ? await planIcebergInsert(statement, target.table, context, parameters)
    : await plannedRows(statement, target, context, parameters)
  return planned
}

function insertTarget(statement: Insert, context: QueryContext): InsertTarget {
  requireSessionCatalog(context)
  const name = lakeTarget(statement.table, context)
  const table = context.rooms.catalog.tables.find(context.scope, name.database, name.table)
  if (!table)
    throw new StatementFailure(`Table ${name.table} not found in database ${name.database}`, {
      category: 2,
      type: 1301,
    })
  if (isView(table)) throw new SqlError('NOT_SUPPORTED', 'Inserting into views is not supported', statement.at)
  refuseFor(['Delta Lake', 'Hudi', 'SymlinkTextInputFormat'], table, 'INSERT', statement.at)
  return { name, table }
}

async function plannedRows(
  statement: Insert,
  { name, table }: InsertTarget,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<PlannedInsert> {
  // docs: athena ug, ctas-partitioning-and-bucketing-what-is-bucketing.
  if (table.descriptor.StorageDescriptor?.BucketColumns?.length)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Inserting into bucketed tables is not supported. Table '${name.database}.${name.table}'`,
      statement.at,
    )
  const layout = tableLayout(table)
  const planned = await planQuery(statement.query, context, parameters)
  const bound = insertColumns(planned.bound, targets(layout), statement)
  return { layout, planned: { ...planned, bound }, sink: fileSink(layout, table) }
}

/** Appends files to a table and registers the partitions that are new. */
async function insertRows(
  statement: Insert,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const { catalog } = context.rooms
  const target = insertTarget(statement, context)
  const { name, table } = target
  if (isIcebergTable(table)) return insertIntoIceberg(statement, table, context, parameters)
  const { layout, planned, sink } = await plannedRows(statement, target, context, parameters)

  // What is registered says nothing of a projected table: rows go where they are then looked for.
  const projected = isProjected(table) ? projectedLocation(table, layout, context.now) : undefined
  const destination = {
    location: asFolder(layout.location),
    locationOf: (values: readonly string[]) => {
      if (values.length === 0) return undefined
      if (projected) return asFolder(projected(values))
      const known = catalog.partitions.find(context.scope, name.database, name.table, values)
      const location = known?.descriptor.StorageDescriptor?.Location
      return location && asFolder(location)
    },
    register: (partitions: readonly WrittenPartition[], together: Together) => {
      if (partitions.length === 0) return together(() => {})
      return catalog.partitions.create(
        context.scope,
        name.database,
        name.table,
        partitions.map(({ values, location }) => ({
          Values: values,
          StorageDescriptor: { ...table.descriptor.StorageDescriptor, Location: location },
        })),
        true,
        together,
      )
    },
  }
  context.onWrite?.({
    name: `${name.database}.${name.table}`,
    ...foreignOwner({ scope: context.scope, table }, context.principal),
  })
  const { outcome, uris } = await writeFiles(planned, sink, destination, await guarding(table, context))
  return {
    result: { kind: 'written', update: 'INSERT', rows: outcome.rows, files: uris },
    statistics: statisticsOf(planned, outcome),
  }
}

const targets = (layout: TableLayout) =>
  layout.columns.flatMap((c) => (c.kind === 'hidden' ? [] : [{ name: c.name, type: c.type }]))

function fileSink(layout: TableLayout, { descriptor }: Table): FileSink {
  const { Parameters: parameters = {}, StorageDescriptor: storage } = descriptor
  const format = writableFormat(layout)
  requireRereadable(layout)
  return {
    format,
    ...writtenCompression(format, namedCodec(format, parameters), parameters.compression_level),
    ...(layout.format.kind === 'csv-lazy' && { text: layout.format, hasHeader: layout.format.headerLines === 1 }),
    ...(layout.format.kind === 'json' && { jsonSerde: layout.format.serde }),
    ...(format === 'ION' && {
      ion: ionSerialization(
        storage?.SerdeInfo?.Parameters ?? {},
        layout.columns.filter(({ kind }) => kind === 'data'),
      ),
    }),
    partitionBy: layout.partitionKeys.map((key) => key.name),
    maxPartitions: MOST_OPEN_PARTITIONS,
  }
}

/**
 * Rows where a table's readers look for no rows would be lost; a line of names can be written, as Trino does. So would be
 * values of JSON under the names of columns that are read from other keys.
 */
function requireRereadable({ format }: TableLayout): void {
  const [mapped] = format.kind === 'json' ? Object.entries(format.mapping).filter(([name, key]) => name !== key) : []
  if (mapped)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Inserting into a table of JSON that reads ${mapped[0]} from another key is not supported: mapping.${mapped[0]} = ${mapped[1]}`,
    )
  const { headerLines = 0, footerLines = 0 } = format as { headerLines?: number; footerLines?: number }
  if (headerLines > (format.kind === 'csv-lazy' ? 1 : 0))
    throw new SqlError(
      'NOT_SUPPORTED',
      'Inserting into Hive table with value of skip.header.line.count property greater than 1 is not supported',
    )
  if (footerLines > 0)
    throw new SqlError('NOT_SUPPORTED', 'Inserting into Hive table with skip.footer.line.count property not supported')
}

/** docs: athena ug, insert-into ("Supported formats and SerDes"). */
function writableFormat({ format }: TableLayout): WritableFormat {
  switch (format.kind) {
    case 'parquet':
      return 'PARQUET'
    case 'csv-lazy':
      return 'TEXTFILE'
    case 'json':
      return 'JSON'
    case 'avro':
      return 'AVRO'
    case 'orc':
      return 'ORC'
    case 'ion':
      return 'ION'
    default:
      throw new SqlError('NOT_SUPPORTED', `Inserting into a table with the ${format.kind} format is not supported`)
  }
}

/** "All newly inserted data will be encrypted using the encryption configuration specified by the table properties": athena ug, creating-tables-based-on-encrypted-datasets-in-s3. */
async function guarding(table: Table, context: QueryContext): Promise<QueryContext> {
  const encryption = writtenEncryption(table)
  if (!encryption || !context.guard) return context
  const { files, protection } = await context.guard(encryption)
  return { ...context, rooms: { ...context.rooms, files }, protection }
}
