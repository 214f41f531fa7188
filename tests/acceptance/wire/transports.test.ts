import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { Agent, request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { startLake, type TestLake } from '../server.ts'
import { RawConnection, signed } from './signed-request.ts'

let lake: TestLake
before(async () => {
  lake = await startLake()
})
after(() => lake.stop())

test('HTTP/2 without asking first, as the JavaScript KinesisClient speaks it', async () => {
  const kinesis = new KinesisClient(lake.client)
  // The signature covers ":authority". Until the service is there, it says that it is not; never that the key is wrong.
  await kinesis.send(new ListStreamsCommand({})).catch((error: Error) => {
    assert.equal(error.name, 'NotImplementedException')
  })
  kinesis.destroy()
})

test('HTTP/2 and HTTP/1.1 share the port and its own paths', async () => {
  const session = connectHttp2(lake.endpoint)
  const stream = session.request({ ':path': '/_lentic/health' })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  assert.equal(JSON.parse(Buffer.concat(chunks).toString()).status, 'ok')
  session.close()
  const response = await fetch(`${lake.endpoint}/_lentic/health`)
  assert.match(await response.text(), /"status":"ok"/)
  assert.equal((await fetch(`${lake.endpoint}/_lentic/nothing`)).status, 404)
  assert.equal((await fetch(`${lake.endpoint}/_lentic/reset`, { method: 'POST' })).status, 403)
})

test('a request line that arrives byte by byte', async () => {
  for (const start of ['P', 'PR', 'GE']) {
    const connection = new RawConnection(lake)
    connection.socket.setNoDelay(true)
    connection.socket.write(start)
    await new Promise((resolve) => setTimeout(resolve, 30))
    const rest = start.startsWith('P') ? `${'PROPFIND'.slice(start.length)}` : 'T'
    connection.socket.write(`${rest} /_lentic/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    assert.match(await connection.untilClosed(), /^HTTP\/1\.1 404/)
  }
})

test('what is no HTTP is answered or closed, and the server lives', async () => {
  for (const garbage of [
    'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n',
    '\x16\x03\x01\x02\x00',
    'GET\r\n\r\n',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(80_000)}\r\n\r\n`,
  ]) {
    const connection = new RawConnection(lake)
    connection.socket.end(garbage)
    await connection.untilClosed()
  }
  assert.equal((await fetch(`${lake.endpoint}/_lentic/health`)).status, 200)
})

test('Expect: 100-continue is answered after the signature has been verified, and not before', async () => {
  const s3 = new S3Client(lake.client)
  await s3.send(new CreateBucketCommand({ Bucket: 'patience' }))
  const body = 'waited for'
  const parts = {
    method: 'PUT',
    path: '/patience/key',
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': String(body.length) },
  }
  const headers: Record<string, string> = {
    ...(await signed(lake, parts)),
    expect: '100-continue',
    connection: 'close',
  }
  const welcome = new RawConnection(lake)
  welcome.head('PUT', '/patience/key', headers)
  assert.match(await welcome.until(/\r\n\r\n/), /^HTTP\/1\.1 100 Continue/)
  welcome.socket.write(body)
  assert.match(await welcome.untilClosed(), /HTTP\/1\.1 200 OK/)
  const stored = await s3.send(new GetObjectCommand({ Bucket: 'patience', Key: 'key' }))
  assert.equal(await stored.Body!.transformToString(), body)

  const refused = new RawConnection(lake)
  refused.head('PUT', '/patience/key', { ...headers, authorization: headers.authorization!.replace(/.$/, 'x') })
  const text = await refused.untilClosed()
  assert.match(text, /^HTTP\/1\.1 403/)
  assert.doesNotMatch(text, /100 Continue/)
})

test('an upload that is refused early still hears why', async () => {
  const s3 = new S3Client(lake.client)
  const Body = Buffer.alloc(24 << 20, 7)
  const upload = s3.send(new PutObjectCommand({ Bucket: 'no-such-bucket-here', Key: 'k', Body }))
  await assert.rejects(upload, { name: 'NoSuchBucket' })
})

test('a client that goes away in the middle of an upload leaves nothing behind', async () => {
  const s3 = new S3Client(lake.client)
  const parts = {
    method: 'PUT',
    path: '/patience/half',
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': '1000000' },
  }
  const connection = new RawConnection(lake)
  connection.head('PUT', '/patience/half', await signed(lake, parts))
  connection.socket.write(Buffer.alloc(300_000))
  await new Promise((resolve) => setTimeout(resolve, 50))
  connection.socket.destroy()
  await assert.rejects(s3.send(new GetObjectCommand({ Bucket: 'patience', Key: 'half' })), { name: 'NoSuchKey' })
  assert.deepEqual(lake.log, [])
})

test('TLS, with both versions of HTTP behind it', async () => {
  // For 127.0.0.1, of no use anywhere else: `openssl req -x509 -newkey ec -nodes -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1`
  const certFile = join(import.meta.dirname, 'loopback-cert.pem')
  const keyFile = join(import.meta.dirname, 'loopback-key.pem')
  const secure = await startLake({ tls: { certFile, keyFile } })
  try {
    assert.match(secure.endpoint, /^https:/)
    const ca = await readFile(certFile)
    const requestHandler = new NodeHttpHandler({ httpsAgent: new Agent({ ca, keepAlive: true }) })
    const client = { ...secure.client, requestHandler }
    assert.equal((await new STSClient(client).send(new GetCallerIdentityCommand({}))).Account, '000000000000')
    const s3 = new S3Client(client)
    await s3.send(new CreateBucketCommand({ Bucket: 'behind-tls' }))
    await s3.send(new PutObjectCommand({ Bucket: 'behind-tls', Key: 'k', Body: 'x'.repeat(100_000) }))
    const session = connectHttp2(secure.endpoint, { ca })
    const stream = session.request({ ':path': '/_lentic/health' })
    stream.resume()
    await new Promise((resolve) => stream.on('end', resolve))
    assert.equal(session.alpnProtocol, 'h2')
    session.close()
    requestHandler.destroy()
    const plain = fetch(secure.endpoint.replace('https', 'http'))
    await assert.rejects(plain)
    await new Promise<void>((resolve) =>
      httpsRequest(secure.endpoint)
        .on('error', () => resolve())
        .end(),
    )
  } finally {
    await secure.stop()
  }
})
