/** Objects under keys of KMS: S3 asks KMS in its caller's name, with the actions that AWS's pages name for each operation. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { KMS } from '@aws-sdk/client-kms'
import { S3 } from '@aws-sdk/client-s3'
import { type OtherAccount, otherAccount } from '../accounts.ts'
import { ACCOUNT, allow, type PolicyCaller, policyCaller, type Statement } from '../athena/policy-callers.ts'
import { failure, failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const { lake, s3 } = await s3Lake(['plain', 'lake', 'keyed'])
const kms = new KMS(lake.client)
let ann: PolicyCaller
let hers: S3
let KEY: string

/** May use keys for which a policy of hers asks no more. */
const S3_ALL = allow('s3:*')
const under = (SSEKMSKeyId: string) => ({ ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId })
const keyPolicy = (...more: readonly object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
      ...more,
    ],
  })

before(async () => {
  ann = await policyCaller(lake, 'ann')
  hers = new S3(ann.client)
  KEY = (await kms.createKey({})).KeyMetadata!.Arn!
  await s3.putObject({ Bucket: 'lake', Key: 'sealed', Body: 'sealed', ChecksumAlgorithm: 'SHA256', ...under(KEY) })
  await s3.putObject({ Bucket: 'plain', Key: 'open', Body: 'open' })
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: KEY }
  const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }]
  await s3.putBucketEncryption({ Bucket: 'keyed', ServerSideEncryptionConfiguration: { Rules } })
})
after(() => {
  ann.close()
  hers.destroy()
  kms.destroy()
})

const refusal = (action: string, key = KEY): string =>
  `User: ${ann.arn} is not authorized to perform: kms:${action} on resource: ${key} because no identity-based policy allows the kms:${action} action`

async function uploaded(target: { Bucket: string; Key: string }, more: object): Promise<void> {
  const { UploadId } = await hers.createMultipartUpload({ ...target, ...more })
  const part = { ...target, UploadId, PartNumber: 1 }
  try {
    const { ETag } = await hers.uploadPart({ ...part, Body: 'part' })
    await hers.completeMultipartUpload({ ...target, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } })
  } catch (error) {
    await hers.abortMultipartUpload({ ...target, UploadId })
    throw error
  }
}

const OPERATIONS: readonly (readonly [name: string, call: () => Promise<unknown>, actions: readonly string[]])[] = [
  ['PutObject', () => hers.putObject({ Bucket: 'lake', Key: 'x', Body: 'x', ...under(KEY) }), ['GenerateDataKey']],
  ['PutObject, by default', () => hers.putObject({ Bucket: 'keyed', Key: 'x', Body: 'x' }), ['GenerateDataKey']],
  ['PutObject, not so', () => hers.putObject({ Bucket: 'lake', Key: 'y', Body: 'y' }), []],
  ['GetObject', () => hers.getObject({ Bucket: 'lake', Key: 'sealed' }), ['Decrypt']],
  ['HeadObject', () => hers.headObject({ Bucket: 'lake', Key: 'sealed' }), []],
  ['its checksum', () => hers.headObject({ Bucket: 'lake', Key: 'sealed', ChecksumMode: 'ENABLED' }), ['Decrypt']],
  [
    'GetObjectAttributes',
    () => hers.getObjectAttributes({ Bucket: 'lake', Key: 'sealed', ObjectAttributes: ['Checksum'] }),
    ['Decrypt'],
  ],
  ['CopyObject', () => hers.copyObject({ Bucket: 'plain', Key: 'copy', CopySource: 'lake/sealed' }), ['Decrypt']],
  [
    'CopyObject, to a key',
    () => hers.copyObject({ Bucket: 'keyed', Key: 'copy', CopySource: 'plain/open' }),
    ['GenerateDataKey'],
  ],
  [
    'CopyObject, from key to key',
    () => hers.copyObject({ Bucket: 'keyed', Key: 'copy', CopySource: 'lake/sealed' }),
    ['GenerateDataKey', 'Decrypt'],
  ],
  ['parts', () => uploaded({ Bucket: 'lake', Key: 'parts' }, under(KEY)), ['GenerateDataKey', 'Decrypt']],
  ['parts, not so', () => uploaded({ Bucket: 'lake', Key: 'parts' }, {}), []],
]

