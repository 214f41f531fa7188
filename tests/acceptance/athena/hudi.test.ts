/** Hudi tables, made as https://docs.aws.amazon.com/athena/latest/ug/querying-hudi.html says, of files as Hudi leaves them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { parquet, putFolder } from './delta-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const CLASSES = (input: string) => `ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
  STORED AS INPUTFORMAT 'org.apache.hudi.hadoop.${input}'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'`
const create = (name: string, location: string, input = 'HoodieParquetInputFormat') =>
  a.succeed(`CREATE EXTERNAL TABLE ${name} (\`_hoodie_record_key\` string, event_id string, event_guests int)
    ${CLASSES(input)} LOCATION 's3://data/${location}/'`)
const events = (...rows: readonly (readonly [string, number])[]) =>
  parquet(
    rows
      .map(([id, guests]) => `SELECT '${id}' AS _hoodie_record_key, '${id}' AS event_id, ${guests} AS event_guests`)
      .join(' UNION ALL '),
  )

test('copy on write: the newest completed file of each group, in both timelines', async () => {
  for (const [name, properties, instant] of [
    ['cow6', 'hoodie.table.version=6\nhoodie.timeline.layout.version=1', (n: number) => `${n}.commit`],
    [
      'cow8',
      'hoodie.table.version=8\nhoodie.timeline.layout.version=2',
      (n: number) => `timeline/${n}_${n + 5}.commit`,
    ],
  ] as const) {
    await a.put(`${name}/.hoodie/hoodie.properties`, `hoodie.table.type=COPY_ON_WRITE\n${properties}\n`)
    for (const n of [101, 201]) await a.put(`${name}/.hoodie/${instant(n)}`, '{}')
    await a.put(`${name}/.hoodie/${instant(301)}.inflight`, '')
    await a.put(`${name}/f1-0_0-1-1_101.parquet`, await events(['a', 1], ['b', 2]))
    await a.put(`${name}/f2-0_0-1-1_101.parquet`, await events(['c', 3]))
    await a.put(`${name}/f1-0_0-2-1_201.parquet`, await events(['a', 10], ['b', 2]))
    await a.put(`${name}/f2-0_0-3-1_301.parquet`, await events(['c', 30]))
    await a.put(`${name}/.hoodie/metadata/files/x-0_0-1-1_101.parquet`, 'not data')
    await create(name, name)
    assert.deepEqual(await a.rows(`SELECT event_id, event_guests FROM ${name} ORDER BY 1`), [
      ['a', '10'],
      ['b', '2'],
      ['c', '3'],
    ])
    await a.put(`${name}/.hoodie/${instant(301)}`, '{}')
    assert.deepEqual(await a.rows(`SELECT sum(event_guests) FROM ${name}`), [['42']])
  }
})

test('partitions, and file groups that an overwrite has replaced', async () => {
  await a.put('over/.hoodie/hoodie.properties', 'hoodie.table.version=8\nhoodie.timeline.layout.version=2\n')
  await a.put('over/.hoodie/timeline/101_102.commit', '')
  await a.put('over/.hoodie/timeline/201_202.replacecommit', readFileSync('tests/golden/hudi/replacecommit.avro'))
  await a.put('over/one/old-0_0-1-1_101.parquet', await events(['a', 1]))
  await a.put('over/one/new-0_0-1-1_201.parquet', await events(['b', 2]))
  await a.put('over/two/gone-0_0-1-1_101.parquet', await events(['c', 3]))
  await a.put('over/two/kept-0_0-1-1_101.parquet', await events(['d', 4]))
  await a.succeed(`CREATE EXTERNAL TABLE over_cow (event_id string, event_guests int) PARTITIONED BY (event_type string)
    ${CLASSES('HoodieParquetInputFormat')} LOCATION 's3://data/over/'`)
  await a.succeed(`ALTER TABLE over_cow ADD PARTITION (event_type = 'one') LOCATION 's3://data/over/one/'
    PARTITION (event_type = 'two') LOCATION 's3://data/over/two/'`)
  assert.deepEqual(await a.rows('SELECT * FROM over_cow ORDER BY 1'), [
    ['b', '2', 'one'],
    ['d', '4', 'two'],
  ])
  assert.deepEqual(await a.rows("SELECT event_id FROM over_cow WHERE event_type = 'two'"), [['d']])
})

test('merge on read: without the logs by one input format; by the other only where there are none', async () => {
  await a.put('mor/.hoodie/hoodie.properties', 'hoodie.table.type=MERGE_ON_READ\nhoodie.table.version=6\n')
  await a.put('mor/.hoodie/101.deltacommit', '{}')
  await a.put('mor/.hoodie/201.deltacommit', '{}')
  await a.put('mor/f1-0_0-1-1_101.parquet', await events(['a', 1]))
  await create('mor_ro', 'mor')
  await create('mor_rt', 'mor', 'realtime.HoodieParquetRealtimeInputFormat')
  assert.deepEqual(await a.rows('SELECT event_guests FROM mor_rt'), [['1']])
  await a.put('mor/.f1-0_101.log.1_0-2-1', 'a log')
  assert.deepEqual(await a.rows('SELECT event_guests FROM mor_ro'), [['1']])
  assert.match(await a.failure('SELECT * FROM mor_rt'), /^NOT_SUPPORTED: .*s3:\/\/data\/mor\/.f1-0_101.log.1_0-2-1/)
})

test('what cannot be read says why', async () => {
  await a.put('plain/f1-0_0-1-1_101.parquet', await events(['a', 1]))
  await create('plain', 'plain')
  assert.match(
    await a.failure('SELECT * FROM plain'),
    /^HIVE_BAD_DATA: Hoodie table not found in path s3:\/\/data\/plain/,
  )
  for (const odd of ['\u0000noise\n', '# of nothing\nname=x\n', 'hoodie.table.version=new\n']) {
    await a.put('plain/.hoodie/hoodie.properties', odd)
    assert.match(
      await a.failure('SELECT * FROM plain'),
      /^HIVE_BAD_DATA: Malformed Hudi metadata s3:\/\/data\/plain\/.hoodie\/hoodie.properties: /,
    )
  }
  await a.put('plain/.hoodie/hoodie.properties', 'hoodie.table.version=6\nhoodie.table.base.file.format=HFILE\n')
  assert.match(await a.failure('SELECT * FROM plain'), /^NOT_SUPPORTED: Hudi tables of HFILE files/)
  await a.put('plain/.hoodie/hoodie.properties', 'hoodie.table.version=6\n')
  await a.put('plain/.hoodie/101.replacecommit', '{"partitionTo')
  assert.match(
    await a.failure('SELECT * FROM plain'),
    /^HIVE_BAD_DATA: .*s3:\/\/data\/plain\/.hoodie\/101.replacecommit/,
  )
  await a.put('plain/.hoodie/101.replacecommit', '{}')
  await a.put('plain/f1-0_0-1-1_101.parquet', 'no parquet')
  assert.match(await a.failure('SELECT * FROM plain'), /s3:\/\/data\/plain\/f1-0_0-1-1_101.parquet/)
  assert.match(await a.failure("INSERT INTO plain VALUES ('a', 'b', 1)"), /^NOT_SUPPORTED: .*Hudi/)
  assert.match(await a.failure('MSCK REPAIR TABLE plain'), /Hudi/)
})

// tests/golden/hudi_spark.py: written by Spark, and read by hudi-rs.
for (const [table, keys] of [
  ['v8_nonpartitioned', ''],
  ['v6_simplekeygen_hivestyle_no_metafields', 'PARTITIONED BY (byteField int)'],
] as const)
  test(`a table that Spark has written is read as hudi-rs reads it: ${table}`, async () => {
    await putFolder(a, `tests/golden/hudi/spark/${table}`, table)
    await a.succeed(`CREATE EXTERNAL TABLE ${table} (id int, name string) ${keys} ${CLASSES('HoodieParquetInputFormat')}
      LOCATION 's3://data/${table}/'`)
    for (const value of keys ? [10, 20, 30] : [])
      await a.succeed(
        `ALTER TABLE ${table} ADD PARTITION (byteField = ${value}) LOCATION 's3://data/${table}/byteField=${value}/'`,
      )
    const lines = readFileSync(`tests/golden/hudi/spark/${table}.expected.ndjson`, 'utf8').trim().split('\n')
    const rows = await a.rows(`SELECT id, name FROM ${table} ORDER BY id`)
    assert.deepEqual(
      rows,
      lines.map((line) => JSON.parse(line)),
    )
  })
