/**
 * Data files written again as fewer and better ones: rows stay what they are, and so do the numbers by which deletes of others
 * are told to be older or younger than them. A batch of files at a time, so that a table may be larger than any memory.
 */
import {
  type CompactionRules,
  compactionRules,
  sizeOf,
  wantsRewrite,
  worthRewriting,
  writtenBytes,
} from '../../../formats/iceberg/compaction.ts'
import { currentSchema, currentSnapshot, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { analyzeQuery } from '../../../sql/analysis/analyze.ts'
import type { PartitionFilter } from '../../../sql/analysis/partition-filters.ts'
import { parseQuery } from '../../../sql/statement.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, Sink } from '../engine-plan.ts'
import { planScans } from '../scan-planning.ts'
import { execute, type PlannedQuery } from '../statements/query.ts'
import type { LakeRelation } from '../table-resolver.ts'
import { Turns } from '../turns.ts'
import { commitChange } from './commits.ts'
import { committed, type PlacedFile } from './committed-files.ts'
import { requireNoConflict } from './conflicts.ts'
import { copiedFiles, fileCopies } from './copied-files.ts'
import { icebergLayout } from './iceberg-columns.ts'
import { type LiveFile, type SnapshotView, wantedFiles } from './iceberg-files.ts'
import { readMetadata } from './metadata-file.ts'
import { readableFiles } from './readable-files.ts'
import { replacedFiles } from './replacements.ts'
import { dataFiles, placedFile, requireStorable, sinkFor, type WriteTarget, writeTarget } from './row-files.ts'
import { orderedRows, type RowOrder } from './row-order.ts'

export interface Compaction {
  readonly table: Table
  readonly view: SnapshotView
  readonly target: WriteTarget
  readonly rules: CompactionRules
  /** Of the snapshot, those that may be written again. */
  readonly files: readonly LiveFile[]
  /** Else rows stay in the order in which they are read. */
  readonly order?: RowOrder
}

/** Of the table as it is, by its own rules. */
export async function compactionOf(table: Table, filter: PartitionFilter, context: QueryContext): Promise<Compaction> {
  const name = dottedName(table)
  const metadata = await readMetadata(table, context)
  const target = writeTarget(name, metadata, currentSchema(metadata))
  const view = { name, metadata, snapshot: currentSnapshot(metadata), schema: target.schema }
  const { wanted } = await wantedFiles(view, filter, context, new Turns(context.signal))
  return { table, view, target, rules: compactionRules(metadata), files: wanted }
}

/** Whether anything would be written. */
export const isWorthwhile = (compaction: Compaction): boolean => batchesOf(compaction).length > 0

export interface Compacted {
  readonly filesBefore: number
  readonly filesAfter: number
  readonly rows: number
  readonly scannedBytes: number
  readonly writtenBytes: number
  readonly planningMs: number
  readonly engineMs: number
  readonly peakMemoryBytes: number
}

/** Throws ICEBERG_COMMIT_ERROR where others have changed rows of the files meanwhile; then the table is as it was. */
export async function compact(compaction: Compaction, context: QueryContext): Promise<Compacted> {
  const { rooms } = context
  const batches = batchesOf(compaction)
  const written: PlacedFile[] = []
  const outcomes: (EngineOutcome & { readonly planningMs: number })[] = []
  const workspace = await rooms.files.workspace()
  try {
    for (const [i, batch] of batches.entries()) {
      const planned = await plannedRows(compaction, batch.files, context)
      const outcome = await execute(planned, sinkOf(compaction, batch, `${workspace.directory}/${i}`), context)
      outcomes.push({ ...outcome, planningMs: planned.planningMs })
      written.push(...(await placedFiles(compaction, batch, outcome, context)))
    }
    const replaced = batches.flatMap(({ files }) => files)
    if (replaced.length > 0) await commit(compaction, replaced, written, context)
    return summary(replaced, written, outcomes)
  } finally {
    await workspace.remove()
  }
}

function summary(
  replaced: readonly LiveFile[],
  written: readonly PlacedFile[],
  outcomes: readonly (EngineOutcome & { readonly planningMs: number })[],
): Compacted {
  const sum = (of: (outcome: (typeof outcomes)[number]) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0)
  return {
    filesBefore: replaced.length,
    filesAfter: written.length,
    rows: sum(({ rows }) => rows),
    scannedBytes: sum(({ scannedBytes }) => scannedBytes),
    writtenBytes: sizeOf(written.map(({ file }) => file)),
    planningMs: sum(({ planningMs }) => planningMs),
    engineMs: sum(({ timings }) => timings.planMs + timings.runMs),
    peakMemoryBytes: Math.max(0, ...outcomes.map(({ peakMemoryBytes }) => peakMemoryBytes)),
  }
}

/** What is written in one go. */
interface Batch {
  readonly files: readonly LiveFile[]
  /** The same, those of each partition of the newest spec by themselves; none of older specs. */
  readonly partitions: readonly (readonly LiveFile[])[]
  readonly inputBytes: number
  /** Of one partition of the newest spec; else the partitions of the rows are told by their values. */
  readonly isOnePartition: boolean
}

const MOST_PARTITIONS = 100
/** Of several partitions in one go rows are in memory until theirs is written. */
const MOST_BYTES_OF_PARTITIONS = 64 << 20

function batchesOf({ files, rules, target, order }: Compaction): readonly Batch[] {
  const sized = files.map((file) => ({ file, ...sizedFile(file) }))
  const wanted = sized.filter((file) => wantsRewrite(file, rules))
  const groups = [...Map.groupBy(wanted, ({ file }) => groupKey(file, target.spec.id)).values()]
  const worth = groups
    .filter((group) => worthRewriting(group, rules))
    .map((group) => ({ files: group.map(({ file }) => file), inputBytes: sizeOf(group) }))
  const isNewest = ({ files: [first] }: (typeof worth)[number]) => first!.entry.file.specId === target.spec.id
  // What is in order is so within a partition.
  const large = worth.filter((group) => order || !isNewest(group) || group.inputBytes > MOST_BYTES_OF_PARTITIONS)
  const batches: Batch[] = large.map((group) => {
    const isOnePartition = isNewest(group)
    return { ...group, isOnePartition, partitions: isOnePartition ? [group.files] : [] }
  })
  let together: Batch | undefined
  for (const group of worth.filter((one) => !large.includes(one))) {
    const bytes = (together?.inputBytes ?? 0) + group.inputBytes
    if (!together || together.partitions.length === MOST_PARTITIONS || bytes > MOST_BYTES_OF_PARTITIONS) {
      if (together) batches.push(together)
      together = { ...group, isOnePartition: true, partitions: [group.files] }
    } else {
      const [files, partitions] = [
        [...together.files, ...group.files],
        [...together.partitions, group.files],
      ]
      together = { files, partitions, inputBytes: bytes, isOnePartition: false }
    }
  }
  return together ? [...batches, together] : batches
}

function sizedFile({ entry, deletes }: LiveFile) {
  const { vector, positions, equalities } = deletes
  return { sizeBytes: entry.file.sizeBytes, deleteFiles: (vector ? 1 : 0) + positions.length + equalities.length }
}

/** Files of older specs are one group: their rows may be of any partition of the newest. */
const groupKey = ({ entry: { file } }: LiveFile, specId: number): string =>
  file.specId === specId ? `in ${file.partition.map(valueKey).join('\u0000')}` : 'older'

const valueKey = (value: unknown): string =>
  value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : `${typeof value}${value}`

const RELATION = 'rewritten'

async function plannedRows(
  { table, view, order }: Compaction,
  files: readonly LiveFile[],
  context: QueryContext,
): Promise<PlannedQuery> {
  const started = performance.now()
  const layout = icebergLayout(view.schema, view.metadata)
  const relation: LakeRelation = {
    kind: 'lake',
    id: RELATION,
    scope: context.scope,
    table,
    layout,
    described: {
      layout,
      files: (_, asking, planning) => readableFiles(view, files, asking, planning),
    },
  }
  const columns = layout.columns.map(({ name, type, kind }) => ({ name, type, hidden: kind === 'hidden' }))
  const resolver = { table: () => ({ kind: 'table' as const, relation: RELATION, columns }) }
  const session = { now: context.now, timeZone: 'UTC', user: '', catalog: '', database: '' }
  const names = view.schema.fields.map(({ name }) => name.toLowerCase())
  const bound = analyzeQuery(parseQuery(orderedRows(names, RELATION, order)), resolver, session, [])
  const scans = await planScans(bound, [relation], context)
  return { bound, scans, planningMs: performance.now() - started, views: new Set() }
}

function sinkOf({ target, rules, view, order }: Compaction, batch: Batch, directory: string): Sink {
  requireStorable(target)
  const { inputBytes, isOnePartition, partitions } = batch
  const plain = sinkFor(target, directory) as Sink & { readonly kind: 'iceberg-files' }
  // What is to be in order has to be read.
  const sink = { ...plain, ...(!order && { copies: fileCopies(RELATION, view, partitions, rules) }) }
  if (isOnePartition) return { ...sink, partitionBy: [], targetBytes: writtenBytes(inputBytes, rules) }
  return { ...sink, maxPartitions: Number.MAX_SAFE_INTEGER }
}

/** A single partition is told by the files that were in it. */
async function placedFiles(
  { target, order, view }: Compaction,
  { files, isOnePartition }: Batch,
  outcome: EngineOutcome,
  context: QueryContext,
): Promise<PlacedFile[]> {
  const copied = await copiedFiles(outcome.files, files, view, context)
  const read = { ...outcome, files: outcome.files.filter((file) => !file.copied) }
  const partition = isOnePartition ? files[0]!.entry.file.partition : undefined
  const placed = [
    ...copied.map(({ written, file }) => placedFile(written, file, target, context)),
    ...dataFiles(read, target, context, partition),
  ]
  if (order?.kind !== 'sort' || !isOnePartition) return placed
  return placed.map((one) => ({ ...one, file: { ...one.file, sortOrderId: order.id } }))
}

async function commit(
  { table, view, target }: Compaction,
  replaced: readonly LiveFile[],
  written: readonly PlacedFile[],
  context: QueryContext,
): Promise<void> {
  const touched = new Map(replaced.map(({ entry }) => [entry.file.path, entry]))
  const sequenceNumber = view.snapshot!['sequence-number'] ?? 0
  await committed(written, context, (added) =>
    commitChange(table, context, async (base) => {
      requireSameTable(target.metadata, base, view.name)
      await requireNoConflict({ view, touched, known: [], onlyMoved: true }, base, context)
      const replacement = { removed: new Set(touched.keys()), added, sequenceNumber }
      return replacedFiles(dottedName(table), currentSchema(base), replacement, base, context)
    }),
  )
}

function requireSameTable(seen: TableMetadata, base: TableMetadata, name: string): void {
  if (seen['table-uuid'] !== base['table-uuid']) throw new Error(`${name} is another table by now`)
}
