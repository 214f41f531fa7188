/** Under what CTAS, INSERT INTO and UNLOAD write each format: the tables of AWS's guide, compression-support-hive and -iceberg. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { bzip2Blocks } from '../../../src/formats/compression/bzip2.ts'
import { lz4Blocks, snappyBlocks } from '../../../src/formats/compression/framings.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** "Yes" of the guide's table for writing. */
const HIVE = {
  AVRO: ['BZIP2', 'DEFLATE', 'SNAPPY', 'ZSTD', 'NONE'],
  ORC: ['LZ4', 'SNAPPY', 'ZLIB', 'ZSTD', 'NONE'],
  PARQUET: ['GZIP', 'SNAPPY', 'ZSTD', 'NONE'],
  TEXTFILE: ['BZIP2', 'GZIP', 'LZ4', 'SNAPPY', 'ZSTD', 'NONE'],
  JSON: ['BZIP2', 'GZIP', 'LZ4', 'SNAPPY', 'ZSTD', 'NONE'],
  ION: ['BZIP2', 'GZIP', 'LZ4', 'SNAPPY', 'ZSTD', 'NONE'],
}
const ICEBERG_PARQUET = ['GZIP', 'SNAPPY', 'ZSTD', 'NONE', 'UNCOMPRESSED']
const ALL = ['BZIP2', 'DEFLATE', 'GZIP', 'LZ4', 'LZO', 'SNAPPY', 'ZLIB', 'ZSTD', 'NONE']

const keys = async (prefix: string) =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))).Contents ?? []).map((o) => o.Key!)

for (const [format, codecs] of Object.entries(HIVE))
  test(`${format}: what AWS writes is written and read, the rest is refused`, async () => {
    for (const codec of ALL) {
      const name = `${format}_${codec}`.toLowerCase()
      const create = `CREATE TABLE ${name} WITH (format = '${format}', write_compression = '${codec}', external_location = 's3://data/${name}/')
        AS SELECT 1 AS id, 'one' AS word`
      const unload = `UNLOAD (SELECT 1 AS id) TO 's3://data/un_${name}/' WITH (format = '${format}', compression = '${codec}')`
      if (codecs.includes(codec)) {
        await a.succeed(create)
        await a.succeed(`INSERT INTO ${name} VALUES (2, 'two')`)
        assert.deepEqual(await a.rows(`SELECT id, word FROM ${name} ORDER BY 1`), [
          ['1', 'one'],
          ['2', 'two'],
        ])
        if (format !== 'ION') await a.succeed(unload)
      } else {
        const refused = new RegExp(
          `INVALID_TABLE_PROPERTY: Compression codec ${codec} is not supported for format ${format}`,
        )
        assert.match(await a.failure(create), refused)
        if (format !== 'ION') assert.match(await a.failure(unload), refused)
      }
    }
  })

test('Iceberg: Parquet under those of its own table', async () => {
  for (const codec of [...ALL, 'UNCOMPRESSED']) {
    const name = `ice_${codec.toLowerCase()}`
    const create = `CREATE TABLE ${name} WITH (table_type = 'ICEBERG', is_external = false, write_compression = '${codec}', location = 's3://data/${name}/')
      AS SELECT 1 AS id`
    if (ICEBERG_PARQUET.includes(codec)) {
      await a.succeed(create)
      assert.deepEqual(await a.rows(`SELECT id FROM ${name}`), [['1']])
    } else assert.match(await a.failure(create), /INVALID_TABLE_PROPERTY: .*not supported/)
  }
})

const inMemory = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  read: (at: number, length: number) => bytes.slice(at, at + length),
})
const joined = (blocks: Iterable<Uint8Array>) => Buffer.concat([...blocks].map((block) => block.slice()))
const READERS: readonly [codec: string, ending: string, read: (bytes: Buffer) => Buffer][] = [
  ['BZIP2', '.bz2', (bytes) => joined(bzip2Blocks(inMemory(bytes)))],
  ['LZ4', '.lz4', (bytes) => joined(lz4Blocks(inMemory(bytes)))],
  ['SNAPPY', '.snappy', (bytes) => joined(snappyBlocks(inMemory(bytes)))],
  ['GZIP', '.gz', gunzipSync],
  ['ZSTD', '.zst', zstdDecompressSync],
]

