import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { S3 } from '@aws-sdk/client-s3'
import { failure, failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const { lake, s3 } = await s3Lake()

describe('S3 buckets', () => {
  it('are created, found, listed and deleted', async () => {
    await s3.createBucket({ Bucket: 'one' })
    await s3.createBucket({ Bucket: 'two', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })
    assert.equal((await s3.headBucket({ Bucket: 'two' })).BucketRegion, 'eu-west-1')
    assert.equal((await s3.getBucketLocation({ Bucket: 'two' })).LocationConstraint, 'eu-west-1')
    assert.equal((await s3.getBucketLocation({ Bucket: 'one' })).LocationConstraint, undefined)
    const { Buckets, Owner } = await s3.listBuckets({})
    assert.deepEqual(
      Buckets?.map((bucket) => bucket.Name),
      ['one', 'two'],
    )
    assert.match(Owner?.ID ?? '', /^[0-9a-f]{64}$/)
    const first = await s3.listBuckets({ MaxBuckets: 1 })
    assert.equal(first.Buckets?.length, 1)
    const second = await s3.listBuckets({ MaxBuckets: 1, ContinuationToken: first.ContinuationToken })
    assert.equal(second.Buckets?.[0]?.Name, 'two')
    await s3.deleteBucket({ Bucket: 'two' })
    assert.equal(await failureCode(s3.headBucket({ Bucket: 'two' })), 'NotFound 404')
  })

  it('have names of S3', async () => {
    for (const Bucket of ['ab', 'Capital', 'a..b', '192.168.5.4', 'xn--a', 'a-s3alias', 'a_b', '-ab', 'x'.repeat(64)]) {
      assert.equal(await failureCode(s3.createBucket({ Bucket })), 'InvalidBucketName 400', Bucket)
    }
    await s3.createBucket({ Bucket: 'my.example.s3.bucket' })
  })

  it('are not made twice, but in us-east-1', async () => {
    await s3.createBucket({ Bucket: 'again' })
    await s3.createBucket({ Bucket: 'again' })
    const west = { Bucket: 'again-west', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } as const }
    await s3.createBucket(west)
    assert.equal(await failureCode(s3.createBucket(west)), 'BucketAlreadyOwnedByYou 409')
  })

  it('are made where the endpoint is', async () => {
    const west = new S3({ ...lake.client, region: 'eu-west-1' })
    const here = { LocationConstraint: 'eu-west-1' } as const
    const there = { LocationConstraint: 'eu-north-1' } as const
    // This client fills in its own region where none is said.
    await west.createBucket({ Bucket: 'unsaid' })
    assert.equal((await west.getBucketLocation({ Bucket: 'unsaid' })).LocationConstraint, 'eu-west-1')
    assert.equal(
      await failureCode(west.createBucket({ Bucket: 'there', CreateBucketConfiguration: there })),
      'IllegalLocationConstraintException 400',
    )
    await west.createBucket({ Bucket: 'here', CreateBucketConfiguration: here })
    west.destroy()
  })

  it('stay while anything is in them', async () => {
    await s3.createBucket({ Bucket: 'full' })
    await s3.putObject({ Bucket: 'full', Key: 'a', Body: 'a' })
    assert.equal(await failureCode(s3.deleteBucket({ Bucket: 'full' })), 'BucketNotEmpty 409')
    await s3.deleteObject({ Bucket: 'full', Key: 'a' })
    await s3.createMultipartUpload({ Bucket: 'full', Key: 'a' })
    await s3.deleteBucket({ Bucket: 'full' })
  })

  it('that are missing are named', async () => {
    const error = await failure(s3.putObject({ Bucket: 'missing', Key: 'a', Body: 'a' }))
    assert.equal(error.name, 'NoSuchBucket')
    assert.equal(error.message, 'The specified bucket does not exist')
    assert.equal(error.BucketName, 'missing')
    assert.equal(await failureCode(s3.listObjectsV2({ Bucket: 'missing' })), 'NoSuchBucket 404')
    assert.equal(await failureCode(s3.deleteBucket({ Bucket: 'missing' })), 'NoSuchBucket 404')
  })

  it('belong to whom the caller expects', async () => {
    await s3.createBucket({ Bucket: 'owned' })
    await s3.headBucket({ Bucket: 'owned', ExpectedBucketOwner: '000000000000' })
    const call = s3.listObjectsV2({ Bucket: 'owned', ExpectedBucketOwner: '111111111111' })
    assert.equal(await failureCode(call), 'AccessDenied 403')
  })

  it('are closed to callers without a signature, unless an ACL opens them', async () => {
    await s3.createBucket({ Bucket: 'closed' })
    await s3.putObject({ Bucket: 'closed', Key: 'a', Body: 'secret' })
    assert.equal((await fetch(`${lake.endpoint}/closed/a`)).status, 403)
    const open = { Bucket: 'open', ObjectOwnership: 'ObjectWriter' } as const
    await s3.createBucket(open)
    await s3.deletePublicAccessBlock({ Bucket: 'open' })
    await s3.putObject({ Bucket: 'open', Key: 'a', Body: 'told', ACL: 'public-read' })
    await s3.putObject({ Bucket: 'open', Key: 'b', Body: 'kept' })
    assert.equal(await (await fetch(`${lake.endpoint}/open/a`)).text(), 'told')
    assert.equal((await fetch(`${lake.endpoint}/open/b`)).status, 403)
    assert.equal((await fetch(`${lake.endpoint}/open/a`, { method: 'DELETE' })).status, 403)
  })
})
