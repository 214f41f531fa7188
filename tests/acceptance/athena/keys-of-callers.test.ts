/** Queries of data under keys of KMS: what S3 and Athena ask of KMS is asked of who started the query. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetQueryResultsCommand, type StartQueryExecutionInput } from '@aws-sdk/client-athena'
import { KMS } from '@aws-sdk/client-kms'
import { HeadObjectCommand, ListObjectsV2Command, PutBucketEncryptionCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'
import { allow, type PolicyCaller, policyCaller, type Statement } from './policy-callers.ts'

let a: AthenaLake
let ann: PolicyCaller
let kms: KMS
let KEY: string
let OTHER: string
const REST = allow(['athena:*', 'glue:*', 's3:*'])
const csv = `ROW FORMAT DELIMITED FIELDS TERMINATED BY ','`

before(async () => {
  a = await athenaLake()
  ann = await policyCaller(a.lake, 'ann')
  kms = new KMS(a.lake.client)
  const made = async () => (await kms.createKey({})).KeyMetadata!.Arn!
  ;[KEY, OTHER] = [await made(), await made()]
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: KEY }
  const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: false }]
  await a.s3.send(new PutBucketEncryptionCommand({ Bucket: 'data', ServerSideEncryptionConfiguration: { Rules } }))
  for (const part of ['1', '2']) await a.put(`sealed/${part}.csv`, `${part},x\n`)
  await a.succeed(`CREATE EXTERNAL TABLE sealed (id int, name string) ${csv} LOCATION 's3://data/sealed/'`)
  await a.succeed(
    `CREATE EXTERNAL TABLE clients (id int) ${csv} LOCATION 's3://data/clients/'
     TBLPROPERTIES ('encryption_option' = 'CSE_KMS', 'kms_key' = '${OTHER}')`,
  )
  await a.succeed('INSERT INTO clients VALUES 7')
  await a.succeed(
    `CREATE EXTERNAL TABLE unnamed (id int) ${csv} LOCATION 's3://data/clients/'
     TBLPROPERTIES ('has_encrypted_data' = 'true')`,
  )
})
after(async () => {
  ann.close()
  kms.destroy()
  await a.close()
})

const results = (EncryptionOption: 'SSE_KMS' | 'CSE_KMS'): Partial<StartQueryExecutionInput> => ({
  ResultConfiguration: {
    OutputLocation: 's3://results/out/',
    EncryptionConfiguration: { EncryptionOption, KmsKey: OTHER },
  },
})

type Use = readonly [action: 'Decrypt' | 'GenerateDataKey', key: () => string]
const [READ, WRITE]: Use[] = [
  ['Decrypt', () => KEY],
  ['GenerateDataKey', () => KEY],
]
const [OPEN, SEAL]: Use[] = [
  ['Decrypt', () => OTHER],
  ['GenerateDataKey', () => OTHER],
]

const QUERIES: readonly (readonly [sql: string, uses: readonly Use[], more?: () => object])[] = [
  ['SELECT 1', []],
  ['SELECT * FROM sealed', [READ!]],
  ['SELECT 1', [SEAL!], () => results('SSE_KMS')],
  ['SELECT 1', [SEAL!], () => results('CSE_KMS')],
  ['INSERT INTO sealed SELECT 3, name FROM sealed WHERE id = 1', [READ!, WRITE!]],
  [`CREATE TABLE copy WITH (external_location = 's3://data/copy#/') AS SELECT 1 AS one`, [WRITE!]],
  ['SELECT * FROM clients', [READ!, OPEN!]],
  ['SELECT * FROM unnamed', [READ!, OPEN!]],
  [`CREATE TABLE ice# (id int) LOCATION 's3://data/ice#/' TBLPROPERTIES ('table_type' = 'ICEBERG')`, [WRITE!]],
  ['UPDATE ice SET id = id + 1', [READ!, WRITE!]],
  // What others have read is remembered, and asked for all the same.
  ['SHOW COLUMNS IN ice', [READ!]],
  [`SELECT count(*) FROM "ice$snapshots"`, [READ!]],
]

test('each query needs the keys of what it reads and writes, and no others', async () => {
  await a.succeed(`CREATE TABLE ice (id int) LOCATION 's3://data/ice/' TBLPROPERTIES ('table_type' = 'ICEBERG')`)
  await a.succeed('INSERT INTO ice VALUES 1')
  let round = 0
  for (const [sql, uses, more] of QUERIES) {
    const text = () => sql.replaceAll('#', String(round++))
    const asked = ([action, key]: Use) => allow(`kms:${action}`, key())
    await ann.may(REST, ...uses.map(asked))
    assert.equal(await ann.refusal(text(), more?.()), '', sql)
    await a.succeed('DROP TABLE IF EXISTS copy')
    for (const left of uses) {
      await ann.may(REST, ...uses.filter((use) => use !== left).map(asked))
      const reason = await ann.refusal(text(), more?.())
      assert.match(
        reason,
        /Permission denied on S3 path|please ensure you are allowed to access your KMS key|kms:Decrypt/,
        sql,
      )
    }
  }
})

test('what is written lies under the key of its bucket, and results of a client’s encryption are opened for who may', async () => {
  const { Contents } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'ice/' }))
  for (const { Key } of Contents!) {
    const { ServerSideEncryption, SSEKMSKeyId } = await a.s3.send(new HeadObjectCommand({ Bucket: 'data', Key }))
    assert.deepEqual([ServerSideEncryption, SSEKMSKeyId], ['aws:kms', KEY], Key)
  }
  await ann.may(REST, allow(['kms:GenerateDataKey'], OTHER))
  const { QueryExecutionId } = await ann.run('SELECT 1', results('CSE_KMS'))
  const read = () => ann.athena.send(new GetQueryResultsCommand({ QueryExecutionId }))
  await assert.rejects(read(), { name: 'InvalidRequestException', message: /not authorized to perform: kms:Decrypt/ })
  await ann.may(REST, allow(['kms:Decrypt'], OTHER))
  assert.equal((await read()).ResultSet!.Rows!.length, 2)
})

test('conditions see by whom KMS is called, and for which object', async () => {
  const may = (Condition: object): Statement => ({ ...allow('kms:*'), Condition })
  const seen = async (Condition: object, sql = 'SELECT * FROM sealed') => {
    await ann.may(REST, may(Condition))
    return (await ann.refusal(sql)) === ''
  }
  const via = (name: string) => ({ StringEquals: { 'kms:ViaService': `${name}.us-east-1.amazonaws.com` } })
  assert.ok(await seen(via('s3')))
  assert.ok(!(await seen(via('athena'))))
  assert.ok(!(await seen(via('s3'), 'SELECT * FROM clients')))
  const { StringEquals } = via('s3')
  const both = {
    StringEquals: { 'kms:ViaService': [...Object.values(StringEquals), ...Object.values(via('athena').StringEquals)] },
  }
  assert.ok(await seen(both, 'SELECT * FROM clients'))
  assert.ok(await seen({ 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } }))
  const bound = (arn: string) => ({ StringLike: { 'kms:EncryptionContext:aws:s3:arn': arn } })
  assert.ok(await seen(bound('arn:aws:s3:::data/sealed/*')))
  // The other file is asked for too.
  assert.ok(!(await seen(bound('arn:aws:s3:::data/sealed/1.csv'))))
})

test('under a key that can not be used nothing is read, by nobody', async () => {
  await kms.disableKey({ KeyId: KEY })
  const reason = await a.failure('SELECT * FROM sealed')
  assert.match(reason, new RegExp(`${KEY} is disabled\\. \\(Service: AmazonS3; .*Error Code: KMS\\.DisabledException`))
  assert.match(await a.failure('INSERT INTO sealed VALUES (4, NULL)'), /KMS\.DisabledException/)
  await kms.enableKey({ KeyId: KEY })
  await a.succeed('SELECT * FROM sealed')
})
