/** Queries of Logs Insights: run as they are asked, and kept for a time. */
import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { Cell } from '../../core/logs/insights-functions.ts'
import { type PlacedEvents, queryInsights } from '../../core/logs/insights-query.ts'
import { InsightsError, parseInsights } from '../../core/logs/insights-text.ts'
import { type LogGroup, type LogRooms, logRooms } from '../../core/logs/log-groups.ts'
import { tokenOf } from '../../core/resources/page-tokens.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { type KeptQuery, queriesSpace } from './kept-queries.ts'
import { invalid, nameIn, nameOfToken, pointerTo } from './members.ts'

/** "Query results are available for 7 days" (docs: AmazonCloudWatch logs, AnalyzingLogData). */
const KEPT_MS = 7 * 86_400_000

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
      await asFault(() => parseInsights(text))
      // Times are in seconds, or in milliseconds where they are too great for that.
      const [fromMs, toMs] = [input.startTime, input.endTime].map((time) => (time > 1e11 ? time : time * 1000)) as [
        number,
        number,
      ]
      if (toMs < fromMs) throw invalid('End time should not be less than start time.')
      const times = {
        now: Math.floor(clock.now().getTime() / 1000),
        querystarttime: fromMs,
        queryendtime: toMs,
        querytimerange: toMs - fromMs,
      }
      const { account } = call
      const batches = placed(rooms, groups, { account, fromMs, untilMs: toMs + 1 })
      const { answer, statistics } = await asFault(() => queryInsights(text, batches, { most: input.limit, times }))
      const query: KeptQuery = {
        id: randomUUID(),
        text,
        groups: names,
        createdMs: clock.now().getTime(),
        status: 'Complete',
        answer,
        statistics,
      }
      await state.transaction((tx) => {
        for (const { key, doc } of tx.list<KeptQuery>(queriesSpace(call), { limit: 1000 }))
          if (doc.createdMs < query.createdMs - KEPT_MS) tx.delete(queriesSpace(call), key)
        tx.put(queriesSpace(call), query.id, query)
      })
      return { queryId: query.id }
    },
    GetQueryResults({ queryId, nextToken }, call) {
      // There is one page of them, and so no token.
      if (nextToken !== undefined) throw invalid('The specified nextToken is invalid.')
      const { status, answer, statistics } = find(call, queryId)
      const results = (answer?.rows ?? []).map(({ fields, pointer }) => [
        ...answer!.names.flatMap((field) =>
          fields[field] === undefined ? [] : [{ field, value: shown(fields[field]) }],
        ),
        ...(pointer === undefined ? [] : [{ field: '@ptr', value: pointerTo(pointer) }]),
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

const shown = (cell: Cell): string =>
  typeof cell === 'boolean' ? String(Number(cell)) : typeof cell === 'object' ? JSON.stringify(cell) : String(cell)

function* placed(
  rooms: LogRooms,
  groups: readonly LogGroup[],
  { account, fromMs, untilMs }: { readonly account: string; readonly fromMs: number; readonly untilMs: number },
): Generator<PlacedEvents> {
  for (const group of groups)
    for (const { name: stream } of rooms.streams(group, { limit: 100_000 }))
      for (const events of rooms.batches(group, stream, fromMs, untilMs))
        yield { place: { account, group: group.name, stream }, events }
}

/** What is wrong with a query is told with its place. */
async function asFault<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof InsightsError)) throw error
    const location = { startCharOffset: error.at, endCharOffset: error.at }
    throw new AwsError('MalformedQueryException', error.message, {
      members: { queryCompileError: { location, message: error.message } },
    })
  }
}
