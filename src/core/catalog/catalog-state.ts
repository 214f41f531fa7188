import type { Clock, StateStore } from '../ports.ts'
import type { Catalog } from './catalog.ts'
import { openCatalogTags } from './catalog-tags.ts'
import { openDatabases } from './databases.ts'
import { openFunctions } from './functions.ts'
import { PartitionIndexWork } from './partition-index-work.ts'
import { openPartitionIndexes } from './partition-indexes.ts'
import { openPartitions } from './partitions.ts'
import { openStatistics } from './statistics.ts'
import { openTables } from './tables.ts'

/** The catalog, kept in the state store. */
export function openCatalog(state: StateStore, clock: Clock): Catalog {
  return {
    databases: openDatabases(state, clock),
    tables: openTables(state, clock),
    partitions: openPartitions(state, clock),
    partitionIndexes: openPartitionIndexes(state, clock, new PartitionIndexWork(state)),
    functions: openFunctions(state, clock),
    statistics: openStatistics(state),
    tags: openCatalogTags(state),
  }
}
