import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KMS } from '@aws-sdk/client-kms'
import type { HeadObjectCommandOutput, PutObjectCommandOutput } from '@aws-sdk/client-s3'
import { failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'
const policyOf = (bucket: string) =>
  `{ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::${bucket}/*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }] }`

const { lake, s3 } = await s3Lake([Bucket])
const kms = new KMS(lake.client)

describe('S3 bucket settings', () => {
  it('keep a policy as it was written', async () => {
    assert.equal(await failureCode(s3.getBucketPolicy({ Bucket })), 'NoSuchBucketPolicy 404')
    const Policy = policyOf(Bucket)
    const { $metadata } = await s3.putBucketPolicy({ Bucket, Policy })
    assert.equal($metadata.httpStatusCode, 204)
    assert.equal((await s3.getBucketPolicy({ Bucket })).Policy, Policy)
    assert.equal(await failureCode(s3.putBucketPolicy({ Bucket, Policy: 'no json' })), 'MalformedPolicy 400')
    const statement = { Effect: 'Allow', Principal: '*', Action: 'glue:GetTable', Resource: `arn:aws:s3:::${Bucket}/*` }
    const foreign = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await assert.rejects(s3.putBucketPolicy({ Bucket, Policy: foreign }), { message: 'Policy has invalid action' })
    await s3.deleteBucketPolicy({ Bucket })
    assert.equal(await failureCode(s3.getBucketPolicy({ Bucket })), 'NoSuchBucketPolicy 404')
  })

  it('encrypt with SSE-S3 until told otherwise', async () => {
    const initial = await s3.getBucketEncryption({ Bucket })
    const [rule] = initial.ServerSideEncryptionConfiguration?.Rules ?? []
    assert.deepEqual(rule, {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: false,
    })
    assert.equal((await s3.putObject({ Bucket, Key: 'plain', Body: 'x' })).ServerSideEncryption, 'AES256')
    const { KeyMetadata } = await kms.createKey({})
    const { Arn: KMSMasterKeyID, KeyId } = KeyMetadata!
    const ServerSideEncryptionConfiguration = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID },
          BucketKeyEnabled: true,
        },
      ],
    } as const
    await s3.putBucketEncryption({
      Bucket,
      ServerSideEncryptionConfiguration: { Rules: [...ServerSideEncryptionConfiguration.Rules] },
    })
    const got = await s3.getBucketEncryption({ Bucket })
    assert.deepEqual(got.ServerSideEncryptionConfiguration, ServerSideEncryptionConfiguration)
    const encryption = ({ ServerSideEncryption, SSEKMSKeyId }: HeadObjectCommandOutput | PutObjectCommandOutput) => [
      ServerSideEncryption,
      SSEKMSKeyId,
    ]
    const byKey = ['aws:kms', KMSMasterKeyID]
    assert.deepEqual(encryption(await s3.putObject({ Bucket, Key: 'secret', Body: 'x' })), byKey)
    assert.deepEqual(encryption(await s3.headObject({ Bucket, Key: 'secret' })), byKey)
    await kms.disableKey({ KeyId })
    const read = () => s3.getObject({ Bucket, Key: 'secret' })
    await assert.rejects(read(), { name: 'KMS.DisabledException', message: `${KMSMasterKeyID} is disabled.` })
    assert.equal(await failureCode(s3.putObject({ Bucket, Key: 'secret', Body: 'y' })), 'KMS.DisabledException 400')
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/secret`, ServerSideEncryption: 'AES256' as const }
    assert.equal(await failureCode(s3.copyObject(copy)), 'KMS.DisabledException 400')
    await kms.enableKey({ KeyId })
    await s3.copyObject(copy)
    assert.equal((await s3.headObject({ Bucket, Key: 'copy' })).ServerSideEncryption, 'AES256')
    await kms.createAlias({ AliasName: 'alias/of-s3', TargetKeyId: KeyId! })
    const asked = { Bucket, Key: 'copy', Body: 'x', ServerSideEncryption: 'aws:kms' as const }
    assert.deepEqual(encryption(await s3.putObject({ ...asked, SSEKMSKeyId: 'alias/of-s3' })), byKey)
    const own = await s3.putObject(asked)
    const aws = await kms.describeKey({ KeyId: 'alias/aws/s3' })
    assert.deepEqual(encryption(own), ['aws:kms', aws.KeyMetadata!.Arn])
    const absent = s3.putObject({ ...asked, SSEKMSKeyId: 'alias/absent' })
    assert.equal(await failureCode(absent), 'KMS.NotFoundException 400')
    await s3.deleteBucketEncryption({ Bucket })
    assert.deepEqual(await s3.getBucketEncryption({ Bucket }).then((got) => got.ServerSideEncryptionConfiguration), {
      Rules: [rule],
    })
    for (const Key of ['plain', 'secret', 'copy']) await s3.deleteObject({ Bucket, Key })
  })

  it('begin as those of every new bucket', async () => {
    const { PublicAccessBlockConfiguration } = await s3.getPublicAccessBlock({ Bucket })
    assert.deepEqual(Object.values(PublicAccessBlockConfiguration ?? {}), [true, true, true, true])
    const { OwnershipControls } = await s3.getBucketOwnershipControls({ Bucket })
    assert.deepEqual(OwnershipControls?.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }])
    const { Owner, Grants } = await s3.getBucketAcl({ Bucket })
    assert.deepEqual(Grants, [{ Grantee: { ID: Owner?.ID, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }])
    assert.equal(
      await failureCode(s3.putBucketAcl({ Bucket, ACL: 'public-read' })),
      'AccessControlListNotSupported 400',
    )
    // An ACL that gives nothing to others is taken with a new bucket, as older clients send it.
    await s3.createBucket({ Bucket: 'of-the-owner', ACL: 'private' })
    await s3.deleteBucket({ Bucket: 'of-the-owner' })
    assert.equal(
      await failureCode(s3.createBucket({ Bucket: 'of-the-owner', ACL: 'public-read' })),
      'InvalidBucketAclWithObjectOwnership 400',
    )
    await s3.deletePublicAccessBlock({ Bucket })
    assert.equal(await failureCode(s3.getPublicAccessBlock({ Bucket })), 'NoSuchPublicAccessBlockConfiguration 404')
    await s3.putBucketOwnershipControls({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    })
    await s3.putBucketAcl({ Bucket, ACL: 'public-read' })
    assert.equal((await s3.getBucketAcl({ Bucket })).Grants?.[1]?.Permission, 'READ')
  })

  it('keep what is only recorded', async () => {
    const Id = 'n'
    const QueueConfigurations = [
      { Id, QueueArn: 'arn:aws:sqs:us-east-1:000000000000:q', Events: ['s3:ObjectCreated:*' as const] },
    ]
    await s3.putBucketNotificationConfiguration({ Bucket, NotificationConfiguration: { QueueConfigurations } })
    const notification = await s3.getBucketNotificationConfiguration({ Bucket })
    assert.deepEqual(notification.QueueConfigurations, QueueConfigurations)
    const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: 'logs/' }
    await s3.putBucketLogging({ Bucket, BucketLoggingStatus: { LoggingEnabled } })
    assert.deepEqual((await s3.getBucketLogging({ Bucket })).LoggingEnabled, LoggingEnabled)
    assert.equal(await failureCode(s3.getBucketWebsite({ Bucket })), 'NoSuchWebsiteConfiguration 404')
    await s3.putBucketWebsite({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } } })
    assert.deepEqual((await s3.getBucketWebsite({ Bucket })).IndexDocument, { Suffix: 'index.html' })
    assert.equal((await s3.getBucketRequestPayment({ Bucket })).Payer, 'BucketOwner')
    await s3.putBucketAccelerateConfiguration({ Bucket, AccelerateConfiguration: { Status: 'Suspended' } })
    assert.equal((await s3.getBucketAccelerateConfiguration({ Bucket })).Status, 'Suspended')
    assert.equal(await failureCode(s3.getBucketReplication({ Bucket })), 'ReplicationConfigurationNotFoundError 404')
  })

  it('know no Object Lock', async () => {
    const none = s3.getObjectLockConfiguration({ Bucket })
    assert.equal(await failureCode(none), 'ObjectLockConfigurationNotFoundError 404')
    const locked = s3.createBucket({ Bucket: 'locked', ObjectLockEnabledForBucket: true })
    assert.equal(await failureCode(locked), 'NotImplemented 501')
  })

  it('carry tags', async () => {
    assert.equal(await failureCode(s3.getBucketTagging({ Bucket })), 'NoSuchTagSet 404')
    const TagSet = [{ Key: 'team', Value: 'data' }]
    await s3.putBucketTagging({ Bucket, Tagging: { TagSet } })
    assert.deepEqual((await s3.getBucketTagging({ Bucket })).TagSet, TagSet)
    await s3.deleteBucketTagging({ Bucket })
    assert.equal(await failureCode(s3.getBucketTagging({ Bucket })), 'NoSuchTagSet 404')
  })

  it('go with their bucket', async () => {
    await s3.createBucket({ Bucket: 'gone' })
    await s3.putBucketPolicy({ Bucket: 'gone', Policy: policyOf('gone') })
    await s3.deleteBucket({ Bucket: 'gone' })
    assert.equal(await failureCode(s3.getBucketPolicy({ Bucket: 'gone' })), 'NoSuchBucket 404')
    await s3.createBucket({ Bucket: 'gone' })
    assert.equal(await failureCode(s3.getBucketPolicy({ Bucket: 'gone' })), 'NoSuchBucketPolicy 404')
  })

  it('answer browsers of other origins', async () => {
    const url = `${lake.endpoint}/${Bucket}/a`
    const preflight = (origin: string, method: string, asked?: string) =>
      fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': method,
          ...(asked && { 'access-control-request-headers': asked }),
        },
      })
    assert.equal((await preflight('https://a.example', 'GET')).status, 403)
    const CORSRules = [
      {
        AllowedOrigins: ['https://*.example'],
        AllowedMethods: ['GET', 'PUT'],
        AllowedHeaders: ['x-amz-*', 'content-type'],
        ExposeHeaders: ['ETag'],
        MaxAgeSeconds: 60,
      },
    ]
    assert.equal(await failureCode(s3.getBucketCors({ Bucket })), 'NoSuchCORSConfiguration 404')
    await s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } })
    assert.deepEqual((await s3.getBucketCors({ Bucket })).CORSRules, CORSRules)
    const allowed = await preflight('https://a.example', 'PUT', 'Content-Type, x-amz-date')
    assert.equal(allowed.status, 200)
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://a.example')
    assert.equal(allowed.headers.get('access-control-allow-methods'), 'GET, PUT')
    assert.equal(allowed.headers.get('access-control-allow-headers'), 'content-type, x-amz-date')
    assert.equal(allowed.headers.get('access-control-max-age'), '60')
    assert.equal((await preflight('https://a.example', 'DELETE')).status, 403)
    assert.equal((await preflight('https://a.example', 'PUT', 'x-other')).status, 403)
    assert.equal((await preflight('https://elsewhere.org', 'GET')).status, 403)
    const answer = await fetch(url, { headers: { origin: 'https://a.example' } })
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://a.example')
    assert.equal(answer.headers.get('access-control-expose-headers'), 'ETag')
    const put = { Bucket, CORSConfiguration: { CORSRules: [{ AllowedMethods: ['PATCH'], AllowedOrigins: ['*'] }] } }
    assert.equal(await failureCode(s3.putBucketCors(put)), 'InvalidRequest 400')
  })

  it('that are not served say so', async () => {
    const call = s3.selectObjectContent({
      Bucket,
      Key: 'a',
      Expression: 'SELECT 1',
      ExpressionType: 'SQL',
      InputSerialization: { CSV: {} },
      OutputSerialization: { CSV: {} },
    })
    assert.equal(await failureCode(call), 'NotImplemented 501')
  })
})
