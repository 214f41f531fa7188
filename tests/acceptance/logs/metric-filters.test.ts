/** As many metric filters as a group can have, over as many lines as a call can bring. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { startLake, type TestLake } from '../server.ts'

const FILTERS = 100
const LINES = 5000
const place = { logGroupName: 'busy', logStreamName: 's' }
let lake: TestLake
let logs: CloudWatchLogsClient
let watch: CloudWatchClient

before(async () => {
  lake = await startLake()
  logs = new CloudWatchLogsClient(lake.client)
  watch = new CloudWatchClient(lake.client)
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'busy' }))
  await logs.send(new CreateLogStreamCommand(place))
  for (let i = 0; i < FILTERS; i++)
    await logs.send(
      new PutMetricFilterCommand({
        logGroupName: 'busy',
        filterName: `f${i}`,
        // The last takes for ever.
        filterPattern: i === FILTERS - 1 ? '%^(a+)+\\1$%' : `{ $.kind = ${i} && $.size > 0 }`,
        metricTransformations: [{ metricNamespace: 'Busy', metricName: `Size${i}`, metricValue: '$.size' }],
      }),
    )
})
after(async () => {
  logs.destroy()
  watch.destroy()
  await lake.stop()
})

test('each line is measured by each filter', async () => {
  const now = Date.now()
  const logEvents = Array.from({ length: LINES }, (_, i) => ({
    timestamp: now,
    message: JSON.stringify({ kind: i % FILTERS, size: i, text: `${'a'.repeat(50)}!` }),
  }))
  await logs.send(new PutLogEventsCommand({ ...place, logEvents }))
  const statistics = async (metric: number) => {
    const { Datapoints } = await watch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Busy',
        MetricName: `Size${metric}`,
        StartTime: new Date(now - 3_600_000),
        EndTime: new Date(now + 3_600_000),
        Period: 3600,
        Statistics: ['Sum', 'SampleCount', 'Maximum'],
      }),
    )
    return Datapoints!.map(({ Sum, SampleCount, Maximum }) => [Sum, SampleCount, Maximum])
  }
  for (const metric of [1, 42, FILTERS - 2]) {
    const sizes = Array.from({ length: LINES / FILTERS }, (_, i) => metric + i * FILTERS)
    const sum = sizes.reduce((total, size) => total + size, 0)
    assert.deepEqual(await statistics(metric), [[sum, sizes.length, sizes.at(-1)]])
  }
  assert.deepEqual(await statistics(FILTERS - 1), [])
})
