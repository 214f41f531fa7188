/**
 * Tables of lists of files, as Delta writes them for readers that do not know its log:
 * https://docs.delta.io/latest/presto-integration.html. How Trino reads them: BackgroundHiveSplitLoader.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parquet } from './delta-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const PARQUET = `ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'`
const LISTS = `STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'`
const createTable = (name: string, serde: string, place: string, partitioned = '') =>
  a.succeed(`CREATE EXTERNAL TABLE ${name} (n int) ${partitioned} ${serde} ${LISTS} LOCATION 's3://data/${place}/'`)

test('what the manifest of a Delta table lists is the table, and nothing beside it', async () => {
  for (const n of [1, 2, 3]) await a.put(`delta/part-${n}.parquet`, await parquet(`SELECT ${n}::INTEGER AS n`))
  await a.put(
    'delta/_symlink_format_manifest/manifest',
    's3://data/delta/part-1.parquet\ns3a://data/delta/part-3.parquet\n',
  )
  await createTable('listed', PARQUET, 'delta/_symlink_format_manifest')
  assert.deepEqual(await a.rows('SELECT n, "$path" FROM listed ORDER BY n'), [
    ['1', 's3://data/delta/part-1.parquet'],
    ['3', 's3://data/delta/part-3.parquet'],
  ])
  await a.put('delta/_symlink_format_manifest/manifest', 's3://data/delta/part-2.parquet')
  assert.deepEqual(await a.rows('SELECT n FROM listed'), [['2']])
})

test('partitions have lists of their own', async () => {
  for (const day of ['2024-01-01', '2024-01-02']) {
    const file = `days/day=${day}/a b%20.parquet`
    await a.put(file, await parquet(`SELECT ${day.slice(-2)}::INTEGER AS n`))
    await a.put(`days/_symlink_format_manifest/day=${day}/manifest`, `s3://data/${file}\n`)
  }
  await createTable('days', PARQUET, 'days/_symlink_format_manifest', 'PARTITIONED BY (day date)')
  await a.succeed('MSCK REPAIR TABLE days')
  assert.deepEqual(await a.rows(`SELECT n, day FROM days WHERE day > DATE '2024-01-01'`), [['2', '2024-01-02']])
  assert.deepEqual(await a.rows('SELECT count(*), sum(n) FROM days'), [['2', '3']])
})

test('lists of text, several to a folder, with empty lines and empty files', async () => {
  await a.put('texts/a.csv', '1\n2\n')
  await a.put('texts/b.csv', '4\n')
  await a.put('texts/none.csv', '')
  await a.put('lists/one', '\ns3://data/texts/a.csv\r\n\n')
  await a.put('lists/two', 's3://data/texts/none.csv\ns3n://data/texts/b.csv')
  await a.put('lists/_hidden', 'no list')
  await createTable('texts', `ROW FORMAT DELIMITED FIELDS TERMINATED BY ','`, 'lists')
  assert.deepEqual(await a.rows('SELECT sum(n), count(*) FROM texts'), [['7', '3']])
})

test('a list that is none, and files that are not there, are named', async () => {
  await a.put('bad/list', 's3://data/texts/a.csv\nPAR1 and so on\n')
  await createTable('bad', '', 'bad')
  assert.match(
    await a.failure('SELECT * FROM bad'),
    /^HIVE_BAD_DATA: Error parsing symlinks from: s3:\/\/data\/bad\/list: no address of a file: "PAR1 and so on"/,
  )
  for (const target of ['s3://data/gone/a.csv', 's3://no-such-bucket/a.csv', 'hdfs://elsewhere/a.csv']) {
    await a.put('bad/list', `${target}\n`)
    assert.match(
      await a.failure('SELECT * FROM bad'),
      new RegExp(`^HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${target}: no such object`),
    )
  }
})

test('a list of nothing but line feeds is a table without rows', async () => {
  await a.put('feeds/list', Buffer.alloc(8 << 20, '\n'))
  await createTable('feeds', '', 'feeds')
  assert.deepEqual(await a.rows('SELECT count(*) FROM feeds'), [['0']])
})

test('nothing is written into them', async () => {
  assert.match(
    await a.failure('INSERT INTO texts VALUES (1)'),
    /^NOT_SUPPORTED: .*INSERT is not supported for SymlinkTextInputFormat tables/,
  )
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
