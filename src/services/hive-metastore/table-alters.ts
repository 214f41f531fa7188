import type { Partition, PartitionDescriptor, Table, TableDescriptor } from '../../core/catalog/catalog.ts'
import { asFolder } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { type Method, procedure } from '../../protocol/thrift/service.ts'
import { bool, string } from '../../protocol/thrift/types.ts'
import { type EnvironmentContext, environmentContext, type HiveTable, hiveTable } from './catalog-structs.ts'
import { INVALID_OPERATION, invalidOperation, META, unsupported } from './faults.ts'
import { copyFolder, removeFolder } from './folders.ts'
import { databaseName, type Metastore, nowSeconds, requireNewName, requireTable } from './metastore.ts'
import { renamedLocation } from './table-files.ts'
import { tableDescriptorOf } from './table-shape.ts'

const ADDRESS = { dbname: [1, string], tbl_name: [2, string], new_tbl: [3, hiveTable, 'required'] } as const
const THROWS = [INVALID_OPERATION, META]
const ATTEMPTS = 8
const PORTION = 1000

interface Alteration {
  readonly table: HiveTable
  readonly properties: Readonly<Record<string, string>>
  readonly cascade: boolean
}

export function tableAlters(metastore: Metastore): Readonly<Record<string, Method>> {
  async function alter(database: string | undefined, name: string | undefined, wanted: Alteration): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const found = requireTable(metastore, database, name)
      try {
        return await alterFound(metastore, found, wanted)
      } catch (error) {
        // Another one was faster: what was expected of the table is looked at again.
        const isConflict = error instanceof Fault && error.kind === 'conflict'
        if (!isConflict || attempt === ATTEMPTS) throw error
      }
    }
  }
  const alteration = (table: HiveTable, context: EnvironmentContext = {}, cascade = false): Alteration => {
    const properties = context.properties ?? {}
    return { table, properties, cascade: cascade || properties.CASCADE?.toLowerCase() === 'true' }
  }

  return {
    alter_table: procedure(ADDRESS, THROWS, ({ dbname, tbl_name, new_tbl }) =>
      alter(dbname, tbl_name, alteration(new_tbl)),
    ),
    alter_table_with_environment_context: procedure(
      { ...ADDRESS, environment_context: [4, environmentContext] },
      THROWS,
      ({ dbname, tbl_name, new_tbl, environment_context }) =>
        alter(dbname, tbl_name, alteration(new_tbl, environment_context)),
    ),
    alter_table_with_cascade: procedure(
      { ...ADDRESS, cascade: [4, bool] },
      THROWS,
      ({ dbname, tbl_name, new_tbl, cascade }) => alter(dbname, tbl_name, alteration(new_tbl, {}, cascade)),
    ),
  }
}

async function alterFound(
  metastore: Metastore,
  found: Table,
  { table, properties, cascade }: Alteration,
): Promise<void> {
  checkExpected(found, properties)
  const descriptor = altered(found, tableDescriptorOf(table, nowSeconds(metastore)))
  checkKeys(found.descriptor, descriptor)
  const { Name } = found.descriptor
  const renamed = descriptor.Name.toLowerCase() !== Name
  checkPlace(metastore, found, table, renamed)
  const from = found.descriptor.StorageDescriptor?.Location
  const stays = !renamed || descriptor.StorageDescriptor?.Location !== from
  const to = stays ? undefined : renamedLocation(metastore, found, descriptor.Name)
  // The files are in both places before the table says so, and leave the old one after.
  if (from !== undefined && to !== undefined) await copyFolder(metastore, from, to)
  const storage = { ...descriptor.StorageDescriptor, ...(to !== undefined && { Location: to }) }
  await metastore.catalog.tables.update(
    metastore.scope,
    found.database,
    { ...descriptor, StorageDescriptor: storage },
    { expect: found.version, keepVersion: true, name: Name },
  )
  if (from !== undefined && to !== undefined) {
    await changePartitions(metastore, found.database, descriptor.Name, (partition) => moved(partition, from, to))
    await removeFolder(metastore, from)
  }
  if (cascade)
    await changePartitions(metastore, found.database, descriptor.Name, (partition) => ({
      ...partition,
      StorageDescriptor: { ...partition.StorageDescriptor, Columns: storage.Columns },
    }))
}

/** What a client of Hive does not know of a table stays as it is. */
function altered({ descriptor }: Table, wanted: TableDescriptor): TableDescriptor {
  const StorageDescriptor = { ...descriptor.StorageDescriptor, ...wanted.StorageDescriptor }
  const Location = StorageDescriptor.Location ?? descriptor.StorageDescriptor?.Location
  return { ...descriptor, ...wanted, StorageDescriptor: { ...StorageDescriptor, Location } }
}

/** Commits of Iceberg that take no lock say what the table must still be (HIVE-26882), and wait for these very words. */
function checkExpected({ descriptor }: Table, properties: Readonly<Record<string, string>>): void {
  const key = properties.expected_parameter_key
  if (key === undefined) return
  const [is, expected] = [descriptor.Parameters?.[key] ?? null, properties.expected_parameter_value ?? null]
  if (is !== expected)
    throw unsupported(
      `The table has been modified. The parameter value for key '${key}' is '${is}'. The expected was value was '${expected}'`,
    )
}

function checkKeys(before: TableDescriptor, after: TableDescriptor): void {
  const [old, wanted] = [before, after].map(({ PartitionKeys = [] }) =>
    PartitionKeys.map(({ Name }) => Name.toLowerCase()),
  )
  if (old!.join('\0') !== wanted!.join('\0')) throw invalidOperation('partition keys can not be changed.')
}

function checkPlace({ catalog, scope }: Metastore, found: Table, wanted: HiveTable, renamed: boolean): void {
  const database = databaseName(wanted.dbName) || found.database
  if (database.toLowerCase() !== found.database)
    throw invalidOperation('Moving a table to another database is not supported.')
  if (renamed) requireNewName(wanted.tableName, 'table')
  if (renamed && catalog.tables.find(scope, database, wanted.tableName ?? ''))
    throw invalidOperation(`new table ${database}.${wanted.tableName} already exists`)
}

function moved(partition: PartitionDescriptor, from: string, to: string): PartitionDescriptor {
  const location = partition.StorageDescriptor?.Location
  if (location === undefined || !location.startsWith(asFolder(from))) return partition
  const Location = asFolder(to) + location.slice(asFolder(from).length)
  return { ...partition, StorageDescriptor: { ...partition.StorageDescriptor, Location } }
}

async function changePartitions(
  { catalog, scope }: Metastore,
  database: string,
  table: string,
  change: (partition: PartitionDescriptor) => PartitionDescriptor,
): Promise<void> {
  let after: string | undefined
  do {
    const page: { partitions: Partition[]; next?: string } = catalog.partitions.list(scope, database, table, {
      after,
      limit: PORTION,
    })
    const updates = page.partitions.map(({ descriptor }) => ({
      values: descriptor.Values,
      partition: change(descriptor),
    }))
    await catalog.partitions.updateEach(scope, database, table, updates)
    after = page.next
  } while (after !== undefined)
}
