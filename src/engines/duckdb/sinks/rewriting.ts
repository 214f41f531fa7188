import type { DuckDBConnection } from '@duckdb/node-api'
import type { ColumnField } from '../../../formats/vectors.ts'

/** A file that DuckDB has written is written again, as DuckDB does not write: the new one lies in the same folder. */
export type Rewriting = (file: {
  readonly path: string
  /** What a row holds. */
  readonly fields: readonly ColumnField[]
  readonly connection: DuckDBConnection
  readonly signal: AbortSignal
}) => Promise<string>
