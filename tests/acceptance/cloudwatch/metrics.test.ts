/** Metrics and alarms by AWS's own client. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateWorkGroupCommand } from '@aws-sdk/client-athena'
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { turnedClock } from '../cloudtrail/turned-clock.ts'

const clock = turnedClock()
let a: AthenaLake
let watch: CloudWatchClient
before(async () => {
  a = await athenaLake({ clock, auth: 'open' })
  watch = new CloudWatchClient(a.lake.client)
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  watch.destroy()
  await a.close()
})

/** Whole minutes before now. */
const minute = (ago: number) => new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000 - ago * 60_000)
const Dimensions = [{ Name: 'Host', Value: 'a' }]
const put = (MetricName: string, points: readonly (readonly [ago: number, value: number])[]) =>
  watch.send(
    new PutMetricDataCommand({
      Namespace: 'Shop',
      MetricData: points.map(([ago, Value]) => ({
        MetricName,
        Dimensions,
        Timestamp: minute(ago),
        Value,
        Unit: 'Count',
      })),
    }),
  )

test('what is put is listed and read, in periods', async () => {
  await put('Orders', [
    [4, 1],
    [4, 3],
    [3, 10],
    [2, 6],
  ])
  const { Metrics } = await watch.send(new ListMetricsCommand({ Namespace: 'Shop' }))
  assert.deepEqual(Metrics, [{ Namespace: 'Shop', MetricName: 'Orders', Dimensions }])
  const asked = { Namespace: 'Shop', MetricName: 'Orders', Dimensions, StartTime: minute(5), EndTime: minute(0) }
  const { Datapoints } = await watch.send(
    new GetMetricStatisticsCommand({
      ...asked,
      Period: 60,
      Statistics: ['Sum', 'Average', 'Maximum', 'SampleCount'],
      ExtendedStatistics: ['p50'],
    }),
  )
  assert.deepEqual(
    Datapoints!.map(({ Timestamp, ...values }) => [Timestamp!.getTime(), values]),
    [
      [
        minute(4).getTime(),
        { Sum: 4, Average: 2, Maximum: 3, SampleCount: 2, Unit: 'Count', ExtendedStatistics: { p50: 1 } },
      ],
      [
        minute(3).getTime(),
        { Sum: 10, Average: 10, Maximum: 10, SampleCount: 1, Unit: 'Count', ExtendedStatistics: { p50: 10 } },
      ],
      [
        minute(2).getTime(),
        { Sum: 6, Average: 6, Maximum: 6, SampleCount: 1, Unit: 'Count', ExtendedStatistics: { p50: 6 } },
      ],
    ],
  )
  await assert.rejects(watch.send(new GetMetricStatisticsCommand({ ...asked, Period: 61, Statistics: ['Sum'] })), {
    name: 'InvalidParameterValueException',
  })
  await assert.rejects(watch.send(new GetMetricStatisticsCommand({ ...asked, Period: 60 })), {
    name: 'MissingRequiredParameterException',
  })
  await assert.rejects(
    watch.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [{ MetricName: 'Old', Value: 1, Timestamp: minute(60 * 24 * 15) }],
      }),
    ),
    { name: 'InvalidParameterValueException' },
  )
})

