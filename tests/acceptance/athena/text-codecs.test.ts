/** Compressed text: https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html, told by the ending of a file's name. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { deflateSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const GOLDEN = 'tests/golden/codecs/'
const NAMES = [
  'python.bz2',
  'zlib.deflate',
  'framed.snappy',
  'hadoop.snappy',
  'framed.lz4',
  'independent.lz4',
  'hadoop.lz4',
]
const ROWS = 5000
// Of the lines that tests/golden/codecs.py writes: 0 to 4999, and i * 7919 modulo 10007.
const IDS = (ROWS * (ROWS - 1)) / 2
const LAST = Array.from({ length: ROWS }, (_, i) => (i * 7919) % 10_007).reduce((sum, n) => sum + n, 0)

const csv = (name: string) =>
  a.succeed(`CREATE EXTERNAL TABLE ${name} (id int, name string, n bigint)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/${name}/'`)

test('one table of files under every codec', async () => {
  let bytes = 0
  for (const name of NAMES) {
    const body = readFileSync(GOLDEN + name)
    bytes += body.length
    await a.put(`every/${name}`, body)
  }
  await a.put('every/plain.csv', '5000,plain,1\n')
  await a.put('every/zipped.csv.gz', gzipSync('5001,zipped,2\n'))
  await csv('every')
  assert.deepEqual(
    await a.rows('SELECT "$path", count(*), sum(id), sum(n) FROM every GROUP BY 1 ORDER BY 1'),
    [
      ...NAMES.toSorted().map((name) => [`s3://data/every/${name}`, String(ROWS), String(IDS), String(LAST)]),
      ['s3://data/every/plain.csv', '1', '5000', '1'],
      ['s3://data/every/zipped.csv.gz', '1', '5001', '2'],
    ].toSorted(([x], [y]) => (x! < y! ? -1 : 1)),
  )
  for (let i = 0; i < 2; i++) {
    // What is paid for are the bytes that lie in the lake, also where they have been inflated before.
    const { Statistics } = await a.succeed(`SELECT count(*) FROM every WHERE "$path" LIKE '%e%' AND id < ${6000 + i}`)
    const scanned = Statistics!.DataScannedInBytes!
    assert.ok(scanned >= bytes && scanned < bytes + 100, `${scanned} of ${bytes}`)
  }
})

test('JSON and lines of a pattern too', async () => {
  await a.put('json_deflate/a.deflate', deflateSync('{"a": 1}\n{"A": 2}\n'))
  await a.succeed(
    `CREATE EXTERNAL TABLE json_deflate (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/json_deflate/'`,
  )
  assert.deepEqual(await a.rows('SELECT a FROM json_deflate ORDER BY 1'), [['1'], ['2']])
  await a.put('json_deflate/b.deflate', deflateSync('{"a": 1}\nnot json\n'))
  assert.match(
    await a.failure('SELECT a FROM json_deflate'),
    /^HIVE_CURSOR_ERROR: .*s3:\/\/data\/json_deflate\/b.deflate/,
  )
  await a.put('lines/python.bz2', readFileSync(`${GOLDEN}python.bz2`))
  await a.succeed(`CREATE EXTERNAL TABLE lines (n int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
    WITH SERDEPROPERTIES ('input.regex' = '[0-9]+,name ([0-9]+),.*') LOCATION 's3://data/lines/'`)
  assert.deepEqual(await a.rows('SELECT count(*), max(n) FROM lines'), [[String(ROWS), '96']])
})

test('a file that breaks off or is something else is named, and others are unharmed', async () => {
  for (const name of NAMES) {
    const table = `cut_${name.replace('.', '_')}`
    const whole = readFileSync(GOLDEN + name)
    await a.put(`${table}/${name}`, whole.subarray(0, whole.length * 0.7))
    await csv(table)
    assert.match(
      await a.failure(`SELECT sum(id) FROM ${table}`),
      new RegExp(`^HIVE_CURSOR_ERROR: .*s3://data/${table}/${name}`),
    )
    await a.put(`${table}/${name}`, 'this is no compressed text at all')
    assert.match(
      await a.failure(`SELECT sum(id) FROM ${table}`),
      new RegExp(`^HIVE_CURSOR_ERROR: .*s3://data/${table}/${name}`),
    )
  }
  assert.deepEqual(await a.rows('SELECT count(*) FROM every'), [[String(7 * ROWS + 2)]])
})

test('streams that lie one after the other are read to the last, and what follows them fails', async () => {
  const halves = ['1,one,10\n2,two,', '20\n3,three,30\n']
  for (const [ending, packed, more] of [
    ['gz', gzipSync, 'garbage'],
    // Zeros too: they are padding to gzip, and none to the engine.
    ['gz', gzipSync, '\0'.repeat(600)],
    ['zst', zstdCompressSync, 'garbage'],
    ['deflate', deflateSync, 'garbage'],
  ] as const) {
    const table = `streams_${ending}_${more.length}`
    const streams = Buffer.concat(['', ...halves, ''].map((text) => packed(text)))
    await a.put(`${table}/many.${ending}`, streams)
    await csv(table)
    for (let i = 0; i < 2; i++)
      assert.deepEqual(await a.rows(`SELECT sum(id), sum(n) FROM ${table}`), [['6', '60']], ending)
    await a.put(`${table}/followed.${ending}`, Buffer.concat([streams, Buffer.from(more)]))
    assert.match(
      await a.failure(`SELECT sum(id) FROM ${table}`),
      new RegExp(`^HIVE_C.*: .*s3://data/${table}/followed.${ending}`),
    )
  }
})

test('a small file that claims to be a large one is read piece by piece', async () => {
  // 8 MiB of one letter on a line each: Python's bz2.compress(b"x\n" * 2**22), compressed once more.
  const bomb = gunzipSync(Buffer.from(readFileSync('tests/golden/codecs/bomb.bz2.gz')))
  assert.ok(bomb.length < 10_000)
  await a.put('bomb/x.bz2', bomb)
  await a.succeed(`CREATE EXTERNAL TABLE bomb (x string) LOCATION 's3://data/bomb/'`)
  assert.deepEqual(await a.rows('SELECT count(*), count(DISTINCT x) FROM bomb'), [['4194304', '1']])
})

/** Lines that a compression makes little of: their numbers are the digits of a generator. */
function manyLines(count: number, from = 0): string {
  let seed = 7
  return Array.from({ length: count }, (_, i) => {
    seed = (seed * 48_271) % 2_147_483_647
    return `${from + i},${seed.toString(36)},${seed}\n`
  }).join('')
}

