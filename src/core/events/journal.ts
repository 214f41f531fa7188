/**
 * The journal of events: appended in memory at the price of writing a line, kept in the state a batch at a time, so that
 * no call waits for a flush of its own. What changed something is written within a tenth of a second, what only read within
 * a second; what is not yet written is lost with a process that is killed, and nothing else. Read through, it shows
 * everything at once.
 */
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { EventRecord } from './event.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** "CloudTrail event history provides ... the past 90 days" (docs: awscloudtrail userguide, view-cloudtrail-events). */
export const KEPT_DAYS = 90
const DAY_MS = 86_400_000
/** What waits in memory is written after so long, what changed something after so short, or when there is so much of it. */
const REST_MS = 1000
const SHORT_REST_MS = 100
const BATCH_EVENTS = 500
/** No batch is of more than this, unless a full disk keeps it waiting. */
const LONGEST_MS = DAY_MS / 2
const BATCH_CHARACTERS = 1 << 20
/** What cannot be written, as on a full disk, may wait in memory up to here; then it is lost, and counted. */
const MOST_WAITING = 20_000

const SCOPES = 'events/scopes'
const FORGOTTEN_AT_ONCE = 200

/** A batch as it is kept; its lines lie compressed beside it. */
interface Batch {
  readonly count: number
  readonly toMs: number
}

/** Where an event lies: greater is later. */
export interface EventPlace {
  readonly batch: string
  readonly index: number
}

export interface PlacedEvent {
  readonly place: EventPlace
  readonly event: EventRecord
}

export interface EventSelection {
  /** Begins beyond it, in the direction of reading. */
  readonly beyond?: EventPlace
  readonly fromMs?: number
  readonly untilMs?: number
  readonly newestFirst?: boolean
  /** JSON texts that a line must hold to be looked at. */
  readonly holding?: readonly string[]
  /** Only events of this category. */
  readonly category?: EventRecord['eventCategory']
}

interface Waiting {
  readonly scope: Scope
  lines: string[]
  characters: number
  firstMs: number
  lastMs: number
}

export interface Journal {
  /** Under the account and the region that it names. */
  append(event: EventRecord): void
  /** In order; yields `undefined` where a batch held nothing, so that who reads can rest or stop. */
  read(scope: Scope, selection: EventSelection): AsyncGenerator<PlacedEvent | undefined>
  /** The accounts and regions of which there are events. */
  scopes(): readonly Scope[]
  /** Events that found no room, ever. */
  readonly lost: number
  flush(): Promise<void>
  /** The batches that may hold events of the time, the oldest first, as they are kept: lines of JSON under Zstandard. */
  batches(scope: Scope, fromMs: number, untilMs: number): AsyncGenerator<Uint8Array>
  /** Forgets what is older than it is kept; `wantedDays` tells of an account whose events are wanted for longer. */
  forget(wantedDays: (account: string) => number): Promise<void>
  close(): Promise<void>
}

const nameOf = ({ account, region }: Scope): string => `${account}/${region}`
const spaceOf = (scope: Scope): string => `events/${nameOf(scope)}`
const bytesKey = (scope: Scope, batch: string): string => `${spaceOf(scope)}/${batch}`
const isLater = (a: EventPlace, b: EventPlace): boolean =>
  a.batch > b.batch || (a.batch === b.batch && a.index > b.index)

/** `tell` hears why a batch could not be written; it is tried again with the next. */
export function openJournal(state: StateStore, clock: Clock, tell: (error: unknown) => void): Journal {
  return new StoredJournal(state, clock, tell)
}

class StoredJournal implements Journal {
  readonly #state: StateStore
  readonly #clock: Clock
  readonly #tell: (error: unknown) => void
  readonly #waiting = new Map<string, Waiting>()
  readonly #closing = new AbortController()
  #waitingEvents = 0
  #serial = 0
  /** When what waits is written, in the clock's milliseconds; infinite while nothing waits for that. */
  #dueMs = Infinity
  #flushing: Promise<void> = Promise.resolve()
  lost = 0

  constructor(state: StateStore, clock: Clock, tell: (error: unknown) => void) {
    this.#state = state
    this.#clock = clock
    this.#tell = tell
  }

  append(event: EventRecord): void {
    if (this.#waitingEvents >= MOST_WAITING) {
      this.lost++
      return
    }
    const nowMs = this.#clock.now().getTime()
    const waiting = this.#waitingOf({ account: event.recipientAccountId, region: event.awsRegion }, nowMs)
    const line = JSON.stringify(event)
    waiting.lines.push(line)
    waiting.characters += line.length
    waiting.lastMs = nowMs
    this.#waitingEvents++
    if (waiting.lines.length === BATCH_EVENTS || waiting.characters >= BATCH_CHARACTERS) void this.flush()
    else this.#arm(event.managementEvent && !event.readOnly ? SHORT_REST_MS : REST_MS)
  }

