/**
 * What a planned query will read of each table, before it runs: partitions, files, columns, bytes. It reads no rows, only
 * the footers of Parquet files; where the run may read less than can be told, the estimate says so.
 */
import { mayStopEarly } from '../../sql/analysis/early-stop.ts'
import { type PartitionFilter, partitionFilters } from '../../sql/analysis/partition-filters.ts'
import { holds } from '../../sql/analysis/plan-search.ts'
import { columnIds } from '../../sql/analysis/transform.ts'
import type { BoundQuery, Rel } from '../../sql/plan.ts'
import { columnType } from '../queries/column-type.ts'
import type { QueryContext } from '../queries/context.ts'
import type { EngineLimits } from '../queries/engine-plan.ts'
import { type DataFile, type DeleteFile, isFiltered } from '../queries/relation.ts'
import { type NamedRelation, partitionsTold } from '../queries/scan-planning.ts'
import type { PlannedQuery } from '../queries/statements/query.ts'
import { type ColumnCondition, columnConditions, mayHoldAll } from './column-conditions.ts'
import { orcReads } from './orc-reads.ts'
import { nameInFile, type ParquetFooter, readFooters, type StoredColumn } from './parquet-footers.ts'
import { footerReadBytes, groupReadBytes, mostReadWhole } from './parquet-reads.ts'
import type { ReadFile } from './stretches.ts'

export interface ScanEstimate {
  /** `database.table`, of a source with its catalog in front. */
  readonly table: string
  /** `source` for a table of one. */
  readonly format: string
  /** Columns of the files that are read. */
  readonly columns: readonly string[]
  readonly partitions: readonly string[]
  readonly files: number
  /** Of all those files, whole. */
  readonly filesBytes: number
  readonly rowGroups?: { readonly wanted: number; readonly all: number }
  readonly scannedBytes: number
  /** What a source sends is known once it has sent it: no bytes of it are in `scannedBytes`. */
  readonly isUntold?: true
  /** Why the run may read less than `scannedBytes`; empty where that is what it reads. */
  readonly atMostBecause: readonly string[]
}

/** Beyond so many files the footers of some stand for those of all. */
const MOST_FOOTERS = 2000
/** ORC's are looked at one after the other. */
const MOST_ORC_FILES = 200
/** Neither their ends nor their rows are opened for an estimate. */
const ENCRYPTED = 'the files are encrypted by who wrote them: what lies in them is told once they are read'
const FILTERED = 'rows that are filtered out need not be read'
const DELETED = 'of files that tell which rows are deleted all may not be needed'
const SAMPLED = 'it is reckoned from some of the files'

type EstimateContext = Pick<QueryContext, 'rooms' | 'limits'>

/** `columns`: those that each scan reads, where they are to be others than the plan's. */
export async function estimateScans(
  { bound, scans }: PlannedQuery,
  { rooms: { files }, limits }: EstimateContext,
  columns: ReadonlyMap<string, ReadonlySet<string>> = scannedColumns(bound),
): Promise<readonly ScanEstimate[]> {
  const readsWhole = readsWholeChunks(scans.relations, limits)
  const filters = partitionFilters(bound)
  const doubts = doubtsOf(bound)
  const sources = new Set(scans.sources.map(({ relation }) => relation.id))
  return Promise.all(
    scans.relations.map((relation) => {
      const read = columns.get(relation.id)
      if (sources.has(relation.id)) return sourceScan(relation, read)
      if (isFiltered(relation)) return filteredScan({ relation, read, doubts, readsWhole }, files)
      return estimateScan({ relation, filter: filters.get(relation.id), read, doubts, readsWhole }, files)
    }),
  )
}

/** Whether no file of the plan's is so large that its chunks are read page by page. */
export const readsWholeChunks = (relations: readonly NamedRelation[], limits: EngineLimits): boolean =>
  relations.every(({ files }) => files.every(({ sizeBytes }) => sizeBytes <= mostReadWhole(limits)))

const sourceScan = (
  { catalog, name, columns }: NamedRelation,
  read: ReadonlySet<string> | undefined,
): ScanEstimate => ({
  table: `${catalog}.${name}`,
  format: 'source',
  columns: columns.flatMap((column) => (read?.has(column.name) ? [column.name] : [])),
  partitions: [],
  files: 0,
  filesBytes: 0,
  scannedBytes: 0,
  isUntold: true,
  atMostBecause: [],
})

