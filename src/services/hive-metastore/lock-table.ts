/**
 * Locks on databases, tables and partitions, granted in the order they were asked for. Kept in memory: whoever holds one
 * must be heard of again and again, and one that is not, as after a restart, has lost it, as with Hive's own.
 */
import { Fault } from '../../core/faults.ts'
import type { Clock } from '../../core/ports.ts'

/** Numbers of the interface definition. */
const LOCK_TYPE = { sharedRead: 1, sharedWrite: 2, exclusive: 3 } as const
export const LOCK_STATE = { acquired: 1, waiting: 2 } as const

export interface LockComponent {
  readonly type: number
  readonly database: string
  /** Absent for the whole database. */
  readonly table?: string
  /** Absent for the whole table. */
  readonly partition?: string
}
export interface LockOwner {
  readonly user: string
  readonly host: string
}
export interface Lock extends LockOwner {
  readonly id: number
  readonly components: readonly LockComponent[]
  acquiredAtMs: number | undefined
  heardAtMs: number
}

/** Hive's hive.txn.timeout. */
const TIMEOUT_MS = 300_000
const MOST = 10_000

export class LockTable {
  readonly #clock: Clock
  /** In the order of their ids, which is that of their coming. */
  readonly #locks = new Map<number, Lock>()
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `Fault('limit', 'lock')` where there are too many. */
  request(components: readonly LockComponent[], owner: LockOwner): Lock {
    this.#expire()
    if (this.#locks.size >= MOST) throw new Fault('limit', 'lock', `There are ${MOST} locks already.`)
    const lock: Lock = { ...owner, id: ++this.#lastId, components, acquiredAtMs: undefined, heardAtMs: this.#now() }
    this.#locks.set(lock.id, lock)
    this.#grant(lock)
    return lock
  }

  /** Keeps it, and grants it when those before it have gone. Undefined for one that is not there. */
  refresh(id: number): Lock | undefined {
    this.#expire()
    const lock = this.#locks.get(id)
    if (!lock) return undefined
    lock.heardAtMs = this.#now()
    this.#grant(lock)
    return lock
  }

  /** False for one that is not there. */
  release(id: number): boolean {
    this.#expire()
    return this.#locks.delete(id)
  }

  list(): readonly Lock[] {
    this.#expire()
    for (const lock of this.#locks.values()) this.#grant(lock)
    return [...this.#locks.values()]
  }

  #grant(lock: Lock): void {
    if (lock.acquiredAtMs !== undefined) return
    for (const earlier of this.#locks.values()) {
      if (earlier.id >= lock.id) break
      if (conflict(earlier, lock)) return
    }
    lock.acquiredAtMs = this.#now()
  }

  #expire(): void {
    const oldest = this.#now() - TIMEOUT_MS
    for (const lock of this.#locks.values()) if (lock.heardAtMs < oldest) this.#locks.delete(lock.id)
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

const conflict = (a: Lock, b: Lock): boolean =>
  a.components.some((one) => b.components.some((other) => overlap(one, other) && exclude(one.type, other.type)))

/** The same, or one inside the other. */
function overlap(a: LockComponent, b: LockComponent): boolean {
  if (a.database !== b.database) return false
  if (a.table === undefined || b.table === undefined) return true
  if (a.table !== b.table) return false
  return a.partition === undefined || b.partition === undefined || a.partition === b.partition
}

/** Readers go with everybody but an exclusive lock; of writers there is one at a time. */
function exclude(a: number, b: number): boolean {
  if (a === LOCK_TYPE.exclusive || b === LOCK_TYPE.exclusive) return true
  return a === LOCK_TYPE.sharedWrite && b === LOCK_TYPE.sharedWrite
}
