/** Tables of ORC files: golden ones by Apache ORC's C++ library (tests/golden/orc.py), whose script says what is in them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const golden = (codec: string): Buffer => readFileSync(new URL(`../../golden/orc/${codec}.orc`, import.meta.url))
const ROWS = 2_500

const COLUMNS = `id bigint, tiny tinyint, small smallint, whole int, name string, kind string, ok boolean, score double,
  ratio float, day date, at timestamp, price decimal(10,2), wide decimal(38,4), raw binary, tags array<string>,
  attrs map<string,int>, place struct<city:string,geo:array<double>>`

/** What the script writes in row `i`, as Athena shows it. */
function row(i: number): (string | null)[] {
  const decimal = (hundredths: number) => (hundredths / 100).toFixed(2)
  const double = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value))
  const at = new Date(Date.UTC(1969, 11, 31, 23, 59, 58) + i * 300)
  return [
    i % 1000 === 1 ? String((BigInt(i) * 4611686018427387n) % 9223372036854775807n) : String(i),
    String((i % 256) - 128),
    i % 3 === 0 ? null : String((i % 65536) - 32768),
    String(i % 97 ? -i * 7919 : 2147483647),
    i % 5 === 4 ? null : `näme ${i}`,
    ['alpha', 'beta', 'gamma'][i % 3]!,
    String(i % 2 === 0),
    double(i * 0.25),
    double(i * 0.5),
    new Date(Date.UTC(2024, 1, 29 + (i % 5000) - 2500)).toISOString().slice(0, 10),
    i === 0 ? null : at.toISOString().slice(0, 23).replace('T', ' '),
    decimal((i - 5) * 25),
    i % 2 ? '-1234567890123456789012345678.9012' : '0.0001',
    Buffer.from([i % 256, 255])
      .toString('hex')
      .toUpperCase(),
    i % 7 === 0 ? null : `[${['a', 'null', 'b'].slice(0, i % 4).join(', ')}]`,
    i % 2 ? String(i) : null,
    i % 4 === 1 ? null : 'Bonn',
    i % 4 === 1 ? null : double(i),
  ]
}

const SELECT = `SELECT id, tiny, small, whole, name, kind, ok, score, ratio, day, at, price, wide, to_hex(raw), tags,
  element_at(attrs, 'k'), place.city, place.geo[2]`

for (const codec of ['uncompressed', 'zlib', 'snappy', 'lz4', 'zstd'])
  test(`every type, written with the codec ${codec}`, async () => {
    await a.put(`orc-${codec}/a.orc`, golden(codec))
    await a.succeed(`CREATE EXTERNAL TABLE orc_${codec} (${COLUMNS}) STORED AS ORC LOCATION 's3://data/orc-${codec}/'`)
    for (const offset of codec === 'zlib' ? [0, 800, 1600] : [1700]) {
      const read = await a.rows(`${SELECT} FROM orc_${codec} ORDER BY score OFFSET ${offset} LIMIT 900`)
      assert.equal(read.length, Math.min(900, ROWS - offset))
      for (const [i, values] of read.entries()) assert.deepEqual(values, row(offset + i))
    }
  })