test('text that is laid down before it is read: whole, in members, and by its beginning', async () => {
  const [one, two] = [manyLines(20_000), manyLines(20_000, 20_000)]
  const bodies = {
    'whole.csv.gz': gzipSync(one + two),
    'whole.csv.zst': zstdCompressSync(one + two),
    // Node by itself inflates the first frame only.
    'frames.csv.zst': Buffer.concat([zstdCompressSync(one), zstdCompressSync(two)]),
    'members.csv.gz': Buffer.concat([gzipSync(one), gzipSync(two)]),
  }
  const sum = String((40_000 * 39_999) / 2)
  for (const [name, body] of Object.entries(bodies)) {
    const table = name.replaceAll('.', '_')
    assert.ok(body.length > 200_000)
    await a.put(`${table}/${name}`, body)
    await csv(table)
    for (let i = 0; i < 3; i++) {
      const { QueryExecutionId, Statistics } = await a.succeed(
        `SELECT count(*), sum(id), "$file_size" FROM ${table} WHERE id >= 0 GROUP BY 3`,
      )
      const { ResultSet } = await a.results(QueryExecutionId!)
      const values = ResultSet!.Rows!.at(-1)!.Data!.map(({ VarCharValue }) => VarCharValue)
      assert.deepEqual(values, ['40000', sum, String(body.length)])
      // What is paid for is what lies in the lake, however often it is read.
      assert.equal(Statistics!.DataScannedInBytes, body.length)
    }
    assert.deepEqual(await a.rows(`SELECT id FROM ${table} LIMIT 2`), [['0'], ['1']])
  }
})

