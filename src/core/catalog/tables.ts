import { randomUUID } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { Clock, StateStore, StateTransaction } from '../ports.ts'
import { eraseTags, moveTags } from '../resources/tags.ts'
import type { Catalog, Scope } from './catalog.ts'
import { condemn, eraseCondemned } from './erasure.ts'
import {
  findTable,
  foldName,
  requireDatabase,
  requireTable,
  SEPARATOR,
  space,
  type TableDocument,
  tableArn,
  tableKey,
} from './names.ts'
import { putFirstIndexes, requireSameKeys } from './partition-indexes.ts'
import { partitionShelf, putPartition } from './partition-shelf.ts'
import { openTableVersions, putVersion, table } from './table-versions.ts'

export function openTables(state: StateStore, clock: Clock): Catalog['tables'] {
  return {
    ...openTableVersions(state),

    find(scope, database, name) {
      const found = findTable(state, scope, database, name)
      return found && table(found)
    },

    get(scope, database, name) {
      const found = findTable(state, scope, database, name)
      if (found) return table(found)
      requireDatabase(state, scope, database)
      // GetTable's own text, as Athena passes it on (observed); other operations name the table.
      throw new Fault('not-found', 'table', 'Entity Not Found')
    },

    list(scope, database, { after, limit }) {
      const folded = requireDatabase(state, scope, database)
      const range = {
        prefix: `${folded}${SEPARATOR}`,
        after: after === undefined ? undefined : tableKey(folded, foldName(after)),
        limit,
      }
      return state.list<TableDocument>(space('tables', scope), range).map((found) => table(found.doc))
    },

    async create(scope, database, descriptor, createdBy, { partitions = [], indexes = [] } = {}) {
      const name = foldName(descriptor.Name)
      await state.transaction((tx) => {
        const home = requireDatabase(tx, scope, database)
        if (tx.get(space('tables', scope), tableKey(home, name))) throw tableExists()
        const now = clock.now().toISOString()
        const created = {
          id: randomUUID(),
          database: home,
          descriptor: { ...descriptor, Name: name },
          createdAt: now,
          updatedAt: now,
          createdBy,
          version: 0,
        }
        putTable(tx, scope, created)
        putFirstIndexes(tx, scope, created, indexes, clock)
        const shelf = partitionShelf(tx, scope, created)
        for (const partition of partitions) putPartition(shelf, { descriptor: partition, createdAt: now })
      })
    },

    async update(scope, database, descriptor, options) {
      const newName = foldName(descriptor.Name)
      await state.transaction((tx) => {
        const found = requireTable(tx, scope, database, options.name ?? newName)
        if (options.expect !== undefined && options.expect !== found.version)
          throw new Fault('conflict', 'table', 'Update table failed due to concurrent modifications.')
        if (found.descriptor.Name !== newName) {
          if (tx.get(space('tables', scope), tableKey(found.database, newName))) throw tableExists()
          tx.delete(space('tables', scope), tableKey(found.database, found.descriptor.Name))
          moveTags(tx, tableArn(scope, found.database, found.descriptor.Name), tableArn(scope, found.database, newName))
        }
        requireSameKeys(tx, scope, found, descriptor)
        if (options.keepVersion) putVersion(tx, scope, found)
        putTable(tx, scope, {
          ...found,
          descriptor: { ...descriptor, Name: newName },
          updatedAt: clock.now().toISOString(),
          version: found.version + 1,
        })
      })
    },

    async delete(scope, database, name) {
      await state.transaction((tx) => eraseTable(tx, scope, requireTable(tx, scope, database, name)))
      await eraseCondemned(state, scope)
    },
  }
}

/** The table and all that hangs on it; `eraseCondemned` is to follow the transaction. */
export function eraseTable(tx: StateTransaction, scope: Scope, found: TableDocument): void {
  condemn(tx, scope, found.id)
  eraseTags(tx, tableArn(scope, found.database, found.descriptor.Name))
  tx.delete(space('tables', scope), tableKey(found.database, found.descriptor.Name))
}

function putTable(tx: StateTransaction, scope: Scope, doc: TableDocument): void {
  tx.put(space('tables', scope), tableKey(doc.database, doc.descriptor.Name), doc)
}

function tableExists(): Fault {
  return new Fault('already-exists', 'table', 'Table already exists.')
}
