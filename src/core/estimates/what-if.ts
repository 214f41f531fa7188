/**
 * What a query would read if a table of it lay otherwise. Which stretches of rows it would read is told by a look at the
 * columns that it asks conditions of; what a stretch weighs, by a few of them that are truly written.
 */
import { type PartitionFilter, partitionFilters } from '../../sql/analysis/partition-filters.ts'
import { Fault } from '../faults.ts'
import { columnType } from '../queries/column-type.ts'
import type { QueryContext } from '../queries/context.ts'
import { orcCondition } from '../queries/orc-columns.ts'
import { partitionConstant } from '../queries/partition-values.ts'
import { execute, type PlannedQuery } from '../queries/statements/query.ts'
import { type RowStretch, stretchQuery, type TypedColumn } from './changed-groups.ts'
import { type ColumnCondition, columnConditions, mayHold } from './column-conditions.ts'
import { footerReadBytes, mostReadWhole } from './parquet-reads.ts'
import { planOver, SAMPLE_ROWS, type SampledTable, type SampleWeight, stretchRowsOf, weighStretch } from './samples.ts'
import { readsWholeChunks, scannedColumns } from './scan-estimates.ts'
import { changedForm, type TableChange, type TableForm } from './table-changes.ts'
import { type WeighedStretches, weighStretches } from './weighed-stretches.ts'

export interface ChangeEstimate {
  readonly table: string
  readonly form: TableForm
  readonly scannedBytes: number
  readonly files: { readonly wanted: number; readonly all: number }
  readonly groups: { readonly wanted: number; readonly all: number }
  /** Rows that were written to be weighed, of all there are in the files that the query reads now. */
  readonly sampledRows: number
  readonly rows: number
}

export interface ChangedScan {
  readonly relationId: string
  readonly change: TableChange
  readonly partitionKeys: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
}

const MOST_SAMPLES = 12
const MOST_STRETCHES = 200_000

/** Throws Fault for a change that the table does not take, and what the engine throws. */
export async function estimateChange(
  planned: PlannedQuery,
  { relationId, change, partitionKeys, parameters }: ChangedScan,
  context: QueryContext,
): Promise<ChangeEstimate> {
  const relation = planned.scans.relations.find(({ id }) => id === relationId)!
  const { name } = relation
  const form = changedForm({ name, relation, partitionKeys, parameters }, change)
  const columns = relation.columns.flatMap(({ kind, name, type }): TypedColumn[] =>
    kind === 'hidden' ? [] : [{ name, type }],
  )
  const filter = partitionFilters(planned.bound).get(relationId)
  const conditions = columnConditions(relation.columns, filter).filter(
    ({ name, type, constraint }) =>
      !form.partitionBy.includes(name) && (form.format !== 'ORC' || orcCondition(constraint, columnType(type))),
  )
  const wanted = columns
    .map(({ name }) => name)
    .filter((name) => scannedColumns(planned.bound).get(relationId)?.has(name))
  const asked = new Set(conditions.map(({ name }) => name))
  const sampled = { name, columns, relation, form, wanted, asked }
  const table: SampledTable = { ...sampled, stretchRows: await stretchRowsOf(sampled, context) }
  const others = planned.scans.relations.filter((one) => one.name !== name)

  const stretches = await stretchesOf(table, conditions, context)
  const inPartition = stretches.filter((stretch) => wantsPartition(table, stretch, filter))
  const columnar = form.format === 'PARQUET' || form.format === 'ORC'
  const read = columnar ? inPartition.filter((stretch) => holdsSome(stretch, conditions)) : inPartition
  const weighed =
    inPartition.length === 0
      ? undefined
      : await weighStretches(
          {
            stretches: inPartition,
            candidates: new Set(read.length > 0 ? read : inPartition),
            sampleRows: SAMPLE_ROWS,
            mostSamples: MOST_SAMPLES,
          },
          (stretch) => weighStretch(table, stretch, context),
        )
  const followingShare = columnar ? 1 : await weighFollowing(table, inPartition, context)
  const scannedBytes = weightOf(
    { table, conditions, weighed, followingShare, read: new Set(read) },
    inPartition,
    readsWholeChunks(others, context.limits) ? mostReadWhole(context.limits) : 0,
  )
  return {
    table: name,
    form,
    scannedBytes: Math.round(scannedBytes),
    files: { wanted: new Set(inPartition.map(partitionOf)).size, all: new Set(stretches.map(partitionOf)).size },
    groups: { wanted: read.length, all: stretches.length },
    sampledRows: weighed?.weights.reduce((sum, { rows }) => sum + rows, 0) ?? 0,
    rows: stretches.reduce((sum, { rows }) => sum + rows, 0),
  }
}

