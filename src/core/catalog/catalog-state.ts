import type { Clock, StateStore } from '../ports.ts'
import type { Catalog } from './catalog.ts'
import type { CatalogEncryption } from './catalog-encryption.ts'
import { openCatalogTags } from './catalog-tags.ts'
import { openDatabases } from './databases.ts'
import { openFunctions } from './functions.ts'
import { PartitionIndexWork } from './partition-index-work.ts'
import { openPartitionIndexes } from './partition-indexes.ts'
import { openPartitions } from './partitions.ts'
import { openState, sealedState } from './sealed-state.ts'
import { openStatistics } from './statistics.ts'
import { openTables } from './tables.ts'

/** The catalog, kept in the state store: sealed as its settings say, where there is an encryption. `work`: that of all views of it. */
export function openCatalog(
  store: StateStore,
  clock: Clock,
  encryption?: CatalogEncryption,
  work = new PartitionIndexWork(store),
): Catalog {
  const state = encryption ? sealedState(store, encryption) : openState(store)
  return {
    databases: openDatabases(state, clock),
    tables: openTables(state, clock),
    partitions: openPartitions(state, clock),
    partitionIndexes: openPartitionIndexes(state, clock, work),
    functions: openFunctions(state, clock),
    statistics: openStatistics(state),
    tags: openCatalogTags(state),
  }
}
