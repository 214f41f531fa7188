/**
 * Hive's metastore over the catalog: stock Spark, Hive, Flink and Trino find their tables by it. A door like the others,
 * and to the same tables; but its protocol knows no keys, so it opens on loopback alone.
 */
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { ThriftService } from '../../protocol/thrift/service.ts'
import { columnStatistics } from './column-statistics.ts'
import { constraints } from './constraints.ts'
import { databases } from './databases.ts'
import { metastoreException } from './faults.ts'
import { functions } from './functions.ts'
import { locks } from './locks.ts'
import type { Metastore } from './metastore.ts'
import { partitionAdditions, partitionChanges } from './partition-changes.ts'
import { partitions } from './partitions.ts'
import { settings } from './settings.ts'
import { tableAlters } from './table-alters.ts'
import { tableChanges, tableReads } from './tables.ts'

export function hiveMetastore(
  lake: Pick<Lake, 'catalog' | 'files' | 'clock'>,
  scope: Scope,
  warehouse: string,
): ThriftService {
  const { catalog, files, clock } = lake
  const principal = `arn:aws:iam::${scope.account}:root`
  const metastore: Metastore = { catalog, files, clock, scope, principal, warehouse: warehouse.replace(/\/+$/, '') }
  const changes = tableChanges(metastore)
  const methods = {
    ...databases(metastore),
    ...tableReads(metastore),
    ...changes,
    ...tableAlters(metastore),
    ...partitions(metastore),
    ...partitionAdditions(metastore),
    ...partitionChanges(metastore),
    ...columnStatistics(metastore),
    ...functions(metastore),
    ...locks(metastore),
    ...constraints(changes.create_table!),
    ...settings(metastore),
  }
  return { name: 'hive-metastore', methods, exception: metastoreException }
}
