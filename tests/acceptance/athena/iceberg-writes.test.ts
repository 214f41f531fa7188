/** Iceberg tables that statements make and add to: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const PROPERTIES = "TBLPROPERTIES ('table_type' = 'ICEBERG')"
const table = async (name: string) =>
  (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))).Table!
const metadataOf = async (name: string) =>
  JSON.parse((await a.read((await table(name)).Parameters!.metadata_location!)).body.toString())
const objects = async (prefix: string) =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))).Contents ?? []).map(
    ({ Key }) => Key!,
  )

test('a table of every type, partitioned by transforms', async () => {
  await a.succeed(
    `CREATE TABLE t (id bigint, name string COMMENT 'who', at timestamp, price decimal(10,2), s struct<a:int,b:string>,
       l array<int>, m map<string,int>, raw binary, d date, ok boolean, f float, x double, n int)
     PARTITIONED BY (day(at), bucket(16, id), truncate(3, name), d)
     LOCATION 's3://data/t/'
     TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'snappy', 'vacuum_max_snapshot_age_seconds' = '60')`,
  )
  const made = await metadataOf('t')
  assert.equal(made['format-version'], 2)
  assert.equal(made.location, 's3://data/t')
  assert.deepEqual(
    made['partition-specs'][0].fields.map((field: Record<string, unknown>) => Object.values(field)),
    [
      [3, 1000, 'at_day', 'day'],
      [1, 1001, 'id_bucket', 'bucket[16]'],
      [2, 1002, 'name_trunc', 'truncate[3]'],
      [9, 1003, 'd', 'identity'],
    ],
  )
  assert.equal(made.properties['write.parquet.compression-codec'], 'snappy')
  assert.equal(made.properties['history.expire.max-snapshot-age-ms'], '60000')
  const { Parameters, StorageDescriptor } = await table('t')
  assert.equal(Parameters!.table_type, 'ICEBERG')
  assert.deepEqual(StorageDescriptor!.Columns![1], {
    Name: 'name',
    Type: 'string',
    Comment: 'who',
    Parameters: { 'iceberg.field.current': 'true', 'iceberg.field.id': '2', 'iceberg.field.optional': 'true' },
  })
  assert.deepEqual(await a.rows('SELECT * FROM t'), [])

  await a.succeed(
    `INSERT INTO t VALUES
      (34, 'iceberg', TIMESTAMP '2017-11-16 22:31:08.123456', DECIMAL '14.20', ROW(1, 'x'), ARRAY[1, NULL], MAP(ARRAY['k'], ARRAY[1]), X'0102', DATE '2017-11-16', true, REAL '1.5', 2.5e0, -7),
      (35, NULL, TIMESTAMP '1969-12-31 23:59:59.999999', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM t ORDER BY id'), [
    [
      '34',
      'iceberg',
      '2017-11-16 22:31:08.123456',
      '14.20',
      '{a=1, b=x}',
      '[1, null]',
      '{k=1}',
      '01 02',
      '2017-11-16',
      'true',
      '1.5',
      '2.5',
      '-7',
    ],
    ['35', null, '1969-12-31 23:59:59.999999', null, null, null, null, null, null, null, null, null, null],
  ])
  // murmur3 of 34 is 2017239379: bucket 3 of 16.
  assert.deepEqual(await a.rows('SELECT "$partition" FROM t WHERE id = 34'), [
    ['at_day=2017-11-16/id_bucket=3/name_trunc=ice/d=2017-11-16'],
  ])
  assert.deepEqual(
    await a.rows('SELECT partition.at_day, partition.name_trunc, data.price.max FROM "t$partitions" ORDER BY 1'),
    [
      ['1969-12-31', null, null],
      ['2017-11-16', 'ice', '14.20'],
    ],
  )
})

test('every insert is a snapshot, which a reader may go back to', async () => {
  await a.succeed(`CREATE TABLE grows (id int, word string) LOCATION 's3://data/grows' ${PROPERTIES}`)
  for (const i of [1, 2, 3]) await a.succeed(`INSERT INTO grows VALUES (${i}, 'w${i}')`)
  await a.succeed('INSERT INTO grows (word) SELECT word || word FROM grows WHERE id < 3')
  assert.deepEqual(await a.rows('SELECT * FROM grows ORDER BY id, word'), [
    ['1', 'w1'],
    ['2', 'w2'],
    ['3', 'w3'],
    [null, 'w1w1'],
    [null, 'w2w2'],
  ])
  const snapshots = await a.rows(
    `SELECT snapshot_id, operation, summary['total-records'], summary['added-records'] FROM "grows$snapshots" ORDER BY committed_at, cast(summary['total-records'] AS int)`,
  )
  assert.deepEqual(
    snapshots.map(([, ...rest]) => rest),
    [
      ['append', '1', '1'],
      ['append', '2', '1'],
      ['append', '3', '1'],
      ['append', '5', '2'],
    ],
  )
  assert.deepEqual(await a.rows(`SELECT count(*) FROM grows FOR VERSION AS OF ${snapshots[1]![0]}`), [['2']])
  const { Parameters } = await table('grows')
  assert.match(Parameters!.metadata_location!, /^s3:\/\/data\/grows\/metadata\/00004-.*\.metadata\.json$/)
  assert.match(Parameters!.previous_metadata_location!, /\/00003-/)
  assert.equal((await metadataOf('grows'))['metadata-log'].length, 4)
  assert.equal((await a.rows('SELECT id FROM grows WHERE id = 2')).length, 1)
  assert.match((await a.lines('EXPLAIN SELECT id FROM grows WHERE id = 2')).join('\n'), /Files pruned: 3 of 4/)
})

test('a table made of a query appears with its rows', async () => {
  await a.succeed(
    `CREATE TABLE made WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/made/', partitioning = ARRAY['month(day)', 'bucket(id, 4)', 'kind'])
     AS SELECT * FROM (VALUES (1, DATE '2024-01-05', 'a'), (2, DATE '2024-02-05', 'b'), (3, DATE '2024-02-06', 'b')) t (id, day, kind)`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM made ORDER BY id'), [
    ['1', '2024-01-05', 'a'],
    ['2', '2024-02-05', 'b'],
    ['3', '2024-02-06', 'b'],
  ])
  assert.deepEqual(
    (await metadataOf('made'))['partition-specs'][0].fields.map(({ transform }: { transform: string }) => transform),
    ['month', 'bucket[4]', 'identity'],
  )
  assert.deepEqual(
    await a.rows("SELECT DISTINCT \"$partition\" LIKE 'day_month=2024-02/%' FROM made WHERE kind = 'b'"),
    [['true']],
  )
  await a.succeed(
    "CREATE TABLE empty WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/empty/') AS SELECT 1 AS id WITH NO DATA",
  )
  assert.deepEqual(await a.rows('SELECT count(*) FROM empty'), [['0']])
})

test('writers at the same time lose nothing', async () => {
  await a.succeed(`CREATE TABLE busy (id int) LOCATION 's3://data/busy' ${PROPERTIES}`)
  await Promise.all(Array.from({ length: 12 }, (_, i) => a.succeed(`INSERT INTO busy VALUES (${i})`)))
  assert.deepEqual(await a.rows('SELECT count(*), count(DISTINCT id), sum(id) FROM busy'), [['12', '12', '66']])
  assert.deepEqual(await a.rows('SELECT count(*) FROM "busy$snapshots"'), [['12']])
  // All that lies there is told of by the newest metadata: what came too late left nothing.
  const lists = (await objects('busy/metadata/')).filter((key) => key.includes('/snap-'))
  assert.equal(lists.length, 12)
  assert.equal((await objects('busy/metadata/')).filter((key) => key.endsWith('.metadata.json')).length, 13)
})

test('what is refused', async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      `CREATE TABLE r (a tinyint) LOCATION 's3://data/r' ${PROPERTIES}`,
      /^NOT_SUPPORTED: Type not supported for Iceberg: tinyint/,
    ],
    [
      `CREATE TABLE r (a int) PARTITIONED BY (day(a)) LOCATION 's3://data/r' ${PROPERTIES}`,
      /^INVALID_TABLE_PROPERTY: .*Invalid source type int for transform: day/,
    ],
    [
      `CREATE TABLE r (a int) PARTITIONED BY (b) LOCATION 's3://data/r' ${PROPERTIES}`,
      /^INVALID_TABLE_PROPERTY: Column b not found in schema/,
    ],
    [
      "CREATE TABLE r (a int) LOCATION 's3://data/r' TBLPROPERTIES ('table_type' = 'ICEBERG', 'nothing' = '1')",
      /^Unsupported table property key: nothing/,
    ],
    [
      "CREATE TABLE r (a int) LOCATION 's3://data/r' TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'orc')",
      /^NOT_SUPPORTED: .*orc/,
    ],
    [
      "CREATE TABLE r WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/r/') AS SELECT TIMESTAMP '2024-01-01 00:00:00.000' AS x",
      /^NOT_SUPPORTED: Timestamp precision \(3\) not supported for Iceberg\. Use "timestamp\(6\)" instead\./,
    ],
    ['INSERT INTO grows SELECT word, id FROM grows', /^TYPE_MISMATCH: /],
    [
      `INSERT INTO many SELECT * FROM UNNEST(sequence(1, 101)) u (id)`,
      /^ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/,
    ],
  ]
  await a.succeed(`CREATE TABLE many (id bigint) PARTITIONED BY (id) LOCATION 's3://data/many' ${PROPERTIES}`)
  for (const [sql, reason] of refused) assert.match(await a.failure(sql), reason)
  assert.deepEqual(await objects('many/data'), [])
  assert.deepEqual(await objects('r/'), [])
  await a.succeed('INSERT INTO many SELECT * FROM UNNEST(sequence(1, 100)) u (id)')
  assert.deepEqual(await a.rows('SELECT count(DISTINCT "$path") FROM many'), [['100']])
})

test('a column that must have a value', async () => {
  await a.succeed(`CREATE TABLE strict (id int, name string) LOCATION 's3://data/strict' ${PROPERTIES}`)
  const metadata = await metadataOf('strict')
  metadata.schemas[0].fields[0].required = true
  await a.put('strict/metadata/00001-strict.metadata.json', JSON.stringify(metadata))
  const { Name, TableType, StorageDescriptor, Parameters } = await table('strict')
  const pointer = { ...Parameters, metadata_location: 's3://data/strict/metadata/00001-strict.metadata.json' }
  const TableInput = { Name, TableType, StorageDescriptor, Parameters: pointer }
  await a.glue.send(new UpdateTableCommand({ DatabaseName: 'db', TableInput }))
  assert.match(
    await a.failure("INSERT INTO strict VALUES (1, 'a'), (NULL, 'b')"),
    /^CONSTRAINT_VIOLATION: NULL value not allowed for NOT NULL column: id/,
  )
  await a.succeed("INSERT INTO strict VALUES (1, 'a')")
  assert.deepEqual(await a.rows('SELECT * FROM strict'), [['1', 'a']])
  assert.deepEqual(a.lake.log, [])
})
