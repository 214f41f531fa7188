import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReadingRoom } from './reading-room.ts'

const MEBIBYTE = 1 << 20

test('who reads among few has large pieces, and the next before it is asked for', () => {
  const room = new ReadingRoom()
  const reader = room.reader()
  assert.equal(reader.take(8 * MEBIBYTE), MEBIBYTE / 2)
  assert.equal(reader.mayReadAhead, true)
  assert.equal(reader.take(1000), 1000)
})

test('twelve thousand who take one piece each and never come back take little, and nothing once they have left', () => {
  const room = new ReadingRoom()
  const readers = Array.from({ length: 12_000 }, () => room.reader())
  const taken = readers.map((reader) => {
    const first = reader.take(8 * MEBIBYTE)
    return first + (reader.mayReadAhead ? reader.take(8 * MEBIBYTE - first) : 0)
  })
  assert.ok(taken.every((bytes) => bytes >= 16 << 10))
  const sum = taken.reduce((bytes, one) => bytes + one, 0)
  assert.ok(sum < 320 * MEBIBYTE, `${sum} bytes`)
  const [first, ...others] = readers
  for (const reader of others) reader.leave()
  first!.giveBack(taken[0]!)
  const late = room.reader()
  for (let i = 0; i < 200; i++) {
    assert.equal(late.take(8 * MEBIBYTE), MEBIBYTE / 2)
    late.giveBack(MEBIBYTE / 2)
  }
})
