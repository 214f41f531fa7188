/**
 * The ports: what the rooms need from the outside. Each has one contract suite that every adapter passes.
 * Nothing here knows SQLite, a file system, DuckDB or HTTP.
 */
import type { EngineOutcome, EnginePlan } from './queries/engine-plan.ts'

/** Time. Always asked of the clock, so that a seven-day expiry is tested in milliseconds. */
export interface Clock {
  now(): Date
  /** Resolves after `durationMs`, rejects with the signal's reason when aborted first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

/** Bytes `start` to `end`, both inclusive, zero-based. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface BlobInfo {
  readonly key: string
  readonly sizeBytes: number
}

/**
 * Immutable bytes under keys of our own making (`/`-separated, `[A-Za-z0-9._-]` in between): a blob is written once,
 * read any number of times and deleted; it is never changed. What a user calls a key is indexed in the state store.
 */
export interface BlobStore {
  /** A private place to write. Nothing of it is visible before `commit`; what a crash leaves is swept at start-up. */
  stage(): Promise<StagedBlob>
  /** Throws `Fault('not-found', 'blob')`. A range past the end is cut at the end. The pieces are the reader's own. */
  read(key: string, range?: ByteRange): AsyncIterable<Uint8Array>
  stat(key: string): Promise<BlobInfo | undefined>
  /** Deletes what is there; a key that is not there is no error. */
  delete(keys: readonly string[]): Promise<void>
  /** Every blob whose key starts with `prefix`, in key order. For sweeps; user-facing listings come from the state store. */
  list(prefix: string): AsyncIterable<BlobInfo>
  /** Where the blob lies on a local disk, for an engine that reads files. Absent on stores that are not local. */
  localPath?(key: string): string
  /** Absent as `localPath` is. */
  readonly copies?: LocalCopies
}

/** Local files of bytes that are kept elsewhere, for an engine that reads files. They last as long as the process. */
export interface LocalCopies {
  pathOf(key: string): string
  /** The key whose copy lies there, or would. */
  keyAt(path: string): string | undefined
  /** Settles when the copy that was begun is there, or with why it is not; nothing where none was. */
  begun(key: string): Promise<void> | undefined
  /** Where none was begun. `Fault('storage-full', 'blob')`. */
  write(key: string, bytes: Uint8Array): Promise<void>
  /** A key without a copy is no error. */
  delete(key: string): Promise<void>
  /** Deletes what earlier processes left. */
  sweep(): Promise<void>
}

export interface StagedBlob {
  /** The local file being staged, for an engine that writes files. Absent on stores that are not local. */
  readonly localPath?: string
  /** Appends. Resolves when the bytes have been taken; the caller may reuse the buffer after that. */
  write(chunk: Uint8Array): Promise<void>
  /** Makes the bytes visible under `key`, and durable before it resolves. The key is nobody else's. */
  commit(key: string): Promise<BlobInfo>
  discard(): Promise<void>
}

/** A document and the version it was written at (1, 2, 3 ... over the life of its key). */
export interface Versioned<T> {
  readonly key: string
  readonly version: number
  readonly doc: T
}

/** Keys are ordered by their UTF-8 bytes. `prefix` restricts; `after` and `before` are exclusive bounds. */
export interface KeyRange {
  readonly prefix?: string
  readonly after?: string
  readonly before?: string
  readonly limit: number
  readonly descending?: boolean
}

/** Reads see exactly what has been acknowledged, or inside a transaction also what it wrote so far. */
export interface StateReader {
  get<T>(space: string, key: string): Versioned<T> | undefined
  list<T>(space: string, range: KeyRange): Versioned<T>[]
  /** As `list`, without reading the documents: what a sieve over many keys asks for. */
  keys(space: string, range: KeyRange): string[]
  count(space: string, prefix?: string): number
  /** What `putBytes` keeps under the key; the caller's own. */
  bytes(key: string): Uint8Array | undefined
}

export interface StateTransaction extends StateReader {
  /** Writes a JSON document; returns its new version. With `expect` (0 = absent) another version throws `Fault('conflict', 'document')`. */
  put(space: string, key: string, doc: unknown, expect?: number): number
  /** True if it was there. */
  delete(space: string, key: string, expect?: number): boolean
  /** Deletes every key with the prefix ('' = the whole space); returns how many. */
  deleteAll(space: string, prefix: string): number
  /** Keeps what is too small to be a file, under a key that has none yet. `Fault('storage-full', 'blob')` as a blob store. */
  putBytes(key: string, bytes: Uint8Array): void
  /** True if they were there. */
  deleteBytes(key: string): boolean
}

/**
 * Documents in named spaces (`s3/objects/my-bucket`, `glue/tables`). Reads are synchronous and cheap (microseconds);
 * a write is one transaction: `work` runs synchronously and alone, so what it read still holds when it writes, and the
 * promise resolves when all of it survives `kill -9`, or rejects with what `work` threw and nothing was written.
 * Transactions started in the same turn share one flush.
 */
export interface StateStore extends StateReader {
  /**
   * `ordered` is called before the promise resolves, once every later transaction lies behind this one: none of theirs
   * survives unless this one does.
   */
  transaction<T>(work: (tx: StateTransaction) => T, ordered?: () => void): Promise<T>
  close(): Promise<void>
}

/** Where a database is, and who asks to be let in. */
export interface DatabaseLogin {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** Absent where it is not demanded. */
  readonly tls?: TlsDemand
}

/** What of TLS is demanded of a server. */
export interface TlsDemand {
  /** `encryption`: whoever answers; `authority`: whom a trusted authority has certified; `host`: as this very host. */
  readonly checks: 'encryption' | 'authority' | 'host'
  /** PEM of the authorities that are trusted; absent for those that are known everywhere. */
  readonly authorities?: string
}

/** By the word of a JDBC address, `postgresql`: resolves when the database has let us in, rejects with what it said. */
export type DatabaseLogins = Readonly<Record<string, (login: DatabaseLogin, signal: AbortSignal) => Promise<void>>>

/** Runs a plan. One adapter per engine; the plan holds resolved relations, never user text or table names. */
export interface SqlEngine {
  /**
   * Rejects with `EngineError` (a user-visible failure: Trino's error name and text), or with the signal's reason
   * when aborted; then the engine has stopped working on it. A crash of the engine fails this plan and no other.
   */
  run(plan: EnginePlan, signal: AbortSignal): Promise<EngineOutcome>
  close(): Promise<void>
}
