import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import type { CompletedPart } from '@aws-sdk/client-s3'
import { failure, failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'
const mebibyte = 1024 * 1024
const big = (letter: string) => Buffer.alloc(5 * mebibyte, letter)
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()
const crcBytes = (bytes: Uint8Array) => {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(crc32(bytes))
  return out
}

const on = await s3Lake([Bucket])
const { s3 } = on

describe('S3 multipart uploads', () => {
  const start = async (Key: string, options = {}) => {
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key, ...options })
    const at = { Bucket, Key, UploadId }
    const send = async (PartNumber: number, Body: Uint8Array, options = {}): Promise<CompletedPart> => {
      const { $metadata: _, ...sent } = await s3.uploadPart({ ...at, PartNumber, Body, ...options })
      return { PartNumber, ...sent }
    }
    const complete = (Parts: CompletedPart[], options = {}) =>
      s3.completeMultipartUpload({ ...at, MultipartUpload: { Parts }, ...options })
    return { at, send, complete }
  }

  it('put parts together that came in any order', async () => {
    const { at, send, complete } = await start('abc', {
      ContentType: 'text/plain',
      Metadata: { m: '1' },
      Tagging: 't=1',
    })
    const third = await send(7, Buffer.from('end'))
    const [first, second] = await Promise.all([send(1, big('a')), send(2, big('b'))])
    const listed = await s3.listParts({ ...at, MaxParts: 2 })
    assert.deepEqual(
      listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [1, 5 * mebibyte],
        [2, 5 * mebibyte],
      ],
    )
    assert.deepEqual([listed.IsTruncated, listed.NextPartNumberMarker], [true, '2'])
    const rest = await s3.listParts({ ...at, PartNumberMarker: listed.NextPartNumberMarker })
    assert.equal(rest.Parts?.[0]?.PartNumber, 7)
    assert.equal((await s3.headObject({ Bucket, Key: 'abc' }).catch((error) => error)).name, 'NotFound')

    const done = await complete([first, second, third])
    const joined = Buffer.concat([md5(big('a')), md5(big('b')), md5(Buffer.from('end'))])
    assert.equal(done.ETag, `"${md5(joined).toString('hex')}-3"`)
    assert.equal(done.Location, `${on.lake.endpoint}/lake/abc`)
    const got = await s3.getObject({ Bucket, Key: 'abc' })
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? [])
    assert.ok(bytes.equals(Buffer.concat([big('a'), big('b'), Buffer.from('end')])))
    assert.deepEqual([got.ContentType, got.Metadata, got.TagCount], ['text/plain', { m: '1' }, 1])
    const part = await s3.getObject({ Bucket, Key: 'abc', PartNumber: 3 })
    assert.equal(await part.Body?.transformToString(), 'end')
    assert.deepEqual([part.PartsCount, part.ContentRange], [3, 'bytes 10485760-10485762/10485763'])
    assert.equal(await failureCode(s3.listParts(at)), 'NoSuchUpload 404')
    assert.equal((await complete([first, second, third])).ETag, done.ETag)
  })

  it('refuse what is not right, and forget nothing', async () => {
    const { at, send, complete } = await start('bad')
    const small = await send(1, Buffer.from('small'))
    const last = await send(2, Buffer.from('last'))
    const tooSmall = await failure(complete([small, last]))
    assert.deepEqual(
      [tooSmall.name, tooSmall.ProposedSize, tooSmall.MinSizeAllowed],
      ['EntityTooSmall', '5', '5242880'],
    )
    assert.equal(await failureCode(complete([last, small])), 'InvalidPartOrder 400')
    assert.equal(await failureCode(complete([{ ...small, ETag: `"${'0'.repeat(32)}"` }])), 'InvalidPart 400')
    assert.equal(await failureCode(complete([{ PartNumber: 3, ETag: small.ETag }])), 'InvalidPart 400')
    assert.equal(await failureCode(complete([])), 'MalformedXML 400')
    assert.equal(await failureCode(complete([small], { IfMatch: '"e"' })), 'NoSuchKey 404')
    assert.equal(await failureCode(send(0, Buffer.from('x'))), 'InvalidArgument 400')
    assert.equal(await failureCode(send(10_001, Buffer.from('x'))), 'InvalidArgument 400')
    await complete([small], { IfNoneMatch: '*' })
    const again = await start('bad')
    const part = await again.send(1, Buffer.from('x'))
    assert.equal(await failureCode(again.complete([part], { IfNoneMatch: '*' })), 'PreconditionFailed 412')
    await s3.abortMultipartUpload(again.at)
    assert.equal(await failureCode(s3.uploadPart({ ...again.at, PartNumber: 1, Body: 'x' })), 'NoSuchUpload 404')
    assert.equal(await failureCode(s3.abortMultipartUpload(again.at)), 'NoSuchUpload 404')
    assert.equal(await failureCode(s3.listParts({ ...at, UploadId: 'none' })), 'NoSuchUpload 404')
  })

  it('take parts from objects', async () => {
    await s3.putObject({ Bucket, Key: 'source', Body: Buffer.concat([big('s'), Buffer.from('tail')]) })
    const { at, complete } = await start('copied')
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const CopySource = `${Bucket}/source`
      const { CopyPartResult } = await s3.uploadPartCopy({ ...at, PartNumber, CopySource, CopySourceRange })
      return { PartNumber, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 }
    }
    const parts = [await copy(1), await copy(2, 'bytes=5242880-5242883')]
    await complete(parts)
    const { Body, ContentLength } = await s3.getObject({ Bucket, Key: 'copied', Range: 'bytes=-8' })
    assert.deepEqual([await Body?.transformToString(), ContentLength], ['tailtail', 8])
    assert.equal(await failureCode(copy(3, 'bytes=0-5242884')), 'NoSuchUpload 404')
    const other = await start('copied')
    const range = (CopySourceRange: string) =>
      s3.uploadPartCopy({ ...other.at, PartNumber: 1, CopySource: `${Bucket}/source`, CopySourceRange })
    assert.equal(await failureCode(range('bytes=0-5242884')), 'InvalidRequest 400')
    assert.equal(await failureCode(range('bytes=5-')), 'InvalidArgument 400')
  })

  it('carry a checksum of the parts, or of all bytes', async () => {
    const bodies = [big('a'), Buffer.from('end')] as const
    const composite = await start('composite', { ChecksumAlgorithm: 'CRC32' })
    const parts = [await composite.send(1, bodies[0]), await composite.send(2, bodies[1])]
    assert.equal(parts[0]?.ChecksumCRC32, crcBytes(bodies[0]).toString('base64'))
    const done = await composite.complete(parts)
    const ofParts = crcBytes(Buffer.concat(bodies.map(crcBytes))).toString('base64')
    assert.deepEqual([done.ChecksumCRC32, done.ChecksumType], [`${ofParts}-2`, 'COMPOSITE'])
    const { ObjectParts, Checksum, ETag, ObjectSize } = await s3.getObjectAttributes({
      Bucket,
      Key: 'composite',
      ObjectAttributes: ['ObjectParts', 'Checksum', 'ETag', 'ObjectSize'],
    })
    assert.deepEqual(
      [ObjectParts?.TotalPartsCount, Checksum?.ChecksumCRC32, `"${ETag}"`, ObjectSize],
      [2, `${ofParts}-2`, done.ETag, 5 * mebibyte + 3],
    )
    assert.equal(ObjectParts?.Parts?.[1]?.ChecksumCRC32, crcBytes(bodies[1]).toString('base64'))

    const whole = await start('whole', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' })
    const wholeParts = [await whole.send(1, bodies[0]), await whole.send(2, bodies[1])]
    const ofBytes = crcBytes(Buffer.concat(bodies)).toString('base64')
    assert.equal(await failureCode(whole.complete(wholeParts, { ChecksumCRC32: ofParts })), 'BadDigest 400')
    const joined = await whole.complete(wholeParts, { ChecksumCRC32: ofBytes, ChecksumType: 'FULL_OBJECT' })
    assert.deepEqual([joined.ChecksumCRC32, joined.ChecksumType], [ofBytes, 'FULL_OBJECT'])
    const got = await s3.getObject({ Bucket, Key: 'whole' })
    assert.equal(got.ChecksumCRC32, ofBytes)
    assert.equal((await got.Body?.transformToByteArray())?.length, 5 * mebibyte + 3)

    const copy = await s3.copyObject({ Bucket, Key: 'one piece', CopySource: `${Bucket}/composite` })
    assert.equal(copy.CopyObjectResult?.ETag, `"${md5(Buffer.concat(bodies)).toString('hex')}"`)
    assert.equal(copy.CopyObjectResult?.ChecksumCRC32, ofBytes)
  })

  it('have the algorithm they were started with', async () => {
    const started = (options: object) => s3.createMultipartUpload({ Bucket, Key: 'alg', ...options })
    const sha = { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' } as const
    assert.equal(await failureCode(started(sha)), 'InvalidRequest 400')
    const crc64 = { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' } as const
    assert.equal(await failureCode(started(crc64)), 'InvalidRequest 400')
    assert.equal((await started({ ChecksumAlgorithm: 'CRC64NVME' })).ChecksumType, 'FULL_OBJECT')
    const { send } = await start('alg', { ChecksumAlgorithm: 'SHA256' })
    assert.equal(await failureCode(send(1, Buffer.from('x'), { ChecksumAlgorithm: 'CRC32C' })), 'InvalidRequest 400')
  })

  it('are listed by key and by when they were started', async () => {
    const listing = 'listing'
    await s3.createBucket({ Bucket: listing })
    const ids: (string | undefined)[] = []
    for (const Key of ['a/1', 'a/1', 'a/2', 'b']) {
      ids.push((await s3.createMultipartUpload({ Bucket: listing, Key })).UploadId)
    }
    const all = await s3.listMultipartUploads({ Bucket: listing })
    assert.deepEqual(all.Uploads?.map(({ Key, UploadId }) => [Key, ids.indexOf(UploadId)]).sort(), [
      ['a/1', 0],
      ['a/1', 1],
      ['a/2', 2],
      ['b', 3],
    ])
    const folded = await s3.listMultipartUploads({ Bucket: listing, Delimiter: '/' })
    assert.deepEqual([folded.CommonPrefixes?.[0]?.Prefix, folded.Uploads?.length], ['a/', 1])
    const first = await s3.listMultipartUploads({ Bucket: listing, MaxUploads: 1 })
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = first
    const rest = await s3.listMultipartUploads({ Bucket: listing, KeyMarker, UploadIdMarker })
    assert.equal(rest.Uploads?.length, 3)
  })

  it('outlive the server', async () => {
    const { at, send } = await start('slow')
    const part = await send(1, Buffer.from('half'))
    await on.restart()
    await s3.completeMultipartUpload({ ...at, MultipartUpload: { Parts: [part] } })
    assert.equal((await s3.headObject({ Bucket, Key: 'slow' })).ContentLength, 4)
  })
})
