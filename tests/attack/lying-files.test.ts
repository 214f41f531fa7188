/** Files of tables that say of themselves what is not so: each is refused by name, within bounds, and others are served. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crc32, zstdCompressSync } from 'node:zlib'
import { snappyCompress } from '../../src/formats/compression/snappy.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { avroFile, long, text } from './avro-file.ts'
import { bounded } from './bounded.ts'
import { ENCODING, type Lies, parquetFile } from './parquet-file.ts'

const MOST_INT = 2 ** 31 - 1
const OTHER = 'SELECT n FROM sound'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed('CREATE TABLE sound AS SELECT 1 AS n')
})
after(async () => {
  const { log } = a.lake
  await a.close()
  assert.deepEqual(log, [])
})

let tables = 0
interface Asked {
  readonly bytes: Buffer
  readonly column?: string
  readonly ending: string
  readonly rows: string
}

/** What is said of all that a table of one column over that file has. */
async function told({ bytes, column = 'n bigint', ending, rows }: Asked) {
  const table = `t${tables++}`
  const uri = `s3://data/${table}/a.${ending}`
  await a.put(`${table}/a.${ending}`, bytes)
  await a.succeed(`CREATE EXTERNAL TABLE ${table} (${column}) ${rows} LOCATION 's3://data/${table}/'`)
  return { ...(await bounded(a, `SELECT count(n), max(n) FROM ${table}`, OTHER)), uri }
}

