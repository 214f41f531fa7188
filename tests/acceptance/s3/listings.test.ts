import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'

/** The example of https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html, and more. */
const keys = [
  'photos/2006/February/sample2.jpg',
  'photos/2006/February/sample3.jpg',
  'photos/2006/January/sample.jpg',
  'photos/index.html',
  'sample.jpg',
  'z\uffee',
  'z\u{1f600}',
]

const { s3 } = await s3Lake([Bucket])
for (const Key of keys) await s3.putObject({ Bucket, Key, Body: Key })

describe('S3 listings', () => {
  const names = (entries: readonly { Key?: string }[] | undefined) => (entries ?? []).map((entry) => entry.Key)
  const folders = (entries: readonly { Prefix?: string }[] | undefined) => (entries ?? []).map((entry) => entry.Prefix)

  it('are in the order of UTF-8 bytes', async () => {
    const { Contents, KeyCount, IsTruncated, Name, MaxKeys } = await s3.listObjectsV2({ Bucket })
    assert.deepEqual(names(Contents), keys)
    assert.deepEqual([KeyCount, IsTruncated, Name, MaxKeys], [7, false, Bucket, 1000])
    assert.equal(Contents?.[4]?.Size, 10)
    assert.equal(Contents?.[4]?.StorageClass, 'STANDARD')
    assert.equal(Contents?.[4]?.Owner, undefined)
    assert.ok((await s3.listObjectsV2({ Bucket, FetchOwner: true })).Contents?.[0]?.Owner?.ID)
  })

  it('fold what is below a delimiter', async () => {
    const top = await s3.listObjectsV2({ Bucket, Delimiter: '/' })
    assert.deepEqual(names(top.Contents), keys.slice(4))
    assert.deepEqual(folders(top.CommonPrefixes), ['photos/'])
    assert.equal(top.KeyCount, 4)
    const year = await s3.listObjectsV2({ Bucket, Delimiter: '/', Prefix: 'photos/2006/' })
    assert.equal(year.Contents, undefined)
    assert.deepEqual(folders(year.CommonPrefixes), ['photos/2006/February/', 'photos/2006/January/'])
  })

  it('are paged, folded prefixes among keys', async () => {
    const found: (string | undefined)[] = []
    const pages = paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Delimiter: '/', Prefix: 'photos/' })
    for await (const page of pages) found.push(...folders(page.CommonPrefixes), ...names(page.Contents))
    assert.deepEqual(found, ['photos/2006/', 'photos/index.html'])
    const first = await s3.listObjects({ Bucket, Delimiter: '/', MaxKeys: 1 })
    assert.deepEqual([first.IsTruncated, first.NextMarker], [true, 'photos/'])
    const second = await s3.listObjects({ Bucket, Delimiter: '/', MaxKeys: 1, Marker: first.NextMarker })
    assert.deepEqual(names(second.Contents), ['sample.jpg'])
    const plain = await s3.listObjects({ Bucket, MaxKeys: 2 })
    assert.deepEqual([plain.IsTruncated, plain.NextMarker], [true, undefined])
  })

  it('start after a key, and end at none', async () => {
    const { Contents } = await s3.listObjectsV2({ Bucket, StartAfter: 'photos/index.html' })
    assert.deepEqual(names(Contents), keys.slice(4))
    const none = await s3.listObjectsV2({ Bucket, MaxKeys: 0 })
    assert.deepEqual([none.KeyCount, none.IsTruncated, none.MaxKeys], [0, false, 0])
    assert.equal(await failureCode(s3.listObjectsV2({ Bucket, MaxKeys: -1 })), 'InvalidArgument 400')
    assert.equal(await failureCode(s3.listObjectsV2({ Bucket, ContinuationToken: 'x' })), 'InvalidArgument 400')
  })

  it('encode keys where asked', async () => {
    await s3.putObject({ Bucket, Key: 'enc/test_file(3) \u0001+ü.png', Body: '' })
    const { Contents, Prefix } = await s3.listObjectsV2({ Bucket, Prefix: 'enc/', EncodingType: 'url' })
    assert.deepEqual(names(Contents), ['enc/test_file%283%29%20%01%2B%C3%BC.png'])
    assert.equal(Prefix, 'enc/')
  })
})
