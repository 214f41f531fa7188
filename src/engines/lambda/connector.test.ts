/** Against connectors of our own kit, over HTTP; `npm run accept:federation` asks AWS's SDK the same way. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { connector, type Handler, type LocalFunctions, type Spill, serve } from '../../connector-kit/connector.ts'
import { KINDS, nameOf, shop } from '../../connector-kit/shop.fixture.ts'
import { type Connector, SourceError, type SourceTable } from '../../core/federation/connector.ts'
import type { Domain } from '../../core/federation/domain.ts'
import { typeName } from '../../sql/types.ts'
import { never, rowsOf, scanOf } from '../connector-scans.fixture.ts'
import { openLambda } from './connector.ts'

const objects = new Map<string, Uint8Array>()
const asked: unknown[] = []
let functions: LocalFunctions
let on: Connector

/** Of a year: more than an answer takes. */
const ORDERS = 20_000
const spill: Spill = {
  bucket: 'spill',
  prefix: 'over',
  put: async (bucket, key, body) => void objects.set(`s3://${bucket}/${key}`, body),
}
const source = shop(ORDERS, spill, ({ columns, where, limit }, part) =>
  asked.push({ columns, where: Object.keys(where), limit, part }),
)

const throttled = { times: 2 }
const crooked: Record<string, Handler> = {
  shop: connector(source),
  fails: async () => {
    throw new TypeError('out of order')
  },
  rambles: async () => {
    throw new Error('m'.repeat(100_000))
  },
  old: async () => ({ '@type': 'PingResponse', catalogName: 'c', queryId: 'q', sourceType: 's', capabilities: 1 }),
  rude: async (event) =>
    (event as { '@type': string })['@type'] === 'PingRequest' ? connector(source)(event) : { '@type': 'PingRequest' },
  text: async () => 'no message',
  huge: async () => ({ text: 'x'.repeat(7_000_000) }),
  busy: async (event) => {
    if (throttled.times-- > 0) throw Object.assign(new Error('slow down'), { name: 'x.FederationThrottleException' })
    return connector(source)(event)
  },
}

const hostOf = { readObject: async (uri: string) => objects.get(uri)! }
const open = (properties: Record<string, string>, urls: Record<string, string>) =>
  openLambda(urls)({ kind: 'lambda', properties, account: '000000000000', catalog: 'shop' }, hostOf)
const opened = async (name: string) => open({ function: name }, { [name]: functions.url })

before(async () => {
  functions = await serve(crooked)
  on = await opened('shop')
})
after(() => functions.close())

const tableOf = async (name: string): Promise<SourceTable> => (await on.table('shop', name, never))!
const between = (low: bigint, high: bigint): Domain => ({
  ranges: [{ low: { value: low, included: true }, high: { value: high, included: false } }],
  nullAllowed: false,
})

test('what there is, and of what types', async () => {
  assert.deepEqual(await on.schemas(never), ['shop', 'empty'])
  assert.deepEqual(await on.tables('shop', never), ['kinds', 'orders', 'wrong'])
  assert.deepEqual(await on.tables('empty', never), [])
  const { columns } = await tableOf('kinds')
  assert.deepEqual(
    columns.map(({ type }) => typeName(type)),
    [
      ...['boolean', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'varchar', 'varbinary'],
      ...['decimal(10,2)', 'decimal(38,4)', 'date', 'timestamp(3)', 'timestamp(3) with time zone', 'array(varchar)'],
      ...['map(varchar, integer)', 'row(city varchar, zip integer)'],
    ],
  )
  assert.equal(columns[4]!.comment, 'As large as they come')
  assert.deepEqual(
    (await tableOf('orders')).columns.filter(({ partition }) => partition).map(({ name }) => name),
    ['year'],
  )
})

test('queries of its own language, where the function tells of them', async () => {
  const [query, ...others] = await on.functions(never)
  assert.deepEqual([query, others], [{ schema: 'system', name: 'query', arguments: ['QUERY'] }, []])
  const table = await on.called(query!, ['words to be told'], never)
  assert.deepEqual(
    table.columns.map(({ name, type }) => [name, typeName(type)]),
    [
      ['place', 'integer'],
      ['word', 'varchar'],
    ],
  )
  assert.deepEqual(await rowsOf(on, scanOf(table, { domains: { place: between(2n, 9n) } })), [
    [2, 'be'],
    [3, 'told'],
  ])
  await assert.rejects(on.called(query!, ['sing'], never), {
    name: 'SourceError',
    message: /\[RangeError\].*sing is no query/,
  })
})

