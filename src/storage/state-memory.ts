import { exactJsonText, parseExactJson } from '../core/exact-json.ts'
import { compareKeys } from '../core/key-order.ts'
import type { KeyRange, StateReader, StateStore, StateTransaction, Versioned } from '../core/ports.ts'
import { documentConflict } from './document-conflict.ts'
import { keyBounds } from './key-range.ts'

/** Documents are kept as JSON text, so that what is read back is what a disk would give. */
interface Entry {
  readonly version: number
  readonly text: string
}

/** Sorted keys beside a map: reads by key are a look-up, ranges a binary search. Inserting shifts an array, so this is for tests. */
class Space {
  readonly entries = new Map<string, Entry>()
  readonly keys: string[] = []

  set(key: string, entry: Entry): void {
    if (!this.entries.has(key)) this.keys.splice(this.indexOf(key, false), 0, key)
    this.entries.set(key, entry)
  }

  delete(key: string): boolean {
    if (!this.entries.delete(key)) return false
    this.keys.splice(this.indexOf(key, false), 1)
    return true
  }

  /** The place of the first key that is not below `key` (or, `past`, that is above it). */
  indexOf(key: string, past: boolean): number {
    let low = 0
    let high = this.keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      const order = compareKeys(this.keys[middle]!, key)
      if (order < 0 || (past && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }

  between(range: Omit<KeyRange, 'limit'>, limit = Number.POSITIVE_INFINITY): readonly string[] {
    const bounds = keyBounds(range)
    if (!bounds) return []
    const first = this.indexOf(bounds.start, bounds.exclusive)
    const end = bounds.end === undefined ? this.keys.length : this.indexOf(bounds.end, false)
    if (range.descending) return this.keys.slice(Math.max(first, end - limit), end).reverse()
    return this.keys.slice(first, Math.min(end, first + limit))
  }
}

export function openMemoryState(): StateStore {
  return new MemoryState()
}

class MemoryState implements StateStore, StateReader {
  readonly #spaces = new Map<string, Space>()
  readonly #bytes = new Map<string, Uint8Array>()
  #closed = false

  get<T>(space: string, key: string): Versioned<T> | undefined {
    const entry = this.#spaces.get(space)?.entries.get(key)
    return entry && { key, version: entry.version, doc: parseExactJson(entry.text) as T }
  }

  list<T>(space: string, range: KeyRange): Versioned<T>[] {
    return this.keys(space, range).map((key) => this.get<T>(space, key)!)
  }

  keys(space: string, range: KeyRange): string[] {
    if (range.limit <= 0) return []
    return [...(this.#spaces.get(space)?.between(range, range.limit) ?? [])]
  }

  count(space: string, prefix = ''): number {
    return this.#spaces.get(space)?.between({ prefix }).length ?? 0
  }

  bytes(key: string): Uint8Array | undefined {
    const bytes = this.#bytes.get(key)
    return bytes && Uint8Array.from(bytes)
  }

  async transaction<T>(work: (tx: StateTransaction) => T, ordered?: () => void): Promise<T> {
    if (this.#closed) throw new Error('The state store is closed')
    // As with a disk, the caller's turn ends before anything happens.
    await new Promise(setImmediate)
    const value = this.#perform(work)
    ordered?.()
    return value
  }

  #perform<T>(work: (tx: StateTransaction) => T): T {
    const undo: (() => void)[] = []
    try {
      const value = work(this.#journaled(undo))
      if (value instanceof Promise) throw new TypeError('The work of a transaction must be synchronous')
      return value
    } catch (error) {
      for (const step of undo.reverse()) step()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  /** Writes go straight in, each leaving behind how to take it back: nobody reads while the work runs. */
  #journaled(undo: (() => void)[]): StateTransaction {
    const spaceOf = (name: string) => {
      const known = this.#spaces.get(name) ?? new Space()
      this.#spaces.set(name, known)
      return known
    }
    const check = (space: string, key: string, expect?: number) => {
      const version = this.#spaces.get(space)?.entries.get(key)?.version ?? 0
      if (expect !== undefined && version !== expect) throw documentConflict(space, key, expect, version)
    }
    const remove = (space: Space, key: string) => {
      const entry = space.entries.get(key)
      if (!entry) return false
      undo.push(() => space.set(key, entry))
      return space.delete(key)
    }
    return {
      get: (space, key) => this.get(space, key),
      list: (space, range) => this.list(space, range),
      keys: (space, range) => this.keys(space, range),
      count: (space, prefix) => this.count(space, prefix),
      bytes: (key) => this.bytes(key),
      put: (space, key, doc, expect) => {
        const text = exactJsonText(doc)
        if (text === undefined) throw new TypeError('A document must have a JSON form')
        check(space, key, expect)
        const home = spaceOf(space)
        const before = home.entries.get(key)
        undo.push(() => (before ? home.set(key, before) : home.delete(key)))
        const version = (before?.version ?? 0) + 1
        home.set(key, { version, text })
        return version
      },
      delete: (space, key, expect) => {
        check(space, key, expect)
        return remove(spaceOf(space), key)
      },
      deleteAll: (space, prefix) => {
        const home = spaceOf(space)
        const keys = home.between({ prefix })
        for (const key of keys) remove(home, key)
        return keys.length
      },
      putBytes: (key, bytes) => {
        if (this.#bytes.has(key)) throw new Error(`There are bytes ${key} already`)
        undo.push(() => this.#bytes.delete(key))
        this.#bytes.set(key, Uint8Array.from(bytes))
      },
      deleteBytes: (key) => {
        const bytes = this.#bytes.get(key)
        if (bytes) undo.push(() => this.#bytes.set(key, bytes))
        return this.#bytes.delete(key)
      },
    }
  }
}
