import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daily } from './daily.ts'

test('it works at once and at every midnight, whatever fails, until it is told to end', async () => {
  let now = new Date('2026-03-01T22:00:00Z')
  const slept: number[] = []
  const worked: string[] = []
  const reported: unknown[] = []
  const closing = new AbortController()
  const clock = {
    now: () => now,
    async sleep(durationMs: number) {
      slept.push(durationMs / 3_600_000)
      now = new Date(now.getTime() + durationMs)
      if (slept.length === 3) closing.abort()
    },
  }
  await daily(
    clock,
    closing.signal,
    async () => {
      worked.push(now.toISOString())
      if (worked.length === 2) throw new Error('not today')
    },
    (error) => reported.push((error as Error).message),
  )
  assert.deepEqual(slept, [2, 24, 24])
  assert.deepEqual(worked, ['2026-03-01T22:00:00.000Z', '2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'])
  assert.deepEqual(reported, ['not today'])
})