test('values of all types, and none', async () => {
  const [first, second] = await rowsOf(on, scanOf(await tableOf('kinds')))
  assert.deepEqual(first, [
    ...[true, -128, 32_767, -1, '9223372036854775807', 0.5, 1e300, 'Zürich', '00ff', '-12.50'],
    ...['1234567890123456789012345678901234.5678', -1, String(Date.UTC(2024, 1, 29, 23, 59, 59, 123) * 1000)],
    ...[String(Date.UTC(2024, 1, 29, 17) * 1000), ['a', null], [['k', 1]], { city: null, zip: 53_111 }],
  ])
  assert.deepEqual(
    second,
    Object.keys(KINDS).map((name) => (name === 'name' ? 'none' : null)),
  )
})

test('partitions and rows that are not wanted are not read; more than an answer holds comes by spilled blocks', async () => {
  const orders = await tableOf('orders')
  const scan = scanOf(orders, { domains: { year: between(2021n, 2023n), id: between(19_998n, 10n ** 9n) } })
  asked.length = 0
  assert.deepEqual(await rowsOf(on, scan), [
    ['19998', nameOf(19_998), 2021],
    ['19999', nameOf(19_999), 2021],
    ['19998', nameOf(19_998), 2022],
    ['19999', nameOf(19_999), 2022],
  ])
  assert.deepEqual(asked[0], {
    columns: ['id', 'name', 'year'],
    where: ['id', 'year'],
    limit: undefined,
    part: { year: '2021' },
  })
  assert.match(on.pushdown(scan).text!, /constraints on id, year/)
  objects.clear()
  const all = await rowsOf(on, scanOf(orders, { domains: { year: between(2023n, 2024n) } }))
  assert.equal(all.length, ORDERS)
  assert.deepEqual(all.at(-1), ['19999', nameOf(19_999), 2023])
  const [[uri, stored] = []] = objects
  assert.match(uri!, /^s3:\/\/spill\/over\/query-1\/[0-9a-f-]{36}\.0$/)
  assert.ok(!Buffer.from(stored!).includes('order 19999'), 'it is encrypted')
})

test('a limit is told where rows are cut short by it, and columns that nobody wants are not', async () => {
  const orders = await tableOf('orders')
  const scan = { ...scanOf(orders, { domains: { id: between(5n, 100n) }, limit: 3 }), columns: [orders.columns[1]!] }
  asked.length = 0
  const rows = await rowsOf(on, scan)
  assert.deepEqual(rows.slice(0, 3), [[nameOf(5)], [nameOf(6)], [nameOf(7)]])
  assert.equal(rows.length, 12, 'three of each partition')
  assert.deepEqual((asked[0] as { columns: string[] }).columns, ['name', 'id'])
  assert.equal((asked[0] as { limit: number }).limit, 3)
  assert.equal((await rowsOf(on, { ...scanOf(orders, { domains: { id: between(0n, 7n) } }), columns: [] })).length, 28)
})

test('domains of every type reach a function as they are', async () => {
  const kinds = await tableOf('kinds')
  const point = (value: unknown): Domain => ({
    ranges: [{ low: { value: value as never, included: true }, high: { value: value as never, included: true } }],
    nullAllowed: false,
  })
  const domains: Record<string, Domain> = {
    ok: point(true),
    tiny: point(-128n),
    big: point(2n ** 63n - 1n),
    ratio: point(0.5),
    score: point(1e300),
    name: point('Zürich'),
    raw: point(Uint8Array.of(0, 255)),
    price: point('-12.50'),
    wide: point('1234567890123456789012345678901234.5678'),
    day: point('1969-12-31'),
    moment: point('2024-02-29 23:59:59.123'),
    instant: point('2024-02-29 17:00:00.000 UTC'),
  }
  for (const [name, domain] of Object.entries(domains)) {
    asked.length = 0
    assert.equal((await rowsOf(on, scanOf(kinds, { domains: { [name]: domain } }))).length, 1, name)
    assert.deepEqual((asked[0] as { where: string[] }).where, [name])
    const others = { ranges: [{ low: { ...domain.ranges[0]!.low!, included: false } }], nullAllowed: true }
    const rows = await rowsOf(on, scanOf(kinds, { domains: { [name]: others } }))
    assert.deepEqual(
      rows.map((row) => row[7]),
      name === 'name' ? ['none'] : ['none'],
      name,
    )
  }
  const finer = (value: string): Domain => ({ ranges: [{ high: { value, included: false } }], nullAllowed: false })
  assert.equal(
    (await rowsOf(on, scanOf(kinds, { domains: { moment: finer('2024-02-29 23:59:59.123001') } }))).length,
    1,
  )
  assert.equal((await rowsOf(on, scanOf(kinds, { domains: { moment: finer('2024-02-29 23:59:59.123') } }))).length, 0)
  asked.length = 0
  await rowsOf(on, scanOf(kinds, { domains: { instant: point('2024-02-29 12:00:00.000 America/New_York') } }))
  assert.deepEqual((asked[0] as { where: string[] }).where, [], 'left to the plan')
})

