/** Tables of Avro files: golden ones by fastavro (tests/golden/avro.py), whose script says what is in them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const golden = (codec: string): Buffer => readFileSync(new URL(`../../golden/avro/${codec}.avro`, import.meta.url))

const COLUMNS = `id bigint, small int, name string, ok boolean, score double, ratio float, day date, at_ms timestamp,
  at_us timestamp, price decimal(10,2), wide decimal(38,4), raw binary, tags array<string>, attrs map<string,int>,
  place struct<city:string,geo:array<double>>, suit string`

for (const codec of ['null', 'deflate', 'snappy', 'zstandard'])
  test(`every type, written with the codec ${codec}`, async () => {
    await a.put(`avro-${codec}/a.avro`, golden(codec))
    await a.succeed(
      `CREATE EXTERNAL TABLE avro_${codec} (${COLUMNS}) STORED AS AVRO LOCATION 's3://data/avro-${codec}/'`,
    )
    assert.deepEqual(
      await a.rows(`SELECT id, small, name, ok, score, ratio, day, at_ms, at_us, price, wide, to_hex(raw), tags, element_at(attrs, 'k'),
        place.city, place.geo, suit FROM avro_${codec} WHERE id IN (0, 4611686018427387, -4) ORDER BY id`),
      [
        [
          '-4',
          '4',
          null,
          'true',
          '1.0',
          '2.0',
          '2024-03-04',
          '2024-01-01 04:00:00.123',
          '1969-12-31 23:59:59.999',
          '-0.25',
          '0.0001',
          '04FF',
          '[]',
          null,
          'Bonn',
          '[1.5, 2.5]',
          'HEARTS',
        ],
        [
          '0',
          null,
          'näme 0',
          'true',
          '0.0',
          '0.0',
          '2024-02-29',
          '2024-01-01 00:00:00.123',
          null,
          '-1.25',
          '0.0001',
          '00FF',
          '[]',
          null,
          'Bonn',
          '[1.5, 2.5]',
          'HEARTS',
        ],
        [
          '4611686018427387',
          '1',
          'näme 1',
          'false',
          '0.25',
          '0.5',
          '2024-03-01',
          '2024-01-01 01:00:00.123',
          '1969-12-31 23:59:59.999',
          '-1.00',
          '-1234567890123456789012345678.9012',
          '01FF',
          '[a]',
          '1',
          null,
          null,
          'SPADES',
        ],
      ],
    )
    assert.deepEqual(
      await a.rows(`SELECT count(*), sum(id), count(small), sum(cardinality(tags)) FROM avro_${codec}`),
      [['12', String(36n * 4611686018427387n - 30n), '8', '18']],
    )
  })

test('CTAS, INSERT and UNLOAD write Avro, partitions and every codec; what is read is what was written', async () => {
  const select = `SELECT id, small, name, ok, score, ratio, day, at_ms, price, wide, raw, tags, attrs, place, suit`
  for (const [codec, level] of [
    ['DEFLATE', ''],
    ['BZIP2', ''],
    ['SNAPPY', ''],
    ['ZSTD', ', compression_level = 9'],
    ['NONE', ''],
  ]) {
    const table = `copied_${codec!.toLowerCase()}`
    await a.succeed(`CREATE TABLE ${table} WITH (format = 'AVRO', write_compression = '${codec}'${level}, partitioned_by = ARRAY['odd']) AS
      ${select}, id % 2 <> 0 AS odd FROM avro_null`)
    for (const [left, right] of [
      [table, 'avro_null'],
      ['avro_null', table],
    ])
      assert.deepEqual(await a.rows(`${select} FROM ${left} EXCEPT ${select} FROM ${right}`), [])
    assert.deepEqual(await a.rows(`SELECT odd, count(*) FROM ${table} GROUP BY 1 ORDER BY 1`), [
      ['false', '6'],
      ['true', '6'],
    ])
  }
  await a.succeed(`INSERT INTO copied_zstd ${select}, true FROM avro_null WHERE id = 0`)
  assert.deepEqual(await a.rows('SELECT count(*), count_if(odd) FROM copied_zstd'), [['13', '7']])
  await a.succeed(`UNLOAD (SELECT id, name FROM avro_null) TO 's3://data/unloaded-avro/' WITH (format = 'AVRO')`)
  await a.succeed(
    `CREATE EXTERNAL TABLE unloaded (id bigint, name string) STORED AS AVRO LOCATION 's3://data/unloaded-avro/'`,
  )
  assert.deepEqual(await a.rows('SELECT count(*), count(name) FROM unloaded'), [['12', '10']])
  assert.match(
    await a.failure(`CREATE TABLE refused WITH (format = 'AVRO', write_compression = 'GZIP') AS SELECT 1 AS x`),
    /INVALID_TABLE_PROPERTY/,
  )
})

test('a schema of the table: its aliases and defaults count, whatever the file calls its fields', async () => {
  const schema = {
    type: 'record',
    name: 'Renamed',
    fields: [
      { name: 'number', aliases: ['Id'], type: 'long' },
      { name: 'label', aliases: ['name'], type: ['null', 'string'], default: null },
      { name: 'added', type: 'string', default: 'näu' },
      { name: 'figures', type: { type: 'array', items: 'int' }, default: [1, 2] },
    ],
  }
  await a.succeed(`CREATE EXTERNAL TABLE renamed (number bigint, label string, added string, figures array<int>)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.avro.AvroSerDe'
    WITH SERDEPROPERTIES ('avro.schema.literal' = '${JSON.stringify(schema)}')
    STORED AS AVRO LOCATION 's3://data/avro-null/'`)
  assert.deepEqual(
    await a.rows('SELECT number, label, added, figures FROM renamed WHERE number IN (0, -4) ORDER BY number'),
    [
      ['-4', null, 'näu', '[1, 2]'],
      ['0', 'näme 0', 'näu', '[1, 2]'],
    ],
  )
  await a.succeed(`CREATE EXTERNAL TABLE pointed (id bigint) STORED AS AVRO LOCATION 's3://data/avro-null/'
    TBLPROPERTIES ('avro.schema.url' = 's3://data/schema.avsc')`)
  assert.match(
    await a.failure('SELECT id FROM pointed'),
    /^NOT_SUPPORTED: line 1:16: avro\.schema\.url is not supported/,
  )
})

test('a type that can not stand for the field, a file that breaks off, and one that is none', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE mistyped (name int) STORED AS AVRO LOCATION 's3://data/avro-null/'`)
  assert.equal(
    await a.failure('SELECT name FROM mistyped'),
    "HIVE_BAD_DATA: Malformed Avro file. Avro type string can not be read as column 'name' of type int [s3://data/avro-null/a.avro]",
  )
  await a.put('avro-broken/a.avro', golden('deflate').subarray(0, 1_900))
  await a.succeed(`CREATE EXTERNAL TABLE broken (id bigint) STORED AS AVRO LOCATION 's3://data/avro-broken/'`)
  assert.match(await a.failure('SELECT id FROM broken'), /^HIVE_BAD_DATA: Malformed Avro file\. a block reaches beyond/)
  await a.put('avro-text/a.avro', 'id,name\n1,x\n')
  await a.succeed(`CREATE EXTERNAL TABLE textual (id bigint) STORED AS AVRO LOCATION 's3://data/avro-text/'`)
  assert.match(await a.failure('SELECT count(*) FROM textual'), /^HIVE_BAD_DATA: Malformed Avro file\. Not a data file/)
  assert.equal(
    (await a.succeed('SELECT name FROM avro_null')).Statistics?.DataScannedInBytes,
    golden('null').length,
    'a row is read whole',
  )
})
