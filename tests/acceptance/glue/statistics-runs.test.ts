import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ColumnStatisticsTaskRun,
  CreateColumnStatisticsTaskSettingsCommand,
  DeleteColumnStatisticsTaskSettingsCommand,
  GetColumnStatisticsForTableCommand,
  GetColumnStatisticsTaskRunCommand,
  GetColumnStatisticsTaskRunsCommand,
  GetColumnStatisticsTaskSettingsCommand,
  GlueClient,
  ListColumnStatisticsTaskRunsCommand,
  StartColumnStatisticsTaskRunCommand,
  StartColumnStatisticsTaskRunScheduleCommand,
  StopColumnStatisticsTaskRunCommand,
  StopColumnStatisticsTaskRunScheduleCommand,
  UpdateColumnStatisticsTaskSettingsCommand,
} from '@aws-sdk/client-glue'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import type { Clock } from '../../../src/core/ports.ts'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { allow, policyCaller } from '../athena/policy-callers.ts'

const Role = 'arn:aws:iam::000000000000:role/statistics'
const DatabaseName = 'db'
const COLUMNS = ['flag', 'small', 'big', 'ratio', 'price', 'name', 'day', 'at', 'part']
let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(
    `CREATE TABLE measured WITH (format = 'PARQUET', external_location = 's3://data/measured/', partitioned_by = ARRAY['part']) AS
     SELECT * FROM (VALUES
       (true, 1, BIGINT '9007199254740993', 0.5e0, DECIMAL '-1.25', 'grüße', DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:10', ARRAY[1], 'p'),
       (false, -7, NULL, 1.5e0, DECIMAL '300.00', 'ab', DATE '1969-12-31', TIMESTAMP '2023-01-01 00:00:00', NULL, 'p'),
       (true, 1, BIGINT '3', NULL, NULL, 'ab', NULL, NULL, NULL, 'q'),
       (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'q')
     ) AS t (flag, small, big, ratio, price, name, day, at, list, part)`,
  )
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

async function ended(ColumnStatisticsTaskRunId: string | undefined): Promise<ColumnStatisticsTaskRun> {
  for (;;) {
    const answer = await a.glue.send(new GetColumnStatisticsTaskRunCommand({ ColumnStatisticsTaskRunId }))
    const run = answer.ColumnStatisticsTaskRun!
    if (run.Status !== 'STARTING' && run.Status !== 'RUNNING') return run
    await sleep(10)
  }
}

async function start(TableName: string, more: object = {}): Promise<ColumnStatisticsTaskRun> {
  const input = { DatabaseName, TableName, Role, ...more }
  return ended((await a.glue.send(new StartColumnStatisticsTaskRunCommand(input))).ColumnStatisticsTaskRunId)
}

async function statistics(ColumnNames = COLUMNS, TableName = 'measured') {
  const answer = await a.glue.send(new GetColumnStatisticsForTableCommand({ DatabaseName, TableName, ColumnNames }))
  return Object.fromEntries(
    answer.ColumnStatisticsList!.map(({ ColumnName, StatisticsData }) => {
      const { Type, ...data } = StatisticsData!
      return [ColumnName, [Type, Object.values(data)[0]]]
    }),
  )
}

