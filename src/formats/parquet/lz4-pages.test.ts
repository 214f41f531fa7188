/** Files that Spark wrote (tests/golden/parquet_lz4.py). What engines read of them afterwards is in tests/acceptance. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import { dice } from '../seeded.fixture.ts'
import { footerLength } from './footer.ts'
import { rawPages } from './lz4-pages.ts'
import { type StoredFile, storedFile } from './row-groups.ts'

const golden = (name: string): Buffer => readFileSync(new URL(`../../../tests/golden/parquet/${name}`, import.meta.url))

const inMemory = (bytes: Buffer) => ({
  sizeBytes: bytes.length,
  read(at: number, length: number) {
    if (at < 0 || at + length > bytes.length) throw new CorruptData('it is too short')
    return Uint8Array.prototype.slice.call(bytes, at, at + length)
  },
})

function repacked(file: Buffer): Buffer {
  const copy = Buffer.from(file)
  for (const { at, bytes } of rawPages(inMemory(file))) copy.set(bytes, at)
  return copy
}

function footerIn(file: Buffer): StoredFile {
  const length = footerLength(file.subarray(-8))
  return storedFile(file.subarray(-8 - length, -8), file.length - 8 - length)!
}

for (const version of ['v1', 'v2'])
  test(`pages of ${version} stay where they are`, () => {
    const file = golden(`hadoop-lz4-${version}.parquet`)
    const copy = repacked(file)
    assert.equal(copy.length, file.length)
    const [before, after] = [footerIn(file), footerIn(copy)]
    const chunksOf = ({ rowGroups }: StoredFile) => rowGroups.flatMap(({ chunks }) => chunks)
    assert.ok(chunksOf(before).every(({ codec }) => codec === 5))
    assert.ok(chunksOf(after).every(({ codec }) => codec === 7))
    assert.deepEqual(
      chunksOf(after).map(({ pages, columnIndex, offsetIndex }) => ({ pages, columnIndex, offsetIndex })),
      chunksOf(before).map(({ pages, columnIndex, offsetIndex }) => ({ pages, columnIndex, offsetIndex })),
    )
    assert.deepEqual([...rawPages(inMemory(copy))], [])
  })

test('a file that lies is corrupt, or as it was', () => {
  const roll = dice(11)
  const file = golden('hadoop-lz4.parquet')
  for (let round = 0; round < 5000; round++) {
    const broken = Buffer.from(file)
    for (let i = 0; i <= roll(3); i++) broken[roll(broken.length)] = roll(256)
    try {
      assert.equal(repacked(broken).length, file.length)
    } catch (error) {
      assert.ok(error instanceof CorruptData, String(error))
    }
  }
})
