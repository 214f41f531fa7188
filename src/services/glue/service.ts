import type { Lake } from '../../core/lake.ts'
import type { DatabaseLogins } from '../../core/ports.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { type RunLimits, Runs } from '../../core/runs/runs.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { glueAuthorization } from './authorization.ts'
import { glueError } from './faults.ts'
import type { StatisticsRuns } from './statistics-run.ts'
import { keepStatisticsSchedule } from './statistics-settings.ts'
import type { OptimizerRuns } from './table-optimizer-run.ts'
import { watchTables } from './table-optimizer-watch.ts'

export interface GlueSettings extends EngineLimits {
  /** How many runs of one kind work at the same time, and how many more may wait. */
  readonly runs: RunLimits
  /** How TestConnection reaches databases. */
  readonly logins: DatabaseLogins
  /** Hears of bugs in what is done between requests. */
  readonly report: (error: unknown) => void
}

export function glue(lake: Lake, places: TablePlaces, settings: GlueSettings): ServiceDefinition {
  const { report, memoryBytes, timeoutMs, logins } = settings
  const limits = { memoryBytes, timeoutMs }
  const runs: StatisticsRuns = new Runs('glue-statistics', lake.state, lake.clock, settings.runs)
  const optimizerRuns: OptimizerRuns = new Runs('glue-table-optimizers', lake.state, lake.clock, settings.runs)
  const closing = new AbortController()
  let schedules: readonly Promise<void>[] = []
  return defineService<typeof import('@aws-sdk/client-glue')>('glue', {
    handlers: async () =>
      (await import('./handlers.ts')).glueHandlers(lake, { places, runs, optimizerRuns, limits, logins }),
    faults: glueError,
    authorization: glueAuthorization,
    own: {
      'table-replacement': async (input, call) =>
        (await import('./table-replacement.ts')).tableReplacement(lake)(input, call),
    },
    async open() {
      lake.catalog.partitionIndexes.resume(report)
      await Promise.all([runs.reap(), optimizerRuns.reap()])
      const { signal } = closing
      schedules = [
        keepStatisticsSchedule(lake, runs, limits, signal, report),
        watchTables({ lake, runs: optimizerRuns, limits, signal, report }),
      ]
    },
    async close() {
      closing.abort()
      await Promise.all([lake.catalog.partitionIndexes.close(), runs.close(), optimizerRuns.close(), ...schedules])
    },
  })
}
