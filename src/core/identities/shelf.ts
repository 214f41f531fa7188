/** Identities of one kind in one account, by names that know no case. */
import { Fault } from '../faults.ts'
import type { StateStore, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { nameKey } from './identity.ts'

export interface Shelf<T> {
  /** Throws `Fault('not-found')` in the words of IAM. */
  get(name: string): T
  find(name: string): T | undefined
  /** In the order of names. */
  all(): T[]
  count(): number
  /** Throws `Fault('already-exists')`. */
  create(item: T, alsoWrite?: (tx: StateTransaction) => void): Promise<void>
  update(name: string, change: (item: T) => T, alsoWrite?: (tx: StateTransaction) => void): Promise<T>
  /** `change` may answer one of another name. Throws `Fault('already-exists')` where that is taken. */
  rename(name: string, change: (item: T) => T, alsoWrite?: (tx: StateTransaction, item: T) => void): Promise<T>
  /** `check` throws where it must stay. */
  delete(name: string, check: (item: T) => void, alsoWrite?: (tx: StateTransaction, item: T) => void): Promise<void>
}

interface Texts {
  missing(name: string): string
  exists(name: string): string
}

/** `changed` is told after every write, before whoever wrote hears of it. */
export function shelf<T extends { readonly name: string }>(
  state: StateStore,
  space: string,
  texts: Texts,
  changed: () => void,
): Shelf<T> {
  const find = (name: string): T | undefined => state.get<T>(space, nameKey(name))?.doc
  const missing = (name: string) => new Fault('not-found', 'identity', texts.missing(name))
  const taken = (name: string) => new Fault('already-exists', 'identity', texts.exists(name))
  const write = async <R>(work: (tx: StateTransaction) => R): Promise<R> => {
    const result = await state.transaction(work)
    changed()
    return result
  }
  const held = (tx: StateTransaction, name: string): T => {
    const item = tx.get<T>(space, nameKey(name))?.doc
    if (!item) throw missing(name)
    return item
  }
  return {
    find,
    get(name) {
      const item = find(name)
      if (!item) throw missing(name)
      return item
    },
    all: () =>
      [
        ...paged(
          (page) => state.list<T>(space, page),
          ({ key }) => key,
        ),
      ].map(({ doc }) => doc),
    count: () => state.count(space),
    create: (item, alsoWrite) =>
      write((tx) => {
        if (tx.get(space, nameKey(item.name))) throw taken(item.name)
        tx.put(space, nameKey(item.name), item)
        alsoWrite?.(tx)
      }),
    update: (name, change, alsoWrite) =>
      write((tx) => {
        const next = change(held(tx, name))
        tx.put(space, nameKey(name), next)
        alsoWrite?.(tx)
        return next
      }),
    rename: (name, change, alsoWrite) =>
      write((tx) => {
        const next = change(held(tx, name))
        const moves = nameKey(next.name) !== nameKey(name)
        if (moves && tx.get(space, nameKey(next.name))) throw taken(next.name)
        if (moves) tx.delete(space, nameKey(name))
        tx.put(space, nameKey(next.name), next)
        alsoWrite?.(tx, next)
        return next
      }),
    delete: (name, check, alsoWrite) =>
      write((tx) => {
        const item = held(tx, name)
        check(item)
        tx.delete(space, nameKey(name))
        alsoWrite?.(tx, item)
      }),
  }
}
