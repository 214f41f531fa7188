import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readersOf } from './scanned-rows.ts'

const group = { rows: 1, span: { start: 100, end: 200 } }

test('how many have read the same part of a row group', () => {
  const read = (from: number, until: number) => ({ from, until })
  assert.equal(readersOf(group, []), 0)
  assert.equal(readersOf(group, [read(0, 100), read(200, 300)]), 0)
  assert.equal(readersOf(group, [read(100, 150), read(150, 200)]), 1)
  assert.equal(readersOf(group, [read(100, 150), read(140, 200), read(0, 120)]), 2)
  assert.equal(readersOf(group, [read(100, 200), read(100, 200), read(100, 200), read(120, 120)]), 3)
  assert.equal(readersOf({ rows: 1 }, [read(100, 200)]), 0)
})

test('as they are counted one by one', () => {
  let seed = 7
  const next = (most: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % most
  }
  for (let run = 0; run < 200; run++) {
    const reads = Array.from({ length: next(12) }, () => {
      const from = 80 + next(140)
      return { from, until: from + next(40) }
    })
    const within = reads.filter(({ from, until }) => from < 200 && until > 100)
    const depthAt = (place: number) => within.filter(({ from, until }) => from <= place && place < until).length
    const most = Math.max(0, ...Array.from({ length: 300 }, (_, place) => depthAt(place)))
    assert.equal(readersOf(group, reads), most)
  }
})
