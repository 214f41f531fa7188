/** Ion by CTAS and INSERT: https://docs.aws.amazon.com/athena/latest/ug/ion-serde-using-ctas-and-insert-into-to-create-ion-tables.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

async function contents(prefix: string): Promise<Buffer[]> {
  const { Contents = [] } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))
  return Promise.all(Contents.map(async ({ Key }) => Buffer.from((await a.read(`s3://data/${Key}`)).body)))
}

const ALL_TYPES = `SELECT true AS ok, CAST(-7 AS tinyint) AS t, CAST(300 AS smallint) AS s, 70000 AS i, 9223372036854775807 AS b,
  REAL '0.25' AS r, 0.1e0 AS d, DECIMAL '-12.50' AS price, DECIMAL '12345678901234567890.123456789' AS long_price,
  'Zoë' AS word, CAST('ab' AS varchar(5)) AS short, X'00ff10' AS raw, DATE '1969-12-31' AS day,
  TIMESTAMP '2024-02-29 23:30:15.123' AS at, ARRAY['a', NULL] AS tags, MAP(ARRAY['x', 'y'], ARRAY[1, NULL]) AS counts,
  CAST(ROW('Oslo', ROW(59.9e0)) AS row(city varchar, geo row(lat double))) AS place, CAST(NULL AS varchar) AS missing`

test('every type, in binary and in text, comes back', async () => {
  for (const encoding of ['BINARY', 'TEXT']) {
    const table = `all_${encoding.toLowerCase()}`
    await a.succeed(`CREATE TABLE ${table} WITH (format = 'ION', ion_encoding = '${encoding}', write_compression = 'NONE',
      external_location = 's3://data/${table}/') AS ${ALL_TYPES}`)
    await a.succeed(`INSERT INTO ${table} ${ALL_TYPES}`)
    assert.deepEqual(await a.rows(`SELECT * FROM ${table} UNION ${ALL_TYPES}`), await a.rows(ALL_TYPES))
    assert.deepEqual(await a.rows(`SELECT count(*) FROM ${table}`), [['2']])
    const files = await contents(`${table}/`)
    assert.equal(files.length, 2)
    for (const file of files) {
      if (encoding === 'BINARY') assert.deepEqual([...file.subarray(0, 4)], [0xe0, 0x01, 0x00, 0xea])
      else
        assert.equal(
          file.toString(),
          '{ok:true,t:-7,s:300,i:70000,b:9223372036854775807,r:0.25e0,d:0.1e0,price:-12.50,' +
            'long_price:12345678901234567890.123456789,word:"Zoë",short:"ab",raw:{{AP8Q}},day:1969-12-31T,' +
            'at:2024-02-29T23:30:15.123Z,tags:["a",null],counts:{x:1,y:null},place:{city:"Oslo",geo:{lat:59.9e0}}}\n',
        )
    }
  }
})

test('gzip unless told otherwise, in partitions, and more rows than a batch holds', async () => {
  await a.succeed(`CREATE TABLE many WITH (format = 'ION', partitioned_by = ARRAY['odd'], external_location = 's3://data/many/') AS
    SELECT i * 1000 + j AS id, 'number ' || CAST(j AS varchar) AS word, (i * 1000 + j) % 2 = 1 AS odd
    FROM UNNEST(sequence(0, 59)) t(i), UNNEST(sequence(0, 999)) u(j)`)
  for (const file of await contents('many/')) assert.deepEqual([...gunzipSync(file).subarray(0, 4)], [0xe0, 1, 0, 0xea])
  assert.deepEqual(
    await a.rows('SELECT odd, count(*), sum(id), count(DISTINCT word) FROM many GROUP BY 1 ORDER BY 1'),
    [
      ['false', '30000', '899970000', '500'],
      ['true', '30000', '900000000', '500'],
    ],
  )
})

const SERDE = (properties: string) =>
  `ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES ('ion.encoding' = 'TEXT', ${properties}) STORED AS ION`
const inserted = async (table: string, columns: string, properties: string, values: string) => {
  await a.succeed(`CREATE EXTERNAL TABLE ${table} (${columns}) ${SERDE(properties)} LOCATION 's3://data/${table}/'
    TBLPROPERTIES ('write.compression' = 'NONE')`)
  await a.succeed(`INSERT INTO ${table} VALUES (${values})`)
  return (await contents(`${table}/`)).join('')
}

test('properties of the SerDe about what is written', async () => {
  const columns = 'id int, word string, list array<int>'
  for (const [table, nulls, text] of [
    ['omitted', 'OMIT', '{id:1}\n'],
    ['untyped', 'UNTYPED', '{id:1,word:null,list:null}\n'],
    ['typed', 'TYPED', '{id:1,word:null.string,list:null.list}\n'],
  ] as const)
    assert.equal(await inserted(table, columns, `'ion.serialize_null' = '${nulls}'`, '1, NULL, NULL'), text)
  const at = "TIMESTAMP '2024-01-01 00:30:00'"
  const offset = `'ion.timestamp.serialization_offset' = '+01:00'`
  assert.equal(await inserted('moved', 'at timestamp', offset, at), '{at:2024-01-01T01:30:00.000+01:00}\n')
  assert.deepEqual(await a.rows('SELECT at FROM moved'), [['2024-01-01 00:30:00.000']])
  assert.equal(
    await inserted(
      'others',
      'word string, raw binary, list array<string>, whole decimal(10,0)',
      `'ion.word.serialize_as' = 'symbol', 'ion.raw.serialize_as' = 'clob', 'ion.list.serialize_as' = 'sexp', 'ion.whole.serialize_as' = 'int'`,
      `'two words', X'41ff', ARRAY['x', 'y'], DECIMAL '12'`,
    ),
    `{word:'two words',raw:{{"A\\xff"}},list:("x" "y"),whole:12}\n`,
  )
  assert.deepEqual(await a.rows('SELECT word, raw, list, whole FROM others'), [['two words', '41 ff', '[x, y]', '12']])
})

test('what would not be found again, or is no property, is refused', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE elsewhere (name string) ${SERDE(`'ion.name.path_extractor' = '(identification name)'`)}
    LOCATION 's3://data/elsewhere/'`)
  assert.match(
    await a.failure("INSERT INTO elsewhere VALUES ('a')"),
    /^NOT_SUPPORTED: .*column name is read from elsewhere/,
  )
  for (const property of [
    `'ion.serialize_null' = 'NO'`,
    `'ion.timestamp.serialization_offset' = '+25:00'`,
    `'ion.name.serialize_as' = 'blob'`,
  ]) {
    await a.succeed(`CREATE EXTERNAL TABLE odd (name string) ${SERDE(property)} LOCATION 's3://data/odd/'`)
    assert.match(await a.failure("INSERT INTO odd VALUES ('a')"), /^INVALID_TABLE_PROPERTY: /, property)
    await a.succeed('DROP TABLE odd')
  }
  const ctas = (what: string, properties = '') =>
    a.failure(`CREATE TABLE refused WITH (format = 'ION'${properties}) AS SELECT ${what} AS x`)
  assert.match(await ctas('MAP(ARRAY[1], ARRAY[2])'), /^NOT_SUPPORTED: .*keys of type integer/)
  assert.match(await ctas('1', ", ion_encoding = 'XML'"), /^INVALID_TABLE_PROPERTY: .*XML/)
  assert.match(await ctas("TIMESTAMP '-0001-01-01 00:00:00'"), /^NOT_SUPPORTED: .*years 1 to 9999/)
  assert.match(
    await a.failure("UNLOAD (SELECT 1 AS x) TO 's3://data/unloaded/' WITH (format = 'ION')"),
    /^INVALID_TABLE_PROPERTY: .*UNLOAD needs/,
  )
})
