import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { columnStatistics } from './column-statistics.ts'
import { databases } from './databases.ts'
import { glueError } from './faults.ts'
import { imports } from './imports.ts'
import { partitionBatches } from './partition-batches.ts'
import { partitionIndexes } from './partition-indexes.ts'
import { partitions } from './partitions.ts'
import { tableSearch } from './table-search.ts'
import { tableVersions } from './table-versions.ts'
import { tables } from './tables.ts'
import { tags } from './tags.ts'
import { userDefinedFunctions } from './user-defined-functions.ts'

/** `report` hears of bugs in what is done between requests. */
export function glue(lake: Lake, report: (error: unknown) => void): ServiceDefinition {
  return defineService<typeof import('@aws-sdk/client-glue')>('glue', {
    handlers: {
      ...databases(lake),
      ...tables(lake),
      ...tableSearch(lake),
      ...tableVersions(lake),
      ...partitions(lake),
      ...partitionBatches(lake),
      ...partitionIndexes(lake),
      ...userDefinedFunctions(lake),
      ...columnStatistics(lake),
      ...tags(lake),
      ...imports(),
    },
    faults: glueError,
    open: async () => lake.catalog.partitionIndexes.resume(report),
    close: () => lake.catalog.partitionIndexes.close(),
  })
}
