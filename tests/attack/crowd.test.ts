import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crowd, left } from './crowd.ts'

test('another caller is served beside a crowd, and what the crowd took is given back', async () => {
  const report = await crowd({ connections: 400, forMs: 1500 })
  assert.ok(report.crowd.open > 350, `${report.crowd.open}`)
  assert.ok(report.beside.callMs.length > 0 && report.beside.queryMs.length > 0)
  assert.ok(left(report) < 16 << 20, `${left(report)} bytes are left`)
  assert.equal(report.log, '')
})
