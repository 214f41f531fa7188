import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Files } from '../../objects/files.ts'
import { rememberedFor } from './known-files.ts'

/** A lake of which only is known where the bytes of an address lie. */
function lake() {
  const places = new Map<string, string>()
  const stat = (uri: string) => places.has(uri) && { localPath: places.get(uri) }
  return { places, files: { lake: {}, stat, requireReadable: () => {} } as unknown as Files }
}

test('a file is read once for each reader, and again where its address has other bytes', async () => {
  const { places, files } = lake()
  let reads = 0
  const read = (what = 'list') =>
    rememberedFor(
      files,
      's3://b/m',
      what,
      () => 1,
      async () => ++reads,
    )
  places.set('s3://b/m', 'blob-1')
  assert.deepEqual([await read(), await read(), await read('1,2'), await read()], [1, 1, 2, 1])
  places.set('s3://b/m', 'blob-2')
  assert.equal(await read(), 3)
})

test('what is not there, or is too much, is not kept; the oldest makes room', async () => {
  const { places, files } = lake()
  let reads = 0
  const read = (name: string, weight = 1) =>
    rememberedFor(
      files,
      `s3://b/${name}`,
      '',
      () => weight,
      async () => ++reads,
    )
  assert.deepEqual([await read('gone'), await read('gone')], [1, 2])
  for (const name of ['large', 'a', 'b', 'c']) places.set(`s3://b/${name}`, name)
  assert.deepEqual([await read('large', 45_000), await read('large', 45_000)], [3, 4])
  assert.deepEqual([await read('a', 27_000), await read('b', 27_000), await read('a', 27_000)], [5, 6, 5])
  assert.deepEqual([await read('c', 27_000), await read('a'), await read('b')], [7, 5, 8])
})
