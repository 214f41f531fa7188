/** Delta Lake tables: https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables.html and Delta's protocol. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { commit, createDelta, parquet, putFolder } from './delta-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const scanned = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!
const ID = { name: 'id', type: 'long' }

test('a table of delta-rs reads as delta-rs reads it: commits, checkpoint, partitions, deletions, a column added', async () => {
  await putFolder(a, 'tests/golden/delta/orders', 'orders')
  await createDelta(a, 'orders')
  const expected = readFileSync('tests/golden/delta/orders.expected.ndjson', 'utf8').trim().split('\n')
  const rows = expected.map((line) => {
    const { id, day, amount, at, tags, note } = JSON.parse(line)
    const list = `[${tags.map((tag: string | null) => tag ?? 'null').join(', ')}]`
    // Milliseconds are all that Trino's type for it holds.
    return [String(id), day, amount, at.replace(/123456\+00:00$/, '123 UTC'), list, note]
  })
  assert.deepEqual(await a.rows('SELECT id, day, amount, at, tags, note FROM orders ORDER BY id'), rows)
  assert.deepEqual(await a.rows('SELECT count(*), count(day), min(id), max(amount) FROM orders'), [
    ['6', '5', '1', '1.75'],
  ])
})

test('the catalog learns schema, partition columns and location from the log', async () => {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'orders' }))
  assert.deepEqual(
    Table!.StorageDescriptor!.Columns!.map(({ Name, Type }) => [Name, Type]),
    [
      ['id', 'bigint'],
      ['amount', 'decimal(10,2)'],
      ['at', 'timestamp'],
      ['tags', 'array<string>'],
      ['note', 'string'],
    ],
  )
  assert.deepEqual(
    Table!.PartitionKeys!.map(({ Name, Type }) => [Name, Type]),
    [['day', 'date']],
  )
  assert.equal(Table!.Parameters!.table_type, 'DELTA')
  assert.equal(Table!.StorageDescriptor!.SerdeInfo!.Parameters!.path, 's3://data/orders')
})

test('describing statements work, changing ones are refused', async () => {
  assert.deepEqual(
    (await a.lines('SHOW COLUMNS IN orders')).map((line) => line.trim()),
    ['id', 'amount', 'at', 'tags', 'note', 'day'],
  )
  assert.match((await a.lines('DESCRIBE orders'))[0]!, /^id {18}\tbigint/)
  assert.deepEqual(await a.lines('SHOW PARTITIONS orders'), [
    'day=2024-01-01',
    'day=2024-01-02',
    'day=2024-01-03',
    'day=__HIVE_DEFAULT_PARTITION__',
  ])
  const made = await a.lines('SHOW CREATE TABLE orders')
  assert.deepEqual(made, [
    'CREATE EXTERNAL TABLE `orders`',
    'LOCATION',
    "  's3://data/orders'",
    'TBLPROPERTIES (',
    "  'table_type'='DELTA')",
  ])
  await a.succeed(made.join('\n').replace('`orders`', '`orders_again`'))
  assert.deepEqual(await a.rows('SELECT count(*) FROM orders_again'), [['6']])
  await a.succeed('DROP TABLE orders_again')

  // "Write DML statements like UPDATE, INSERT, or DELETE are not supported" (ug, delta-lake-tables).
  for (const [verb, sql] of [
    ['INSERT', 'INSERT INTO orders SELECT * FROM orders'],
    ['UPDATE', 'UPDATE orders SET id = 1'],
    ['DELETE', 'DELETE FROM orders'],
    ['DELETE', 'DELETE FROM orders WHERE id = 1'],
    ['MERGE', 'MERGE INTO orders o USING (VALUES 1) s(n) ON o.id = s.n WHEN MATCHED THEN DELETE'],
  ])
    assert.match(await a.failure(sql!), new RegExp(`^NOT_SUPPORTED: .*${verb} is not supported for Delta Lake tables`))
  // The guide quotes this one.
  assert.equal(
    await a.failure("ALTER TABLE orders SET TBLPROPERTIES ('read_restored_glacier_objects' = 'false')"),
    'Unsupported table property key: read_restored_glacier_objects',
  )
  for (const sql of ['ALTER TABLE orders ADD COLUMNS (x int)', 'MSCK REPAIR TABLE orders'])
    assert.match(await a.failure(sql), /^NOT_SUPPORTED: .*Delta Lake/)
  for (const more of ["(id bigint) LOCATION 's3://data/orders/'", "STORED AS PARQUET LOCATION 's3://data/orders/'"])
    assert.match(
      await a.failure(`CREATE EXTERNAL TABLE another ${more} TBLPROPERTIES ('table_type' = 'DELTA')`),
      /LOCATION and the property table_type only/,
    )
})

test('files are skipped by partition values and by the values that the log says they hold', async () => {
  const file = (n: number) => ({
    path: `f${n}.parquet`,
    query: `SELECT i AS id, 'name ' || i AS name, TIMESTAMPTZ '2024-01-0${n} 00:00:00+00' + to_microseconds(i * 1000 + 999) AS at FROM range(${n}000, ${n}100) t(i)`,
    stats: {
      numRecords: 100,
      minValues: { id: n * 1000, name: `name ${n}000`, at: `2024-01-0${n}T00:00:0${n}.000Z` },
      maxValues: { id: n * 1000 + 99, name: `name ${n}099`, at: `2024-01-0${n}T00:00:0${n}.099Z` },
      nullCount: { id: 0, name: 0, at: 0 },
    },
  })
  const schema = [ID, { name: 'name', type: 'string' }, { name: 'at', type: 'timestamp' }]
  await commit(a, 'skipped', 0, { schema, add: [1, 2, 3].map(file) })
  await createDelta(a, 'skipped')
  const files = (where: string) => a.rows(`SELECT count(*), count(DISTINCT "$path") FROM skipped WHERE ${where}`)
  assert.deepEqual(await files('id >= 1050'), [['250', '3']])
  const all = await scanned('SELECT sum(id) FROM skipped WHERE id < 9000')
  for (const where of ['id < 2000', 'id BETWEEN 2050 AND 2060', 'id IN (3001, 5)', "name = 'name 2001'"])
    assert.ok((await scanned(`SELECT sum(id) FROM skipped WHERE ${where}`)) < all / 2, where)
  assert.equal(await scanned('SELECT sum(id) FROM skipped WHERE id > 9000'), 0)
  // A writer cuts moments off at milliseconds: the last row is after what the log says is the latest.
  assert.deepEqual(
    await a.rows("SELECT id FROM skipped WHERE at > TIMESTAMP '2024-01-02 00:00:02.098 UTC' ORDER BY id LIMIT 1"),
    [['2099']],
  )

  const part = (p: string | null, n: number) => ({
    path: `p=${p ?? '__HIVE_DEFAULT_PARTITION__'}/f.parquet`,
    query: `SELECT ${n}::BIGINT AS id`,
    partitionValues: { p },
  })
  await commit(a, 'parts', 0, {
    schema: [{ name: 'p', type: 'string' }, ID],
    partitionColumns: ['p'],
    add: [part('x', 1), part('y z', 2), part(null, 3)],
  })
  await createDelta(a, 'parts')
  assert.deepEqual(await a.rows('SELECT * FROM parts ORDER BY id'), [
    ['x', '1'],
    ['y z', '2'],
    [null, '3'],
  ])
  assert.deepEqual(await a.rows("SELECT id FROM parts WHERE p = 'y z'"), [['2']])
  assert.deepEqual(await a.rows('SELECT id FROM parts WHERE p IS NULL'), [['3']])
  const one = await scanned("SELECT id FROM parts WHERE p = 'x'")
  assert.ok(one > 0 && one < (await scanned('SELECT id FROM parts')))
})

test('columns are found by physical name or by id, fields inside them too', async () => {
  const mapped = (name: string, type: unknown, id: number) => ({
    name,
    type,
    nullable: true,
    metadata: { 'delta.columnMapping.id': id, 'delta.columnMapping.physicalName': `col-${id}` },
  })
  const inner = { type: 'struct', fields: [mapped('x', 'long', 3), mapped('y', 'string', 4)] }
  const schema = [
    mapped('Id', 'long', 1),
    mapped('s', inner, 2),
    mapped('list', { type: 'array', elementType: inner, containsNull: true }, 5),
    mapped('by_key', { type: 'map', keyType: 'string', valueType: inner, valueContainsNull: true }, 6),
    mapped('p', 'integer', 7),
    mapped('later', 'date', 8),
  ]
  const query = `SELECT 1::BIGINT AS "col-1", {'col-3': 10::BIGINT, 'col-4': 'a'} AS "col-2",
    [{'col-3': 20::BIGINT, 'col-4': 'b'}] AS "col-5", MAP {'k': {'col-3': 30::BIGINT, 'col-4': 'c'}} AS "col-6"`
  const ids = ', FIELD_IDS {"col-1": 1, "col-2": 2, "col-5": 5, "col-6": 6}'
  for (const mode of ['name', 'id']) {
    // By id, the names in the file may be any.
    const written = mode === 'id' ? query.replace('"col-1"', 'other') : query
    const options = mode === 'id' ? ids.replace('"col-1"', 'other') : ''
    await commit(a, `by_${mode}`, 0, {
      protocol: { minReaderVersion: 2, minWriterVersion: 5 },
      schema,
      partitionColumns: ['p'],
      configuration: { 'delta.columnMapping.mode': mode },
      add: [{ path: 'x/f.parquet', query: written, options, partitionValues: { 'col-7': '5' } }],
    })
    await createDelta(a, `by_${mode}`)
    assert.deepEqual(
      await a.rows(`SELECT id, s, list, by_key, p, later, s.x, list[1].y, by_key['k'].x FROM by_${mode} WHERE p = 5`),
      [['1', '{x=10, y=a}', '[{x=20, y=b}]', '{k={x=30, y=c}}', '5', null, '10', 'b', '30']],
    )
  }
})

test('rows that a deletion vector deletes are not there', async () => {
  // Written by Spark: rows 1, 3 and 5.
  const vector = { storageType: 'i', pathOrInlineDv: '^Bg9^0rr910000000000iXQKl0rr91000625c8Xg0rri41POJ5' }
  const described = { ...vector, sizeInBytes: 38, cardinality: 3 }
  const protocol = {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['deletionVectors'],
    writerFeatures: ['deletionVectors'],
  }
  const file = (path: string, first: number, deletionVector?: object) => ({
    path,
    query: `SELECT i AS id FROM range(${first}, ${first + 8}) t(i)`,
    ...(deletionVector && { deletionVector }),
  })
  await commit(a, 'dv', 0, { protocol, schema: [ID], add: [file('a', 0), file('b', 10), file('c', 20)] })
  await commit(a, 'dv', 1, { add: [file('b', 10, described)], remove: [{ path: 'b' }] })
  await commit(a, 'dv', 2, { add: [file('c', 20, described)], remove: [{ path: 'c' }] })
  await createDelta(a, 'dv')
  const ids = [...[0, 1, 2, 3, 4, 5, 6, 7], ...[10, 12, 14, 16, 17], ...[20, 22, 24, 26, 27]]
  assert.deepEqual(
    await a.rows('SELECT id FROM dv ORDER BY id'),
    ids.map((id) => [String(id)]),
  )
  assert.deepEqual(await a.rows('SELECT count(*) FROM dv'), [[String(ids.length)]])
  assert.deepEqual(await a.rows(`SELECT count(*) FROM dv x JOIN dv y ON x.id = y.id + 10 WHERE y.id > 9`), [['5']])
  assert.deepEqual(await a.rows(`SELECT "$path", count(*) FROM dv GROUP BY 1 ORDER BY 1`), [
    ['s3://data/dv/a', '8'],
    ['s3://data/dv/b', '5'],
    ['s3://data/dv/c', '5'],
  ])

  // So many that they are read together.
  const many = Array.from({ length: 12 }, (_, i) => file(`m${i}`, i * 10, i % 4 === 0 ? undefined : described))
  await commit(a, 'dv_many', 0, { protocol, schema: [ID], add: many })
  await createDelta(a, 'dv_many')
  assert.deepEqual(
    await a.rows('SELECT count(*), count(DISTINCT "$path"), min(id), max(id) FROM dv_many WHERE id % 10 <> 1'),
    [[String(3 * 7 + 9 * 5), '12', '0', '117']],
  )

  const lying = async (name: string, deletionVector: object, message: RegExp) => {
    await commit(a, name, 0, { protocol, schema: [ID], add: [file('f', 0, deletionVector)] })
    await createDelta(a, name)
    assert.match(await a.failure(`SELECT * FROM ${name}`), message)
  }
  await lying(
    'dv_count',
    { ...described, cardinality: 4 },
    /^DELTA_LAKE_BAD_DATA: .*deletes 3 rows, of which the log says 4/,
  )
  await lying('dv_text', { ...described, pathOrInlineDv: 'nothing' }, /^DELTA_LAKE_BAD_DATA: Malformed deletion vector/)
  const missing = {
    storageType: 'u',
    pathOrInlineDv: 'ab^-aqEH.-t@S}K{vb[*k^',
    offset: 1,
    sizeInBytes: 38,
    cardinality: 3,
  }
  await lying(
    'dv_missing',
    missing,
    /^DELTA_LAKE_BAD_DATA: .*s3:\/\/data\/dv_missing\/ab\/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin: no such object/,
  )
  await a.put('dv_short/ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin', 'short')
  await lying('dv_short', missing, /^DELTA_LAKE_BAD_DATA: .*ends before the deletion vector does/)
  await commit(a, 'dv_few', 0, {
    protocol,
    schema: [ID],
    add: [{ path: 'f', query: 'SELECT 1::BIGINT AS id', deletionVector: described }],
  })
  await createDelta(a, 'dv_few')
  assert.match(
    await a.failure('SELECT * FROM dv_few'),
    /^DELTA_LAKE_BAD_DATA: .*deletes row 1 of s3:\/\/data\/dv_few\/f, which has 1/,
  )
})

test('types that were widened since read what was written before', async () => {
  const types = [
    { name: 'l', type: 'long' },
    { name: 'd', type: 'double' },
    { name: 'n', type: 'decimal(20,4)' },
    { name: 't', type: 'timestamp_ntz' },
  ]
  await commit(a, 'wide', 0, {
    protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['typeWidening', 'timestampNtz'] },
    schema: types,
    add: [
      { path: 'old', query: "SELECT 1::TINYINT l, 2::INTEGER d, 3.25::DECIMAL(5,2) n, DATE '2024-02-29' t" },
      {
        path: 'new',
        query:
          "SELECT 1099511627776::BIGINT l, 2.5::DOUBLE d, 1e15::DECIMAL(20,4) n, TIMESTAMP '2024-02-29 01:02:03.123456' t",
      },
    ],
  })
  await createDelta(a, 'wide')
  assert.deepEqual(await a.rows('SELECT * FROM wide ORDER BY l'), [
    ['1', '2.0', '3.2500', '2024-02-29 00:00:00.000000'],
    ['1099511627776', '2.5', '1000000000000000.0000', '2024-02-29 01:02:03.123456'],
  ])
})

test('a table that Spark left in the catalog is found by the path of its SerDe', async () => {
  await commit(a, 'spark', 0, { schema: [ID], add: [{ path: 'f', query: 'SELECT 7::BIGINT AS id' }] })
  await a.succeed(
    `CREATE EXTERNAL TABLE no_path (col array<string>) LOCATION 's3://data/spark/' TBLPROPERTIES ('spark.sql.sources.provider' = 'delta')`,
  )
  assert.match(await a.failure('SELECT * FROM no_path'), /^DELTA_LAKE_INVALID_SCHEMA: No path property defined/)
  await a.succeed(`CREATE EXTERNAL TABLE spark_made (col array<string>)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' WITH SERDEPROPERTIES ('path' = 's3://data/spark/')
    LOCATION 's3://data/spark/' TBLPROPERTIES ('spark.sql.sources.provider' = 'delta')`)
  assert.deepEqual(await a.rows('SELECT * FROM spark_made'), [['7']])
  // What is committed later is seen at once, in views and in joins too.
  await a.succeed('CREATE VIEW seen AS SELECT id FROM spark_made')
  await commit(a, 'spark', 1, {
    schema: [ID, { name: 'more', type: 'integer' }],
    add: [{ path: 'g', query: 'SELECT 8::BIGINT id, 9 more' }],
  })
  assert.deepEqual(await a.rows('SELECT s.id, s.more FROM seen JOIN spark_made s ON s.id = seen.id ORDER BY 1'), [
    ['7', null],
    ['8', '9'],
  ])
  await a.succeed(`CREATE TABLE copied WITH (format = 'PARQUET') AS SELECT * FROM spark_made`)
  assert.deepEqual(await a.rows('SELECT sum(id) FROM copied'), [['15']])
})

test('a log that grows, is tidied up, or starts anew tells its newest version', async () => {
  const file = (path: string, n: number) => ({ path, query: `SELECT ${n}::BIGINT id` })
  const ids = async () => (await a.rows('SELECT id FROM grown ORDER BY id')).flat().map(Number)
  const name = (version: number) => `grown/_delta_log/${String(version).padStart(20, '0')}.json`
  const remove = (key: string) => a.s3.send(new DeleteObjectCommand({ Bucket: 'data', Key: key }))
  await commit(a, 'grown', 0, { schema: [ID], add: [file('a', 1), file('b', 2)] })
  await createDelta(a, 'grown')
  assert.deepEqual(await ids(), [1, 2])
  await commit(a, 'grown', 1, { add: [file('c', 3)] })
  await commit(a, 'grown', 2, { remove: [{ path: 'a' }], add: [file('d', 4)] })
  assert.deepEqual(await ids(), [2, 3, 4])
  await commit(a, 'grown', 3, { remove: [{ path: 'd' }] })
  await commit(a, 'grown', 4, { add: [file('a', 5)] })
  assert.deepEqual(await ids(), [2, 3, 5])
  assert.deepEqual(await ids(), [2, 3, 5])
  // Another commit of the same version: nothing that was read before holds.
  await commit(a, 'grown', 4, { add: [file('e', 6)] })
  assert.deepEqual(await ids(), [2, 3, 6])
  await remove(name(4))
  assert.deepEqual(await ids(), [2, 3])
  await commit(a, 'grown', 0, { schema: [ID], add: [file('b', 7)] })
  for (const version of [1, 2, 3]) await remove(name(version))
  assert.deepEqual(await ids(), [7])
})

test('a log that cannot be read says why', async () => {
  const attempt = (name: string) =>
    a.failure(`CREATE EXTERNAL TABLE ${name} LOCATION 's3://data/${name}/' TBLPROPERTIES ('table_type' = 'DELTA')`)
  assert.match(
    await attempt('no_log'),
    /^DELTA_LAKE_INVALID_SCHEMA: Metadata not found in transaction log for db.no_log/,
  )
  const features = { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['columnMapping', 'variantType'] }
  await commit(a, 'variants', 0, { protocol: features, schema: [ID] })
  assert.match(
    await attempt('variants'),
    /^TABLE_NOT_FOUND: Table 'awsdatacatalog.db.variants' does not exist: .*variantType/,
  )
  await commit(a, 'gap', 0, { schema: [ID] })
  await commit(a, 'gap', 2, {})
  assert.match(await attempt('gap'), /^DELTA_LAKE_INVALID_SCHEMA: The Delta log lacks version 1/)
  await a.put('cut/_delta_log/00000000000000000000.json', '{"protocol":{"minReaderVersion":1}}\n{"metaData":')
  assert.match(await attempt('cut'), /^DELTA_LAKE_INVALID_SCHEMA: .*s3:\/\/data\/cut\/_delta_log\/0{20}.json, line 2/)
  await commit(a, 'gone', 0, { schema: [ID], add: [{ path: 'f', query: 'SELECT 1::BIGINT id' }] })
  await createDelta(a, 'gone')
  await a.put('gone/f', (await parquet('SELECT 1::BIGINT id')).subarray(0, 40))
  assert.match(await a.failure('SELECT * FROM gone'), /s3:\/\/data\/gone\/f/)
  await commit(a, 'gone', 1, { remove: [{ path: 'f' }], add: [{ path: 'g', query: "SELECT 'text' id" }] })
  assert.match(await a.failure('SELECT * FROM gone'), /^HIVE_BAD_DATA: .*s3:\/\/data\/gone\/g/)
  // What a shallow clone on a disk names.
  await commit(a, 'gone', 2, { remove: [{ path: 'g' }], add: [{ path: 'h', query: 'SELECT 1::BIGINT id' }] })
  const log = await a.read('s3://data/gone/_delta_log/00000000000000000002.json')
  await a.put('gone/_delta_log/00000000000000000002.json', String(log.body).replace('"path":"h"', '"path":"file:/h"'))
  assert.match(await a.failure('SELECT * FROM gone'), /^HIVE_CANNOT_OPEN_SPLIT: .*file:\/\/h: no such object/)
})

test('a checkpoint in parts, and a v2 checkpoint with sidecars, of Parquet or of JSON', async () => {
  const protocolRow = `{minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['v2Checkpoint'], writerFeatures: ['v2Checkpoint']}`
  const schemaString = JSON.stringify({ type: 'struct', fields: [{ ...ID, nullable: true, metadata: {} }] })
  const metaRow = `{id: 'x', schemaString: '${schemaString}', partitionColumns: []::VARCHAR[], configuration: MAP([], [])::MAP(VARCHAR, VARCHAR)}`
  const addRow = (n: number) =>
    `{path: 'f${n}', partitionValues: MAP([], [])::MAP(VARCHAR, VARCHAR), size: 1::BIGINT, modificationTime: 0::BIGINT, dataChange: true, stats: NULL::VARCHAR}`
  const head = `SELECT ${protocolRow} AS protocol, NULL AS metaData UNION ALL BY NAME SELECT ${metaRow} AS metaData`
  const adds = (...ns: number[]) => ns.map((n) => `SELECT ${addRow(n)} AS add`).join(' UNION ALL BY NAME ')
  const twelve = '12'.padStart(20, '0')
  const uuid = '3a0d65cd-4056-49b8-937b-95f9e3ee90e5'
  const data = async (name: string) => {
    for (const n of [1, 2, 3]) await a.put(`${name}/f${n}`, await parquet(`SELECT ${n}::BIGINT AS id`))
    await commit(a, name, 13, { remove: [{ path: 'f2' }] })
  }
  const log = (name: string, file: string, body: string | Uint8Array) => a.put(`${name}/_delta_log/${file}`, body)

  await data('in_parts')
  await log(
    'in_parts',
    `${twelve}.checkpoint.0000000001.0000000002.parquet`,
    await parquet(`${head} UNION ALL BY NAME ${adds(1)}`),
  )
  await log('in_parts', `${twelve}.checkpoint.0000000002.0000000002.parquet`, await parquet(adds(2, 3)))
  await data('with_parquet')
  const sidecars = `SELECT {path: 'one.parquet', sizeInBytes: 1::BIGINT, modificationTime: 0::BIGINT} AS sidecar`
  await log(
    'with_parquet',
    `${twelve}.checkpoint.${uuid}.parquet`,
    await parquet(`${head} UNION ALL BY NAME ${sidecars}`),
  )
  await log('with_parquet', '_sidecars/one.parquet', await parquet(adds(1, 2, 3)))
  await data('with_json')
  const lines = [
    { checkpointMetadata: { version: 12 } },
    { protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['v2Checkpoint'] } },
    { metaData: { id: 'x', schemaString, partitionColumns: [], configuration: {} } },
    { sidecar: { path: 'one.parquet', sizeInBytes: 1, modificationTime: 0 } },
    { sidecar: { path: 'two.parquet', sizeInBytes: 1, modificationTime: 0 } },
  ]
  await log('with_json', `${twelve}.checkpoint.${uuid}.json`, lines.map((line) => JSON.stringify(line)).join('\n'))
  await log('with_json', '_sidecars/one.parquet', await parquet(adds(1)))
  await log('with_json', '_sidecars/two.parquet', await parquet(adds(2, 3)))
  for (const name of ['in_parts', 'with_parquet', 'with_json']) {
    await createDelta(a, name)
    assert.deepEqual(await a.rows(`SELECT id FROM ${name} ORDER BY id`), [['1'], ['3']], name)
  }
  await data('lacking')
  await log('lacking', `${twelve}.checkpoint.${uuid}.json`, lines.map((line) => JSON.stringify(line)).join('\n'))
  assert.match(
    await a.failure(
      `CREATE EXTERNAL TABLE lacking LOCATION 's3://data/lacking/' TBLPROPERTIES ('table_type' = 'DELTA')`,
    ),
    /lacks s3:\/\/data\/lacking\/_delta_log\/_sidecars\/one.parquet/,
  )
  await log('lacking', '_sidecars/one.parquet', 'no parquet')
  await log('lacking', '_sidecars/two.parquet', 'no parquet')
  assert.match(
    await a.failure(
      `CREATE EXTERNAL TABLE lacking LOCATION 's3://data/lacking/' TBLPROPERTIES ('table_type' = 'DELTA')`,
    ),
    /s3:\/\/data\/lacking\/_delta_log\/_sidecars\/one.parquet/,
  )
})
