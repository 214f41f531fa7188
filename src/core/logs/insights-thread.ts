/** The other end of `insights-query`: what runs on the thread. */
import { parentPort } from 'node:worker_threads'
import { Fault } from '../faults.ts'
import { answerInsights, type InsightsAnswer, type LogRow } from './insights.ts'
import { insightsRow, type RowPlace } from './insights-rows.ts'
import { type Command, InsightsError, parseInsights } from './insights-text.ts'
import type { LogEvent } from './log-groups.ts'

/** By the names of the functions that tell them, in small letters. */
export type QueryTimes = Readonly<Record<'now' | 'querystarttime' | 'queryendtime' | 'querytimerange', number>>

export type ToInsightsThread =
  | { readonly kind: 'events'; readonly place: RowPlace; readonly events: readonly LogEvent[] }
  /** Of all events that came before. */
  | { readonly kind: 'answer'; readonly text: string; readonly most?: number | undefined; readonly times: QueryTimes }

export type FromInsightsThread =
  | { readonly kind: 'taken' }
  | { readonly kind: 'answered'; readonly answer: InsightsAnswer; readonly matched: number }
  | { readonly kind: 'malformed'; readonly message: string; readonly at: number }
  | { readonly kind: 'refused'; readonly message: string }

const rows: LogRow[] = []

parentPort?.on('message', (message: ToInsightsThread) => parentPort?.postMessage(answered(message)))

function answered(message: ToInsightsThread): FromInsightsThread {
  if (message.kind === 'events') {
    for (const event of message.events) rows.push(insightsRow(message.place, event))
    return { kind: 'taken' }
  }
  try {
    const commands = parseInsights(message.text, message.times)
    const answer = answerInsights(commands, latestFirst(), message.most)
    return { kind: 'answered', answer, matched: matched(commands) }
  } catch (error) {
    if (error instanceof InsightsError) return { kind: 'malformed', message: error.message, at: error.at }
    if (error instanceof Fault) return { kind: 'refused', message: error.message }
    if (error instanceof RangeError) return { kind: 'refused', message: 'The query is nested too deeply.' }
    throw error
  }
}

/** As they are shown where no order is asked for. */
const latestFirst = (): readonly LogRow[] =>
  rows.toSorted((a, b) => (String(a.fields['@timestamp']) > String(b.fields['@timestamp']) ? -1 : 1))

/** How many events the filters leave. */
function matched(commands: readonly Command[]): number {
  const sieves = commands.filter(({ kind }) => kind === 'filter' || kind === 'parse' || kind === 'fields')
  return sieves.length === 0 ? rows.length : answerInsights(sieves, rows).rows.length
}
