import type { Expr, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { type Type, typeName } from '../../../sql/types.ts'
import type { StorageDescriptor, Together } from '../../catalog/catalog.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import { bucketedType } from '../bucketing.ts'
import type { QueryContext } from '../context.ts'
import type { Bucketing } from '../engine-plan.ts'
import { namedFailure, noting, requireSessionCatalog, StatementFailure } from '../failure.ts'
import type { StatementOutcome } from '../outcome.ts'
import type { FullTableName } from '../table-resolver.ts'
import { externalTable, type NamedColumn, named, storageDescriptor, tableColumns } from './created-tables.ts'
import { ICEBERG_PROPERTIES } from './iceberg-properties.ts'
import { createIcebergTableAs } from './iceberg-tables.ts'
import { ionSerialization } from './ion-serialization.ts'
import { inItsPlace, laidTables } from './laid-tables.ts'
import { delimiterProperty, namesProperty, type PropertyValue, propertyValues, textProperty } from './properties.ts'
import { type PlannedQuery, planQuery, statisticsOf } from './query.ts'
import { lakeTarget } from './statement-target.ts'
import { isWritable, type WritableFormat } from './storage-formats.ts'
import { type FileSink, MOST_OPEN_PARTITIONS, type WrittenPartition, writeFiles } from './table-writes.ts'
import { compressionParameters, type WrittenCompression, writtenCompression } from './written-compression.ts'

type CreateTableAs = Extract<Statement, { kind: 'create-table-as' }>

/** docs: athena ug, create-table-as ("CTAS table properties"). */
const PROPERTIES: ReadonlySet<string> = new Set([
  'table_type',
  'external_location',
  'is_external',
  'location',
  'format',
  'partitioned_by',
  'bucketed_by',
  'bucket_count',
  'write_compression',
  'parquet_compression',
  'orc_compression',
  'compression_level',
  'field_delimiter',
  'ion_encoding',
  'partitioning',
])

/** Athena tells where a failed CTAS may have left files. */
export function createTableAs(
  statement: CreateTableAs,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const place = ownPlace(context)
  const note =
    place === undefined
      ? ''
      : `. You may need to manually clean the data at location '${place}' before retrying. Athena will not delete data in your account.`
  return noting(note, () => createTable(statement, context, parameters))
}

/** Of a table that is not told where to lie. */
const ownPlace = (context: QueryContext): string | undefined =>
  laidTables(context) || context.tablesLocation === undefined
    ? undefined
    : `${context.tablesLocation}tables/${context.queryId}`

interface Creation {
  readonly name: FullTableName
  readonly properties: ReadonlyMap<string, PropertyValue>
  readonly planned: PlannedQuery
  readonly columns: readonly NamedColumn[]
  /** Of a table that is not Iceberg. */
  readonly sink: FileSink | undefined
  /** Where the statement says that the table is to lie. */
  readonly said: string | undefined
}

/** What a CTAS reads, of one that could make its table, wherever it lies: undefined where there is one and need be none. */
export async function planCreation(
  statement: CreateTableAs,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<Creation | undefined> {
  requireSessionCatalog(context)
  const { catalog } = context.rooms
  const name = lakeTarget(statement.name, context)
  if (catalog.tables.find(context.scope, name.database, name.table)) {
    if (statement.ifNotExists) return undefined
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `Destination table 'awsdatacatalog.${name.database}.${name.table}' already exists`,
      statement.at,
    )
  }
  const isIceberg = laidTables(context) !== undefined || isIcebergTableType(statement.properties)
  const known = isIceberg ? PROPERTIES.union(ICEBERG_PROPERTIES) : PROPERTIES
  const properties = propertyValues(statement.properties, known)
  const asked = await planQuery(statement.query, context, parameters)
  const selected = statement.withData ? asked : withoutRows(asked)
  const columns = tableColumns(
    selected.bound,
    statement.at,
    statement.columns?.map((c) => c.name),
  )
  const planned = { ...selected, bound: named(selected.bound, columns) }
  const sink = isIceberg ? undefined : fileSink(properties, columns)
  if (!catalog.databases.find(context.scope, name.database))
    throw new StatementFailure(`Database ${name.database} not found. Please check your query`, {
      category: 2,
      type: 1301,
    })
  const said = textProperty(properties, isIceberg ? 'location' : 'external_location')
  // docs: athena ug, create-table-as ("location: Required for Iceberg tables"); a table bucket places its tables itself.
  if (isIceberg && said === undefined && !laidTables(context))
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      "Table property 'location' is required for Iceberg tables",
      statement.at,
    )
  return { name, properties, planned, columns, sink, said }
}

