/** What statements do to a Delta table: the catalog learns of it from its log, lists it, and changes nothing. */
import { physicalPartitionColumns } from '../../../formats/delta/schema.ts'
import type { HiveTable } from '../../../sql/hive/ast.ts'
import type { Table, TableDescriptor } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { asFolder, escapePathName, lakeFolder } from '../../catalog/folder-names.ts'
import type { QueryContext } from '../context.ts'
import { catalogColumns } from '../delta/delta-columns.ts'
import { readSnapshot } from '../delta/delta-log.ts'
import { deltaLocation, LOCATION_PARAMETER } from '../delta/delta-table.ts'
import { StatementFailure, taskFailure } from '../failure.ts'
import { lines, type StatementOutcome } from '../outcome.ts'
import { DEFAULT_PARTITION } from '../partition-values.ts'
import { Turns } from '../turns.ts'
import type { TableName } from './table-names.ts'

const refusal = (reason: string): StatementFailure =>
  new StatementFailure(reason, { category: 2, type: 1006, leavesText: true })

/** How Spark and Trino keep such a table in a metastore; the formats are never used. */
const STORAGE = {
  InputFormat: 'org.apache.hadoop.mapred.SequenceFileInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat',
  Compressed: false,
  NumberOfBuckets: -1,
  BucketColumns: [],
  SortColumns: [],
  StoredAsSubDirectories: false,
} as const
const SERDE = 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'

/** Columns, partition columns and properties come from the log, and nowhere else from (ug, delta-lake-tables-getting-started). */
export async function deltaDescriptor(
  statement: HiveTable,
  { database, table }: TableName,
  context: QueryContext,
): Promise<TableDescriptor> {
  const { columns, partitionedBy, clusteredBy, rowFormat, storedAs, comment, properties } = statement
  if (columns.length + partitionedBy.length > 0 || clusteredBy || rowFormat || storedAs || comment !== undefined)
    throw refusal(
      'FAILED: SemanticException CREATE TABLE of a Delta Lake table takes LOCATION and the property table_type only',
    )
  const [unsupported] = properties.filter(({ name }) => name.toLowerCase() !== 'table_type')
  if (unsupported) throw refusal(`FAILED: SemanticException Unsupported table property key: ${unsupported.name}`)
  const location = asFolder(statement.location!).slice(0, -1)
  const snapshot = await readSnapshot(lakeFolder(location).slice(0, -1), `${database}.${table}`, context)
  const schema = catalogColumns(snapshot)
  return {
    Name: table,
    Owner: 'hadoop',
    TableType: 'EXTERNAL_TABLE',
    Retention: 0,
    StorageDescriptor: {
      Columns: schema.columns,
      Location: location,
      ...STORAGE,
      SerdeInfo: {
        SerializationLibrary: SERDE,
        Parameters: { 'serialization.format': '1', [LOCATION_PARAMETER]: location },
      },
    },
    PartitionKeys: schema.partitionKeys,
    Parameters: {
      ...snapshot.metadata.configuration,
      EXTERNAL: 'TRUE',
      table_type: 'DELTA',
      'spark.sql.sources.provider': 'delta',
      'delta.lastUpdateVersion': String(snapshot.version),
      transient_lastDdlTime: String(Math.floor(context.now.getTime() / 1000)),
    },
  }
}

/** The partitions that have files, each as Hive would name its folder. */
export async function deltaPartitions(table: Table, context: QueryContext): Promise<StatementOutcome> {
  const { metadata, files } = await readSnapshot(deltaLocation(table), dottedName(table), context)
  if (metadata.partitionColumns.length === 0)
    throw taskFailure(`Table ${table.descriptor.Name} is not a partitioned table`, 1100)
  const physical = physicalPartitionColumns(metadata)
  const turns = new Turns(context.signal)
  const names = new Set<string>()
  for (const { partitionValues } of files) {
    const values = metadata.partitionColumns.map(
      (name, i) => `${name.toLowerCase()}=${escapePathName(partitionValues[physical[i]!] || DEFAULT_PARTITION)}`,
    )
    names.add(values.join('/'))
    if (turns.step()) await turns.rest()
  }
  return lines(['partition'], [...names].toSorted())
}

/** The guide quotes what Athena says to any property. */
export const unsupportedProperty = (key: string): StatementFailure =>
  new StatementFailure(`Unsupported table property key: ${key}`, { category: 2, type: 1006, leavesText: true })
