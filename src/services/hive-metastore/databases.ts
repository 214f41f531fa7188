import type { Database, DatabaseDescriptor } from '../../core/catalog/catalog.ts'
import { type Method, method, procedure } from '../../protocol/thrift/service.ts'
import { bool, list, string, struct } from '../../protocol/thrift/types.ts'
import { type HiveDatabase, hiveCatalog, hiveDatabase } from './catalog-structs.ts'
import {
  ALREADY_EXISTS,
  INVALID_OBJECT,
  INVALID_OPERATION,
  invalidOperation,
  META,
  NO_SUCH_OBJECT,
  noSuchObject,
  unsupported,
} from './faults.ts'
import { isStorable, makeFolder, removeFolder, some } from './folders.ts'
import {
  CATALOG_NAME,
  DEFAULT_DATABASE,
  databaseName,
  type Metastore,
  requireName,
  requireNewName,
} from './metastore.ts'
import { nameMatcher } from './name-pattern.ts'
import { everyTable, removeTableFiles, tableFiles } from './table-files.ts'

const PORTION = 1000

export function databases(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope, files } = metastore

  const get = (name: string | undefined): HiveDatabase =>
    hiveDatabaseOf(metastore, catalog.databases.get(scope, requireName(name, 'database')))

  const names = (pattern?: string): string[] =>
    databaseNames(metastore).filter(nameMatcher(pattern === undefined ? undefined : databaseName(pattern)))

  async function create(database: HiveDatabase): Promise<void> {
    const descriptor = descriptorOf(database)
    requireNewName(descriptor.Name, 'database')
    const LocationUri = descriptor.LocationUri || defaultLocation(metastore, descriptor.Name)
    await catalog.databases.create(scope, { ...descriptor, LocationUri })
    await makeFolder(metastore, LocationUri)
  }

  async function drop(name: string, deleteData: boolean, cascade: boolean): Promise<void> {
    const { descriptor } = catalog.databases.get(scope, name)
    // What is seen in a link is its target's, and stays.
    if (descriptor.TargetDatabase) return catalog.databases.delete(scope, name)
    const tables = await everyTable(metastore, name)
    if (!cascade && tables.length > 0)
      throw invalidOperation(`Database ${descriptor.Name} is not empty. One or more tables exist.`)
    if (!cascade && catalog.functions.list(scope, name, { limit: 1 }).length > 0)
      throw invalidOperation(`Database ${descriptor.Name} is not empty. One or more functions exist.`)
    const owned = deleteData ? tables.map((table) => tableFiles(metastore, table)) : []
    await catalog.databases.delete(scope, name)
    if (!deleteData) return
    for (const { table, partitionLocations } of owned) await removeTableFiles(metastore, table, partitionLocations)
    // What lies in the database's folder and belongs to no managed table is somebody's: Hive's own would take it along.
    const location = descriptor.LocationUri
    if (isStorable(metastore, location) && some(files.list(location), 1).length === 0)
      await removeFolder(metastore, location)
  }

  return {
    get_all_databases: method({}, list(string), [META], () => names()),
    get_databases: method({ pattern: [1, string] }, list(string), [META], ({ pattern }) => names(pattern)),
    get_database: method({ name: [1, string] }, hiveDatabase, [NO_SUCH_OBJECT, META], ({ name }) => get(name)),
    get_database_req: method(
      { request: [1, struct({ name: [1, string], catalogName: [2, string] })] },
      hiveDatabase,
      [NO_SUCH_OBJECT, META],
      ({ request }) => get(request?.name),
    ),
    create_database: procedure(
      { database: [1, hiveDatabase, 'required'] },
      [ALREADY_EXISTS, INVALID_OBJECT, META],
      ({ database }) => create(database),
    ),
    alter_database: procedure(
      { dbname: [1, string], db: [2, hiveDatabase, 'required'] },
      [META, NO_SUCH_OBJECT],
      async ({ dbname, db }) => {
        const name = requireName(dbname, 'database')
        await catalog.databases.change(scope, name, ({ descriptor }) => ({ ...descriptor, ...descriptorOf(db) }))
      },
    ),
    drop_database: procedure(
      { name: [1, string], deleteData: [2, bool], cascade: [3, bool] },
      [NO_SUCH_OBJECT, INVALID_OPERATION, META],
      async ({ name, deleteData = false, cascade = false }) => {
        const wanted = requireName(name, 'database')
        if (wanted.toLowerCase() === DEFAULT_DATABASE) throw unsupported('Can not drop default database')
        await drop(wanted, deleteData, cascade)
      },
    ),
    get_catalogs: method({}, struct({ names: [1, list(string)] }), [META], () => ({ names: [CATALOG_NAME] })),
    get_catalog: method(
      { catName: [1, struct({ name: [1, string] })] },
      struct({ catalog: [1, hiveCatalog] }),
      [NO_SUCH_OBJECT, META],
      ({ catName }) => {
        if (catName?.name?.toLowerCase() !== CATALOG_NAME) throw noSuchObject(`No catalog ${catName?.name}`)
        const description = 'Default catalog, for Hive'
        return { catalog: { name: CATALOG_NAME, description, locationUri: metastore.warehouse } }
      },
    ),
  }
}

/** In order. */
export function databaseNames({ catalog, scope }: Metastore): string[] {
  const names: string[] = []
  for (;;) {
    const page = catalog.databases.list(scope, { after: names.at(-1), limit: PORTION })
    for (const { descriptor } of page) names.push(descriptor.Name)
    if (page.length < PORTION) return names
  }
}

/** As Hive lays databases out in its warehouse. */
export function defaultLocation({ warehouse }: Metastore, name: string): string {
  const folded = name.toLowerCase()
  return folded === DEFAULT_DATABASE ? warehouse : `${warehouse}/${folded}.db`
}

/** A database of Athena's may have no location; clients of Hive cannot do with none. */
function hiveDatabaseOf(metastore: Metastore, { descriptor }: Database): HiveDatabase {
  return {
    name: descriptor.Name,
    description: descriptor.Description,
    locationUri: descriptor.LocationUri || defaultLocation(metastore, descriptor.Name),
    parameters: descriptor.Parameters ?? {},
    catalogName: CATALOG_NAME,
  }
}

function descriptorOf({ name, description, locationUri, parameters }: HiveDatabase): DatabaseDescriptor {
  return {
    Name: requireName(name, 'database'),
    Description: description || undefined,
    LocationUri: locationUri || undefined,
    Parameters: parameters ?? {},
  }
}
