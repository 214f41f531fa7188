import type { Table } from '../../core/catalog/catalog.ts'
import { asFolder } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { type Method, method, procedure } from '../../protocol/thrift/service.ts'
import { binary, bool, i32, list, string, struct } from '../../protocol/thrift/types.ts'
import {
  environmentContext,
  type HivePartition,
  hivePartition,
  type PartitionSpec,
  partitionSpec,
} from './catalog-structs.ts'
import {
  ALREADY_EXISTS,
  INVALID_OBJECT,
  INVALID_OPERATION,
  invalidOperation,
  META,
  NO_SUCH_OBJECT,
  unsupported,
} from './faults.ts'
import { copyFolder, isStorable, makeFolder, removeFolder } from './folders.ts'
import { type Metastore, nowSeconds, requireTable } from './metastore.ts'
import { hivePartitionOf, keptValues, partitionDescriptorOf, valuesOfName } from './partition-shape.ts'
import { isManaged } from './table-files.ts'

const ADD = [INVALID_OBJECT, ALREADY_EXISTS, META]
const ALTER = [INVALID_OPERATION, META]
const DROP = [NO_SUCH_OBJECT, META]
const ADDRESS = { db_name: [1, string], tbl_name: [2, string] } as const
const BY_VALUES = { ...ADDRESS, part_vals: [3, list(string)] } as const
const BY_NAME = { ...ADDRESS, part_name: [3, string] } as const
/** Folders that are made at once. */
const AT_ONCE = 100

export function partitionAdditions(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope } = metastore

  /** All of them or none; with `ifAbsent`, those that were not there. */
  async function add(table: Table, given: readonly HivePartition[], ifAbsent = false): Promise<HivePartition[]> {
    const { database, descriptor } = table
    const wanted = given.map((partition) => partitionDescriptorOf(table, partition, nowSeconds(metastore)))
    const added = await catalog.partitions.create(scope, database, descriptor.Name, wanted, ifAbsent)
    for (let at = 0; at < added.length; at += AT_ONCE) {
      const some = added.slice(at, at + AT_ONCE)
      await Promise.all(some.map(({ StorageDescriptor }) => makeFolder(metastore, StorageDescriptor?.Location)))
    }
    const createdAt = metastore.clock.now().toISOString()
    return added.map((partition) => hivePartitionOf(table, { descriptor: partition, createdAt }))
  }
  const addOne = async (partition: HivePartition): Promise<HivePartition> =>
    (await add(requireTable(metastore, partition.dbName, partition.tableName), [partition]))[0]!
  /** Of one table, as Hive's own demands. */
  async function addSeveral(given: readonly HivePartition[] = []): Promise<number> {
    const [first] = given
    if (!first) return 0
    if (given.some((one) => one.dbName !== first.dbName || one.tableName !== first.tableName))
      throw unsupported("Partition tables doesn't match")
    return (await add(requireTable(metastore, first.dbName, first.tableName), given)).length
  }
  const append = async (table: Table, values: readonly string[] = []): Promise<HivePartition> =>
    (await add(table, [{ values }]))[0]!
  const tableOf = (args: { readonly db_name?: string; readonly tbl_name?: string }): Table =>
    requireTable(metastore, args.db_name, args.tbl_name)
  const appendMethod = (): Method =>
    method({ ...BY_VALUES, environment_context: [4, environmentContext] }, hivePartition, ADD, (args) =>
      append(tableOf(args), args.part_vals),
    )
  const appendByNameMethod = (): Method =>
    method({ ...BY_NAME, environment_context: [4, environmentContext] }, hivePartition, ADD, (args) => {
      const table = tableOf(args)
      return append(table, valuesOfName(table, args.part_name ?? ''))
    })
  const addRequest = struct({
    dbName: [1, string, 'required'],
    tblName: [2, string, 'required'],
    parts: [3, list(hivePartition), 'required'],
    ifNotExists: [4, bool, 'required'],
    needResult: [5, bool],
  })

  return {
    add_partition: method({ new_part: [1, hivePartition, 'required'] }, hivePartition, ADD, ({ new_part }) =>
      addOne(new_part),
    ),
    add_partition_with_environment_context: method(
      { new_part: [1, hivePartition, 'required'], environment_context: [2, environmentContext] },
      hivePartition,
      ADD,
      ({ new_part }) => addOne(new_part),
    ),
    add_partitions: method({ new_parts: [1, list(hivePartition)] }, i32, ADD, ({ new_parts }) => addSeveral(new_parts)),
    add_partitions_pspec: method({ new_parts: [1, list(partitionSpec)] }, i32, ADD, ({ new_parts = [] }) =>
      addSeveral(new_parts.flatMap(specifiedPartitions)),
    ),
    add_partitions_req: method(
      { request: [1, addRequest, 'required'] },
      struct({ partitions: [1, list(hivePartition)] }),
      ADD,
      async ({ request }) => {
        const table = requireTable(metastore, request.dbName, request.tblName)
        const added = await add(table, request.parts, request.ifNotExists)
        return request.needResult === false ? {} : { partitions: added }
      },
    ),
    append_partition: appendMethod(),
    append_partition_with_environment_context: appendMethod(),
    append_partition_by_name: appendByNameMethod(),
    append_partition_by_name_with_environment_context: appendByNameMethod(),
  }
}