test('types inside types, and instants, are what the library that wrote them reads', async () => {
  await a.put('orc-nested/a.orc', golden('nested'))
  await a.succeed(`CREATE EXTERNAL TABLE nested (id bigint, grid array<array<int>>, points array<struct<x:int,label:string>>,
    by_name map<string,array<struct<x:int,label:string>>>, deep struct<inner:struct<sums:array<decimal(20,3)>,day:date>>,
    moment timestamp, all_null array<map<string,bigint>>) STORED AS ORC LOCATION 's3://data/orc-nested/'`)
  const columns = [
    'grid',
    'points',
    'by_name',
    'transform(deep."inner".sums, s -> cast(s AS varchar))',
    'deep."inner".day',
  ]
  const values = columns.map((column) => `json_format(cast(${column} AS json))`)
  const read = await a.rows(
    `SELECT id, ${values.join(', ')}, deep IS NULL, cast(to_unixtime(moment) * 1000 AS bigint), all_null FROM nested ORDER BY id`,
  )
  const lines = readFileSync(new URL('../../golden/orc/nested.expected.ndjson', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  assert.equal(read.length, lines.length)
  for (const [i, line] of lines.entries()) {
    const { id, grid, points, by_name, deep, moment, all_null } = JSON.parse(line)
    const [number, ...texts] = read[i]!
    const parsed = texts.slice(0, columns.length).map((text) => (text === null ? null : JSON.parse(text)))
    assert.deepEqual(
      [Number(number), ...parsed, texts[5], Number(texts[6]), texts[7]],
      [
        id,
        grid,
        points,
        by_name,
        deep?.inner?.sums ?? null,
        deep?.inner?.day ?? null,
        String(deep === null),
        moment,
        all_null,
      ],
      `row ${i}`,
    )
  }
})

const scanned = async (sql: string): Promise<number> =>
  (await a.succeed(sql)).Statistics?.DataScannedInBytes ?? Number.NaN

test('only the wanted columns and row groups are read, and billed alike whoever asked before', async () => {
  const where = 'WHERE score >= 250.25 AND score < 260'
  const found = await a.rows(`${SELECT} FROM orc_uncompressed ${where} ORDER BY score`)
  assert.deepEqual(
    found,
    Array.from({ length: 39 }, (_, i) => row(1001 + i)),
  )
  const whole = golden('uncompressed').length
  const [sum, again] = [
    await scanned('SELECT sum(score) FROM orc_uncompressed'),
    await scanned('SELECT sum(score) FROM orc_uncompressed'),
  ]
  assert.equal(sum, again)
  // 2,500 doubles, the file's and the stripe's footers.
  assert.ok(sum > 20_000 && sum < 26_000, `${sum} of ${whole}`)
  assert.ok((await scanned('SELECT count(*) FROM orc_uncompressed')) < 6_000)
  assert.ok((await scanned('SELECT * FROM orc_uncompressed')) > whole * 0.9)
  assert.ok((await scanned('SELECT score FROM orc_uncompressed WHERE score > 1e9')) < 6_000)
  assert.deepEqual(await a.rows('SELECT count(*) FROM orc_uncompressed WHERE score > 1e9'), [['0']])
})

test('columns are found by their place, or by name where the SerDe is told so; a missing one is NULL', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE placed (a bigint, b tinyint) STORED AS ORC LOCATION 's3://data/orc-zlib/'`)
  assert.deepEqual(await a.rows('SELECT a, b FROM placed WHERE a = 7'), [['7', '-121']])
  await a.succeed(`CREATE EXTERNAL TABLE named (kind string, nothing date, ID bigint)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' WITH SERDEPROPERTIES ('orc.column.index.access'='false')
    STORED AS ORC LOCATION 's3://data/orc-zlib/'`)
  assert.deepEqual(await a.rows('SELECT kind, nothing, id FROM named WHERE id = 7'), [['beta', null, '7']])
  assert.deepEqual(await a.rows(`SELECT count(*) FROM named WHERE nothing = DATE '2024-01-01'`), [['0']])
})

test('a type that can not stand for the file, a file that breaks off, and one that is none', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE mistyped (id string) STORED AS ORC LOCATION 's3://data/orc-zlib/'`)
  assert.equal(
    await a.failure('SELECT id FROM mistyped'),
    "HIVE_BAD_DATA: Malformed ORC file. Cannot read SQL type 'varchar' from ORC stream '.id' of type LONG with attributes {} [s3://data/orc-zlib/a.orc]",
  )
  await a.put('orc-broken/a.orc', golden('zlib').subarray(0, 20_000))
  await a.succeed(`CREATE EXTERNAL TABLE broken (id bigint) STORED AS ORC LOCATION 's3://data/orc-broken/'`)
  assert.match(
    await a.failure('SELECT id FROM broken'),
    /^HIVE_BAD_DATA: Malformed ORC file\. .+ \[s3:\/\/data\/orc-broken\/a\.orc\]/,
  )
  await a.put('orc-none/a.orc', 'id,name\n1,x\n')
  await a.succeed(`CREATE EXTERNAL TABLE textual (id bigint) STORED AS ORC LOCATION 's3://data/orc-none/'`)
  assert.match(
    await a.failure('SELECT count(*) FROM textual'),
    /^HIVE_BAD_DATA: Malformed ORC file\. Invalid postscript \[/,
  )
})

test('the first rows take but the first stripe, and partitions and hidden columns are as in every table', async () => {
  await a.put('orc-days/day=2024-01-01/a.orc', golden('zstd'))
  await a.put('orc-days/day=2024-01-02/b.orc', golden('snappy'))
  await a.succeed(
    `CREATE EXTERNAL TABLE days (id bigint, tiny tinyint) PARTITIONED BY (day string) STORED AS ORC LOCATION 's3://data/orc-days/'`,
  )
  await a.succeed('MSCK REPAIR TABLE days')
  assert.deepEqual(await a.rows('SELECT day, "$path", count(*), sum(tiny) FROM days GROUP BY 1, 2 ORDER BY 1'), [
    ['2024-01-01', 's3://data/orc-days/day=2024-01-01/a.orc', '2500', String(tinySum)],
    ['2024-01-02', 's3://data/orc-days/day=2024-01-02/b.orc', '2500', String(tinySum)],
  ])
  assert.deepEqual(await a.rows('SELECT day, id FROM days LIMIT 2'), [
    ['2024-01-01', '0'],
    ['2024-01-01', '4611686018427387'],
  ])
  assert.ok((await scanned('SELECT * FROM days LIMIT 2')) < golden('zstd').length)
})

const tinySum = Array.from({ length: ROWS }, (_, i) => (i % 256) - 128).reduce((sum, one) => sum + one, 0)

test('CTAS, INSERT and UNLOAD write ORC, partitions and every codec; what is read is what was written', async () => {
  const columns = 'id, tiny, small, whole, name, kind, ok, score, ratio, day, at, price, wide, raw, tags, attrs, place'
  for (const [codec, level] of [
    ['ZLIB', ''],
    ['SNAPPY', ''],
    ['LZ4', ''],
    ['ZSTD', ', compression_level = 7'],
    ['NONE', ''],
  ]) {
    const table = `copied_${codec!.toLowerCase()}`
    await a.succeed(`CREATE TABLE ${table} WITH (format = 'ORC', write_compression = '${codec}'${level}, partitioned_by = ARRAY['part']) AS
      SELECT ${columns}, kind AS part FROM orc_zlib`)
    for (const [left, right] of [
      [table, 'orc_zlib'],
      ['orc_zlib', table],
    ])
      assert.deepEqual(await a.rows(`SELECT ${columns} FROM ${left} EXCEPT SELECT ${columns} FROM ${right}`), [])
    assert.deepEqual(await a.rows(`SELECT part, count(*) FROM ${table} GROUP BY 1 ORDER BY 1`), [
      ['alpha', '834'],
      ['beta', '833'],
      ['gamma', '833'],
    ])
  }
  await a.succeed(`INSERT INTO copied_zstd SELECT ${columns}, 'new' FROM orc_zlib WHERE score < 1`)
  assert.deepEqual(await a.rows(`SELECT count(*), count_if(part = 'new') FROM copied_zstd`), [['2504', '4']])
  await a.succeed(
    `UNLOAD (SELECT id, name FROM orc_zlib) TO 's3://data/unloaded-orc/' WITH (format = 'ORC', compression = 'snappy')`,
  )
  await a.succeed(
    `CREATE EXTERNAL TABLE unloaded (id bigint, name string) STORED AS ORC LOCATION 's3://data/unloaded-orc/'`,
  )
  assert.deepEqual(await a.rows('SELECT count(*), count(name) FROM unloaded'), [['2500', '2000']])
  assert.match(
    await a.failure(`CREATE TABLE refused WITH (format = 'ORC', write_compression = 'GZIP') AS SELECT 1 AS x`),
    /INVALID_TABLE_PROPERTY/,
  )
})

test('SHOW CREATE TABLE tells the classes of ORC', async () => {
  const text = (await a.lines('SHOW CREATE TABLE named')).join('\n')
  assert.match(text, /ROW FORMAT SERDE \n {2}'org\.apache\.hadoop\.hive\.ql\.io\.orc\.OrcSerde'/)
  assert.match(text, /'orc\.column\.index\.access'='false'/)
  assert.match(text, /STORED AS INPUTFORMAT \n {2}'org\.apache\.hadoop\.hive\.ql\.io\.orc\.OrcInputFormat'/)
  assert.match(text, /OUTPUTFORMAT \n {2}'org\.apache\.hadoop\.hive\.ql\.io\.orc\.OrcOutputFormat'/)
})

test('partitions whose types are not those of the table', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE widened (id bigint, tiny tinyint, small smallint, whole int) PARTITIONED BY (day string)
    STORED AS ORC LOCATION 's3://data/orc-days/'`)
  await a.succeed('MSCK REPAIR TABLE widened')
  await a.succeed('ALTER TABLE widened REPLACE COLUMNS (id bigint, tiny int, small bigint, whole bigint)')
  const whole = Array.from({ length: ROWS }, (_, i) => (i % 97 ? -i * 7919 : 2147483647)).reduce(
    (sum, one) => sum + one,
    0,
  )
  assert.deepEqual(await a.rows('SELECT count(*), sum(tiny), sum(whole) FROM widened'), [
    ['5000', String(2 * tinySum), String(2 * whole)],
  ])
})
