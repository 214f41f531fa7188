/**
 * Events of several streams in the order of time, as many as a page wants: no more batches are read than lead to them. A
 * search that finds little ends after so many batches, and tells where it goes on.
 */
import { setImmediate } from 'node:timers/promises'
import type { LogEvent, LogGroup, LogRooms, LogStream } from './log-groups.ts'

/** Of all streams together. */
const MOST_BATCHES = 2000
/** Messages of so many characters are looked at before whoever else waits has a turn. */
const STRETCH = 1 << 20
/** Or so long: a pattern may ask each of them for much. */
const MOST_TURN_MS = 50
const TIME_DIGITS = 14

export interface FoundEvent {
  readonly stream: string
  readonly event: LogEvent
  /** In the order of time; two events have two. */
  readonly key: string
}

export interface LogSearch {
  readonly streams: readonly LogStream[]
  readonly fromMs: number
  /** Not included. */
  readonly untilMs: number
  /** Goes on beyond this key, which an earlier page told. */
  readonly beyond?: string
  readonly limit: number
  readonly match: (message: string) => boolean
}

/** One stream on its way: nothing that it has yet to tell is earlier than `fromMs`. */
interface Lane {
  readonly stream: string
  fromMs: number
  readonly batches: Iterator<{ readonly fromMs: number; readonly read: () => readonly LogEvent[] }>
  next?: () => readonly LogEvent[]
}

export async function searchLogs(
  rooms: Pick<LogRooms, 'lazyBatches'>,
  group: LogGroup,
  { streams, fromMs, untilMs, beyond = '', limit, match }: LogSearch,
): Promise<{ readonly found: readonly FoundEvent[]; readonly next?: string }> {
  const sinceMs = Math.max(fromMs, Number(beyond.slice(0, TIME_DIGITS)))
  const lanes = streams
    .filter(({ firstMs, lastMs }) => firstMs !== undefined && lastMs! >= sinceMs && firstMs < untilMs)
    .map(
      ({ name, firstMs }): Lane => ({
        stream: name,
        fromMs: firstMs!,
        batches: rooms.lazyBatches(group, name, sinceMs, untilMs)[Symbol.iterator](),
      }),
    )
  /** What was read and matches, whose turn may not have come. */
  let waiting: FoundEvent[] = []
  const found: FoundEvent[] = []
  let [sinceRest, restedMs] = [0, performance.now()]
  for (let read = 0; ; ) {
    const lane = earliest(lanes)
    const settledMs = lane?.fromMs ?? Infinity
    const [due, later] = settled(waiting, settledMs)
    found.push(...due)
    waiting = later
    if (found.length > limit) return { found: found.slice(0, limit), next: found[limit - 1]!.key }
    if (!lane) return { found }
    if (read >= MOST_BATCHES && settledMs > sinceMs) return { found, next: timeKey(settledMs) }
    const events = lane.next?.() ?? []
    if (lane.next) read++
    for (const event of events) {
      const key = `${event.id}/${lane.stream}`
      if (key > beyond && match(event.message)) waiting.push({ stream: lane.stream, event, key })
      sinceRest += event.message.length
      if (sinceRest > STRETCH || performance.now() - restedMs > MOST_TURN_MS) {
        await setImmediate()
        sinceRest = 0
        restedMs = performance.now()
      }
    }
    advance(lanes, lane)
  }
}

const timeKey = (ms: number): string => String(Math.max(0, ms)).padStart(TIME_DIGITS, '0')

function earliest(lanes: readonly Lane[]): Lane | undefined {
  let first = lanes[0]
  for (const lane of lanes) if (lane.fromMs < first!.fromMs) first = lane
  return first
}

/** Its next batch is looked at, and read when it is the earliest of all. */
function advance(lanes: Lane[], lane: Lane): void {
  const { done, value } = lane.batches.next()
  if (done) {
    lanes.splice(lanes.indexOf(lane), 1)
    return
  }
  lane.fromMs = value.fromMs
  lane.next = value.read
}

/** Those that nothing can come before any more, in order; and the others. */
function settled(waiting: FoundEvent[], untilMs: number): readonly [due: FoundEvent[], later: FoundEvent[]] {
  const due = waiting.filter(({ event }) => event.atMs < untilMs)
  if (due.length === 0) return [due, waiting]
  return [due.toSorted((a, b) => (a.key < b.key ? -1 : 1)), waiting.filter(({ event }) => event.atMs >= untilMs)]
}
