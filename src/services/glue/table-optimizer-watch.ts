/** Looks at tables with optimizers, and starts the runs that they want. */
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { METADATA_LOCATION } from '../../core/queries/iceberg/iceberg-table.ts'
import { recurring } from '../../core/recurrence.ts'
import { isOver } from '../../core/runs/run.ts'
import { OPTIMIZERS, optimizerKey, optimizersOf, runsOf, type TableOptimizer } from './kept-optimizers.ts'
import type { OptimizerRuns } from './table-optimizer-run.ts'

const PORTION = 500
const EVERY_MS = 60_000
const HOUR_MS = 60 * 60 * 1000
const DEFAULT_RATE_HOURS = 24
/** "When compaction operations fail four consecutive times, [it] automatically suspends the optimizer": optimizer-notes. */
const MOST_FAILURES = 4

export interface OptimizerWatch {
  readonly lake: Lake
  readonly runs: OptimizerRuns
  readonly limits: EngineLimits
  readonly signal: AbortSignal
  readonly report: (error: unknown) => void
}

/** Every minute, until the signal aborts. */
export const watchTables = (watch: OptimizerWatch): Promise<void> =>
  recurring({ clock: watch.lake.clock, everyMs: EVERY_MS, signal: watch.signal }, () => lookAtAll(watch), watch.report)

async function lookAtAll(watch: OptimizerWatch): Promise<void> {
  const optimizers = optimizersOf(watch.lake)
  for (let after: string | undefined; ; ) {
    const page = optimizers.list({ after, limit: PORTION })
    for (const { key, doc } of page) {
      watch.signal.throwIfAborted()
      const { scope, database, table: name } = doc
      const table = watch.lake.catalog.tables.find(scope, database, name)
      if (table?.createdAt !== doc.createdAt) await optimizers.delete(key).catch(unlessGone)
      else if (isDue(doc, watch)) await lookAt(doc, watch).catch(unlessGone)
    }
    if (page.length < PORTION) return
    after = page.at(-1)!.key
  }
}

/** It may have been deleted meanwhile. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Fault && error.kind === 'not-found')) throw error
}

function isDue(optimizer: TableOptimizer, { lake, runs }: OptimizerWatch): boolean {
  const { configuration, lastRun, type } = optimizer
  if (configuration.enabled === false) return false
  const last = lastRun && runs.find(lastRun.id)
  if (last && !isOver(last.state)) return false
  if (type === 'compaction') return !isSuspended(optimizer, lake, runs)
  const { retentionConfiguration, orphanFileDeletionConfiguration } = configuration
  const own = retentionConfiguration?.icebergConfiguration ?? orphanFileDeletionConfiguration?.icebergConfiguration
  const hours = own?.runRateInHours ?? DEFAULT_RATE_HOURS
  return !lastRun || lake.clock.now().getTime() - Date.parse(lastRun.at) >= hours * HOUR_MS
}

/** Until it is updated. */
function isSuspended(optimizer: TableOptimizer, lake: Lake, runs: OptimizerRuns): boolean {
  const last = lake.state.list<string>(runsOf(optimizer), { limit: MOST_FAILURES, descending: true })
  const failed = last.filter(({ doc }) => {
    const run = runs.find(doc)
    return run?.state === 'FAILED' && run.submittedAt >= optimizer.since
  })
  return failed.length === MOST_FAILURES
}

async function lookAt(optimizer: TableOptimizer, { lake, runs, limits, signal }: OptimizerWatch): Promise<void> {
  const { scope, database, table: name, type } = optimizer
  const table = lake.catalog.tables.get(scope, database, name)
  const seen = table.descriptor.Parameters?.[METADATA_LOCATION]
  if (type === 'compaction' && seen === optimizer.seen) return
  const key = optimizerKey(optimizer)
  // With the code of runs, which a server without optimizers does without.
  const { hasWork, startOptimizerRun } = await import('./table-optimizer-run.ts')
  const wanted = await hasWork(lake, optimizer, table, limits, signal)
  if (!wanted) {
    await optimizersOf(lake).update(key, (old) => ({ ...old, seen }))
    return
  }
  // After a run the table is looked at once more, however it ended.
  const at = lake.clock.now().toISOString()
  await startOptimizerRun(lake, runs, optimizer, limits, (tx, id) => {
    const current = tx.get<TableOptimizer>(OPTIMIZERS, key)?.doc
    if (current) tx.put(OPTIMIZERS, key, { ...current, seen: undefined, lastRun: { id, at } })
  })
}
