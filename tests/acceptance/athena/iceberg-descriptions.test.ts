/** What is told of Iceberg tables, in the layout that was observed of Athena. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(
    `CREATE TABLE told (n int COMMENT 'how many', id bigint, s string, ts timestamp, d decimal(10,2), m map<string,int>, r struct<a:int>, l array<string>, b binary)
     PARTITIONED BY (bucket(4, n), day(ts), truncate(3, s), s) LOCATION 's3://data/told/'
     TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'parquet', 'vacuum_max_snapshot_age_seconds' = '60')`,
  )
})
after(() => a.close())

const SCHEMA = [
  '# Table schema:\t\t',
  '# col_name\tdata_type\tcomment',
  'n\tint\thow many',
  'id\tbigint\t',
  's\tstring\t',
  'ts\ttimestamp\t',
  'd\tdecimal(10, 2)\t',
  'm\tmap<string, int>\t',
  'r\tstruct<a: int>\t',
  'l\tarray<string>\t',
  'b\tbinary\t',
  '\t\t',
  '# Partition spec:\t\t',
  '# field_name\tfield_transform\tcolumn_name',
  'n_bucket\tbucket[4]\tn',
  'ts_day\tday\tts',
  's_trunc\ttruncate[3]\ts',
  's\tidentity\ts',
]

test('DESCRIBE tells columns and partitions, without padding', async () => {
  assert.deepEqual(await a.lines('DESCRIBE told'), SCHEMA)
  assert.deepEqual(await a.lines('DESC db.told'), SCHEMA)
  assert.deepEqual(await a.lines('DESCRIBE told d'), ['d\tdecimal(10, 2)\t'])
  assert.deepEqual(await a.lines('DESCRIBE told r.a'), ['a\tint\t'])
  assert.match(await a.failure('DESCRIBE told nothing'), /Invalid column reference nothing/)
})

test('DESCRIBE FORMATTED tells where the table lies and its properties', async () => {
  assert.deepEqual(await a.lines('DESCRIBE FORMATTED told'), [
    ...SCHEMA,
    '\t\t',
    'Name:\ticeberg.db.told\t',
    'Location:\ts3://data/told\t',
    '\t\t',
    '# Table properties:\t\t',
    '# key\tvalue\t',
    'format\tparquet\t',
    'vacuum_max_snapshot_age_seconds\t60\t',
    'write_compression\tzstd\t',
    '\t\t',
    '# Iceberg storage table properties:\t\t',
    '# key\tvalue\t',
    'history.expire.max-snapshot-age-ms\t60000\t',
    'write.format.default\tparquet\t',
    'write.parquet.compression-codec\tzstd\t',
  ])
})

test('these results are as Athena leaves them, not as Hive does', async () => {
  for (const sql of ['DESCRIBE told', 'SHOW CREATE TABLE told', 'SHOW COLUMNS IN told']) {
    const { QueryExecutionId, ResultConfiguration } = await a.succeed(sql)
    assert.equal((await a.results(QueryExecutionId!)).UpdateCount, 0, sql)
    assert.equal((await a.read(ResultConfiguration!.OutputLocation!)).contentType, 'binary/octet-stream', sql)
  }
  assert.deepEqual(await a.lines('SHOW COLUMNS IN told'), ['n', 'id', 's', 'ts', 'd', 'm', 'r', 'l', 'b'])
})

// https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-show-table-properties.html
test('SHOW TBLPROPERTIES tells those that Athena has a name for', async () => {
  assert.deepEqual((await a.lines('SHOW TBLPROPERTIES told')).toSorted(), [
    'format\tparquet',
    'table_type\tICEBERG',
    'vacuum_max_snapshot_age_seconds\t60',
    'write_compression\tzstd',
  ])
  assert.deepEqual(await a.lines("SHOW TBLPROPERTIES told ('write_compression')"), ['zstd'])
  assert.deepEqual(a.lake.log, [])
})
