/** Tables in buckets: what CTAS writes, what of it is read, and what is refused. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  const lines = Array.from({ length: 200 }, (_, i) => `${i},key ${i},${i % 2 === 0 ? 'even' : 'odd'}\n`)
  await a.put('plain/a.csv', lines.join(''))
  await a.succeed(`CREATE EXTERNAL TABLE plain (id bigint, name string, parity string)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/plain/'`)
})
after(() => a.close())

const names = async (prefix: string) =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))).Contents ?? []).map(
    ({ Key }) => Key!,
  )

const create = (name: string, format: string, more = '') =>
  a.succeed(`CREATE TABLE ${name} WITH (format = '${format}', external_location = 's3://data/${name}/',
    bucketed_by = ARRAY['name'], bucket_count = 8${more}) AS SELECT id, name, parity FROM plain`)

/** Java's hash of a text of ASCII. */
const javaHash = (text: string) => Array.from(text).reduce((hash, sign) => (hash * 31 + sign.charCodeAt(0)) | 0, 0)
const bucket = (name: string) => (javaHash(name) & 0x7fffffff) % 8

const scanned = async (sql: string) => {
  const { Statistics } = await a.succeed(sql)
  return Statistics!.DataScannedInBytes!
}

for (const format of ['PARQUET', 'ORC', 'AVRO', 'TEXTFILE', 'JSON'])
  test(`${format}: a file for each bucket, of which a query reads those that it needs`, async () => {
    const name = `b_${format.toLowerCase()}`
    await create(name, format)
    const { StorageDescriptor, Parameters } = (
      await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
    ).Table!
    assert.deepEqual([StorageDescriptor!.BucketColumns, StorageDescriptor!.NumberOfBuckets], [['name'], 8])
    assert.equal(Parameters!.bucketing_version, '1')
    const found = (await names(`${name}/`)).map((key) => /\/(\d{6})_0_/.exec(key)?.[1])
    assert.deepEqual(found, ['000000', '000001', '000002', '000003', '000004', '000005', '000006', '000007'])
    // Where its name says a row is, there it is.
    const places = await a.rows(`SELECT name, regexp_extract("$path", '/(\\d{6})_0_', 1) FROM ${name}`)
    assert.equal(places.length, 200)
    for (const [key, place] of places) assert.equal(Number(place), bucket(key!), key!)

    const whole = await scanned(`SELECT count(id), count(name), count(parity) FROM ${name}`)
    const one = await scanned(`SELECT id, name, parity FROM ${name} WHERE name = 'key 77'`)
    assert.ok(one < whole / 4, `${one} of ${whole}`)
    assert.deepEqual(await a.rows(`SELECT id FROM ${name} WHERE name IN ('key 77', 'key 78') ORDER BY 1`), [
      ['77'],
      ['78'],
    ])
    const some = new Set([bucket('key 77'), bucket('key 78')]).size
    const [plan] = await a
      .lines(`EXPLAIN SELECT id FROM ${name} WHERE name IN ('key 77', 'key 78')`)
      .then((lines) => [lines.join('\n')])
    assert.match(plan!, new RegExp(`Buckets: ${some} of 8`))
    assert.match(plan!, new RegExp(`Files: ${some} `))
  })

test('buckets within partitions; a condition on something else reads them all', async () => {
  await create('parted', 'PARQUET', `, partitioned_by = ARRAY['parity']`)
  const folders = Map.groupBy(await names('parted/'), (key) => key.split('/')[1])
  assert.deepEqual([...folders.keys()], ['parity=even', 'parity=odd'])
  for (const keys of folders.values()) for (const key of keys) assert.match(key, /\/00000[0-7]_0_/)
  const explained = async (where: string) => (await a.lines(`EXPLAIN SELECT id FROM parted WHERE ${where}`)).join('\n')
  assert.match(await explained(`name = 'key 4' AND parity = 'even'`), /Files: 1 .*Partitions: 1\n.*Buckets: 1 of 8/)
  assert.doesNotMatch(await explained(`id = 4`), /Buckets:/)
  assert.doesNotMatch(await explained(`name > 'key 4'`), /Buckets:/)
  assert.deepEqual(await a.rows(`SELECT id, parity FROM parted WHERE name = 'key 4'`), [['4', 'even']])
})

