/** Logs: groups of streams of lines with times, kept as long as their group says. Knows no HTTP. */
import { randomUUID } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateReader, StateStore } from '../ports.ts'

export interface LogGroup {
  readonly name: string
  /** What its events lie under: a group of the same name that comes later has none of them. */
  readonly id: string
  readonly createdMs: number
  /** Absent where its events are kept for good. */
  readonly retentionDays?: number
  readonly logClass: string
  readonly kmsKeyId?: string
}

export interface LogStream {
  readonly name: string
  readonly createdMs: number
  readonly firstMs?: number
  readonly lastMs?: number
  readonly ingestedMs?: number
  /** The longest time that one of its batches is of; absent where it was not yet told. */
  readonly longestMs?: number
}

export interface LogEvent {
  readonly atMs: number
  readonly message: string
  readonly ingestedMs: number
  /** In the order of time, and of coming. */
  readonly id: string
}

/** What came in one call. */
interface Batch {
  readonly fromMs: number
  readonly toMs: number
  readonly ingestedMs: number
  readonly events: readonly (readonly [atMs: number, message: string])[]
}

const DAY_MS = 86_400_000
const groupSpace = ({ account, region }: Scope): string => `logs/groups/${account}/${region}`
const streamSpace = ({ id }: LogGroup): string => `logs/streams/${id}`
const batchSpace = ({ id }: LogGroup, stream: string): string => `logs/events/${id}/${stream}`
const SCOPES = 'logs/scopes'
const PAGE = 200
/** No batch spans more: "A batch ... cannot span more than 24 hours" (API reference, PutLogEvents). */
export const LONGEST_MS = DAY_MS

const absent = (noun: string, message: string): Fault => new Fault('not-found', noun, message)

