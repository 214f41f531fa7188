/** How results are encrypted, shared and guarded, and who says so: the client or the work group (guide and API reference). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateWorkGroupCommand,
  type ResultConfiguration,
  UpdateWorkGroupCommand,
  type WorkGroupConfiguration,
} from '@aws-sdk/client-athena'
import { KMS } from '@aws-sdk/client-kms'
import { GetObjectAclCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
let kms: KMS
let KEY: string
before(async () => {
  a = await athenaLake()
  kms = new KMS(a.lake.client)
  KEY = (await kms.createKey({})).KeyMetadata!.Arn!
})
after(async () => {
  kms.destroy()
  await a.close()
})

const under = async (Bucket: string, Prefix: string): Promise<string[]> =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map((object) => object.Key!)
const encryptions = async (Bucket: string, Prefix: string) => {
  const seen = new Set<string>()
  for (const Key of await under(Bucket, Prefix)) {
    const { ServerSideEncryption, SSEKMSKeyId } = await a.s3.send(new HeadObjectCommand({ Bucket, Key }))
    seen.add(`${ServerSideEncryption} ${SSEKMSKeyId}`)
  }
  return [...seen]
}
const group = (Name: string, Configuration: WorkGroupConfiguration) =>
  a.athena.send(new CreateWorkGroupCommand({ Name, Configuration }))
const to = (OutputLocation: string, more: ResultConfiguration = {}) => ({
  ResultConfiguration: { OutputLocation, ...more },
})
const refused = (promise: Promise<unknown>, message: string | RegExp) =>
  assert.rejects(promise, (error: Error) => {
    assert.equal(error.name, 'InvalidRequestException')
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    return true
  })

test('every object that a query writes is encrypted as asked', async () => {
  const s3 = { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' as const } }
  const select = await a.succeed('SELECT 1 + 1 AS n', to('s3://results/sse/', s3))
  assert.deepEqual(select.ResultConfiguration!.EncryptionConfiguration, s3.EncryptionConfiguration)
  await a.succeed('SHOW TABLES', to('s3://results/sse/', s3))
  await a.run('DROP TABLE nothing_of_that_name', to('s3://results/sse/', s3))
  assert.equal((await under('results', 'sse/')).length, 5)
  assert.deepEqual(await encryptions('results', 'sse/'), ['AES256 undefined'])

  const byKey = { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' as const, KmsKey: KEY } }
  await a.succeed('CREATE TABLE sealed AS SELECT 1 AS n', to('s3://results/kms/', byKey))
  await a.succeed('INSERT INTO sealed VALUES 2', to('s3://results/kms/', byKey))
  await a.succeed(
    `UNLOAD (SELECT * FROM sealed) TO 's3://data/sealed/' WITH (format = 'JSON')`,
    to('s3://results/kms/', byKey),
  )
  assert.deepEqual(await encryptions('results', 'kms/'), [`aws:kms ${KEY}`])
  assert.deepEqual(await encryptions('data', 'sealed/'), [`aws:kms ${KEY}`])

  // What nobody asks for is S3's own encryption, as of any object.
  await a.succeed('SELECT 1 + 1 AS n', to('s3://results/plain/'))
  assert.deepEqual(await encryptions('results', 'plain/'), ['AES256 undefined'])
})

test('encryption that can not be done is refused', async () => {
  for (const EncryptionOption of ['SSE_KMS', 'CSE_KMS'] as const)
    await refused(
      a.start('SELECT 1', to('s3://results/', { EncryptionConfiguration: { EncryptionOption } })),
      /KMS key/,
    )
})

test('results are shared with the owner of the bucket when asked', async () => {
  const acl = { AclConfiguration: { S3AclOption: 'BUCKET_OWNER_FULL_CONTROL' as const } }
  const { QueryExecutionId, ResultConfiguration } = await a.succeed('SELECT 1', to('s3://results/acl/', acl))
  assert.deepEqual(ResultConfiguration!.AclConfiguration, acl.AclConfiguration)
  const { Grants } = await a.s3.send(new GetObjectAclCommand({ Bucket: 'results', Key: `acl/${QueryExecutionId}.csv` }))
  assert.deepEqual(
    Grants!.map((grant) => grant.Permission),
    ['FULL_CONTROL'],
  )
})

test('the owner of the bucket is the one expected, or nothing is written', async () => {
  const { ResultConfiguration } = await a.succeed(
    'SELECT 1',
    to('s3://results/owned/', { ExpectedBucketOwner: '000000000000' }),
  )
  assert.equal(ResultConfiguration!.ExpectedBucketOwner, '000000000000')
  await refused(
    a.start('SELECT 1', to('s3://results/stolen/', { ExpectedBucketOwner: '111111111111' })),
    'Unable to verify/create output bucket results',
  )
  assert.deepEqual(await under('results', 'stolen/'), [])
})

test('a work group that insists says everything, not the place alone', async () => {
  await group('sealing', {
    EnforceWorkGroupConfiguration: true,
    ResultConfiguration: {
      OutputLocation: 's3://results/sealing',
      EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: KEY },
      ExpectedBucketOwner: '000000000000',
    },
  })
  const { ResultConfiguration } = await a.succeed('SELECT 1', {
    WorkGroup: 'sealing',
    ...to('s3://results/mine/', {
      EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
      ExpectedBucketOwner: '111111111111',
      AclConfiguration: { S3AclOption: 'BUCKET_OWNER_FULL_CONTROL' },
    }),
  })
  assert.match(ResultConfiguration!.OutputLocation!, /^s3:\/\/results\/sealing\//)
  assert.deepEqual(ResultConfiguration!.EncryptionConfiguration, { EncryptionOption: 'SSE_KMS', KmsKey: KEY })
  assert.deepEqual(
    [ResultConfiguration!.ExpectedBucketOwner, ResultConfiguration!.AclConfiguration],
    ['000000000000', undefined],
  )
  assert.deepEqual(await encryptions('results', 'sealing/'), [`aws:kms ${KEY}`])
})

test('a work group that insists without a place leaves the place alone to its clients', async () => {
  await group('roaming', {
    EnforceWorkGroupConfiguration: true,
    ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
  })
  await refused(a.start('SELECT 1', { WorkGroup: 'roaming', ResultConfiguration: undefined }), /^No output location/)
  await a.succeed('SELECT 1', { WorkGroup: 'roaming', ...to('s3://results/roaming/') })
  assert.deepEqual(await encryptions('results', 'roaming/'), ['AES256 undefined'])
})

test('a minimum of encryption can be passed, not undercut', async () => {
  await group('least', {
    EnforceWorkGroupConfiguration: false,
    EnableMinimumEncryptionConfiguration: true,
    ResultConfiguration: {
      OutputLocation: 's3://results/least/',
      EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: KEY },
    },
  })
  const run = (folder: string, EncryptionConfiguration?: ResultConfiguration['EncryptionConfiguration']) =>
    a.succeed('SELECT 1', { WorkGroup: 'least', ...to(`s3://results/${folder}/`, { EncryptionConfiguration }) })
  await refused(run('less', { EncryptionOption: 'SSE_S3' }), /SSE_S3 is lower than the minimum encryption SSE_KMS/)
  await run('least-own')
  const other = (await kms.createKey({})).KeyMetadata!
  await kms.createAlias({ AliasName: 'alias/other', TargetKeyId: other.KeyId! })
  await run('least-other', { EncryptionOption: 'SSE_KMS', KmsKey: 'alias/other' })
  assert.deepEqual(await encryptions('results', 'least-own/'), [`aws:kms ${KEY}`])
  assert.deepEqual(await encryptions('results', 'least-other/'), [`aws:kms ${other.Arn}`])
  await a.athena.send(
    new UpdateWorkGroupCommand({
      WorkGroup: 'least',
      ConfigurationUpdates: { EnforceWorkGroupConfiguration: true },
    }),
  )
  await run('less', { EncryptionOption: 'SSE_S3' })
  assert.deepEqual(await encryptions('results', 'least/'), [`aws:kms ${KEY}`])
})

test('under a key that can not be used nothing is written', async () => {
  const { KeyId } = (await kms.createKey({})).KeyMetadata!
  const failed = async (KmsKey: string) => {
    const EncryptionConfiguration = { EncryptionOption: 'SSE_KMS' as const, KmsKey }
    return (await a.run('SELECT 1', to('s3://results/shut/', { EncryptionConfiguration }))).Status!
  }
  assert.equal((await failed(KeyId!)).State, 'SUCCEEDED')
  const before = (await under('results', 'shut/')).length
  await kms.disableKey({ KeyId })
  for (const key of [KeyId!, 'alias/absent']) {
    const { State, StateChangeReason, AthenaError } = await failed(key)
    assert.equal(State, 'FAILED')
    assert.match(
      StateChangeReason!,
      /^Access denied when writing output to url: s3:\/\/results\/shut\/.* your KMS key$/,
    )
    assert.deepEqual([AthenaError!.ErrorCategory, AthenaError!.ErrorType], [2, 1501])
  }
  assert.equal((await under('results', 'shut/')).length, before)
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
