/**
 * A query of Logs Insights over events: read a stretch at a time on the server's thread, which others wait for, and
 * answered on one of its own.
 */
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { AskedThread } from '../asked-thread.ts'
import { Fault } from '../faults.ts'
import type { InsightsAnswer } from './insights.ts'
import type { RowPlace } from './insights-rows.ts'
import { InsightsError } from './insights-text.ts'
import type { FromInsightsThread, ToInsightsThread } from './insights-thread.ts'
import type { LogEvent } from './log-groups.ts'

/** In the published package the sources are `.js`. */
const THREAD = new URL(`./insights-thread${extname(import.meta.url)}`, import.meta.url)
const EVENTS_AT_ONCE = 1000
const MOST_SCANNED = 500_000
/** They are in memory together, on the thread. */
const MOST_SCANNED_BYTES = 512 << 20

export interface InsightsOutcome {
  readonly answer: InsightsAnswer
  readonly statistics: {
    readonly recordsMatched: number
    readonly recordsScanned: number
    readonly bytesScanned: number
  }
}

export interface PlacedEvents {
  readonly place: RowPlace
  readonly events: readonly LogEvent[]
}

/** Throws InsightsError, and Fault where it takes too much or too long. */
export async function queryInsights(
  text: string,
  batches: Iterable<PlacedEvents>,
  { most, times }: Pick<Extract<ToInsightsThread, { readonly kind: 'answer' }>, 'most' | 'times'>,
): Promise<InsightsOutcome> {
  const thread = new AskedThread<ToInsightsThread, FromInsightsThread>(THREAD, 'Logs Insights')
  try {
    const read = await feed(thread, batches)
    const told = await thread.ask({ kind: 'answer', text, most, times })
    switch (told.kind) {
      case 'answered':
        return { answer: told.answer, statistics: { recordsMatched: told.matched, ...read } }
      case 'malformed':
        throw new InsightsError(told.message, told.at)
      case 'refused':
        throw new Fault('invalid', 'query', told.message)
      case 'taken':
        throw new Error('The thread has answered another question.')
    }
  } finally {
    await thread.end()
  }
}

type Read = Pick<InsightsOutcome['statistics'], 'recordsScanned' | 'bytesScanned'>

/** The thread may be behind by one stretch. */
async function feed(
  thread: AskedThread<ToInsightsThread, FromInsightsThread>,
  batches: Iterable<PlacedEvents>,
): Promise<Read> {
  let [recordsScanned, bytesScanned, sinceRest] = [0, 0, 0]
  let taken: Promise<unknown> = Promise.resolve()
  for (const { place, events } of batches) {
    recordsScanned += events.length
    if (recordsScanned > MOST_SCANNED)
      throw new Fault('invalid', 'query', `More than ${MOST_SCANNED} events lie in that time: ask of a shorter one.`)
    for (const { message } of events) bytesScanned += Buffer.byteLength(message)
    if (bytesScanned > MOST_SCANNED_BYTES)
      throw new Fault(
        'invalid',
        'query',
        `More than ${MOST_SCANNED_BYTES} bytes lie in that time: ask of a shorter one.`,
      )
    await taken
    taken = thread.ask({ kind: 'events', place, events })
    // Whoever waits for it hears of a failure.
    taken.catch(() => {})
    sinceRest += Math.max(1, events.length)
    if (sinceRest < EVENTS_AT_ONCE) continue
    sinceRest = 0
    await setImmediate()
  }
  await taken
  return { recordsScanned, bytesScanned }
}
