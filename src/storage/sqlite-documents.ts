import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { exactJsonText, parseExactJson } from '../core/exact-json.ts'
import type { KeyRange, StateReader, StateTransaction, Versioned } from '../core/ports.ts'
import { documentConflict } from './document-conflict.ts'
import { keyBounds } from './key-range.ts'
import type { Snapshot } from './sqlite-snapshot.ts'

/** The statements by which a connection reads. */
export class DocumentReader implements StateReader {
  readonly #database: DatabaseSync
  /** Absent inside a transaction, which is one itself. */
  readonly #snapshot: Snapshot | undefined
  readonly #get: StatementSync
  readonly #bytes: StatementSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, snapshot?: Snapshot) {
    this.#database = database
    this.#snapshot = snapshot
    this.#get = database.prepare('SELECT version, doc FROM documents WHERE space = ? AND key = ?')
    this.#get.setReturnArrays(true)
    this.#bytes = database.prepare('SELECT bytes FROM bytes WHERE key = ?')
    this.#bytes.setReturnArrays(true)
  }

  get<T>(space: string, key: string): Versioned<T> | undefined {
    this.#snapshot?.hold()
    const found = this.#get.get(space, key) as unknown as [number, string] | undefined
    return found && { key, version: found[0], doc: parseExactJson(found[1]) as T }
  }

  list<T>(space: string, range: KeyRange): Versioned<T>[] {
    const rows = this.#rows('key, version, doc', space, range) as [string, number, string][]
    return rows.map(([key, version, doc]) => ({ key, version, doc: parseExactJson(doc) as T }))
  }

  keys(space: string, range: KeyRange): string[] {
    return (this.#rows('key', space, range) as [string][]).map(([key]) => key)
  }

  count(space: string, prefix = ''): number {
    this.#snapshot?.hold()
    const bounds = keyBounds({ prefix })!
    const statement = this.#prepared(`SELECT count(*) FROM documents WHERE space = ? AND ${within(bounds)}`)
    return (statement.get(space, ...ends(bounds)) as unknown as [number])[0]
  }

  bytes(key: string): Uint8Array | undefined {
    this.#snapshot?.hold()
    return (this.#bytes.get(key) as unknown as [Uint8Array] | undefined)?.[0]
  }

  #rows(columns: string, space: string, range: KeyRange): unknown[] {
    const bounds = keyBounds(range)
    if (!bounds || range.limit <= 0) return []
    this.#snapshot?.hold()
    const order = range.descending ? 'DESC' : 'ASC'
    // `+?`: SQLite looks at a bare limit while it plans, and would plan anew, at ten times the cost, for every value bound.
    const statement = this.#prepared(
      `SELECT ${columns} FROM documents WHERE space = ? AND ${within(bounds)} ORDER BY key ${order} LIMIT +?`,
    )
    return statement.all(space, ...ends(bounds), range.limit)
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    statement.setReturnArrays(true)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Those of the connection that writes; used within its transactions. */
export class DocumentWriter extends DocumentReader implements StateTransaction {
  readonly #version: StatementSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #deleteRange: StatementSync
  readonly #deleteFrom: StatementSync
  readonly #putBytes: StatementSync
  readonly #deleteBytes: StatementSync
  readonly #requireRoom: () => void

  constructor(database: DatabaseSync, requireRoom: () => void) {
    super(database)
    this.#requireRoom = requireRoom
    this.#version = database.prepare('SELECT version FROM documents WHERE space = ? AND key = ?')
    this.#put = database.prepare(
      `INSERT INTO documents (space, key, version, doc) VALUES (?, ?, 1, ?)
       ON CONFLICT DO UPDATE SET version = version + 1, doc = excluded.doc RETURNING version`,
    )
    this.#delete = database.prepare('DELETE FROM documents WHERE space = ? AND key = ?')
    this.#deleteRange = database.prepare('DELETE FROM documents WHERE space = ? AND key >= ? AND key < ?')
    this.#deleteFrom = database.prepare('DELETE FROM documents WHERE space = ? AND key >= ?')
    this.#putBytes = database.prepare('INSERT INTO bytes (key, bytes) VALUES (?, ?)')
    this.#deleteBytes = database.prepare('DELETE FROM bytes WHERE key = ?')
  }

  put(space: string, key: string, doc: unknown, expect?: number): number {
    const text = exactJsonText(doc)
    if (text === undefined) throw new TypeError('A document must have a JSON form')
    if (expect !== undefined) this.#check(space, key, expect)
    return (this.#put.get(space, key, text) as { version: number }).version
  }

  delete(space: string, key: string, expect?: number): boolean {
    if (expect !== undefined) this.#check(space, key, expect)
    return this.#delete.run(space, key).changes === 1
  }

  deleteAll(space: string, prefix: string): number {
    const { start, end } = keyBounds({ prefix })!
    const done = end === undefined ? this.#deleteFrom.run(space, start) : this.#deleteRange.run(space, start, end)
    return Number(done.changes)
  }

  putBytes(key: string, bytes: Uint8Array): void {
    this.#requireRoom()
    this.#putBytes.run(key, bytes)
  }

  deleteBytes(key: string): boolean {
    return this.#deleteBytes.run(key).changes === 1
  }

  #check(space: string, key: string, expect: number): void {
    const found = (this.#version.get(space, key) as { version: number } | undefined)?.version ?? 0
    if (found !== expect) throw documentConflict(space, key, expect, found)
  }
}

function within({ exclusive, end }: { exclusive: boolean; end?: string }): string {
  return `key ${exclusive ? '>' : '>='} ?${end === undefined ? '' : ' AND key < ?'}`
}

function ends({ start, end }: { start: string; end?: string }): string[] {
  return end === undefined ? [start] : [start, end]
}
