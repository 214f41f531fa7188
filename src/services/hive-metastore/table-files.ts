/** Which files go, and where they go, with the table they belong to. */
import { setImmediate } from 'node:timers/promises'
import type { PartitionDescriptor, Table } from '../../core/catalog/catalog.ts'
import { asFolder, withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { isStorable, removeFolder } from './folders.ts'
import type { Metastore } from './metastore.ts'

const PORTION = 1000

/** A table, and the folders of its partitions that lie outside of its own. */
export interface TableFiles {
  readonly table: Table
  readonly partitionLocations: readonly string[]
}

/** Others get their turn between stretches: tables may carry megabytes of parameters. */
export async function everyTable(metastore: Metastore, database: string): Promise<Table[]> {
  const tables: Table[] = []
  for (;;) {
    const after = tables.at(-1)?.descriptor.Name
    const page = metastore.catalog.tables.list(metastore.scope, database, { after, limit: PORTION })
    tables.push(...page)
    if (page.length < PORTION) return tables
    await setImmediate()
  }
}

export function tableFiles({ catalog, scope }: Metastore, table: Table): TableFiles {
  const { database, descriptor } = table
  if (!isManaged(table) || !descriptor.PartitionKeys?.length) return { table, partitionLocations: [] }
  const home = asFolder(descriptor.StorageDescriptor?.Location ?? '')
  const partitionLocations: string[] = []
  let after: string | undefined
  do {
    const page = catalog.partitions.list(scope, database, descriptor.Name, { after, limit: PORTION })
    for (const { descriptor: partition } of page.partitions) {
      const location = locationOf(partition)
      if (location !== undefined && !asFolder(location).startsWith(home)) partitionLocations.push(location)
    }
    after = page.next
  } while (after !== undefined)
  return { table, partitionLocations }
}

const locationOf = (partition: PartitionDescriptor): string | undefined => partition.StorageDescriptor?.Location

/** Files that go, or are moved, with the table: those of a link are its target's, and stay with that. */
const takesFiles = (table: Table): boolean => isManaged(table) && table.descriptor.TargetTable === undefined

/** Whose files are the catalog's to remove. */
export function isManaged({ descriptor }: Table): boolean {
  return descriptor.TableType === 'MANAGED_TABLE' && !isExternal(descriptor.Parameters)
}

export const isExternal = (parameters: Readonly<Record<string, string>> | undefined): boolean =>
  parameters?.EXTERNAL?.toLowerCase() === 'true'

/** After the table is gone; nothing is done for one that is not managed, or a link. */
export async function removeTableFiles(
  metastore: Metastore,
  table: Table,
  partitionLocations: readonly string[],
): Promise<void> {
  if (!takesFiles(table)) return
  for (const location of [table.descriptor.StorageDescriptor?.Location, ...partitionLocations])
    await removeFolder(metastore, location)
}

/**
 * Where the files of a managed table go that gets a new name: beside where they are, as long as they are where the old
 * name has put them (HiveAlterHandler). Undefined where they stay.
 */
export function renamedLocation(metastore: Metastore, table: Table, newName: string): string | undefined {
  const location = withoutEndSlashes(table.descriptor.StorageDescriptor?.Location ?? '')
  if (!takesFiles(table) || !isStorable(metastore, location)) return undefined
  const cut = location.lastIndexOf('/')
  if (location.slice(cut + 1).toLowerCase() !== table.descriptor.Name) return undefined
  return `${location.slice(0, cut)}/${newName.toLowerCase()}`
}
