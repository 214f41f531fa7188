/** CloudWatch Logs by AWS's own client. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeMetricFiltersCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  GetLogRecordCommand,
  GetQueryResultsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let logs: CloudWatchLogsClient
before(async () => {
  lake = await startLake()
  logs = new CloudWatchLogsClient(lake.client)
})
after(async () => {
  assert.deepEqual(lake.log, [])
  logs.destroy()
  await lake.stop()
})

const logGroupName = '/lake/jobs'
const now = Date.now()
const put = (logStreamName: string, lines: readonly (readonly [ago: number, message: string])[]) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName,
      logEvents: lines.map(([ago, message]) => ({ timestamp: now - ago * 1000, message })),
    }),
  )

test('groups and streams are made, found and tagged', async () => {
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { team: 'data' } }))
  await assert.rejects(logs.send(new CreateLogGroupCommand({ logGroupName })), {
    name: 'ResourceAlreadyExistsException',
    message: 'The specified log group already exists',
  })
  for (const logStreamName of ['a', 'b']) await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }))
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/lake' }))
  assert.deepEqual(
    logGroups!.map((group) => [group.logGroupName, group.retentionInDays, group.arn]),
    [[logGroupName, 7, `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:*`]],
  )
  const resourceArn = logGroups![0]!.logGroupArn!
  assert.deepEqual((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags, { team: 'data' })
  await assert.rejects(put('absent', [[1, 'x']]), {
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  })
})

test('events come back in order, page by page, both ways', async () => {
  await put('a', [
    [50, 'one'],
    [40, 'two'],
  ])
  await put('a', [
    [45, 'between'],
    [30, 'three'],
  ])
  const get = async (more: object) => {
    const page = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'a', ...more }))
    return { ...page, messages: page.events!.map(({ message }) => message) }
  }
  const first = await get({ startFromHead: true, limit: 3 })
  assert.deepEqual(first.messages, ['one', 'between', 'two'])
  const second = await get({ nextToken: first.nextForwardToken, limit: 3 })
  assert.deepEqual(second.messages, ['three'])
  const end = await get({ nextToken: second.nextForwardToken })
  assert.deepEqual([end.messages, end.nextForwardToken], [[], second.nextForwardToken])
  assert.deepEqual((await get({ nextToken: second.nextBackwardToken, limit: 2 })).messages, ['between', 'two'])
  assert.deepEqual((await get({ startTime: now - 45_000, endTime: now - 40_000 })).messages, ['between'])
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }),
  )
  assert.deepEqual(
    logStreams!.map(({ logStreamName }) => logStreamName),
    ['a', 'b'],
  )
  assert.deepEqual(
    [logStreams![0]!.firstEventTimestamp, logStreams![0]!.lastEventTimestamp],
    [now - 50_000, now - 30_000],
  )
})

test('what is out of order or out of time is refused', async () => {
  await assert.rejects(
    put('a', [
      [1, 'x'],
      [2, 'y'],
    ]),
    { name: 'InvalidParameterException' },
  )
  const old = await put('b', [[86_400 * 20, 'too old']])
  assert.deepEqual(old.rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 })
  const expired = await put('b', [[86_400 * 8, 'no more kept']])
  assert.deepEqual(expired.rejectedLogEventsInfo, { expiredLogEventEndIndex: 1 })
  const ahead = await put('b', [
    [0, 'now'],
    [-3 * 3600, 'to come'],
  ])
  assert.deepEqual(ahead.rejectedLogEventsInfo, { tooNewLogEventStartIndex: 1 })
})

test('lines are filtered, and measured as they come', async () => {
  const metricTransformations = [{ metricNamespace: 'Jobs', metricName: 'Rows', metricValue: '$.rows' }]
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName: 'rows',
      filterPattern: '{ $.state = "done" }',
      metricTransformations,
    }),
  )
  await put('b', [
    [9, '{"state": "done", "job": "load", "rows": 7}'],
    [8, '{"state": "failed", "job": "load", "rows": 0}'],
    [7, '{"state": "done", "job": "sum", "rows": 5}'],
  ])
  const filtered = async (filterPattern: string, more: object = {}) =>
    (await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern, ...more }))).events!
  assert.deepEqual(
    (await filtered('{ $.job = "load" && $.rows < 1 }')).map(({ timestamp }) => timestamp),
    [now - 8000],
  )
  assert.deepEqual(
    (await filtered('between')).map(({ logStreamName }) => logStreamName),
    ['a'],
  )
  assert.equal((await filtered('', { logStreamNames: ['b'] })).length, 4)
  await assert.rejects(filtered('{ $.job = }'), { name: 'InvalidParameterException' })
  const { matches } = await logs.send(
    new TestMetricFilterCommand({
      filterPattern: '[level, code > 400, ...]',
      logEventMessages: ['WARN 200 x', 'ERROR 500 x y'],
    }),
  )
  assert.deepEqual(
    matches!.map(({ eventNumber }) => eventNumber),
    [2],
  )
  assert.equal((await logs.send(new DescribeMetricFiltersCommand({ logGroupName }))).metricFilters!.length, 1)
  const watch = new CloudWatchClient(lake.client)
  const { Datapoints } = await watch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Jobs',
      MetricName: 'Rows',
      StartTime: new Date(now - 3_600_000),
      EndTime: new Date(now + 3_600_000),
      Period: 60,
      Statistics: ['Sum'],
    }),
  )
  assert.equal(
    Datapoints!.reduce((sum, { Sum }) => sum + Sum!, 0),
    12,
  )
  watch.destroy()
})

test('Logs Insights asks them', async () => {
  const ask = async (queryString: string) => {
    const { queryId } = await logs.send(
      new StartQueryCommand({
        logGroupName,
        queryString,
        startTime: Math.floor(now / 1000) - 3600,
        endTime: Math.ceil(now / 1000) + 60,
      }),
    )
    return logs.send(new GetQueryResultsCommand({ queryId }))
  }
  const { results, status, statistics } = await ask(
    'filter state = "done" | stats sum(rows) as total, count(*) as jobs by job | sort total desc',
  )
  assert.equal(status, 'Complete')
  assert.deepEqual(
    results!.map((row) => row.map(({ field, value }) => `${field}=${value}`)),
    [
      ['job=load', 'total=7', 'jobs=1'],
      ['job=sum', 'total=5', 'jobs=1'],
    ],
  )
  assert.deepEqual([statistics!.recordsScanned, statistics!.recordsMatched], [8, 2])
  const { results: plain } = await ask('fields @message | filter @message like /thr/ | limit 5')
  const pointer = plain![0]!.find(({ field }) => field === '@ptr')!.value!
  const { logRecord } = await logs.send(new GetLogRecordCommand({ logRecordPointer: pointer }))
  assert.equal(logRecord!['@message'], 'three')
  await assert.rejects(ask('nonsense'), { name: 'MalformedQueryException' })
})

test('all of it is there after a new start, until it is deleted', async () => {
  logs.destroy()
  lake = await lake.restart()
  logs = new CloudWatchLogsClient(lake.client)
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
  assert.equal(events!.length, 8)
  await logs.send(new DeleteLogGroupCommand({ logGroupName }))
  await assert.rejects(logs.send(new FilterLogEventsCommand({ logGroupName })), { name: 'ResourceNotFoundException' })
})
