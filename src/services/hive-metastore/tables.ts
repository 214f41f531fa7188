import type { Table } from '../../core/catalog/catalog.ts'
import { asFolder } from '../../core/catalog/folder-names.ts'
import { type Method, method, procedure } from '../../protocol/thrift/service.ts'
import { bool, i16, list, string, struct } from '../../protocol/thrift/types.ts'
import { environmentContext, fieldSchema, type HiveTable, hiveTable, tableMeta } from './catalog-structs.ts'
import { databaseNames, defaultLocation } from './databases.ts'
import {
  ALREADY_EXISTS,
  INVALID_OBJECT,
  INVALID_OPERATION,
  META,
  NO_SUCH_OBJECT,
  UNKNOWN_DB,
  UNKNOWN_TABLE,
} from './faults.ts'
import { makeFolder } from './folders.ts'
import {
  CATALOG_NAME,
  databaseName,
  type Metastore,
  nowSeconds,
  requireName,
  requireNewName,
  requireTable,
} from './metastore.ts'
import { nameMatcher } from './name-pattern.ts'
import { everyTable, removeTableFiles, tableFiles } from './table-files.ts'
import { tableFilter } from './table-filter.ts'
import { fieldSchemaOf, hiveTableOf, tableDescriptorOf } from './table-shape.ts'

const ADDRESS = { db_name: [1, string], table_name: [2, string] } as const
const READ = [META, NO_SUCH_OBJECT]
const SCHEMA = [META, UNKNOWN_TABLE, UNKNOWN_DB]
const tableRequest = struct({ dbName: [1, string, 'required'], tblName: [2, string, 'required'] })
const tablesRequest = struct({ dbName: [1, string, 'required'], tblNames: [2, list(string)] })

export function tableReads(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope } = metastore

  const all = (database: string | undefined): Promise<Table[]> =>
    everyTable(metastore, requireName(database, 'database'))

  /** Of a database that is not there, no tables: Hive's store finds none either. */
  const matching = async (
    database: string | undefined,
    pattern: string | undefined,
    type?: string,
  ): Promise<string[]> => {
    if (!catalog.databases.find(scope, requireName(database, 'database'))) return []
    const matches = nameMatcher(pattern)
    return (await all(database))
      .filter((table) => matches(table.descriptor.Name) && (type === undefined || typeOf(table) === type))
      .map((table) => table.descriptor.Name)
  }

  const named = (database: string | undefined, names: readonly string[] = []): HiveTable[] => {
    const home = requireName(database, 'database')
    return names.flatMap((name) => {
      const found = catalog.tables.find(scope, home, name)
      return found ? [hiveTableOf(found)] : []
    })
  }

  async function metas(
    databasePattern: string | undefined,
    tablePattern: string | undefined,
    types: readonly string[] = [],
  ) {
    const [homes, names] = [nameMatcher(databaseName(databasePattern)), nameMatcher(tablePattern)]
    const tables: Table[] = []
    for (const database of databaseNames(metastore).filter(homes)) tables.push(...(await all(database)))
    return tables
      .filter((table) => names(table.descriptor.Name) && (types.length === 0 || types.includes(typeOf(table))))
      .map((table) => ({
        dbName: table.database,
        tableName: table.descriptor.Name,
        tableType: typeOf(table),
        comments: table.descriptor.Parameters?.comment ?? table.descriptor.Description,
        catName: CATALOG_NAME,
      }))
  }

  const fields = (database: string | undefined, name: string | undefined, withKeys: boolean) => {
    const { StorageDescriptor, PartitionKeys = [] } = requireTable(metastore, database, name).descriptor
    return [...(StorageDescriptor?.Columns ?? []), ...(withKeys ? PartitionKeys : [])].map(fieldSchemaOf)
  }
  const fieldsMethod = (withKeys: boolean): Method =>
    method({ ...ADDRESS, environment_context: [3, environmentContext] }, list(fieldSchema), SCHEMA, (args) =>
      fields(args.db_name, args.table_name, withKeys),
    )

  return {
    get_all_tables: method({ db_name: [1, string] }, list(string), [META], ({ db_name }) => matching(db_name, '*')),
    get_tables: method({ db_name: [1, string], pattern: [2, string] }, list(string), [META], (args) =>
      matching(args.db_name, args.pattern),
    ),
    get_tables_by_type: method(
      { db_name: [1, string], pattern: [2, string], tableType: [3, string] },
      list(string),
      [META],
      (args) => matching(args.db_name, args.pattern, args.tableType),
    ),
    get_table_meta: method(
      { db_patterns: [1, string], tbl_patterns: [2, string], tbl_types: [3, list(string)] },
      list(tableMeta),
      [META],
      (args) => metas(args.db_patterns, args.tbl_patterns, args.tbl_types),
    ),
    get_table_names_by_filter: method(
      { dbname: [1, string], filter: [2, string], max_tables: [3, i16] },
      list(string),
      [META, INVALID_OPERATION, UNKNOWN_DB],
      async ({ dbname, filter, max_tables = -1 }) => {
        const keeps = tableFilter(filter)
        const names = (await all(dbname)).filter(keeps).map((table) => table.descriptor.Name)
        return max_tables < 0 ? names : names.slice(0, max_tables)
      },
    ),
    get_table: method({ dbname: [1, string], tbl_name: [2, string] }, hiveTable, READ, (args) =>
      hiveTableOf(requireTable(metastore, args.dbname, args.tbl_name)),
    ),
    get_table_req: method(
      { req: [1, tableRequest, 'required'] },
      struct({ table: [1, hiveTable, 'required'] }),
      READ,
      ({ req }) => ({ table: hiveTableOf(requireTable(metastore, req.dbName, req.tblName)) }),
    ),
    get_table_objects_by_name: method(
      { dbname: [1, string], tbl_names: [2, list(string)] },
      list(hiveTable),
      [],
      (args) => named(args.dbname, args.tbl_names),
    ),
    get_table_objects_by_name_req: method(
      { req: [1, tablesRequest, 'required'] },
      struct({ tables: [1, list(hiveTable), 'required'] }),
      [META, INVALID_OPERATION, UNKNOWN_DB],
      ({ req }) => ({ tables: named(req.dbName, req.tblNames) }),
    ),
    get_fields: fieldsMethod(false),
    get_fields_with_environment_context: fieldsMethod(false),
    get_schema: fieldsMethod(true),
    get_schema_with_environment_context: fieldsMethod(true),
    get_materialized_views_for_rewriting: method({ db_name: [1, string] }, list(string), [META], () => []),
  }
}

