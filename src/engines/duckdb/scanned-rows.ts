/**
 * How many rows the scans of a plan have read. The engine's own count of rows scanned is an estimate, once for each thread:
 * it is of no use. A scan of Parquet has read the row groups in which the file log has it read something; of other files
 * what a scan yields is what it has read, which the engine's profile tells. A profile costs milliseconds even where it
 * tells next to nothing.
 */
import { type FileHandle, open } from 'node:fs/promises'
import type { Relation } from '../../core/queries/relation.ts'
import { CorruptData } from '../../formats/corrupt-data.ts'
import { footerLength, type RowGroup, readParquetFooter } from '../../formats/parquet/footer.ts'
import { KnownFiles } from './known-files.ts'
import { type EngineProfile, MOST_FOOTERS, type ScanProfile } from './profile.ts'
import type { FileRead } from './scanned-bytes.ts'

const TAIL_BYTES = 8

export type RowsRead = ReadonlyMap<EngineProfile, number>

/** Of a file by its local path. */
export type Reads = (path: string) => readonly FileRead[]

/** One scan of one relation. */
export interface PlannedScan {
  readonly relation: Relation
  /** Whether it is scanned for more than how many rows it has. */
  readonly readsColumns: boolean
}

/**
 * By the ids of relations, where no profile is needed. Undefined where scans of one file can not be told apart, and where
 * there are rows that the caller may not see.
 */
export async function rowsOfRowGroups(
  scans: readonly PlannedScan[],
  reads: Reads,
): Promise<Record<string, number> | undefined> {
  const rows: Record<string, number> = {}
  for (const { relation, readsColumns } of scans) {
    if (relation.rowFilter !== undefined) return undefined
    rows[relation.id] ??= 0
    for (const path of pathsOf(relation)) {
      const groups = await rowGroupsOf(path)
      const readers = scans.filter((scan) => scan.readsColumns && pathsOf(scan.relation).includes(path)).length
      for (const group of groups) {
        const depth = readsColumns ? readersOf(group, reads(path)) : readers
        if (depth > 0 && depth < readers) return undefined
        if (depth >= readers) rows[relation.id]! += group.rows
      }
    }
  }
  return rows
}

const isWithin = ({ span }: Stretch, { from, until }: FileRead): boolean =>
  span !== undefined && from < span.end && until > span.start

/** How many have read the same part of it, at the most: that many scans have read it, at the least. */
export function readersOf(stretch: Stretch, reads: readonly FileRead[]): number {
  const within = reads.filter((read) => isWithin(stretch, read))
  const ends = [...within.map(({ from }) => [from, 1] as const), ...within.map(({ until }) => [until, -1] as const)]
  let [now, most] = [0, 0]
  // What ends where another begins has read no part of that.
  for (const [, step] of ends.sort(([a, up], [b, down]) => a - b || up - down)) {
    now += step
    most = Math.max(most, now)
  }
  return most
}

/** Of a profile's scans, where one is made; those of which it can not be told are missing. */
export async function scannedRows(scans: readonly ScanProfile[], reads: Reads): Promise<RowsRead> {
  const counts = new Map<EngineProfile, number>()
  for (const { operator, rows, filters } of scans) if (!filters) counts.set(operator, rows)
  const filtering = scans.filter((scan) => scan.filters && isAlone(scan, scans))
  const paths = [...new Set(filtering.flatMap(({ relation }) => pathsOf(relation)))]
  if (paths.length === 0 || paths.length > MOST_FOOTERS) return counts
  for (const { operator, relation } of filtering) {
    const rows = await Promise.all(pathsOf(relation).map((path) => rowsRead(path, reads(path))))
    counts.set(
      operator,
      rows.reduce((sum, one) => sum + one, 0),
    )
  }
  return counts
}

/**
 * By the ids of relations. Undefined where one that was read is not told of, and where there are rows that the caller may
 * not see.
 */
export function rowsByRelation(
  relations: readonly Relation[],
  scans: readonly ScanProfile[],
  counts: RowsRead,
): Record<string, number> | undefined {
  const rows: Record<string, number> = {}
  for (const relation of relations) {
    const own = scans.filter((scan) => scan.relation === relation).map(({ operator }) => counts.get(operator))
    const isTold = own.every((one) => one !== undefined) && (own.length > 0 || relation.files.length === 0)
    if (!isTold || relation.rowFilter !== undefined) return undefined
    rows[relation.id] = own.reduce((sum, one) => sum + one, rows[relation.id] ?? 0)
  }
  return rows
}

const pathsOf = (relation: Relation): string[] => relation.files.map((file) => file.localPath)

/** Reads of one file can not be told apart by who read. */
function isAlone({ operator, relation }: ScanProfile, scans: readonly ScanProfile[]): boolean {
  if (relation.format.kind !== 'parquet') return false
  const own = new Set(pathsOf(relation))
  return !scans.some((other) => other.operator !== operator && pathsOf(other.relation).some((path) => own.has(path)))
}

async function rowsRead(path: string, reads: readonly FileRead[]): Promise<number> {
  if (reads.length === 0) return 0
  const groups = await rowGroupsOf(path)
  return groups.reduce((sum, group) => (reads.some((read) => isWithin(group, read)) ? sum + group.rows : sum), 0)
}

type Stretch = Pick<RowGroup, 'rows' | 'span'>

const known = new KnownFiles<readonly Stretch[]>(20_000)

async function rowGroupsOf(path: string): Promise<readonly Stretch[]> {
  const found = known.get(path)
  if (found) return found
  const groups = (await readFooter(path)).map(({ rows, span }) => ({ rows, ...(span && { span }) }))
  known.set(path, groups)
  return groups
}

async function readFooter(path: string): Promise<readonly RowGroup[]> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size < TAIL_BYTES) throw new CorruptData('too short for a Parquet file')
    const length = footerLength(await bytesOf(file, size - TAIL_BYTES, TAIL_BYTES))
    return readParquetFooter(await bytesOf(file, size - TAIL_BYTES - length, length)).groups
  } finally {
    await file.close()
  }
}

async function bytesOf(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}
