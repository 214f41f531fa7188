/** The article's table of CloudTrail's logs and the query over it, word for word, over what a trail of the lake delivered. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import {
  CloudTrailClient,
  CreateTrailCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail'
import { CreateDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { turnedClock } from '../acceptance/cloudtrail/turned-clock.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { CLOUDTRAIL_QUERY, CLOUDTRAIL_TABLE } from './seed-statements.ts'

/** The article's account, in the month that it asks for. */
const account = { credentials: { accessKeyId: '123456789012', secretAccessKey: 'any' } }
let lake: TestLake
let clients: { athena: AthenaClient; glue: GlueClient; s3: S3Client; trail: CloudTrailClient }
before(async () => {
  lake = await startLake({ auth: 'open', clock: turnedClock(new Date('2024-01-15T12:00:00Z')) })
  const options = { ...lake.client, ...account }
  clients = {
    athena: new AthenaClient(options),
    glue: new GlueClient(options),
    s3: new S3Client(options),
    trail: new CloudTrailClient(options),
  }
})
after(async () => {
  assert.deepEqual(lake.log, [])
  for (const client of Object.values(clients)) client.destroy()
  await lake.stop()
})

async function run(QueryString: string): Promise<string> {
  const { QueryExecutionId } = await clients.athena.send(
    new StartQueryExecutionCommand({
      QueryString,
      QueryExecutionContext: { Database: 'db' },
      ResultConfiguration: { OutputLocation: 's3://my-cloudtrail-bucket/results/' },
    }),
  )
  for (;;) {
    const { QueryExecution } = await clients.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
    const { State, StateChangeReason } = QueryExecution!.Status!
    if (State === 'SUCCEEDED') return QueryExecutionId!
    assert.ok(State === 'QUEUED' || State === 'RUNNING', StateChangeReason)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function rows(sql: string) {
  const { ResultSet } = await clients.athena.send(new GetQueryResultsCommand({ QueryExecutionId: await run(sql) }))
  return ResultSet!.Rows!.slice(1).map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue))
}

test("a trail's own log answers the article's query", async () => {
  const { glue, s3, trail } = clients
  await s3.send(new CreateBucketCommand({ Bucket: 'my-cloudtrail-bucket' }))
  await trail.send(new CreateTrailCommand({ Name: 'lake', S3BucketName: 'my-cloudtrail-bucket' }))
  await trail.send(new StartLoggingCommand({ Name: 'lake' }))
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' } }))
  for (let i = 0; i < 5; i++) await glue.send(new GetDatabaseCommand({ Name: 'db' }))
  await run(CLOUDTRAIL_TABLE)
  await trail.send(new StopLoggingCommand({ Name: 'lake' }))
  const found = new Map((await rows(CLOUDTRAIL_QUERY)).map(([name, count]) => [name, Number(count)]))
  assert.deepEqual(
    ['CreateDatabase', 'GetDatabase', 'StartQueryExecution'].map((name) => found.get(name)),
    [1, 5, 1],
  )
  assert.deepEqual(
    await rows(`SELECT userIdentity.type, userIdentity.principalId, sourceIPAddress, requestParameters
      FROM cloudtrail_logs WHERE year = '2024' AND eventName = 'CreateDatabase'`),
    [['Root', '123456789012', '127.0.0.1', '{"databaseInput":{"name":"db"}}']],
  )
})
