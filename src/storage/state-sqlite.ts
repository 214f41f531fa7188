import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { exactJsonText, parseExactJson } from '../core/exact-json.ts'
import type { KeyRange, StateReader, StateStore, StateTransaction, Versioned } from '../core/ports.ts'
import { type DiskRoom, diskFull, diskRoom, requireRoom } from './disk-room.ts'
import { documentConflict } from './document-conflict.ts'
import { keyBounds } from './key-range.ts'

const SQLITE_FULL = 13
/** A writer waits this long for another process (a backup, a shell) that holds the file. */
const BUSY_TIMEOUT_MS = 5000
/** A flood of writers must not keep everyone else waiting. */
const MAX_GROUP = 500

/** Opens or creates the store at `path`; the folders above are created. Throws what SQLite says if it is no store. */
export function openSqliteState(path: string, room: DiskRoom = diskRoom): StateStore {
  mkdirSync(dirname(path), { recursive: true })
  const writer = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  writer.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -32000;
    CREATE TABLE IF NOT EXISTS documents (
      space TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL,
      PRIMARY KEY (space, key)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS bytes (key TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID`)
  syncFolder(dirname(path))
  // A connection of its own: it sees what has been committed and nothing of a transaction under way.
  const reader = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  reader.exec('PRAGMA cache_size = -64000')
  return new SqliteState(writer, reader, () => requireRoom(room, dirname(path)))
}

interface Pending {
  readonly work: (tx: StateTransaction) => unknown
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}
type Settle = () => void

class SqliteState implements StateStore {
  readonly #writer: DatabaseSync
  readonly #readerDatabase: DatabaseSync
  readonly #snapshot: Snapshot
  readonly #reader: DocumentReader
  readonly #tx: DocumentWriter
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  #pending: Pending[] = []
  #closed = false

  constructor(writer: DatabaseSync, reader: DatabaseSync, requireRoom: () => void) {
    this.#writer = writer
    this.#readerDatabase = reader
    this.#snapshot = new Snapshot(reader)
    this.#reader = new DocumentReader(reader, this.#snapshot)
    this.#tx = new DocumentWriter(writer, requireRoom)
    this.#savepoint = writer.prepare('SAVEPOINT member')
    this.#release = writer.prepare('RELEASE member')
  }

  get<T>(space: string, key: string): Versioned<T> | undefined {
    return this.#reader.get(space, key)
  }

  list<T>(space: string, range: KeyRange): Versioned<T>[] {
    return this.#reader.list(space, range)
  }

  keys(space: string, range: KeyRange): string[] {
    return this.#reader.keys(space, range)
  }

  count(space: string, prefix?: string): number {
    return this.#reader.count(space, prefix)
  }

  bytes(key: string): Uint8Array | undefined {
    return this.#reader.bytes(key)
  }

  transaction<T>(work: (tx: StateTransaction) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The state store is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ work, resolve: resolve as Pending['resolve'], reject })
      if (this.#pending.length === 1) this.#schedule()
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    while (this.#pending.length > 0) await setImmediate()
    this.#readerDatabase.close()
    this.#writer.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#writer.close()
  }

  /** Whatever arrives in this turn of the event loop joins the group and shares its flush. */
  async #schedule(): Promise<void> {
    while (this.#pending.length > 0) {
      await setImmediate()
      this.#flush(this.#pending.slice(0, MAX_GROUP))
      this.#pending = this.#pending.slice(MAX_GROUP)
    }
  }

  #flush(group: readonly Pending[]): void {
    const settled: Settle[] = []
    // A snapshot held while the group is committed would keep its log from being folded in.
    this.#snapshot.end()
    try {
      this.#writer.exec('BEGIN IMMEDIATE')
      for (const pending of group) settled.push(this.#perform(pending, group.length > 1))
      this.#writer.exec('COMMIT')
    } catch (error) {
      if (this.#writer.isTransaction) this.#writer.exec('ROLLBACK')
      for (const pending of group) pending.reject(expected(error))
      return
    } finally {
      this.#snapshot.end()
    }
    for (const settle of settled) settle()
  }

  /** Runs one member of the group; a savepoint undoes it alone when it throws. Throws itself only if SQLite gave the whole group up. */
  #perform(pending: Pending, shared: boolean): Settle {
    if (shared) this.#savepoint.run()
    try {
      const value = pending.work(this.#tx)
      if (value instanceof Promise) throw new TypeError('The work of a transaction must be synchronous')
      if (shared) this.#release.run()
      return () => pending.resolve(value as never)
    } catch (error) {
      if (!this.#writer.isTransaction) throw error
      this.#writer.exec(shared ? 'ROLLBACK TO member; RELEASE member' : 'ROLLBACK; BEGIN')
      return () => pending.reject(expected(error))
    }
  }
}

/**
 * What the reader sees, from its first read after a commit until the next commit: taking and leaving SQLite's locks
 * would cost most reads more than the reading does. Nobody else writes: a data directory belongs to one process.
 */
class Snapshot {
  readonly #begin: StatementSync
  readonly #end: StatementSync
  #held = false

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
  }

  hold(): void {
    if (this.#held) return
    this.#begin.run()
    this.#held = true
  }

  end(): void {
    if (!this.#held) return
    this.#end.run()
    this.#held = false
  }
}

class DocumentReader implements StateReader {
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

class DocumentWriter extends DocumentReader implements StateTransaction {
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

function expected(error: unknown): unknown {
  if ((error as { errcode?: number } | undefined)?.errcode !== SQLITE_FULL) return error
  return diskFull('document')
}

/** The store's own name must survive a power cut as its pages do. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
