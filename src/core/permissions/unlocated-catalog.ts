/**
 * The catalog for engines that read files by themselves and filter nothing. Of a table of which their principal sees a part
 * they are told all but where it lies, so that they can describe it and cannot read it: Lake Formation too gives such engines
 * access to whole tables only (lake-formation dg, full-table-credential-vending).
 */
import type { Catalog, Partition, Scope, StorageDescriptor, Table } from '../catalog/catalog.ts'
import { insufficient } from './insufficient.ts'
import type { Permissions } from './permissions.ts'
import { seesWhole } from './whole-table.ts'

export function unlocatedCatalog(catalog: Catalog, permissions: Permissions): Catalog {
  const isWhole = (scope: Scope, table: Table): boolean => {
    const { principal } = scope
    return !principal || seesWhole(catalog, permissions, principal, scope, table)
  }
  const shown = (scope: Scope, table: Table): Table => (isWhole(scope, table) ? table : unlocated(table))
  const partitionShown = (scope: Scope, database: string, name: string): ((partition: Partition) => Partition) => {
    const table = scope.principal && catalog.tables.find(scope, database, name)
    return !table || isWhole(scope, table) ? (partition) => partition : unlocatedPartition
  }
  const { tables, partitions } = catalog
  return {
    ...catalog,
    tables: {
      ...tables,
      find(scope, database, name) {
        const found = tables.find(scope, database, name)
        return found && shown(scope, found)
      },
      get: (scope, database, name) => shown(scope, tables.get(scope, database, name)),
      list: (scope, database, page) => tables.list(scope, database, page).map((table) => shown(scope, table)),
      versions: (scope, database, name, page) =>
        tables.versions(scope, database, name, page).map((table) => shown(scope, table)),
      version: (scope, database, name, version) => shown(scope, tables.version(scope, database, name, version)),
      async update(scope, database, descriptor, options) {
        const name = options.name ?? descriptor.Name
        const found = tables.find(scope, database, name)
        // Whoever has not been told all of it cannot say what it is to be.
        if (found && !isWhole(scope, found)) throw insufficient('SELECT', name)
        await tables.update(scope, database, descriptor, options)
      },
    },
    partitions: {
      ...partitions,
      find(scope, database, table, values) {
        const found = partitions.find(scope, database, table, values)
        return found && partitionShown(scope, database, table)(found)
      },
      get: (scope, database, table, values) =>
        partitionShown(scope, database, table)(partitions.get(scope, database, table, values)),
      list(scope, database, table, options) {
        const page = partitions.list(scope, database, table, options)
        return { ...page, partitions: page.partitions.map(partitionShown(scope, database, table)) }
      },
    },
  }
}

/** Tables that describe themselves, and Spark's, say in their properties too where they lie; others how much they hold. */
const TELLING = /location|path|^(num|total|rawData|record|object|averageRecord|COLUMN_STATS)/i

const silent = (properties: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(properties).filter(([key, value]) => !TELLING.test(key) && !/\bs3[an]?:/i.test(value)),
  )

function unlocated(table: Table): Table {
  const { StorageDescriptor: storage, Parameters, ...descriptor } = table.descriptor
  return {
    ...table,
    descriptor: {
      ...descriptor,
      ...(Parameters && { Parameters: silent(Parameters) }),
      ...(storage && { StorageDescriptor: unlocatedStorage(storage) }),
    },
  }
}

function unlocatedPartition(partition: Partition): Partition {
  const { StorageDescriptor: storage, Parameters, ...descriptor } = partition.descriptor
  return {
    ...partition,
    descriptor: {
      ...descriptor,
      ...(Parameters && { Parameters: silent(Parameters) }),
      ...(storage && { StorageDescriptor: unlocatedStorage(storage) }),
    },
  }
}

function unlocatedStorage({ Location: _, ...storage }: StorageDescriptor): StorageDescriptor {
  const { SerdeInfo, Parameters } = storage
  return {
    ...storage,
    ...(Parameters && { Parameters: silent(Parameters) }),
    ...(SerdeInfo?.Parameters && { SerdeInfo: { ...SerdeInfo, Parameters: silent(SerdeInfo.Parameters) } }),
  }
}