async function refused(name: string, asked: Asked, reason: RegExp): Promise<void> {
  const { state, said, uri } = await told(asked)
  assert.equal(state, 'FAILED', name)
  assert.match(said, reason, name)
  assert.ok(said.includes(uri), `${name}: ${said}`)
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
/** Of no sign. */
const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128)
  return Buffer.from([...bytes, left])
}
const whole = (...values: number[]) => Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer)
/** So many times the same level or index, in a byte. */
const run = (times: number, value: number) => Buffer.concat([varint(times * 2), Buffer.from([value])])
const levels = (runs: Buffer, length = runs.length) => Buffer.concat([u32(length), runs])
/** Numbers of which each is `step` more than the one before. https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
const stairs = (count: number, first: number, step: number) =>
  Buffer.concat([varint(128 * 1024), varint(4), varint(count), long(first), long(step), Buffer.alloc(4)])
const rows = 'STORED AS PARQUET'

test('Parquet: what pages say of counts, sizes, indices and levels', async () => {
  const two = { values: 2, body: whole(5, 7) }
  const indices = (width: number, ...bytes: number[]) => ({
    ...{ values: 2, encoding: ENCODING.dictionary },
    body: Buffer.from([width, ...bytes]),
  })
  const grown = 100_000
  const lies: Readonly<Record<string, Lies>> = {
    'more values than there are': { page: { ...two, values: MOST_INT } },
    'a size of two gigabytes': { codec: 'snappy', page: { ...two, sizeBytes: MOST_INT } },
    'a size of two gigabytes, Zstandard': { codec: 'zstd', page: { ...two, sizeBytes: MOST_INT } },
    'a size too small': { codec: 'zstd', page: { values: 100_000, body: Buffer.alloc(800_000), sizeBytes: 16 } },
    'a size below nothing': { page: { ...two, sizeBytes: -1 } },
    'more packed bytes than the file has': { codec: 'snappy', page: { ...two, packedBytes: MOST_INT } },
    'fewer packed bytes than none': { page: { ...two, packedBytes: -1 } },
    'a dictionary longer than it is': {
      ...{ dictionary: { values: MOST_INT, body: whole(5, 7) } },
      page: indices(1, 3, 2),
    },
    'an index beyond its dictionary': { dictionary: two, page: indices(32, 4, 255, 255, 255, 127) },
    'an index below nothing': { dictionary: two, page: indices(32, 4, 255, 255, 255, 255) },
    'an index of 255 bits': { dictionary: two, page: indices(255, 3, 2, 2, 2) },
    'indices without a dictionary': { page: indices(1, 3, 2) },
    'levels longer than their page': {
      ...{ shape: 'optional' },
      page: { values: 2, body: Buffer.concat([levels(run(2, 1), 0xffff_ffff), whole(5, 7)]) },
    },
    'fewer levels than values': {
      ...{ shape: 'optional' },
      page: { values: 200, body: Buffer.concat([levels(run(2, 1)), whole(5, 7)]) },
    },
    'rows that begin in the middle of a list': {
      ...{ shape: 'list', rows: 2 },
      page: { values: 4, body: Buffer.concat([levels(run(4, 1)), levels(run(4, 3)), whole(1, 2, 3, 4)]) },
    },
    'levels of lists in lists that are not': {
      ...{ shape: 'list', rows: 1 },
      page: { values: 4, body: Buffer.concat([levels(run(4, 9)), levels(run(4, 3)), whole(1, 2, 3, 4)]) },
    },
    'a list of two billion nulls': {
      ...{ shape: 'list', rows: 1 },
      page: {
        values: MOST_INT,
        body: Buffer.concat([levels(Buffer.concat([run(1, 0), run(MOST_INT - 1, 1)])), levels(run(MOST_INT, 2))]),
      },
    },
    'numbers told by more differences than there are': {
      page: { values: MOST_INT, encoding: ENCODING.deltaPacked, body: stairs(MOST_INT, 1, 0) },
    },
    'texts longer than their page': {
      ...{ type: 'string' },
      page: { values: 100, encoding: ENCODING.deltaLengths, body: stairs(100, 1 << 30, 0) },
    },
    'texts that begin with more than was before': {
      ...{ type: 'string' },
      page: {
        values: 100,
        encoding: ENCODING.deltaBytes,
        body: Buffer.concat([stairs(100, 1 << 30, 0), stairs(100, 1, 0), Buffer.alloc(100, 'a')]),
      },
    },
    'texts each a letter longer than the one before': {
      ...{ type: 'string' },
      page: {
        values: grown,
        encoding: ENCODING.deltaBytes,
        body: Buffer.concat([stairs(grown, 0, 1), stairs(grown, 1, 0), Buffer.alloc(grown, 'a')]),
      },
    },
  }
  for (const [name, lie] of Object.entries(lies)) {
    const column = `n ${lie.shape === 'list' ? 'array<bigint>' : (lie.type ?? 'bigint')}`
    const bytes = parquetFile(lie)
    // A list of so many is a true one; what has no room is a query of it.
    if (name === 'a list of two billion nulls')
      assert.match((await told({ bytes, column, ending: 'parquet', rows })).said, /^EXCEEDED_MEMORY_LIMIT: /)
    else await refused(name, { bytes, column, ending: 'parquet', rows }, /^(?:HIVE_|EXCEEDED_MEMORY_LIMIT: )/)
  }
})

const LINES = Buffer.from('1\n2\n'.repeat(200))
const SNAPPY_STREAM = Buffer.from('\xff\x06\0\0sNaPpY', 'latin1')
const LZ4_FRAME = Buffer.concat([u32(0x184d2204), Buffer.from([0x60, 0x40, 0x82])])
const claims = (sizeBytes: number) => Buffer.concat([varint(sizeBytes), snappyCompress(LINES).subarray(2)])
const big = (value: number): Buffer => u32(value).reverse()

test('Snappy and LZ4: blocks that are not as long as they say', async () => {
  const chunk = (bytes: Buffer, length = bytes.length) =>
    Buffer.concat([SNAPPY_STREAM, Buffer.from([0]), u32(length).subarray(0, 3), bytes])
  const hadoop = (sizeBytes: number, piece: Buffer, length = piece.length) =>
    Buffer.concat([big(sizeBytes), big(length), piece])
  const grows = Buffer.concat([Buffer.from([0x1f, 10, 1, 0]), Buffer.alloc(1 << 22, 255)])
  const files: Readonly<Record<string, Buffer>> = {
    'a chunk.snappy': chunk(Buffer.alloc(20), 0xff_ffff),
    'what a chunk becomes.snappy': chunk(Buffer.concat([u32(0), claims(2 ** 32 - 1)])),
    'a block of Hadoop.snappy': hadoop(2 ** 32 - 1, snappyCompress(LINES) as Buffer),
    'what a piece becomes.snappy': hadoop(LINES.length, claims(2 ** 32 - 1)),
    'a piece.snappy': hadoop(LINES.length, Buffer.from(snappyCompress(LINES)), 2 ** 31),
    'a block.lz4': Buffer.concat([LZ4_FRAME, u32(MOST_INT), LINES]),
    'a block as it is.lz4': Buffer.concat([LZ4_FRAME, u32(2 ** 32 - 1), LINES]),
    'what a block becomes.lz4': Buffer.concat([LZ4_FRAME, u32(grows.length), grows]),
    'a block of Hadoop.lz4': hadoop(1 << 30, grows),
  }
  for (const [name, bytes] of Object.entries(files))
    await refused(
      name,
      { bytes, ending: name.split('.')[1]!, rows: '' },
      /^HIVE_CURSOR_ERROR: .*(?:claims|larger|breaks)/,
    )
})

test('LZ4: a million blocks of nothing take no memory', async () => {
  const bytes = Buffer.concat([
    LZ4_FRAME,
    Buffer.alloc(4_000_000, u32(0x8000_0000)),
    u32(4 + 2 ** 31),
    Buffer.from('7\n8\n'),
    u32(0),
  ])
  assert.equal((await told({ bytes, ending: 'lz4', rows: '' })).said, '2,8')
})

test('Avro: blocks that are not as long as they say, under Snappy and Zstandard', async () => {
  const schema = { type: 'record', name: 'r', fields: [{ name: 'n', type: 'string' }] }
  const content = Buffer.concat([text('a'), text('bc')])
  const snappy = (bytes: Buffer, checked = content) => Buffer.concat([bytes, big(crc32(checked))])
  const sound = Buffer.from(snappyCompress(content))
  const one = (codec: string, bytes: Buffer, more: object = {}) =>
    avroFile(schema, codec, [{ records: 2, bytes, ...more }])
  const swollen = zstdCompressSync(Buffer.alloc(300 << 20))
  const files: Readonly<Record<string, Buffer>> = {
    'a block that becomes four gigabytes': one(
      'snappy',
      snappy(Buffer.concat([varint(2 ** 32 - 1), sound.subarray(1)])),
    ),
    'another checksum': one('snappy', snappy(sound, LINES)),
    'too short for its checksum': one('snappy', Buffer.from([1, 2, 3])),
    'a block that swells': one('zstandard', swollen),
    'no archive': one('zstandard', content),
    'a window of gigabytes': one('zstandard', Buffer.from('28b52ffde0ffffffffffffff7f19000061', 'hex')),
    'more records than bytes': one('zstandard', zstdCompressSync(content), { records: 2 ** 40 }),
    'fewer records than none': one('zstandard', zstdCompressSync(content), { records: -2 }),
    'a block longer than the file': one('snappy', snappy(sound), { length: 2n ** 62n }),
    'a block shorter than nothing': one('snappy', snappy(sound), { length: -5 }),
    'a text longer than its block': one('zstandard', zstdCompressSync(long(2n ** 62n))),
  }
  for (const [name, bytes] of Object.entries(files))
    await refused(
      name,
      { bytes, column: 'n string', ending: 'avro', rows: 'STORED AS AVRO' },
      /^HIVE_BAD_DATA: Malformed Avro file/,
    )
})