test('text of several blocks, in partitions, under names that tell its codec', async () => {
  const lines = Array.from({ length: 150_000 }, (_, i) => `${i}|number ${(i * 7919) % 10_007}\n`)
  for (const [codec, ending, read] of READERS) {
    const name = `long_${codec.toLowerCase()}`
    await a.succeed(`CREATE TABLE ${name} WITH (format = 'TEXTFILE', field_delimiter = '|', write_compression = '${codec}',
      partitioned_by = ARRAY['odd'], external_location = 's3://data/${name}/') AS
      SELECT i * 1000 + j AS id, 'number ' || CAST((i * 1000 + j) * 7919 % 10007 AS varchar) AS word, (i * 1000 + j) % 2 = 1 AS odd
      FROM UNNEST(sequence(0, 149)) t(i), UNNEST(sequence(0, 999)) u(j)`)
    const files = await keys(`${name}/`)
    assert.ok(files.every((key) => key.endsWith(ending)))
    for (const odd of [false, true]) {
      const mine = files.filter((key) => key.includes(`odd=${odd}/`))
      const texts = await Promise.all(mine.map(async (key) => read((await a.read(`s3://data/${key}`)).body).toString()))
      const found = texts.join('').split(/(?<=\n)/)
      assert.deepEqual(found.toSorted(), lines.filter((_, i) => (i % 2 === 1) === odd).toSorted())
    }
    assert.deepEqual(await a.rows(`SELECT count(*), sum(id), count_if(odd) FROM ${name}`), [
      ['150000', '11249925000', '75000'],
    ])
  }
})

test('compression_level: of Zstandard, from 1 to 22, kept for later INSERTs', async () => {
  const rows = `SELECT i AS id, 'number ' || CAST(i * 7919 % 10007 AS varchar) AS word FROM UNNEST(sequence(1, 9000)) t(i)`
  const text = Array.from({ length: 9000 }, (_, i) => `${i + 1}\u0001number ${((i + 1) * 7919) % 10_007}\n`).join('')
  assert.ok(zstdCompressSync(text).length > 1000)
  for (const format of ['TEXTFILE', 'JSON', 'PARQUET', 'ORC', 'AVRO', 'ION']) {
    const sizes: number[] = []
    for (const level of [1, 19]) {
      const name = `${format}_level_${level}`.toLowerCase()
      await a.succeed(`CREATE TABLE ${name} WITH (format = '${format}', write_compression = 'ZSTD', compression_level = ${level},
        external_location = 's3://data/${name}/') AS ${rows}`)
      await a.succeed(`INSERT INTO ${name} ${rows}`)
      const bodies = await Promise.all((await keys(`${name}/`)).map((key) => a.read(`s3://data/${key}`)))
      const [one, two] = bodies.map(({ body }) => body.length)
      assert.ok(Math.abs(one! - two!) < one! / 50, `${name}: ${one} and ${two}`)
      sizes.push(one!)
      assert.deepEqual(await a.rows(`SELECT count(*), sum(id) FROM ${name}`), [['18000', '81009000']])
    }
    assert.notEqual(sizes[0], sizes[1], format)
  }
  for (const level of ['0', '23', '2.5', "'x'"]) {
    const properties = `format = 'TEXTFILE', write_compression = 'ZSTD', compression_level = ${level}`
    assert.match(await a.failure(`CREATE TABLE refused WITH (${properties}) AS SELECT 1 AS x`), /compression_level/)
  }
  await a.succeed(`CREATE EXTERNAL TABLE levels (id int) LOCATION 's3://data/levels/'
    TBLPROPERTIES ('write.compression' = 'ZSTD', 'compression_level' = '30')`)
  assert.match(await a.failure('INSERT INTO levels VALUES (1)'), /INVALID_TABLE_PROPERTY: .*compression_level/)
  await a.succeed("ALTER TABLE levels SET TBLPROPERTIES ('compression_level' = '4')")
  await a.succeed('INSERT INTO levels VALUES (1)')
})

test('one property says the codec', async () => {
  assert.match(
    await a.failure(
      "CREATE TABLE twice WITH (format = 'PARQUET', write_compression = 'GZIP', parquet_compression = 'SNAPPY') AS SELECT 1 AS x",
    ),
    /Multiple compression format table properties/,
  )
})
