/** Where rows go. A sink runs the printed query, whose columns are `o0`, `o1` ...; on failure it leaves nothing behind. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { EngineError, EngineOutcome } from '../../../core/queries/engine-plan.ts'
import type { OutputColumn } from '../../../sql/plan.ts'

export interface SinkInput {
  readonly connection: DuckDBConnection
  /** Printed and gated. */
  readonly query: string
  readonly output: readonly OutputColumn[]
  /** May be written. */
  readonly temporaryDirectory: string
  /** Functions of ours that the sink's own text calls. */
  readonly define: (text: string) => Promise<void>
  /** Ends what works besides the query. */
  readonly signal: AbortSignal
  /** Interrupts the query; it then fails with `because`. */
  readonly stop: (because: EngineError) => void
}

export type SinkOutcome = Pick<EngineOutcome, 'rows' | 'files' | 'values'>
