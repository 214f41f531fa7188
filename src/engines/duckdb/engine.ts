/** The embedded engine: DuckDB in child processes. The process that calls this never loads DuckDB. */
import { rmSync } from 'node:fs'
import type { SqlEngine } from '../../core/ports.ts'
import { Pool, type PoolOptions } from './pool.ts'

export interface DuckdbEngine extends SqlEngine {
  /** Resolves when a worker stands ready, so that the first query does not wait for a process to start. */
  warm(): Promise<void>
  /** Process ids of the workers. */
  readonly pids: readonly number[]
}

/**
 * `temporaryDirectory` becomes the engine's own: what lies in it is removed by `close`, and what a crash left in it
 * when the engine is opened.
 */
export function openDuckdbEngine(options: PoolOptions): DuckdbEngine {
  rmSync(options.temporaryDirectory, { recursive: true, force: true })
  const pool = new Pool(options)
  return {
    run: (plan, signal) => pool.run(plan, signal),
    warm: () => pool.warm(),
    close: () => pool.close(),
    get pids() {
      return pool.pids
    },
  }
}
