/** Iceberg tables as wholes: what goes with them, and what is told of them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const objects = async (prefix: string) =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))).Contents ?? []).map(
    ({ Key }) => Key!,
  )
const create = (name: string, more = '') =>
  a.succeed(`CREATE TABLE ${name} (id int, \`Two Words\` string, at timestamp) ${more} LOCATION 's3://data/${name}/'
    TBLPROPERTIES ('table_type' = 'ICEBERG', 'write_compression' = 'snappy')`)

// https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-drop-table.html
test('the data of a table goes with it, and nothing else does', async () => {
  await create('gone', 'PARTITIONED BY (id)')
  await a.succeed("INSERT INTO gone VALUES (1, 'a', NULL), (1, 'b', NULL), (2, 'c', NULL)")
  await a.succeed('DELETE FROM gone WHERE "two words" = \'a\'')
  await a.succeed('UPDATE gone SET id = 3 WHERE id = 2')
  await a.put('gone/notes.txt', 'not of the table')
  assert.ok((await objects('gone/')).length > 10)
  await a.succeed('DROP TABLE gone')
  assert.deepEqual(await objects('gone/'), ['gone/notes.txt'])
  await create('gone')
  assert.deepEqual(await a.rows('SELECT * FROM gone'), [])
})

test('a table that can not be read can be dropped', async () => {
  await create('broken')
  await a.succeed("INSERT INTO broken VALUES (1, 'a', NULL)")
  for (const key of await objects('broken/data/')) await a.put(key, 'no Parquet file')
  assert.match(await a.failure('SELECT * FROM broken'), /^ICEBERG_BAD_DATA: .*s3:.*\.parquet, of table db\.broken$/)
  for (const key of await objects('broken/metadata/snap-')) await a.put(key, 'no list of manifests')
  assert.match(await a.failure('SELECT * FROM broken'), /^ICEBERG_BAD_DATA: /)
  await a.succeed('DROP TABLE broken')
  assert.match(await a.failure('SELECT * FROM broken'), /^TABLE_NOT_FOUND: /)
})

test('what is refused of a table is refused in words of its own', async () => {
  await create('kept')
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      "UPDATE kept SET at = TIMESTAMP '2024-01-01 00:00:00', id = 'x'",
      /^TYPE_MISMATCH: .*: Table: \[timestamp\(6\), integer\], Expressions: \[timestamp\(0\), varchar\(1\)\]$/,
    ],
    [
      'INSERT INTO kept (id, ID) VALUES (1, 2)',
      /^DUPLICATE_COLUMN_NAME: .*Insert column name is specified more than once: id/,
    ],
    [
      'MERGE INTO kept USING (VALUES 1) s (n) ON id = n WHEN NOT MATCHED THEN INSERT (id, id) VALUES (n, n)',
      /^DUPLICATE_COLUMN_NAME: /,
    ],
    ['MSCK REPAIR TABLE kept', /^Query type not supported by Athena Iceberg at this time$/],
  ]
  for (const [sql, reason] of refused) assert.match(await a.failure(sql), reason)
})

// https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-show-create-table.html
test('the statement that is shown of a table makes it again', async () => {
  await a.succeed(`CREATE TABLE shown (id int COMMENT 'it\\'s', \`Two Words\` string, \`date\` date, price decimal(10,2), at timestamp)
    PARTITIONED BY (id, bucket(16, \`Two Words\`), truncate(3, price), month(\`date\`), day(at)) LOCATION 's3://data/shown/'
    TBLPROPERTIES ('table_type' = 'ICEBERG', 'write_compression' = 'snappy', 'vacuum_max_snapshot_age_seconds' = '60')`)
  const told = await a.lines('SHOW CREATE TABLE shown')
  assert.deepEqual(told, [
    'CREATE TABLE db.shown (',
    "  id int COMMENT 'it\\'s',",
    '  `two words` string,',
    '  `date` date,',
    '  price decimal(10,2),',
    '  at timestamp)',
    'PARTITIONED BY (`id`, bucket(16, `two words`), truncate(3, `price`), month(`date`), day(`at`))',
    "LOCATION 's3://data/shown'",
    'TBLPROPERTIES (',
    "  'table_type'='iceberg',",
    "  'format'='parquet',",
    "  'write_compression'='snappy',",
    "  'vacuum_max_snapshot_age_seconds'='60'",
    ')',
  ])
  await a.succeed('DROP TABLE shown')
  await a.succeed(told.join('\n'))
  assert.deepEqual(await a.lines('SHOW CREATE TABLE shown'), told)
})

test('partitions of a table made of a query may be of quoted columns', async () => {
  await a.succeed(`CREATE TABLE quoted WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/quoted/',
    partitioning = ARRAY['"Two Words"', 'bucket("b c", 1)']) AS SELECT 1 AS "Two Words", 'x' AS "b c"`)
  assert.deepEqual(await a.rows('SELECT "two words", "b c" FROM quoted WHERE "two words" = 1'), [['1', 'x']])
})
