/**
 * The catalog as a caller's policies let it be used: each operation asks for Glue's action on the catalog, the database and
 * the table, as calls of Glue's own API do. Which statement needs which:
 * https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
 */
import type { Catalog, Partition, Scope, Table } from '../catalog/catalog.ts'
import { isLocal, leadsAbroad, meantTable } from '../catalog/links.ts'
import { databaseArns, functionArns, tableArns } from '../catalog/resource-arns.ts'
import type { Forwarding } from './forwarding.ts'
import type { Openings } from './openings.ts'

type Ask = (action: string, resources: readonly string[]) => void

/** `openings`: hears of every table that the work meets. */
export function forwardedCatalog(
  catalog: Catalog,
  forwarding: Forwarding,
  openings: Pick<Openings, 'met' | 'metPlace'>,
): Catalog {
  const ask: Ask = (action, resources) => {
    for (const resource of resources) forwarding.require({ action: `glue:${action}`, resource })
  }
  return {
    ...catalog,
    databases: databasesOf(catalog, ask),
    tables: tablesOf(catalog, ask, openings.met),
    partitions: partitionsOf(catalog, ask, openings.metPlace),
    functions: {
      ...catalog.functions,
      list(scope, database, page) {
        ask('GetUserDefinedFunctions', functionArns(scope, undefined, database ?? '*', '*'))
        return catalog.functions.list(scope, database, page)
      },
    },
    statistics: {
      ...catalog.statistics,
      // A plan is made without them too, where they may not be had.
      get(scope, database, table, partition, columns) {
        const action = `glue:GetColumnStatisticsFor${partition ? 'Partition' : 'Table'}`
        const may = tableArns(scope, undefined, database, table).every((resource) =>
          forwarding.allows({ action, resource }),
        )
        return may ? catalog.statistics.get(scope, database, table, partition, columns) : []
      },
    },
  }
}

function databasesOf({ databases }: Catalog, ask: Ask): Catalog['databases'] {
  const named = (action: string, scope: Scope, name: string): void => ask(action, databaseArns(scope, undefined, name))
  return {
    async create(scope, descriptor, tags) {
      named('CreateDatabase', scope, descriptor.Name)
      await databases.create(scope, descriptor, tags)
    },
    get(scope, name) {
      named('GetDatabase', scope, name)
      return databases.get(scope, name)
    },
    find(scope, name) {
      named('GetDatabase', scope, name)
      return databases.find(scope, name)
    },
    list(scope, page) {
      named('GetDatabases', scope, '*')
      return databases.list(scope, page)
    },
    async update(scope, name, descriptor) {
      named('UpdateDatabase', scope, name)
      await databases.update(scope, name, descriptor)
    },
    async change(scope, name, changed) {
      named('UpdateDatabase', scope, name)
      await databases.change(scope, name, changed)
    },
    async delete(scope, name, options) {
      const inside = tableArns(scope, undefined, name, '*')
      ask('DeleteDatabase', [...inside, ...functionArns(scope, undefined, name, '*').slice(-1)])
      ask('GetTables', inside)
      if (!options?.onlyEmpty) ask('DeleteTable', inside)
      await databases.delete(scope, name, options)
    },
  }
}

