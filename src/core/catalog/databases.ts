import { Fault } from '../faults.ts'
import { admitDatabase, forgetDatabase } from '../permissions/openings.ts'
import type { Clock, StateReader } from '../ports.ts'
import { addTags, eraseTags } from '../resources/tags.ts'
import type { Catalog, Database, DatabaseDescriptor, Scope } from './catalog.ts'
import { eraseCondemned } from './erasure.ts'
import { kept } from './kept-page.ts'
import { findDatabase, isLocal, noteLink, requireDatabase } from './links.ts'
import { databaseArn, databaseMissing, foldName, SEPARATOR, space, type TableDocument } from './names.ts'
import type { CatalogState } from './sealed-state.ts'
import { eraseTable } from './tables.ts'

/** Tables of a database are erased in portions of this many, all in one transaction. */
const PORTION = 1000

export function openDatabases(state: CatalogState, clock: Clock): Catalog['databases'] {
  const find = (scope: Scope, name: string): Database | undefined => {
    const found = findDatabase(state, scope, foldName(name))
    return found && shown(state, scope, found)
  }

  const change: Catalog['databases']['change'] = async (scope, name, changed) => {
    const own = foldName(name)
    await state.transaction((tx) => {
      const home = requireDatabase(tx, scope, name)
      const { createdAt } = findDatabase(tx, scope, home)!
      const descriptor = changed(shown(tx, scope, findDatabase(tx, scope, own)!))
      if (foldName(descriptor.Name) !== own) throw new Fault('invalid', 'database', 'A database cannot be renamed.')
      const { TargetDatabase, ...rest } = descriptor
      // Through a link it is the target that changes.
      tx.put(space('databases', scope), home, document(home, home === own ? descriptor : rest, createdAt))
    })
  }

  return {
    find,

    get(scope, name) {
      const found = find(scope, name)
      if (!found) throw databaseMissing(foldName(name))
      return found
    },

    list(scope, page) {
      return kept<Database>(state, space('databases', scope), page, (key) => [key, key]).map((doc) =>
        shown(state, scope, doc),
      )
    },

    async create(scope, descriptor, tags = {}) {
      const name = foldName(descriptor.Name)
      await state.transaction((tx) => {
        if (tx.get(space('databases', scope), name))
          throw new Fault('already-exists', 'database', 'Database already exists.')
        tx.put(space('databases', scope), name, document(name, descriptor, clock.now().toISOString()))
        noteLink(tx, scope, descriptor.TargetDatabase)
        addTags(tx, databaseArn(scope, name), tags)
        admitDatabase(tx, scope, name, clock.now().toISOString())
      })
    },

    update: (scope, name, descriptor) => change(scope, name, () => descriptor),

    change,

    async delete(scope, name, { onlyEmpty = false } = {}) {
      await state.unopened.transaction((tx) => {
        const folded = foldName(name)
        if (!findDatabase(tx, scope, folded)) throw databaseMissing(folded)
        const prefix = `${folded}${SEPARATOR}`
        if (onlyEmpty && tx.keys(space('tables', scope), { prefix, limit: 1 }).length > 0)
          throw new Fault('not-empty', 'database', `Database ${folded} is not empty.`)
        for (;;) {
          const tables = tx.list<TableDocument>(space('tables', scope), { prefix, limit: PORTION })
          for (const table of tables) eraseTable(tx, scope, table.doc)
          if (tables.length < PORTION) break
        }
        tx.deleteAll(space('functions', scope), prefix)
        eraseTags(tx, databaseArn(scope, folded))
        forgetDatabase(tx, scope, folded)
        tx.delete(space('databases', scope), folded)
      })
      await eraseCondemned(state, scope)
    },
  }
}

/** A link as it is shown: its target's properties under its own name; alone where it has none to show. */
function shown(state: StateReader, scope: Scope, found: Database): Database {
  const { Name, TargetDatabase } = found.descriptor
  if (!TargetDatabase) return found
  if (!isLocal(scope, TargetDatabase)) return found
  const target = findDatabase(state, scope, foldName(TargetDatabase.DatabaseName ?? Name))
  return target ? { ...target, descriptor: { ...target.descriptor, Name, TargetDatabase } } : found
}

function document(name: string, descriptor: DatabaseDescriptor, createdAt: string): Database {
  return { descriptor: { ...descriptor, Name: name }, createdAt }
}