test('metrics and expressions over them are asked together, and paged', async () => {
  await put('Failures', [
    [4, 1],
    [3, 1],
  ])
  const stat = (MetricName: string) => ({
    Metric: { Namespace: 'Shop', MetricName, Dimensions },
    Period: 60,
    Stat: 'Sum',
  })
  const request = {
    StartTime: minute(5),
    EndTime: minute(0),
    ScanBy: 'TimestampAscending' as const,
    MetricDataQueries: [
      { Id: 'orders', MetricStat: stat('Orders'), ReturnData: false },
      { Id: 'failures', MetricStat: stat('Failures'), ReturnData: false },
      { Id: 'rate', Expression: '100 * FILL(failures, 0) / orders', Label: 'failed' },
      { Id: 'most', Expression: 'TIME_SERIES(MAX(orders))' },
    ],
  }
  const { MetricDataResults } = await watch.send(new GetMetricDataCommand(request))
  const [rate, most] = MetricDataResults!
  assert.deepEqual([rate!.Label, rate!.Values, rate!.StatusCode], ['failed', [25, 10, 0], 'Complete'])
  assert.deepEqual(
    rate!.Timestamps!.map((at) => at.getTime()),
    [4, 3, 2].map((ago) => minute(ago).getTime()),
  )
  assert.ok(most!.Values!.every((value) => value === 10))
  const first = await watch.send(new GetMetricDataCommand({ ...request, MaxDatapoints: 2 }))
  assert.deepEqual(
    first.MetricDataResults!.map(({ Id, Values }) => [Id, Values]),
    [['rate', [25, 10]]],
  )
  const second = await watch.send(
    new GetMetricDataCommand({ ...request, MaxDatapoints: 2, NextToken: first.NextToken }),
  )
  assert.deepEqual(
    second.MetricDataResults!.map(({ Id, Values }) => [Id, Values]),
    [
      ['rate', [0]],
      ['most', [10]],
    ],
  )
  await assert.rejects(
    watch.send(new GetMetricDataCommand({ ...request, MetricDataQueries: [{ Id: 'x', Expression: 'absent + 1' }] })),
    /Undefined expression id: absent/,
  )
  // A number alone is no result (docs: using-metric-math).
  const alone = { Id: 'alone', Expression: 'MAX(orders)' }
  await assert.rejects(
    watch.send(new GetMetricDataCommand({ ...request, MetricDataQueries: [request.MetricDataQueries[0]!, alone] })),
    /has to be a time series/,
  )
})

test('queries are measured where their work group says so', async () => {
  await a.athena.send(
    new CreateWorkGroupCommand({ Name: 'measured', Configuration: { EnforceWorkGroupConfiguration: false } }),
  )
  await a.put('t/x.csv', '1\n2\n3\n')
  await a.succeed("CREATE EXTERNAL TABLE t (n int) LOCATION 's3://data/t/'")
  const { Statistics } = await a.succeed('SELECT * FROM t', { WorkGroup: 'measured' })
  await a.failure('SELECT * FROM absent', { WorkGroup: 'measured' })
  const { Metrics } = await watch.send(
    new ListMetricsCommand({ Namespace: 'AWS/Athena', MetricName: 'ProcessedBytes' }),
  )
  assert.deepEqual(Metrics!.map((metric) => metric.Dimensions!.map(({ Value }) => Value).join(' ')).toSorted(), [
    'FAILED DML measured',
    'SUCCEEDED DML measured',
    'measured',
  ])
  const { Datapoints } = await watch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Athena',
      MetricName: 'ProcessedBytes',
      Dimensions: [
        { Name: 'WorkGroup', Value: 'measured' },
        { Name: 'QueryState', Value: 'SUCCEEDED' },
        { Name: 'QueryType', Value: 'DML' },
      ],
      StartTime: minute(10),
      EndTime: minute(-2),
      Period: 3600,
      Statistics: ['Sum'],
    }),
  )
  assert.equal(
    Datapoints!.reduce((sum, { Sum }) => sum + Sum!, 0),
    Statistics!.DataScannedInBytes,
  )
})

test('calls are counted: by operation, by bucket, and with what became of them', async () => {
  for (let i = 0; i < 3; i++) await a.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 't/x.csv' }))
  await assert.rejects(a.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'absent' })))
  const read = async (
    Namespace: string,
    MetricName: string,
    dimensions: Record<string, string>,
    Statistic: 'Sum' | 'SampleCount',
  ) => {
    const { Datapoints } = await watch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: minute(60),
        EndTime: minute(-2),
        Period: 60,
        Statistics: [Statistic],
      }),
    )
    return Datapoints!.reduce((sum, point) => sum + point[Statistic]!, 0)
  }
  const bucket = { BucketName: 'data', FilterId: 'EntireBucket' }
  assert.equal(await read('AWS/S3', 'GetRequests', bucket, 'Sum'), 4)
  assert.equal(await read('AWS/S3', '4xxErrors', bucket, 'Sum'), 1)
  assert.equal(await read('AWS/S3', 'BytesDownloaded', bucket, 'Sum'), 18)
  const own = { Service: 'S3', Operation: 'GetObject' }
  assert.equal(await read('Lentic', 'Latency', own, 'SampleCount'), 4)
  assert.equal(await read('Lentic', 'Errors', own, 'Sum'), 1)
  const usage = { Type: 'API', Resource: 'GetObject', Service: 'S3', Class: 'None' }
  assert.equal(await read('AWS/Usage', 'CallCount', usage, 'Sum'), 4)
})

