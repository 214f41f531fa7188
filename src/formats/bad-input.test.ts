/**
 * Files that are not what they say, through every decoder of this folder. Each is read to its end. It may be read all the
 * same, since a change may hit what says nothing; else it fails as data that is corrupt: never as a bug, never for ever,
 * and never with memory that it only claims to need.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, deflateRawSync, zstdCompressSync } from 'node:zlib'
import { BOMB, damaged, inMemory, readAvro, readOrc, readParquetFooter, SUBJECTS } from './bad-input.fixture.ts'
import { ByteSink } from './byte-sink.ts'
import { bzip2Blocks } from './compression/bzip2.ts'
import { lz4Blocks, snappyBlocks } from './compression/framings.ts'
import { snappyDecompress } from './compression/snappy.ts'
import { CorruptData, UnsupportedData } from './corrupt-data.ts'
import { DeltaLogError } from './delta/log-error.ts'
import { roaringRanges } from './roaring.ts'
import { dice } from './seeded.fixture.ts'

/** What a file may ask for before it is found out: a block of Avro may swell to 256 MiB. */
const MOST_BYTES = 300 << 20

/** Why it is not read; undefined where it is. Whatever else is thrown is a bug. */
function refusal(read: (bytes: Uint8Array) => void, bytes: Uint8Array): Error | undefined {
  const before = process.memoryUsage().arrayBuffers
  try {
    read(bytes)
    return undefined
  } catch (error) {
    if (error instanceof CorruptData || error instanceof UnsupportedData || error instanceof DeltaLogError) return error
    throw error
  } finally {
    const taken = process.memoryUsage().arrayBuffers - before
    assert.ok(taken < MOST_BYTES, `${taken} bytes were taken`)
  }
}

for (const { name, bytes, read, rounds, fewest = rounds / 10 } of SUBJECTS)
  test(`${name}: damaged in ${rounds} ways`, () => {
    read(bytes)
    let refused = 0
    for (let seed = 1; seed <= rounds; seed++)
      try {
        if (refusal(read, damaged(bytes, dice(seed)))) refused++
      } catch (error) {
        throw new Error(`damaged by seed ${seed}`, { cause: error })
      }
    assert.ok(refused >= fewest, `${refused} were refused`)
  })

const bytesOf = (fill: (sink: ByteSink) => void): Uint8Array => {
  const sink = new ByteSink()
  fill(sink)
  return sink.take()
}
const FAR = 2 ** 50
const SYNC = Buffer.alloc(16, 7)

/** A container of one block; `size` and `records` are what it says of it. */
function avro(type: unknown, body: Uint8Array, { codec = 'null', records = 1, size = body.length } = {}): Uint8Array {
  const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'id', type }] })
  return bytesOf((sink) => {
    sink.put(Buffer.from('Obj\u0001'))
    sink.zigzagNumber(2)
    for (const text of ['avro.schema', schema, 'avro.codec', codec]) {
      sink.zigzagNumber(text.length)
      sink.put(Buffer.from(text))
    }
    sink.byte(0)
    sink.put(SYNC)
    sink.zigzagNumber(records)
    sink.zigzagNumber(size)
    sink.put(body)
    sink.put(SYNC)
  })
}
const number = (value: number) => bytesOf((sink) => sink.zigzagNumber(value))

/** Fields of a message of protocol buffers: numbers, or bytes. */
function message(fields: Readonly<Record<number, number | Uint8Array>>): Uint8Array {
  return bytesOf((sink) => {
    for (const [field, value] of Object.entries(fields)) {
      const isNumber = typeof value === 'number'
      sink.varint(Number(field) * 8 + (isNumber ? 0 : 2), 0)
      const length = isNumber ? value : value.length
      sink.varint((length % 2 ** 32) | 0, Math.floor(length / 2 ** 32))
      if (!isNumber) sink.put(value)
    }
  })
}
function orc(footer: Uint8Array, postscript: Readonly<Record<number, number>> = {}): Uint8Array {
  const end = message({ 1: footer.length, 2: 0, 3: 262_144, 5: 0, ...postscript, 8000: Buffer.from('ORC') })
  return Buffer.concat([Buffer.from('ORC'), footer, end, Buffer.from([end.length])])
}
const ORC_SCHEMA = message({ 1: 12, 2: Buffer.from([1]), 3: Buffer.from('id') })
const stripe = (fields: Readonly<Record<number, number>>) =>
  orc(Buffer.concat([message({ 3: message(fields), 4: ORC_SCHEMA }), message({ 4: message({ 1: 4 }) })]))

