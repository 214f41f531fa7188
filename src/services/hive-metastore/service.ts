/**
 * Hive's metastore over the catalog: stock Spark, Hive, Flink and Trino find their tables by it. A door like the others,
 * and to the same tables; but its protocol knows no keys, so it opens on loopback alone, and whoever comes is the principal
 * whom the operator has named for it.
 */

import type { Scope } from '../../core/catalog/catalog.ts'
import { withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import type { Lake } from '../../core/lake.ts'
import { unlocatedCatalog } from '../../core/permissions/unlocated-catalog.ts'
import type { ThriftService } from '../../protocol/thrift/service.ts'
import { columnStatistics } from './column-statistics.ts'
import { constraints } from './constraints.ts'
import { databases } from './databases.ts'
import { metastoreException } from './faults.ts'
import { functions } from './functions.ts'
import { glueCalls, glueErrorCode } from './glue-calls.ts'
import { locks } from './locks.ts'
import type { Metastore } from './metastore.ts'
import { partitionAdditions, partitionChanges } from './partition-changes.ts'
import { partitions } from './partitions.ts'
import { settings } from './settings.ts'
import { tableAlters } from './table-alters.ts'
import { tableChanges, tableReads } from './tables.ts'

export function hiveMetastore(
  lake: Pick<Lake, 'catalog' | 'permissions' | 'files' | 'clock'>,
  /** With the principal, unless that is the account's root. */
  scope: Scope,
  warehouse: string,
): ThriftService {
  const { files, clock } = lake
  const catalog = unlocatedCatalog(lake.catalog, lake.permissions)
  const principal = scope.principal?.arn ?? `arn:aws:iam::${scope.account}:root`
  const metastore: Metastore = { catalog, files, clock, scope, principal, warehouse: withoutEndSlashes(warehouse) }
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
  return {
    name: 'hive-metastore',
    methods,
    exception: metastoreException,
    standsFor: glueCalls,
    errorCode: glueErrorCode,
  }
}