test("what goes wrong in a function is told in Athena's words", async () => {
  const told = (name: string, what: RegExp) =>
    assert.rejects(
      async () => (await opened(name)).schemas(never),
      (error) => {
        assert.ok(error instanceof SourceError, String(error))
        assert.match(error.message, what)
        return true
      },
    )
  await told(
    'fails',
    /^Encountered an exception\[TypeError\] from your LambdaFunction\[fails\] executed in context\[retrieving meta-data\] with message\[out of order\]$/,
  )
  await told('rambles', /^.{100,150}message\[m{4096}\]$/)
  await told('old', /^LambdaFunction\[old\] speaks version 1 /)
  await told('rude', /exception\[InvalidResponse\].*ListSchemasRequest, a PingRequest, is no /)
  await told('text', /exception\[InvalidResponse\].*PingRequest is no object/)
  await told('huge', /exception\[Function\.ResponseSizeTooLarge\].*\(6291556 bytes\)/)
  await told('absent', /exception\[HTTP 404\].*message\[Function not found: absent\]/)
  const wrong = await tableOf('wrong')
  await assert.rejects(rowsOf(on, scanOf(wrong)), {
    name: 'SourceError',
    message:
      /exception\[DefinitionError\].*context\[S3SpillLocation\{bucket='spill', key='over\/query-1\/[^']+', directory=true\}\] with message\[Column n: 'many' is no int\]/,
  })
  await assert.rejects(on.table('shop', 'absent', never), { message: /Table shop\.absent does not exist/ })
  assert.throws(() => open({ function: 'nowhere' }, {}), { message: /--function nowhere=URL/ })
  assert.throws(() => open({}, {}), {
    message: 'Data catalog shop names no function for its metadata or for its records',
  })
})

test('a function that is asked too much is asked again', async () => {
  assert.deepEqual(await (await opened('busy')).schemas(never), ['shop', 'empty'])
})

test('the runtime interface emulator is asked one event at a time', async () => {
  const handler = connector(source)
  let busy = false
  let most = 0
  const emulator = createServer(async (request, response) => {
    if (busy) return response.writeHead(400).end()
    busy = true
    let body = ''
    for await (const piece of request) body += piece
    const answer = await handler(JSON.parse(body))
    most++
    await new Promise((resolve) => setImmediate(resolve))
    busy = false
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}/2015-03-31/functions/function/invocations`
  const single = await open({ function: 'single' }, { single: url })
  const answers = await Promise.all([1, 2, 3, 4].map(() => single.schemas(never)))
  assert.deepEqual(answers, Array(4).fill(['shop', 'empty']))
  assert.equal(most, 5, 'a ping and four answers')
  emulator.close()
  emulator.closeAllConnections()
})

test('functions are found by ARN, at addresses of services and of their own', async () => {
  const paths: string[] = []
  const server: Server = createServer((request, response) => {
    paths.push(request.url!)
    response.end(JSON.stringify({ errorMessage: 'Task timed out after 3.00 seconds', errorType: 'Sandbox.Timedout' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:a:live'
  const properties = { 'metadata-function': arn, 'record-function': 'b' }
  const both = await open(properties, { a: base, b: `${base}/2015-03-31/functions/function/invocations` })
  await assert.rejects(Promise.resolve(both.schemas(never)), {
    message: /exception\[Sandbox\.Timedout\] from your LambdaFunction\[arn:.*:a:live\].*timed out after 3\.00 seconds/,
  })
  const scan = scanOf(await tableOf('orders'))
  await assert.rejects(both.read(scan, { properties: {} }, never)[Symbol.asyncIterator]().next(), SourceError)
  assert.deepEqual(paths, ['/2015-03-31/functions/a/invocations', '/2015-03-31/functions/function/invocations'])
  server.close()
  server.closeAllConnections()
})

test('a query that is cancelled waits for no function, and takes no other with it', async () => {
  const cancelled = new AbortController()
  const reason = new Error('cancelled')
  const fresh = await opened('shop')
  const waiting = fresh.schemas(cancelled.signal)
  const other = fresh.schemas(never)
  cancelled.abort(reason)
  await assert.rejects(waiting, reason)
  assert.deepEqual(await other, ['shop', 'empty'])
})
