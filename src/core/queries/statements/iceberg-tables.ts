/** What statements do to Iceberg tables: make them, with rows or without, and add rows to them. */
import { randomUUID } from 'node:crypto'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { NO_TABLE, type TableUpdate, updated } from '../../../formats/iceberg/table-updates.ts'
import { parseTransform, type Transform } from '../../../formats/iceberg/transforms.ts'
import type { Expr, Statement } from '../../../sql/ast.ts'
import type { HiveColumn, HiveTable, PartitionTransform } from '../../../sql/hive/ast.ts'
import { type Position, SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { commitChange, commitNew } from '../iceberg/commits.ts'
import { trinoType } from '../iceberg/iceberg-columns.ts'
import { readMetadata } from '../iceberg/metadata-file.ts'
import { type NewColumn, type NewPartitionField, newSchema, newSpec, typeOfHive } from '../iceberg/new-schemas.ts'
import { type WriteTarget, writeRows, writeTarget } from '../iceberg/row-files.ts'
import { changedFiles, onlyAdded } from '../iceberg/snapshot-changes.ts'
import type { StatementOutcome } from '../outcome.ts'
import { columnDescriptor } from './column-descriptors.ts'
import { icebergProperties } from './iceberg-properties.ts'
import { insertColumns } from './insert-columns.ts'
import { inItsPlace, type LaidTable, laidTables } from './laid-tables.ts'
import { namesProperty, type PropertyValue, textProperty } from './properties.ts'
import { type PlannedQuery, planQuery, statisticsOf } from './query.ts'
import type { TableName } from './table-names.ts'

/** https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html */
export async function createIcebergTable(
  statement: HiveTable,
  { database, table: name }: TableName,
  context: QueryContext,
): Promise<void> {
  const keys = statement.partitionedBy.filter((key) => 'transform' in key)
  const typed = statement.partitionedBy.find((key) => !('transform' in key))
  if (typed || statement.clusteredBy || statement.rowFormat || statement.storedAs)
    throw new StatementFailure('FAILED: SemanticException CREATE TABLE of an Iceberg table takes no storage clauses', {
      category: 2,
      type: 1006,
      leavesText: true,
    })
  const columns = statement.columns.map(icebergColumn)
  const properties = icebergProperties(statement.properties, statement.comment)
  const updates = firstUpdates(columns, keys.map(partitionField), properties)
  const table = { database, table: name }
  await inItsPlace({ said: statement.location, name: table }, context, (place) =>
    commitNew({ database, name, ...place }, async () => ({ updates, files: [] }), context),
  )
}

/** A column that Hive's DDL names. */
export function icebergColumn(column: HiveColumn): NewColumn {
  const { Name, Type: text = 'string', Comment } = columnDescriptor(column)
  return { name: Name, type: typeOfHive(text), ...(Comment && { comment: Comment }) }
}

const partitionField = ({ transform, column, argument }: PartitionTransform): NewPartitionField => ({
  column: column.name,
  transform: namedTransform(transform, argument),
})

function namedTransform(name: string, argument: number | undefined): Transform {
  const transform = parseTransform(argument === undefined ? name.replace(/s$/, '') : `${name}[${argument}]`)
  if (transform.kind !== 'unknown') return transform
  throw new SqlError('INVALID_TABLE_PROPERTY', `Unable to parse partitioning value: ${name}`)
}

function firstUpdates(
  columns: readonly NewColumn[],
  partitions: readonly NewPartitionField[],
  properties: Readonly<Record<string, string>>,
): readonly TableUpdate[] {
  const schema = newSchema(columns)
  return [
    { action: 'assign-uuid', uuid: randomUUID() },
    { action: 'add-schema', schema },
    { action: 'set-current-schema', 'schema-id': -1 },
    { action: 'add-spec', spec: newSpec(schema, partitions) },
    { action: 'set-default-spec', 'spec-id': -1 },
    { action: 'add-sort-order', 'sort-order': { 'order-id': 0, fields: [] } },
    { action: 'set-default-sort-order', 'sort-order-id': -1 },
    { action: 'set-properties', updates: properties },
  ]
}

type Insert = Extract<Statement, { kind: 'insert' }>

/** Throws where the table does not take the query's rows. */
export async function planIcebergInsert(
  statement: Insert,
  table: Table,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<{ readonly planned: PlannedQuery; readonly target: WriteTarget }> {
  const metadata = await readMetadata(table, context)
  const target = writeTarget(dottedName(table), metadata, currentSchema(metadata))
  const planned = await planQuery(statement.query, context, parameters)
  const columns = target.schema.fields.map(({ name, type }) => ({ name: name.toLowerCase(), type: trinoType(type) }))
  return { planned: { ...planned, bound: insertColumns(planned.bound, columns, statement) }, target }
}

export async function insertIntoIceberg(
  statement: Insert,
  table: Table,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const { planned, target } = await planIcebergInsert(statement, table, context, parameters)
  return written('INSERT', planned, target, context, (files) =>
    commitChange(table, context, (base) => {
      requireSameShape(target, base)
      return changedFiles(dottedName(table), target.schema, onlyAdded(files), base, context)
    }),
  )
}

/** What was written before another writer changed the columns or the partitions would not fit. */
export function requireSameShape(target: WriteTarget, base: TableMetadata): void {
  const same =
    base['current-schema-id'] === target.metadata['current-schema-id'] &&
    base['default-spec-id'] === target.metadata['default-spec-id'] &&
    base['table-uuid'] === target.metadata['table-uuid']
  if (!same)
    throw new SqlError('ICEBERG_COMMIT_ERROR', 'Failed to commit during write: the table has changed meanwhile')
}

async function written(
  update: 'INSERT' | 'CREATE TABLE',
  planned: PlannedQuery,
  target: WriteTarget,
  context: QueryContext,
  commit: (files: readonly ContentFile[]) => Promise<void>,
): Promise<StatementOutcome> {
  const { written: rows } = await writeRows(planned, target, context, ({ files }) => commit(files))
  return {
    result: { kind: 'written', update, rows: rows.outcome.rows, files: rows.files.map(({ path }) => path) },
    statistics: statisticsOf(planned, rows.outcome),
  }
}

export interface IcebergTableAs {
  readonly name: TableName
  readonly properties: ReadonlyMap<string, PropertyValue>
  readonly planned: PlannedQuery
  readonly columns: readonly NewColumn[]
  readonly place: LaidTable
  readonly at: Position
}

/** docs: athena ug, create-table-as ("table_type ICEBERG"). */
export async function createIcebergTableAs(
  { name, properties, planned, columns, place, at }: IcebergTableAs,
  context: QueryContext,
): Promise<StatementOutcome> {
  for (const hive of ['partitioned_by', 'bucketed_by', 'bucket_count', 'external_location'])
    if (properties.has(hive))
      throw new SqlError('INVALID_TABLE_PROPERTY', `Table property '${hive}' not supported for Iceberg tables`, at)
  const { location } = place
  if (!laidTables(context) && textProperty(properties, 'is_external') !== 'false')
    throw new SqlError('INVALID_TABLE_PROPERTY', "Table property 'is_external' must be false for Iceberg tables", at)
  const named = [...properties].flatMap(([key, value]) =>
    OWN_PROPERTIES.has(key) ? [] : [{ name: key, value: String(value) }],
  )
  const partitions = namesProperty(properties, 'partitioning').map(partitioningValue)
  const updates = firstUpdates(columns, partitions, icebergProperties(named))
  const qualified = `${name.database}.${name.table}`
  const empty = updated({ ...NO_TABLE, location }, updates, context.now.getTime())
  const target = writeTarget(qualified, empty, currentSchema(empty))
  return written('CREATE TABLE', planned, target, context, (files) =>
    commitNew(
      { database: name.database, name: name.table, ...place },
      async (base) => {
        const change = await changedFiles(
          qualified,
          target.schema,
          onlyAdded(files),
          updated(base, updates, 0),
          context,
        )
        return { files: change.files, updates: [...updates, ...change.updates] }
      },
      context,
    ),
  )
}

const OWN_PROPERTIES: ReadonlySet<string> = new Set(['table_type', 'location', 'is_external', 'partitioning'])

const unquoted = (name: string): string => name.trim().replace(/^"(.*)"$/, '$1')

/** `month(d)`, `bucket(acct, 10)`, `country`: here the column comes first. */
function partitioningValue(text: string): NewPartitionField {
  const [, call, column, argument] = /^([a-z_]+)\s*\(([^,)]+)(?:,\s*(\d+)\s*)?\)$/i.exec(text.trim()) ?? []
  if (call === undefined || column === undefined) return { column: unquoted(text), transform: { kind: 'identity' } }
  return {
    column: unquoted(column),
    transform: namedTransform(call.toLowerCase(), argument === undefined ? undefined : Number(argument)),
  }
}
