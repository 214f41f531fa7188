/**
 * What indexes wait for: partitions that were there before them are entered, entries of a deleted one go. Stretch by
 * stretch, each a transaction that also writes down how far it came, so that others get their turn and a crash loses a
 * stretch at most.
 */
import type { StateStore, StateTransaction } from '../ports.ts'
import type { PartitionIndex, Scope } from './catalog.ts'
import { encryptionSettings } from './catalog-encryption.ts'
import { SEPARATOR, space } from './names.ts'
import { type BackfillFault, entryFault, indexEntry } from './partition-index-entry.ts'
import { entryPrefix, indexesOf, indexKey, type PartitionIndexDocument } from './partition-index-state.ts'
import { decodeValues } from './partition-key.ts'
import { isSealed } from './sealed-state.ts'

const SPACE = 'catalog/partition-index-work'
const STRETCH = 1000
/** "Each table stores the last 10 failed indexes": glue dg, partition-indexes. */
const FAILED_KEPT = 10
/** So many partitions are named as the reason of a failure. */
const PARTITIONS_NAMED = 10

interface Work {
  readonly scope: Scope
  readonly table: string
  readonly index: string
  /** The key of the last partition that has been entered. */
  readonly after?: string
}

/** Within the transaction that gives the index something to wait for; `wake` is to follow it. */
export function noteIndexWork(tx: StateTransaction, scope: Scope, table: string, index: string): void {
  tx.put(SPACE, `${scope.account}/${scope.region}/${indexKey(table, index)}`, { scope, table, index } satisfies Work)
}

export class PartitionIndexWork {
  readonly #state: StateStore
  #report: (error: unknown) => void = () => {}
  #running: Promise<void> | undefined
  #woken = false
  #closed = false

  constructor(state: StateStore) {
    this.#state = state
  }

  resume(report: (error: unknown) => void): void {
    this.#report = report
    this.wake()
  }

  wake(): void {
    this.#woken = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#woken && !this.#closed) {
      this.#woken = false
      for (const key of this.#state.keys(SPACE, { limit: STRETCH }))
        try {
          while (!this.#closed && (await this.#state.transaction((tx) => workOn(tx, key)))) this.#woken = true
        } catch (error) {
          // A full disk, say: what is left waits for the next that wakes us, or the next start.
          this.#report(error)
        }
    }
  }
}

/** One stretch of it. False when nothing is left to do. */
function workOn(tx: StateTransaction, key: string): boolean {
  const work = tx.get<Work>(SPACE, key)?.doc
  if (!work) return false
  const { scope, table, index: id } = work
  const index = tx.get<PartitionIndexDocument>(space('partition-indexes', scope), indexKey(table, id))?.doc
  const done = index?.state === 'CREATING' ? enter(tx, key, work, index) : erase(tx, work, index)
  if (done) tx.delete(SPACE, key)
  return !done
}

function enter(tx: StateTransaction, key: string, work: Work, index: PartitionIndexDocument): boolean {
  const { scope, table } = work
  const prefix = `${table}${SEPARATOR}`
  const partitions = space('partitions', scope)
  const keys = tx.keys(partitions, { prefix, after: work.after, limit: STRETCH })
  // Only where a catalog has ever been encrypted are its partitions looked at, and not just their values.
  const mayBeSealed = encryptionSettings(tx, scope) !== undefined
  const faults = new Map<BackfillFault, string[][]>()
  for (const one of keys) {
    const values = decodeValues(one.slice(prefix.length))
    // "Index creation on a table with encrypted partitions is not supported": glue dg, partition-indexes.
    const isEncrypted = mayBeSealed && isSealed(tx.get(partitions, one)?.doc)
    const fault = isEncrypted ? 'ENCRYPTED_PARTITION_ERROR' : entryFault(index.keys, values)
    if (fault) faults.set(fault, [...(faults.get(fault) ?? []), values])
    else
      tx.put(space('partition-index-entries', scope), entryPrefix(table, index.id) + indexEntry(index.keys, values), 0)
  }
  if (faults.size > 0) {
    const failures = [...faults].map(([code, wrong]) => ({ code, partitions: wrong.slice(0, PARTITIONS_NAMED) }))
    putState(tx, work, { ...index, state: 'FAILED', failures })
    forgetOldFailures(tx, work)
    // The next stretch finds it failed, and erases what has been entered.
    return false
  }
  if (keys.length < STRETCH) {
    putState(tx, work, { ...index, state: 'ACTIVE' })
    return true
  }
  tx.put(SPACE, key, { ...work, after: keys.at(-1)! })
  return false
}

/** Of an index that is deleted, has failed or is gone with its table. */
function erase(
  tx: StateTransaction,
  { scope, table, index: id }: Work,
  index: PartitionIndexDocument | undefined,
): boolean {
  const entries = space('partition-index-entries', scope)
  const portion = tx.keys(entries, { prefix: entryPrefix(table, id), limit: STRETCH })
  for (const one of portion) tx.delete(entries, one)
  if (portion.length === STRETCH) return false
  if (index?.state === 'DELETING') tx.delete(space('partition-indexes', scope), indexKey(table, id))
  return true
}

function putState(
  tx: StateTransaction,
  { scope, table }: Work,
  index: PartitionIndexDocument & { readonly state: PartitionIndex['state'] },
): void {
  tx.put(space('partition-indexes', scope), indexKey(table, index.id), index)
}

function forgetOldFailures(tx: StateTransaction, { scope, table }: Work): void {
  const failed = indexesOf(tx, scope, table).filter((one) => one.state === 'FAILED')
  for (const { id } of failed.slice(0, -FAILED_KEPT)) tx.delete(space('partition-indexes', scope), indexKey(table, id))
}
