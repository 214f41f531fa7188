/** Partitions as the catalog keeps them, and as Hive's clients know them. */
import type { Partition, PartitionDescriptor, Table } from '../../core/catalog/catalog.ts'
import { asFolder, partitionPath, valuesOfPath } from '../../core/catalog/folder-names.ts'
import { DEFAULT_PARTITION } from '../../core/catalog/partition-value.ts'
import { Fault } from '../../core/faults.ts'
import type { HivePartition } from './catalog-structs.ts'
import { CATALOG_NAME, DDL_TIME, secondsOf } from './metastore.ts'
import { hiveStorageOf, storageDescriptorOf } from './table-shape.ts'

/** What a partition does not say of its storage is as the table has it: Glue lets it be left out, Hive's clients do not. */
export function hivePartitionOf(
  { database, descriptor }: Table,
  { descriptor: partition, createdAt }: Partition,
): HivePartition {
  const own = partition.StorageDescriptor
  return {
    values: partition.Values,
    dbName: database,
    tableName: descriptor.Name,
    createTime: secondsOf(createdAt),
    lastAccessTime: secondsOf((partition as { LastAccessTime?: string }).LastAccessTime),
    sd: hiveStorageOf({ ...descriptor.StorageDescriptor, ...own }),
    parameters: partition.Parameters ?? {},
    catName: CATALOG_NAME,
  }
}

/** Hive names the partition of an empty value as that of a missing one (FileUtils.makePartName), and finds it by that. */
export const keptValues = (values: readonly string[] = []): string[] =>
  values.map((value) => (value === '' ? DEFAULT_PARTITION : value))

/** Without a place of its own it lies below the table, in the folder of its name. */
export function partitionDescriptorOf(
  table: Table,
  { values: given, sd, parameters }: HivePartition,
  nowSeconds: number,
): PartitionDescriptor {
  const values = keptValues(given)
  const storage = sd ? storageDescriptorOf(sd) : table.descriptor.StorageDescriptor
  const Location = sd?.location || defaultPlace(table, values)
  return {
    Values: values,
    StorageDescriptor: { ...storage, Location },
    Parameters: { [DDL_TIME]: String(nowSeconds), ...parameters },
  }
}

function defaultPlace(table: Table, values: readonly string[]): string | undefined {
  const home = table.descriptor.StorageDescriptor?.Location
  return home === undefined ? undefined : asFolder(home) + partitionPath(table, values)
}

/** The values of `year=2024/month=1`; throws `Fault('invalid', 'partition')` for a name of other keys than the table's. */
export function valuesOfName({ descriptor }: Table, name: string): string[] {
  const keys = (descriptor.PartitionKeys ?? []).map(({ Name }) => Name)
  const given = name.split('/').map((part) => part.slice(0, Math.max(part.indexOf('='), 0)).toLowerCase())
  if (given.join('/') !== keys.join('/'))
    throw new Fault('invalid', 'partition', `Invalid partition key & values; keys [${keys.join(', ')}], name ${name}`)
  return keptValues(valuesOfPath(name))
}