test('each operation needs the actions on the key that AWS names for it, and no others', async () => {
  for (const [name, call, actions] of OPERATIONS) {
    await ann.may(S3_ALL, ...actions.map((action) => allow(`kms:${action}`, KEY)))
    await call()
    for (const left of actions) {
      await ann.may(S3_ALL, ...actions.filter((one) => one !== left).map((action) => allow(`kms:${action}`, KEY)))
      const { name: code, message, $metadata } = await failure(call())
      assert.equal($metadata.httpStatusCode, 403, name)
      // What answers a HEAD has no body to say more in.
      if (code !== 'Unknown') assert.deepEqual([code, message], ['AccessDenied', refusal(left)], name)
    }
  }
})

test('conditions see the service and what the key is bound to: the object, or its bucket under a bucket’s key', async () => {
  const may = (condition: object): Statement => ({ ...allow('kms:*', KEY), Condition: { StringEquals: condition } })
  const put = (Key: string, more = {}) => hers.putObject({ Bucket: 'lake', Key, Body: 'x', ...under(KEY), ...more })
  const bound = (arn: string) => ({ 'kms:EncryptionContext:aws:s3:arn': arn })
  await ann.may(S3_ALL, may({ 'kms:ViaService': 's3.us-east-1.amazonaws.com' }))
  await put('x')
  await ann.may(S3_ALL, may({ 'kms:ViaService': 'athena.us-east-1.amazonaws.com' }))
  await assert.rejects(put('x'), { name: 'AccessDenied' })
  await ann.may(S3_ALL, may(bound('arn:aws:s3:::lake/x')))
  await put('x')
  assert.equal((await hers.getObject({ Bucket: 'lake', Key: 'x' })).ContentLength, 1)
  await assert.rejects(put('z'), { name: 'AccessDenied' })
  await assert.rejects(put('x', { BucketKeyEnabled: true }), { name: 'AccessDenied' })
  await ann.may(S3_ALL, may(bound('arn:aws:s3:::lake')))
  await put('x', { BucketKeyEnabled: true })
  await assert.rejects(put('x'), { name: 'AccessDenied' })
  await ann.may(S3_ALL, may(bound('arn:aws:s3:::keyed')))
  assert.equal((await hers.putObject({ Bucket: 'keyed', Key: 'x', Body: 'x' })).BucketKeyEnabled, true)
})

test('a client’s own encryption context is kept, told, and asked of conditions', async () => {
  const context = { project: 'lentic' }
  const SSEKMSEncryptionContext = Buffer.from(JSON.stringify(context)).toString('base64')
  const may: Statement = {
    ...allow('kms:*', KEY),
    Condition: { StringEquals: { 'kms:EncryptionContext:project': 'lentic' } },
  }
  await ann.may(S3_ALL, may)
  const target = { Bucket: 'lake', Key: 'told', Body: 'x', ...under(KEY) }
  const told = await hers.putObject({ ...target, SSEKMSEncryptionContext })
  assert.equal(told.SSEKMSEncryptionContext, SSEKMSEncryptionContext)
  await hers.getObject({ Bucket: 'lake', Key: 'told' })
  await assert.rejects(hers.putObject(target), { name: 'AccessDenied' })
  for (const bad of ['%%%', Buffer.from('[1]').toString('base64'), Buffer.from('{"a":1}').toString('base64')])
    assert.equal(await failureCode(hers.putObject({ ...target, SSEKMSEncryptionContext: bad })), 'InvalidArgument 400')
})

test('key policies and grants decide beside policies of who asks', async () => {
  const { KeyId, Arn } = (await kms.createKey({})).KeyMetadata!
  const put = () => hers.putObject({ Bucket: 'lake', Key: 'x', Body: 'x', ...under(Arn!) })
  await ann.may(S3_ALL)
  await assert.rejects(put(), { name: 'AccessDenied', message: refusal('GenerateDataKey', Arn) })
  const constrained = { EncryptionContextSubset: { 'aws:s3:arn': 'arn:aws:s3:::lake/x' } }
  const { GrantId } = await kms.createGrant({
    KeyId,
    GranteePrincipal: ann.arn,
    Operations: ['GenerateDataKey'],
    Constraints: constrained,
  })
  await put()
  await assert.rejects(hers.putObject({ Bucket: 'lake', Key: 'y', Body: 'x', ...under(Arn!) }), {
    name: 'AccessDenied',
  })
  await kms.revokeGrant({ KeyId, GrantId })
  await assert.rejects(put(), { name: 'AccessDenied' })
  const letIn = { Effect: 'Allow', Principal: { AWS: ann.arn }, Action: 'kms:GenerateDataKey', Resource: '*' }
  await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(letIn) })
  await put()
  await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(letIn, { ...letIn, Effect: 'Deny' }) })
  const { message } = await failure(put())
  assert.match(message, /with an explicit deny in a resource-based policy$/)
})

