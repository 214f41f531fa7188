/**
 * The catalog as the principal of a scope sees it: what it may not see is absent from lists and not found, and a guess at a
 * name is denied whether there is such a thing or not. Where the house itself asks, and for the root, it is the catalog.
 */
import type { Principal } from '../call.ts'
import type { Catalog, Page, Scope, Table, TableAddress } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { hasWhole } from './column-parts.ts'
import { governedPartitions } from './governed-partitions.ts'
import { insufficient } from './insufficient.ts'
import { mayTakeLocation } from './locations.ts'
import { narrowed } from './narrowed-table.ts'
import type { Permission } from './permission.ts'
import type { Permissions } from './permissions.ts'
import type { TableName } from './resource.ts'

/** Throws where the principal may not; nothing for whoever may do everything. */
export interface Gate {
  /** Undefined for the house itself and for the root. */
  limited(scope: Scope): Principal | undefined
  database(scope: Scope, database: string, permission: Permission): void
  /** Any of the permissions will do; the first is named where none is there. */
  table(scope: Scope, name: TableAddress, ...permissions: readonly Permission[]): void
}

function gateOf(catalog: Catalog, permissions: Permissions): Gate {
  const limited = (scope: Scope): Principal | undefined =>
    permissions.isUnlimited(scope.principal, scope) ? undefined : scope.principal
  return {
    limited,
    database(scope, database, permission) {
      const principal = limited(scope)
      if (principal && !permissions.database(principal, scope, database).permissions.has(permission))
        throw insufficient(permission, database)
    },
    table(scope, name, ...wanted) {
      const principal = limited(scope)
      if (!principal) return
      const meant = writtenTable(catalog, scope, name)
      const { permissions: held } = permissions.table(principal, scope, meant)
      if (!wanted.some((permission) => held.has(permission))) throw insufficient(wanted[0]!, name.name)
    },
  }
}

/** A link's target, for it is what is written to. */
function writtenTable(catalog: Catalog, scope: Scope, { database, name }: TableAddress): TableName {
  const found = catalog.tables.find(scope, database, name)
  return found ? meantTable(scope, found).name : { database, table: name }
}

export function governedCatalog(catalog: Catalog, permissions: Permissions): Catalog {
  const gate = gateOf(catalog, permissions)
  return {
    ...catalog,
    databases: governedDatabases(catalog, permissions, gate),
    tables: governedTables(catalog, permissions, gate),
    partitions: governedPartitions(catalog, permissions, gate),
    partitionIndexes: {
      ...catalog.partitionIndexes,
      create(scope, database, table, index) {
        gate.table(scope, { database, name: table }, 'ALTER')
        return catalog.partitionIndexes.create(scope, database, table, index)
      },
      delete(scope, database, table, name) {
        gate.table(scope, { database, name: table }, 'ALTER')
        return catalog.partitionIndexes.delete(scope, database, table, name)
      },
      list(scope, database, table) {
        gate.table(scope, { database, name: table }, 'DESCRIBE')
        return catalog.partitionIndexes.list(scope, database, table)
      },
    },
    functions: governedFunctions(catalog, permissions, gate),
    statistics: governedStatistics(catalog, permissions, gate),
    tags: {
      ...catalog.tags,
      get(scope, arn) {
        gateOfArn(gate, scope, arn, 'DESCRIBE')
        return catalog.tags.get(scope, arn)
      },
      add(scope, arn, tags) {
        gateOfArn(gate, scope, arn, 'ALTER')
        return catalog.tags.add(scope, arn, tags)
      },
      remove(scope, arn, keys) {
        gateOfArn(gate, scope, arn, 'ALTER')
        return catalog.tags.remove(scope, arn, keys)
      },
    },
  }
}

function gateOfArn(gate: Gate, scope: Scope, arn: string, permission: Permission): void {
  const [, kind, database, name] = /:(database|table)\/([^/]+)(?:\/([^/]+))?$/.exec(arn) ?? []
  if (database === undefined) return
  if (kind === 'database') gate.database(scope, database, permission)
  else if (name !== undefined) gate.table(scope, { database, name }, permission)
}