const alarm = {
  AlarmName: 'many',
  Namespace: 'Shop',
  MetricName: 'Load',
  Dimensions,
  Statistic: 'Average' as const,
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold' as const,
}
const described = async () => (await watch.send(new DescribeAlarmsCommand({ AlarmNames: ['many'] }))).MetricAlarms![0]!

/** Lets the alarms be asked, and waits for the state. */
async function becomes(state: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    clock.turn(0, 60_000)
    if ((await described()).StateValue === state) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail(`it is ${(await described()).StateValue}`)
}

test('an alarm watches one series that can be reckoned', async () => {
  const Metric = { Namespace: 'Shop', MetricName: 'Load', Dimensions }
  const put = (Expression: string) =>
    watch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'reckoned',
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
        Metrics: [
          { Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
          { Id: 'm2', MetricStat: { Metric, Period: 60, Stat: 'Maximum' }, ReturnData: false },
          { Id: 'e1', Expression },
        ],
      }),
    )
  for (const wrong of ['m9 + 1', 'foo(', 'SUM(m1)', 'METRICS()'])
    await assert.rejects(put(wrong), /Error in expression|have to yield one time series/, wrong)
  await put('FILL(m1, REPEAT) / m2')
  await watch.send(new DeleteAlarmsCommand({ AlarmNames: ['reckoned'] }))
  await assert.rejects(watch.send(new DescribeAlarmsCommand({ NextToken: 'x' })), { name: 'InvalidNextToken' })
})

test('an alarm follows its metric', async () => {
  await watch.send(new PutMetricAlarmCommand({ ...alarm, Tags: [{ Key: 'team', Value: 'data' }] }))
  const made = await described()
  assert.deepEqual([made.StateValue, made.StateReason], ['INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation'])
  assert.equal(made.AlarmArn, 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:many')
  const { Tags } = await watch.send(new ListTagsForResourceCommand({ ResourceARN: made.AlarmArn }))
  assert.deepEqual(Tags, [{ Key: 'team', Value: 'data' }])
  await put('Load', [
    [2, 7],
    [1, 8],
    [0, 9],
  ])
  await becomes('ALARM')
  assert.match(
    (await described()).StateReason!,
    /^Threshold Crossed: 2 datapoints \[.*\] were greater than the threshold \(5\)\.$/,
  )
  clock.turn(3 * 60_000, 0)
  await put('Load', [
    [2, 1],
    [1, 1],
    [0, 1],
  ])
  await becomes('OK')
  clock.turn(60 * 60_000, 0)
  await becomes('INSUFFICIENT_DATA')
  await watch.send(new SetAlarmStateCommand({ AlarmName: 'many', StateValue: 'ALARM', StateReason: 'by hand' }))
  assert.equal((await described()).StateReason, 'by hand')
  const { AlarmHistoryItems } = await watch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'many', ScanBy: 'TimestampAscending' }),
  )
  assert.deepEqual(
    AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary),
    [
      'Alarm "many" created',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
      'Alarm updated from ALARM to OK',
      'Alarm updated from OK to INSUFFICIENT_DATA',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
    ],
  )
  await watch.send(new DeleteAlarmsCommand({ AlarmNames: ['many'] }))
  assert.deepEqual((await watch.send(new DescribeAlarmsCommand({}))).MetricAlarms, [])
  await assert.rejects(watch.send(new SetAlarmStateCommand({ AlarmName: 'many', StateValue: 'OK', StateReason: '' })), {
    name: 'ResourceNotFound',
  })
})

test('dashboards are kept', async () => {
  const DashboardBody = JSON.stringify({ widgets: [] })
  await watch.send(new PutDashboardCommand({ DashboardName: 'lake', DashboardBody }))
  assert.equal((await watch.send(new GetDashboardCommand({ DashboardName: 'lake' }))).DashboardBody, DashboardBody)
  await assert.rejects(watch.send(new PutDashboardCommand({ DashboardName: 'lake', DashboardBody: '{' })), {
    name: 'DashboardInvalidInputError',
  })
  await watch.send(new DeleteDashboardsCommand({ DashboardNames: ['lake'] }))
  assert.deepEqual((await watch.send(new ListDashboardsCommand({}))).DashboardEntries, [])
})
