/**
 * MSCK REPAIR TABLE: registers the folders under the table's location that the catalog does not know, and forgets
 * partitions whose folder is gone. Folders and partitions pass by in stretches; only the names of what changed are held.
 */

import type { HiveStatement } from '../../../sql/hive/ast.ts'
import type { PartitionDescriptor, Table } from '../../catalog/catalog.ts'
import { partitionPath } from '../../catalog/folder-names.ts'
import type { QueryContext } from '../context.ts'
import { taskFailure } from '../failure.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { lines, type StatementOutcome } from '../outcome.ts'
import { STEPS_A_TURN, Turns } from '../turns.ts'
import { isView } from '../view-text.ts'
import { notForIceberg } from './iceberg-alterations.ts'
import { refuseFor } from './lake-formats.ts'
import { defaultLocation, partitionFolders } from './partition-folders.ts'
import { findTable, tableName } from './table-names.ts'

type Repair = Extract<HiveStatement, { kind: 'msck-repair' }>

export async function repairTable(statement: Repair, context: QueryContext): Promise<StatementOutcome> {
  const table = findTable(statement.name, context)
  if (!table) return lines([], [`Tables not in metastore:\t${tableName(statement.name, context).table}`])
  if (isView(table)) throw taskFailure('Can not create a Path from an empty string', 1100)
  refuseFor(['Delta Lake', 'Hudi'], table, 'MSCK REPAIR TABLE')
  if (isIcebergTable(table)) throw notForIceberg()
  const { Name: name, PartitionKeys: keys = [], StorageDescriptor: storage } = table.descriptor
  if (isEmpty(storage?.Location ?? '', context)) return lines([], [`Tables missing on filesystem:\t${name}`])
  if (keys.length === 0) return lines([], [])
  const added = statement.mode === 'drop' ? [] : await addFolders(table, context)
  const gone = statement.mode === 'add' ? [] : await dropMissing(table, context)
  const named = (paths: readonly string[]) => paths.map((path) => `${name}:${path}`).join('\t')
  return lines(
    [],
    [
      ...(added.length > 0 ? [`Partitions not in metastore:\t${named(added)}`] : []),
      ...(gone.length > 0 ? [`Partitions missing from filesystem:\t${named(gone)}`] : []),
      ...added.map((path) => `Repair: Added partition to metastore ${name}:${path}`),
      ...gone.map((path) => `Repair: Dropped partition from metastore ${name}:${path}`),
    ],
  )
}

const isEmpty = (location: string, { rooms }: QueryContext): boolean =>
  rooms.files.list(location)[Symbol.iterator]().next().done === true

/** The paths of those that were added. */
async function addFolders(table: Table, context: QueryContext): Promise<string[]> {
  const { rooms, scope, signal, onProgress } = context
  const storage = table.descriptor.StorageDescriptor
  const turns = new Turns(signal)
  const added: string[] = []
  let waiting: PartitionDescriptor[] = []
  const add = async (fraction: number): Promise<void> => {
    const created = await rooms.catalog.partitions.create(scope, table.database, table.descriptor.Name, waiting, true)
    for (const { Values } of created) added.push(partitionPath(table, Values))
    waiting = []
    onProgress?.({ scannedBytes: 0, fraction })
  }
  for (const folder of partitionFolders(table, rooms.files)) {
    if (folder) waiting.push({ Values: folder.values, StorageDescriptor: { ...storage, Location: folder.location } })
    if (folder && waiting.length === STEPS_A_TURN) await add(folder.fraction)
    if (turns.step()) await turns.rest()
  }
  await add(1)
  return added
}

/** The paths of those that were dropped. */
async function dropMissing(table: Table, context: QueryContext): Promise<string[]> {
  const { rooms, scope, signal } = context
  const { database, descriptor } = table
  const turns = new Turns(signal)
  const dropped: string[] = []
  for (let after: string | undefined; ; ) {
    const page = rooms.catalog.partitions.list(scope, database, descriptor.Name, { after, limit: STEPS_A_TURN })
    const missing = page.partitions
      .map(({ descriptor: one }) => one)
      .filter((one) => isEmpty(one.StorageDescriptor?.Location ?? defaultLocation(table, one.Values), context))
      .map(({ Values }) => Values)
    await rooms.catalog.partitions.delete(scope, database, descriptor.Name, missing)
    for (const values of missing) dropped.push(partitionPath(table, values))
    if (page.next === undefined) return dropped
    after = page.next
    await turns.rest()
  }
}
