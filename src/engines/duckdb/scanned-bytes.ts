/**
 * How much of the data files a plan has read: DuckDB's own file log, of an instance that runs one plan at a time; or what
 * the same plan was found to read before.
 */
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { filesOfDeletes, filesRead } from './files-read.ts'
import type { ReadablePlan } from './foreign/conversions.ts'
import type { Instance } from './instance.ts'
import type { ScanCount } from './known-scans.ts'

/** A line is JSON already; to take it apart in SQL, or as `duckdb_logs_parsed` does, takes several times as long. */
const LINES = `SELECT '[' || coalesce(string_agg(message, ','), '') || ']' FROM duckdb_logs() WHERE type = 'FileSystem'`

/** A number is a text, and missing where a file is opened. */
interface Line {
  readonly path: string
  readonly op: string
  readonly bytes?: string
  readonly pos?: string
}

/** The last bytes of a Parquet file say how long its footer is, which ends before them. */
const TAIL_BYTES = 8

/** For an instance whose log is on; run as often as is asked. */
export const prepareReads = (watch: DuckDBConnection): Promise<DuckDBPreparedStatement> => watch.prepare(LINES)

/** Of a file: bytes from `from` to before `until`. */
export interface FileRead {
  readonly from: number
  readonly until: number
}

export class ScannedBytes {
  readonly #instance: Instance
  readonly #files = new Map<string, { readonly sizeBytes: number; mostBytes: number; readonly scans: string[] }>()
  /** What was read by other means, by local path. */
  readonly #otherwise = new Map<string, number>()
  /** By local path, as the log had them when it was last read. */
  #reads: ReadonlyMap<string, readonly FileRead[]> = new Map()
  readonly #converted: ReadablePlan['readBytes']
  readonly #copies: ReadablePlan['copies']
  readonly #known: ScanCount | undefined
  readonly #scanned: readonly Relation[]

  /**
   * `scanned`: the relation of each scan; one that is scanned twice may be read twice. `readBytes`: what was read of
   * files that the engine itself does not read. `known`: then there is no log.
   */
  constructor(
    instance: Instance,
    scanned: readonly Relation[],
    { readBytes, copies }: Pick<ReadablePlan, 'readBytes' | 'copies'>,
    known: ScanCount | undefined,
  ) {
    this.#instance = instance
    this.#known = known
    this.#converted = readBytes
    this.#copies = copies
    this.#scanned = scanned
    for (const relation of scanned) {
      for (const { localPath, sizeBytes } of filesRead(relation)) {
        const known = this.#files.get(localPath) ?? { sizeBytes, mostBytes: 0, scans: [] }
        known.mostBytes += sizeBytes
        known.scans.push(relation.id)
        this.#files.set(localPath, known)
      }
    }
  }

