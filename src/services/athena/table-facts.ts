/** What is known of a table, from the catalog, its files and the history. */
import type { QueryUse, TableFacts } from '../../core/advice/facts.ts'
import { projectedKeys } from '../../core/advice/projected-keys.ts'
import type { Table } from '../../core/catalog/catalog.ts'
import { dottedName } from '../../core/catalog/dotted-name.ts'
import { pathOfValues } from '../../core/catalog/folder-names.ts'
import { isIndexable } from '../../core/catalog/partition-index-entry.ts'
import { fromDocument } from '../../core/catalog/statistics-document.ts'
import { quotedTable, sameFormat } from '../../core/estimates/table-changes.ts'
import { mayHaveStatistics } from '../../core/queries/column-summaries.ts'
import { isCompressed } from '../../core/queries/compressed-file.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { isExpected } from '../../core/queries/failure.ts'
import { isIcebergTable } from '../../core/queries/iceberg/iceberg-table.ts'
import { isProjected, projectPartitions } from '../../core/queries/partition-projection.ts'
import { type NamedRelation, NO_FILTER, visibleFiles } from '../../core/queries/scan-planning.ts'
import { lakeFormat } from '../../core/queries/statements/lake-formats.ts'
import { planQuery } from '../../core/queries/statements/query.ts'
import { tableLayout } from '../../core/queries/table-layout.ts'
import { Turns } from '../../core/queries/turns.ts'
import { isView } from '../../core/queries/view-text.ts'
import { parseQuery } from '../../sql/statement.ts'

/** More partitions of one table are not looked at one by one. */
const MOST_PARTITIONS = 20_000

/** Undefined for what is no table of files, or none that can be read. */
export async function tableFacts(
  table: Table,
  queries: readonly QueryUse[],
  context: QueryContext,
): Promise<TableFacts | undefined> {
  const { descriptor, database } = table
  const location = descriptor.StorageDescriptor?.Location
  if (isView(table) || descriptor.TargetTable || !location) return undefined
  const name = dottedName(table)
  const relation = await wholeRelation(name, context)
  if (!relation) return undefined
  const { files, format } = relation
  const keys = keysOf(table)
  const values = isProjected(table) ? [] : registered(table, context)
  const sizes = files.map((file) => file.sizeBytes)
  return {
    account: context.scope.account,
    name,
    location,
    format: format.kind,
    keepsLog: keepsLog(table),
    keepsForm: sameFormat(format) !== undefined,
    columns: descriptor.StorageDescriptor?.Columns?.length ?? 0,
    keys: keys.map((key) => key.name),
    indexableKeys: keys.flatMap(({ name, type }) => (isIndexable(type) ? [name] : [])),
    isProjected: isProjected(table),
    indexes: context.rooms.catalog.partitionIndexes.list(context.scope, database, descriptor.Name).length,
    partitions: isProjected(table) ? new Set(files.map((file) => file.partitionName)).size : values.length,
    emptyPartitions: emptyPartitions(values, keys, relation),
    projection: await projection(table, values, relation, context),
    files: files.length,
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
    largestFileBytes: sizes.reduce((most, size) => Math.max(most, size), 0),
    isCompressed: files.some(isCompressed),
    newestFileAt: files.reduce<Date | undefined>(
      (newest, { modifiedAt }) => (newest && newest > modifiedAt ? newest : modifiedAt),
      undefined,
    ),
    statisticsAt: statisticsAt(table, context),
    queries,
  }
}

async function wholeRelation(name: string, context: QueryContext): Promise<NamedRelation | undefined> {
  try {
    const planned = await planQuery(parseQuery(`SELECT * FROM ${quotedTable(name)}`), context)
    return planned.scans.relations[0]
  } catch (error) {
    // A partition key that must be asked for, a format that is not read: the query itself would say it.
    if (!isExpected(error)) throw error
    return undefined
  }
}

function registered({ database, descriptor }: Table, { rooms, scope }: QueryContext): readonly (readonly string[])[] {
  if ((descriptor.PartitionKeys ?? []).length === 0) return []
  return rooms.catalog.partitions.values(scope, database, descriptor.Name).take(MOST_PARTITIONS).toArray()
}

type Key = { readonly name: string; readonly type: string }

const keysOf = ({ descriptor }: Table): readonly Key[] =>
  (descriptor.PartitionKeys ?? []).map((key) => ({ name: key.Name.toLowerCase(), type: key.Type ?? 'string' }))

const nameOf = (keys: readonly Key[], values: readonly string[]): string =>
  pathOfValues(
    keys.map((key) => key.name),
    values,
  )

function emptyPartitions(
  values: readonly (readonly string[])[],
  keys: readonly Key[],
  { files }: NamedRelation,
): readonly (readonly string[])[] {
  if (values.length >= MOST_PARTITIONS) return []
  const filled = new Set(files.map((file) => file.partitionName))
  return values.filter((one) => !filled.has(nameOf(keys, one)))
}

/**
 * What the partitions could be reckoned from. Undefined unless the table would be of the very same files then: none in a
 * folder that is not registered, none read otherwise than the table's. "If more than half of your projected partitions are
 * empty, it is recommended that you use traditional partitions" (docs: athena ug, partition-projection).
 */
async function projection(
  table: Table,
  values: readonly (readonly string[])[],
  { files, layouts = [] }: NamedRelation,
  { rooms, now, signal }: QueryContext,
): Promise<TableFacts['projection']> {
  if (values.length >= MOST_PARTITIONS || layouts.length > 0) return undefined
  const layout = tableLayout(table)
  const properties = projectedKeys(keysOf(table), values, now)
  if (!properties) return undefined
  const Parameters = { ...table.descriptor.Parameters, ...properties }
  const projected = { ...table, descriptor: { ...table.descriptor, Parameters } }
  const missing = new Map(files.map((file) => [file.uri, file.partitionName]))
  const turns = new Turns(signal)
  let places = 0
  try {
    for (const place of projectPartitions(projected, layout, NO_FILTER, now)) {
      if (place && ++places > 2 * values.length) return undefined
      for (const { uri } of place ? visibleFiles(rooms.files, place.location) : []) {
        if (missing.get(uri) !== nameOf(keysOf(table), place!.values)) return undefined
        missing.delete(uri)
      }
      if (!place || turns.step()) await turns.rest()
    }
  } catch (error) {
    // Days that no month has, say.
    if (!isExpected(error)) throw error
    return undefined
  }
  return missing.size === 0 ? properties : undefined
}

/** Files that the folders alone do not tell are another tool's to write. */
const keepsLog = (table: Table): boolean => isIcebergTable(table) || lakeFormat(table) !== undefined

/** The oldest of all columns that may have any; undefined where one of them has none. */
function statisticsAt(table: Table, { rooms, scope, now }: QueryContext): Date | undefined {
  const columns = tableLayout(table).columns.flatMap(({ kind, name, type }) =>
    kind === 'data' && mayHaveStatistics(type) ? [name] : [],
  )
  const known = rooms.catalog.statistics.get(scope, table.database, table.descriptor.Name, undefined, columns)
  const moments = known.map((one) => (fromDocument(one) as { AnalyzedTime?: Date }).AnalyzedTime ?? new Date(0))
  if (moments.length < columns.length) return undefined
  return moments.reduce((oldest, one) => (one < oldest ? one : oldest), now)
}
