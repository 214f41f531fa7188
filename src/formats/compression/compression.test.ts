import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import { dice } from '../seeded.fixture.ts'
import { bzip2Blocks } from './bzip2.ts'
import { bzip2Compress } from './bzip2-writer.ts'
import { HADOOP_BLOCK_BYTES, hadoopBlock, lz4Blocks, snappyBlocks } from './framings.ts'
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

const inMemory = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  read: (at: number, length: number) => bytes.slice(at, at + length),
})

test('bzip2 gives back what it took: nothing, runs of every length, random bytes, more than a block', () => {
  const roll = dice(5)
  const random = (length: number, letters: number) => Buffer.from(Array.from({ length }, () => roll(letters)))
  const runs = Array.from({ length: 600 }, (_, i) => Buffer.alloc(i, i))
  const texts = [
    Buffer.alloc(0),
    Buffer.from('a'),
    TEXT,
    Buffer.alloc(1_200_000, 'x\n'),
    Buffer.concat(runs),
    random(1_000_000, 256),
    ...Array.from({ length: 200 }, () => random(roll(2000), roll(256) + 1)),
  ]
  for (const text of texts) {
    const packed = bzip2Compress(text)
    assert.ok(Buffer.concat([...bzip2Blocks(inMemory(packed))].map((block) => block.slice())).equals(text))
  }
})

test('bzip2 makes as little of a text as others do', () => {
  // What Python's bz2.compress makes of these lines.
  const text = Array.from({ length: 100_000 }, (_, i) => `${i},name ${i % 97},${(i * 7919) % 10_007}\n`).join('')
  assert.ok(bzip2Compress(Buffer.from(text)).length < 398_829 * 1.01)
})

test('blocks in Hadoop’s framing are read again, and what does not compress still fits its readers', () => {
  const roll = dice(6)
  const piece = Buffer.from(Array.from({ length: HADOOP_BLOCK_BYTES }, () => roll(256)))
  for (const [compress, blocks] of [
    [snappyCompress, snappyBlocks],
    [lz4Compress, lz4Blocks],
  ] as const) {
    const block = hadoopBlock(piece, compress)
    assert.ok(block.length <= 262_144)
    const file = Buffer.concat([block, hadoopBlock(TEXT.subarray(0, 100_000), compress)])
    assert.ok(Buffer.concat([...blocks(inMemory(file))]).equals(Buffer.concat([piece, TEXT.subarray(0, 100_000)])))
  }
})
