/** The actions that each operation of the REST catalog asks for: docs, glue dg, iceberg-rest-apis, and AmazonS3 userguide, s3-tables-integrating-open-source. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  S3TablesClient,
} from '@aws-sdk/client-s3tables'
import { allow, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { startLake, type TestLake } from '../server.ts'
import { type RestClient, restClient, SCHEMA } from './rest-client.ts'

let lake: TestLake
let bob: PolicyCaller
let glue: RestClient
let tables: RestClient

before(async () => {
  lake = await startLake()
  const [s3, catalog, s3tables] = [
    new S3Client(lake.client),
    new GlueClient(lake.client),
    new S3TablesClient(lake.client),
  ]
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }))
  await catalog.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db', LocationUri: 's3://data/db' } }))
  const { arn } = await s3tables.send(new CreateTableBucketCommand({ name: 'sales' }))
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['ns'] }))
  const metadata = { iceberg: { schema: { fields: [{ name: 'id', type: 'int' }] } } }
  const table = { tableBucketARN: arn, namespace: 'ns', name: 't', format: 'ICEBERG', metadata } as const
  await s3tables.send(new CreateTableCommand(table))
  for (const client of [s3, catalog, s3tables]) client.destroy()
  bob = await policyCaller(lake, 'bob')
  glue = restClient({ ...lake, client: bob.client, credentials: bob.client.credentials })
  tables = restClient(
    { ...lake, client: bob.client, credentials: bob.client.credentials },
    encodeURIComponent(arn!),
    's3tables',
  )
})

after(async () => {
  bob.close()
  await lake.stop()
})

type Asked = readonly [method: string, path: string, actions: readonly string[], body?: object]

const PROPERTIES = { updates: { a: 'b' } }
const CHANGE = { requirements: [], updates: [{ action: 'set-properties', updates: { a: 'b' } }] }

const OTHER = { requirements: [], updates: [{ action: 'set-properties', updates: { a: 'c' } }] }

const OF_GLUE: readonly Asked[] = [
  ['GET', 'namespaces', ['glue:GetDatabase']],
  ['POST', 'namespaces', ['glue:CreateDatabase'], { namespace: ['fresh'] }],
  ['GET', 'namespaces/db', ['glue:GetDatabase']],
  ['HEAD', 'namespaces/db', ['glue:GetDatabase']],
  ['POST', 'namespaces/fresh/properties', ['glue:UpdateDatabase'], PROPERTIES],
  ['DELETE', 'namespaces/fresh', ['glue:DeleteDatabase']],
  ['GET', 'namespaces/db/tables', ['glue:GetTables']],
  ['POST', 'namespaces/db/tables', ['glue:CreateTable', 's3:PutObject'], { name: 't', schema: SCHEMA }],
  ['GET', 'namespaces/db/tables/t', ['glue:GetTable', 's3:GetObject']],
  ['HEAD', 'namespaces/db/tables/t', ['glue:GetTable']],
  ['POST', 'namespaces/db/tables/t', ['glue:UpdateTable', 's3:GetObject', 's3:PutObject'], CHANGE],
  [
    'POST',
    'transactions/commit',
    ['glue:UpdateTable', 's3:GetObject', 's3:PutObject'],
    { 'table-changes': [{ identifier: { namespace: ['db'], name: 't' }, ...OTHER }] },
  ],
  [
    'POST',
    'tables/rename',
    ['glue:UpdateTable', 'glue:CreateTable'],
    { source: { namespace: ['db'], name: 't' }, destination: { namespace: ['db'], name: 'u' } },
  ],
  ['DELETE', 'namespaces/db/tables/u', ['glue:DeleteTable']],
]

const OF_S3_TABLES: readonly Asked[] = [
  ['GET', 'namespaces', ['s3tables:ListNamespaces']],
  ['POST', 'namespaces', ['s3tables:CreateNamespace'], { namespace: ['fresh'] }],
  ['GET', 'namespaces/ns', ['s3tables:GetNamespace']],
  ['DELETE', 'namespaces/fresh', ['s3tables:DeleteNamespace']],
  ['GET', 'namespaces/ns/tables', ['s3tables:ListTables']],
  ['GET', 'namespaces/ns/tables/t', ['s3tables:GetTableMetadataLocation', 's3tables:GetTableData']],
  ['HEAD', 'namespaces/ns/tables/t', ['s3tables:GetTable']],
  [
    'POST',
    'namespaces/ns/tables/t',
    ['s3tables:UpdateTableMetadataLocation', 's3tables:PutTableData', 's3tables:GetTableData'],
    CHANGE,
  ],
  ['POST', 'namespaces/ns/tables', ['s3tables:CreateTable', 's3tables:PutTableData'], { name: 'made', schema: SCHEMA }],
  ['DELETE', 'namespaces/ns/tables/made?purgeRequested=true', ['s3tables:DeleteTable']],
]

for (const [client, asked] of [
  [() => glue, OF_GLUE],
  [() => tables, OF_S3_TABLES],
] as const)
  for (const [method, path, actions, body] of asked)
    test(`${method} ${path} needs ${actions.join(', ')}`, async () => {
      for (const missing of actions) {
        await bob.may(allow(['sts:GetCallerIdentity', ...actions.filter((one) => one !== missing)]))
        const { status, body: told } = await client().ask(method, path, body)
        assert.equal(status, 403, `${missing}: ${JSON.stringify(told)}`)
        if (method === 'HEAD') continue
        assert.equal(told.error.type, 'ForbiddenException')
        const words = missing.startsWith('s3:')
          ? /^Permission denied on S3 path: /
          : new RegExp(`perform: ${missing} on`)
        assert.match(told.error.message, words)
      }
      await bob.may(allow(actions))
      await client().want(method, path, body)
    })

test('keys to a table open no more than its caller may', async () => {
  const delegation = { 'x-iceberg-access-delegation': 'vended-credentials' }
  await bob.may(allow(['glue:*', 's3:*']))
  await glue.want('POST', 'namespaces/db/tables', { name: 'keyed', schema: SCHEMA })
  const keysOf = async () => {
    const { status, body } = await glue.ask('GET', 'namespaces/db/tables/keyed', undefined, delegation)
    assert.equal(status, 200, JSON.stringify(body))
    const { config } = body['storage-credentials'][0]
    const credentials = {
      accessKeyId: config['s3.access-key-id'],
      secretAccessKey: config['s3.secret-access-key'],
      sessionToken: config['s3.session-token'],
    }
    const s3 = new S3Client({ ...lake.client, credentials })
    const put = new PutObjectCommand({ Bucket: 'data', Key: 'db/keyed/data/x', Body: 'x' })
    try {
      return await s3.send(put).then(
        () => 'writes',
        () => 'reads',
      )
    } finally {
      s3.destroy()
    }
  }
  assert.equal(await keysOf(), 'writes')
  await bob.may(allow(['glue:*', 's3:GetObject']))
  assert.equal(await keysOf(), 'reads')
  await bob.may(allow(['glue:*']), allow('s3:GetObject', 'arn:aws:s3:::data/db/keyed/metadata/*'))
  const { status, body } = await glue.ask('GET', 'namespaces/db/tables/keyed', undefined, delegation)
  assert.deepEqual([status, body.error.message], [403, 'Permission denied on S3 path: s3://data/db/keyed/'])
})

test('one table can be told from another, and the refusal is worded as Glue words it', async () => {
  const here = 'arn:aws:glue:us-east-1:000000000000'
  await bob.may(allow('glue:GetTable', [`${here}:catalog`, `${here}:database/db`, `${here}:table/db/mine`]))
  const { body } = await glue.ask('GET', 'namespaces/db/tables/theirs')
  assert.equal(
    body.error.message,
    `User: ${bob.arn} is not authorized to perform: glue:GetTable on resource: ${here}:table/db/theirs because no identity-based policy allows the glue:GetTable action`,
  )
  assert.equal((await glue.ask('GET', 'namespaces/db/tables/mine')).status, 404)
})
