import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../seeded.fixture.ts'
import { rotationOrder, suffixOrder } from './suffix-order.ts'

test('suffixes and rotations stand in the order of their letters', () => {
  const roll = dice(11)
  for (let i = 0; i < 2000; i++) {
    const letters = roll(4) + 1
    const text = Buffer.from(Array.from({ length: roll(60) + 1 }, () => 97 + roll(letters))).toString()
    const bytes = Buffer.from(text)
    const sorted = [...text.split('').keys()].sort((a, b) => (text.slice(a) < text.slice(b) ? -1 : 1))
    assert.deepEqual([...suffixOrder(bytes, 256)], sorted, text)
    const starts = [...rotationOrder(bytes)]
    assert.equal(new Set(starts).size, text.length)
    const rotations = starts.map((at) => text.slice(at) + text.slice(0, at))
    assert.deepEqual(rotations, rotations.toSorted(), text)
  }
})
