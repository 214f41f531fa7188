/**
 * Tables over files that are not what they say, a list for each format: every query fails with Athena's error for it,
 * which names the file, while another query goes on and is not harmed; and the next query finds a worker.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { damaged } from '../../../src/formats/bad-input.fixture.ts'
import { dice } from '../../../src/formats/seeded.fixture.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(`CREATE TABLE sound WITH (format = 'PARQUET', external_location = 's3://data/sound/') AS
    SELECT x AS n, cast(x AS varchar) AS s FROM UNNEST(sequence(1, 5000)) AS u (x)`)
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

const golden = (path: string) => readFileSync(`tests/golden/${path}`)
const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)
const LINES = Array.from({ length: 20_000 }, (_, i) => `${i},word ${i}`).join('\n')
const OBJECTS = Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"s":"word ${i}"}`).join('\n')

const LAZY = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
const OPEN = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
const OPENX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
const ION = "ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' STORED AS ION"

interface Case {
  /** The file's name; its ending tells the codec. */
  readonly file: string
  readonly bytes: Buffer | string
  readonly columns: string
  readonly rows: string
  /** What the reason begins with; the file's address must stand in it. */
  readonly reason: RegExp
  /** False where Athena's own words, which are known, tell no file. */
  readonly isNamed?: boolean
}

const BAD_DATA = /^HIVE_BAD_DATA: /
const ANY = /^HIVE_(CURSOR_ERROR|BAD_DATA|CANNOT_OPEN_SPLIT): /

const CASES: Readonly<Record<string, () => readonly Case[] | Promise<readonly Case[]>>> = {
  parquet: async () => {
    const [[uri]] = (await a.rows('SELECT DISTINCT "$path" FROM sound')) as [[string]]
    const { body } = await a.read(uri)
    const tail = (length: number) => {
      const end = Buffer.alloc(8, 'xxxxPAR1')
      end.writeUInt32LE(length)
      return Buffer.concat([body.subarray(0, -8), end])
    }
    const scrambled = Buffer.from(body)
    for (let i = 200; i < scrambled.length - 300; i += 7) scrambled[i]! ^= 0x5a
    const of = (bytes: Buffer | string, columns = 'n bigint, s string'): Case => {
      return { file: 'a.parquet', bytes, columns, rows: 'STORED AS PARQUET', reason: BAD_DATA }
    }
    return [
      of(half(body)),
      of(body.subarray(0, 6)),
      of('n,s\n1,x\n'),
      of(tail(0xffff_fff0)),
      of(tail(4)),
      of(scrambled),
      of(body, 'n array<int>, s string'),
      of(body, 'n bigint, s struct<a:int>'),
      of(golden('orc/zlib.orc')),
      // Sound files that are not to be read.
      {
        ...of(golden('parquet/split-integers.parquet'), 'n bigint, t string'),
        reason: /^NOT_SUPPORTED: .*BYTE_STREAM_SPLIT/,
      },
    ]
  },
  orc: () => {
    const of = (bytes: Buffer | string, columns = 'id bigint, name string'): Case => {
      return { file: 'a.orc', bytes, columns, rows: 'STORED AS ORC', reason: BAD_DATA }
    }
    const whole = golden('orc/zlib.orc')
    const scrambled = Buffer.from(whole)
    for (let i = 10; i < scrambled.length - 6000; i += 5) scrambled[i]! ^= 0x5a
    return [half(whole), 'id,name\n', whole.subarray(-200), scrambled]
      .map((bytes) => of(bytes))
      .concat(of(whole, 'id string, name string'), of(whole, 'id array<bigint>, name string'))
  },
  avro: () => {
    const of = (bytes: Buffer | string, columns = 'id bigint, name string'): Case => {
      return { file: 'a.avro', bytes, columns, rows: 'STORED AS AVRO', reason: BAD_DATA }
    }
    const whole = golden('avro/deflate.avro')
    const scrambled = Buffer.from(whole)
    for (let i = 1500; i < scrambled.length; i += 5) scrambled[i]! ^= 0x5a
    return [half(whole), whole.subarray(0, -9), 'Obj', scrambled]
      .map((bytes) => of(bytes))
      .concat(of(whole, 'id array<bigint>, name string'))
  },
  ion: () => {
    const of = (bytes: Buffer | string): Case => {
      return { file: 'a.ion', bytes, columns: 'id bigint', rows: ION, reason: ANY }
    }
    const whole = golden('ion/rows.ion')
    return [
      of(whole.subarray(0, -3)),
      of('{id: 1'),
      of('['.repeat(5000)),
      of(gzipSync('{id:1}').subarray(0, 15)),
      of('{id: "x"}'),
    ]
  },
  json: () => {
    const of = (bytes: Buffer | string, file = 'a.json'): Case => {
      return { file, bytes, columns: 'n bigint, s string', rows: OPENX, reason: ANY }
    }
    return [
      of(`${OBJECTS}\n{"n":1,`),
      of('{"n":1}\nnot json\n'),
      of(`{"n":1,"s":"${'x'.repeat(70 << 20)}"}`),
      of(half(gzipSync(OBJECTS)), 'a.json.gz'),
      of(half(zstdCompressSync(OBJECTS)), 'a.json.zst'),
      of(half(deflateSync(OBJECTS)), 'a.json.deflate'),
      of('no archive', 'a.json.gz'),
      of(`{"n":${'['.repeat(5000)}`),
    ]
  },
  csv: () => {
    const of = (file: string, bytes: Buffer | string): Case => {
      return { file, bytes, columns: 'n bigint, s string', rows: LAZY, reason: ANY }
    }
    const flipped = (bytes: Buffer) => {
      const copy = Buffer.from(bytes)
      for (let i = 64; i < copy.length; i += 97) copy[i]! ^= 0x11
      return copy
    }
    const [zipped, packed] = [gzipSync(LINES), zstdCompressSync(LINES)]
    return [
      of('a.csv.gz', half(zipped)),
      of('a.csv.gz', flipped(zipped)),
      of('a.csv.gz', Buffer.concat([zipped, Buffer.from('more that is no archive')])),
      of('a.csv.zst', half(packed)),
      of('a.csv.zst', flipped(packed)),
      of('a.csv.zst', 'no archive'),
      of('a.csv.deflate', deflateRawSync(LINES).subarray(0, 100)),
      of('a.bz2', half(golden('codecs/python.bz2'))),
      of('a.snappy', flipped(golden('codecs/framed.snappy'))),
      of('a.lz4', flipped(golden('codecs/framed.lz4'))),
      of('a.csv', `1,${'x'.repeat(17 << 20)}\n`),
    ]
  },
  'open csv': () => [
    // https://repost.aws/knowledge-center/athena-hive-bad-data-error-csv
    {
      file: 'a.csv',
      bytes: '"1","x"\n"one","y"\n',
      columns: 'n bigint, s string',
      rows: OPEN,
      reason: /^HIVE_BAD_DATA: Error parsing field value 'one' for field 0: For input string: "one"/,
      isNamed: false,
    },
    { file: 'a.csv.zst', bytes: 'no archive', columns: 'n string, s string', rows: OPEN, reason: ANY },
    { file: 'a.csv.gz', bytes: half(gzipSync(LINES)), columns: 'n string, s string', rows: OPEN, reason: ANY },
  ],
}

