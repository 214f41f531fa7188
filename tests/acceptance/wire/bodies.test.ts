import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { startLake, type TestLake } from '../server.ts'
import { RawConnection, send, signed } from './signed-request.ts'

let lake: TestLake
let s3: S3Client
before(async () => {
  lake = await startLake()
  s3 = new S3Client(lake.client)
  await s3.send(new CreateBucketCommand({ Bucket: 'bodies' }))
})
after(() => lake.stop())

const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
const glue = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  send(lake, {
    service: 'glue',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSGlue.GetDatabases', ...headers },
    body,
  })

async function alive(): Promise<void> {
  assert.equal((await glue('{}')).status, 200)
  assert.deepEqual(lake.log, [])
}

test('malformed JSON is a SerializationException', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"MaxResults":"many"}',
    '{"MaxResults":{}}',
    '\u0000',
    deep,
    `{"a":${deep}}`,
  ]) {
    const response = await glue(body)
    const text = await response.text()
    if (response.status === 200) continue // AWS takes some of these for an empty structure.
    assert.equal(response.status, 400, text)
    assert.ok(response.headers.get('x-amzn-errortype'), text)
  }
  const broken = await glue('{"NextToken":')
  assert.equal(broken.headers.get('x-amzn-errortype'), 'SerializationException')
  await alive()
})

test('malformed XML', async () => {
  for (const body of [
    '<',
    '<a>',
    '<a></b>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<VersioningConfiguration>',
    '\u0000',
  ]) {
    const response = await send(lake, { method: 'PUT', path: '/bodies?versioning', headers: unsigned, body })
    const text = await response.text()
    assert.equal(response.status, 400, text)
    assert.match(text, /<Code>MalformedXML<\/Code>/)
  }
  await alive()
})

test('malformed forms', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const sts = (body: string) => send(lake, { service: 'sts', headers: form, body })
  const cases: [string, string][] = [
    ['', 'MissingAction'],
    ['Action=NoSuchAction&Version=2011-06-15', 'InvalidAction'],
    ['Action=GetSessionToken&DurationSeconds=long&Version=2011-06-15', 'MalformedInput'],
  ]
  for (const [body, code] of cases) {
    const response = await sts(body)
    assert.equal(response.status, 400)
    assert.ok((await response.text()).includes(`<Code>${code}</Code>`), code)
  }
  const unknown = await fetch(lake.endpoint, { method: 'POST', headers: form, body: 'Action=Do&Version=1999-01-01' })
  assert.equal(unknown.status, 400)
  await alive()
})

test('malformed CBOR', async () => {
  const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics'
  const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' }
  for (const body of [
    Uint8Array.of(0xff),
    Uint8Array.of(0x5b, 255, 255, 255, 255, 255, 255, 255, 255),
    new Uint8Array(100_000).fill(0x81),
  ]) {
    const response = await send(lake, { service: 'monitoring', path, headers, body })
    assert.ok(response.status === 400 || response.status === 501)
    await response.arrayBuffer()
  }
  await alive()
})

test('bodies beyond what an API takes', async () => {
  const big = Buffer.alloc(17 << 20, 32)
  const json = await glue(big)
  assert.equal(json.status, 413)
  assert.equal(json.headers.get('x-amzn-errortype'), 'RequestEntityTooLargeException')
  const xml = await send(lake, { method: 'PUT', path: '/bodies?versioning', headers: unsigned, body: big })
  assert.equal(xml.status, 400)
  assert.match(await xml.text(), /<Code>MaxMessageLengthExceeded<\/Code>/)
  await alive()
})

test('gzip: taken, but not when it was made to burst', async () => {
  const gzip = { 'content-encoding': 'gzip' }
  assert.equal((await glue(gzipSync('{"MaxResults":10}'), gzip)).status, 200)
  assert.equal((await glue(gzipSync(Buffer.alloc(12 << 20, 32), { level: 9 }), gzip)).status, 413)
  assert.equal((await glue('not gzip', gzip)).headers.get('x-amzn-errortype'), 'SerializationException')
  await alive()
})

test('a body that ends too early', async () => {
  const headers = { ...unsigned, 'content-length': '1000' }
  const head = await signed(lake, { method: 'PUT', path: '/bodies/cut', headers })
  const connection = new RawConnection(lake)
  connection.head('PUT', '/bodies/cut', head)
  connection.socket.end('only this')
  await connection.untilClosed()
  await assert.rejects(s3.send(new HeadObjectCommand({ Bucket: 'bodies', Key: 'cut' })), { name: 'NotFound' })
  await alive()
})

test('aws-chunked: decoded, its trailer checked, its coding not stored', async () => {
  const put = (body: string, extra: Record<string, string> = {}) =>
    send(lake, {
      method: 'PUT',
      path: '/bodies/chunked',
      headers: {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'content-encoding': 'aws-chunked,gzip',
        'x-amz-decoded-content-length': '3',
        'x-amz-trailer': 'x-amz-checksum-crc32',
        ...extra,
      },
      body,
    })
  const code = async (response: Response) => /<Code>(\w+)</.exec(await response.text())?.[1]
  assert.equal((await put('3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n')).status, 200)
  const stored = await s3.send(new GetObjectCommand({ Bucket: 'bodies', Key: 'chunked', ChecksumMode: 'ENABLED' }))
  assert.equal(stored.ContentEncoding, 'gzip')
  assert.equal(stored.ContentLength, 3)
  assert.equal(stored.ChecksumCRC32, 'NSRBwg==')
  stored.Body!.transformToByteArray().catch(() => {})
  assert.equal(await code(await put('3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwQ==\r\n\r\n')), 'BadDigest')
  assert.equal(await code(await put('3\r\nabc\r\n0\r\n\r\n')), 'MalformedTrailerError')
  assert.equal(await code(await put('3\r\nabc\r\n')), 'IncompleteBody')
  assert.equal(await code(await put('zz\r\nabc\r\n')), 'InvalidRequest')
  await alive()
})

test('streams of unknown length from the SDK', async () => {
  const Body = Readable.from([Buffer.alloc(100_000, 1), Buffer.alloc(250_000, 2)])
  await s3.send(new PutObjectCommand({ Bucket: 'bodies', Key: 'stream', Body, ContentLength: 350_000 }))
  const stored = await s3.send(new GetObjectCommand({ Bucket: 'bodies', Key: 'stream' }))
  assert.equal((await stored.Body!.transformToByteArray()).length, 350_000)
})

test('an operation that is unknown, or not served, is named', async () => {
  const unknown = await glue('{}', { 'x-amz-target': 'AWSGlue.MakeCoffee' })
  assert.equal(unknown.headers.get('x-amzn-errortype'), 'UnknownOperationException')
  const unserved = await glue('{"Name":"x"}', { 'x-amz-target': 'AWSGlue.CreateBlueprint' })
  assert.equal(unserved.status, 501)
  assert.equal(unserved.headers.get('x-amzn-errortype'), 'NotImplementedException')
  assert.match(await unserved.text(), /CreateBlueprint/)
  const stranger = await send(lake, { service: 'polly', path: '/v1/voices', method: 'GET' })
  assert.equal(stranger.status, 501)
})
