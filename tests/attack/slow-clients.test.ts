/** Clients that ask and never read, or that never come to an end: what waits for them is bounded, and others are served. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants, connect as http2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { CreateTableCommand } from '@aws-sdk/client-glue'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { ThriftClient, text } from '../acceptance/hive-metastore/client.ts'
import { signed } from '../acceptance/wire/signed-request.ts'

const MEBIBYTE = 1 << 20

let a: AthenaLake
before(async () => {
  a = await athenaLake({ metastore: { port: 0, warehouse: 's3a://warehouse' } })
  await a.succeed("CREATE TABLE t AS SELECT 1 AS n, 'x' AS s")
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

/** Each says this and hears nothing. */
async function deaf(port: number, connections: number, says: string | Buffer): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1').pause()
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write(says)
      return socket
    }),
  )
}

interface Slow {
  readonly socket: Socket
  readonly heard: () => string
  readonly closed: Promise<unknown>
}

async function slow(port: number): Promise<Slow> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let all = ''
  socket.setEncoding('latin1').on('data', (text: string) => (all += text))
  await once(socket, 'connect')
  return { socket, heard: () => all, closed: once(socket, 'close') }
}

/** The most that this process holds while others are served, beyond what it held before. */
async function most(work: () => Promise<Socket[]>): Promise<number> {
  // What sockets hold of texts is seen nowhere else.
  const held = () => process.memoryUsage().rss
  const from = held()
  let [highest, over] = [0, false]
  const watching = (async () => {
    for (; !over; await sleep(5)) highest = Math.max(highest, held() - from)
  })()
  const sockets = await work()
  try {
    for (let i = 0; i < 3; i++) {
      await sleep(100)
      assert.deepEqual((await a.rows('SELECT n FROM t')).at(-1), ['1'])
    }
  } finally {
    over = true
    await watching
    for (const socket of sockets) socket.destroy()
  }
  return highest
}

const httpPort = () => Number(new URL(a.lake.endpoint).port)
const asText = (method: string, path: string, headers: Readonly<Record<string, string>>, body = '') =>
  `${method} ${path} HTTP/1.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`

test('three hundred downloads that nobody reads', async () => {
  await a.put('large', randomBytes(8 * MEBIBYTE))
  const url = new URL(await getSignedUrl(a.s3, new GetObjectCommand({ Bucket: 'data', Key: 'large' })))
  const request = asText('GET', url.pathname + url.search, { host: url.host })
  const taken = await most(() => deaf(httpPort(), 300, request))
  assert.ok(taken < 256 * MEBIBYTE, `${taken / MEBIBYTE} MiB`)
})

test('pages of results that nobody reads, on many connections and one after the other on one', async () => {
  const id = await a.start("SELECT rpad('x', 16000, 'x') AS s FROM UNNEST(sequence(1, 1000)) AS u (n)")
  assert.equal((await a.ended(id)).Status!.State, 'SUCCEEDED')
  const body = JSON.stringify({ QueryExecutionId: id })
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonAthena.GetQueryResults',
    'content-length': String(body.length),
  }
  const request = asText('POST', '/', await signed(a.lake, { service: 'athena', headers, body }), body)
  for (const [connections, requests] of [
    [120, 1],
    [2, 60],
  ] as const) {
    const taken = await most(() => deaf(httpPort(), connections, request.repeat(requests)))
    assert.ok(taken < 768 * MEBIBYTE, `${taken / MEBIBYTE} MiB`)
  }
})

test('tables that are asked of the metastore and never read', async () => {
  const Parameters = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`p${i}`, 'x'.repeat(500_000)]))
  await a.glue.send(new CreateTableCommand({ DatabaseName: 'db', TableInput: { Name: 'wide', Parameters } }))
  const hive = await ThriftClient.connect(a.lake.metastore!)
  const asked = { 1: text('db'), 2: text('wide') }
  assert.ok(await hive.ask('get_table', asked))
  const calls = Buffer.concat(Array.from({ length: 40 }, () => hive.message('get_table', asked)))
  const taken = await most(() => deaf(Number(new URL(a.lake.metastore!).port), 120, calls))
  assert.ok(taken < 640 * MEBIBYTE, `${taken / MEBIBYTE} MiB`)
  assert.deepEqual(await hive.ask('get_all_databases'), ['db', 'default'])
  hive.close()
})

test('more streams of HTTP/2 than there is room for are refused, and room comes back', async () => {
  const sessions = Array.from({ length: 17 }, () => http2(a.lake.endpoint).on('error', () => {}))
  await Promise.all(sessions.map((session) => once(session, 'remoteSettings')))
  const open = sessions.flatMap((session) =>
    Array.from({ length: 250 }, () =>
      session.request({ ':method': 'PUT', ':path': '/data/never' }).on('error', () => {}),
    ),
  )
  // Each says that it goes on, and does not.
  for (const stream of open) stream.write('x')
  await new Promise<void>((resolve) => {
    for (const stream of open)
      stream.on('close', () => {
        if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) resolve()
      })
  })
  assert.deepEqual((await a.rows('SELECT n FROM t')).at(-1), ['1'])
  for (const session of sessions) session.destroy()
  const again = http2(a.lake.endpoint)
  const stream = again.request({ ':path': '/_lentic/health' })
  const [headers] = await once(stream, 'response')
  assert.equal(headers[':status'], 200)
  again.destroy()
})

test('two hundred who say their requests a byte at a time hold up nobody, and are answered in the end', async () => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSGlue.GetDatabase' }
  const body = '{"Name":"db"}'
  const more = { ...headers, 'content-length': String(body.length), connection: 'close' }
  const request = asText('POST', '/', await signed(a.lake, { service: 'glue', headers: more, body }), body)
  const hive = await ThriftClient.connect(a.lake.metastore!)
  const call = hive.message('get_all_databases', {}).toString('latin1')
  const [http, thrift] = await Promise.all([
    Promise.all(Array.from({ length: 100 }, () => slow(httpPort()))),
    Promise.all(Array.from({ length: 100 }, () => slow(Number(new URL(a.lake.metastore!).port)))),
  ])
  for (let at = 0; at < Math.max(request.length, call.length); at++) {
    for (const { socket } of http) if (at < request.length) socket.write(request[at]!)
    for (const { socket } of thrift) if (at < call.length) socket.write(call[at]!, 'latin1')
    if (at % 200 === 0) assert.ok(await hive.ask('get_all_databases'))
    else await turn()
  }
  for (const { heard, closed } of http) {
    await closed
    assert.match(heard(), /^HTTP\/1\.1 200 .*"Name":"db"/s)
  }
  for (const { socket, heard } of thrift) {
    while (!heard().includes('default')) await once(socket, 'data')
    socket.destroy()
  }
  hive.close()
})
