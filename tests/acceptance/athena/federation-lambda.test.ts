/** Tables behind Lambda functions, which speak Athena's federation protocol, beside tables of the lake. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import {
  CreateDataCatalogCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { connector, type Handler, type LocalFunctions, serve } from '../../../src/connector-kit/connector.ts'
import { nameOf, shop } from '../../../src/connector-kit/shop.fixture.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

/** Of each of four years: more than one answer takes. */
const ORDERS = 20_000
const asked: { readonly columns: readonly string[]; readonly where: readonly string[]; readonly limit?: number }[] = []
let a: AthenaLake
let functions: LocalFunctions
let example: ChildProcess

before(async () => {
  const put = async (bucket: string, key: string, body: Uint8Array) =>
    void (await a.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })))
  const source = shop(ORDERS, { bucket: 'data', prefix: 'spill', put }, ({ columns, where, limit }) =>
    asked.push({ columns, where: Object.keys(where), limit }),
  )
  // Says of rows that they lie where they do not.
  const astray: Handler = async (event) => {
    const { '@type': type, schema, catalogName } = event as Record<string, string>
    if (type !== 'ReadRecordsRequest') return connector(source)(event)
    const block = { '@type': 'S3SpillLocation', bucket: 'data', key: catalogName, directory: false }
    return { '@type': 'RemoteReadRecordsResponse', catalogName, schema, remoteBlocks: [block], encryptionKey: null }
  }
  let waiting = 0
  functions = await serve({
    shop: connector(source),
    astray,
    // Never answers for rows.
    slow: (event) => {
      const { '@type': type } = event as { '@type': string }
      if (type !== 'ReadRecordsRequest') return connector(source)(event)
      waiting++
      return new Promise(() => waiting)
    },
  })
  const path = 'examples/items-connector'
  example = spawn(process.execPath, ['-C', 'lentic-source', `${path}/serve.ts`, `${path}/items.json`, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line = ''] = (await once(createInterface(example.stdout!), 'line')) as string[]
  const items = /http:\S+/.exec(line)![0]
  a = await athenaLake({ functions: { shop: functions.url, slow: functions.url, astray: functions.url, items } })
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:shop'
  const catalogs = {
    Shop: { function: 'shop' },
    two: { 'metadata-function': arn, 'record-function': arn },
    slow: { function: 'slow' },
    items: { function: 'items' },
    absent: { function: 'astray' },
    large: { function: 'astray' },
    rubbish: { function: 'astray' },
    nowhere: { function: 'nowhere' },
  }
  for (const [Name, Parameters] of Object.entries(catalogs))
    await a.athena.send(new CreateDataCatalogCommand({ Name, Type: 'LAMBDA', Parameters: Parameters as never }))
  await a.put('large', Buffer.alloc((64 << 20) + 1))
  await a.put('rubbish', 'no Arrow')
  await a.succeed(
    "CREATE TABLE notes WITH (external_location = 's3://data/notes/') AS SELECT * FROM (VALUES (BIGINT '7', 'good'), (9, 'late')) AS t (id, note)",
  )
})
after(async () => {
  example?.kill()
  await functions?.close()
  await a?.close()
})

test('values of all types', async () => {
  const [row] = await a.rows("SELECT * FROM shop.shop.kinds WHERE name = 'Zürich'")
  assert.deepEqual(row, [
    ...['true', '-128', '32767', '-1', '9223372036854775807', '0.5', '1.0E300', 'Zürich', '00 ff', '-12.50'],
    ...['1234567890123456789012345678901234.5678', '1969-12-31', '2024-02-29 23:59:59.123'],
    ...['2024-02-29 17:00:00.000 UTC', '[a, null]', '{k=1}', '{city=null, zip=53111}'],
  ])
  assert.deepEqual(await a.rows('SELECT name, big, tags FROM two.shop.kinds WHERE big IS NULL'), [['none', null, null]])
})

test('a table of a function joins one of the lake; columns, partitions and values are asked of the function', async () => {
  asked.length = 0
  const rows = await a.rows(`
    SELECT n.note, o.year, length(o.name) FROM shop.shop.orders o JOIN notes n ON n.id = o.id
    WHERE o.year > 2022 AND o.id BETWEEN 5 AND 10 ORDER BY 1`)
  assert.deepEqual(rows, [
    ['good', '2023', '300'],
    ['late', '2023', '300'],
  ])
  assert.equal(asked.length, 1)
  assert.deepEqual(asked[0]!.where.toSorted(), ['id', 'year'])
  const [plan] = await a.rows('EXPLAIN SELECT name FROM shop.shop.orders WHERE id = 5')
  assert.ok(plan)
})

