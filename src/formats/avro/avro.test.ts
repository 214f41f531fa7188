/** Against the examples of Avro's specification, and what fastavro writes (tests/golden/avro.py). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ByteSink } from '../byte-sink.ts'
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { type AvroCodec, compressBlock, decompressBlock } from './codecs.ts'
import { avroBlocks, readAvroHeader } from './container.ts'
import { Cursor } from './cursor.ts'
import { parseAvroSchema } from './schema.ts'
import { type AvroValue, encodeValue, valueReader } from './values.ts'

const golden = (codec: string) => readFileSync(new URL(`../../../tests/golden/avro/${codec}.avro`, import.meta.url))

function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    sizeBytes: bytes.length,
    read(at, length) {
      if (at < 0 || length < 0 || at + length > bytes.length) throw new CorruptData('it is too short')
      return bytes.subarray(at, at + length)
    },
  }
}

const encoded = (schema: string, value: AvroValue): Uint8Array => {
  const sink = new ByteSink()
  encodeValue(sink, parseAvroSchema(schema), value)
  return sink.take()
}
const decoded = (schema: string, bytes: Uint8Array): AvroValue =>
  valueReader(parseAvroSchema(schema))(new Cursor(bytes))

test('the examples of the specification', () => {
  for (const [value, hex] of [
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-2, '03'],
    [-64, '7f'],
    [64, '8001'],
  ] as const) {
    assert.equal(Buffer.from(encoded('"long"', value)).toString('hex'), hex)
    assert.equal(decoded('"long"', Buffer.from(hex, 'hex')), value)
  }
  assert.equal(Buffer.from(encoded('"string"', 'foo')).toString('hex'), '06666f6f')
  const record = '{"type":"record","name":"test","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}'
  assert.equal(Buffer.from(encoded(record, { a: 27, b: 'foo' })).toString('hex'), '3606666f6f')
  assert.equal(Buffer.from(encoded('{"type":"array","items":"long"}', [3, 27])).toString('hex'), '04063600')
  assert.equal(Buffer.from(encoded('["null","string"]', null)).toString('hex'), '00')
  assert.equal(Buffer.from(encoded('["null","string"]', 'a')).toString('hex'), '020261')
})

test('64 bits, to the last', () => {
  for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 32n) - 2n ** 60n]) {
    const bytes = encoded('"long"', value)
    assert.ok(bytes.length <= 10)
    assert.equal(decoded('"long"', bytes), value)
  }
  assert.throws(() => decoded('"long"', new Uint8Array(11).fill(0xff)), CorruptData)
})

for (const codec of ['null', 'deflate', 'snappy', 'zstandard', 'bzip2'])
  test(`golden records, whole and projected, with the codec ${codec}`, () => {
    const file = inMemory(golden(codec))
    const header = readAvroHeader(file)
    const rows: AvroValue[] = []
    const some: AvroValue[] = []
    for (const { records, bytes } of avroBlocks(file, header)) {
      const [all, part] = [new Cursor(bytes), new Cursor(bytes)]
      const [readAll, readPart] = [valueReader(header.schema), valueReader(header.schema, new Set(['name', 'tree']))]
      for (let i = 0; i < records; i++) {
        rows.push(readAll(all))
        some.push(readPart(part))
      }
      assert.deepEqual([all.at, part.at], [bytes.length, bytes.length])
    }
    assert.equal(rows.length, 12)
    const { Id, place, attrs, tree } = rows[11] as Record<string, AvroValue>
    assert.deepEqual(
      [Id, place, attrs, tree],
      [11n * 4611686018427387n, { City: 'Bonn', geo: [1.5, 2.5] }, { k: 11, l: 2 }, null],
    )
    assert.deepEqual(some[0], { name: 'näme 0', tree: { v: 1, next: { v: 2, next: null } } })
  })

test('codecs give back what they took', () => {
  const text = Buffer.from(
    'the quick brown fox; '.repeat(9000) + Array.from({ length: 5000 }, (_, i) => (i * i) % 997).join(),
  )
  for (const bytes of [text, text.subarray(0, 3), new Uint8Array(0), new Uint8Array(200_000)])
    for (const codec of ['null', 'deflate', 'snappy', 'zstandard'] satisfies AvroCodec[]) {
      const packed = compressBlock(codec, bytes)
      assert.ok(Buffer.from(decompressBlock(codec, packed)).equals(bytes), codec)
      if (codec !== 'null' && bytes.length > 1000) assert.ok(packed.length * 4 < bytes.length, codec)
    }
})