  /** In all, and by relation: of a file that several scan, each has read its part. `fraction`: so far is the plan. */
  async read(fraction = 1): Promise<Pick<ScanCount, 'scannedBytes' | 'scannedByRelation'>> {
    if (this.#known) {
      const { scannedBytes, scannedByRelation } = this.#known
      return { scannedBytes: Math.round(scannedBytes * fraction), scannedByRelation }
    }
    const scannedByRelation: Record<string, number> = {}
    let scannedBytes = 0
    for (const read of [await this.perFile(), this.#otherwise]) {
      for (const [path, bytes] of read) {
        scannedBytes += bytes
        const scans = this.#files.get(path)?.scans ?? []
        for (const id of scans) scannedByRelation[id] = (scannedByRelation[id] ?? 0) + bytes / scans.length
      }
    }
    for (const [id, files] of this.#converted) {
      const bytes = files.values().reduce((sum, one) => sum + one, 0)
      scannedBytes += bytes
      scannedByRelation[id] = (scannedByRelation[id] ?? 0) + bytes
    }
    return { scannedBytes, scannedByRelation }
  }

  /**
   * By local path; files that were not touched are not in it. Only data files count: not spilled pages, not what the
   * plan writes; and none for more than it holds, though a compressed file's first bytes are looked at twice. A footer
   * that the instance has kept since an earlier plan counts for each plan that opens the file, and what deletes say for
   * each plan that looks at it: what a query scans does not depend on who asked before.
   */
  async perFile(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    if (this.#files.size === 0) return found
    this.#reads = await readsByPath(this.#instance)
    for (const [path, reads] of this.#reads) {
      const own = this.#copies.get(path) ?? path
      const file = this.#files.get(own)
      if (!file) continue
      let bytes = 0
      let furthest = 0
      for (const { from, until } of reads) {
        bytes += until - from
        furthest = Math.max(furthest, until)
      }
      if (furthest < file.sizeBytes) bytes += this.#instance.footers.get(path) ?? 0
      if (bytes > 0) found.set(own, Math.min(bytes, file.mostBytes))
    }
    for (const [path, bytes] of this.#instance.deletes)
      if (!found.has(path) && this.#files.has(path)) found.set(path, Math.min(bytes, this.#files.get(path)!.mostBytes))
    return found
  }

  /** Of a file, as the log was when it was last read. */
  readsOf(path: string): readonly FileRead[] {
    return this.#reads.get(path) ?? []
  }

  /** What was read so far came to nothing; `otherwise` were read whole, by other means. */
  async restart(otherwise: readonly DataFile[]): Promise<void> {
    noteDeletes(this.#instance, this.#scanned, await readsByPath(this.#instance))
    await this.#instance.watch.run('CALL truncate_duckdb_logs()')
    for (const { localPath, sizeBytes } of otherwise)
      this.#otherwise.set(localPath, (this.#otherwise.get(localPath) ?? 0) + sizeBytes)
  }
}

/** Files that were opened, and what was read of each. */
async function readsByPath({ reads }: Instance): Promise<Map<string, FileRead[]>> {
  const found = new Map<string, FileRead[]>()
  const [[lines] = []] = (await reads.runAndReadAll()).getColumns()
  for (const { path, op, bytes, pos } of JSON.parse(lines as string) as Line[]) {
    if (op !== 'READ' && op !== 'OPEN') continue
    const own = found.get(path) ?? []
    if (own.length === 0) found.set(path, own)
    if (bytes !== undefined) own.push({ from: Number(pos), until: Number(pos) + Number(bytes) })
  }
  return found
}

/** Makes an instance fit for its next plan: notes what it keeps of the files of this one, forgets the reads. */
export async function forgetReads(instance: Instance, relations: readonly Relation[]): Promise<void> {
  const { watch, footers } = instance
  const files = relations.flatMap((relation) => (relation.format.kind === 'parquet' ? filesRead(relation) : []))
  const sizes = new Map(files.map((file) => [file.localPath, file.sizeBytes]))
  if (files.some((file) => !footers.has(file.localPath))) {
    const readFiles = await readsByPath(instance)
    noteDeletes(instance, relations, readFiles)
    for (const [path, reads] of readFiles) {
      const sizeBytes = sizes.get(path)
      if (sizeBytes === undefined) continue
      const ends = reads.filter(({ until }) => until >= sizeBytes - TAIL_BYTES)
      if (ends.length > 0)
        footers.set(
          path,
          ends.reduce((sum, { from, until }) => sum + until - from, footers.get(path) ?? 0),
        )
    }
  }
  await watch.run('CALL truncate_duckdb_logs()')
}

/** What they say is kept from the first plan on that looks at them. */
function noteDeletes(
  { deletes }: Instance,
  relations: readonly Relation[],
  reads: ReadonlyMap<string, readonly FileRead[]>,
): void {
  for (const { localPath } of relations.flatMap(({ files }) => filesOfDeletes(files))) {
    const bytes = (reads.get(localPath) ?? []).reduce((sum, { from, until }) => sum + until - from, 0)
    if (bytes > 0 && !deletes.has(localPath)) deletes.set(localPath, bytes)
  }
}
