import { closeSync, fdatasync, fstatSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { KeyRange, StateStore, StateTransaction, Versioned } from '../core/ports.ts'
import { DiskBallast } from './disk-ballast.ts'
import { type DiskRoom, diskFull, diskRoom, isNearlyFull, requireRoom } from './disk-room.ts'
import { DocumentReader, DocumentWriter } from './sqlite-documents.ts'
import { Snapshot } from './sqlite-snapshot.ts'

const datasync = promisify(fdatasync)
const SQLITE_FULL = 13
/** A writer waits this long for another process (a backup, a shell) that holds the file. */
const BUSY_TIMEOUT_MS = 5000
/** A flood of writers must not keep everyone else waiting. */
const MAX_GROUP = 500
/** Some ten megabytes of log: rarely enough that its pages are worth the flush, often enough that reads find them fast. */
const CHANGES_TO_FOLD = 4000
/** So much of the log is on the disk before it is written, so that deletions find room where others leave none. */
const RESERVED_LOG_BYTES = 1024 * 1024

/**
 * Opens or creates the store at `path`; the folders above are created. Throws what SQLite says if it is no store.
 *
 * SQLite writes the log and we flush it, in a thread, before anybody is told or shown what it holds: the disk is waited
 * for by those who write, and by nobody else. What is not flushed yet is seen by the next transaction alone, which
 * lies behind it in the log. Folding the log into the file, SQLite flushes both itself (`synchronous = NORMAL`,
 * https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export function openSqliteState(path: string, room: DiskRoom = diskRoom): StateStore {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true })
  const ballast = new DiskBallast(join(folder, 'ballast'), room)
  if (isNearlyFull(folder, room)) ballast.give()
  try {
    const opened = openConnections(path)
    reserve(opened.log)
    ballast.take()
    syncFolder(folder)
    return new SqliteState({ ...opened, ballast }, () => requireRoom(room, folder))
  } catch (error) {
    if (!isNearlyFull(folder, room)) throw error
    const message = `The disk of ${folder} is so full that what is there cannot be read: a megabyte of room will do.`
    throw new Error(message, { cause: error })
  }
}

function openConnections(path: string): Omit<Parts, 'ballast'> {
  const writer = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  writer.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -32000;
    CREATE TABLE IF NOT EXISTS documents (
      space TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL,
      PRIMARY KEY (space, key)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS bytes (key TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID`)
  // A connection of its own: it sees what has been committed and nothing of a transaction under way.
  const reader = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  reader.exec('PRAGMA cache_size = -64000')
  // By now SQLite has made the log.
  return { writer, reader, log: openSync(`${path}-wal`, 'r+') }
}

interface Parts {
  readonly writer: DatabaseSync
  readonly reader: DatabaseSync
  /** The file descriptor of the log. */
  readonly log: number
  readonly ballast: DiskBallast
}

interface Pending {
  readonly work: (tx: StateTransaction) => unknown
  readonly ordered?: () => void
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}
/** What became of a member of a group that is written. */
interface Member {
  readonly ordered?: () => void
  readonly settle: () => void
}

class SqliteState implements StateStore {
  readonly #parts: Parts
  readonly #writer: DatabaseSync
  readonly #snapshot: Snapshot
  readonly #reader: DocumentReader
  readonly #tx: DocumentWriter
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  readonly #changes: StatementSync
  #pending: Pending[] = []
  #changesFolded = 0
  #closed = false
  /** Why no flush can be trusted any more. */
  #broken: Error | undefined

