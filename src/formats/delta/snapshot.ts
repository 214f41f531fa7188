/** From a log's actions to the table as its newest version has it. */
import type { Action, AddFile, DeletionVectorDescriptor, Metadata, Protocol } from './actions.ts'
import { fileUri } from './file-uri.ts'
import { badData, invalidLog } from './log-error.ts'

export interface Snapshot {
  readonly version: number
  readonly protocol: Protocol
  readonly metadata: Metadata
  readonly files: readonly SnapshotFile[]
}

export interface SnapshotFile extends AddFile {
  readonly uri: string
}

/** Half a kilobyte each. */
const MOST_FILES = 2_000_000

/**
 * Gathers actions, those of the newest commit first and in any order within one, since a commit names a file once; those of
 * a checkpoint come last. Of a file, and of the table's metadata, the first that is met counts. A file is told by
 * its path and its deletion vector: one that has lost rows is removed with the old vector and added with the new one.
 */
export class Replay {
  #protocol: Protocol | undefined
  #metadata: Metadata | undefined
  readonly #root: string
  readonly #met = new Set<string>()
  readonly #files: SnapshotFile[] = []

  /** `root`: where the table lies. */
  constructor(root: string) {
    this.#root = root
  }

  take(action: Action): void {
    if (action.kind === 'protocol') this.#protocol ??= action.protocol
    if (action.kind === 'metadata') this.#metadata ??= action.metadata
    if (action.kind === 'remove')
      this.#met.add(identity(fileUri(this.#root, action.remove.path), action.remove.deletionVector))
    if (action.kind === 'add') this.#add(action.add)
  }

  #add(add: AddFile): void {
    const uri = fileUri(this.#root, add.path)
    const key = identity(uri, add.deletionVector)
    if (this.#met.has(key)) return
    this.#met.add(key)
    this.#files.push({ ...add, uri })
    if (this.#files.length > MOST_FILES)
      throw badData(`Delta tables of more than ${MOST_FILES} files are not supported`)
  }

  /** `table` is for messages, which are Trino's. */
  snapshot(version: number, table: string): Snapshot {
    if (!this.#metadata) throw invalidLog(`Metadata not found in transaction log for ${table}`)
    if (!this.#protocol) throw invalidLog(`Protocol not found in transaction log for ${table}`)
    return { version, protocol: this.#protocol, metadata: this.#metadata, files: this.#files }
  }
}

const identity = (uri: string, vector?: DeletionVectorDescriptor): string =>
  vector ? `${uri}\n${vector.storageType}${vector.pathOrInlineDv}@${vector.offset ?? ''}` : uri