function tablesOf(
  { tables, databases }: Catalog,
  ask: Ask,
  found: (scope: Scope, table: Table) => void,
): Catalog['tables'] {
  const named = (action: string, scope: Scope, database: string, name: string): void =>
    ask(action, tableArns(scope, undefined, database, name))
  /** `t$partitions` is asked of the table t, unless there is a table of that very name. */
  const meant = (scope: Scope, database: string, name: string): string => {
    const [base = name, about] = name.split('$')
    return about === undefined || base === '' || tables.find(scope, database, name) ? name : base
  }
  /** What a link leads to is asked for as the link is. */
  const met = (scope: Scope, table: Table | undefined): Table | undefined => {
    if (!table) return undefined
    const { TargetTable } = table.descriptor
    if (table.abroad || (TargetTable && isLocal(scope, TargetTable))) {
      const target = meantTable(scope, table)
      named('GetTable', target.scope, target.name.database, target.name.table)
    }
    found(scope, table)
    return table
  }
  /** Behind a link to another catalog what is not there is asked for as what is. */
  const guessed = (scope: Scope, database: string, name: string): void => {
    const target = databases.find(scope, database)?.descriptor.TargetDatabase
    if (target && leadsAbroad(scope, target))
      named('GetTable', { ...scope, account: target.CatalogId! }, target.DatabaseName ?? '', name)
  }
  return {
    ...tables,
    async create(scope, database, descriptor, createdBy, first) {
      named('CreateTable', scope, database, descriptor.Name)
      if (first?.partitions?.length) named('BatchCreatePartition', scope, database, descriptor.Name)
      await tables.create(scope, database, descriptor, createdBy, first)
    },
    get(scope, database, name) {
      named('GetTable', scope, database, name)
      return met(scope, tables.get(scope, database, name))!
    },
    find(scope, database, name) {
      named('GetTable', scope, database, meant(scope, database, name))
      const table = tables.find(scope, database, name)
      if (!table) guessed(scope, database, name)
      return met(scope, table)
    },
    list(scope, database, page) {
      named('GetTables', scope, database, '*')
      return tables.list(scope, database, page)
    },
    async update(scope, database, descriptor, options) {
      named('UpdateTable', scope, database, options.name ?? descriptor.Name)
      await tables.update(scope, database, descriptor, options)
    },
    async delete(scope, database, name) {
      named('DeleteTable', scope, database, name)
      if (tables.find(scope, database, name)?.descriptor.PartitionKeys?.length) {
        named('GetPartitions', scope, database, name)
        named('DeletePartition', scope, database, name)
      }
      await tables.delete(scope, database, name)
    },
    /** Glue has no such action: Iceberg's own client makes the one and deletes the other. */
    async move(scope, from, to) {
      named('CreateTable', scope, to.database, to.name)
      named('DeleteTable', scope, from.database, from.name)
      await tables.move(scope, from, to)
    },
    async replace(scope, database, name, by) {
      for (const one of [name, by.table]) named('UpdateTable', scope, database, one)
      await tables.replace(scope, database, name, by)
    },
    versions(scope, database, name, page) {
      named('GetTableVersions', scope, database, name)
      return tables.versions(scope, database, name, page)
    },
    version(scope, database, name, version) {
      named('GetTableVersion', scope, database, name)
      return tables.version(scope, database, name, version)
    },
    async deleteVersion(scope, database, name, version) {
      named('DeleteTableVersion', scope, database, name)
      await tables.deleteVersion(scope, database, name, version)
    },
  }
}

function partitionsOf({ partitions }: Catalog, ask: Ask, metPlace: Openings['metPlace']): Catalog['partitions'] {
  const named = (action: string, scope: Scope, database: string, table: string): void =>
    ask(action, tableArns(scope, undefined, database, table))
  const met = <T extends Pick<Partition, 'descriptor'> | undefined>(
    partition: T,
    scope: Scope,
    database: string,
    name: string,
  ): T => {
    metPlace({ scope, database, name }, partition?.descriptor.StorageDescriptor?.Location)
    return partition
  }
  return {
    async create(scope, database, table, added, ifAbsent, ...rest) {
      if (added.length === 0) return []
      named('BatchCreatePartition', scope, database, table)
      // Which are there already is told.
      if (ifAbsent) named('GetPartition', scope, database, table)
      return partitions.create(scope, database, table, added, ifAbsent, ...rest)
    },
    async createEach(scope, database, table, ...rest) {
      named('BatchCreatePartition', scope, database, table)
      return partitions.createEach(scope, database, table, ...rest)
    },
    get(scope, database, table, values) {
      named('GetPartition', scope, database, table)
      return met(partitions.get(scope, database, table, values), scope, database, table)
    },
    find(scope, database, table, values) {
      named('GetPartition', scope, database, table)
      return met(partitions.find(scope, database, table, values), scope, database, table)
    },
    list(scope, database, table, options) {
      named('GetPartitions', scope, database, table)
      const page = partitions.list(scope, database, table, options)
      for (const partition of page.partitions) met(partition, scope, database, table)
      return page
    },
    values(scope, database, table) {
      named('GetPartitions', scope, database, table)
      return partitions.values(scope, database, table)
    },
    async update(scope, database, table, ...rest) {
      named('UpdatePartition', scope, database, table)
      await partitions.update(scope, database, table, ...rest)
    },
    async updateEach(scope, database, table, updates) {
      named('BatchUpdatePartition', scope, database, table)
      return partitions.updateEach(scope, database, table, updates)
    },
    async delete(scope, database, table, values) {
      named('DeletePartition', scope, database, table)
      return partitions.delete(scope, database, table, values)
    },
  }
}