/** Sixteen chunks of zlib, of 8 MiB each. */
const SWELLING = (() => {
  const chunk = deflateRawSync(Buffer.alloc(8 << 20))
  const head = Buffer.from([(chunk.length * 2) & 255, (chunk.length * 2) >> 8, 0])
  return Buffer.concat(Array.from({ length: 16 }, () => [head, chunk]).flat())
})()
/** A struct of twice the struct that follows it, sixty times over. */
const DOUBLING = Buffer.concat(
  Array.from({ length: 60 }, (_, i) => message({ 4: message({ 1: 12, 2: Buffer.from([i + 1, i + 1]) }) })),
)
/** A record of twice a record of twice a record, and so on, of nothing. */
function doubled(levels: number): object {
  let type: unknown = 'null'
  for (let i = 0; i <= levels; i++) {
    const fields = [{ name: 'a', type }, ...(i > 0 ? [{ name: 'b', type: `r${i - 1}` }] : [])]
    type = { type: 'record', name: `r${i}`, fields }
  }
  return type as object
}

const parquet = (footer: Uint8Array, length = footer.length): Uint8Array => {
  const tail = Buffer.alloc(4)
  tail.writeUInt32LE(length)
  return Buffer.concat([Buffer.from('PAR1'), footer, tail, Buffer.from('PAR1')])
}

const drain = (blocks: Iterable<unknown>): void => {
  for (const _ of blocks);
}