/** A query that takes a while, over sound files. */
const OTHER = 'SELECT sum(x.n * y.n) FROM sound x JOIN sound y ON x.n % 50 = y.n % 50'

for (const [format, cases] of Object.entries(CASES))
  test(`${format}: each is named, and others are unharmed`, async () => {
    const other = a.rows(OTHER)
    for (const [i, { file, bytes, columns, rows, reason, isNamed = true }] of (await cases()).entries()) {
      const table = `${format.replace(' ', '_')}_${i}`
      await a.put(`${table}/${file}`, bytes)
      await a.succeed(`CREATE EXTERNAL TABLE ${table} (${columns}) ${rows} LOCATION 's3://data/${table}/'`)
      const counts = columns.split(', ').map((column) => `count(${column.split(' ')[0]})`)
      const said = await a.failure(`SELECT ${counts.join(', ')} FROM ${table}`)
      assert.match(said, reason, `${table}: ${said}`)
      assert.ok(!isNamed || said.includes(`s3://data/${table}/${file}`), `${table}: ${said}`)
      assert.ok(!said.includes(a.lake.dataDirectory), said)
    }
    assert.deepEqual(await other, await a.rows(OTHER))
  })

test('Parquet damaged at random: read, or refused by name', async () => {
  const [[uri]] = (await a.rows('SELECT DISTINCT "$path" FROM sound')) as [[string]]
  const { body } = await a.read(uri)
  await a.succeed(`CREATE EXTERNAL TABLE hit (n bigint, s string) STORED AS PARQUET LOCATION 's3://data/hit/'`)
  // A sound one beside it, so that it has to be found.
  await a.put('hit/sound.parquet', body)
  for (let seed = 1; seed <= 60; seed++) {
    await a.put('hit/a.parquet', damaged(body, dice(seed)))
    const { Status } = await a.run('SELECT max(n), max(s) FROM hit')
    if (Status!.State === 'SUCCEEDED') continue
    assert.match(Status!.StateChangeReason!, ANY, `seed ${seed}`)
    assert.match(Status!.StateChangeReason!, /s3:\/\/data\/hit\/a\.parquet/, `seed ${seed}`)
  }
  assert.deepEqual(await a.rows('SELECT count(*) FROM sound'), [['5000']])
})
