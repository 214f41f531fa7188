/** Amazon Ion: https://docs.aws.amazon.com/athena/latest/ug/ion-serde.html. Documents of tests/golden/ion.py. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const GOLDEN = 'tests/golden/ion/'
const SERDE = (properties: string) =>
  `ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES (${properties}) STORED AS ION`

test('binary, text and compressed documents of every type', async () => {
  const columns = `id int, name string, ok boolean, big bigint, ratio double, price decimal(10,2), seen timestamp, raw binary,
    tags array<string>, counts map<string,int>, place struct<city:string,geo:struct<lat:double>>`
  const binary = readFileSync(`${GOLDEN}rows.ion`)
  for (const [table, file, body] of [
    ['ion_binary', 'a.ion', binary],
    ['ion_text', 'a.ion', readFileSync(`${GOLDEN}rows.txt.ion`)],
    ['ion_gzip', 'a.ion.gz', gzipSync(binary)],
    ['ion_zstd', 'a.ion.zst', zstdCompressSync(binary)],
    // In frames, of which any place may be the end.
    [
      'ion_frames',
      'a.ion.zst',
      Buffer.concat(['', binary.subarray(0, 99), binary.subarray(99)].map((b) => zstdCompressSync(b))),
    ],
  ] as const) {
    await a.put(`${table}/${file}`, body)
    await a.succeed(`CREATE EXTERNAL TABLE ${table} (${columns}) STORED AS ION LOCATION 's3://data/${table}/'`)
    assert.deepEqual(
      await a.rows(
        `SELECT id, name, ok, big, ratio, price, seen, raw, tags, counts['y'], place.city, place.geo.lat FROM ${table} ORDER BY id`,
      ),
      [
        [
          '1',
          'Zoë 🌊',
          'true',
          '4611686018427387905',
          '0.1',
          '12.35',
          '2024-02-29 23:30:15.123',
          '00 ff 10',
          '[a, null, c]',
          '2',
          'Oslo',
          '59.9',
        ],
        // Five and a half hours east of Greenwich it was still afternoon there.
        ['2', 'two', null, null, null, '-7.00', '2024-02-29 18:00:15.123', null, '[]', null, null, null],
        ['3', null, null, '-9223372036854775808', 'Infinity', '100.00', null, null, null, null, null, null],
      ],
      table,
    )
    const { Statistics } = await a.succeed(`SELECT count(*) FROM ${table} WHERE id > 1`)
    assert.equal(Statistics!.DataScannedInBytes, body.length)
  }
})

test('path extractors: the examples of the guide', async () => {
  await a.put(
    'paths/a.ion',
    '{ identification: { name: "John Smith", driver_license: "XXXX" }, alias: "Johnny" }\n{ foo: ["foo1", "foo2"], bar: "myBarValue", bar: A::"annotatedValue" }',
  )
  await a.succeed(`CREATE EXTERNAL TABLE paths (name string, nickname string, first string, second string, annotated string, whole string)
    ${SERDE(`'ion.nickname.path_extractor' = '(alias)', 'ion.name.path_extractor' = '(identification name)',
      'ion.first.path_extractor' = '(foo 0)', 'ion.second.path_extractor' = '(1)',
      'ion.annotated.path_extractor' = '(A::bar)', 'ion.whole.path_extractor' = '()'`)} LOCATION 's3://data/paths/'`)
  assert.deepEqual(await a.rows('SELECT name, nickname, first, second, annotated FROM paths ORDER BY name'), [
    ['John Smith', 'Johnny', null, 'Johnny', null],
    [null, null, 'foo1', 'myBarValue', 'annotatedValue'],
  ])
  assert.deepEqual(await a.rows('SELECT whole FROM paths WHERE first IS NOT NULL'), [
    ['{foo:["foo1","foo2"],bar:"myBarValue",bar:A::"annotatedValue"}'],
  ])
})

test('the case of names counts where the table says so', async () => {
  await a.put('cases/a.ion', "{ 'ALIAS': 'value1'}\n{ 'alias': 'value2'}")
  for (const [table, sensitive, rows] of [
    ['any_case', 'false', [['value1'], ['value2']]],
    ['one_case', 'true', [['value2'], [null]]],
  ] as const) {
    await a.succeed(`CREATE EXTERNAL TABLE ${table} (alias string)
      ${SERDE(`'ion.alias.path_extractor' = '(alias)', 'ion.path_extractor.case_sensitive' = '${sensitive}'`)}
      LOCATION 's3://data/cases/'`)
    assert.deepEqual(await a.rows(`SELECT alias FROM ${table} ORDER BY 1`), rows)
  }
})

test('JSON over several lines is Ion too', async () => {
  await a.put('pretty/a.json', JSON.stringify({ id: 1, price: 1.5, list: [{ a: 'x' }] }, null, 2))
  await a.succeed(
    `CREATE EXTERNAL TABLE pretty (id int, price double, list array<struct<a:string>>) STORED AS ION LOCATION 's3://data/pretty/'`,
  )
  assert.deepEqual(await a.rows('SELECT id, price, list[1].a FROM pretty'), [['1', '1.5', 'x']])
})

test('numbers too large fail, unless they may overflow', async () => {
  await a.put('over/a.ion', '{a: 300, b: 300}')
  await a.succeed(`CREATE EXTERNAL TABLE overflowing (a tinyint, b smallint) STORED AS ION LOCATION 's3://data/over/'`)
  assert.match(await a.failure('SELECT a FROM overflowing'), /^HIVE_BAD_DATA: .*300.*s3:\/\/data\/over\/a.ion/)
  assert.deepEqual(await a.rows('SELECT b FROM overflowing'), [['300']])
  await a.succeed(`CREATE EXTERNAL TABLE wraps (a tinyint, b smallint) ${SERDE(`'ion.a.fail_on_overflow' = 'false'`)}
    LOCATION 's3://data/over/'`)
  assert.deepEqual(await a.rows('SELECT a, b FROM wraps'), [['44', '300']])
})

test('what is malformed is named, or left out where the table says so', async () => {
  await a.put('bad/a.ion', '{id: 1}\n{id: "one"}\n{id: 3}\n]')
  await a.succeed(`CREATE EXTERNAL TABLE bad_ion (id int) STORED AS ION LOCATION 's3://data/bad/'`)
  assert.match(await a.failure('SELECT * FROM bad_ion'), /^HIVE_BAD_DATA: Malformed Ion file.*s3:\/\/data\/bad\/a.ion/)
  await a.succeed(
    `CREATE EXTERNAL TABLE lenient_ion (id int) ${SERDE(`'ion.ignore_malformed' = 'true'`)} LOCATION 's3://data/bad/'`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM lenient_ion ORDER BY id'), [['1'], ['3'], [null]])
  const binary = readFileSync(`${GOLDEN}rows.ion`)
  await a.put('bad/a.ion', binary.subarray(0, binary.length - 30))
  assert.match(await a.failure('SELECT * FROM bad_ion'), /^HIVE_BAD_DATA: .*s3:\/\/data\/bad\/a.ion/)
  await a.put('bad/a.ion', `${'['.repeat(5000)}`)
  assert.match(await a.failure('SELECT * FROM bad_ion'), /^HIVE_BAD_DATA: .*s3:\/\/data\/bad\/a.ion/)
})
