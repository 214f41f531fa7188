/** Searches in metric math, and values in labels. docs: AmazonCloudWatch monitoring, search-expression-syntax, graph-dynamic-labels. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let watch: CloudWatchClient
const now = Math.floor(Date.now() / 60_000) * 60_000
const minute = (ago: number) => new Date(now - ago * 60_000)

before(async () => {
  lake = await startLake()
  watch = new CloudWatchClient(lake.client)
  for (const [MetricName, FunctionName, ...values] of [
    ['Errors', 'load', 4, 1, 7],
    ['Errors', 'sum', 2],
    ['Invocations', 'load', 100],
  ] as const)
    await watch.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: values.map((Value, i) => ({
          MetricName,
          Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
          Timestamp: minute(10 - i),
          Value,
        })),
      }),
    )
})
after(async () => {
  watch.destroy()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

async function asked(...queries: Omit<MetricDataQuery, 'Id'>[]) {
  const MetricDataQueries = queries.map((query, i) => ({ Id: `q${i}`, ...query }))
  const { MetricDataResults } = await watch.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: minute(30),
      EndTime: minute(0),
      ScanBy: 'TimestampAscending',
    }),
  )
  return MetricDataResults!.map(({ Label, Values }) => [Label, Values])
}

const search = (text: string) => ({ Expression: `SEARCH('${text}', 'Sum')`, Period: 60 })

test('a search yields a series for each metric that it finds, called by what tells them apart', async () => {
  assert.deepEqual(await asked(search('{Shop,FunctionName} MetricName="Errors"')), [
    ['load', [4, 1, 7]],
    ['sum', [2]],
  ])
  assert.deepEqual(await asked(search('{Shop} load')), [
    ['Errors', [4, 1, 7]],
    ['Invocations', [100]],
  ])
  assert.deepEqual(await asked(search('{Shop} Invocations')), [['Invocations', [100]]])
  assert.deepEqual(await asked(search('{Elsewhere}')), [])
})

test('it stands in expressions, and under a name of its own', async () => {
  const errors = search('{Shop,FunctionName} MetricName="Errors"')
  const total = [['all', [6, 1, 7]]]
  assert.deepEqual(await asked({ Expression: `SUM(${errors.Expression})`, Period: 60, Label: 'all' }), total)
  assert.deepEqual(await asked({ ...errors, ReturnData: false }, { Expression: 'SUM(q0)', Label: 'all' }), total)
})

/** As clients write it: `${MAX}`. */
const value = (name: string) => `$\{${name}}`
const values = (...names: string[]) => names.map(value).join(' ')

test('values are put into labels, of each series', async () => {
  const Label = `[max: ${value('MAX')} Errors for Function Name ${value('LABEL')}]`
  assert.deepEqual(await asked({ ...search('{Shop,FunctionName} Errors'), Label }), [
    ['[max: 7 Errors for Function Name load]', [4, 1, 7]],
    ['[max: 2 Errors for Function Name sum]', [2]],
  ])
  const Metric = { Namespace: 'Shop', MetricName: 'Errors', Dimensions: [{ Name: 'FunctionName', Value: 'load' }] }
  const labelOf = async (label: string) => {
    const [found] = await asked({ MetricStat: { Metric, Stat: 'Sum', Period: 60 }, Label: label })
    return found![0]
  }
  assert.equal(await labelOf(values('LABEL', 'MIN', 'AVG', 'SUM', 'FIRST', 'LAST')), 'Errors 1 4 12 4 7')
  assert.equal(await labelOf(values('DATAPOINT_COUNT', 'MIN_MAX_RANGE', 'FIRST_LAST_RANGE')), '3 6 3')
  assert.equal(await labelOf(value('MAX_TIME')), minute(8).toISOString())
  const properties = ['Namespace', 'MetricName', 'Dim.FunctionName', 'Stat', 'Period'].map((name) => `PROP('${name}')`)
  assert.equal(await labelOf(values(...properties)), 'Shop Errors load Sum 60')
  assert.equal(await labelOf(values("PROP('AccountId')", "PROP('Region')")), '000000000000 us-east-1')
  for (const label of [
    values('LABEL', 'LABEL'),
    value('MAX').repeat(7),
    value('NOTHING'),
    value("PROP('AccountLabel')"),
  ])
    await assert.rejects(labelOf(label), { name: 'ValidationException' }, label)
})

test('what cannot be searched is refused, and no alarm searches', async () => {
  for (const text of ['', '(', ':aws.AccountId = 1'])
    await assert.rejects(asked(search(text)), { name: 'ValidationException' }, text)
  await assert.rejects(asked({ Expression: 'SEARCH(1)' }), { name: 'ValidationException' })
  const Metrics = [{ Id: 'e', Expression: "SUM(SEARCH('{Shop} Errors', 'Sum'))", Period: 60 }]
  const alarm = {
    AlarmName: 'a',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 1,
  } as const
  await assert.rejects(watch.send(new PutMetricAlarmCommand({ ...alarm, Metrics })), { name: 'ValidationException' })
})