  constructor(parts: Parts, requireRoom: () => void) {
    const { writer, reader } = parts
    this.#parts = parts
    this.#writer = writer
    this.#snapshot = new Snapshot(reader)
    this.#reader = new DocumentReader(reader, this.#snapshot)
    this.#tx = new DocumentWriter(writer, requireRoom)
    this.#savepoint = writer.prepare('SAVEPOINT member')
    this.#release = writer.prepare('RELEASE member')
    this.#changes = writer.prepare('SELECT total_changes()')
    this.#changes.setReturnArrays(true)
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

  transaction<T>(work: (tx: StateTransaction) => T, ordered?: () => void): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The state store is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ work, ...(ordered && { ordered }), resolve: resolve as Pending['resolve'], reject })
      if (this.#pending.length === 1) this.#schedule()
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    while (this.#pending.length > 0) await setImmediate()
    this.#parts.reader.close()
    // On a full disk the log stays beside the file, and is read at the next start.
    this.#writer.close()
    closeSync(this.#parts.log)
  }

  /** Whatever arrives in this turn of the event loop joins the group and shares its flush. */
  async #schedule(): Promise<void> {
    while (this.#pending.length > 0) {
      await setImmediate()
      const group = this.#pending.slice(0, MAX_GROUP)
      try {
        for (const { settle } of await this.#write(group)) settle()
      } catch (error) {
        for (const pending of group) pending.reject(expected(error))
      }
      this.#pending = this.#pending.slice(group.length)
    }
  }

  /** Resolves when the group is on the disk and readers see it. Where it rejects nothing was written. */
  async #write(group: readonly Pending[]): Promise<readonly Member[]> {
    if (this.#broken) throw this.#broken
    if (this.#changesSince() >= CHANGES_TO_FOLD) this.#foldIn()
    this.#snapshot.pin()
    const members = this.#commit(group)
    const flushed = datasync(this.#parts.log)
    for (const { ordered } of members) ordered?.()
    try {
      await flushed
    } catch (error) {
      // Nobody can say what the disk has of it, so nobody may see it or build on it: the next start reads what is there.
      this.#broken = new Error('The state can no longer be written: its log was not flushed', { cause: error })
      throw this.#broken
    }
    this.#snapshot.end()
    return members
  }

  #commit(group: readonly Pending[]): readonly Member[] {
    try {
      this.#writer.exec('BEGIN IMMEDIATE')
      const members = group.map((pending) => this.#perform(pending, group.length > 1))
      this.#writer.exec('COMMIT')
      return members
    } catch (error) {
      if (this.#writer.isTransaction) this.#writer.exec('ROLLBACK')
      if (isFull(error)) this.#makeRoom()
      throw error
    }
  }

  /** This group has failed; the next, or its clients' second attempt, may find room. */
  #makeRoom(): void {
    this.#parts.ballast.give()
    this.#foldIn()
  }

  #changesSince(): number {
    return (this.#changes.get() as unknown as [number])[0] - this.#changesFolded
  }

  /** While nobody reads: then the log is folded in whole, and the next group writes it from its beginning again. */
  #foldIn(): void {
    this.#changesFolded += this.#changesSince()
    this.#snapshot.end()
    try {
      this.#writer.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (error) {
      // What is not folded in is kept in the log, which grows until there is room.
      if (!isFull(error)) throw error
    }
  }

  /** Runs one member of the group; a savepoint undoes it alone when it throws. Throws itself only if SQLite gave the whole group up. */
  #perform(pending: Pending, shared: boolean): Member {
    if (shared) this.#savepoint.run()
    try {
      const value = pending.work(this.#tx)
      if (value instanceof Promise) throw new TypeError('The work of a transaction must be synchronous')
      if (shared) this.#release.run()
      return { ...(pending.ordered && { ordered: pending.ordered }), settle: () => pending.resolve(value as never) }
    } catch (error) {
      if (!this.#writer.isTransaction) throw error
      this.#writer.exec(shared ? 'ROLLBACK TO member; RELEASE member' : 'ROLLBACK; BEGIN')
      return { settle: () => pending.reject(expected(error)) }
    }
  }
}

const isFull = (error: unknown): boolean => (error as { errcode?: number } | undefined)?.errcode === SQLITE_FULL
const expected = (error: unknown): unknown => (isFull(error) ? diskFull('document') : error)

/** What follows its last entry is nothing to SQLite (https://www.sqlite.org/fileformat2.html#the_write_ahead_log). */
function reserve(log: number): void {
  const zeros = Buffer.alloc(64 * 1024)
  try {
    for (let at = fstatSync(log).size; at < RESERVED_LOG_BYTES; at += zeros.length)
      writeSync(log, zeros, 0, zeros.length, at)
  } catch (error) {
    // A full disk has given what it had.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
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
