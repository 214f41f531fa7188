/** What `advise --apply` does to tables changes no row of them, nor of others. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchCreatePartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  UpdateColumnStatisticsForTableCommand,
} from '@aws-sdk/client-glue'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { run } from './process.ts'

let lake: AthenaLake
let environment: Record<string, string>

before(async () => {
  lake = await athenaLake()
  environment = { LENTIC_ENDPOINT: lake.lake.endpoint }
})
after(() => lake.close())

const advise = (...args: string[]) => run(['advise', ...args], environment)
const apply = (table: string, rule: string) => advise(`db.${table}`, '--apply', '--yes', '--rule', rule)

interface Found {
  readonly rule: string
  readonly text: string
  readonly statement?: string
}

async function findings(table: string): Promise<Found[]> {
  const { out, err } = await advise(`db.${table}`, '--format', 'json')
  assert.equal(err, '')
  return (JSON.parse(out) as { findings: Found[] }).findings
}

const ruled = async (table: string, rule: string) => (await findings(table)).find((one) => one.rule === rule)

const LINES = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
const OPEN_CSV = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"

/** Folders of a line each, and what of them is registered. */
async function partitioned(table: string, key: string, values: readonly string[], registered = values): Promise<void> {
  const name = key.split(' ')[0]
  await lake.succeed(
    `CREATE EXTERNAL TABLE ${table} (a string) PARTITIONED BY (${key}) ${LINES} LOCATION 's3://data/${table}/'`,
  )
  for (const value of values) await lake.put(`${table}/${name}=${value}/1.csv`, `${value}\n`)
  await register(table, registered, (value) => `s3://data/${table}/${name}=${value}/`)
}

async function register(table: string, values: readonly string[], locate: (value: string) => string): Promise<void> {
  const named = { DatabaseName: 'db', TableName: table }
  const { Table } = await lake.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: table }))
  for (let at = 0; at < values.length; at += 100) {
    const PartitionInputList = values.slice(at, at + 100).map((value) => ({
      Values: [value],
      StorageDescriptor: { ...Table!.StorageDescriptor, Location: locate(value) },
    }))
    const { Errors } = await lake.glue.send(new BatchCreatePartitionCommand({ ...named, PartitionInputList }))
    assert.deepEqual(Errors ?? [], [])
  }
}

test('a table inside of the folder of another is written outside of it', async () => {
  await lake.put('shop/orders/1.csv', '1,x\n2,y\n'.repeat(900))
  for (const [name, folder] of [
    ['everything', 'shop/'],
    ['orders', 'shop/orders/'],
  ])
    await lake.succeed(`CREATE EXTERNAL TABLE ${name} (a bigint, b string) ${LINES} LOCATION 's3://data/${folder}'`)
  await lake.succeed('SELECT max(a) FROM orders')
  const applied = await apply('orders', 'text-format')
  assert.equal(applied.code, 0, applied.err)
  const { Table } = await lake.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'orders' }))
  assert.match(Table!.StorageDescriptor!.Location!, /^s3:\/\/data\/shop_orders_parquet_\d{14}\/?$/)
  for (const name of ['orders', 'everything'])
    assert.deepEqual(await lake.rows(`SELECT a, b, count(*) FROM ${name} GROUP BY a, b ORDER BY a`), [
      ['1', 'x', '900'],
      ['2', 'y', '900'],
    ])
})

test('beside the root of a bucket there is no folder', async () => {
  await lake.s3.send(new CreateBucketCommand({ Bucket: 'whole' }))
  await lake.s3.send(new PutObjectCommand({ Bucket: 'whole', Key: '1.csv', Body: '1,x\n'.repeat(900) }))
  await lake.succeed(`CREATE EXTERNAL TABLE root (a bigint, b string) ${LINES} LOCATION 's3://whole/'`)
  await lake.succeed('SELECT max(a) FROM root')
  const found = await ruled('root', 'text-format')
  assert.match(found!.text, /s3:\/\/whole\/? has no folder beside it/)
  assert.equal(found!.statement, undefined)
  assert.match((await apply('root', 'text-format')).out, /nothing to apply/)
})

/** CREATE TABLE AS writes text without quotes: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html */
test('quoted text is not written as text', async () => {
  for (let i = 0; i < 20; i++) await lake.put(`quoted/${i}.csv`, '"a,b","c"\n'.repeat(90))
  await lake.succeed(`CREATE EXTERNAL TABLE quoted (a string, b string) ${OPEN_CSV} LOCATION 's3://data/quoted/'`)
  await lake.succeed('SELECT max(a) FROM quoted')
  assert.equal(await ruled('quoted', 'uncompressed-text'), undefined)
  const applied = await apply('quoted', 'small-files')
  assert.match(applied.out, /format = 'PARQUET'/)
  assert.equal(applied.code, 0, applied.err)
  assert.deepEqual(await lake.rows('SELECT a, b, count(*) FROM quoted GROUP BY a, b'), [['a,b', 'c', '1800']])
})