test('a run reckons the statistics of every column', async () => {
  const run = await start('Measured')
  assert.deepEqual([run.Status, run.TableName, run.ErrorMessage], ['SUCCEEDED', 'measured', undefined])
  assert.ok(run.EndTime! >= run.StartTime! && run.StartTime! >= run.CreationTime!)
  const found = await statistics()
  const bounded = (
    NumberOfNulls: number,
    NumberOfDistinctValues: number,
    MinimumValue: unknown,
    MaximumValue: unknown,
  ) => ({
    NumberOfNulls,
    NumberOfDistinctValues,
    MinimumValue,
    MaximumValue,
  })
  const decimal = (hex: string) => ({ UnscaledValue: new Uint8Array(Buffer.from(hex, 'hex')), Scale: 2 })
  assert.deepEqual(found, {
    flag: ['BOOLEAN', { NumberOfTrues: 2, NumberOfFalses: 1, NumberOfNulls: 1 }],
    small: ['LONG', bounded(1, 2, -7, 1)],
    // JavaScript's client reads the wire's exact 9007199254740993 as the double beside it.
    big: ['LONG', bounded(2, 2, 3, 9007199254740992)],
    ratio: ['DOUBLE', bounded(2, 2, 0.5, 1.5)],
    // -125 and 30000 as two's complement.
    price: ['DECIMAL', bounded(2, 2, decimal('83'), decimal('7530'))],
    name: ['STRING', { NumberOfNulls: 1, NumberOfDistinctValues: 2, MaximumLength: 5, AverageLength: 3 }],
    day: ['DATE', bounded(2, 2, new Date('1969-12-31'), new Date('2024-01-01'))],
    at: ['LONG', bounded(2, 2, Date.UTC(2023, 0, 1) / 1000, Date.UTC(2024, 0, 1, 0, 0, 10) / 1000)],
    part: ['STRING', { NumberOfNulls: 0, NumberOfDistinctValues: 2, MaximumLength: 1, AverageLength: 1 }],
  })
})

test('of some columns, of a sample, of no rows, of a table that cannot be read', async () => {
  await a.succeed("CREATE EXTERNAL TABLE nothing (n int, s string) LOCATION 's3://data/nothing/'")
  assert.equal((await start('nothing', { ColumnNameList: ['S'], SampleSize: 50 })).Status, 'SUCCEEDED')
  assert.deepEqual(await statistics(['n', 's'], 'nothing'), {
    s: ['STRING', { NumberOfNulls: 0, NumberOfDistinctValues: 0, MaximumLength: 0, AverageLength: 0 }],
  })
  assert.equal((await start('nothing', { ColumnNameList: ['n'] })).Status, 'SUCCEEDED')
  assert.deepEqual((await statistics(['n'], 'nothing')).n, ['LONG', { NumberOfNulls: 0, NumberOfDistinctValues: 0 }])
  await assert.rejects(start('nothing', { ColumnNameList: ['x'] }), { name: 'InvalidInputException' })
  await assert.rejects(start('gone'), { name: 'EntityNotFoundException' })
  await a.put('broken/f.parquet', 'this is no Parquet')
  await a.succeed("CREATE EXTERNAL TABLE broken (n int) STORED AS PARQUET LOCATION 's3://data/broken/'")
  const failed = await start('broken')
  assert.equal(failed.Status, 'FAILED')
  assert.match(failed.ErrorMessage!, /broken/)
})

test('a run acts as its role', async () => {
  const iam = new IAMClient(a.lake.client)
  const Version = '2012-10-17'
  const trust = { Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version, Statement: trust })
  await iam.send(new CreateRoleCommand({ RoleName: 'statistics', AssumeRolePolicyDocument }))
  const may = (Action: string[]) => {
    const PolicyDocument = JSON.stringify({ Version, Statement: { Effect: 'Allow', Action, Resource: '*' } })
    return iam.send(new PutRolePolicyCommand({ RoleName: 'statistics', PolicyName: 'files', PolicyDocument }))
  }
  const bob = await policyCaller(a.lake, 'bob')
  await bob.may(allow('*'))
  const glue = new GlueClient(bob.client)
  const run = async (role: string) => {
    const command = new StartColumnStatisticsTaskRunCommand({ DatabaseName, TableName: 'measured', Role: role })
    return ended((await glue.send(command)).ColumnStatisticsTaskRunId)
  }
  await may(['glue:*'])
  const refused = await run(Role)
  assert.equal(refused.Status, 'FAILED')
  assert.match(refused.ErrorMessage!, /Permission denied on S3 path: s3:\/\/data\/measured/)
  await may(['glue:*', 's3:*'])
  for (const role of [Role, 'statistics']) assert.equal((await run(role)).Status, 'SUCCEEDED')
  bob.close()
  for (const client of [iam, glue]) client.destroy()
})