test('more rows than an answer takes come by blocks in the lake, and are paid for', async () => {
  const execution = await a.succeed('SELECT count(*), max(name) FROM shop.shop.orders WHERE year = 2020')
  assert.ok(execution.Statistics!.DataScannedInBytes! > ORDERS * 300)
  assert.deepEqual(await a.rows('SELECT count(*), count(DISTINCT year), max(name) FROM shop.shop.orders'), [
    [String(4 * ORDERS), '4', nameOf(9999)],
  ])
  assert.deepEqual(await a.rows('SELECT count(*) FROM shop.shop.orders'), [[String(4 * ORDERS)]])
})

test('a limit is told to a function that takes one', async () => {
  asked.length = 0
  const rows = await a.rows('SELECT name FROM shop.shop.orders LIMIT 3')
  assert.equal(rows.length, 3)
  assert.ok(asked.every(({ limit }) => limit === 3))
})

test('names and listings answer from the function', async () => {
  assert.deepEqual(await a.lines('SHOW DATABASES IN shop'), ['empty', 'shop'])
  assert.deepEqual(await a.lines('SHOW TABLES IN shop.shop'), ['kinds', 'orders', 'wrong'])
  const { DatabaseList } = await a.athena.send(new ListDatabasesCommand({ CatalogName: 'Shop' }))
  assert.deepEqual(
    DatabaseList!.map(({ Name }) => Name),
    ['empty', 'shop'],
  )
  const { TableMetadata } = await a.athena.send(
    new GetTableMetadataCommand({ CatalogName: 'Shop', DatabaseName: 'shop', TableName: 'orders' }),
  )
  assert.deepEqual(
    TableMetadata!.Columns!.map(({ Name }) => Name),
    ['id', 'name'],
  )
  assert.deepEqual(
    TableMetadata!.PartitionKeys!.map(({ Name }) => Name),
    ['year'],
  )
})

test('items of a JSON file, by the example', async () => {
  assert.deepEqual(
    await a.rows('SELECT customer, count(*), sum(total) FROM items.default.orders GROUP BY customer ORDER BY 1'),
    [
      ['ann', '2', '19.750000000'],
      ['bob', '1', '99.000000000'],
    ],
  )
  assert.deepEqual(
    await a.rows('SELECT l.sku, l.count FROM items.default.orders CROSS JOIN UNNEST(lines) AS t (l) WHERE paid'),
    [['pen', '2.000000000']],
  )
  assert.deepEqual(await a.rows("SELECT address.zip FROM items.default.customers WHERE city = 'Bonn'"), [
    ['53111.000000000'],
  ])
})

test('a function stands for a catalog that is not registered', async () => {
  assert.deepEqual(await a.rows('SELECT count(*) FROM "lambda:items".default.customers'), [['2']])
  assert.deepEqual(await a.rows('SELECT count(*) FROM "lambda:Items"."default"."orders"'), [['3']])
})

test('what goes wrong in a function is the reason of the failure', async () => {
  assert.match(
    await a.failure('SELECT n FROM shop.shop.wrong'),
    /^GENERIC_USER_ERROR: Encountered an exception\[DefinitionError\] from your LambdaFunction\[shop\] executed in context\[S3SpillLocation\{bucket='data', key='spill\/.+', directory=true\}\] with message\[Column n: 'many' is no int\]/,
  )
  assert.match(await a.failure('SELECT n FROM nowhere.a.b'), /--function nowhere=URL/)
  assert.match(
    await a.failure('SELECT n FROM shop.shop.absent'),
    /executed in context\[retrieving meta-data\] with message\[Table shop\.absent does not exist\]/,
  )
})

test('what a function says that it has spilled is looked at before it is believed', async () => {
  const reason = (catalog: string) => a.failure(`SELECT id FROM ${catalog}.shop.orders WHERE year = 2020`)
  assert.match(await reason('absent'), /data source absent: s3:\/\/data\/absent: The specified key does not exist\.$/)
  assert.match(
    await reason('large'),
    /s3:\/\/data\/large: it is of 67108865 bytes, and of such a file no more than 67108864/,
  )
  assert.match(await reason('rubbish'), /exception\[InvalidResponse\] from your LambdaFunction\[astray\]/)
  assert.deepEqual(await a.rows('SELECT count(*) FROM shop.shop.orders WHERE year = 2020'), [[String(ORDERS)]])
})

test('a query that waits for a function can be stopped', async () => {
  const id = await a.start('SELECT name FROM slow.shop.orders')
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
  assert.equal((await a.ended(id)).Status!.State, 'CANCELLED')
})
