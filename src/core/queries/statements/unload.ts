import type { Expr, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import type { QueryContext } from '../context.ts'
import { namedFailure } from '../failure.ts'
import type { StatementOutcome } from '../outcome.ts'
import { named, tableColumns } from './created-tables.ts'
import { delimiterProperty, namesProperty, propertyValues, textProperty } from './properties.ts'
import { type PlannedQuery, planQuery, statisticsOf } from './query.ts'
import { isWritable } from './storage-formats.ts'
import { type FileSink, MOST_OPEN_PARTITIONS, writeFiles } from './table-writes.ts'
import { writtenCompression } from './written-compression.ts'

/** docs: athena ug, unload. */
const PROPERTIES: ReadonlySet<string> = new Set([
  'format',
  'partitioned_by',
  'compression',
  'compression_level',
  'field_delimiter',
])

type Unload = Extract<Statement, { kind: 'unload' }>

interface UnloadPlan {
  readonly planned: PlannedQuery
  readonly sink: FileSink
  /** A folder that is empty. */
  readonly location: string
}

/** What an UNLOAD reads, of one that could write where it says. */
export async function planUnload(
  statement: Unload,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<UnloadPlan> {
  const properties = propertyValues(statement.properties, PROPERTIES)
  const format = (textProperty(properties, 'format') ?? '').toUpperCase()
  if (!isWritable(format) || format === 'ION')
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      'UNLOAD needs the property format, one of PARQUET, ORC, AVRO, JSON, TEXTFILE',
      statement.at,
    )
  const codec = textProperty(properties, 'compression')
  const compression = writtenCompression(format, codec, properties.get('compression_level'))
  const selected = await planQuery(statement.query, context, parameters)
  const columns = tableColumns(selected.bound, statement.at)
  const planned = { ...selected, bound: named(selected.bound, columns) }
  const names = columns.map((c) => c.name)
  const partitionBy = namesProperty(properties, 'partitioned_by')
  if (partitionBy.join() !== names.slice(names.length - partitionBy.length).join())
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Partition keys must be the last columns in the query and in the same order: [${partitionBy.join(', ')}]`,
      statement.at,
    )
  const location = asFolder(statement.to)
  if (!context.rooms.files.list(location)[Symbol.iterator]().next().done)
    throw namedFailure(
      'HIVE_PATH_ALREADY_EXISTS',
      `Target directory for table '${context.database}.unload' already exists: ${location}`,
    )
  const sink = {
    format,
    ...compression,
    text: { fieldDelimiter: delimiterProperty(properties) },
    partitionBy,
    maxPartitions: MOST_OPEN_PARTITIONS,
  }
  return { planned, sink, location }
}

/** Writes a query's rows as files at a place of the caller's, which must be empty; no table is made. */
export async function unload(
  statement: Unload,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const { planned, sink, location } = await planUnload(statement, context, parameters)
  const { outcome, uris } = await writeFiles(planned, sink, { location }, context)
  return {
    result: { kind: 'written', update: 'INSERT', rows: outcome.rows, files: uris },
    statistics: statisticsOf(planned, outcome),
  }
}
