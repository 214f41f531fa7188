import assert from 'node:assert/strict'
import { test } from 'node:test'
import { icebergSoak } from './iceberg-soak.ts'

test('writers of one table at a server that is killed: no commit is lost or doubled, nothing is left behind', async () => {
  const { kills, snapshots, rows, wrong } = await icebergSoak({ sqlWriters: 6, forMs: 9000, killEveryMs: 4000 })
  assert.deepEqual(wrong, [])
  assert.ok(kills >= 1 && snapshots > 0 && rows.in > 0, JSON.stringify({ kills, snapshots, rows }))
})