test('larger compressed text that breaks off is named at every reading, and its sound neighbours are read', async () => {
  const gz = gzipSync(manyLines(30_000))
  const zst = zstdCompressSync(manyLines(30_000))
  const bitten = (bytes: Buffer): Buffer => {
    const damaged = Buffer.from(bytes)
    for (let i = 1000; i < damaged.length; i += 997) damaged[i]! ^= 0x55
    return damaged
  }
  const broken = {
    'cut.csv.gz': gz.subarray(0, -5000),
    'trailerless.csv.gz': gz.subarray(0, -8),
    'bitten.csv.gz': bitten(gz),
    'cut.csv.zst': zst.subarray(0, -5000),
    'bitten.csv.zst': bitten(zst),
    'garbage.csv.zst': Buffer.concat([zst, Buffer.from('more that is no archive')]),
    'garbage.csv.gz': Buffer.concat([gz, Buffer.from('more that is no archive')]),
  }
  for (const [name, body] of Object.entries(broken)) {
    const table = `broken_${name.replaceAll('.', '_')}`
    await a.put(`${table}/a.csv.gz`, gz)
    await a.put(`${table}/${name}`, body)
    await csv(table)
    for (let i = 0; i < 2; i++)
      assert.match(
        await a.failure(`SELECT sum(id) FROM ${table}`),
        new RegExp(`^HIVE_CURSOR_ERROR: .*s3://data/${table}/${name}`),
      )
  }
  // A blank line is a row, in whichever frame it is.
  await a.put('blank_zst/a.csv.zst', Buffer.concat([zstdCompressSync('1,a,2\n'), zstdCompressSync('\n3,b,4\n')]))
  await csv('blank_zst')
  assert.deepEqual(await a.rows('SELECT count(*) FROM blank_zst'), [['3']])
  const blank = `${manyLines(20_000)}\n${manyLines(10_000)}`
  for (const [name, body] of [
    ['a.csv.gz', gzipSync(blank)],
    ['a.csv.zst', zstdCompressSync(blank)],
    ['a.csv.deflate', deflateSync(blank)],
  ] as const) {
    const table = `blank_${name.replaceAll('.', '_')}`
    await a.put(`${table}/${name}`, body)
    await csv(table)
    assert.deepEqual(await a.rows(`SELECT count(*), count(id) FROM ${table}`), [['30001', '30000']])
  }
  await a.put('sound_gz/a.csv.gz', gz)
  await csv('sound_gz')
  assert.deepEqual(await a.rows('SELECT count(*) FROM sound_gz'), [['30000']])
})

test('a text that is far longer than its file is read through its compression', async () => {
  const letters = `${'x'.repeat(99)}\n`.repeat(600_000)
  for (const [ending, body, counts] of [
    ['gz', gzipSync(letters), ['600000', '1']],
    ['zst', zstdCompressSync(manyLines(9000) + letters), ['609000', '9001']],
  ] as const) {
    assert.ok(body.length > 65_536 && letters.length > 64 * body.length)
    await a.put(`letters_${ending}/x.${ending}`, body)
    await a.succeed(`CREATE EXTERNAL TABLE letters_${ending} (x string) LOCATION 's3://data/letters_${ending}/'`)
    for (let i = 0; i < 2; i++)
      assert.deepEqual(await a.rows(`SELECT count(*), count(DISTINCT x) FROM letters_${ending}`), [counts])
  }
})

test('what Athena does not read is refused by name', async () => {
  await a.put('refused/a.lzo', 'x')
  await csv('refused')
  assert.match(await a.failure('SELECT * FROM refused'), /^NOT_SUPPORTED: .*lzo.*s3:\/\/data\/refused\/a.lzo/)
})
