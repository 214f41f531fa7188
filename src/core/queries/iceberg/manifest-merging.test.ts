import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import { NO_TABLE } from '../../../formats/iceberg/table-updates.ts'
import { mergedTogether, mergeRules } from './manifest-merging.ts'

const manifest = (path: string, addedFiles: number, length = 1000): ManifestFile => ({
  path,
  length,
  specId: 0,
  content: 'data',
  sequenceNumber: 1,
  minSequenceNumber: 1,
  addedSnapshotId: 1,
  addedFiles,
})
const rules = { leastManifests: 4, mostBytes: 1_000_000 }
const merged = (files: readonly number[], of = rules) =>
  mergedTogether(
    files.map((count, i) => manifest(String(i), count)),
    of,
  ).length

test('manifests are merged when there are enough of them', () => {
  assert.equal(merged([1, 1, 1]), 0)
  assert.equal(merged([1, 1, 1, 1]), 4)
})

test('one of many files waits until there are as many others', () => {
  assert.equal(merged([1, 1, 1, 1, 5]), 4)
  assert.equal(merged([1, 1, 1, 2, 5]), 5)
  assert.equal(merged([1, 1, 1, 2, 5, 50]), 5)
})

test('none gets larger than it may', () => {
  assert.equal(merged([1, 1, 1, 1, 1], { leastManifests: 4, mostBytes: 4000 }), 4)
  assert.equal(merged([1, 1, 1, 1, 1], { leastManifests: 4, mostBytes: 3999 }), 0)
})

test('after any number of commits there are few, and files were seldom written again', () => {
  let list: ManifestFile[] = []
  let written = 0
  for (let n = 0; n < 3000; n++) {
    list = [manifest(String(n), 1), ...list]
    const together = mergedTogether(list, { leastManifests: 10, mostBytes: 1e9 })
    if (together.length === 0) continue
    const files = together.reduce((sum, { addedFiles = 0 }) => sum + addedFiles, 0)
    written += files
    list = [manifest(`m${n}`, files), ...list.filter((one) => !together.includes(one))]
  }
  assert.equal(
    list.reduce((sum, { addedFiles = 0 }) => sum + addedFiles, 0),
    3000,
  )
  assert.ok(list.length <= 10 + Math.log2(300), `${list.length} manifests`)
  assert.ok(written / 3000 <= 1 + Math.log2(300), `each file ${written / 3000} times`)
})

test('the properties of the table decide', () => {
  const of = (properties: Record<string, string>) => mergeRules({ ...NO_TABLE, properties })
  assert.deepEqual(of({}), { leastManifests: 100, mostBytes: 8_388_608 })
  assert.deepEqual(of({ 'commit.manifest.min-count-to-merge': '5', 'commit.manifest.target-size-bytes': '1000' }), {
    leastManifests: 5,
    mostBytes: 1000,
  })
  assert.equal(of({ 'commit.manifest-merge.enabled': 'false' }), undefined)
})
