/** INSERT into tables of text: what is written is what the table's own readers find. Hive's LazySimpleSerDe says how. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

async function textOf(table: string): Promise<string> {
  const { Contents = [] } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: `${table}/` }))
  const files = await Promise.all(Contents.map(({ Key }) => a.read(`s3://data/${Key}`)))
  return files.map(({ body }) => body.toString()).join('')
}

test('delimiters, escapes, a text for NULL and a line of names are those of the table', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE spelled (id int, name string, tags array<string>, pairs map<string,int>)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY '\\;' MAP KEYS TERMINATED BY '='
    NULL DEFINED AS '-' LOCATION 's3://data/spelled/' TBLPROPERTIES ('skip.header.line.count' = '1', 'write.compression' = 'NONE')`)
  await a.succeed(`INSERT INTO spelled VALUES
    (1, 'a|b\\c;d', ARRAY['x;y', NULL, 'u=v', '-'], MAP(ARRAY['k=1', 'l'], ARRAY[5, NULL])), (2, NULL, NULL, NULL)`)
  assert.equal(await textOf('spelled'), 'id|name|tags|pairs\n1|a\\|b\\\\c\\;d|x\\;y;-;u\\=v;-|k\\=1=5;l=-\n2|-|-|-\n')
  assert.deepEqual(
    await a.rows("SELECT id, name, tags[1], tags[3], pairs['k=1'], pairs['l'] FROM spelled ORDER BY id"),
    [
      ['1', 'a|b\\c;d', 'x;y', 'u=v', '5', null],
      ['2', null, null, null, null, null],
    ],
  )
})

test('rows that would lie where no reader looks are refused', async () => {
  for (const [name, property] of [
    ['heads', "'skip.header.line.count' = '2'"],
    ['feet', "'skip.footer.line.count' = '1'"],
  ]) {
    await a.succeed(`CREATE EXTERNAL TABLE ${name} (id int) LOCATION 's3://data/${name}/' TBLPROPERTIES (${property})`)
    assert.match(await a.failure(`INSERT INTO ${name} VALUES 1`), /^NOT_SUPPORTED: Inserting into Hive table with /)
  }
})

test('bytes in JSON are their own UTF-8 to the SerDe of Hive and base 64 to that of OpenX, as they are to Trino', async () => {
  const row = `CAST('añ' AS varbinary) AS b, CAST(ROW(X'6162') AS ROW(x varbinary)) AS r, MAP(ARRAY[X'6b'], ARRAY[X'']) AS m`
  await a.succeed(`CREATE TABLE hive_bytes WITH (format = 'JSON', write_compression = 'NONE',
    external_location = 's3://data/hive_bytes/') AS SELECT ${row}, X'00ff41' AS lost`)
  assert.equal(await textOf('hive_bytes'), '{"b":"añ","r":{"x":"ab"},"m":{"k":""},"lost":"\\u0000\ufffdA"}\n')
  assert.deepEqual(await a.rows('SELECT * FROM hive_bytes'), [['61 c3 b1', '{x=61 62}', '{6b=}', '00 ef bf bd 41']])

  await a.succeed(`CREATE EXTERNAL TABLE openx_bytes (b binary, r struct<x:binary>, m map<binary,binary>)
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/openx_bytes/' TBLPROPERTIES ('write.compression' = 'NONE')`)
  await a.succeed(`INSERT INTO openx_bytes SELECT ${row}`)
  assert.equal(await textOf('openx_bytes'), '{"b":"YcOx","r":{"x":"YWI="},"m":{"aw==":""}}\n')
  await a.put('openx_bytes/2', '{"b": "YWI", "r": {"x": "AP9B"}}\n{"b": "no base"}\n')
  assert.deepEqual(await a.rows('SELECT b, r.x FROM openx_bytes ORDER BY b'), [
    ['61 62', '00 ff 41'],
    ['61 c3 b1', '61 62'],
    [null, null],
  ])
})

test('a line of 2,000 columns, and a value of 1,000 fields', async () => {
  const numbers = Array.from({ length: 2000 }, (_, i) => i)
  const columns = numbers.map((i) => `${i} AS c${i}`).join(', ')
  await a.succeed(`CREATE TABLE broad WITH (format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE',
    external_location = 's3://data/broad/') AS SELECT ${columns}`)
  assert.equal(await textOf('broad'), `${numbers.join()}\n`)
  const fields = numbers.slice(0, 1000)
  const value = `CAST(ROW(${fields.join()}) AS ROW(${fields.map((i) => `f${i} integer`).join()}))`
  await a.succeed(`CREATE TABLE deep WITH (format = 'TEXTFILE', write_compression = 'NONE',
    external_location = 's3://data/deep/') AS SELECT ${value} AS s`)
  assert.equal(await textOf('deep'), `${fields.join('\u0002')}\n`)
  const shown = fields.map((i) => `f${i}=${i}`).join(', ')
  const json = fields.map((i) => `"f${i}":${i}`).join()
  assert.deepEqual(await a.rows(`SELECT ${value}, json_format(CAST(${value} AS json))`), [[`{${shown}}`, `{${json}}`]])
})
