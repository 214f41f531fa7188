/** What AWS's guide and Iceberg's own libraries refuse of Iceberg tables: nothing of it is taken and then not meant. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RestClient, restClient } from '../iceberg/rest-client.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
let rest: RestClient
before(async () => {
  a = await athenaLake()
  rest = restClient(a.lake)
  await a.succeed(create('kept', 'id bigint, s string, place struct<x:int>'))
  await a.succeed("INSERT INTO kept VALUES (1, 'x', ROW(1))")
})
after(() => a.close())

const create = (name: string, columns: string, partitions = '', properties = '') =>
  `CREATE TABLE ${name} (${columns}) ${partitions && `PARTITIONED BY (${partitions})`} LOCATION 's3://data/${name}/'
   TBLPROPERTIES ('table_type' = 'ICEBERG'${properties && `, ${properties}`})`

/** docs: athena ug, querying-iceberg-creating-tables: "A positive number. Must be less than 50." */
test('properties that are numbers are such, and in their bounds', async () => {
  const wrong = [
    ['optimize_rewrite_data_file_threshold', '50'],
    ['optimize_rewrite_delete_file_threshold', '0'],
    ['vacuum_min_snapshots_to_keep', 'x'],
    ['vacuum_max_snapshot_age_seconds', '-1'],
    ['vacuum_max_metadata_files_to_keep', '1.5'],
    ['compression_level', '23'],
  ]
  for (const [name, value] of wrong) {
    const said = new RegExp(`INVALID_TABLE_PROPERTY: Table property '${name}' must be a whole number .*: ${value}`)
    assert.match(await a.failure(create('no', 'id int', '', `'${name}' = '${value}'`)), said)
    assert.match(await a.failure(`ALTER TABLE kept SET TBLPROPERTIES ('${name}' = '${value}')`), said)
  }
  await a.succeed("ALTER TABLE kept SET TBLPROPERTIES ('optimize_rewrite_data_file_threshold' = '49')")
  const as = (properties: string) => `CREATE TABLE no WITH (${properties}) AS SELECT 1 AS a`
  assert.match(await a.failure(as("table_type = 'DELTA'")), /'table_type' must be HIVE or ICEBERG: DELTA/)
})

/** docs: athena ug, create-table-as: "Required for Iceberg tables". */
test('a table made of a query says where it lies', async () => {
  const as = (properties: string) => `CREATE TABLE no WITH (${properties}) AS SELECT 1 AS a`
  const said = /INVALID_TABLE_PROPERTY: .*Table property 'location' is required for Iceberg tables/
  for (const properties of ["table_type = 'iceberg', is_external = false", "table_type = 'ICEBERG', format = 'ORC'"])
    assert.match(await a.failure(as(properties)), said)
  assert.equal((await a.rows("SHOW TABLES LIKE 'no'")).length, 0)
})

/** docs: athena ug, querying-iceberg ("Partitioning by nested fields"); PartitionSpec.Builder of the Java library. */
test('partitions are of columns, and no two say the same', async () => {
  const columns = 'id bigint, t timestamp, place struct<x:int>'
  for (const nested of ['place.x', 'bucket(4, place.x)'])
    assert.match(
      await a.failure(create('no', columns, nested)),
      /NOT_SUPPORTED: Partitioning by nested field is unsupported: place\.x/,
    )
  for (const twice of ['id, id', 'year(t), month(t)', 'bucket(4, id), bucket(4, id)'])
    assert.match(await a.failure(create('no', columns, twice)), /Cannot add redundant partition/)
  await a.succeed(create('finely', columns, 'id, bucket(4, id), day(t)'))
})

test('an older version is asked of tables, not of what is told about them', async () => {
  const [[id]] = (await a.rows('SELECT snapshot_id FROM "kept$snapshots"')) as [[string]]
  for (const about of ['files', 'snapshots'])
    assert.match(
      await a.failure(`SELECT * FROM "kept$${about}" FOR VERSION AS OF ${id}`),
      /NOT_SUPPORTED: .*This connector does not support versioned tables/,
    )
})

test('moments that point to a version may be reckoned', async () => {
  const counts = [
    "date_add('hour', 1, now())",
    "from_iso8601_timestamp('2999-01-01T00:00:00Z')",
    "CAST('2999-01-01 00:00:00 Asia/Tokyo' AS timestamp with time zone)",
  ]
  for (const moment of counts)
    assert.deepEqual(await a.rows(`SELECT count(*) FROM kept FOR TIMESTAMP AS OF ${moment}`), [['1']], moment)
  assert.match(
    await a.failure("SELECT * FROM kept FOR TIMESTAMP AS OF date_add('day', -1, now())"),
    /No version history table db\.kept at or before/,
  )
})

test('a name with a backquote is shown so that it can be read again', async () => {
  await a.succeed(create('odd', '`a``b` int', '`a``b`'))
  const shown = (await a.lines('SHOW CREATE TABLE odd')).join('\n')
  assert.match(shown, /`a``b` int/)
  await a.succeed('DROP TABLE odd')
  await a.succeed(shown)
})

test('what a client commits is held to what it says of columns, partitions and snapshots', async () => {
  const asked = (...updates: object[]) => rest.ask('POST', 'namespaces/db/tables/kept', { requirements: [], updates })
  const partition = (name: string, transform: string, source: number) =>
    asked(
      { action: 'add-spec', spec: { fields: [{ name, transform, 'source-id': source, 'field-id': 1000 }] } },
      { action: 'set-default-spec', 'spec-id': -1 },
    )
  const columns = (...fields: object[]) =>
    asked(
      { action: 'add-schema', schema: { type: 'struct', fields } },
      { action: 'set-current-schema', 'schema-id': -1 },
    )
  const column = (id: number, name: string, type: string) => ({ id, name, type, required: false })
  const snapshot = {
    'snapshot-id': 7,
    'sequence-number': 9,
    'timestamp-ms': Date.now(),
    summary: { operation: 'append' },
  }
  const wrong = [
    [await partition('p', 'year', 2), /Invalid source type string for transform: year/],
    [await partition('p', 'bucket[0]', 1), /Invalid transform: bucket\[0\]/],
    [await partition('s', 'identity', 1), /sourced from different field in schema: s/],
    [await columns(column(1, 'id', 'long'), column(2, 'id', 'string')), /multiple fields for name id: 1 and 2/],
    [await columns(column(1, 'id', 'long'), column(9, 'n', 'timestamp_ns')), /timestamp_ns is not supported until v3/],
    [await asked({ action: 'add-snapshot', snapshot }), /Cannot parse snapshot of add-snapshot/],
  ] as const
  for (const [{ status, body }, reason] of wrong) {
    assert.equal(status, 400, JSON.stringify(body))
    assert.match(body.error.message, reason)
  }
  assert.deepEqual(await a.rows('SELECT id, s FROM kept'), [['1', 'x']])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
