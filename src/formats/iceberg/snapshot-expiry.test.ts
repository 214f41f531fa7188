/** Of https://iceberg.apache.org/spec/#snapshot-retention-policy. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SnapshotRef, TableMetadata } from './metadata.ts'
import { expirations, retentionRules } from './snapshot-expiry.ts'
import { NO_TABLE, updated } from './table-updates.ts'

const NOW = 1000
const rules = { maxAgeMs: 100, minSnapshots: 1, maxRefAgeMs: Number.POSITIVE_INFINITY }

/** Snapshots by number, each with its age and the one that it was made of. */
function table(
  snapshots: Readonly<Record<number, readonly [ageMs: number, parent?: number]>>,
  refs: Readonly<Record<string, SnapshotRef>>,
): TableMetadata {
  return {
    ...NO_TABLE,
    snapshots: Object.entries(snapshots).map(([id, [ageMs, parent]]) => ({
      'snapshot-id': Number(id),
      'timestamp-ms': NOW - ageMs,
      ...(parent !== undefined && { 'parent-snapshot-id': parent }),
    })),
    'current-snapshot-id': refs.main?.['snapshot-id'] ?? null,
    'snapshot-log': Object.entries(snapshots).map(([id, [ageMs]]) => ({
      'snapshot-id': Number(id),
      'timestamp-ms': NOW - ageMs,
    })),
    refs,
  }
}
const branch = (id: number, more: Partial<SnapshotRef> = {}): SnapshotRef => ({
  'snapshot-id': id,
  type: 'branch',
  ...more,
})
const tag = (id: number, more: Partial<SnapshotRef> = {}): SnapshotRef => ({ 'snapshot-id': id, type: 'tag', ...more })

function left(metadata: TableMetadata, by = rules) {
  const { snapshots, refs, 'snapshot-log': log } = updated(metadata, expirations(metadata, by, NOW), NOW)
  return {
    snapshots: snapshots!.map((one) => one['snapshot-id']),
    refs: Object.keys(refs!),
    log: log!.map((one) => one['snapshot-id']),
  }
}

const line = { 1: [400], 2: [300, 1], 3: [200, 2], 4: [50, 3], 5: [10, 4] } as const

test('what is young stays, and as many as must', () => {
  assert.deepEqual(left(table(line, { main: branch(5) })).snapshots, [4, 5])
  assert.deepEqual(left(table(line, { main: branch(5) }), { ...rules, minSnapshots: 4 }).snapshots, [2, 3, 4, 5])
  assert.deepEqual(left(table(line, { main: branch(5) }), { ...rules, maxAgeMs: 0 }).snapshots, [5])
  assert.deepEqual(expirations(table(line, { main: branch(5) }), { ...rules, maxAgeMs: 1000 }, NOW), [])
})

test('branches and tags keep what is theirs, by rules of their own', () => {
  const main = branch(5)
  assert.deepEqual(left(table(line, { main, first: tag(1) })).snapshots, [1, 4, 5])
  assert.deepEqual(
    left(table(line, { main, other: branch(3, { 'min-snapshots-to-keep': 2 }) })).snapshots,
    [2, 3, 4, 5],
  )
  assert.deepEqual(left(table(line, { main: branch(5, { 'max-snapshot-age-ms': 250 }) })).snapshots, [3, 4, 5])
  const old = table(line, { main, gone: tag(1, { 'max-ref-age-ms': 100 }), kept: tag(2, { 'max-ref-age-ms': 301 }) })
  assert.deepEqual(left(old), { snapshots: [2, 4, 5], refs: ['main', 'kept'], log: [4, 5] })
  // The main branch is never too old.
  assert.deepEqual(left(table({ 1: [400] }, { main: branch(1, { 'max-ref-age-ms': 1 }) })).snapshots, [1])
})

test('what no branch leads to stays as long as its age lets it', () => {
  const staged = table({ ...line, 8: [90, 3], 9: [110, 3] }, { main: branch(5) })
  assert.deepEqual(left(staged).snapshots, [4, 5, 8])
})

test('the history that is left has no gaps', () => {
  // The table was set back to its first snapshot, which a tag keeps.
  const metadata = table({ 1: [400], 2: [300, 1], 3: [20, 1] }, { main: branch(3), first: tag(1) })
  assert.deepEqual(left(metadata), { snapshots: [1, 3], refs: ['main', 'first'], log: [3] })
})

test("a table's own settings", () => {
  const properties = { 'history.expire.max-snapshot-age-ms': '5000', 'history.expire.min-snapshots-to-keep': '7' }
  assert.deepEqual(retentionRules({ ...NO_TABLE, properties }), {
    maxAgeMs: 5000,
    minSnapshots: 7,
    maxRefAgeMs: Number.POSITIVE_INFINITY,
  })
  assert.equal(retentionRules(NO_TABLE).maxAgeMs, 432_000_000)
})
