import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import { dice } from '../seeded.fixture.ts'
import { lz4Compress, lz4Decompress } from './lz4.ts'
import { joinedBlock, outlineOf } from './lz4-joining.ts'

/** Of few letters, and now and then of none that repeats. */
function someText(roll: (below: number) => number): Buffer {
  const letters = [1, 2, 4, 256][roll(4)]!
  return Buffer.from(Array.from({ length: roll(roll(2) ? 40 : 3000) }, () => roll(letters)))
}

test('joined blocks unpack to what the blocks do, and are no longer together', () => {
  const roll = dice(7)
  for (let round = 0; round < 2000; round++) {
    const texts = Array.from({ length: 1 + roll(5) }, () => someText(roll))
    const blocks = texts.map((text) => lz4Compress(text))
    const whole = Buffer.concat(texts)
    const joined = joinedBlock(blocks.map(outlineOf))
    assert.ok(Buffer.from(lz4Decompress(joined, whole.length)).equals(whole), `round ${round}`)
    assert.ok(joined.length <= blocks.reduce((sum, block) => sum + block.length, 0))
    assert.equal(outlineOf(joined).sizeBytes, whole.length)
  }
})

test('what is no block is told', () => {
  for (const bytes of [[], [0x10], [0xf0], [0xf0, 255], [0x10, 65, 0, 0], [0x10, 65, 2, 0, 0], [0x10, 65, 1]])
    assert.throws(() => outlineOf(Uint8Array.from(bytes)), CorruptData, bytes.join())
})
