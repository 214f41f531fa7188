/**
 * Tables whose schema has changed since their files were written, and partitions that differ from their table.
 * https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html,
 * https://docs.aws.amazon.com/athena/latest/ug/updates-and-partitions.html, and Trino's coercions of its Hive connector.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreatePartitionCommand, GetTableCommand, type StorageDescriptor } from '@aws-sdk/client-glue'
import { parquet } from './delta-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** Adds a partition whose entry differs from the table's by what `change` makes of it. */
async function addPartition(
  table: string,
  value: string,
  change: (storage: StorageDescriptor) => Partial<StorageDescriptor>,
): Promise<void> {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: table }))
  const storage = { ...Table!.StorageDescriptor!, Location: `s3://data/${table}/p=${value}/` }
  const PartitionInput = { Values: [value], StorageDescriptor: { ...storage, ...change(storage) } }
  await a.glue.send(new CreatePartitionCommand({ DatabaseName: 'db', TableName: table, PartitionInput }))
}

const columns = (...of: readonly (readonly [string, string])[]) => ({
  Columns: of.map(([Name, Type]) => ({ Name, Type })),
})

test('Parquet by name: columns added, removed and reordered', async () => {
  await a.put('by_name/1', await parquet("SELECT 1 AS id, 'a' AS name, 1.5::DOUBLE AS price"))
  await a.put('by_name/2', await parquet("SELECT 2.5::DOUBLE AS Price, 'more' AS note, 2 AS ID"))
  await a.succeed(
    `CREATE EXTERNAL TABLE by_name (note string, id int, price double) STORED AS PARQUET LOCATION 's3://data/by_name/'`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM by_name ORDER BY id'), [
    [null, '1', '1.5'],
    ['more', '2', '2.5'],
  ])
})

test('Parquet by index: columns renamed, and added at the end', async () => {
  await a.put('by_index/1', await parquet("SELECT 1 AS a, {'x': 10, 'y': 'deep'} AS b"))
  await a.put('by_index/2', await parquet("SELECT 2 AS k, {'x': 20, 'y': 'down'} AS v, DATE '2024-02-29' AS d"))
  await a.succeed(`CREATE EXTERNAL TABLE by_index (id int, pair struct<x:int,y:string>, day date)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
    WITH SERDEPROPERTIES ('parquet.column.index.access' = 'true')
    STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat' LOCATION 's3://data/by_index/'`)
  assert.deepEqual(await a.rows('SELECT id, pair.y, day, "$path" FROM by_index ORDER BY id'), [
    ['1', 'deep', null, 's3://data/by_index/1'],
    ['2', 'down', '2024-02-29', 's3://data/by_index/2'],
  ])
  assert.deepEqual(await a.rows('SELECT count(*), count(day) FROM by_index'), [['2', '1']])
  await a.put('by_index/3', await parquet("SELECT 'text' AS id"))
  assert.match(await a.failure('SELECT id FROM by_index'), /^HIVE_BAD_DATA: .*s3:\/\/data\/by_index\/3/)
})

test("a partition's types become the table's", async () => {
  await a.succeed(`CREATE EXTERNAL TABLE drift (id bigint, n int, d double, s string, t varchar(3)) PARTITIONED BY (p string)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/drift/'`)
  await a.put('drift/p=same/f', '1,2,2.5,text,abcdef\n')
  await a.put('drift/p=old/f', '7,8,0.1,05,abcdef\n8,x,y,z,w\n9,99999999999,1e300,12,\n')
  await addPartition('drift', 'same', () => ({}))
  await addPartition('drift', 'old', () =>
    columns(['id', 'smallint'], ['n', 'string'], ['d', 'float'], ['s', 'int'], ['t', 'string']),
  )
  const rows = [
    ['1', '2', '2.5', 'text', 'abc', 'same'],
    // A real that has become a double; an int that has become a text is one without its zero.
    ['7', '8', '0.10000000149011612', '5', 'abc', 'old'],
    ['8', null, null, null, 'w', 'old'],
    ['9', null, 'Infinity', '12', '', 'old'],
  ]
  assert.deepEqual(await a.rows('SELECT * FROM drift ORDER BY id'), rows)
  assert.deepEqual(await a.rows("SELECT n, p FROM drift WHERE s = '5'"), [['8', 'old']])
  assert.deepEqual(await a.rows('SELECT p, count(*) FROM drift GROUP BY p ORDER BY p'), [
    ['old', '3'],
    ['same', '1'],
  ])
})

