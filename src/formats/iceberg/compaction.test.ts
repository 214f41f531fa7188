import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compactionRules, wantsRewrite, worthRewriting, writtenBytes } from './compaction.ts'
import { NO_TABLE } from './table-updates.ts'

/** Athena's own numbers, of a table that says nothing. */
const rules = compactionRules(NO_TABLE)
const MIB = 1 << 20
const files = (count: number, sizeBytes: number, deleteFiles = 0) =>
  Array.from({ length: count }, () => ({ sizeBytes, deleteFiles }))

test('what Athena documents of its properties is what counts where a table has none', () => {
  assert.deepEqual(rules, {
    targetBytes: 512 * MIB,
    minBytes: 384 * MIB,
    maxBytes: 921.6 * MIB,
    minFiles: 5,
    minDeleteFiles: 2,
  })
  const properties = { 'write.target-file-size-bytes': '1000', optimize_rewrite_data_file_threshold: '2' }
  const own = compactionRules({ ...NO_TABLE, properties })
  assert.deepEqual([own.minBytes, own.maxBytes, own.minFiles], [750, 1800, 2])
})

test('a file is wanted for its size or its deletes', () => {
  const wanted = (sizeBytes: number, deleteFiles = 0) => wantsRewrite({ sizeBytes, deleteFiles }, rules)
  assert.deepEqual(
    [wanted(383 * MIB), wanted(384 * MIB), wanted(921 * MIB), wanted(922 * MIB)],
    [true, false, false, true],
  )
  assert.deepEqual([wanted(512 * MIB, 1), wanted(512 * MIB, 2)], [false, true])
})

test('a group is worth its while', () => {
  assert.equal(worthRewriting(files(4, MIB), rules), false)
  assert.equal(worthRewriting(files(5, MIB), rules), true)
  // Few, and more than one file's worth.
  assert.equal(worthRewriting(files(2, 300 * MIB), rules), true)
  assert.equal(worthRewriting(files(1, 1000 * MIB), rules), true)
  assert.equal(worthRewriting(files(1, MIB, 2), rules), true)
  assert.equal(worthRewriting(files(1, MIB, 1), rules), false)
})

test('files become equally large, and none is small', () => {
  const near = (inputMib: number, files: number) => {
    const bytes = writtenBytes(inputMib * MIB, rules)
    const each = (inputMib * MIB) / files
    assert.ok(bytes >= each && bytes <= each * 1.02, `${inputMib}: ${bytes / MIB}`)
  }
  assert.equal(writtenBytes(100 * MIB, rules), 512 * MIB)
  near(1000, 2)
  near(1100, 2)
  near(5000, 10)
  near(700, 2)
})
