import assert from 'node:assert/strict'
import { test } from 'node:test'
import { soak } from './soak.ts'

test('64 clients for a while: no query is lost, none ends as it should not, though engines are killed', async () => {
  const { counts, kills, wrong, log } = await soak({
    clients: 64,
    forMs: 20_000,
    killEveryMs: 2000,
    sampleEveryMs: 5000,
  })
  assert.deepEqual(wrong, [])
  assert.equal(log, '')
  assert.ok(kills > 0)
  for (const state of ['SUCCEEDED', 'FAILED', 'CANCELLED']) assert.ok(counts[state]! > 0, `no query was ${state}`)
})
