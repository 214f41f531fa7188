import { Fault } from '../faults.ts'
import type { Clock } from '../ports.ts'
import type { Catalog, UserFunction } from './catalog.ts'
import { requireDatabase } from './links.ts'
import { foldName, SEPARATOR, space } from './names.ts'
import type { CatalogState } from './sealed-state.ts'

export function openFunctions(state: CatalogState, clock: Clock): Catalog['functions'] {
  const key = (database: string, name: string) => `${database}${SEPARATOR}${foldName(name)}`
  const missing = (name: string) => new Fault('not-found', 'function', `Function ${foldName(name)} not found.`)

  return {
    get(scope, database, name) {
      const home = requireDatabase(state, scope, database)
      const found = state.get<UserFunction>(space('functions', scope), key(home, name))
      if (!found) throw missing(name)
      return found.doc
    },

    list(scope, database, { after, limit }) {
      const prefix = database === undefined ? '' : `${requireDatabase(state, scope, database)}${SEPARATOR}`
      const found = state.list<UserFunction>(space('functions', scope), { prefix, after, limit })
      return found.map(({ doc, key: cursor }) => ({ function: doc, cursor }))
    },

    async create(scope, database, descriptor) {
      await state.transaction((tx) => {
        const home = requireDatabase(tx, scope, database)
        const name = foldName(descriptor.FunctionName)
        if (tx.get(space('functions', scope), key(home, name)))
          throw new Fault('already-exists', 'function', 'Function already exists.')
        const doc = {
          database: home,
          descriptor: { ...descriptor, FunctionName: name },
          createdAt: clock.now().toISOString(),
        }
        tx.put(space('functions', scope), key(home, name), doc)
      })
    },

    async update(scope, database, name, descriptor) {
      await state.transaction((tx) => {
        const home = requireDatabase(tx, scope, database)
        const found = tx.get<UserFunction>(space('functions', scope), key(home, name))
        if (!found) throw missing(name)
        const newName = foldName(descriptor.FunctionName)
        if (newName !== foldName(name)) {
          if (tx.get(space('functions', scope), key(home, newName)))
            throw new Fault('already-exists', 'function', 'Function already exists.')
          tx.delete(space('functions', scope), key(home, name))
        }
        tx.put(space('functions', scope), key(home, newName), {
          ...found.doc,
          descriptor: { ...descriptor, FunctionName: newName },
        })
      })
    },

    async delete(scope, database, name) {
      await state.unopened.transaction((tx) => {
        const home = requireDatabase(tx, scope, database)
        if (!tx.delete(space('functions', scope), key(home, name))) throw missing(name)
      })
    },
  }
}
