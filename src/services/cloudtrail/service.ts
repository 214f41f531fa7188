import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { daily } from '../../core/daily.ts'
import type { Lake } from '../../core/lake.ts'
import { Runs } from '../../core/runs/runs.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { cloudTrailAuthorization } from './authorization.ts'
import { translate } from './faults.ts'
import { forgetQueries, type StoreQueryRooms, type StoreQueryRuns } from './query-runs.ts'

/** "Returns a list of queries and query statuses for the past seven days" (docs: awscloudtrail APIReference, API_ListQueries). */
const KEPT_MS = 7 * 86_400_000
/** So many wait, of all accounts together. */
const MOST_QUEUED = 1000

export type StoreQueryLimits = StoreQueryRooms['limits'] & { readonly concurrentQueries: number }

export function cloudTrail(
  lake: Lake,
  { concurrentQueries: concurrent, ...limits }: StoreQueryLimits,
  report: (error: unknown) => void,
): ServiceDefinition {
  const runLimits = { concurrent, queued: MOST_QUEUED, keptMs: KEPT_MS }
  const runs: StoreQueryRuns = new Runs('cloudtrail-queries', lake.state, lake.clock, runLimits)
  const closing = new AbortController()
  return defineService<typeof Sdk>('cloudtrail', {
    faults: translate,
    authorization: cloudTrailAuthorization(lake, runs),
    handlers: async () => (await import('./handlers.ts')).cloudTrailHandlers({ lake, runs, limits, report }),
    async open() {
      await runs.reap()
      daily(lake.clock, closing.signal, () => forgetQueries(lake, runs), report).catch(report)
    },
    async close() {
      closing.abort()
      await runs.close()
    },
  })
}
