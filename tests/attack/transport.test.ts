/** What is no honest HTTP, by raw sockets: nothing is let in by it, nobody else notices, and the server lives. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { S3 } from '@aws-sdk/client-s3'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { RawConnection, send, signed } from '../acceptance/wire/signed-request.ts'

let lake: TestLake
let s3: S3
let port: number
before(async () => {
  lake = await startLake()
  s3 = new S3(lake.client)
  port = Number(new URL(lake.endpoint).port)
  await s3.createBucket({ Bucket: 'kept' })
  await s3.putObject({ Bucket: 'kept', Key: 'secret', Body: 'not for strangers' })
})
after(async () => {
  assert.deepEqual(
    (await s3.listObjectsV2({ Bucket: 'kept' })).Contents?.map(({ Key }) => Key),
    ['secret'],
  )
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const health = async () => assert.equal((await fetch(`${lake.endpoint}/_lentic/health`)).status, 200)
const said = async (text: string): Promise<string> => {
  const connection = new RawConnection(lake)
  connection.socket.end(text, 'latin1')
  return connection.untilClosed()
}
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))

test('a request whose end two servers would see in different places is refused, with all that follows it', async () => {
  const hidden = 'DELETE /kept/secret HTTP/1.1\r\nhost: x\r\n\r\n'
  const head = 'POST /kept HTTP/1.1\r\nhost: x\r\n'
  for (const request of [
    `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}content-length: 5\r\ncontent-length: 0\r\n\r\n${hidden}`,
    `${head}content-length: 0, 5\r\n\r\n${hidden}`,
    `${head}content-length: +5\r\n\r\n${hidden}`,
    `${head}content-length: 0x5\r\n\r\n${hidden}`,
    `${head}content-length : 5\r\n\r\n${hidden}`,
    `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}transfer-encoding: chunked\r\n\r\n5;\n\r\nhello\r\n0\r\n\r\n${hidden}`,
    `${head}transfer-encoding: chunked\r\n\r\n-1\r\n\r\n${hidden}`,
    `${head}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n${hidden}`,
    `${head}x-folded: a\r\n b\r\n\r\n${hidden}`,
    `${head}x\u0000y: a\r\n\r\n${hidden}`,
    `${head}x: a\u0000b\r\n\r\n${hidden}`,
    `${head}x: a\rb: c\r\n\r\n${hidden}`,
    `GET /kept\u0000 HTTP/1.1\r\nhost: x\r\n\r\n${hidden}`,
    `GET /kept HTTP/1.1\r\nhost: x\r\nhost\u0000: y\r\n\r\n${hidden}`,
    `GET /kept HTTP/9.9\r\nhost: x\r\n\r\n${hidden}`,
    `GET /kept HTTP/1.1\r\n\r\n${hidden}`,
    `GET /kept HTTP/1.1\r\nhost: x\r\n${'y: z\r\n'.repeat(20_000)}\r\n${hidden}`,
  ]) {
    const answered = statuses(await said(request))
    assert.ok(answered.length <= 1, `${JSON.stringify(request.slice(0, 120))}: ${answered}`)
    assert.ok(
      answered.every((status) => status >= 400),
      JSON.stringify(request.slice(0, 120)),
    )
  }
  await health()
})

test('of requests sent one after the other without waiting, each is asked for its own signature', async () => {
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const good = await signed(lake, { method: 'GET', path: '/kept/secret', headers })
  const lines = (of: Record<string, string>) =>
    Object.entries(of)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
  const stranger = `GET /kept/secret HTTP/1.1\r\nhost: ${good.host}\r\n`
  const connection = new RawConnection(lake)
  connection.socket.write(
    `${stranger}\r\nGET /kept/secret HTTP/1.1\r\n${lines(good)}\r\n${stranger}connection: close\r\n\r\n`,
  )
  const text = await connection.untilClosed()
  assert.deepEqual(statuses(text), [403, 200, 403])
  assert.equal(text.split('not for strangers').length, 2)
})

test('a signature holds for the host that it names, however the request names another', async () => {
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const { host, ...good } = await signed(lake, { method: 'GET', path: '/secret', headers })
  const lines = Object.entries({ ...good, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  for (const [target, hosts] of [
    ['http://kept.localhost/secret', [host]],
    ['/secret', ['kept.localhost']],
    ['/secret', ['kept.localhost', host]],
    ['/secret', [host, 'kept.localhost']],
    ['//kept/secret', [host]],
    ['/./kept/secret', [host]],
    ['http:///kept/secret', [host]],
    ['*', [host]],
  ] as const) {
    const named = hosts.map((one) => `host: ${one}\r\n`).join('')
    const text = await said(`GET ${target} HTTP/1.1\r\n${named}${lines.join('')}\r\n`)
    assert.ok(!text.includes('not for strangers'), `${target} ${hosts}`)
  }
})

test('names of keys are names, wherever they would lead as paths', async () => {
  const put = (path: string) =>
    send(lake, { method: 'PUT', path, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body: 'x' })
  for (const bucket of [
    '..',
    '%2e%2e',
    '.',
    '%2fetc',
    'a%00b',
    'a%5cb',
    '_lentic',
    'UPPER',
    'x'.repeat(64),
    '-a',
    'a..b',
  ])
    assert.ok((await put(`/${bucket}/key`)).status >= 400, bucket)
  const keys = [
    '../up',
    'a/../../up',
    '%2e%2e/up',
    '..\\up',
    '/etc/passwd',
    'lentic.db',
    'state/lentic.db',
    'e\u0301',
    '\u00e9',
  ]
  await s3.createBucket({ Bucket: 'names' })
  for (const Key of keys) await s3.putObject({ Bucket: 'names', Key, Body: Key })
  for (const Key of keys) {
    const { Body } = await s3.getObject({ Bucket: 'names', Key })
    assert.equal(await Body!.transformToString(), Key)
  }
  const { Contents = [] } = await s3.listObjectsV2({ Bucket: 'names' })
  assert.deepEqual(Contents.map(({ Key }) => Key).sort(), [...keys].sort())
  await assert.rejects(s3.putObject({ Bucket: 'names', Key: 'k'.repeat(1025), Body: '' }), { name: 'KeyTooLongError' })
  for (const CopySource of [
    'names/../kept/secret',
    '../kept/secret',
    'names/%2e%2e/secret',
    'names',
    '/',
    'names/',
    '%',
  ])
    await assert.rejects(s3.copyObject({ Bucket: 'names', Key: 'copy', CopySource }))
})

test('bodies that were made to burst are refused before they do', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const heap = process.memoryUsage().heapUsed
  for (let round = 0; round < 4; round++) {
    const body = `Action=AssumeRoleWithWebIdentity&Version=2011-06-15${'&a'.repeat(4 << 20)}`
    const answer = await fetch(lake.endpoint, { method: 'POST', headers: form, body }).catch(() => undefined)
    assert.ok(answer === undefined || answer.status === 413)
  }
  assert.ok(process.memoryUsage().heapUsed - heap < 256 << 20)
  const entities = `<!DOCTYPE a [<!ENTITY a "x">${Array.from({ length: 20 }, (_, i) => `<!ENTITY a${i} "&a;&a;">`).join('')}]><a>&a19;</a>`
  for (const xml of [
    entities,
    '<a>'.repeat(100_000),
    `<a ${'b="" '.repeat(50_000)}/>`,
    `<a>${'&#x41;'.repeat(100_000)}`,
  ]) {
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    const answer = await send(lake, { method: 'PUT', path: '/kept?versioning', headers, body: xml })
    assert.equal(answer.status, 400)
    await answer.arrayBuffer()
  }
  await health()
})

test('five hundred who say little or nothing hold up nobody', async () => {
  const starts = [
    '',
    'P',
    'PR',
    'G',
    'GET / HTTP/1.1\r\n',
    'GET / HTTP/1.1\r\nhost: x\r\nx:',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nA',
  ]
  const sockets = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      socket.write(starts[index % starts.length]!)
      return socket
    }),
  )
  await health()
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 250_000, 'who waits for them rests')
  assert.equal((await s3.getObject({ Bucket: 'kept', Key: 'secret' })).$metadata.httpStatusCode, 200)
  for (const socket of sockets) socket.destroy()
})
