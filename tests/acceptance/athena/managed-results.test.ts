/** Results that Athena keeps itself, as the guide describes them (managed-results); the clock is turned, not waited for. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import {
  CreateWorkGroupCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetQueryRuntimeStatisticsCommand,
  GetWorkGroupCommand,
  UpdateWorkGroupCommand,
  type WorkGroupConfiguration,
  type WorkGroupConfigurationUpdates,
} from '@aws-sdk/client-athena'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { systemClock } from '../../../src/core/clock.ts'
import type { TestLake } from '../server.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

const HOUR_MS = 60 * 60 * 1000
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012'
const TOGETHER = 'ManagedQueryResultsConfiguration and ResultConfiguration cannot be set together.'

let a: AthenaLake
/** Restarted on the way. */
let lake: TestLake
let aheadMs = 0
before(async () => {
  a = await athenaLake({ clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) } })
  lake = a.lake
  await group('managed', { ManagedQueryResultsConfiguration: { Enabled: true } })
})
after(async () => {
  await a.close()
  await lake.stop()
})

const turn = (hours: number): void => {
  aheadMs = hours * HOUR_MS
  a.athena.config.systemClockOffset = aheadMs
}
const group = (Name: string, Configuration: WorkGroupConfiguration) =>
  a.athena.send(new CreateWorkGroupCommand({ Name, Configuration }))
const change = (WorkGroup: string, ConfigurationUpdates: WorkGroupConfigurationUpdates) =>
  a.athena.send(new UpdateWorkGroupCommand({ WorkGroup, ConfigurationUpdates }))
const configuration = async (WorkGroup: string) =>
  (await a.athena.send(new GetWorkGroupCommand({ WorkGroup }))).WorkGroup!.Configuration!
const within = { WorkGroup: 'managed', ResultConfiguration: undefined }
const refused = (promise: Promise<unknown>, message: string) =>
  assert.rejects(promise, { name: 'InvalidRequestException', message })
const blobs = async () =>
  (await readdir(lake.dataDirectory, { recursive: true })).filter((name) => name.includes('athena~results'))

test('a query needs no place, tells of none, and its result is read in pages', async () => {
  const { QueryExecutionId, ...execution } = await a.succeed(
    'SELECT n, n * n AS square FROM UNNEST(sequence(1, 3)) AS t (n)',
    within,
  )
  assert.deepEqual(execution.ManagedQueryResultsConfiguration, { Enabled: true })
  assert.equal(execution.ResultConfiguration?.OutputLocation, undefined)
  const first = await a.athena.send(new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 3 }))
  const second = await a.athena.send(
    new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 3, NextToken: first.NextToken }),
  )
  const rows = [first, second].flatMap(({ ResultSet }) =>
    ResultSet!.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue).join()),
  )
  assert.deepEqual(rows, ['n,square', '1,1', '2,4', '3,9'])
  const { QueryRuntimeStatistics } = await a.athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId }))
  // "n","square" and three rows of "1","1": as Athena quotes them, each with a line feed.
  assert.equal(QueryRuntimeStatistics!.Rows!.OutputBytes, 13 + 3 * 8)
  for (const Bucket of ['data', 'results'])
    assert.equal((await a.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0)
})

