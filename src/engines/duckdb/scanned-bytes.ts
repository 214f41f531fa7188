/** How much of the data files a plan has read: DuckDB's own file log, which is per instance and so per plan. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../core/queries/relation.ts'

export class ScannedBytes {
  readonly #watch: DuckDBConnection
  readonly #sizes: ReadonlyMap<string, number>
  #otherwiseBytes = 0

  constructor(watch: DuckDBConnection, relations: readonly Relation[]) {
    this.#watch = watch
    this.#sizes = new Map(
      relations.flatMap(({ files }) => files.map((file) => [file.localPath, file.sizeBytes] as const)),
    )
  }

  /**
   * Only data files count: not spilled pages, not what the plan writes; and none for more than it holds, though a
   * compressed file's first bytes are looked at twice.
   */
  async read(): Promise<number> {
    if (this.#sizes.size === 0) return 0
    const result = await this.#watch.runAndReadAll(
      "SELECT path, sum(bytes)::BIGINT FROM duckdb_logs_parsed('FileSystem') WHERE op = 'READ' GROUP BY path",
    )
    let total = this.#otherwiseBytes
    for (const [path, bytes] of result.getRows()) total += Math.min(Number(bytes), this.#sizes.get(path as string) ?? 0)
    return total
  }

  /** What was read so far came to nothing; `otherwise` were read whole, by other means. */
  async restart(otherwise: readonly DataFile[]): Promise<void> {
    await this.#watch.run('CALL truncate_duckdb_logs()')
    this.#otherwiseBytes += otherwise.reduce((sum, file) => sum + file.sizeBytes, 0)
  }
}
