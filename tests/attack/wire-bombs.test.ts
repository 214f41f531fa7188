/** Messages that nest, claim or count beyond reason, on each wire: refused with the wire's own error, and nobody else notices. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { ThriftClient } from '../acceptance/hive-metastore/client.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { send } from '../acceptance/wire/signed-request.ts'

const MODELS = new URL('../../models/', import.meta.url)
const DEPTH = 100_000
const MEBIBYTE = 1 << 20

interface Model {
  readonly metadata: Readonly<Record<string, string>>
  readonly operations: Readonly<Record<string, object>>
}

let lake: TestLake
before(async () => {
  lake = await startLake({ metastore: { port: 0, warehouse: 's3a://warehouse' } })
})
after(async () => {
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

const health = async () => assert.equal((await fetch(`${lake.endpoint}/_lentic/health`)).status, 200)

const JSON_BOMBS = {
  lists: `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  objects: `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  'lists that do not end': '['.repeat(DEPTH),
  'a document in each member': `{${['Name', 'name', 'QueryString', 'Tags', 'tags', 'Input', 'Parameters']
    .map((name) => `"${name}":${'{"a":['.repeat(DEPTH / 10)}12345678901234567890${']}'.repeat(DEPTH / 10)}`)
    .join()}}`,
  'a number of a million digits': `{"MaxResults":${'9'.repeat(1_000_000)},"Name":${'9'.repeat(1_000_000)}}`,
  'numbers beyond all': '{"MaxResults":1e999999999,"maxResults":-1e999999999,"Limit":123456789012345678901e-99999}',
}

const models = readdirSync(MODELS)
  .filter((file) => file !== 'index.json')
  .map((file) => JSON.parse(readFileSync(new URL(file, MODELS), 'utf8')) as Model)
const targeted = models.filter(({ metadata }) => metadata.targetPrefix !== undefined)

test('JSON: every service that is asked by targets', async () => {
  assert.ok(targeted.length > 15, `${targeted.length}`)
  for (const { metadata, operations } of targeted) {
    const operation = Object.keys(operations).find((name) => /^(?:List|Describe)/.test(name))!
    for (const [what, body] of Object.entries(JSON_BOMBS)) {
      const headers = {
        'content-type': `application/x-amz-json-${metadata.jsonVersion ?? '1.1'}`,
        'x-amz-target': `${metadata.targetPrefix}.${operation}`,
      }
      const answer = await send(lake, { service: metadata.signingName ?? metadata.endpointPrefix, headers, body })
      const text = await answer.text()
      const of = `${metadata.targetPrefix}.${operation}, ${what}: ${answer.status} ${text.slice(0, 200)}`
      // What is no member is nothing: of some the rest is a request like any other.
      assert.ok([200, 400, 501].includes(answer.status), of)
      if (answer.status !== 200) assert.ok(JSON.parse(text).__type, of)
    }
  }
  await health()
})

test('JSON: where the address names the operation', async () => {
  const [unsigned, json] = [{ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, { 'content-type': 'application/json' }]
  for (const [service, method, path] of [
    ['lakeformation', 'POST', '/ListPermissions'],
    ['lambda', 'POST', '/2015-03-31/functions'],
    ['s3tables', 'PUT', '/buckets'],
    ['emr-serverless', 'POST', '/applications'],
    ['scheduler', 'POST', '/schedules/a'],
    ['glue', 'POST', '/iceberg/v1/catalogs/000000000000/namespaces'],
    ['lentic', 'POST', '/_lentic/explain'],
  ] as const)
    for (const [what, body] of Object.entries(JSON_BOMBS)) {
      const answer = await send(lake, { service, method, path, headers: { ...unsigned, ...json }, body })
      const text = await answer.text()
      // What is no member is nothing here too.
      assert.match(String(answer.status), /^(?:200|4..|501)$/, `${path}, ${what}: ${text.slice(0, 200)}`)
    }
  await health()
})

test('CBOR: depth, lengths that lie, and a value in each byte', async () => {
  const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics'
  const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' }
  const filled = (before: string, byte: number, count: number, behind = '') =>
    Buffer.concat([Buffer.from(before, 'hex'), Buffer.alloc(count, byte), Buffer.from(behind, 'hex')])
  const key = '6a4d65747269634e616d65' // "MetricName"
  const bombs = {
    lists: filled('', 0x81, DEPTH, '01'),
    'lists of no length': filled('', 0x9f, DEPTH),
    maps: Buffer.concat(Array.from({ length: DEPTH }, () => Buffer.from('a16161', 'hex'))),
    tags: filled('', 0xc1, DEPTH, '01'),
    'a text of 2^64 - 1 bytes': Buffer.from(`a1${key}7bffffffffffffffff`, 'hex'),
    'a text of 4 GiB': Buffer.from(`a1${key}7affffffff61`, 'hex'),
    'bytes of 2^63': Buffer.from('5b8000000000000000', 'hex'),
    'a list of 2^64 - 1': Buffer.from(`a1${key}9bffffffffffffffff01`, 'hex'),
    'a map of 2^32': Buffer.from('bb0000000100000000', 'hex'),
    'a text of no length that holds another': Buffer.from('7f7f6161ffff', 'hex'),
    'a break alone': Buffer.from('ff', 'hex'),
    'a key without a value': Buffer.from(`bf${key}ff`, 'hex'),
    'maps without end': filled('9f', 0xa0, 4 * MEBIBYTE, 'ff'),
    'pieces without end': filled('5f', 0x40, 4 * MEBIBYTE, 'ff'),
    'texts without end': filled('9f', 0x60, 4 * MEBIBYTE, 'ff'),
    'a number of a million digits': filled(`a1${key}c25a00100000`, 0xff, MEBIBYTE),
  }
  const from = process.memoryUsage().heapUsed
  for (const [what, body] of Object.entries(bombs)) {
    const answer = await send(lake, { service: 'monitoring', path, headers, body })
    await answer.arrayBuffer()
    assert.equal(answer.status, 400, what)
    assert.ok(answer.headers.get('x-amzn-errortype'), what)
    assert.ok(process.memoryUsage().heapUsed - from < 400 * MEBIBYTE, what)
  }
  await health()
})

test('Thrift: containers of 2^31 entries, depth, strings that lie', async () => {
  const hive = await ThriftClient.connect(lake.metastore!)
  const head = Buffer.concat([
    Buffer.from('8001000100000011', 'hex'),
    Buffer.from('get_all_databases'),
    Buffer.from('00000001', 'hex'),
  ])
  const framed = (body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(head.length + body.length)
    return Buffer.concat([length, head, body])
  }
  const hex = (text: string) => Buffer.from(text, 'hex')
  const bodies = {
    'a list of 2^31 - 1 structs': hex('0f00010c7fffffff'),
    'a list of -1 texts': hex('0f00010bffffffff'),
    'a set of 2^31 - 1 bytes': hex('0e0001037fffffff'),
    'a map of 2^31 - 1': hex('0d00010b0b7fffffff'),
    'a map of maps of 2^31 - 1': hex('0d00010d0d000000010d0d7fffffff'),
    'a text of 2 GiB': hex('0b00017fffffff61'),
    'a text of -2^31 bytes': hex('0b00018000000061'),
    structs: Buffer.from('0c0001'.repeat(DEPTH), 'hex'),
    lists: Buffer.from(`0f0001${'0f00000001'.repeat(DEPTH)}`, 'hex'),
    maps: Buffer.from(`0d0001${'030d0000000101'.repeat(DEPTH)}`, 'hex'),
    'a type that is none': hex('7f0001'),
  }
  for (const [what, body] of Object.entries(bodies))
    for (const message of [Buffer.concat([head, body]), framed(body), framed(Buffer.concat([body, hex('00')]))]) {
      const socket = connect(Number(new URL(lake.metastore!).port), '127.0.0.1').on('error', () => {})
      let answer = ''
      socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.end(message)
      await closed
      // Hung up on, or told by an exception of the protocol: what was asked is not done.
      assert.ok(!answer.includes('default'), what)
      assert.ok(await hive.ask('get_all_databases'), what)
    }
  hive.close()
})
