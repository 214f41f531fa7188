/** How much of the data files a plan has read: DuckDB's own file log, of an instance that runs one plan at a time. */
import { type DuckDBConnection, type DuckDBPreparedStatement, listValue } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { filesRead } from './deleted-rows.ts'
import type { Instance } from './instance.ts'

/**
 * A line is JSON: `{"fs":..,"path":..,"op":"READ","bytes":"8","pos":"120"}`. What `duckdb_logs_parsed` would say looks up
 * the context of every line, and takes several times as long.
 */
const LINES = `SELECT message->>'path' AS path, (message->>'bytes')::BIGINT AS bytes,
    (message->>'pos')::BIGINT + (message->>'bytes')::BIGINT AS until
  FROM duckdb_logs() WHERE type = 'FileSystem' AND (message->>'op') IN ('READ', 'OPEN')`
/** Files that were opened, how much of each was read, and how far. */
const READS = `SELECT path, coalesce(sum(bytes), 0)::BIGINT, coalesce(max(until), 0) FROM (${LINES}) GROUP BY path`
/** The same, told apart by where the reads ended. */
const READ_ENDS = `SELECT path, sum(bytes)::BIGINT, until FROM (${LINES}) WHERE bytes > 0 GROUP BY path, until`
/** Each read of the files that are named. */
const PLACES = `SELECT path, until - bytes, until FROM (${LINES}) WHERE bytes > 0 AND list_contains($paths, path)`
/** The last bytes of a Parquet file say how long its footer is, which ends before them. */
const TAIL_BYTES = 8

/** For an instance whose log is on; run as often as is asked. */
export const prepareReads = (watch: DuckDBConnection): Promise<DuckDBPreparedStatement> => watch.prepare(READS)

/** Of a file: bytes from `from` to before `until`. */
export interface FileRead {
  readonly path: string
  readonly from: number
  readonly until: number
}

export class ScannedBytes {
  readonly #instance: Instance
  readonly #files = new Map<string, { readonly sizeBytes: number; mostBytes: number; readonly scans: string[] }>()
  /** What was read by other means, by local path. */
  readonly #otherwise = new Map<string, number>()
  readonly #converted: ReadonlyMap<string, ReadonlyMap<string, number>>

  /**
   * `scanned`: the relation of each scan; one that is scanned twice may be read twice. `converted`: what was read of
   * files that the engine itself does not read, by relation and local path.
   */
  constructor(
    instance: Instance,
    scanned: readonly Relation[],
    converted: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ) {
    this.#instance = instance
    this.#converted = converted
    for (const relation of scanned) {
      for (const { localPath, sizeBytes } of filesRead(relation)) {
        const known = this.#files.get(localPath) ?? { sizeBytes, mostBytes: 0, scans: [] }
        known.mostBytes += sizeBytes
        known.scans.push(relation.id)
        this.#files.set(localPath, known)
      }
    }
  }

  /** In all, and by relation: of a file that several scan, each has read its part. */
  async read(): Promise<{ readonly scannedBytes: number; readonly scannedByRelation: Record<string, number> }> {
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
   * that the instance has kept since an earlier plan counts for each plan that opens the file: what a query scans does
   * not depend on who asked before.
   */
  async perFile(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    if (this.#files.size === 0) return found
    const result = await this.#instance.reads.runAndReadAll()
    for (const [name, sum, until] of result.getRows()) {
      const path = name as string
      const file = this.#files.get(path)
      if (!file) continue
      const kept = Number(until) < file.sizeBytes ? (this.#instance.footers.get(path) ?? 0) : 0
      const bytes = Number(sum) + kept
      if (bytes > 0) found.set(path, Math.min(bytes, file.mostBytes))
    }
    return found
  }

  async placesIn(paths: readonly string[]): Promise<readonly FileRead[]> {
    const result = await this.#instance.watch.runAndReadAll(PLACES, { paths: listValue([...paths]) })
    return result.getRows().map(([path, from, until]) => ({
      path: path as string,
      from: Number(from),
      until: Number(until),
    }))
  }

  /** What was read so far came to nothing; `otherwise` were read whole, by other means. */
  async restart(otherwise: readonly DataFile[]): Promise<void> {
    await this.#instance.watch.run('CALL truncate_duckdb_logs()')
    for (const { localPath, sizeBytes } of otherwise)
      this.#otherwise.set(localPath, (this.#otherwise.get(localPath) ?? 0) + sizeBytes)
  }
}

/** Makes an instance fit for its next plan: notes which footers it keeps of the files of this one, forgets the reads. */
export async function forgetReads(instance: Instance, relations: readonly Relation[]): Promise<void> {
  const { watch, footers } = instance
  const files = relations.flatMap((relation) => (relation.format.kind === 'parquet' ? filesRead(relation) : []))
  const sizes = new Map(files.map((file) => [file.localPath, file.sizeBytes]))
  if (files.some((file) => !footers.has(file.localPath))) {
    const result = await watch.runAndReadAll(READ_ENDS)
    for (const [name, bytes, until] of result.getRows()) {
      const path = name as string
      const sizeBytes = sizes.get(path)
      if (sizeBytes === undefined || Number(until) < sizeBytes - TAIL_BYTES) continue
      footers.set(path, (footers.get(path) ?? 0) + Number(bytes))
    }
  }
  await watch.run('CALL truncate_duckdb_logs()')
}
