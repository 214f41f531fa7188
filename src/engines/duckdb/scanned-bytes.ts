/** How much of the data files a plan has read: DuckDB's own file log, which is per instance and so per plan. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../core/queries/relation.ts'

/** What `duckdb_logs_parsed` would say, which looks up the context of every line and takes twice as long. */
const READ_BYTES = `SELECT line.path, sum(line.bytes)::BIGINT FROM (
    SELECT parse_duckdb_log_message('FileSystem', message) AS line FROM duckdb_logs() WHERE type = 'FileSystem'
  ) WHERE line.op = 'READ' GROUP BY line.path`

export class ScannedBytes {
  readonly #watch: DuckDBConnection
  /** The most that can be read of each file. */
  readonly #sizes = new Map<string, number>()
  #otherwiseBytes = 0

  /** `scanned`: the relation of each scan; one that is scanned twice may be read twice. */
  constructor(watch: DuckDBConnection, scanned: readonly Relation[]) {
    this.#watch = watch
    for (const { files } of scanned)
      for (const { localPath, sizeBytes } of files)
        this.#sizes.set(localPath, (this.#sizes.get(localPath) ?? 0) + sizeBytes)
  }

  async read(): Promise<number> {
    let total = this.#otherwiseBytes
    for (const bytes of (await this.perFile()).values()) total += bytes
    return total
  }

  /**
   * By local path; files that were not touched are not in it. Only data files count: not spilled pages, not what the
   * plan writes; and none for more than it holds, though a compressed file's first bytes are looked at twice.
   */
  async perFile(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    if (this.#sizes.size === 0) return found
    const result = await this.#watch.runAndReadAll(READ_BYTES)
    for (const [path, bytes] of result.getRows()) {
      const most = this.#sizes.get(path as string)
      if (most !== undefined) found.set(path as string, Math.min(Number(bytes), most))
    }
    return found
  }

  /** What was read so far came to nothing; `otherwise` were read whole, by other means. */
  async restart(otherwise: readonly DataFile[]): Promise<void> {
    await this.#watch.run('CALL truncate_duckdb_logs()')
    this.#otherwiseBytes += otherwise.reduce((sum, file) => sum + file.sizeBytes, 0)
  }
}
