/** Files of tests/golden/codecs.py, as the libraries of others compressed them. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { bzip2Blocks } from './bzip2.ts'
import { lz4Blocks, snappyBlocks } from './framings.ts'
import { Xxh32 } from './xxh32.ts'

const GOLDEN = 'tests/golden/codecs/'
const FILES: readonly [string, (file: RandomAccess) => Generator<Uint8Array>][] = [
  ['python.bz2', bzip2Blocks],
  ['framed.snappy', snappyBlocks],
  ['hadoop.snappy', snappyBlocks],
  ['framed.lz4', lz4Blocks],
  ['independent.lz4', lz4Blocks],
  ['hadoop.lz4', lz4Blocks],
]

const inMemory = (bytes: Uint8Array): RandomAccess => ({
  sizeBytes: bytes.length,
  read: (at, length) => bytes.slice(at, at + length),
})

function sha256(blocks: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const block of blocks) hash.update(block)
  return hash.digest('hex')
}

for (const [name, blocks] of FILES) {
  const bytes = readFileSync(GOLDEN + name)
  test(`${name} is what it was before it was compressed`, () => {
    assert.equal(sha256(blocks(inMemory(bytes))), readFileSync(`${GOLDEN}sha256`, 'utf8'))
  })

  test(`${name}, cut off or changed, is corrupt data and nothing else`, () => {
    const text = readFileSync(`${GOLDEN}sha256`, 'utf8')
    // Fixed, so that a failure can be had again.
    let seed = 7
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return (seed >>> 8) % below
    }
    for (let i = 0; i < 60; i++) {
      const cut = i % 3 === 0
      const broken = cut ? bytes.subarray(0, random(bytes.length - 1) + 1) : Buffer.from(bytes)
      if (!cut) broken[i % 3 === 1 ? random(200) : random(bytes.length)]! ^= 1 << random(8)
      try {
        const found = sha256(blocks(inMemory(broken)))
        // Hadoop's framing has no checksum, and some bits of a header say nothing.
        if (!name.startsWith('hadoop')) assert.equal(found, text)
      } catch (error) {
        assert.ok(error instanceof CorruptData, String(error))
      }
    }
  })
}

test('xxHash is that of its specification', () => {
  // https://github.com/Cyan4973/xxHash: XXH32 of nothing, and of "Nobody inspects the spammish repetition".
  assert.equal(new Xxh32().digest(), 0x02cc5d05)
  const text = Buffer.from('Nobody inspects the spammish repetition')
  assert.equal(new Xxh32().add(text).digest(), 0xe2293b2f)
  assert.equal(new Xxh32().add(text.subarray(0, 5)).add(text.subarray(5)).digest(), 0xe2293b2f)
})

/** Frame format, Skippable Frames: a mark of sixteen, a size, and bytes that say nothing. */
test('LZ4: frames that are to be skipped, before, between and behind others', () => {
  const frame = readFileSync(`${GOLDEN}framed.lz4`)
  const skipped = (kind: number, length: number) =>
    Buffer.concat([
      Buffer.from([0x50 | kind, 0x2a, 0x4d, 0x18, ...Uint8Array.from([length, length >>> 8, length >>> 16, 0])]),
      Buffer.alloc(length, 0x58),
    ])
  const once = Buffer.concat([...lz4Blocks(inMemory(frame))].map((block) => Buffer.from(block)))
  const all = Buffer.concat([skipped(0, 5), skipped(15, 0), frame, skipped(7, 70_000), frame, skipped(3, 1)])
  const blocks = [...lz4Blocks(inMemory(all))].map((block) => Buffer.from(block))
  assert.deepEqual(Buffer.concat(blocks), Buffer.concat([once, once]))
  assert.deepEqual([...lz4Blocks(inMemory(skipped(9, 3)))], [])
  const claims = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff])
  for (const bytes of [claims, skipped(1, 9).subarray(0, -1), Buffer.concat([skipped(1, 9), Buffer.from('none')])])
    assert.throws(() => [...lz4Blocks(inMemory(bytes))], CorruptData)
})
