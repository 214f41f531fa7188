import type { Metrics } from './metrics.ts'
import type { SqlEngine } from './ports.ts'
import { EngineError } from './queries/engine-plan.ts'

/** The same engine, counted: queries by outcome, bytes that they read. */
export function measuredEngine(engine: SqlEngine, metrics: Metrics): SqlEngine {
  const queries = metrics.counter('lentic_queries_total', 'Plans that the engine ran.', ['outcome'])
  const scanned = metrics.counter('lentic_scanned_bytes_total', 'Bytes read from data files.', [])
  return {
    async run(plan, signal) {
      try {
        const outcome = await engine.run(plan, signal)
        queries.add(['succeeded'])
        scanned.add([], outcome.scannedBytes)
        return outcome
      } catch (error) {
        queries.add([error instanceof EngineError ? 'failed' : signal.aborted ? 'cancelled' : 'broken'])
        throw error
      }
    },
    close: () => engine.close(),
  }
}