function governedDatabases({ databases }: Catalog, permissions: Permissions, gate: Gate): Catalog['databases'] {
  const isSeen = (scope: Scope, name: string): boolean => {
    const principal = gate.limited(scope)
    return !principal || permissions.database(principal, scope, name).permissions.has('DESCRIBE')
  }
  return {
    find: (scope, name) => (isSeen(scope, name) ? databases.find(scope, name) : undefined),
    get(scope, name) {
      const principal = gate.limited(scope)
      if (principal && !isSeen(scope, name)) throw insufficient('DESCRIBE', name)
      const found = databases.find(scope, name)
      // Where some are closed, that there is none is not told either.
      if (!found && principal && permissions.hidesNames(principal, scope)) throw insufficient('DESCRIBE', name)
      return found ?? databases.get(scope, name)
    },
    list(scope, page) {
      const principal = gate.limited(scope)
      if (!principal) return databases.list(scope, page)
      const decide = permissions.databases(principal, scope)
      return databases.list(scope, { ...page, keep: (name) => decide(name).permissions.has('DESCRIBE') })
    },
    async create(scope, descriptor, tags) {
      const principal = gate.limited(scope)
      if (principal && !permissions.mayInCatalog(principal, scope, 'CREATE_DATABASE'))
        throw insufficient('CREATE_DATABASE', 'Catalog')
      mayTakeLocation(permissions, scope, descriptor.LocationUri)
      await databases.create(scope, descriptor, tags)
    },
    async update(scope, name, descriptor) {
      gate.database(scope, name, 'ALTER')
      mayTakeLocation(permissions, scope, descriptor.LocationUri)
      await databases.update(scope, name, descriptor)
    },
    async change(scope, name, changed) {
      gate.database(scope, name, 'ALTER')
      await databases.change(scope, name, (found) => {
        const descriptor = changed(found)
        mayTakeLocation(permissions, scope, descriptor.LocationUri)
        return descriptor
      })
    },
    async delete(scope, name, options) {
      gate.database(scope, name, 'DROP')
      await databases.delete(scope, name, options)
    },
  }
}

function governedTables({ tables }: Catalog, permissions: Permissions, gate: Gate): Catalog['tables'] {
  /** Of what is there, as the principal sees it. */
  const seen = (scope: Scope, table: Table | undefined): Table | undefined => {
    const principal = gate.limited(scope)
    if (!principal || !table) return table
    const decide = permissions.tables(principal, scope)
    const decision = decide(meantTable(scope, table).name)
    if (!decision.permissions.has('DESCRIBE')) return undefined
    if (table.descriptor.TargetTable) {
      const own = decide({ database: table.database, table: table.descriptor.Name })
      if (!own.permissions.has('DESCRIBE')) return undefined
    }
    return narrowed(table, decision)
  }
  const find = (scope: Scope, database: string, name: string): Table | undefined =>
    seen(scope, tables.find(scope, database, name))
  return {
    ...tables,
    find,
    get(scope, database, name) {
      const principal = gate.limited(scope)
      if (!principal) return tables.get(scope, database, name)
      const found = find(scope, database, name)
      if (found) return found
      if (permissions.hidesNames(principal, scope)) throw insufficient('DESCRIBE', name)
      return tables.get(scope, database, name)
    },
    list(scope, database, page) {
      const principal = gate.limited(scope)
      if (!principal) return tables.list(scope, database, page)
      gate.database(scope, database, 'DESCRIBE')
      return listSeen(
        page,
        (next) => {
          const decide = permissions.tables(principal, scope)
          const keep = (name: string, home: string) =>
            decide({ database: home, table: name }).permissions.has('DESCRIBE')
          return tables.list(scope, database, { ...next, keep })
        },
        (table) => seen(scope, table),
        ({ descriptor }) => descriptor.Name,
      )
    },
    async create(scope, database, descriptor, createdBy, first) {
      gate.database(scope, database, 'CREATE_TABLE')
      mayTakeLocation(permissions, scope, descriptor.StorageDescriptor?.Location)
      await tables.create(scope, database, descriptor, createdBy, first)
    },
    async update(scope, database, descriptor, options) {
      gate.table(scope, { database, name: options.name ?? descriptor.Name }, 'ALTER')
      mayTakeLocation(permissions, scope, descriptor.StorageDescriptor?.Location)
      await tables.update(scope, database, descriptor, options)
    },
    async delete(scope, database, name) {
      gateOfOwn(scope, database, name, 'DROP')
      await tables.delete(scope, database, name)
    },
    async move(scope, from, to) {
      gateOfOwn(scope, from.database, from.name, 'ALTER')
      gate.database(scope, to.database, 'CREATE_TABLE')
      await tables.move(scope, from, to)
    },
    async replace(scope, database, name, by) {
      gateOfOwn(scope, database, name, 'ALTER')
      gateOfOwn(scope, database, by.table, 'ALTER')
      await tables.replace(scope, database, name, by)
    },
    versions(scope, database, name, page) {
      gate.table(scope, { database, name }, 'DESCRIBE')
      return tables.versions(scope, database, name, page).flatMap((table) => seen(scope, table) ?? [])
    },
    version(scope, database, name, version) {
      gate.table(scope, { database, name }, 'DESCRIBE')
      const found = seen(scope, tables.version(scope, database, name, version))
      if (!found) throw insufficient('DESCRIBE', name)
      return found
    },
    async deleteVersion(scope, database, name, version) {
      gate.table(scope, { database, name }, 'ALTER')
      await tables.deleteVersion(scope, database, name, version)
    },
  }

  /** What is dropped or renamed is the link and not what it leads to. */
  function gateOfOwn(scope: Scope, database: string, name: string, permission: Permission): void {
    const principal = gate.limited(scope)
    if (principal && !permissions.table(principal, scope, { database, table: name }).permissions.has(permission))
      throw insufficient(permission, name)
  }
}

