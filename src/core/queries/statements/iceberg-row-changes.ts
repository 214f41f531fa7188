/**
 * UPDATE, DELETE and MERGE of Iceberg tables, merge-on-read: rows that go are named by their places in files of deletes, rows
 * that come are in data files; a file of which no row is left is removed. What changes is found once and kept in a file
 * meanwhile, so that both are made of the same rows.
 */
import { randomUUID } from 'node:crypto'
import { FILE_PATH_ID, POSITION_ID } from '../../../formats/iceberg/delete-files.ts'
import type { ManifestEntry } from '../../../formats/iceberg/manifest.ts'
import { currentSchema, currentSnapshot } from '../../../formats/iceberg/metadata.ts'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import { partitionFilters } from '../../../sql/analysis/partition-filters.ts'
import type { Expr } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { quotedText } from '../../../sql/quotation.ts'
import { BIGINT, type Type } from '../../../sql/types.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { bindQuery } from '../binding.ts'
import type { QueryContext } from '../context.ts'
import type { Sink } from '../engine-plan.ts'
import { commitChange } from '../iceberg/commits.ts'
import { committed, type PlacedFile } from '../iceberg/committed-files.ts'
import { type RowsRead, requireNoConflict } from '../iceberg/conflicts.ts'
import { trinoType } from '../iceberg/iceberg-columns.ts'
import { liveEntries, manifestsOf, type SnapshotView } from '../iceberg/iceberg-files.ts'
import { knownColumns } from '../iceberg/iceberg-values.ts'
import { readMetadata } from '../iceberg/metadata-file.ts'
import { dataFiles, dataUri, requireStorable, sinkFor, type WriteTarget, writeTarget } from '../iceberg/row-files.ts'
import { changedFiles, type FileChanges } from '../iceberg/snapshot-changes.ts'
import type { StatementOutcome } from '../outcome.ts'
import { planScans } from '../scan-planning.ts'
import { changeQuery, DELETED, INSERTED, type RowChange, UPDATED } from './change-query.ts'
import { requireSameShape } from './iceberg-tables.ts'
import { assignedColumns, typeNames } from './insert-columns.ts'
import { type PlannedQuery, statisticsOf } from './query.ts'
import { StagedChanges, stagedColumns } from './staged-changes.ts'

export async function changeIcebergRows(
  statement: RowChange,
  table: Table,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const name = dottedName(table)
  const metadata = await readMetadata(table, context)
  const target = writeTarget(name, metadata, currentSchema(metadata))
  const view = { name, metadata, snapshot: currentSnapshot(metadata), schema: target.schema }
  const columns = stagedColumns(target.schema.fields.map(({ type }) => trinoType(type)))
  const { planned, known } = await planChanges(statement, view, columns, context, parameters)
  const { files } = context.rooms
  const workspace = await files.workspace()
  try {
    const changes = await StagedChanges.write(planned, columns, `${workspace.directory}/changes`, context)
    if (changes.rows > 0) {
      const isAll = statement.kind === 'delete' && !statement.where
      const touched = await touchedFiles(changes, isAll, view, context)
      await commitRows(
        { table, target, changes, directory: workspace.directory, read: { view, touched: touched.entries, known } },
        touched,
        context,
      )
    }
    return {
      result: { kind: 'written', update: UPDATES[statement.kind], rows: changes.rows, files: [] },
      statistics: statisticsOf(planned, changes.outcome),
    }
  } finally {
    await workspace.remove()
  }
}

const UPDATES = { delete: 'DELETE', update: 'UPDATE', merge: 'MERGE' } as const

