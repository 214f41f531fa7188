import type * as Sdk from '@aws-sdk/client-athena'
import { daily } from '../../core/daily.ts'
import type { Lake } from '../../core/lake.ts'
import { Runs } from '../../core/runs/runs.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { athenaAuthorization } from './authorization.ts'
import { capacityReservationHandlers, hasCapacityReservation } from './capacity-reservations.ts'
import { catalogMetadataHandlers } from './catalog-metadata.ts'
import { dataCatalogHandlers, hasDataCatalog } from './data-catalogs.ts'
import { translate } from './faults.ts'
import { sweepManaged } from './managed-results.ts'
import { namedQueryHandlers } from './named-queries.ts'
import { preparedStatementHandlers } from './prepared-statements.ts'
import { type QueryRuns, queryExecutionHandlers } from './query-executions.ts'
import { forget, HISTORY_MS } from './query-history.ts'
import { queryResultHandlers } from './query-results.ts'
import type { QuerySettings } from './query-run.ts'
import { sparkHandlers } from './spark.ts'
import { spendingOperation } from './spending.ts'
import { systemTableHandlers } from './system-tables.ts'
import { tagHandlers } from './tags.ts'
import { hasWorkGroup, workGroupHandlers } from './work-groups.ts'

export interface AthenaSettings extends QuerySettings {
  readonly concurrentQueries: number
  readonly queuedQueries: number
}

const TAGGED = {
  workgroup: hasWorkGroup,
  datacatalog: hasDataCatalog,
  'capacity-reservation': hasCapacityReservation,
}

export function athena(lake: Lake, settings: AthenaSettings): ServiceDefinition {
  const runs: QueryRuns = new Runs('athena', lake.state, lake.clock, {
    concurrent: settings.concurrentQueries,
    queued: settings.queuedQueries,
    keptMs: HISTORY_MS,
  })
  const limits = { memoryBytes: settings.memoryBytes, timeoutMs: settings.timeoutMs }
  const closing = new AbortController()
  const tidy = async (): Promise<void> => {
    await sweepManaged(lake, runs)
    await runs.forget(forget)
  }
  let tidying: Promise<void> | undefined
  return defineService<typeof Sdk>('athena', {
    handlers: {
      ...queryExecutionHandlers(lake, runs, settings),
      ...queryResultHandlers(lake, runs),
      ...workGroupHandlers(lake),
      ...namedQueryHandlers(lake),
      ...preparedStatementHandlers(lake),
      ...dataCatalogHandlers(lake),
      ...catalogMetadataHandlers(lake),
      ...capacityReservationHandlers(lake),
      ...sparkHandlers(lake),
      ...systemTableHandlers,
      ...tagHandlers(lake, (call, kind, name) => TAGGED[kind](lake, call, name)),
    },
    faults: translate,
    authorization: athenaAuthorization(lake, runs),
    own: {
      explain: async (input, call) => (await import('./explanations.ts')).explainQuery(lake, limits, { input, call }),
      spending: spendingOperation(lake, runs),
      advice: async (input, call) => (await import('./advice.ts')).adviseTables(lake, runs, limits, { input, call }),
    },
    async open() {
      await runs.reap()
      tidying = daily(lake.clock, closing.signal, tidy, settings.report)
    },
    async close() {
      closing.abort()
      await Promise.all([runs.close(), tidying])
    },
  })
}
