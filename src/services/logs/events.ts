import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import { filterPattern } from '../../core/logs/filter-pattern.ts'
import { keptSince, type LogEvent, type LogGroup, logRooms } from '../../core/logs/log-groups.ts'
import { searchLogs } from '../../core/logs/log-search.ts'
import { measureEvents } from '../../core/logs/measured-events.ts'
import { tokenOf } from '../../core/resources/page-tokens.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { asFault, groupNameOf, invalid, nameOfToken, placeOf } from './members.ts'

/** API reference, PutLogEvents: 1 MiB with 26 bytes for each event, no more than 24 hours, two weeks back, two hours ahead. */
const LIMITS = {
  bytes: 1_048_576,
  overhead: 26,
  spanMs: 86_400_000,
  pastMs: 14 * 86_400_000,
  aheadMs: 7_200_000,
} as const
const MOST = 10_000
const EVER = Number.MAX_SAFE_INTEGER

export const eventHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const rooms = logRooms(lake.state, lake.clock)
  return {
    async PutLogEvents({ logGroupName, logStreamName, logEvents }, call) {
      const group = rooms.get(call, logGroupName)
      rooms.stream(group, logStreamName)
      const events = logEvents.map(({ timestamp, message }) => [timestamp, message] as const)
      checkBatch(events)
      const nowMs = lake.clock.now().getTime()
      const oldestMs = Math.max(nowMs - LIMITS.pastMs, keptSince(group, lake.clock.now()))
      const old = events.findLastIndex(([at]) => at < nowMs - LIMITS.pastMs)
      const expired = events.findLastIndex(([at]) => at < oldestMs)
      const ahead = events.findIndex(([at]) => at > nowMs + LIMITS.aheadMs)
      const kept = events.slice(Math.max(old, expired) + 1, ahead < 0 ? undefined : ahead)
      if (kept.length > 0) {
        await rooms.append(group, logStreamName, kept)
        await measureEvents(lake, call, group, kept)
      }
      const rejected = {
        ...(old >= 0 && { tooOldLogEventEndIndex: old + 1 }),
        ...(expired > old && { expiredLogEventEndIndex: expired + 1 }),
        ...(ahead >= 0 && { tooNewLogEventStartIndex: ahead }),
      }
      return {
        nextSequenceToken: '1',
        ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
      }
    },
    GetLogEvents(input, call) {
      const group = rooms.get(call, groupNameOf(input))
      rooms.stream(group, input.logStreamName)
      const { startTime = 0, endTime = EVER, limit = MOST, startFromHead = false, nextToken } = input
      const events = rooms.events(group, input.logStreamName, startTime, endTime)
      const [direction, id] = cursorIn(nextToken) ?? [startFromHead ? 'f' : 'b', undefined]
      const page =
        direction === 'f'
          ? events.filter((event) => id === undefined || event.id > id).slice(0, limit)
          : events.filter((event) => id === undefined || event.id < id).slice(-limit)
      const edge = id ?? ''
      return {
        events: page.map(({ atMs, message, ingestedMs }) => ({ timestamp: atMs, message, ingestionTime: ingestedMs })),
        nextForwardToken: `f/${page.at(-1)?.id ?? (edge || '0')}`,
        nextBackwardToken: `b/${page[0]?.id ?? (edge || '0')}`,
      }
    },
    async FilterLogEvents(input, call) {
      const group = rooms.get(call, groupNameOf(input))
      const { startTime = 0, endTime = EVER - 1, limit = MOST, logStreamNames, logStreamNamePrefix } = input
      if (logStreamNames && logStreamNamePrefix !== undefined)
        throw invalid('logStreamNames and logStreamNamePrefix are mutually exclusive.')
      const pattern = asFault(() => filterPattern(input.filterPattern ?? ''))
      const streams =
        logStreamNames?.map((name) => rooms.stream(group, name)) ??
        rooms.streams(group, { ...(logStreamNamePrefix && { prefix: logStreamNamePrefix }), limit: 100_000 })
      const { found, next } = await searchLogs(rooms, group, {
        streams,
        fromMs: startTime,
        untilMs: endTime + 1,
        beyond: nameOfToken(input.nextToken),
        limit,
        match: (message) => pattern.match(message) !== undefined,
      })
      return {
        events: found.map(({ stream, event: { atMs, message, ingestedMs, id } }) => ({
          logStreamName: stream,
          timestamp: atMs,
          message,
          ingestionTime: ingestedMs,
          eventId: id,
        })),
        searchedLogStreams: [],
        nextToken: next === undefined ? undefined : tokenOf(next),
      }
    },
    GetLogRecord({ logRecordPointer }, call) {
      const place = placeOf(logRecordPointer)
      if (!place) throw invalid('The log record pointer is malformed.')
      const { stream, id } = place
      const group = rooms.get(call, place.group)
      const atMs = Number(id.slice(0, 14))
      const event = rooms.events(group, stream, atMs, atMs + 1).find((one) => one.id === id)
      if (!event) throw new AwsError('ResourceNotFoundException', 'The specified log record does not exist.')
      return { logRecord: recordOf(group, stream, event, call.account) }
    },
  }
}

const recordOf = (
  group: Pick<LogGroup, 'name'>,
  stream: string,
  { atMs, message, ingestedMs }: LogEvent,
  account: string,
): Record<string, string> => ({
  '@timestamp': String(atMs),
  '@message': message,
  '@ingestionTime': String(ingestedMs),
  '@logStream': stream,
  '@log': `${account}:${group.name}`,
})

function cursorIn(token: string | undefined): readonly [direction: string, id: string] | undefined {
  if (token === undefined) return undefined
  const match = /^([fb])\/(\d+)$/.exec(token)
  if (!match) throw invalid('The specified nextToken is invalid.')
  return [match[1]!, match[2]!]
}

function checkBatch(events: readonly (readonly [number, string])[]): void {
  const bytes = events.reduce((sum, [, message]) => sum + Buffer.byteLength(message) + LIMITS.overhead, 0)
  if (bytes > LIMITS.bytes) throw invalid('Upload too large: the batch exceeds the maximum size of 1048576 bytes.')
  if (events.some(([at], i) => i > 0 && at < events[i - 1]![0]))
    throw invalid('Log events in a single PutLogEvents request must be in chronological order.')
  if (events.at(-1)![0] - events[0]![0] > LIMITS.spanMs)
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}