  #waitingOf(scope: Scope, nowMs: number): Waiting {
    const name = nameOf(scope)
    const known = this.#waiting.get(name)
    if (known && nowMs - known.firstMs < LONGEST_MS) return known
    // The machine has slept, or its clock was set.
    if (known) void this.flush()
    const made = { scope, lines: [], characters: 0, firstMs: nowMs, lastMs: nowMs }
    this.#waiting.set(name, made)
    return made
  }

  #arm(restMs: number): void {
    const dueMs = this.#clock.now().getTime() + restMs
    if (dueMs >= this.#dueMs) return
    this.#dueMs = dueMs
    this.#clock.sleep(restMs, this.#closing.signal).then(
      () => {
        // Who waits for less has come in between.
        if (this.#dueMs !== dueMs) return
        this.#dueMs = Infinity
        void this.flush()
      },
      () => {}, // Closing: it flushes.
    )
  }

  flush(): Promise<void> {
    const due = [...this.#waiting.values()]
    this.#waiting.clear()
    if (due.length > 0) this.#flushing = this.#flushing.then(() => this.#write(due))
    return this.#flushing
  }

  async #write(due: readonly Waiting[]): Promise<void> {
    try {
      const batches = await Promise.all(due.map((one) => this.#batchOf(one)))
      await this.#state.transaction((tx) => {
        for (const { scope, key, batch, bytes } of batches) {
          tx.put(SCOPES, nameOf(scope), { account: scope.account, region: scope.region })
          tx.put(spaceOf(scope), key, batch)
          tx.putBytes(bytesKey(scope, key), bytes)
        }
      })
      for (const { lines } of due) this.#waitingEvents -= lines.length
    } catch (error) {
      this.#keepWaiting(due)
      if (!(error instanceof Fault && error.kind === 'storage-full')) this.#tell(error)
    }
  }

  async #batchOf({ scope, lines, firstMs, lastMs }: Waiting) {
    // The number keeps apart what begins in the same millisecond, and in the order of its writing.
    const key = `${new Date(firstMs).toISOString()}-${(this.#serial++).toString(36).padStart(9, '0')}`
    const bytes = await compress(lines.join('\n'))
    const batch: Batch = { count: lines.length, toMs: lastMs }
    return { scope, key, batch, bytes }
  }

  #keepWaiting(due: readonly Waiting[]): void {
    for (const one of due) {
      const later = this.#waiting.get(nameOf(one.scope))
      if (later) {
        one.lines.push(...later.lines)
        one.characters += later.characters
        one.lastMs = later.lastMs
      }
      this.#waiting.set(nameOf(one.scope), one)
    }
    if (!this.#closing.signal.aborted) this.#arm(REST_MS)
  }

  async *read(scope: Scope, selection: EventSelection): AsyncGenerator<PlacedEvent | undefined> {
    await this.flush()
    const { beyond, newestFirst = false } = selection
    const first = beyond && this.#state.get<Batch>(spaceOf(scope), beyond.batch)
    if (first) yield* this.#readBatch(scope, first.key, selection)
    for (let last = beyond?.batch; ; ) {
      const range = newestFirst ? { before: last, descending: true } : { after: last }
      const page = this.#state.list<Batch>(spaceOf(scope), { ...range, limit: 100 })
      for (const { key, doc } of page) {
        if (newestFirst ? doc.toMs < (selection.fromMs ?? 0) : startOf(key) > (selection.untilMs ?? Infinity)) return
        const outside = newestFirst
          ? startOf(key) > (selection.untilMs ?? Infinity)
          : doc.toMs < (selection.fromMs ?? 0)
        if (!outside) yield* this.#readBatch(scope, key, selection)
      }
      if (page.length === 0) return
      last = page.at(-1)!.key
    }
  }

  async *#readBatch(
    scope: Scope,
    batch: string,
    { beyond, newestFirst, holding = [], category, fromMs = 0, untilMs = Infinity }: EventSelection,
  ): AsyncGenerator<PlacedEvent | undefined> {
    const bytes = this.#state.bytes(bytesKey(scope, batch))
    if (!bytes) return
    const lines = (await decompress(bytes)).toString().split('\n')
    const marks = category ? [...holding, `"eventCategory":"${category}"`] : holding
    const order = newestFirst ? lines.keys().toArray().reverse() : lines.keys()
    let found = false
    for (const index of order) {
      const place = { batch, index }
      if (beyond && !(newestFirst ? isLater(beyond, place) : isLater(place, beyond))) continue
      const line = lines[index]!
      if (!marks.every((mark) => line.includes(mark))) continue
      const event = JSON.parse(line) as EventRecord
      const atMs = Date.parse(event.eventTime)
      // A record says the second in which it was made.
      if (atMs + 999 < fromMs || atMs > untilMs) continue
      found = true
      yield { place, event }
    }
    if (!found) yield undefined
  }

  scopes(): readonly Scope[] {
    return this.#state.list<Scope>(SCOPES, { limit: 10_000 }).map(({ doc }) => doc)
  }

  async *batches(scope: Scope, fromMs: number, untilMs: number): AsyncGenerator<Uint8Array> {
    await this.flush()
    let after = new Date(Math.max(0, fromMs - 2 * LONGEST_MS)).toISOString()
    for (;;) {
      const page = this.#state.list<Batch>(spaceOf(scope), { after, limit: 100 })
      for (const { key, doc } of page) {
        if (startOf(key) > untilMs) return
        const bytes = doc.toMs >= fromMs ? this.#state.bytes(bytesKey(scope, key)) : undefined
        if (bytes) yield bytes
      }
      if (page.length === 0) return
      after = page.at(-1)!.key
    }
  }

  async forget(wantedDays: (account: string) => number): Promise<void> {
    const nowMs = this.#clock.now().getTime()
    for (const scope of this.scopes()) {
      const keptDays = Math.max(KEPT_DAYS, wantedDays(scope.account))
      const before = new Date(nowMs - keptDays * DAY_MS).toISOString()
      for (;;) {
        const old = this.#state.keys(spaceOf(scope), { before, limit: FORGOTTEN_AT_ONCE })
        if (old.length === 0) break
        await this.#state.transaction((tx) => {
          for (const key of old) {
            tx.delete(spaceOf(scope), key)
            tx.deleteBytes(bytesKey(scope, key))
          }
        })
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.flush()
  }
}

/** The second in which a batch began, as its records say it: its name begins with the moment. */
const startOf = (batch: string): number => Date.parse(`${batch.slice(0, 19)}Z`)
