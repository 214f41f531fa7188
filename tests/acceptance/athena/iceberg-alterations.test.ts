/** https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const table = async (name: string) =>
  (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))).Table!
const metadataOf = async (name: string) =>
  JSON.parse((await a.read((await table(name)).Parameters!.metadata_location!)).body.toString())
const make = (name: string, columns: string, more = '') =>
  a.succeed(
    `CREATE TABLE ${name} (${columns}) ${more} LOCATION 's3://data/${name}/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )

test('columns are added, changed, moved and dropped; rows written before keep their values', async () => {
  await make('t', 'id int, f float, price decimal(5,2), note string')
  await a.succeed("INSERT INTO t VALUES (1, REAL '1.5', DECIMAL '9.99', 'old')")
  const [[before]] = (await a.rows('SELECT snapshot_id FROM "t$snapshots"')) as [[string]]
  await a.succeed(
    "ALTER TABLE t ADD COLUMNS (discount decimal(5, 2) COMMENT 'off', place struct<x: double, y: double>)",
  )
  assert.deepEqual(await a.rows('SELECT * FROM t'), [['1', '1.5', '9.99', 'old', null, null]])
  await a.succeed("INSERT INTO t VALUES (2, REAL '2.5', DECIMAL '1.00', 'new', DECIMAL '0.10', ROW(1e0, 2e0))")
  await a.succeed('ALTER TABLE t CHANGE COLUMN id id bigint')
  await a.succeed('ALTER TABLE t CHANGE f ratio double FIRST')
  await a.succeed('ALTER TABLE t CHANGE price price decimal(10, 2)')
  await a.succeed("ALTER TABLE t CHANGE note remark string COMMENT 'what was said' AFTER id")
  await a.succeed('ALTER TABLE t CHANGE place place struct<x: double, y: double, z: array<struct<deep: int>>>')
  await a.succeed(
    "INSERT INTO t VALUES (3.5, 5000000000, 'last', DECIMAL '12345678.90', NULL, ROW(3, 4, ARRAY[ROW(7)]))",
  )
  assert.deepEqual(await a.rows('SELECT * FROM t ORDER BY id'), [
    ['1.5', '1', 'old', '9.99', null, null],
    ['2.5', '2', 'new', '1.00', '0.10', '{x=1.0, y=2.0, z=null}'],
    ['3.5', '5000000000', 'last', '12345678.90', null, '{x=3.0, y=4.0, z=[{deep=7}]}'],
  ])
  await a.succeed('ALTER TABLE t DROP COLUMN remark')
  await a.succeed('ALTER TABLE t ADD COLUMNS (remark string)')
  assert.deepEqual(await a.rows('SELECT id, remark FROM t ORDER BY id'), [
    ['1', null],
    ['2', null],
    ['5000000000', null],
  ])
  // The columns of the time, by the schema of the time.
  assert.deepEqual(await a.rows(`SELECT * FROM t FOR VERSION AS OF ${before}`), [['1', '1.5', '9.99', 'old']])
  const { schemas, 'current-schema-id': current, 'last-column-id': last, ...made } = await metadataOf('t')
  assert.deepEqual([made.snapshots.length, current, last], [3, schemas.at(-1)['schema-id'], 12])
  assert.deepEqual(
    (await table('t')).StorageDescriptor!.Columns!.map(({ Name, Type, Comment }) => [Name, Type, Comment]),
    [
      ['ratio', 'double', undefined],
      ['id', 'bigint', undefined],
      ['price', 'decimal(10,2)', undefined],
      ['discount', 'decimal(5,2)', 'off'],
      ['place', 'struct<x:double,y:double,z:array<struct<deep:int>>>', undefined],
      ['remark', 'string', undefined],
    ],
  )
})

test('properties are set and unset under the names that Iceberg has for them', async () => {
  await make('p', 'id int')
  await a.succeed(
    "ALTER TABLE p SET TBLPROPERTIES ('write_compression' = 'GZIP', 'vacuum_min_snapshots_to_keep' = '3')",
  )
  assert.deepEqual((await metadataOf('p')).properties, {
    'write.format.default': 'parquet',
    'write.parquet.compression-codec': 'gzip',
    'history.expire.min-snapshots-to-keep': '3',
  })
  await a.succeed("ALTER TABLE p UNSET TBLPROPERTIES ('vacuum_min_snapshots_to_keep')")
  assert.equal((await metadataOf('p')).properties['history.expire.min-snapshots-to-keep'], undefined)
})

test('a table is renamed and keeps its place', async () => {
  await make('before', 'id int')
  await a.succeed('INSERT INTO before VALUES (1)')
  await a.succeed('ALTER TABLE before RENAME TO afterwards')
  assert.deepEqual(await a.rows('SELECT * FROM afterwards'), [['1']])
  assert.match(await a.failure('SELECT * FROM before'), /TABLE_NOT_FOUND/)
  await a.succeed('INSERT INTO afterwards VALUES (2)')
  assert.equal((await table('afterwards')).StorageDescriptor!.Location, 's3://data/before')
})

test('writers of rows and of columns do not undo each other', async () => {
  await make('busy', 'id int')
  const names = Array.from({ length: 6 }, (_, i) => `c${i}`)
  await Promise.all(names.map((name) => a.succeed(`ALTER TABLE busy ADD COLUMNS (${name} int)`)))
  const { fields } = (await metadataOf('busy')).schemas.at(-1) as { fields: { id: number; name: string }[] }
  assert.deepEqual(fields.map(({ name }) => name).toSorted(), [...names, 'id'])
  assert.equal(new Set(fields.map(({ id }) => id)).size, 7)
})

test('what is refused', async () => {
  await make('r', 'id int, day date, at timestamp', 'PARTITIONED BY (day)')
  await make('other', 'id int')
  const notServed = /^Query type not supported by Athena Iceberg at this time/
  const refused: readonly (readonly [string, RegExp])[] = [
    ['ALTER TABLE r ADD COLUMNS (ID string)', /^COLUMN_ALREADY_EXISTS: Column 'id' already exists/],
    ['ALTER TABLE r CHANGE id at int', /^COLUMN_ALREADY_EXISTS: Column 'at' already exists/],
    ['ALTER TABLE r CHANGE nothing x int', /^COLUMN_NOT_FOUND: Column 'nothing' does not exist/],
    ['ALTER TABLE r CHANGE id id int AFTER nothing', /^COLUMN_NOT_FOUND: Column 'nothing' does not exist/],
    ['ALTER TABLE r CHANGE id id string', /^ICEBERG_COMMIT_ERROR: .*Cannot change column type: id: int -> string/],
    ['ALTER TABLE r CHANGE at at date', /^ICEBERG_COMMIT_ERROR: .*Cannot change column type: at: timestamp -> date/],
    ['ALTER TABLE r ADD COLUMNS (small tinyint)', /^NOT_SUPPORTED: Type not supported for Iceberg: tinyint/],
    ['ALTER TABLE r DROP COLUMN day', /^NOT_SUPPORTED: Cannot drop partition field: day/],
    ['ALTER TABLE other DROP COLUMN id', /^NOT_SUPPORTED: Cannot drop the only column in a table/],
    ['ALTER TABLE r REPLACE COLUMNS (id int)', notServed],
    ["ALTER TABLE r ADD PARTITION (day = '2024-01-01')", notServed],
    ["ALTER TABLE r SET LOCATION 's3://data/elsewhere/'", notServed],
    ["ALTER TABLE r SET TBLPROPERTIES ('comment' = 'no')", /^Unsupported table property key: comment/],
    ["ALTER TABLE r SET TBLPROPERTIES ('format' = 'avro')", /^NOT_SUPPORTED: .*avro/],
    ['ALTER TABLE r RENAME TO other', /already exists/i],
    [
      'ALTER TABLE r RENAME TO elsewhere.r',
      /^NOT_SUPPORTED: line 1:25: Table rename across databases is not supported/,
    ],
  ]
  const { metadata_location: untouched } = (await table('r')).Parameters!
  for (const [sql, reason] of refused) assert.match(await a.failure(sql), reason, sql)
  assert.equal((await table('r')).Parameters!.metadata_location, untouched)
})