/** A short page is the last one, so those that are not seen are made up for. */
function listSeen<T>(
  page: Page,
  list: (page: Page) => T[],
  seen: (item: T) => T | undefined,
  nameOf: (item: T) => string,
): T[] {
  const found: T[] = []
  for (let after = page.after; ; ) {
    const limit = page.limit - found.length
    const listed = list({ limit, ...(after !== undefined && { after }) })
    found.push(...listed.flatMap((item) => seen(item) ?? []))
    if (listed.length < limit || found.length >= page.limit) return found
    after = nameOf(listed.at(-1)!)
  }
}

function governedFunctions({ functions }: Catalog, permissions: Permissions, gate: Gate): Catalog['functions'] {
  return {
    ...functions,
    async create(scope, database, descriptor) {
      gate.database(scope, database, 'ALTER')
      await functions.create(scope, database, descriptor)
    },
    get(scope, database, name) {
      gate.database(scope, database, 'DESCRIBE')
      return functions.get(scope, database, name)
    },
    list(scope, database, page) {
      const principal = gate.limited(scope)
      if (!principal) return functions.list(scope, database, page)
      if (database !== undefined) gate.database(scope, database, 'DESCRIBE')
      const decide = permissions.databases(principal, scope)
      return listSeen(
        page,
        (next) => functions.list(scope, database, next),
        (one) => (decide(one.function.database).permissions.has('DESCRIBE') ? one : undefined),
        ({ cursor }) => cursor,
      )
    },
    async update(scope, database, name, descriptor) {
      gate.database(scope, database, 'ALTER')
      await functions.update(scope, database, name, descriptor)
    },
    async delete(scope, database, name) {
      gate.database(scope, database, 'ALTER')
      await functions.delete(scope, database, name)
    },
  }
}

/** Statistics tell of all rows, so whoever sees not all of them is told none. */
function governedStatistics(catalog: Catalog, permissions: Permissions, gate: Gate): Catalog['statistics'] {
  const { statistics } = catalog
  return {
    ...statistics,
    get(scope, database, table, partition, columns) {
      const principal = gate.limited(scope)
      if (!principal) return statistics.get(scope, database, table, partition, columns)
      const meant = writtenTable(catalog, scope, { database, name: table })
      const { readings } = permissions.table(principal, scope, meant)
      const whole = readings.filter((reading) => reading.rows === undefined)
      if (whole.length === 0) throw insufficient('SELECT', table)
      const isShown = (name: string): boolean =>
        whole.some(({ columns: choice }) => !choice || hasWhole(choice, [name.toLowerCase()]))
      return statistics.get(scope, database, table, partition, columns.filter(isShown))
    },
    async put(scope, database, table, partition, values) {
      gate.table(scope, { database, name: table }, 'ALTER')
      await statistics.put(scope, database, table, partition, values)
    },
    async delete(scope, database, table, partition, column) {
      gate.table(scope, { database, name: table }, 'ALTER')
      await statistics.delete(scope, database, table, partition, column)
    },
  }
}
