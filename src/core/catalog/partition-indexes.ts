import { randomUUID } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { Clock, StateStore, StateTransaction } from '../ports.ts'
import type { Catalog, NewPartitionIndex, PartitionIndex, Scope, TableDescriptor } from './catalog.ts'
import { requireTable } from './links.ts'
import { foldName, space, type TableDocument } from './names.ts'
import { type IndexedKey, isIndexable } from './partition-index-entry.ts'
import { indexesOf, indexKey, isKept, type PartitionIndexDocument } from './partition-index-state.ts'
import { noteIndexWork, type PartitionIndexWork } from './partition-index-work.ts'

/** "A maximum of 3 partition indexes can be created on a given table": glue dg, partition-indexes. */
const MOST_INDEXES = 3

export function openPartitionIndexes(
  state: StateStore,
  clock: Clock,
  work: PartitionIndexWork,
): Catalog['partitionIndexes'] {
  return {
    async create(scope, database, table, index) {
      await state.transaction((tx) => {
        const home = requireTable(tx, scope, database, table)
        const created = putIndex(tx, scope, home, index, clock, 'CREATING')
        noteIndexWork(tx, scope, home.id, created.id)
      })
      work.wake()
    },

    async delete(scope, database, table, name) {
      await state.transaction((tx) => {
        const home = requireTable(tx, scope, database, table)
        const found = indexesOf(tx, scope, home.id).find((one) => one.state !== 'FAILED' && one.name === foldName(name))
        if (!found)
          throw new Fault('not-found', 'partition index', `Index with the given indexName : ${name} does not exist`)
        if (found.state !== 'ACTIVE')
          throw new Fault('conflict', 'partition index', `Index ${found.name} is in the state ${found.state}.`)
        tx.put(space('partition-indexes', scope), indexKey(home.id, found.id), { ...found, state: 'DELETING' })
        noteIndexWork(tx, scope, home.id, found.id)
      })
      work.wake()
    },

    list(scope, database, table) {
      const home = requireTable(state, scope, database, table)
      return indexesOf(state, scope, home.id).map(
        ({ name, keys, state: status, failures }): PartitionIndex => ({ name, keys, state: status, failures }),
      )
    },

    resume: (report) => work.resume(report),
    close: () => work.close(),
  }
}

/** Indexes of a table that is new: no partition is to be entered, so they are active at once. */
export function putFirstIndexes(
  tx: StateTransaction,
  scope: Scope,
  home: TableDocument,
  indexes: readonly NewPartitionIndex[],
  clock: Clock,
): void {
  for (const index of indexes) putIndex(tx, scope, home, index, clock, 'ACTIVE')
}

function putIndex(
  tx: StateTransaction,
  scope: Scope,
  home: TableDocument,
  index: NewPartitionIndex,
  clock: Clock,
  status: PartitionIndex['state'],
): PartitionIndexDocument {
  const name = foldName(index.name)
  const keys = indexedKeys(home.descriptor, index.keys)
  const others = indexesOf(tx, scope, home.id).filter((one) => one.state !== 'FAILED')
  const names = (one: readonly IndexedKey[]) => one.map((key) => key.name).join(SEPARATED)
  if (others.some((one) => one.name === name || (isKept(one) && names(one.keys) === names(keys))))
    throw new Fault(
      'already-exists',
      'partition index',
      `Partition index ${name} or one of the same keys already exists.`,
    )
  if (others.length >= MOST_INDEXES)
    throw new Fault('limit', 'partition index', `A table can have at most ${MOST_INDEXES} partition indexes.`)
  const created = { id: randomUUID(), name, keys, state: status, createdAt: clock.now().toISOString() }
  tx.put(space('partition-indexes', scope), indexKey(home.id, created.id), created)
  return created
}

const SEPARATED = '\0'

function indexedKeys({ PartitionKeys = [] }: TableDescriptor, names: readonly string[]): IndexedKey[] {
  if (names.length === 0) throw invalid('A partition index needs at least one key.')
  if (new Set(names.map(foldName)).size < names.length) throw invalid('A partition index cannot have a key twice.')
  return names.map((spelled) => {
    const at = PartitionKeys.findIndex((key) => foldName(key.Name) === foldName(spelled))
    if (at < 0) throw invalid(`The key ${spelled} is not a partition key of the table.`)
    const type = PartitionKeys[at]!.Type ?? 'string'
    if (!isIndexable(type)) throw invalid(`The partition key ${spelled} of type ${type} cannot be indexed.`)
    return { name: foldName(spelled), at, type }
  })
}

/**
 * "Once a partition index is created on a table, you cannot modify the partition key names for existing partition keys,
 * and you cannot change the type, or order, of keys which are registered with the index": glue dg, partition-indexes.
 */
export function requireSameKeys(
  tx: StateTransaction,
  scope: Scope,
  { id, descriptor: { PartitionKeys: before = [] } }: TableDocument,
  { PartitionKeys: after = [] }: TableDescriptor,
): void {
  const same =
    before.length === after.length &&
    before.every((key, i) => key.Name === after[i]!.Name && key.Type === after[i]!.Type)
  if (same) return
  const indexes = indexesOf(tx, scope, id).filter(isKept)
  if (indexes.length === 0) return
  const renamed = before.find((key, i) => foldName(key.Name) !== foldName(after[i]?.Name ?? ' '))
  if (renamed) throw invalid(`The partition key ${renamed.Name} cannot be changed: the table has partition indexes.`)
  for (const { name, keys } of indexes)
    for (const key of keys)
      if ((after[key.at]!.Type ?? 'string') !== key.type)
        throw invalid(`The type of the partition key ${key.name} cannot be changed: the index ${name} holds it.`)
}

const invalid = (message: string): Fault => new Fault('invalid', 'partition index', message)