test('types that cannot become one another are a mismatch, told as Trino tells it', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE click_avro (col1 string, col68 string) PARTITIONED BY (p string)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/click_avro/'`)
  await a.put('click_avro/p=2017/f', 'a,1.5\n')
  await addPartition('click_avro', '2017', () => columns(['col1', 'string'], ['other', 'double']))
  assert.equal(
    await a.failure('SELECT col1 FROM click_avro'),
    "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. The column 'col68' in table 'db.click_avro' is declared as type 'string', but partition 'p=2017' declared column 'other' as type 'double'.",
  )
  assert.deepEqual(await a.rows("SELECT col1 FROM click_avro WHERE p = '2018'"), [])
  // Parquet is matched by name: another column at that place does not matter.
  await a.succeed(`CREATE EXTERNAL TABLE click_parquet (col1 string, col68 string) PARTITIONED BY (p string)
    STORED AS PARQUET LOCATION 's3://data/click_parquet/'`)
  await a.put('click_parquet/p=2017/f', await parquet("SELECT 1.5::DOUBLE AS other, 'b' AS col68, 'a' AS col1"))
  await addPartition('click_parquet', '2017', () => columns(['other', 'double'], ['col68', 'string']))
  assert.deepEqual(await a.rows('SELECT * FROM click_parquet'), [['a', 'b', '2017']])
  await addPartition('click_parquet', '2018', () => columns(['col68', 'double']))
  assert.match(
    await a.failure('SELECT * FROM click_parquet'),
    /^HIVE_PARTITION_SCHEMA_MISMATCH: .*'col68' in table 'db.click_parquet'.*'p=2018' declared column 'col68' as type 'double'/,
  )
})

test('each partition is read by its own SerDe', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE mixed (id int, name string) PARTITIONED BY (p string)
    STORED AS PARQUET LOCATION 's3://data/mixed/'`)
  await a.put('mixed/p=parquet/f', await parquet("SELECT 1 AS id, 'one' AS name"))
  await a.put('mixed/p=csv/f', '2|two\n3|three\n')
  await a.put('mixed/p=json/f', '{"name": "four", "id": 4}\n')
  const serde = (library: string, Parameters: Record<string, string> = {}) => ({
    SerdeInfo: { SerializationLibrary: library, Parameters },
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  })
  await addPartition('mixed', 'parquet', () => ({}))
  await addPartition('mixed', 'csv', () =>
    serde('org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe', { 'field.delim': '|' }),
  )
  await addPartition('mixed', 'json', () => serde('org.openx.data.jsonserde.JsonSerDe'))
  assert.deepEqual(await a.rows('SELECT * FROM mixed ORDER BY id'), [
    ['1', 'one', 'parquet'],
    ['2', 'two', 'csv'],
    ['3', 'three', 'csv'],
    ['4', 'four', 'json'],
  ])
  assert.deepEqual(
    await a.rows("SELECT x.name, y.name FROM mixed x JOIN mixed y ON x.id = y.id + 2 WHERE y.p = 'csv'"),
    [['four', 'two']],
  )
  const { Statistics } = await a.succeed("SELECT * FROM mixed WHERE p = 'csv'")
  assert.equal(Statistics!.DataScannedInBytes, '2|two\n3|three\n'.length)
})