export function logRooms(state: StateStore, clock: Clock) {
  let serial = 0
  const rooms = {
    find: (scope: Scope, name: string): LogGroup | undefined => state.get<LogGroup>(groupSpace(scope), name)?.doc,
    get(scope: Scope, name: string): LogGroup {
      const group = rooms.find(scope, name)
      if (!group) throw absent('log group', 'The specified log group does not exist.')
      return group
    },
    list: (scope: Scope, range: { prefix?: string; after?: string; limit: number }): readonly LogGroup[] =>
      state.list<LogGroup>(groupSpace(scope), range).map(({ doc }) => doc),
    async create(scope: Scope, wanted: Pick<LogGroup, 'name' | 'logClass' | 'kmsKeyId'>): Promise<LogGroup> {
      const group: LogGroup = { ...wanted, id: randomUUID(), createdMs: clock.now().getTime() }
      await state.transaction((tx) => {
        if (tx.get(groupSpace(scope), group.name))
          throw new Fault('already-exists', 'log group', 'The specified log group already exists')
        tx.put(groupSpace(scope), group.name, group)
        tx.put(SCOPES, `${scope.account}/${scope.region}`, { account: scope.account, region: scope.region })
      })
      return group
    },
    update: (scope: Scope, name: string, change: (group: LogGroup) => LogGroup): Promise<void> =>
      state.transaction((tx) => {
        const group = tx.get<LogGroup>(groupSpace(scope), name)?.doc
        if (!group) throw absent('log group', 'The specified log group does not exist.')
        tx.put(groupSpace(scope), name, change(group))
      }),
    async delete(scope: Scope, name: string): Promise<void> {
      const group = rooms.get(scope, name)
      const streams = state.keys(streamSpace(group), { limit: 1_000_000 })
      await state.transaction((tx) => {
        tx.delete(groupSpace(scope), name)
        tx.deleteAll(streamSpace(group), '')
        for (const stream of streams) tx.deleteAll(batchSpace(group, stream), '')
      })
    },
    streams: (group: LogGroup, range: { prefix?: string; after?: string; limit: number }): readonly LogStream[] =>
      state.list<LogStream>(streamSpace(group), range).map(({ doc }) => doc),
    stream(group: LogGroup, name: string): LogStream {
      const stream = state.get<LogStream>(streamSpace(group), name)?.doc
      if (!stream) throw absent('log stream', 'The specified log stream does not exist.')
      return stream
    },
    hasStream: (group: LogGroup, name: string): boolean => state.get(streamSpace(group), name) !== undefined,
    createStream: (group: LogGroup, name: string): Promise<void> =>
      state.transaction((tx) => {
        if (tx.get(streamSpace(group), name))
          throw new Fault('already-exists', 'log stream', 'The specified log stream already exists')
        tx.put(streamSpace(group), name, { name, createdMs: clock.now().getTime() } satisfies LogStream)
      }),
    async deleteStream(group: LogGroup, name: string): Promise<void> {
      rooms.stream(group, name)
      await state.transaction((tx) => {
        tx.delete(streamSpace(group), name)
        tx.deleteAll(batchSpace(group, name), '')
      })
    },
    /** In the order of time. */
    append: (group: LogGroup, name: string, events: Batch['events']): Promise<void> =>
      state.transaction((tx) => {
        const stream = tx.get<LogStream>(streamSpace(group), name)?.doc
        if (!stream) throw absent('log stream', 'The specified log stream does not exist.')
        const [fromMs, toMs, ingestedMs] = [events[0]![0], events.at(-1)![0], clock.now().getTime()]
        const key = `${inDigits(fromMs, 14)}-${inDigits(ingestedMs, 14)}${inDigits(serial++ % 1e6, 6)}`
        tx.put(batchSpace(group, name), key, { fromMs, toMs, ingestedMs, events } satisfies Batch)
        tx.put(streamSpace(group), name, {
          ...stream,
          firstMs: Math.min(fromMs, stream.firstMs ?? fromMs),
          lastMs: Math.max(toMs, stream.lastMs ?? toMs),
          ingestedMs,
          longestMs: Math.max(toMs - fromMs, stream.firstMs === undefined ? 0 : (stream.longestMs ?? LONGEST_MS)),
        } satisfies LogStream)
      }),
    /** Of a time, its end not included; batch by batch, so not quite in order. */
    *batches(group: LogGroup, stream: string, fromMs: number, untilMs: number): Generator<readonly LogEvent[]> {
      for (const { read } of rooms.lazyBatches(group, stream, fromMs, untilMs)) yield read()
    },
    /** The same, in the order in which they begin. */
    *lazyBatches(
      group: LogGroup,
      stream: string,
      fromMs: number,
      untilMs: number,
    ): Generator<{ readonly fromMs: number; readonly read: () => readonly LogEvent[] }> {
      const oldest = Math.max(fromMs, keptSince(group, clock.now()))
      const { longestMs = LONGEST_MS } = state.get<LogStream>(streamSpace(group), stream)?.doc ?? {}
      for (let after = inDigits(oldest - longestMs, 14); ; ) {
        const page = state.list<Batch>(batchSpace(group, stream), { after, before: inDigits(untilMs, 14), limit: PAGE })
        for (const { key, doc } of page) {
          if (doc.toMs < oldest) continue
          const from = key.slice(15)
          const read = () =>
            doc.events.flatMap(([atMs, message], i) => {
              if (atMs < oldest || atMs >= untilMs) return []
              const id = `${inDigits(atMs, 14)}${from}${inDigits(i, 5)}`
              return [{ atMs, message, ingestedMs: doc.ingestedMs, id }]
            })
          yield { fromMs: doc.fromMs, read }
        }
        if (page.length < PAGE) return
        after = page.at(-1)!.key
      }
    },
    /** In the order of time. */
    events(group: LogGroup, stream: string, fromMs: number, untilMs: number): LogEvent[] {
      const found = [...rooms.batches(group, stream, fromMs, untilMs)].flat()
      return found.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    },
    storedBytes(group: LogGroup): number {
      let bytes = 0
      for (const { name } of rooms.streams(group, { limit: 1000 }))
        for (const events of rooms.batches(group, name, 0, Number.MAX_SAFE_INTEGER))
          for (const { message } of events) bytes += Buffer.byteLength(message) + 26
      return bytes
    },
    /** Forgets what is older than its group keeps it. */
    forget: () => forget(state, clock),
  }
  return rooms
}

export type LogRooms = ReturnType<typeof logRooms>

const inDigits = (value: number, digits: number): string =>
  String(Math.min(Math.max(0, value), 10 ** digits - 1)).padStart(digits, '0')

export const keptSince = ({ retentionDays }: LogGroup, now: Date): number =>
  retentionDays === undefined ? 0 : now.getTime() - retentionDays * DAY_MS

async function forget(state: StateStore, clock: Clock): Promise<void> {
  for (const { doc: scope } of state.list<Scope>(SCOPES, { limit: 10_000 }))
    for (const { doc: group } of state.list<LogGroup>(groupSpace(scope), { limit: 1_000_000 })) {
      if (group.retentionDays === undefined) continue
      const before = inDigits(keptSince(group, clock.now()), 14)
      for (const stream of state.keys(streamSpace(group), { limit: 1_000_000 }))
        for (;;) {
          const old = oldBatches(state, batchSpace(group, stream), before)
          if (old.length === 0) break
          await state.transaction((tx) => {
            for (const key of old) tx.delete(batchSpace(group, stream), key)
          })
        }
    }
}

/** The last of them may reach into what is kept. */
const oldBatches = (state: StateReader, space: string, before: string): string[] =>
  state
    .list<Batch>(space, { before, limit: PAGE })
    .filter(({ doc }) => doc.toMs < Number(before))
    .map(({ key }) => key)
