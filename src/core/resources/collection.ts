import { Fault } from '../faults.ts'
import type { StateStore, StateTransaction, Versioned } from '../ports.ts'

/**
 * Named documents of one kind in one scope (an account and region): what a service calls its resources. The messages
 * are the service's own; the kinds of fault are the same everywhere.
 */
export interface Collection<T> {
  create(name: string, doc: T, alsoWrite?: (tx: StateTransaction) => void): Promise<void>
  get(name: string): T
  find(name: string): T | undefined
  /** In order of name, beginning after `after`. */
  list(page: { readonly after?: string; readonly limit: number }): Versioned<T>[]
  /** `change` sees the document as it is (or `absent`) and answers what it shall be; nobody comes in between. */
  update(name: string, change: (doc: T) => T, absent?: T): Promise<T>
  put(name: string, doc: T, alsoWrite?: (tx: StateTransaction) => void): Promise<void>
  delete(name: string, alsoWrite?: (tx: StateTransaction) => void): Promise<void>
}

export interface CollectionTexts {
  readonly noun: string
  missing(name: string): string
  exists(name: string): string
}

export function collection<T>(state: StateStore, space: string, texts: CollectionTexts): Collection<T> {
  const missing = (name: string): Fault => new Fault('not-found', texts.noun, texts.missing(name))
  const find = (name: string): T | undefined => state.get<T>(space, name)?.doc
  return {
    find,
    get(name) {
      const doc = find(name)
      if (doc === undefined) throw missing(name)
      return doc
    },
    list: (page) => state.list<T>(space, page),
    create: (name, doc, alsoWrite) =>
      state.transaction((tx) => {
        if (tx.get(space, name)) throw new Fault('already-exists', texts.noun, texts.exists(name))
        tx.put(space, name, doc)
        alsoWrite?.(tx)
      }),
    update: (name, change, absent) =>
      state.transaction((tx) => {
        const current = tx.get<T>(space, name)?.doc ?? absent
        if (current === undefined) throw missing(name)
        const changed = change(current)
        tx.put(space, name, changed)
        return changed
      }),
    put: (name, doc, alsoWrite) =>
      state.transaction((tx) => {
        tx.put(space, name, doc)
        alsoWrite?.(tx)
      }),
    delete: (name, alsoWrite) =>
      state.transaction((tx) => {
        if (!tx.delete(space, name)) throw missing(name)
        alsoWrite?.(tx)
      }),
  }
}