test('files whose names tell no bucket are all read, and so are buckets of another algorithm', async () => {
  await a.put('named/000000_0', 'key 0,0\n')
  await a.put('named/other.csv', 'key 1,1\n')
  const declare = (name: string, more: string) =>
    a.succeed(`CREATE EXTERNAL TABLE ${name} (name string, id int) CLUSTERED BY (name) INTO 8 BUCKETS
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/named/'${more}`)
  await declare('named', '')
  await declare('spark_named', ` TBLPROPERTIES ('bucketing_format' = 'spark')`)
  for (const name of ['named', 'spark_named'])
    assert.deepEqual(await a.rows(`SELECT id FROM ${name} WHERE name = 'key 1'`), [['1']])
})

test('as many files as buckets are these, in the order of names that do not tell it', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `key ${i}`)
  const contents = Array.from({ length: 8 }, (_, i) => rows.filter((key) => bucket(key) === i))
  // As awswrangler names them.
  for (const [i, keys] of contents.entries())
    await a.put(`wrangled/5f0e_bucket-0000${i}.csv`, `${keys.map((key) => `${key},0`).join('\n')}\n`)
  await a.succeed(`CREATE EXTERNAL TABLE wrangled (name string, n int) CLUSTERED BY (name) INTO 8 BUCKETS
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/wrangled/'`)
  assert.deepEqual(await a.rows(`SELECT name FROM wrangled WHERE name = 'key 7'`), [['key 7']])
  const wanted = contents[bucket('key 7')]!.map((key) => `${key},0`).join('\n').length + 1
  assert.equal(await scanned(`SELECT name FROM wrangled WHERE name = 'key 7'`), wanted)
})

test('what is refused', async () => {
  await create('taken', 'PARQUET')
  assert.match(
    await a.failure(`INSERT INTO taken SELECT id, name, parity FROM plain`),
    /^NOT_SUPPORTED: .*Inserting into bucketed tables is not supported/,
  )
  const ctas = (properties: string) =>
    `CREATE TABLE refused WITH (${properties}) AS SELECT id, name, current_timestamp AS at FROM plain`
  for (const [properties, reason] of [
    [`bucketed_by = ARRAY['name']`, /bucketed_by and bucket_count must be specified together/],
    [`bucket_count = 3`, /bucketed_by and bucket_count must be specified together/],
    [`bucketed_by = ARRAY['nobody'], bucket_count = 3`, /Bucketing columns \[nobody\] not present in schema/],
    [`bucketed_by = ARRAY['name'], bucket_count = -1`, /bucket_count must be greater than zero/],
    [`bucketed_by = ARRAY['at'], bucket_count = 3`, /NOT_SUPPORTED/],
  ] as const)
    assert.match(await a.failure(ctas(properties)), reason)
})

test('a declaration of buckets that are none', async () => {
  const declare = (clause: string) =>
    a.failure(
      `CREATE EXTERNAL TABLE unbucketed (n int) PARTITIONED BY (p int) CLUSTERED BY ${clause} BUCKETS LOCATION 's3://data/u/'`,
    )
  assert.match(await declare('(other) INTO 3'), /SemanticException \[Error 10002\]: Invalid column reference other/)
  assert.match(await declare('(p) INTO 3'), /Invalid column reference p/)
  assert.match(await declare('(n) SORTED BY (other) INTO 3'), /Invalid column reference other/)
  for (const count of ['0', '99999999999'])
    assert.match(await declare(`(n) INTO ${count}`), /\[Error 10037\]: Bucket number should be bigger than zero/)
})
