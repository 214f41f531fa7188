/** How much of the data files a plan has read: DuckDB's own file log, which is per instance and so per plan. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Relation } from '../../core/queries/relation.ts'

export class ScannedBytes {
  readonly #watch: DuckDBConnection
  readonly #files: ReadonlySet<string>
  readonly #totalBytes: number

  constructor(watch: DuckDBConnection, relations: readonly Relation[]) {
    this.#watch = watch
    const files = relations.flatMap((relation) => relation.files)
    this.#files = new Set(files.map((file) => file.localPath))
    this.#totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  }

  /** Only data files count: not spilled pages, not what the plan writes. */
  async read(): Promise<number> {
    if (this.#files.size === 0) return 0
    const result = await this.#watch.runAndReadAll(
      "SELECT path, sum(bytes)::BIGINT FROM duckdb_logs_parsed('FileSystem') WHERE op = 'READ' GROUP BY path",
    )
    let total = 0
    for (const [path, bytes] of result.getRows()) if (this.#files.has(path as string)) total += Number(bytes)
    return total
  }

  /** Of the bytes of all files: an upper bound of the work left, since columns and row groups are skipped. */
  get totalBytes(): number {
    return this.#totalBytes
  }
}
