/** Ways round one's own policies, by a service that may do more: each is refused. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CloudTrailClient,
  CreateEventDataStoreCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudtrail'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import {
  GetQueryStateCommand,
  LakeFormationClient,
  RegisterResourceCommand,
  StartQueryPlanningCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateNamespaceCommand, CreateTableBucketCommand, S3TablesClient } from '@aws-sdk/client-s3tables'
import { allow, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { type Json, type RestClient, restClient, SCHEMA } from '../iceberg/rest-client.ts'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let admin: PolicyCaller
let bob: PolicyCaller
let s3: S3Client
let glue: GlueClient
const HERE = 'arn:aws:glue:us-east-1:000000000000'

before(async () => {
  lake = await startLake()
  s3 = new S3Client(lake.client)
  glue = new GlueClient(lake.client)
  for (const Bucket of ['data', 'secret', 'results', 'registered']) await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutObjectCommand({ Bucket: 'secret', Key: 'x', Body: 'secret' }))
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db', LocationUri: 's3://data/db' } }))
  admin = await policyCaller(lake, 'admin')
  await admin.may(allow('*'))
  bob = await policyCaller(lake, 'bob')
})
after(async () => {
  for (const client of [admin, bob]) client.close()
  s3.destroy()
  glue.destroy()
  await lake.stop()
})

const rest = (by: PolicyCaller, service?: string): RestClient =>
  restClient({ ...lake, client: by.client, credentials: by.client.credentials }, undefined, service)

async function opens(config: Json): Promise<boolean> {
  const credentials = {
    accessKeyId: config['s3.access-key-id'],
    secretAccessKey: config['s3.secret-access-key'],
    sessionToken: config['s3.session-token'],
  }
  const by = new S3Client({ ...lake.client, credentials })
  try {
    await by.send(new GetObjectCommand({ Bucket: 'secret', Key: 'x' }))
    return true
  } catch (error) {
    assert.equal((error as Error).name, 'AccessDenied')
    return false
  } finally {
    by.destroy()
  }
}

const VENDED = { 'x-iceberg-access-delegation': 'vended-credentials' }

test('keys to a place that a client names for its table open what its own policies open', async () => {
  const staged = { name: 'staged', schema: SCHEMA, location: 's3://secret', 'stage-create': true }
  const made = { name: 'made', schema: SCHEMA, properties: { 'write.data.path': 's3://secret' } }
  for (const [secret, body] of [false, true].flatMap((one) => [[one, staged] as const, [one, made] as const])) {
    const place = ['arn:aws:s3:::data/*', ...(secret ? ['arn:aws:s3:::secret/*'] : [])]
    await bob.may(allow('glue:*'), allow('s3:*', place))
    const { status, body: told } = await rest(bob).ask('POST', 'namespaces/db/tables', body, VENDED)
    assert.equal(status, secret ? 200 : 403, body.name)
    if (secret) assert.ok(await opens(told['storage-credentials'].at(-1).config), body.name)
    if (body === made) await rest(bob).want('DELETE', 'namespaces/db/tables/made')
  }
})

test('a table of a table bucket lies nowhere else', async () => {
  const s3tables = new S3TablesClient(lake.client)
  const { arn } = await s3tables.send(new CreateTableBucketCommand({ name: 'sales' }))
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['ns'] }))
  s3tables.destroy()
  await bob.may(allow('s3tables:*'))
  const keys = { ...lake, client: bob.client, credentials: bob.client.credentials }
  const catalog = restClient(keys, encodeURIComponent(arn!), 's3tables')
  const made = { name: 't', schema: SCHEMA }
  await catalog.want('POST', 'namespaces/ns/tables', made)
  const properties = { 'write.data.path': 's3://secret' }
  const refused = async (path: string, body: object) =>
    assert.equal((await catalog.ask('POST', path, body, VENDED)).status, 400, JSON.stringify(body))
  await refused('namespaces/ns/tables', { ...made, name: 'u', properties })
  await refused('namespaces/ns/register', { name: 'u', 'metadata-location': 's3://secret/x' })
  for (const update of [
    { action: 'set-properties', updates: properties },
    { action: 'set-location', location: 's3://secret' },
  ])
    await refused('namespaces/ns/tables/t', { requirements: [], updates: [update] })
})

test('Glue’s catalog asks for Glue’s actions, whichever service a request is signed for', async () => {
  await rest(admin).want('POST', 'namespaces/db/tables', { name: 'theirs', schema: SCHEMA })
  await bob.may(allow('s3tables:*'))
  for (const [method, path] of [
    ['GET', 'namespaces/db'],
    ['DELETE', 'namespaces/db/tables/theirs'],
  ] as const)
    assert.equal((await rest(bob, 's3tables').ask(method, path)).status, 403, path)
})

test('a commit that makes a table asks for the leave to make one', async () => {
  await bob.may(allow(['glue:UpdateTable', 'glue:GetTable', 's3:*']))
  const { status, body } = await rest(bob).ask('POST', 'namespaces/db/tables/fresh', {
    requirements: [{ type: 'assert-create' }],
    updates: [],
  })
  assert.equal(status, 403)
  assert.match(body.error.message, new RegExp(`glue:CreateTable on resource: ${HERE}:`))
})

test('results of a query are those of the stores that it reads, and go where the caller could put them', async () => {
  const [root, own] = [new CloudTrailClient(admin.client), new CloudTrailClient(bob.client)]
  const made = async (Name: string) => (await root.send(new CreateEventDataStoreCommand({ Name }))).EventDataStoreArn!
  const [mine, theirs] = [await made('mine'), await made('theirs')]
  const asking = (arn: string) => `SELECT count(*) FROM ${arn.split('/')[1]}`
  const { QueryId } = await root.send(new StartQueryCommand({ QueryStatement: asking(theirs) }))
  await bob.may(allow('cloudtrail:*', mine))
  const read = own.send(new GetQueryResultsCommand({ QueryId, EventDataStore: mine }))
  await assert.rejects(read, { name: 'AccessDeniedException' })
  const delivered = { QueryStatement: asking(mine), DeliveryS3Uri: 's3://secret/results' }
  await assert.rejects(own.send(new StartQueryCommand(delivered)), { name: 'InsufficientS3BucketPolicyException' })
  await bob.may(allow('cloudtrail:*', mine), allow('s3:PutObject', 'arn:aws:s3:::secret/results/*'))
  const answer = await own.send(new StartQueryCommand(delivered))
  await own.send(new GetQueryResultsCommand({ QueryId: answer.QueryId }))
  for (const client of [root, own]) client.destroy()
})

test('a query that Lake Formation plans reads what its caller may read', async () => {
  await admin.run("CREATE TABLE plain WITH (external_location = 's3://secret/plain/') AS SELECT 42 AS n")
  const own = new LakeFormationClient({ ...bob.client, disableHostPrefix: true })
  const planned = async (): Promise<string> => {
    const { QueryId } = await own.send(
      new StartQueryPlanningCommand({
        QueryString: 'SELECT * FROM plain',
        QueryPlanningContext: { DatabaseName: 'db' },
      }),
    )
    for (;;) {
      const { State, Error: reason } = await own.send(new GetQueryStateCommand({ QueryId }))
      if (State !== 'PENDING') return `${State} ${reason ?? ''}`
    }
  }
  await bob.may(allow('lakeformation:*'))
  assert.match(await planned(), /^ERROR .*glue:GetTable/)
  await bob.may(allow(['lakeformation:*', 'glue:Get*']))
  assert.match(await planned(), /^ERROR .*s3:\/\/secret\/plain\//)
  await bob.may(allow(['lakeformation:*', 'glue:Get*']), allow('s3:*', 'arn:aws:s3:::secret*'))
  assert.match(await planned(), /^FINISHED/)
  own.destroy()
})

test('a registered place is open by its tables, not to whoever names it', async () => {
  const root = new LakeFormationClient(lake.client)
  await root.send(new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::registered', UseServiceLinkedRole: true }))
  root.destroy()
  const own = ['data', 'results'].flatMap((bucket) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`])
  await bob.may(
    allow(['glue:*', 'athena:*', 'lakeformation:GetDataAccess', 's3:GetBucketLocation']),
    allow('s3:*', own),
  )
  const denied = /Permission denied on S3 path|Access denied when writing output|Data Location Access/
  const unload = "UNLOAD (SELECT 1 AS a) TO 's3://registered/orders/more/' WITH (format = 'PARQUET')"
  assert.match(await bob.refusal(unload), denied)
  const ResultConfiguration = { OutputLocation: 's3://registered/orders/' }
  assert.match(await bob.refusal('SELECT 1', { ResultConfiguration }), denied)
  const table = "CREATE EXTERNAL TABLE parts (a string) PARTITIONED BY (d string) LOCATION 's3://data/parts/'"
  assert.equal(await bob.refusal(table), '')
  const partition = "ALTER TABLE parts ADD PARTITION (d = 'x') LOCATION 's3://registered/orders/'"
  assert.match(await bob.refusal(partition), denied)
})