async function createTable(
  statement: CreateTableAs,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const { catalog, files } = context.rooms
  const creation = await planCreation(statement, context, parameters)
  if (!creation) return written(0, [], { scannedBytes: 0, engineMs: 0 })
  const { name, properties, planned, columns, sink, said } = creation
  const place = said ?? ownPlace(context)
  if (laidTables(context))
    return inItsPlace({ said: place, name }, context, (laid) =>
      createIcebergTableAs({ name, properties, planned, columns, place: laid, at: statement.at }, context),
    )
  if (place === undefined)
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      'external_location is required where query results have no location: they are managed by Athena',
      statement.at,
    )
  const location = asFolder(place)
  if (!files.list(location)[Symbol.iterator]().next().done)
    throw namedFailure(
      'HIVE_PATH_ALREADY_EXISTS',
      `Target directory for table '${name.database}.${name.table}' already exists: ${location}`,
    )
  if (!sink)
    return createIcebergTableAs(
      { name, properties, planned, columns, place: { location: location.slice(0, -1) }, at: statement.at },
      context,
    )

  const data = columns.slice(0, columns.length - sink.partitionBy.length)
  const serde: Record<string, string> = {
    ...(sink.text?.fieldDelimiter && { 'field.delim': sink.text.fieldDelimiter }),
    ...(sink.ion && { 'ion.encoding': sink.ion.encoding }),
  }
  const storage = { ...storageDescriptor(data, sink.format, location, serde), ...buckets(sink, data) }
  const keys = columns.slice(data.length)
  const table = externalTable(name.table, storage, keys, tableParameters(sink, context), context.now)
  const register = (partitions: readonly WrittenPartition[], together: Together) =>
    catalog.tables.create(context.scope, name.database, table, context.principal.arn, {
      partitions: partitions.map(({ values, location: folder }) => ({
        Values: values,
        StorageDescriptor: { ...storage, Location: folder },
      })),
      together,
    })
  const { outcome, uris } = await writeFiles(planned, sink, { location, register }, context)
  return written(outcome.rows, uris, statisticsOf(planned, outcome))
}

/** Throws for a type that no table is made of. */
function isIcebergTableType(properties: CreateTableAs['properties']): boolean {
  const asked = properties.find(({ name }) => name.name.toLowerCase() === 'table_type')?.value
  if (asked?.kind !== 'string') return false
  const type = asked.value.toUpperCase()
  if (type === 'ICEBERG' || type === 'HIVE') return type === 'ICEBERG'
  throw new SqlError('INVALID_TABLE_PROPERTY', `Table property 'table_type' must be HIVE or ICEBERG: ${asked.value}`)
}

const withoutRows = (planned: PlannedQuery): PlannedQuery => ({
  ...planned,
  bound: { ...planned.bound, root: { kind: 'limit', input: planned.bound.root, count: 0 } },
})

const written = (
  rows: number,
  files: readonly string[],
  statistics: StatementOutcome['statistics'],
): StatementOutcome => ({
  result: { kind: 'written', update: 'CREATE TABLE', rows, files },
  statistics,
})

