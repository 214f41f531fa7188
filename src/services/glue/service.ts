import type { Lake } from '../../core/lake.ts'
import type { DatabaseLogins } from '../../core/ports.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { type RunLimits, Runs } from '../../core/runs/runs.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { glueAuthorization } from './authorization.ts'
import { withCallersKeys } from './callers-keys.ts'
import { catalogs, withKnownCatalogs } from './catalogs.ts'
import { columnStatistics } from './column-statistics.ts'
import { connections } from './connections.ts'
import { databases } from './databases.ts'
import { encryptionSettings } from './encryption-settings.ts'
import { glueError } from './faults.ts'
import { imports } from './imports.ts'
import { laidTables } from './laid-tables.ts'
import { partitionBatches } from './partition-batches.ts'
import { partitionIndexes } from './partition-indexes.ts'
import { partitions } from './partitions.ts'
import { registries } from './registries.ts'
import { resourcePolicies } from './resource-policies.ts'
import { schemaMetadata } from './schema-metadata.ts'
import { schemaVersions } from './schema-versions.ts'
import { schemas } from './schemas.ts'
import type { StatisticsRuns } from './statistics-run.ts'
import { statisticsRuns } from './statistics-runs.ts'
import { keepStatisticsSchedule, statisticsSettings } from './statistics-settings.ts'
import type { OptimizerRuns } from './table-optimizer-run.ts'
import { watchTables } from './table-optimizer-watch.ts'
import { tableOptimizers } from './table-optimizers.ts'
import { tableReplacement } from './table-replacement.ts'
import { tableSearch } from './table-search.ts'
import { tableVersions } from './table-versions.ts'
import { tables } from './tables.ts'
import { tags } from './tags.ts'
import { unfilteredMetadata } from './unfiltered-metadata.ts'
import { userDefinedFunctions } from './user-defined-functions.ts'

export interface GlueSettings extends EngineLimits {
  /** How many runs of one kind work at the same time, and how many more may wait. */
  readonly runs: RunLimits
  /** How TestConnection reaches databases. */
  readonly logins: DatabaseLogins
  /** Hears of bugs in what is done between requests. */
  readonly report: (error: unknown) => void
}

export function glue(lake: Lake, places: TablePlaces, settings: GlueSettings): ServiceDefinition {
  const { report, memoryBytes, timeoutMs } = settings
  const limits = { memoryBytes, timeoutMs }
  const runs: StatisticsRuns = new Runs('glue-statistics', lake.state, lake.clock, settings.runs)
  const optimizerRuns: OptimizerRuns = new Runs('glue-table-optimizers', lake.state, lake.clock, settings.runs)
  const closing = new AbortController()
  let schedules: readonly Promise<void>[] = []
  return defineService<typeof import('@aws-sdk/client-glue')>('glue', {
    handlers: withKnownCatalogs(
      lake,
      withCallersKeys(lake, (lake) => ({
        ...catalogs(lake),
        ...databases(lake),
        ...tables(lake, laidTables(lake, places)),
        ...tableSearch(lake),
        ...tableVersions(lake),
        ...partitions(lake),
        ...partitionBatches(lake),
        ...partitionIndexes(lake),
        ...userDefinedFunctions(lake),
        ...columnStatistics(lake),
        ...statisticsRuns(lake, runs, limits),
        ...statisticsSettings(lake),
        ...tableOptimizers(lake, optimizerRuns),
        ...connections(lake, settings.logins),
        ...resourcePolicies(lake),
        ...encryptionSettings(lake),
        ...registries(lake),
        ...schemas(lake),
        ...schemaVersions(lake),
        ...schemaMetadata(lake),
        ...tags(lake),
        ...unfilteredMetadata(lake),
        ...imports(),
      })),
    ),
    faults: glueError,
    authorization: glueAuthorization,
    own: { 'table-replacement': tableReplacement(lake) },
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
