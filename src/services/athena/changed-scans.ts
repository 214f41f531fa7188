/** A planned query with one of its tables changed: all its scans of that table, and the statement that makes the change. */

import { nameParts } from '../../core/catalog/dotted-name.ts'
import { estimateScans, scannedColumns } from '../../core/estimates/scan-estimates.ts'
import { placeBeside, quotedTable, rewritingStatement, type TableChange } from '../../core/estimates/table-changes.ts'
import { type ChangeEstimate, estimateChange } from '../../core/estimates/what-if.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { requireWhole } from '../../core/queries/seen-tables.ts'
import { type PlannedQuery, planQuery } from '../../core/queries/statements/query.ts'
import { parseQuery } from '../../sql/statement.ts'
import { invalidRequest } from './faults.ts'

export interface ChangedScans {
  /** Of the first scan; the others of the same table differ in what they ask of it. */
  readonly estimate: ChangeEstimate
  /** Of all scans of the table. */
  readonly scannedBytes: number
  /** The changed table is to lie in a folder beside the table's own; undefined where there is none. */
  readonly statement?: string
}

export interface ScanChange {
  /** `database.table`. */
  readonly table: string
  readonly change: TableChange
  /** Where tables lie: it is written outside of all. */
  readonly folders: () => readonly string[]
}

export async function changedScans(
  planned: PlannedQuery,
  { table, change, folders }: ScanChange,
  context: QueryContext,
): Promise<ChangedScans> {
  const changed = planned.scans.relations.filter((relation) => relation.name === table)
  const [first] = changed
  if (!first) throw invalidRequest(`The query does not read ${table}`, 'MALFORMED_QUERY')
  const { database, table: name } = nameParts(table)
  const found = context.rooms.catalog.tables.get(context.scope, database, name)
  // It would be written again with all that it holds.
  requireWhole(context, context.scope, found)
  const { descriptor } = found
  const entry = {
    change,
    partitionKeys: (descriptor.PartitionKeys ?? []).map((key) => key.Name.toLowerCase()),
    parameters: descriptor.Parameters ?? {},
  }
  const estimates: ChangeEstimate[] = []
  for (const { id } of changed) estimates.push(await estimateChange(planned, { ...entry, relationId: id }, context))
  const estimate = estimates[0]!
  const ending = `_${estimate.form.format.toLowerCase()}`
  const location = placeBeside(descriptor.StorageDescriptor?.Location ?? '', ending, folders())
  const columns = first.columns.flatMap((column) => (column.kind === 'hidden' ? [] : [column.name]))
  return {
    estimate,
    scannedBytes: estimates.reduce((sum, one) => sum + one.scannedBytes, 0),
    ...(location !== undefined && {
      statement: rewritingStatement({ from: table, to: table + ending, form: estimate.form, location, columns }),
    }),
  }
}

/** Of the query's scans of the table, did they read no other columns than these. */
export async function narrowedBytes(
  planned: PlannedQuery,
  table: string,
  columns: ReadonlySet<string>,
  context: QueryContext,
): Promise<number> {
  const narrowed = [...scannedColumns(planned.bound)].map(([id, read]) => [id, read.intersection(columns)] as const)
  return tableBytes(planned, table, context, new Map(narrowed))
}

/** What the query reads of the table as it lies now. `columns`: as `estimateScans` takes them. */
export async function tableBytes(
  planned: PlannedQuery,
  table: string,
  context: QueryContext,
  columns?: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<number> {
  const scans = await estimateScans(planned, context, columns)
  return scans.reduce((sum, scan) => sum + (scan.table === table ? scan.scannedBytes : 0), 0)
}

/** What reading all of it takes. */
export async function wholeBytes(table: string, context: QueryContext): Promise<number> {
  const whole = await planQuery(parseQuery(`SELECT * FROM ${quotedTable(table)}`), context)
  const scans = await estimateScans(whole, context)
  return scans.reduce((sum, scan) => sum + scan.scannedBytes, 0)
}