async function stretchesOf(
  table: SampledTable,
  conditions: readonly ColumnCondition[],
  context: QueryContext,
): Promise<RowStretch[]> {
  const { sql, read } = stretchQuery(table.name, table.form, conditions, table.columns, table.stretchRows)
  const planned = await planOver(sql, table, context)
  const { values } = await execute(planned, { kind: 'rows', limit: MOST_STRETCHES + 1 }, context)
  if (values.length > MOST_STRETCHES)
    throw new Fault('too-large', 'change', `The changed table would have more than ${MOST_STRETCHES} partitions`)
  return read(values)
}

/**
 * What a stretch of a text weighs after another, as a part of what it does alone: a compression knows by then what comes
 * again and again. 1 where no file has several, or none is compressed.
 */
async function weighFollowing(
  table: SampledTable,
  stretches: readonly RowStretch[],
  context: QueryContext,
): Promise<number> {
  if (table.form.codec === 'NONE') return 1
  const second = stretches.find(({ place }) => place === 1)
  const first = second && stretches.find((one) => one.place === 0 && partitionOf(one) === partitionOf(second))
  if (!second || !first) return 1
  const alone = await weighStretch(table, first, context)
  const both = await weighStretch(table, { ...first, rows: first.rows + second.rows, ranges: new Map() }, context)
  const following = (both.fileBytes - alone.fileBytes) / Math.max(1, both.rows - alone.rows)
  return Math.max(0, Math.min(1, (following * alone.rows) / Math.max(1, alone.fileBytes)))
}

const partitionOf = ({ partition }: RowStretch): string => JSON.stringify(partition)

function wantsPartition({ form, columns }: SampledTable, { partition }: RowStretch, filter?: PartitionFilter): boolean {
  if (!filter || form.partitionBy.length === 0) return true
  const values = new Map(
    form.partitionBy.flatMap((key, i) => {
      const constant = partitionConstant(partition[i] ?? null, columns.find(({ name }) => name === key)!.type)
      return constant === undefined ? [] : [[key, constant] as const]
    }),
  )
  return filter.mayMatch(values)
}

const holdsSome = ({ ranges }: RowStretch, conditions: readonly ColumnCondition[]): boolean =>
  conditions.every((condition) => mayHold(condition, ranges.get(condition.name)))

interface Weighing {
  readonly table: SampledTable
  readonly conditions: readonly ColumnCondition[]
  readonly weighed: WeighedStretches | undefined
  /** Of what it would weigh alone, what each stretch of a file but the first does. */
  readonly followingShare: number
  /** Of the stretches, those whose rows are read. */
  readonly read: ReadonlySet<RowStretch>
}

/** What is read of the files of these stretches: a file is a partition's. Up to `mostWhole` bytes they are read in one go. */
function weightOf(weighing: Weighing, stretches: readonly RowStretch[], mostWhole: number): number {
  const { weighed } = weighing
  if (!weighed) return 0
  const files: (FileEnd & { readonly readBytes: number })[] = []
  for (const own of Map.groupBy(stretches, partitionOf).values()) {
    let [fileBytes, footerBytes, readBytes] = [0, 0, 0]
    for (const [i, stretch] of own.entries()) {
      const sample = weighed.weightFor(stretch)
      const ratio = (stretch.rows / Math.max(1, sample.rows)) * (i === 0 ? 1 : weighing.followingShare)
      fileBytes += sample.fileBytes * ratio
      footerBytes += sample.footerBytes
      if (weighing.read.has(stretch)) readBytes += chunkBytes(weighing, stretch, sample, ratio)
    }
    files.push({ fileBytes, footerBytes, readBytes, stretches: own.length })
  }
  const readsWhole = files.every(({ fileBytes }) => fileBytes <= mostWhole)
  return files.reduce(
    (sum, file) => sum + Math.min(file.fileBytes, footerBytesOf(weighing, file, readsWhole) + file.readBytes),
    0,
  )
}

interface FileEnd {
  readonly fileBytes: number
  /** Of its stretches, each as if it were a file. */
  readonly footerBytes: number
  readonly stretches: number
}

function footerBytesOf(
  { table }: Weighing,
  { fileBytes, footerBytes, stretches }: FileEnd,
  readsWhole: boolean,
): number {
  if (table.form.format === 'PARQUET') return footerReadBytes({ fileBytes, footerBytes, readsWhole })
  return footerBytes / stretches
}

/** A Bloom filter may tell that the values are not there, once it has been read. */
function chunkBytes({ conditions }: Weighing, { lacks }: RowStretch, sample: SampleWeight, ratio: number): number {
  let filters = 0
  for (const { name, constraint } of conditions) {
    const bytes = constraint.kind === 'values' ? (sample.bloomFilterBytes.get(name) ?? 0) : 0
    filters += bytes
    if (bytes > 0 && lacks.has(name)) return filters
  }
  return filters + sample.readBytes * ratio
}
