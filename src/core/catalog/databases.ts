import { Fault } from '../faults.ts'
import type { Clock, StateStore } from '../ports.ts'
import { addTags, eraseTags } from '../resources/tags.ts'
import type { Catalog, Database, DatabaseDescriptor, Scope } from './catalog.ts'
import { eraseCondemned } from './erasure.ts'
import {
  databaseArn,
  databaseMissing,
  foldName,
  requireDatabase,
  SEPARATOR,
  space,
  type TableDocument,
} from './names.ts'
import { eraseTable } from './tables.ts'

/** Tables of a database are erased in portions of this many, all in one transaction. */
const PORTION = 1000

export function openDatabases(state: StateStore, clock: Clock): Catalog['databases'] {
  const find = (scope: Scope, name: string): Database | undefined =>
    state.get<Database>(space('databases', scope), foldName(name))?.doc

  return {
    find,

    get(scope, name) {
      const found = find(scope, name)
      if (!found) throw databaseMissing(foldName(name))
      return found
    },

    list(scope, page) {
      return state.list<Database>(space('databases', scope), page).map((found) => found.doc)
    },

    async create(scope, descriptor, tags = {}) {
      const name = foldName(descriptor.Name)
      await state.transaction((tx) => {
        if (tx.get(space('databases', scope), name))
          throw new Fault('already-exists', 'database', 'Database already exists.')
        tx.put(space('databases', scope), name, document(name, descriptor, clock.now().toISOString()))
        addTags(tx, databaseArn(scope, name), tags)
      })
    },

    async update(scope, name, descriptor) {
      const folded = foldName(name)
      if (foldName(descriptor.Name) !== folded) throw new Fault('invalid', 'database', 'A database cannot be renamed.')
      await state.transaction((tx) => {
        const found = tx.get<Database>(space('databases', scope), folded)
        if (!found) throw databaseMissing(folded)
        tx.put(space('databases', scope), folded, document(folded, descriptor, found.doc.createdAt))
      })
    },

    async delete(scope, name) {
      await state.transaction((tx) => {
        const folded = requireDatabase(tx, scope, name)
        const prefix = `${folded}${SEPARATOR}`
        for (;;) {
          const tables = tx.list<TableDocument>(space('tables', scope), { prefix, limit: PORTION })
          for (const table of tables) eraseTable(tx, scope, table.doc)
          if (tables.length < PORTION) break
        }
        tx.deleteAll(space('functions', scope), prefix)
        eraseTags(tx, databaseArn(scope, folded))
        tx.delete(space('databases', scope), folded)
      })
      await eraseCondemned(state, scope)
    },
  }
}

function document(name: string, descriptor: DatabaseDescriptor, createdAt: string): Database {
  return { descriptor: { ...descriptor, Name: name }, createdAt }
}