const LIES: readonly (readonly [what: string, read: (bytes: Uint8Array) => void, bytes: Uint8Array])[] = [
  ['Avro: a text longer than its block', readAvro, avro('string', number(FAR))],
  ['Avro: a text of negative length', readAvro, avro('string', number(-5))],
  ['Avro: a list of more items than bytes', readAvro, avro({ type: 'array', items: 'null' }, number(FAR))],
  [
    'Avro: a list whose size is negative',
    readAvro,
    avro({ type: 'array', items: 'long' }, Buffer.concat([number(-3), number(-9)])),
  ],
  ['Avro: more records than bytes', readAvro, avro('null', new Uint8Array(0), { records: FAR })],
  ['Avro: a negative count of records', readAvro, avro('long', number(1), { records: -1 })],
  ['Avro: a block longer than the file', readAvro, avro('long', number(1), { size: FAR })],
  ['Avro: a block of negative size', readAvro, avro('long', number(1), { size: -3 })],
  ['Avro: fewer records than the block holds', readAvro, avro('long', Buffer.concat([number(1), number(2)]))],
  ['Avro: a union without that branch', readAvro, avro(['null', 'long'], number(7))],
  ['Avro: a value of fixed size beyond the block', readAvro, avro({ type: 'fixed', name: 'F', size: FAR }, number(1))],
  ['Avro: an unknown codec', readAvro, avro('long', number(1), { codec: 'xz' })],
  ['Avro: a schema that is none', readAvro, avro('nothing', number(1))],
  [
    'Avro: a block that swells beyond measure',
    readAvro,
    avro('long', deflateRawSync(Buffer.alloc(257 << 20), { level: 1 }), { codec: 'deflate' }),
  ],
  ['Avro: a value of more nothings than can be counted', readAvro, avro(doubled(60), new Uint8Array(0))],
  [
    'Avro: a list of lists of nothing',
    readAvro,
    avro(
      { type: 'array', items: { type: 'array', items: 'null' } },
      Buffer.concat([number(9000), Buffer.alloc(9000 * 4, Buffer.concat([number(60_000), number(0)]))]),
    ),
  ],
  ['ORC: metadata that swells beyond measure', readOrc, orc(SWELLING, { 2: 1, 3: 8 << 20 })],
  ['ORC: a schema that doubles', readOrc, orc(DOUBLING)],
  ['ORC: a footer longer than the file', readOrc, orc(new Uint8Array(0), { 1: FAR })],
  ['ORC: metadata longer than the file', readOrc, orc(new Uint8Array(0), { 5: FAR })],
  ['ORC: blocks of absurd size', readOrc, orc(new Uint8Array(0), { 2: 1, 3: FAR })],
  ['ORC: an unknown codec', readOrc, orc(new Uint8Array(0), { 2: 77 })],
  ['ORC: a stripe beyond the end', readOrc, stripe({ 1: FAR, 3: 5, 5: 1 })],
  ['ORC: a stripe of absurdly many rows', readOrc, stripe({ 1: 3, 2: 0, 3: 0, 4: 0, 5: FAR })],
  ['ORC: a stripe without a footer', readOrc, stripe({ 1: 3, 2: 0, 3: 0, 4: 0, 5: 1000 })],
  [
    'ORC: a schema that holds itself',
    readOrc,
    orc(message({ 4: message({ 1: 12, 2: Buffer.from([0]), 3: Buffer.from('id') }) })),
  ],
  ['Parquet: a footer longer than the file', readParquetFooter, parquet(new Uint8Array(4), 0xffff_ffff)],
  ['Parquet: another magic number', readParquetFooter, Buffer.from('PAR1....PARX')],
  ['Parquet: a list of absurd length', readParquetFooter, parquet(Buffer.from('29fcffffffff0f00', 'hex'))],
  [
    'Parquet: a number without an end',
    readParquetFooter,
    parquet(Buffer.concat([Buffer.from([0x15]), Buffer.alloc(100_000, 0xff)])),
  ],
  [
    'Parquet: lists in lists without an end',
    readParquetFooter,
    parquet(Buffer.concat([Buffer.from([0x29]), Buffer.alloc(100_000, 0x19)])),
  ],
  ['Parquet: structs in structs without an end', readParquetFooter, parquet(Buffer.alloc(100_000, 0x1c))],
  ['Snappy: an absurd length', (bytes) => void snappyDecompress(bytes, 1 << 20), Buffer.from('ffffffff0f00', 'hex')],
  [
    "Hadoop's Snappy: an absurd block",
    (bytes) => drain(snappyBlocks(inMemory(bytes))),
    Buffer.from('7fffffff00000001ff', 'hex'),
  ],
  [
    "Hadoop's LZ4: an absurd piece",
    (bytes) => drain(lz4Blocks(inMemory(bytes))),
    Buffer.from('000000ff7fffffff00', 'hex'),
  ],
]

for (const [what, read, bytes] of LIES) test(what, () => assert.ok(refusal(read, bytes), 'it was read'))

test('a bitmap that claims more than it has', () => {
  for (const hex of ['ffffffff00000000', '0100000000000000ffffffff', '01000000000000000000000038300000ffffffff'])
    assert.throws(() => roaringRanges(Buffer.from(hex, 'hex'), () => {}), RangeError)
})

test('a small file that swells to a large one is never in memory as a whole', () => {
  let most = 0
  let total = 0
  for (const block of bzip2Blocks(inMemory(BOMB))) {
    total += block.length
    most = Math.max(most, block.length)
  }
  assert.ok(total > 1 << 20 && most < 64 << 20, `${total} bytes, ${most} at once`)
  const params = { [constants.ZSTD_c_compressionLevel]: 1 }
  const bomb = avro('long', zstdCompressSync(Buffer.alloc(257 << 20), { params }), { codec: 'zstandard' })
  assert.ok(refusal(readAvro, bomb))
})