test('runs are listed, the latest first', async () => {
  const first = await start('measured', { ColumnNameList: ['small'] })
  const second = await start('measured', { ColumnNameList: ['big'] })
  const page = await a.glue.send(
    new GetColumnStatisticsTaskRunsCommand({ DatabaseName, TableName: 'measured', MaxResults: 2 }),
  )
  assert.deepEqual(
    page.ColumnStatisticsTaskRuns!.map((run) => run.ColumnStatisticsTaskRunId),
    [second.ColumnStatisticsTaskRunId, first.ColumnStatisticsTaskRunId],
  )
  assert.ok(page.NextToken)
  const ids = (await a.glue.send(new ListColumnStatisticsTaskRunsCommand({}))).ColumnStatisticsTaskRunIds!
  assert.deepEqual(ids.slice(0, 2), [second.ColumnStatisticsTaskRunId, first.ColumnStatisticsTaskRunId])
  const stop = a.glue.send(new StopColumnStatisticsTaskRunCommand({ DatabaseName, TableName: 'measured' }))
  await assert.rejects(stop, { name: 'ColumnStatisticsTaskNotRunningException' })
  const none = a.glue.send(new GetColumnStatisticsTaskRunCommand({ ColumnStatisticsTaskRunId: 'none' }))
  await assert.rejects(none, { name: 'EntityNotFoundException' })
})

test('settings with a schedule', async () => {
  const at = { DatabaseName, TableName: 'measured' }
  const create = (Schedule?: string) =>
    a.glue.send(new CreateColumnStatisticsTaskSettingsCommand({ ...at, Role, Schedule, ColumnNameList: ['small'] }))
  await assert.rejects(create('every day'), { name: 'InvalidInputException' })
  await create('cron(15 12 * * ? *)')
  await assert.rejects(create(), { name: 'AlreadyExistsException' })
  const get = async () =>
    (await a.glue.send(new GetColumnStatisticsTaskSettingsCommand(at))).ColumnStatisticsTaskSettings!
  assert.deepEqual(await get(), {
    DatabaseName,
    TableName: 'measured',
    Schedule: { ScheduleExpression: 'cron(15 12 * * ? *)', State: 'SCHEDULED' },
    ColumnNameList: ['small'],
    CatalogID: '000000000000',
    Role,
    ScheduleType: 'CRON',
    SettingSource: 'TABLE',
  })
  await a.glue.send(new StopColumnStatisticsTaskRunScheduleCommand(at))
  assert.equal((await get()).Schedule!.State, 'NOT_SCHEDULED')
  await a.glue.send(new StartColumnStatisticsTaskRunScheduleCommand(at))
  await a.glue.send(new UpdateColumnStatisticsTaskSettingsCommand({ ...at, SampleSize: 10 }))
  assert.deepEqual([(await get()).Schedule!.State, (await get()).SampleSize], ['SCHEDULED', 10])
  await a.glue.send(new DeleteColumnStatisticsTaskSettingsCommand(at))
  await assert.rejects(get(), { name: 'EntityNotFoundException' })
})

test('a schedule starts runs', async () => {
  let aheadMs = 0
  const sleepers = new Set<() => void>()
  const clock: Clock = {
    now: () => new Date(Date.now() + aheadMs),
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        sleepers.add(resolve)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  }
  const b = await athenaLake({ clock })
  try {
    await b.succeed("CREATE EXTERNAL TABLE t (n int) LOCATION 's3://data/t/'")
    const at = { DatabaseName, TableName: 't' }
    const Schedule = 'cron(0/5 * * * ? *)'
    await b.glue.send(new CreateColumnStatisticsTaskSettingsCommand({ ...at, Role, Schedule }))
    const runs = async () => (await b.glue.send(new GetColumnStatisticsTaskRunsCommand(at))).ColumnStatisticsTaskRuns!
    assert.deepEqual(await runs(), [])
    aheadMs = 6 * 60_000
    for (const wake of [...sleepers]) wake()
    while ((await runs())[0]?.Status !== 'SUCCEEDED') await sleep(5)
    const settings = await b.glue.send(new GetColumnStatisticsTaskSettingsCommand(at))
    const { Status, ColumnStatisticsTaskRunId } = settings.ColumnStatisticsTaskSettings!.LastExecutionAttempt!
    assert.deepEqual([Status, ColumnStatisticsTaskRunId], ['STARTED', (await runs())[0]!.ColumnStatisticsTaskRunId])
    assert.equal((await runs()).length, 1)
  } finally {
    await b.close()
  }
})