/** By relation, the sources of all its scans. */
export function scannedColumns({ root }: BoundQuery): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  holds(root, (node) => {
    if (node.kind !== 'scan') return false
    const { relation, columns } = node as unknown as Rel & { readonly kind: 'scan' }
    const sources = found.get(relation) ?? new Set()
    for (const { source } of columns) sources.add(source)
    found.set(relation, sources)
    return false
  })
  return found
}

function doubtsOf({ root }: BoundQuery): string[] {
  const doubts: string[] = []
  if (mayStopEarly(root)) doubts.push('the query may have its rows before its files end')
  if (holds(root, ({ kind }) => kind === 'join' || kind === 'in-query'))
    doubts.push('what one side of a join lacks need not be read of the other')
  return doubts
}

interface Scan {
  readonly relation: NamedRelation
  readonly filter: PartitionFilter | undefined
  readonly read: ReadonlySet<string> | undefined
  readonly doubts: readonly string[]
  readonly readsWhole: boolean
}

/** What its conditions would leave out would tell of rows that are hidden; what hides them is read too, and not told. */
async function filteredScan(
  { relation, read = new Set(), doubts, readsWhole }: Omit<Scan, 'filter'>,
  files: ReadFile,
): Promise<ScanEstimate> {
  const { columns, rowFilter, cellFilters = [] } = relation
  const values = cellFilters.filter(({ column }) => read.has(columns[column]!.name)).map(({ value }) => value)
  const ids = [...(rowFilter ? [rowFilter] : []), ...values].flatMap((value) => [...columnIds(value)])
  const all = read.union(new Set(ids.map((id) => columns[id]!.name)))
  const scan = { relation, filter: undefined, read: all, doubts: [...doubts, FILTERED], readsWhole }
  const { rowGroups: _, ...estimate } = await estimateScan(scan, files)
  return { ...estimate, columns: estimate.columns.filter((name) => read.has(name)) }
}

async function estimateScan(scan: Scan, lake: ReadFile): Promise<ScanEstimate> {
  const { relation, filter, read, doubts, readsWhole } = scan
  const { files, format, layouts } = relation
  const filesBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const wanted = relation.columns.filter((column) => column.kind === 'data').filter(({ name }) => read?.has(name))
  const columns = wanted.map(({ name }) => name)
  const described = {
    table: relation.name,
    format: format.kind,
    columns,
    partitions: partitionsTold(relation),
    files: files.length,
    filesBytes,
  }
  const whole = { ...described, scannedBytes: filesBytes }
  if (files.some(({ envelope }) => envelope)) return { ...whole, atMostBecause: [ENCRYPTED, ...doubts] }
  if (format.kind === 'orc' && !layouts) return { ...described, ...(await orcEstimate(scan, columns, lake)) }
  if (format.kind !== 'parquet') return { ...whole, atMostBecause: doubts.slice(0, 1).filter(isAboutFiles) }
  const some = evenly(files, MOST_FOOTERS)
  const footers = layouts ? undefined : await readFooters(lake, some)
  if (!footers)
    return { ...whole, atMostBecause: ['of Parquet files only the chunks of the wanted columns are read', ...doubts] }
  const chunks = chunkReads(some, footers, {
    columns: wanted,
    conditions: columnConditions(relation.columns, filter),
    readsWhole,
  })
  const deletes = deleteFiles(files)
  const scale = some.length === 0 ? 0 : files.length / some.length
  return {
    ...described,
    rowGroups: { wanted: Math.round(chunks.wanted * scale), all: Math.round(chunks.all * scale) },
    scannedBytes: Math.round(chunks.readBytes * scale) + deletes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    atMostBecause: [
      ...chunks.doubts,
      ...(deletes.length > 0 ? [DELETED] : []),
      ...(scale > 1 ? [SAMPLED] : []),
      ...doubts,
    ],
  }
}

