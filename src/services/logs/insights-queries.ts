/** Queries of Logs Insights: run as they are asked, and kept for a time. */
import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { answerInsights, type LogRow } from '../../core/logs/insights.ts'
import { type Cell, timeText } from '../../core/logs/insights-terms.ts'
import { type Command, InsightsError, parseInsights } from '../../core/logs/insights-text.ts'
import { type LogEvent, type LogGroup, logRooms } from '../../core/logs/log-groups.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { type KeptQuery, queriesSpace } from './kept-queries.ts'
import { invalid, nameIn, nameOfToken, tokenOf } from './members.ts'

/** "Query results are available for 7 days" (docs: AmazonCloudWatch logs, AnalyzingLogData). */
const KEPT_MS = 7 * 86_400_000
const MOST_SCANNED = 500_000

export const insightsHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const { state, clock } = lake
  const rooms = logRooms(state, clock)
  const find = (scope: Scope, id: string): KeptQuery => {
    const query = state.get<KeptQuery>(queriesSpace(scope), id)?.doc
    if (query && query.createdMs >= clock.now().getTime() - KEPT_MS) return query
    throw new AwsError('ResourceNotFoundException', `Query ${id} does not exist.`)
  }
  return {
    async StartQuery(input, call) {
      const names = [
        ...(input.logGroupNames ?? []),
        ...(input.logGroupIdentifiers ?? []),
        ...(input.logGroupName === undefined ? [] : [input.logGroupName]),
      ].map(nameIn)
      if (names.length === 0)
        throw invalid('Log groups are wanted: logGroupName, logGroupNames or logGroupIdentifiers.')
      const groups = names.map((name) => rooms.get(call, name))
      const text = input.queryString ?? ''
      const commands = asFault(() => parseInsights(text))
      // Times are in seconds, or in milliseconds where they are too great for that.
      const [fromMs, toMs] = [input.startTime, input.endTime].map((time) => (time > 1e11 ? time : time * 1000)) as [
        number,
        number,
      ]
      if (toMs < fromMs) throw invalid('End time should not be less than start time.')
      const { rows, bytes } = scanned(rooms, groups, call, fromMs, toMs + 1)
      const answer = asFault(() => answerInsights(commands, rows, input.limit))
      const query: KeptQuery = {
        id: randomUUID(),
        text,
        groups: names,
        createdMs: clock.now().getTime(),
        status: 'Complete',
        answer,
        statistics: { recordsMatched: matched(commands, rows), recordsScanned: rows.length, bytesScanned: bytes },
      }
      await state.transaction((tx) => {
        for (const { key, doc } of tx.list<KeptQuery>(queriesSpace(call), { limit: 1000 }))
          if (doc.createdMs < query.createdMs - KEPT_MS) tx.delete(queriesSpace(call), key)
        tx.put(queriesSpace(call), query.id, query)
      })
      return { queryId: query.id }
    },
    GetQueryResults({ queryId }, call) {
      const { status, answer, statistics } = find(call, queryId)
      const results = (answer?.rows ?? []).map(({ fields, pointer }) => [
        ...answer!.names.flatMap((field) =>
          fields[field] === undefined ? [] : [{ field, value: shown(fields[field]) }],
        ),
        ...(pointer === undefined ? [] : [{ field: '@ptr', value: pointer }]),
      ])
      return { queryLanguage: 'CWLI' as const, results, statistics, status }
    },
    StopQuery({ queryId }, call) {
      find(call, queryId)
      throw invalid(`Query ${queryId} is not running.`)
    },
    DescribeQueries({ logGroupName, status, maxResults = 1000, nextToken }, call) {
      const all = state
        .list<KeptQuery>(queriesSpace(call), { limit: 10_000 })
        .map(({ doc }) => doc)
        .filter(
          (query) => (!logGroupName || query.groups.includes(logGroupName)) && (!status || query.status === status),
        )
        .toSorted((a, b) => b.createdMs - a.createdMs)
      const start = Number(nameOfToken(nextToken) ?? 0)
      return {
        queries: all.slice(start, start + maxResults).map((query) => ({
          queryLanguage: 'CWLI' as const,
          queryId: query.id,
          queryString: query.text,
          status: query.status,
          createTime: query.createdMs,
          logGroupName: query.groups[0],
        })),
        nextToken: all.length > start + maxResults ? tokenOf(String(start + maxResults)) : undefined,
      }
    },
  }
}

const shown = (cell: Cell): string => (typeof cell === 'boolean' ? String(Number(cell)) : String(cell))

/** How many events the filters leave. */
function matched(commands: readonly Command[], rows: readonly LogRow[]): number {
  const sieves = commands.filter(({ kind }) => kind === 'filter' || kind === 'parse' || kind === 'fields')
  return sieves.length === 0 ? rows.length : answerInsights(sieves, rows).rows.length
}

function scanned(
  rooms: ReturnType<typeof logRooms>,
  groups: readonly LogGroup[],
  { account }: Scope,
  fromMs: number,
  untilMs: number,
): { readonly rows: readonly LogRow[]; readonly bytes: number } {
  const rows: LogRow[] = []
  let bytes = 0
  for (const group of groups)
    for (const { name: stream } of rooms.streams(group, { limit: 100_000 }))
      for (const events of rooms.batches(group, stream, fromMs, untilMs))
        for (const event of events) {
          if (rows.length >= MOST_SCANNED)
            throw invalid(`More than ${MOST_SCANNED} events lie in that time: ask of a shorter one.`)
          bytes += Buffer.byteLength(event.message)
          rows.push(rowOf(group, stream, event, account))
        }
  // The latest first, as they are shown where no order is asked for.
  return {
    rows: rows.toSorted((a, b) => (String(a.fields['@timestamp']) > String(b.fields['@timestamp']) ? -1 : 1)),
    bytes,
  }
}

function rowOf(group: LogGroup, stream: string, event: LogEvent, account: string): LogRow {
  const own = {
    '@timestamp': timeText(event.atMs),
    '@message': event.message,
    '@ingestionTime': timeText(event.ingestedMs),
    '@logStream': stream,
    '@log': `${account}:${group.name}`,
  }
  return {
    fields: { ...discovered(event.message), ...own },
    pointer: tokenOf(JSON.stringify([group.name, stream, event.id])),
  }
}

/** Fields of a message in JSON: `user.name`, `items.0`. docs: AmazonCloudWatch logs, CWL_AnalyzeLogData-discoverable-fields. */
const MOST_FIELDS = 200

function discovered(message: string): Record<string, Cell> {
  const start = message.indexOf('{')
  if (start < 0) return {}
  try {
    const found: Record<string, Cell> = {}
    flatten(JSON.parse(message.slice(start)), '', found)
    return found
  } catch {
    return {} // No JSON: there is nothing to discover.
  }
}

function flatten(value: unknown, name: string, found: Record<string, Cell>): void {
  if (Object.keys(found).length >= MOST_FIELDS || value === null || value === undefined) return
  if (typeof value !== 'object') {
    found[name] = value as Cell
    return
  }
  for (const [key, part] of Object.entries(value)) flatten(part, name === '' ? key : `${name}.${key}`, found)
}

/** What is wrong with a query is told with its place. */
function asFault<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof InsightsError)) throw error
    const location = { startCharOffset: error.at, endCharOffset: error.at }
    throw new AwsError('MalformedQueryException', error.message, {
      members: { queryCompileError: { location, message: error.message } },
    })
  }
}