test('so do statements that answer with lines, and those that write', async () => {
  const made = `CREATE TABLE kept WITH (external_location = 's3://data/kept/', format = 'JSON') AS SELECT 1 AS n`
  const { QueryExecutionId, Statistics } = await a.succeed(made, within)
  assert.equal(Statistics!.DataManifestLocation, undefined)
  const { ResultSet } = await a.athena.send(
    new GetQueryResultsCommand({ QueryExecutionId, QueryResultType: 'DATA_MANIFEST' }),
  )
  assert.match(ResultSet!.Rows![0]!.Data![0]!.VarCharValue!, /^s3:\/\/data\/kept\//)
  await a.succeed('INSERT INTO kept VALUES 2', within)
  assert.deepEqual(await a.rows('SELECT n FROM kept ORDER BY n', within), [['1'], ['2']])
  const shown = await a.succeed('SHOW TABLES', within)
  assert.deepEqual((await a.results(shown.QueryExecutionId!)).ResultSet!.Rows, [{ Data: [{ VarCharValue: 'kept' }] }])
  const failed = await a.run('DROP TABLE nothing_of_that_name', within)
  assert.equal(failed.Status!.State, 'FAILED')
  assert.deepEqual((await a.results(failed.QueryExecutionId!)).ResultSet!.Rows, [])
  assert.match(
    await a.failure('CREATE TABLE nowhere AS SELECT 1 AS n', within),
    /^INVALID_TABLE_PROPERTY: .*external_location is required/,
  )
})

test('a result is kept for a day, over a restart too, and then deleted', async () => {
  const { QueryExecutionId } = await a.succeed('SELECT 7 AS seven', within)
  const results = () => a.athena.send(new GetQueryResultsCommand({ QueryExecutionId }))
  lake = await lake.restart()
  turn(23.9)
  assert.equal((await results()).ResultSet!.Rows!.length, 2)
  turn(24.1)
  await assert.rejects(results(), { AthenaErrorCode: 'RESULT_NOT_FOUND', message: 'Could not find results' })
  const { QueryExecution } = await a.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
  assert.equal(QueryExecution!.Status!.State, 'SUCCEEDED')
  assert.notDeepEqual(await blobs(), [])
  lake = await lake.restart()
  while ((await blobs()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  turn(0)
})

test('it is not taken for the result of a later query', async () => {
  const reusing = {
    ...within,
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } },
  }
  for (let i = 0; i < 2; i++) {
    const { Statistics } = await a.succeed('SELECT 8 AS eight', reusing)
    assert.equal(Statistics!.ResultReuseInformation!.ReusedPreviousResult, false)
  }
})

test('a place of the client or of the work group is refused beside it', async () => {
  await refused(a.start('SELECT 1', { WorkGroup: 'managed' }), TOGETHER)
  const ResultConfiguration = { OutputLocation: 's3://results/' }
  await refused(group('both', { ManagedQueryResultsConfiguration: { Enabled: true }, ResultConfiguration }), TOGETHER)
  await group('placed', { ResultConfiguration })
  const enable = { ManagedQueryResultsConfigurationUpdates: { Enabled: true } }
  await refused(change('placed', enable), TOGETHER)
  await change('placed', { ...enable, ResultConfigurationUpdates: { RemoveOutputLocation: true } })
  await a.succeed('SELECT 1', { ...within, WorkGroup: 'placed' })
})

test('the key that results are encrypted with is the work group’s at the time', async () => {
  await group('sealed', {
    ManagedQueryResultsConfiguration: { Enabled: true, EncryptionConfiguration: { KmsKey: KEY } },
  })
  const sealed = { ...within, WorkGroup: 'sealed' }
  const { QueryExecutionId, ...execution } = await a.succeed('SELECT 1', sealed)
  const kept = { Enabled: true, EncryptionConfiguration: { KmsKey: KEY } }
  assert.deepEqual(execution.ManagedQueryResultsConfiguration, kept)
  await change('sealed', { ManagedQueryResultsConfigurationUpdates: { RemoveEncryptionConfiguration: true } })
  assert.deepEqual((await configuration('sealed')).ManagedQueryResultsConfiguration, { Enabled: true })
  const { QueryExecution } = await a.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
  assert.deepEqual(QueryExecution!.ManagedQueryResultsConfiguration, kept)
})

test('without it a place is needed again, and what was kept is still there', async () => {
  await group('passing', { ManagedQueryResultsConfiguration: { Enabled: true } })
  const passing = { ...within, WorkGroup: 'passing' }
  const { QueryExecutionId } = await a.succeed('SELECT 9 AS nine', passing)
  await change('passing', { ManagedQueryResultsConfigurationUpdates: { Enabled: false } })
  await refused(
    a.start('SELECT 1', passing),
    'No output location provided. You did not provide an output location for  your query results. Either specify an S3 bucket location or enable Athena managed query results in your workgroup settings.',
  )
  assert.equal((await a.results(QueryExecutionId!)).ResultSet!.Rows!.length, 2)
})

test('no bug was logged', () => assert.deepEqual([a.lake.log, lake.log], [[], []]))
