import type { Table as GlueTable } from '@aws-sdk/client-glue'
import type { Scope, Table, TableDescriptor } from '../../core/catalog/catalog.ts'
import { inHashOrder } from '../../core/catalog/hash-order.ts'
import { Fault } from '../../core/faults.ts'
import type { Permissions } from '../../core/permissions/permissions.ts'
import { glueStorage } from './storage-shape.ts'

/** Dates arrive as dates and are kept as text. */
interface StoredTimes {
  readonly LastAccessTime?: string
  readonly LastAnalyzedTime?: string
}

export function glueTable(table: Table, scope: Scope, permissions: Permissions): GlueTable {
  const { LastAccessTime, LastAnalyzedTime, ...descriptor } = table.descriptor as TableDescriptor & StoredTimes
  const throughDatabase = descriptor.TargetTable ? undefined : table.abroad
  const home: Scope = { account: throughDatabase?.account ?? scope.account, region: scope.region }
  return {
    Retention: 0,
    ...(descriptor as Omit<GlueTable, 'LastAccessTime' | 'LastAnalyzedTime'> & { Name: string }),
    ...(LastAccessTime && { LastAccessTime: new Date(LastAccessTime) }),
    ...(LastAnalyzedTime && { LastAnalyzedTime: new Date(LastAnalyzedTime) }),
    ...(descriptor.StorageDescriptor && { StorageDescriptor: glueStorage(descriptor.StorageDescriptor) }),
    ...(descriptor.Parameters && {
      Parameters: Object.fromEntries(inHashOrder(Object.entries(descriptor.Parameters))),
    }),
    // By the link of a database it is told where it is; the link of a table is told as what it is.
    DatabaseName: throughDatabase?.database ?? table.database,
    CreateTime: new Date(table.createdAt),
    UpdateTime: new Date(table.updatedAt),
    CreatedBy: table.createdBy,
    IsRegisteredWithLakeFormation: permissions.registers(home, descriptor.StorageDescriptor?.Location),
    CatalogId: home.account,
    VersionId: String(table.version),
    IsMultiDialectView: false,
  }
}

/** Decimal text, counting from 0. */
export function parseVersionId(versionId: string): number {
  if (!/^\d{1,15}$/.test(versionId)) throw new Fault('invalid', 'table version', `Invalid version id: ${versionId}`)
  return Number(versionId)
}