/** Partition columns must be the last of the query, in the order given (docs: athena ug, ctas considerations). */
function fileSink(properties: ReadonlyMap<string, PropertyValue>, columns: readonly NamedColumn[]): FileSink {
  const format = (textProperty(properties, 'format') ?? 'PARQUET').toUpperCase()
  if (!isWritable(format))
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Invalid value for catalog 'awsdatacatalog' table property 'format': ${format}`,
    )
  const partitionBy = namesProperty(properties, 'partitioned_by')
  for (const name of partitionBy)
    if (!columns.some((c) => c.name === name))
      throw new SqlError(
        'INVALID_TABLE_PROPERTY',
        `Partition columns [${partitionBy.join(', ')}] not present in schema`,
      )
  const last = columns.slice(columns.length - partitionBy.length).map((c) => c.name)
  if (partitionBy.length === columns.length)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'Table contains only partition columns')
  if (partitionBy.join() !== last.join())
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Partition keys must be the last columns in the table and in the same order as the table properties: [${partitionBy.join(', ')}]`,
    )
  for (const { name, type } of columns.slice(columns.length - partitionBy.length))
    if (!isPartitionType(type))
      throw new SqlError('NOT_SUPPORTED', `Unsupported type [${typeName(type)}] for partition: ${name}`)
  const delimiter = delimiterProperty(properties)
  const data = columns.slice(0, columns.length - partitionBy.length)
  return {
    format,
    ...compressionProperties(properties, format),
    ...(format === 'TEXTFILE' && { text: { fieldDelimiter: delimiter } }),
    ...(format === 'ION' && { ion: ionSerialization(ionProperties(properties), data) }),
    partitionBy,
    bucketing: bucketing(properties, data),
    maxPartitions: MOST_OPEN_PARTITIONS,
  }
}

/** docs: athena ug, ion-serde-using-ctas-and-insert-into-to-create-ion-tables. */
function ionProperties(properties: ReadonlyMap<string, PropertyValue>): Record<string, string> {
  const encoding = textProperty(properties, 'ion_encoding')
  return encoding === undefined ? {} : { 'ion.encoding': encoding }
}

/** Of what no name of a folder tells the value, Trino makes no partition. */
const isPartitionType = ({ kind }: Type): boolean => !['varbinary', 'array', 'map', 'row'].includes(kind)

/** As Trino's hive connector refuses them. */
function bucketing(
  properties: ReadonlyMap<string, PropertyValue>,
  columns: readonly NamedColumn[],
): Bucketing | undefined {
  const names = namesProperty(properties, 'bucketed_by')
  const count = Number(textProperty(properties, 'bucket_count') ?? 0)
  if (!Number.isInteger(count) || count < 0)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'bucket_count must be greater than zero')
  if (names.length > 0 !== count > 0)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'bucketed_by and bucket_count must be specified together')
  if (count > MOST_BUCKETS)
    throw new SqlError('INVALID_TABLE_PROPERTY', `bucket_count should be no more than ${MOST_BUCKETS}`)
  if (names.length === 0) return undefined
  const places = names.map((name) => columns.findIndex((column) => column.name === name))
  if (places.includes(-1))
    throw new SqlError('INVALID_TABLE_PROPERTY', `Bucketing columns [${names.join(', ')}] not present in schema`)
  for (const { name, type } of places.map((place) => columns[place]!))
    if (!bucketedType(type))
      throw new SqlError('NOT_SUPPORTED', `Bucketing by column '${name}' of type ${typeName(type)} is not supported`)
  return { columns: places, count }
}

const MOST_BUCKETS = 1_000_000

const COMPRESSIONS = ['write_compression', 'parquet_compression', 'orc_compression'] as const

function compressionProperties(
  properties: ReadonlyMap<string, PropertyValue>,
  format: WritableFormat,
): WrittenCompression {
  const given = COMPRESSIONS.filter((name) => properties.has(name))
  if (given.length > 1)
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Multiple compression format table properties can not be specified: ${given.join(', ')}`,
    )
  const specific = format === 'PARQUET' ? 'parquet_compression' : 'orc_compression'
  const named = textProperty(properties, 'write_compression') ?? textProperty(properties, specific)
  return writtenCompression(format, named, properties.get('compression_level'))
}

const buckets = ({ bucketing }: FileSink, data: readonly NamedColumn[]): Partial<StorageDescriptor> =>
  bucketing
    ? { BucketColumns: bucketing.columns.map((place) => data[place]!.name), NumberOfBuckets: bucketing.count }
    : {}

const tableParameters = (sink: FileSink, { rooms }: QueryContext): Record<string, string> => ({
  ...compressionParameters(sink.format, sink),
  ...(sink.bucketing && { bucketing_version: '1' }),
  // So that it can be read.
  ...(rooms.files.seals && { has_encrypted_data: 'true' }),
})
