import type * as Sdk from '@aws-sdk/client-glue'
import type { Lake } from '../../core/lake.ts'
import type { DatabaseLogins } from '../../core/ports.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import type { Handlers } from '../../protocol/service.ts'
import { withCallersKeys } from './callers-keys.ts'
import { catalogs, withKnownCatalogs } from './catalogs.ts'
import { columnStatistics } from './column-statistics.ts'
import { connections } from './connections.ts'
import { databases } from './databases.ts'
import { encryptionSettings } from './encryption-settings.ts'
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
import { statisticsSettings } from './statistics-settings.ts'
import type { OptimizerRuns } from './table-optimizer-run.ts'
import { tableOptimizers } from './table-optimizers.ts'
import { tableSearch } from './table-search.ts'
import { tableVersions } from './table-versions.ts'
import { tables } from './tables.ts'
import { tags } from './tags.ts'
import { unfilteredMetadata } from './unfiltered-metadata.ts'
import { userDefinedFunctions } from './user-defined-functions.ts'

export interface GlueRooms {
  readonly places: TablePlaces
  readonly runs: StatisticsRuns
  readonly optimizerRuns: OptimizerRuns
  readonly limits: EngineLimits
  readonly logins: DatabaseLogins
}

export const glueHandlers = (
  lake: Lake,
  { places, runs, optimizerRuns, limits, logins }: GlueRooms,
): Handlers<typeof Sdk> =>
  withKnownCatalogs(
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
      ...connections(lake, logins),
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
  )