const typeOf = (table: Table): string => table.descriptor.TableType ?? 'EXTERNAL_TABLE'

const CREATE = [ALREADY_EXISTS, INVALID_OBJECT, META, NO_SUCH_OBJECT]
const DROP = { dbname: [1, string], name: [2, string], deleteData: [3, bool] } as const

export function tableChanges(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope } = metastore

  async function create(table: HiveTable): Promise<void> {
    const home = requireName(table.dbName, 'database')
    requireNewName(table.tableName, 'table')
    const descriptor = tableDescriptorOf(table, nowSeconds(metastore))
    const isView = descriptor.TableType === 'VIRTUAL_VIEW'
    const database = catalog.databases.get(scope, home)
    const folder = database.descriptor.LocationUri || defaultLocation(metastore, home)
    const Location =
      descriptor.StorageDescriptor?.Location ??
      (isView ? undefined : asFolder(folder) + requireName(table.tableName, 'table').toLowerCase())
    const storage = { ...descriptor.StorageDescriptor, Location }
    await catalog.tables.create(scope, home, { ...descriptor, StorageDescriptor: storage }, metastore.principal)
    if (!isView) await makeFolder(metastore, Location)
  }

  async function drop(database: string | undefined, name: string | undefined, deleteData: boolean): Promise<void> {
    const found = requireTable(metastore, database, name)
    const { partitionLocations } = tableFiles(metastore, found)
    await catalog.tables.delete(scope, found.database, found.descriptor.Name)
    if (deleteData) await removeTableFiles(metastore, found, partitionLocations)
  }

  return {
    create_table: procedure({ tbl: [1, hiveTable, 'required'] }, CREATE, ({ tbl }) => create(tbl)),
    create_table_with_environment_context: procedure(
      { tbl: [1, hiveTable, 'required'], environment_context: [2, environmentContext] },
      CREATE,
      ({ tbl }) => create(tbl),
    ),
    drop_table: procedure(DROP, [NO_SUCH_OBJECT, META], (args) =>
      drop(args.dbname, args.name, args.deleteData ?? false),
    ),
    drop_table_with_environment_context: procedure(
      { ...DROP, environment_context: [4, environmentContext] },
      [NO_SUCH_OBJECT, META],
      (args) => drop(args.dbname, args.name, args.deleteData ?? false),
    ),
  }
}
