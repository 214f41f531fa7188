/** Bitmaps put together by the format's specification. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roaringRanges } from './roaring.ts'

const u16 = (...values: readonly number[]) => Buffer.from(new Uint16Array(values).buffer)
const u32 = (...values: readonly number[]) => Buffer.from(new Uint32Array(values).buffer)
const NO_RUNS = 12_346
const RUNS = 12_347

function ranges(bytes: Uint8Array): [number, number][] {
  const found: [number, number][] = []
  roaringRanges(bytes, (first, last) => found.push([first, last]))
  return found
}

/** One part under the high half `key`. */
const part = (key: number, ...bytes: readonly Uint8Array[]) => Buffer.concat([u32(1, 0, key), ...bytes])

test('an array of numbers, in a container of its own', () => {
  const bitmap = part(0, u32(NO_RUNS, 1), u16(2, 3), u32(16), u16(1, 5, 65_535, 7).subarray(0, 8))
  assert.deepEqual(ranges(bitmap), [
    [131_073, 131_073],
    [131_077, 131_077],
    [196_607, 196_607],
    [131_079, 131_079],
  ])
})

test('a bit for each number', () => {
  const bits = Buffer.alloc(8192)
  for (let i = 100; i < 5000; i++) bits[i >> 3]! |= 1 << (i & 7)
  bits[8191]! |= 0x80
  const bitmap = part(0, u32(NO_RUNS, 1), u16(0, 4900), u32(16), bits)
  assert.deepEqual(ranges(bitmap), [
    [100, 4999],
    [65_535, 65_535],
  ])
})

test('runs, above 2^32', () => {
  const bitmap = part(1, u32(RUNS), Buffer.from([1]), u16(0, 10), u16(2, 5, 4, 100, 5))
  assert.deepEqual(ranges(bitmap), [
    [2 ** 32 + 5, 2 ** 32 + 9],
    [2 ** 32 + 100, 2 ** 32 + 105],
  ])
})

test('no part at all is an empty bitmap', () => {
  assert.deepEqual(ranges(u32(0, 0)), [])
})

test('bytes that are no bitmap are a RangeError, whatever they are', () => {
  const good = part(0, u32(RUNS), Buffer.from([1]), u16(0, 10), u16(2, 5, 4, 100, 5))
  for (let length = 0; length < good.length; length++)
    assert.throws(() => ranges(good.subarray(0, length)), RangeError, `cut at ${length}`)
  assert.throws(() => ranges(u32(0xffff_ffff, 0)), /claims/)
  assert.throws(() => ranges(u32(1, 0, 2 ** 31)), /beyond/)
  assert.throws(() => ranges(part(0, u32(99, 1))), /cookie/)
  assert.throws(() => ranges(part(0, u32(NO_RUNS, 70_000))), /containers/)
  for (let i = 0; i < good.length; i++) {
    for (const bit of [1, 128]) {
      const changed = Buffer.from(good)
      changed[i]! ^= bit
      try {
        ranges(changed)
      } catch (error) {
        assert.ok(error instanceof RangeError)
      }
    }
  }
})
