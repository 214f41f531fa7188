/** How long Athena remembers a query: by the clock, which is turned and not waited for. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  ListQueryExecutionsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { systemClock } from '../../../src/core/clock.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

const DAY_MS = 24 * 60 * 60 * 1000
let a: AthenaLake
let aheadMs = 0
before(async () => {
  a = await athenaLake({ clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) } })
})
after(() => a.close())

/** For the server, and for the client that signs by it. */
const turn = (days: number): void => {
  aheadMs = days * DAY_MS
  a.athena.config.systemClockOffset = aheadMs
}
const listed = async (athena: AthenaClient) => (await athena.send(new ListQueryExecutionsCommand({}))).QueryExecutionIds
const token = 'one-token-for-what-is-asked-once-0123456789'
const start = async () => {
  const input = { QueryString: 'SELECT 1 AS one', ResultConfiguration: { OutputLocation: 's3://results/' } }
  const { QueryExecutionId } = await a.athena.send(
    new StartQueryExecutionCommand({ ...input, ClientRequestToken: token }),
  )
  return QueryExecutionId!
}
const missing = (id: string) => ({
  name: 'InvalidRequestException',
  AthenaErrorCode: 'QUERY_EXECUTION_NOT_FOUND',
  message: `QueryExecution ${id} was not found`,
})

test('a query is remembered for 45 days, and its token with it', async () => {
  turn(0)
  const first = await start()
  await a.ended(first)
  turn(44.9)
  assert.equal(await start(), first)
  const later = (await a.succeed('SELECT 2 AS two')).QueryExecutionId!
  assert.deepEqual(await listed(a.athena), [later, first])
  turn(45.1)
  assert.deepEqual(await listed(a.athena), [later])
  const QueryExecutionId = first
  await assert.rejects(a.athena.send(new GetQueryExecutionCommand({ QueryExecutionId })), missing(first))
  await assert.rejects(a.athena.send(new GetQueryResultsCommand({ QueryExecutionId })), missing(first))
  const again = await start()
  assert.notEqual(again, first)
  assert.equal((await a.ended(again)).Status!.State, 'SUCCEEDED')
  assert.deepEqual(await listed(a.athena), [again, later])
})

test('its result is an object of its owner, and stays', async () => {
  turn(0)
  const { ResultConfiguration } = await a.succeed('SELECT 3 AS three')
  turn(60)
  a.s3.config.systemClockOffset = 60 * DAY_MS
  assert.equal((await a.read(ResultConfiguration!.OutputLocation!)).body.toString(), '"three"\n"3"\n')
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