test('a key that can not be used is told as KMS tells it, to who may use it', async () => {
  const { KeyId, Arn } = (await kms.createKey({})).KeyMetadata!
  const target = { Bucket: 'lake', Key: 'later', Body: 'x', ...under(Arn!) }
  await ann.may(S3_ALL, allow('kms:*', Arn))
  await hers.putObject(target)
  const outcomes = async () => [
    await failureCode(hers.putObject(target)),
    await failureCode(hers.getObject({ Bucket: 'lake', Key: 'later' })),
    await failureCode(hers.createMultipartUpload(target)),
    await failureCode(hers.copyObject({ Bucket: 'plain', Key: 'x', CopySource: 'lake/later' })),
  ]
  const all = (code: string) => Array.from({ length: 4 }, () => code)
  await kms.disableKey({ KeyId })
  assert.deepEqual(await outcomes(), all('KMS.DisabledException 400'))
  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  assert.deepEqual(await outcomes(), all('KMS.KMSInvalidStateException 400'))
  await ann.may(S3_ALL)
  assert.deepEqual(await outcomes(), all('AccessDenied 403'))
})

test('AWS’s own key is for who may use S3, and through S3 alone', async () => {
  await ann.may(S3_ALL)
  await hers.putObject({ Bucket: 'lake', Key: 'own', Body: 'own', ServerSideEncryption: 'aws:kms' })
  await hers.getObject({ Bucket: 'lake', Key: 'own' })
  await ann.may(S3_ALL, allow('kms:*'))
  const own = new KMS(ann.client)
  try {
    const direct = own.generateDataKey({ KeyId: 'alias/aws/s3', KeySpec: 'AES_256' })
    await assert.rejects(direct, { name: 'AccessDeniedException', message: /no resource-based policy allows/ })
    await own.describeKey({ KeyId: 'alias/aws/s3' })
  } finally {
    own.destroy()
  }
})

test('nobody in particular uses no key', async () => {
  await s3.deletePublicAccessBlock({ Bucket: 'lake' })
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::lake/*' },
  })
  await s3.putBucketPolicy({ Bucket: 'lake', Policy })
  const { endpoint } = lake.client
  assert.equal((await fetch(`${endpoint}/lake/y`)).status, 200)
  const answer = await fetch(`${endpoint}/lake/sealed`)
  assert.equal(answer.status, 400)
  assert.match(
    await answer.text(),
    /<Code>InvalidArgument<\/Code><Message>Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4\./,
  )
  await s3.deleteBucketPolicy({ Bucket: 'lake' })
})

test('another account uses a key by leave of both, and hears nothing of it without', async () => {
  const other: OtherAccount = await otherAccount(lake, '222222222222')
  const theirs = new S3(await other.role('reader'))
  const { KeyId, Arn } = (await kms.createKey({})).KeyMetadata!
  await s3.putObject({ Bucket: 'lake', Key: 'shared', Body: 'shared', ...under(Arn!) })
  const principal = { AWS: 'arn:aws:iam::222222222222:root' }
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake/*' },
  })
  await s3.putBucketPolicy({ Bucket: 'lake', Policy })
  const read = () => theirs.getObject({ Bucket: 'lake', Key: 'shared' })
  try {
    const { name, message } = await failure(read())
    assert.equal(name, 'AccessDenied')
    assert.match(
      message,
      /is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access$/,
    )
    const statement = { Effect: 'Allow', Principal: principal, Action: 'kms:Decrypt', Resource: '*' }
    await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(statement) })
    assert.equal(await (await read()).Body!.transformToString(), 'shared')
    await s3.putBucketPolicy({ Bucket: 'lake', Policy: Policy.replace('s3:GetObject', 's3:PutObject') })
    // Nobody has a key of AWS's own made in an account of others.
    const own = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/glue`
    const put = theirs.putObject({ Bucket: 'lake', Key: 'theirs', Body: 'x', ...under(own) })
    assert.equal(await failureCode(put), 'KMS.NotFoundException 400')
    const { Aliases } = await kms.listAliases({})
    assert.ok(!Aliases!.some(({ AliasName }) => AliasName === 'alias/aws/glue'))
  } finally {
    theirs.destroy()
    await s3.deleteBucketPolicy({ Bucket: 'lake' })
  }
})
