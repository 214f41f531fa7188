import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import { type LogGroup, type LogStream, logRooms } from '../../core/logs/log-groups.ts'
import { eraseFilters, filterCount } from '../../core/logs/metric-filters.ts'
import { tokenOf } from '../../core/resources/page-tokens.ts'
import { addTags, eraseTags } from '../../core/resources/tags.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { groupArn, groupNameOf, invalid, nameOfToken } from './members.ts'

const MOST = 50
/** API reference, PutRetentionPolicy. */
const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

export const groupHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const rooms = logRooms(lake.state, lake.clock)
  const told = (group: LogGroup, call: ServiceCall): Sdk.LogGroup => ({
    logGroupName: group.name,
    creationTime: group.createdMs,
    retentionInDays: group.retentionDays,
    metricFilterCount: filterCount(lake.state, group),
    arn: `${groupArn(call, group.name)}:*`,
    logGroupArn: groupArn(call, group.name),
    storedBytes: rooms.storedBytes(group),
    logGroupClass: group.logClass as Sdk.LogGroupClass,
    kmsKeyId: group.kmsKeyId,
  })
  return {
    async CreateLogGroup({ logGroupName: name, tags = {}, logGroupClass: logClass = 'STANDARD', kmsKeyId }, call) {
      if (kmsKeyId !== undefined) throw invalid('Log groups are sealed by no key here.')
      await rooms.create(call, { name, logClass })
      await lake.state.transaction((tx) => addTags(tx, groupArn(call, name), tags))
      return {}
    },
    async DeleteLogGroup({ logGroupName }, call) {
      const group = rooms.get(call, logGroupName)
      await rooms.delete(call, logGroupName)
      await lake.state.transaction((tx) => {
        eraseTags(tx, groupArn(call, logGroupName))
        eraseFilters(tx, group)
      })
      return {}
    },
    DescribeLogGroups(input, call) {
      const { logGroupNamePrefix, logGroupNamePattern: pattern, limit = MOST } = input
      if (logGroupNamePrefix !== undefined && pattern !== undefined)
        throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
      const found = rooms
        .list(call, {
          ...(logGroupNamePrefix !== undefined && { prefix: logGroupNamePrefix }),
          after: nameOfToken(input.nextToken),
          limit: pattern === undefined ? limit + 1 : 100_000,
        })
        .filter(({ name }) => pattern === undefined || name.toLowerCase().includes(pattern.toLowerCase()))
      const page = found.slice(0, limit)
      return {
        logGroups: page.map((group) => told(group, call)),
        nextToken: found.length > limit ? tokenOf(page.at(-1)!.name) : undefined,
      }
    },
    ListLogGroups({ nextToken, limit = MOST, logGroupNamePattern: pattern = '' }, call) {
      const found = rooms
        .list(call, { after: nameOfToken(nextToken), limit: 100_000 })
        .filter(({ name }) => name.toLowerCase().includes(pattern.toLowerCase().replace(/^\^/, '')))
      const page = found.slice(0, limit)
      return {
        logGroups: page.map(({ name, logClass }) => ({
          logGroupName: name,
          logGroupArn: groupArn(call, name),
          logGroupClass: logClass as Sdk.LogGroupClass,
        })),
        nextToken: found.length > limit ? tokenOf(page.at(-1)!.name) : undefined,
      }
    },
    async PutRetentionPolicy({ logGroupName, retentionInDays: retentionDays }, call) {
      if (!DAYS.includes(retentionDays)) throw invalid(`Invalid retentionInDays: ${retentionDays}`)
      await rooms.update(call, logGroupName, (group) => ({ ...group, retentionDays }))
      return {}
    },
    async DeleteRetentionPolicy({ logGroupName }, call) {
      await rooms.update(call, logGroupName, ({ retentionDays: _, ...group }) => group)
      return {}
    },
    async CreateLogStream({ logGroupName, logStreamName }, call) {
      await rooms.createStream(rooms.get(call, logGroupName), logStreamName)
      return {}
    },
    async DeleteLogStream({ logGroupName, logStreamName }, call) {
      await rooms.deleteStream(rooms.get(call, logGroupName), logStreamName)
      return {}
    },
    DescribeLogStreams(input, call) {
      const group = rooms.get(call, groupNameOf(input))
      const { logStreamNamePrefix, orderBy, descending = false, limit = MOST } = input
      if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined)
        throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
      const all = rooms.streams(group, {
        ...(logStreamNamePrefix !== undefined && { prefix: logStreamNamePrefix }),
        limit: 100_000,
      })
      const byTime = (one: LogStream): number => one.lastMs ?? 0
      const ordered = orderBy === 'LastEventTime' ? all.toSorted((a, b) => byTime(a) - byTime(b)) : all
      const wanted = descending ? ordered.toReversed() : ordered
      const last = nameOfToken(input.nextToken)
      const start = wanted.findIndex(({ name }) => name === last) + 1
      const page = wanted.slice(start, start + limit)
      return {
        logStreams: page.map((stream) => ({
          logStreamName: stream.name,
          creationTime: stream.createdMs,
          firstEventTimestamp: stream.firstMs,
          lastEventTimestamp: stream.lastMs,
          lastIngestionTime: stream.ingestedMs,
          uploadSequenceToken: '1',
          arn: `${groupArn(call, group.name)}:log-stream:${stream.name}`,
          storedBytes: 0,
        })),
        nextToken: wanted.length > start + limit ? tokenOf(page.at(-1)!.name) : undefined,
      }
    },
  }
}
