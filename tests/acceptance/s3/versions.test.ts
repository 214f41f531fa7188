import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ListObjectVersionsOutput } from '@aws-sdk/client-s3'
import { failure, failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const { s3 } = await s3Lake()

describe('S3 versioning', () => {
  const bucketOf = async (Bucket: string) => {
    await s3.createBucket({ Bucket })
    const turn = (Status: 'Enabled' | 'Suspended') =>
      s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } })
    const put = async (Key: string, Body: string) => (await s3.putObject({ Bucket, Key, Body })).VersionId
    const text = async (Key: string, VersionId?: string) =>
      await (await s3.getObject({ Bucket, Key, VersionId })).Body?.transformToString()
    return { Bucket, turn, put, text }
  }

  it('is off, on, and then at most suspended', async () => {
    const { Bucket, turn, put } = await bucketOf('states')
    assert.equal((await s3.getBucketVersioning({ Bucket })).Status, undefined)
    assert.equal(await put('a', '1'), undefined)
    await turn('Enabled')
    assert.equal((await s3.getBucketVersioning({ Bucket })).Status, 'Enabled')
    assert.match((await put('a', '2')) ?? '', /^\S{32}$/)
    await turn('Suspended')
    assert.equal((await s3.getBucketVersioning({ Bucket })).Status, 'Suspended')
    assert.equal(await put('a', '3'), 'null')
  })

  it('keeps every version, each with its bytes', async () => {
    const { Bucket, turn, put, text } = await bucketOf('keeps')
    await put('a', 'null')
    await turn('Enabled')
    const [one, two] = [await put('a', 'one'), await put('a', 'two')]
    assert.equal(await text('a'), 'two')
    assert.equal(await text('a', one), 'one')
    assert.equal(await text('a', 'null'), 'null')
    const { Versions } = await s3.listObjectVersions({ Bucket })
    assert.deepEqual(
      Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
      [
        [two, true],
        [one, false],
        ['null', false],
      ],
    )
    await s3.copyObject({ Bucket, Key: 'a', CopySource: `${Bucket}/a?versionId=${one}` })
    assert.equal(await text('a'), 'one')
    assert.equal(await failureCode(s3.getObject({ Bucket, Key: 'a', VersionId: 'nosuch' })), 'NoSuchVersion 404')
  })

  it('hides a deleted key behind a marker, and shows it again', async () => {
    const { Bucket, turn, put, text } = await bucketOf('marks')
    await turn('Enabled')
    const version = await put('a', 'one')
    const deleted = await s3.deleteObject({ Bucket, Key: 'a' })
    assert.equal(deleted.DeleteMarker, true)
    const hidden = await failure(s3.getObject({ Bucket, Key: 'a' }))
    assert.equal(hidden.name, 'NoSuchKey')
    assert.equal(hidden.$response?.headers['x-amz-delete-marker'], 'true')
    const marker = await failure(s3.getObject({ Bucket, Key: 'a', VersionId: deleted.VersionId }))
    assert.deepEqual([marker.name, marker.$metadata.httpStatusCode], ['MethodNotAllowed', 405])
    assert.equal(marker.$response?.headers['x-amz-delete-marker'], 'true')
    assert.ok(marker.$response?.headers['last-modified'])
    assert.equal((await s3.listObjectsV2({ Bucket })).KeyCount, 0)
    assert.equal(await text('a', version), 'one')
    const { DeleteMarkers } = await s3.listObjectVersions({ Bucket })
    assert.deepEqual(
      DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
      [[deleted.VersionId, true]],
    )
    const removed = await s3.deleteObject({ Bucket, Key: 'a', VersionId: deleted.VersionId })
    assert.deepEqual([removed.DeleteMarker, removed.VersionId], [true, deleted.VersionId])
    assert.equal(await text('a'), 'one')
    assert.equal(await failureCode(s3.deleteBucket({ Bucket })), 'BucketNotEmpty 409')
    const gone = await s3.deleteObject({ Bucket, Key: 'a', VersionId: version })
    assert.deepEqual([gone.DeleteMarker, gone.VersionId], [undefined, version])
    await s3.deleteBucket({ Bucket })
  })

  it('has one null version while suspended', async () => {
    const { Bucket, turn, put, text } = await bucketOf('suspended')
    await turn('Enabled')
    const one = await put('a', 'one')
    await turn('Suspended')
    await put('a', 'two')
    await put('a', 'three')
    const deleted = await s3.deleteObject({ Bucket, Key: 'a' })
    assert.deepEqual([deleted.DeleteMarker, deleted.VersionId], [true, 'null'])
    const { Versions, DeleteMarkers } = await s3.listObjectVersions({ Bucket })
    assert.deepEqual([Versions?.length, Versions?.[0]?.VersionId, DeleteMarkers?.length], [1, one, 1])
    assert.equal(await text('a', one), 'one')
  })

  it('is listed in pages, with prefixes folded', async () => {
    const { Bucket, turn, put } = await bucketOf('pages')
    await put('a', 'null')
    await turn('Enabled')
    for (const key of ['a', 'a', 'b/1', 'b/2', 'b/2', 'c']) await put(key, 'x')
    await s3.deleteObject({ Bucket, Key: 'c' })
    const walk = async (MaxKeys: number, Delimiter?: string) => {
      const found: string[] = []
      let [KeyMarker, VersionIdMarker]: (string | undefined)[] = []
      for (;;) {
        const page: ListObjectVersionsOutput = await s3.listObjectVersions({
          Bucket,
          MaxKeys,
          Delimiter,
          KeyMarker,
          VersionIdMarker,
        })
        found.push(...(page.Versions ?? []).map(({ Key, IsLatest }) => `${Key}${IsLatest ? '*' : ''}`))
        found.push(...(page.DeleteMarkers ?? []).map(({ Key, IsLatest }) => `${Key} deleted${IsLatest ? '*' : ''}`))
        found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => `${Prefix}`))
        if (!page.IsTruncated) return found
        KeyMarker = page.NextKeyMarker
        VersionIdMarker = page.NextVersionIdMarker
      }
    }
    const all = ['a*', 'a', 'a', 'b/1*', 'b/2*', 'b/2', 'c deleted*', 'c']
    assert.deepEqual(await walk(1), all)
    assert.deepEqual((await walk(3)).sort(), [...all].sort())
    assert.deepEqual(await walk(1, '/'), ['a*', 'a', 'a', 'b/', 'c deleted*', 'c'])
  })

  it('deletes many, laying markers and removing versions', async () => {
    const { Bucket, turn, put } = await bucketOf('many')
    await turn('Enabled')
    const [a, b] = [await put('a', 'x'), await put('b', 'x')]
    const laid = await s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: 'a' }, { Key: 'b', VersionId: b }] } })
    assert.equal(laid.Deleted?.[0]?.DeleteMarker, true)
    const marker = laid.Deleted?.[0]?.DeleteMarkerVersionId
    assert.deepEqual(laid.Deleted?.[1], { Key: 'b', VersionId: b })
    const Objects = [
      { Key: 'a', VersionId: marker },
      { Key: 'a', VersionId: a },
    ]
    const removed = await s3.deleteObjects({ Bucket, Delete: { Objects } })
    assert.deepEqual(removed.Deleted?.[0], {
      Key: 'a',
      VersionId: marker,
      DeleteMarker: true,
      DeleteMarkerVersionId: marker,
    })
    await s3.deleteBucket({ Bucket })
  })
})