/** In text that is written, the items of a list are told apart by U+0002. */
test('a table whose values are others after it was written stays where it was', async () => {
  await lake.put('lists/1.csv', '1,a\u0002b:c\n'.repeat(900))
  await lake.succeed(`CREATE EXTERNAL TABLE lists (id int, items array<string>)
    ${LINES} COLLECTION ITEMS TERMINATED BY ':' LOCATION 's3://data/lists/'`)
  await lake.succeed('SELECT max(id) FROM lists')
  const applied = await apply('lists', 'uncompressed-text')
  assert.equal(applied.code, 1)
  assert.match(applied.err, /db\.lists_new_\d{14} has other values than db\.lists in items: its format does not hold/)
  assert.deepEqual(await lake.rows('SELECT cardinality(items), count(*) FROM lists GROUP BY 1'), [['2', '900']])
})

const dayAfter = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

test('projection of days reaches as far ahead as they do', async () => {
  const days = Array.from({ length: 110 }, (_, i) => dayAfter(i - 90))
  await partitioned('booked', 'day string', days)
  const applied = await apply('booked', 'missing-projection')
  assert.equal(applied.code, 0, applied.err)
  assert.match(applied.out, /,NOW\+\d+DAYS'\)/)
  assert.deepEqual(await lake.rows('SELECT count(*), max(day) FROM booked'), [['110', days.at(-1)!]])
  assert.equal(await ruled('booked', 'missing-projection'), undefined)
})

test('nothing is projected where that would show folders that are not registered', async () => {
  const numbers = Array.from({ length: 120 }, (_, i) => String(i))
  await partitioned('hidden', 'n int', numbers, numbers.toSpliced(50, 1))
  assert.equal(await ruled('hidden', 'missing-projection'), undefined)
})

/** "If more than half of your projected partitions are empty": docs, athena ug, partition-projection. */
test('nothing is projected of which more than half would be empty: an index is advised', async () => {
  await partitioned(
    'sparse',
    'n int',
    Array.from({ length: 120 }, (_, i) => String(i * 977_773)),
  )
  assert.equal(await ruled('sparse', 'missing-projection'), undefined)
  assert.ok(await ruled('sparse', 'missing-index'))
})

test('empty partitions are dropped by their very texts, however many and odd', async () => {
  await partitioned('numbers', 'n int', ['01', '2'])
  await register('numbers', ['1', ...Array.from({ length: 30 }, (_, i) => String(i + 100))], () => 's3://data/none/')
  await partitioned('words', 'w string', ['full'])
  await register('words', ["it's", 'a\\b', 'a\nb', '"', '__HIVE_DEFAULT_PARTITION__'], () => 's3://data/none/')
  for (const [table, values] of [
    ['numbers', ['01', '2']],
    ['words', ['full']],
  ] as const) {
    const applied = await apply(table, 'empty-partitions')
    assert.equal(applied.code, 0, applied.err)
    const { Partitions } = await lake.glue.send(new GetPartitionsCommand({ DatabaseName: 'db', TableName: table }))
    assert.deepEqual(Partitions!.flatMap(({ Values }) => Values).toSorted(), values)
    assert.equal(await ruled(table, 'empty-partitions'), undefined)
  }
  assert.match((await advise('db.numbers')).out, /findings? in 1 table/)
})

/** Types: https://docs.aws.amazon.com/glue/latest/dg/partition-indexes.html and GetColumnStatistics, which has none of lists. */
test('what Glue has none of is not missed: statistics of lists, indexes of moments', async () => {
  await lake.put("it's/1.csv", '1,a:b\n'.repeat(900))
  await lake.succeed(`CREATE EXTERNAL TABLE nested (id int, items array<string>)
    ${LINES} COLLECTION ITEMS TERMINATED BY ':' LOCATION 's3://data/it\\'s/'`)
  await lake.succeed('SELECT max(id) FROM nested')
  const written = await apply('nested', 'text-format')
  assert.equal(written.code, 0, written.err)
  await lake.glue.send(
    new UpdateColumnStatisticsForTableCommand({
      DatabaseName: 'db',
      TableName: 'nested',
      ColumnStatisticsList: [
        {
          ColumnName: 'id',
          ColumnType: 'int',
          AnalyzedTime: new Date(Date.now() + 60_000),
          StatisticsData: { Type: 'LONG', LongColumnStatisticsData: { NumberOfNulls: 0, NumberOfDistinctValues: 1 } },
        },
      ],
    }),
  )
  assert.deepEqual(await findings('nested'), [])
  const moments = Array.from({ length: 110 }, (_, i) => `2026-01-01 00:00:00.${100 + i}`)
  await partitioned('moments', 'at timestamp', moments)
  assert.equal(await ruled('moments', 'missing-index'), undefined)
})
