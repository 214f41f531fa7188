import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import type { ChecksumAlgorithm } from '@aws-sdk/client-s3'
import { failure, failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'

/** Of the nine bytes `123456789`: the check values of the CRC catalogue, and digests taken with `openssl`. */
const known = {
  CRC32: Buffer.from('cbf43926', 'hex'),
  CRC32C: Buffer.from('e3069283', 'hex'),
  CRC64NVME: Buffer.from('ae8b14860a799888', 'hex'),
  SHA1: Buffer.from('f7c3bc1d808e04732adf679965ccc34ca7ae3441', 'hex'),
  SHA256: Buffer.from('15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225', 'hex'),
} as const

const { s3 } = await s3Lake([Bucket])

describe('S3 checksums', () => {
  for (const [algorithm, digest] of Object.entries(known) as [ChecksumAlgorithm, Buffer][]) {
    const member = `Checksum${algorithm}` as 'ChecksumCRC32'
    it(`of ${algorithm} are verified, kept and returned`, async () => {
      const value = digest.toString('base64')
      const put = (options: object) => s3.putObject({ Bucket, Key: algorithm, Body: '123456789', ...options })
      assert.equal((await put({ ChecksumAlgorithm: algorithm }))[member], value)
      const got = await s3.getObject({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' })
      assert.deepEqual([got[member], got.ChecksumType], [value, 'FULL_OBJECT'])
      assert.equal(await got.Body?.transformToString(), '123456789')
      const part = await s3.getObject({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED', Range: 'bytes=0-3' })
      assert.equal(part[member], undefined)
      await part.Body?.transformToString()
      const { Contents } = await s3.listObjectsV2({ Bucket, Prefix: algorithm, MaxKeys: 1 })
      assert.deepEqual(Contents?.[0]?.ChecksumAlgorithm, [algorithm])
      assert.equal(
        await failureCode(put({ [member]: Buffer.alloc(digest.length).toString('base64') })),
        'BadDigest 400',
      )
      assert.equal(await failureCode(put({ [member]: 'AAAA' })), 'InvalidRequest 400')
    })
  }

  it('of a stream come after it', async () => {
    const bytes = Buffer.alloc(20_000, '123456789')
    const Body = Readable.from([bytes.subarray(0, 9000), bytes.subarray(9000)], { objectMode: false })
    const put = await s3.putObject({ Bucket, Key: 's', Body, ContentLength: bytes.length })
    const crc = Buffer.alloc(4)
    crc.writeUInt32BE(crc32(bytes))
    assert.equal(put.ChecksumCRC32, crc.toString('base64'))
  })

  it('of MD5 are verified', async () => {
    const put = (ContentMD5: string) => s3.putObject({ Bucket, Key: 'md5', Body: '123456789', ContentMD5 })
    await put(createHash('md5').update('123456789').digest('base64'))
    const error = await failure(put(createHash('md5').update('other').digest('base64')))
    assert.equal(error.name, 'BadDigest')
    assert.equal(error.CalculatedDigest, createHash('md5').update('123456789').digest('base64'))
    assert.equal(await failureCode(put('short')), 'InvalidDigest 400')
  })

  it('of large bodies are verified too, and what does not fit leaves nothing', async () => {
    const Body = randomBytes(3_000_001)
    const md5 = createHash('md5').update(Body)
    const put = (Key: string, checks: object) => s3.putObject({ Bucket, Key, Body, ...checks })
    assert.equal((await put('large', {})).ETag, `"${md5.copy().digest('hex')}"`)
    await put('large', { ContentMD5: md5.digest('base64') })
    const other = createHash('md5').update('other').digest('base64')
    assert.equal(await failureCode(put('none', { ContentMD5: other })), 'BadDigest 400')
    assert.equal(await failureCode(put('none', { ChecksumCRC32: 'AAAAAA==' })), 'BadDigest 400')
    assert.equal(await failureCode(s3.headObject({ Bucket, Key: 'none' })), 'NotFound 404')
    const got = await (await s3.getObject({ Bucket, Key: 'large' })).Body?.transformToByteArray()
    assert.ok(Body.equals(got!))
  })

  it('of a copy may be of another algorithm', async () => {
    await s3.putObject({ Bucket, Key: 'from', Body: '123456789', ChecksumAlgorithm: 'CRC32' })
    const copy = { Bucket, Key: 'to', CopySource: `${Bucket}/from` }
    assert.equal((await s3.copyObject(copy)).CopyObjectResult?.ChecksumCRC32, known.CRC32.toString('base64'))
    const other = await s3.copyObject({ ...copy, ChecksumAlgorithm: 'SHA256' })
    assert.equal(other.CopyObjectResult?.ChecksumSHA256, known.SHA256.toString('base64'))
  })

  it('that do not fit leave what was there', async () => {
    await s3.putObject({ Bucket, Key: 'kept', Body: 'old' })
    const bad = s3.putObject({ Bucket, Key: 'kept', Body: 'new', ChecksumCRC32: 'AAAAAA==' })
    assert.equal(await failureCode(bad), 'BadDigest 400')
    assert.equal(await (await s3.getObject({ Bucket, Key: 'kept' })).Body?.transformToString(), 'old')
  })
})