/** A stripe is read or not by what the plan's conditions say of its statistics: nothing is left to the engine. */
async function orcEstimate(
  { relation, filter, doubts }: Scan,
  columns: readonly string[],
  lake: ReadFile,
): Promise<Pick<ScanEstimate, 'rowGroups' | 'scannedBytes' | 'atMostBecause'>> {
  const { format, files } = relation
  const wanted = relation.columns
    .filter((column) => column.kind === 'data')
    .filter(({ name }) => columns.includes(name))
  const constraints = wanted.flatMap(({ name, ordinal, becomes }) => {
    const constraint = becomes ? undefined : filter?.constraint(name)
    return constraint ? [[ordinal, constraint] as const] : []
  })
  const request = {
    byName: format.kind === 'orc' && format.byName,
    columns: wanted.map(({ field, type, ordinal }) => ({ name: field, type: columnType(type), ordinal })),
    constraints: new Map(constraints),
  }
  const some = evenly(files, MOST_ORC_FILES)
  let [scannedBytes, unread, stripes, all] = [0, 0, 0, 0]
  for (const file of some) {
    const reads = await orcReads(lake, file, request)
    if (!reads) unread++
    scannedBytes += Math.min(file.sizeBytes, reads?.readBytes ?? file.sizeBytes)
    stripes += reads?.stripes.wanted ?? 0
    all += reads?.stripes.all ?? 0
  }
  const scale = some.length === 0 ? 0 : files.length / some.length
  return {
    rowGroups: { wanted: Math.round(stripes * scale), all: Math.round(all * scale) },
    scannedBytes: Math.round(scannedBytes * scale),
    atMostBecause: [
      ...(unread > 0 ? ['there are ORC files that can not be read'] : []),
      ...(scale > 1 ? [SAMPLED] : []),
      ...doubts.filter((doubt) => isAboutFiles(doubt) || doubt === FILTERED),
    ],
  }
}

/** Text has nothing that a join could leave out. */
const isAboutFiles = (doubt: string): boolean => doubt.includes('files end')

/** So many of them at the most, from the first to the last. */
const evenly = <T>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most ? items : Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!)

/** Each once, however many files it tells of; what Delta's logs say of rows is read with them. */
function deleteFiles(files: readonly DataFile[]): DeleteFile[] {
  const found = new Map<string, DeleteFile>()
  for (const { deleted, deletedValues = [] } of files) {
    if (deleted?.kind === 'positions') for (const file of deleted.files) found.set(file.uri, file)
    for (const values of deletedValues) for (const file of values.files) found.set(file.uri, file)
  }
  return [...found.values()]
}

interface ChunkReads {
  readonly wanted: number
  readonly all: number
  readonly readBytes: number
  readonly doubts: readonly string[]
}

interface AskedChunks {
  readonly columns: readonly StoredColumn[]
  readonly conditions: readonly ColumnCondition[]
  readonly readsWhole: boolean
}

function chunkReads(
  files: readonly DataFile[],
  footers: readonly ParquetFooter[],
  { columns, conditions, readsWhole }: AskedChunks,
): ChunkReads {
  let [wanted, all, readBytes, filters] = [0, 0, 0, 0]
  for (const [i, footer] of footers.entries()) {
    const { sizeBytes, groups } = footer
    const { fieldValues = {} } = files[i]!
    // What all rows of a file have is told without it.
    const isRead = ({ fieldId }: StoredColumn) => fieldId === undefined || !(fieldId in fieldValues)
    const wantedChunks = {
      names: new Set(columns.filter(isRead).map((column) => nameInFile(footer, column))),
      asked: new Set(conditions.map(({ stored }) => nameInFile(footer, stored))),
      readsWhole,
    }
    let fileBytes = footerReadBytes({ fileBytes: files[i]!.sizeBytes, footerBytes: sizeBytes, readsWhole })
    all += groups.length
    for (const group of groups) {
      if (!mayHoldAll(conditions, group, footer)) continue
      wanted++
      fileBytes += groupReadBytes(group, wantedChunks)
      for (const { stored, constraint } of conditions) {
        const { bloomFilterBytes = 0 } = group.chunks.get(nameInFile(footer, stored)) ?? {}
        if (constraint.kind !== 'values' || bloomFilterBytes === 0 || !isRead(stored)) continue
        fileBytes += bloomFilterBytes
        filters++
      }
    }
    readBytes += Math.min(fileBytes, files[i]!.sizeBytes)
  }
  return { wanted, all, readBytes, doubts: doubtsOfChunks(conditions, filters) }
}

function doubtsOfChunks(conditions: readonly ColumnCondition[], filters: number): string[] {
  if (filters > 0) return ["the files' Bloom filters may tell that a row group lacks the value"]
  return conditions.length > 0
    ? ['the engine may leave out more of a row group than its least and greatest values tell']
    : []
}