/** The partitions of a specification, whole: those that share their storage lie below its root. */
export function specifiedPartitions({
  dbName,
  tableName,
  rootPath,
  sharedSDPartitionSpec,
  partitionList,
}: PartitionSpec): HivePartition[] {
  const shared = (sharedSDPartitionSpec?.partitions ?? []).map(({ relativePath = '', ...partition }) => ({
    ...partition,
    sd: { ...sharedSDPartitionSpec?.sd, location: asFolder(rootPath ?? '') + relativePath.replace(/^\//, '') },
  }))
  return [...shared, ...(partitionList?.partitions ?? [])].map((partition) => ({ ...partition, dbName, tableName }))
}

export function partitionChanges(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope } = metastore
  const tableOf = (args: { readonly db_name?: string; readonly tbl_name?: string }): Table =>
    requireTable(metastore, args.db_name, args.tbl_name)

  /** All of them are there before any is changed. */
  async function alter(table: Table, changed: readonly HivePartition[] = []): Promise<void> {
    const { database, descriptor } = table
    const updates = changed.map((given) => {
      const values = keptValues(given.values)
      const found = catalog.partitions.get(scope, database, descriptor.Name, values).descriptor
      const wanted = partitionDescriptorOf(table, given, nowSeconds(metastore))
      const StorageDescriptor = { ...found.StorageDescriptor, ...wanted.StorageDescriptor }
      return { values, partition: { ...found, ...wanted, StorageDescriptor } }
    })
    const faults = await catalog.partitions.updateEach(scope, database, descriptor.Name, updates)
    const fault = faults.find((one) => one !== undefined)
    if (fault) throw fault
  }

  /** The files of a managed table's partition go along, where they lie below the table (HiveAlterHandler). */
  async function rename(table: Table, from: readonly string[], given: HivePartition): Promise<void> {
    const { database, descriptor } = table
    const found = catalog.partitions.get(scope, database, descriptor.Name, from).descriptor
    if (catalog.partitions.find(scope, database, descriptor.Name, keptValues(given.values)))
      throw invalidOperation(`Partition already exists:${database}.${descriptor.Name}.[${given.values?.join(', ')}]`)
    const old = found.StorageDescriptor?.Location
    const home = asFolder(descriptor.StorageDescriptor?.Location ?? '')
    const moves = isManaged(table) && isStorable(metastore, old) && old.startsWith(home)
    const sd = { ...given.sd, location: moves ? undefined : old }
    const wanted = partitionDescriptorOf(table, { ...given, sd }, nowSeconds(metastore))
    const to = wanted.StorageDescriptor?.Location
    if (moves && to !== undefined) await copyFolder(metastore, old, to)
    await catalog.partitions.create(scope, database, descriptor.Name, [wanted])
    await catalog.partitions.delete(scope, database, descriptor.Name, [from])
    if (moves) await removeFolder(metastore, old)
  }

  async function drop(table: Table, partitions: readonly (readonly string[])[], deleteData: boolean, ifExists = false) {
    const { database, descriptor } = table
    const found = partitions.map((values) => catalog.partitions.find(scope, database, descriptor.Name, values))
    const missing = found.indexOf(undefined)
    if (missing >= 0 && !ifExists)
      throw new Fault('not-found', 'partition', `Partition values [${partitions[missing]!.join(', ')}] not found`)
    await catalog.partitions.delete(scope, database, descriptor.Name, partitions)
    const gone = found.flatMap((one) => one ?? [])
    if (deleteData && isManaged(table))
      for (const one of gone) await removeFolder(metastore, one.descriptor.StorageDescriptor?.Location)
    return gone.map((one) => hivePartitionOf(table, one))
  }

  async function truncate(table: Table, names: readonly string[] = []): Promise<void> {
    if (!isManaged(table)) throw unsupported(`Cannot truncate non-managed table ${table.descriptor.Name}.`)
    const { database, descriptor } = table
    const folders =
      names.length === 0
        ? [descriptor.StorageDescriptor?.Location]
        : names.map((name) => {
            const values = valuesOfName(table, name)
            return catalog.partitions.get(scope, database, descriptor.Name, values).descriptor.StorageDescriptor
              ?.Location
          })
    for (const folder of folders) {
      await removeFolder(metastore, folder)
      await makeFolder(metastore, folder)
    }
  }

  const dropMethod = (): Method =>
    method(
      { ...BY_VALUES, deleteData: [4, bool], environment_context: [5, environmentContext] },
      bool,
      DROP,
      async (args) => (await drop(tableOf(args), [keptValues(args.part_vals)], args.deleteData ?? false)).length > 0,
    )
  const dropByNameMethod = (): Method =>
    method(
      { ...BY_NAME, deleteData: [4, bool], environment_context: [5, environmentContext] },
      bool,
      DROP,
      async (args) => {
        const table = tableOf(args)
        const values = valuesOfName(table, args.part_name ?? '')
        return (await drop(table, [values], args.deleteData ?? false)).length > 0
      },
    )
  const alterOne = { ...ADDRESS, new_part: [3, hivePartition, 'required'] } as const
  const alterMany = { ...ADDRESS, new_parts: [3, list(hivePartition)] } as const

  return {
    alter_partition: procedure(alterOne, ALTER, (args) => alter(tableOf(args), [args.new_part])),
    alter_partition_with_environment_context: procedure(
      { ...alterOne, environment_context: [4, environmentContext] },
      ALTER,
      (args) => alter(tableOf(args), [args.new_part]),
    ),
    alter_partitions: procedure(alterMany, ALTER, (args) => alter(tableOf(args), args.new_parts)),
    alter_partitions_with_environment_context: procedure(
      { ...alterMany, environment_context: [4, environmentContext] },
      ALTER,
      (args) => alter(tableOf(args), args.new_parts),
    ),
    rename_partition: procedure({ ...BY_VALUES, new_part: [4, hivePartition, 'required'] }, ALTER, (args) =>
      rename(tableOf(args), keptValues(args.part_vals), args.new_part),
    ),
    drop_partition: dropMethod(),
    drop_partition_with_environment_context: dropMethod(),
    drop_partition_by_name: dropByNameMethod(),
    drop_partition_by_name_with_environment_context: dropByNameMethod(),
    drop_partitions_req: method(
      { req: [1, dropRequest, 'required'] },
      struct({ partitions: [1, list(hivePartition)] }),
      DROP,
      async ({ req }) => {
        // What Hive's own client sends here are serialized objects of its planner.
        if (req.parts.exprs?.length) throw unsupported('Partitions are dropped by name, not by expression.')
        const table = requireTable(metastore, req.dbName, req.tblName)
        const values = (req.parts.names ?? []).map((name) => valuesOfName(table, name))
        const gone = await drop(table, values, req.deleteData ?? false, req.ifExists ?? true)
        return req.needResult === false ? {} : { partitions: gone }
      },
    ),
    truncate_table: procedure(
      { dbName: [1, string], tableName: [2, string], partNames: [3, list(string)] },
      [META],
      (args) => truncate(requireTable(metastore, args.dbName, args.tableName), args.partNames),
    ),
  }
}

const dropRequest = struct({
  dbName: [1, string, 'required'],
  tblName: [2, string, 'required'],
  parts: [3, struct({ names: [1, list(string)], exprs: [2, list(struct({ expr: [1, binary] }))] }), 'required'],
  deleteData: [4, bool],
  ifExists: [5, bool],
  needResult: [8, bool],
})
