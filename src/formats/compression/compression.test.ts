import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import { lz4Compress, lz4Decompress } from './lz4.ts'
import { snappyCompress, snappyDecompress } from './snappy.ts'

const TEXT = Buffer.from(
  'the quick brown fox; '.repeat(9000) + Array.from({ length: 5000 }, (_, i) => (i * i) % 997).join(),
)
const CODECS = [
  ['snappy', snappyCompress, snappyDecompress],
  ['lz4', lz4Compress, lz4Decompress],
] as const

for (const [name, compress, decompress] of CODECS)
  test(`${name} gives back what it took, and never more than it may`, () => {
    for (const bytes of [TEXT, TEXT.subarray(0, 3), TEXT.subarray(0, 13), new Uint8Array(0), new Uint8Array(200_000)]) {
      const packed = compress(bytes)
      assert.ok(Buffer.from(decompress(packed, bytes.length)).equals(bytes), `${bytes.length}`)
      if (bytes.length > 1000) assert.ok(packed.length * 4 < bytes.length)
      if (bytes.length > 0) assert.throws(() => decompress(packed, bytes.length - 1), CorruptData)
    }
  })

test('blocks of others', () => {
  // What cramjam (the libraries of Rust) makes of fifty times "abcd".
  const text = 'abcd'.repeat(50)
  const [snappy, lz4] = ['c8010c61626364fe0400fe0400fe04000104', '4f616263640400ac506461626364']
  assert.equal(Buffer.from(snappyDecompress(Buffer.from(snappy, 'hex'), 200)).toString(), text)
  assert.equal(Buffer.from(lz4Decompress(Buffer.from(lz4, 'hex'), 200)).toString(), text)
})
