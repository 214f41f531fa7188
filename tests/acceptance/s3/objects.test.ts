import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { GetObjectCommand, PutObjectCommand, S3 } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { failure, failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'

const on = await s3Lake([Bucket])
const { s3 } = on

describe('S3 objects', () => {
  const textOf = async (Key: string, options = {}) =>
    await (await s3.getObject({ Bucket, Key, ...options })).Body?.transformToString()

  it('come back as they were put, with all that was said of them', async () => {
    const Expires = new Date('2030-01-01T00:00:00Z')
    const put = await s3.putObject({
      Bucket,
      Key: 'a/b c+d/ü.txt',
      Body: 'hello',
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment',
      ContentEncoding: 'identity',
      ContentLanguage: 'de',
      Expires,
      Metadata: { Team: 'data', empty: '' },
      StorageClass: 'STANDARD_IA',
      Tagging: 'k=v%20w&x=',
      ServerSideEncryption: 'AES256',
    })
    const ETag = `"${createHash('md5').update('hello').digest('hex')}"`
    assert.equal(put.ETag, ETag)
    assert.equal(put.ServerSideEncryption, 'AES256')
    const got = await s3.getObject({ Bucket, Key: 'a/b c+d/ü.txt' })
    assert.equal(await got.Body?.transformToString(), 'hello')
    const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage } = got
    assert.deepEqual(
      { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage },
      {
        ContentType: 'text/plain; charset=utf-8',
        CacheControl: 'max-age=60',
        ContentDisposition: 'attachment',
        ContentEncoding: 'identity',
        ContentLanguage: 'de',
      },
    )
    assert.deepEqual(got.Metadata, { team: 'data', empty: '' })
    assert.equal(got.ExpiresString, 'Tue, 01 Jan 2030 00:00:00 GMT')
    assert.equal(got.StorageClass, 'STANDARD_IA')
    assert.equal(got.TagCount, 2)
    assert.equal(got.ETag, ETag)
    assert.equal(got.ContentLength, 5)
    assert.equal(got.AcceptRanges, 'bytes')
    const head = await s3.headObject({ Bucket, Key: 'a/b c+d/ü.txt' })
    assert.equal(head.ContentLength, 5)
    assert.deepEqual(head.Metadata, got.Metadata)
    assert.ok(Math.abs((head.LastModified?.getTime() ?? 0) - Date.now()) < 60_000)
  })

  it('may be empty, large, or a stream', async () => {
    await s3.putObject({ Bucket, Key: 'empty' })
    assert.equal(await textOf('empty'), '')
    const bytes = Buffer.alloc(9_000_000, 'lentic ')
    await s3.putObject({ Bucket, Key: 'large', Body: bytes })
    const back = await (await s3.getObject({ Bucket, Key: 'large' })).Body?.transformToByteArray()
    assert.ok(bytes.equals(back ?? Buffer.alloc(0)))
    const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)], { objectMode: false })
    await s3.putObject({ Bucket, Key: 'stream', Body, ContentLength: bytes.length })
    assert.equal((await s3.headObject({ Bucket, Key: 'stream' })).ContentLength, bytes.length)
  })

  it('keep keys as they are, whatever is in them', async () => {
    for (const Key of ['a//b', '/lead', 'trail/', './dots/../x', 'per%20cent', 'q?x=1&y#z', '\u{1f600}', 'plus+plus']) {
      await s3.putObject({ Bucket, Key: `keys/${Key}`, Body: Key })
      assert.equal(await textOf(`keys/${Key}`), Key)
    }
    const listed = await s3.listObjectsV2({ Bucket, Prefix: 'keys/' })
    assert.equal(listed.KeyCount, 8)
  })

  it('are read in part', async () => {
    await s3.putObject({ Bucket, Key: 'digits', Body: '0123456789' })
    const ranges: readonly (readonly [range: string, text: string, content: string])[] = [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=8-100', '89', 'bytes 8-9/10'],
      ['bytes=-100', '0123456789', 'bytes 0-9/10'],
    ]
    for (const [Range, text, content] of ranges) {
      const got = await s3.getObject({ Bucket, Key: 'digits', Range })
      assert.equal(await got.Body?.transformToString(), text)
      assert.equal(got.ContentRange, content)
      assert.equal(got.$metadata.httpStatusCode, 206)
      assert.equal((await s3.headObject({ Bucket, Key: 'digits', Range })).ContentLength, text.length)
    }
    for (const Range of ['bytes=1-2,4-5', 'bytes=5-2', 'lines=1-2'])
      assert.equal(await textOf('digits', { Range }), '0123456789')
    const error = await failure(s3.getObject({ Bucket, Key: 'digits', Range: 'bytes=10-' }))
    assert.equal(error.name, 'InvalidRange')
    assert.equal(error.$metadata.httpStatusCode, 416)
    assert.equal(error.ActualObjectSize, '10')
    assert.equal(error.RangeRequested, 'bytes=10-')
    assert.equal(await failureCode(s3.getObject({ Bucket, Key: 'empty', Range: 'bytes=0-' })), 'InvalidRange 416')
  })

  it('are read on conditions', async () => {
    const { ETag } = await s3.putObject({ Bucket, Key: 'cond', Body: 'x' })
    const [past, future] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)]
    const read = (options: object) => s3.getObject({ Bucket, Key: 'cond', ...options })
    await read({ IfMatch: ETag })
    await read({ IfNoneMatch: '"other"' })
    await read({ IfModifiedSince: past })
    await read({ IfUnmodifiedSince: future })
    await read({ IfMatch: ETag, IfUnmodifiedSince: past })
    assert.equal(await failureCode(read({ IfMatch: '"other"' })), 'PreconditionFailed 412')
    assert.equal(await failureCode(read({ IfUnmodifiedSince: past })), 'PreconditionFailed 412')
    for (const options of [
      { IfNoneMatch: ETag },
      { IfModifiedSince: future },
      { IfNoneMatch: ETag, IfModifiedSince: past },
    ]) {
      const { $metadata, $response } = await failure(read(options))
      assert.equal($metadata.httpStatusCode, 304)
      assert.equal($response?.headers.etag, ETag)
    }
    assert.equal(
      (await failure(s3.headObject({ Bucket, Key: 'cond', IfMatch: '"other"' }))).$metadata.httpStatusCode,
      412,
    )
  })

  it('are written on conditions', async () => {
    const put = (options: object) => s3.putObject({ Bucket, Key: 'write', Body: 'x', ...options })
    assert.equal(await failureCode(put({ IfMatch: '"e"' })), 'NoSuchKey 404')
    const { ETag } = await put({ IfNoneMatch: '*' })
    assert.equal(await failureCode(put({ IfNoneMatch: '*' })), 'PreconditionFailed 412')
    assert.equal(await failureCode(put({ IfMatch: '"e"' })), 'PreconditionFailed 412')
    await put({ IfMatch: ETag, Body: 'y' })
    assert.equal(await failureCode(put({ IfNoneMatch: ETag })), 'NotImplemented 501')
    const racing = Array.from({ length: 8 }, (_, i) =>
      s3.putObject({ Bucket, Key: 'race', Body: String(i), IfNoneMatch: '*' }),
    )
    const won = (await Promise.allSettled(racing)).filter((outcome) => outcome.status === 'fulfilled')
    assert.equal(won.length, 1)
    assert.equal(await failureCode(s3.deleteObject({ Bucket, Key: 'write', IfMatch: ETag })), 'PreconditionFailed 412')
  })

  it('answer with what the reader asks for instead', async () => {
    await s3.putObject({ Bucket, Key: 'over', Body: 'x' })
    const got = await s3.getObject({
      Bucket,
      Key: 'over',
      ResponseContentType: 'text/csv',
      ResponseContentDisposition: 'attachment; filename="x.csv"',
      ResponseCacheControl: 'no-cache',
    })
    assert.equal(got.ContentType, 'text/csv')
    assert.equal(got.ContentDisposition, 'attachment; filename="x.csv"')
    assert.equal(got.CacheControl, 'no-cache')
    assert.equal((await s3.headObject({ Bucket, Key: 'over' })).ContentType, 'application/octet-stream')
  })

  it('that are missing or too much are told as S3 tells it', async () => {
    const missing = await failure(s3.getObject({ Bucket, Key: 'no such' }))
    assert.equal(`${missing.name}: ${missing.message}`, 'NoSuchKey: The specified key does not exist.')
    assert.equal(missing.Key, 'no such')
    assert.equal(await failureCode(s3.headObject({ Bucket, Key: 'no such' })), 'NotFound 404')
    const put = (options: object) => s3.putObject({ Bucket, Key: 'k', Body: 'x', ...options })
    assert.equal(await failureCode(put({ Key: 'k'.repeat(1025) })), 'KeyTooLongError 400')
    await put({ Key: 'k'.repeat(1024) })
    assert.equal(await failureCode(put({ Metadata: { m: 'x'.repeat(2048) } })), 'MetadataTooLarge 400')
    await put({ Metadata: { m: 'x'.repeat(2047) } })
    assert.equal(await failureCode(put({ StorageClass: 'FAST' })), 'InvalidStorageClass 400')
    assert.equal(await failureCode(put({ ACL: 'public-read' })), 'AccessControlListNotSupported 400')
    assert.equal(await failureCode(put({ Tagging: 'a=1&a=2' })), 'InvalidTag 400')
  })

  it('are not written where what is asked cannot be done', async () => {
    const put = (options: object) => s3.putObject({ Bucket, Key: 'k', Body: 'x', ...options })
    const SSECustomerKey = Buffer.alloc(32).toString('base64')
    assert.equal(await failureCode(put({ SSECustomerAlgorithm: 'AES256', SSECustomerKey })), 'NotImplemented 501')
    assert.equal(await failureCode(put({ GrantRead: 'id="x"' })), 'NotImplemented 501')
    assert.equal(await failureCode(put({ ObjectLockLegalHoldStatus: 'ON' })), 'InvalidRequest 400')
  })

  it('are copied with what they carry, or with other', async () => {
    await s3.putObject({ Bucket, Key: 'src ü', Body: 'x', Metadata: { a: '1' }, ContentType: 'text/a', Tagging: 't=1' })
    const CopySource = encodeURI(`${Bucket}/src ü`)
    const copy = await s3.copyObject({ Bucket, Key: 'dst', CopySource })
    assert.equal(copy.CopyObjectResult?.ETag, `"${createHash('md5').update('x').digest('hex')}"`)
    const head = await s3.headObject({ Bucket, Key: 'dst' })
    assert.deepEqual([head.Metadata, head.ContentType], [{ a: '1' }, 'text/a'])
    assert.deepEqual((await s3.getObjectTagging({ Bucket, Key: 'dst' })).TagSet, [{ Key: 't', Value: '1' }])
    await s3.copyObject({
      Bucket,
      Key: 'dst',
      CopySource,
      MetadataDirective: 'REPLACE',
      Metadata: { b: '2' },
      TaggingDirective: 'REPLACE',
      Tagging: 'u=2',
    })
    assert.deepEqual((await s3.headObject({ Bucket, Key: 'dst' })).Metadata, { b: '2' })
    assert.deepEqual((await s3.getObjectTagging({ Bucket, Key: 'dst' })).TagSet, [{ Key: 'u', Value: '2' }])
    const self = { Bucket, Key: 'src ü', CopySource }
    assert.equal(await failureCode(s3.copyObject(self)), 'InvalidRequest 400')
    await s3.copyObject({ ...self, MetadataDirective: 'REPLACE', Metadata: { c: '3' } })
    assert.deepEqual((await s3.headObject({ Bucket, Key: 'src ü' })).Metadata, { c: '3' })
    const conditional = s3.copyObject({ Bucket, Key: 'dst', CopySource, CopySourceIfMatch: '"e"' })
    assert.equal(await failureCode(conditional), 'PreconditionFailed 412')
    assert.equal(await failureCode(s3.copyObject({ Bucket, Key: 'x', CopySource: `${Bucket}/none` })), 'NoSuchKey 404')
    await s3.deleteObject({ Bucket, Key: 'src ü' })
    assert.equal(await textOf('dst'), 'x')
  })

  it('are deleted one by one or many at once', async () => {
    for (const Key of ['d/1', 'd/2', 'd/3']) await s3.putObject({ Bucket, Key, Body: Key })
    await s3.deleteObject({ Bucket, Key: 'd/1' })
    await s3.deleteObject({ Bucket, Key: 'd/1' })
    const Objects = [{ Key: 'd/2' }, { Key: 'd/3' }, { Key: 'd/none' }]
    const { Deleted, Errors } = await s3.deleteObjects({ Bucket, Delete: { Objects } })
    assert.deepEqual(
      Deleted?.map((deleted) => deleted.Key),
      ['d/2', 'd/3', 'd/none'],
    )
    assert.equal(Errors, undefined)
    assert.equal((await s3.listObjectsV2({ Bucket, Prefix: 'd/' })).KeyCount, 0)
    const quiet = await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } })
    assert.equal(quiet.Deleted, undefined)
    const many = Array.from({ length: 1001 }, (_, i) => ({ Key: String(i) }))
    assert.equal(await failureCode(s3.deleteObjects({ Bucket, Delete: { Objects: many } })), 'MalformedXML 400')
  })

  it('carry tags that can be changed', async () => {
    await s3.putObject({ Bucket, Key: 'tagged', Body: 'x' })
    const TagSet = [{ Key: 'a', Value: '1' }]
    await s3.putObjectTagging({ Bucket, Key: 'tagged', Tagging: { TagSet } })
    assert.deepEqual((await s3.getObjectTagging({ Bucket, Key: 'tagged' })).TagSet, TagSet)
    await s3.deleteObjectTagging({ Bucket, Key: 'tagged' })
    assert.deepEqual((await s3.getObjectTagging({ Bucket, Key: 'tagged' })).TagSet, [])
    const many = Array.from({ length: 11 }, (_, i) => ({ Key: String(i), Value: '' }))
    const call = s3.putObjectTagging({ Bucket, Key: 'tagged', Tagging: { TagSet: many } })
    assert.equal(await failureCode(call), 'BadRequest 400')
  })

  it('are read and written by signed addresses', async () => {
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'signed' }), { expiresIn: 60 })
    assert.equal((await fetch(put, { method: 'PUT', body: 'by address' })).status, 200)
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'signed' }), { expiresIn: 60 })
    const answer = await fetch(get)
    assert.equal(await answer.text(), 'by address')
    assert.equal(answer.headers.get('content-length'), '10')
    assert.equal((await fetch(get.replace('signed?', 'other?'))).status, 403)
  })

  it('are reached by the host name of their bucket', async () => {
    const { port } = new URL(on.lake.endpoint)
    const url = new URL(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'signed' })))
    assert.equal(url.port, port)
    const named = new S3({ ...on.lake.client, forcePathStyle: false, endpoint: `http://localhost:${port}` })
    const address = new URL(await getSignedUrl(named, new GetObjectCommand({ Bucket, Key: 'signed' })))
    assert.equal(address.hostname, 'lake.localhost')
    // The name need not resolve here: what counts is the Host header, which a signature covers.
    const { request } = await import('node:http')
    const text = await new Promise<string>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port, path: address.pathname + address.search, headers: { host: address.host } },
        (answer) => {
          let body = ''
          answer.setEncoding('utf8').on('data', (chunk) => {
            body += chunk
          })
          answer.on('end', () => resolve(body))
        },
      )
      asked.on('error', reject).end()
    })
    assert.equal(text, 'by address')
    named.destroy()
  })

  it('outlive the server', async () => {
    await on.restart()
    assert.equal(await textOf('digits'), '0123456789')
    assert.deepEqual((await s3.headObject({ Bucket, Key: 'dst' })).Metadata, { b: '2' })
  })
})