async function planChanges(
  statement: RowChange,
  { schema }: SnapshotView,
  columns: ReturnType<typeof stagedColumns>,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<{ readonly planned: PlannedQuery; readonly known: RowsRead['known'] }> {
  const started = performance.now()
  const query = changeQuery(
    statement,
    schema.fields.map((field) => field.name.toLowerCase()),
  )
  const { bound: found, resolver } = await bindQuery(query, context, parameters)
  const bound = assignedColumns(found, columns, (expected, given) => mismatch(statement, schema, expected, given))
  const scans = await planScans(bound, resolver.relations.values(), context)
  // The table is the first that a query for changes names; what a join looks for in it is not told by its conditions.
  const [target] = resolver.relations.values()
  const filter = statement.kind === 'merge' ? undefined : target && partitionFilters(bound).get(target.id)
  const planned = { bound, scans, planningMs: performance.now() - started, views: resolver.views }
  return { planned, known: filter ? knownColumns(schema, filter) : [] }
}

/** Of the columns that the statement sets, in its order. */
function mismatch(statement: RowChange, schema: Schema, expected: readonly Type[], given: readonly Type[]): SqlError {
  const all = schema.fields.map(({ name }) => name.toLowerCase())
  const set =
    statement.kind === 'update'
      ? statement.assignments.map(({ column }) => all.indexOf(column.name.toLowerCase()))
      : [...all.keys()]
  const named = (types: readonly Type[]) => typeNames(set.map((i) => types[types.length - all.length + i]!))
  return new SqlError(
    'TYPE_MISMATCH',
    `${UPDATES[statement.kind]} table column types don't match SET expressions: Table: ${named(expected)}, Expressions: ${named(given)}`,
    statement.at,
  )
}

interface Touched {
  readonly entries: ReadonlyMap<string, ManifestEntry>
  /** Files of which every row goes. */
  readonly whole: ReadonlySet<string>
}

const MOST_FILES = 1_000_000

/** `isAll`: no row of the table is left. Throws where a row would change in two ways. */
async function touchedFiles(
  changes: StagedChanges,
  isAll: boolean,
  view: SnapshotView,
  context: QueryContext,
): Promise<Touched> {
  const counted = await changes.rowsOf(
    'SELECT path, count(*), count(DISTINCT place) FROM changes WHERE path IS NOT NULL GROUP BY path',
    MOST_FILES,
  )
  const counts = new Map(counted.map(([path, rows, places]) => [path!, { rows: Number(rows), places: Number(places) }]))
  if (counts.values().some(({ rows, places }) => rows !== places))
    throw new SqlError(
      'MERGE_TARGET_ROW_MULTIPLE_MATCHES',
      'One MERGE target table row matched more than one source row',
    )
  const entries = new Map<string, ManifestEntry>()
  if (counts.size > 0)
    for (const manifest of await manifestsOf(view, context)) {
      if (manifest.content !== 'data') continue
      for (const entry of await liveEntries(view, manifest, new Set(), context))
        if (isAll || counts.has(entry.file.path)) entries.set(entry.file.path, entry)
    }
  const whole = [...entries].filter(([path, { file }]) => isAll || file.recordCount === counts.get(path)?.rows)
  return { entries, whole: new Set(whole.map(([path]) => path)) }
}

interface RowCommit {
  readonly table: Table
  readonly target: WriteTarget
  readonly changes: StagedChanges
  readonly directory: string
  readonly read: RowsRead
}

async function commitRows(commit: RowCommit, touched: Touched, context: QueryContext): Promise<void> {
  const { table, target, read } = commit
  const written = [...(await newRows(commit, context)), ...(await deletedPlaces(commit, touched, context))]
  await committed(written, context, (added) =>
    commitChange(table, context, async (base) => {
      requireSameShape(target, base)
      await requireNoConflict(read, base, context)
      const changes: FileChanges = { added, removed: touched.whole }
      return changedFiles(dottedName(table), target.schema, changes, base, context)
    }),
  )
}

async function newRows({ target, changes, directory }: RowCommit, context: QueryContext): Promise<PlacedFile[]> {
  const items = target.schema.fields.map((_, i) => `c${i}`)
  const text = `SELECT ${items.join(', ')} FROM changes WHERE action IN (${UPDATED}, ${INSERTED})`
  const outcome = await changes.run(text, sinkFor(target, `${directory}/rows`))
  if (outcome.files.length > 0) requireStorable(target)
  return dataFiles(outcome, target, context)
}

/** A file for each partition of each spec: that of the data files whose rows it names. */
async function deletedPlaces(
  { target, changes, directory }: RowCommit,
  { entries, whole }: Touched,
  context: QueryContext,
): Promise<PlacedFile[]> {
  const partial = [...entries.values()].filter(({ file }) => !whole.has(file.path))
  const groups = [
    ...Map.groupBy(partial, ({ file }) => `${file.specId} ${file.partition.map(String).join('\u0000')}`).values(),
  ]
  if (groups.length === 0) return []
  const listed = groups.flatMap((group, i) => group.map(({ file }) => `(${quotedText(file.path)}, ${i})`))
  const text = `SELECT c.path, c.place, CAST(g.number AS bigint) FROM changes c
    JOIN (VALUES ${listed.join(', ')}) AS g (path, number) ON c.path = g.path
    WHERE c.action IN (${DELETED}, ${UPDATED}) ORDER BY 3, 1, 2`
  const sink: Sink = {
    ...(sinkFor(target, `${directory}/deletes`) as Sink & { kind: 'iceberg-files' }),
    fields: [
      { name: 'file_path', id: FILE_PATH_ID, inner: [] },
      { name: 'pos', id: POSITION_ID, inner: [] },
    ],
    partitionBy: [{ column: 2, type: BIGINT, transform: { kind: 'identity' } }],
    maxPartitions: groups.length,
  }
  const { files } = await changes.run(text, sink)
  return files.map(({ path: localPath, rows, sizeBytes, partition: [number] }) => {
    const group = groups[Number(number)]!
    const paths = group.map(({ file }) => file.path).toSorted()
    const { specId, partition } = group[0]!.file
    const bound = (path: string) => new Map([[FILE_PATH_ID, Buffer.from(path)]])
    const uri = dataUri(target, { specId, partition }, `${randomUUID()}-deletes`, context)
    return {
      localPath,
      file: {
        content: 'position-deletes',
        path: uri,
        format: 'parquet',
        specId,
        partition,
        recordCount: rows,
        sizeBytes,
        lowerBounds: bound(paths[0]!),
        upperBounds: bound(paths.at(-1)!),
        ...(paths.length === 1 && { referencedDataFile: paths[0] }),
      },
    }
  })
}
