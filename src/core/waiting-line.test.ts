import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { WaitingLine } from './waiting-line.ts'

test('eight at a time, the others in their order, without those who have left', async () => {
  const line = new WaitingLine(8)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const leaving = new AbortController()
  const work = (one: number) =>
    line.inTurn(one === 9 ? leaving.signal : new AbortController().signal, async () => {
      begun.push(one)
      await new Promise<void>((resolve) => ends.push(resolve))
      if (one === 0) throw new Error('failed')
      return one
    })
  const all = Promise.allSettled(Array.from({ length: 20 }, (_, one) => work(one)))
  await turn()
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7])
  leaving.abort(new Error('left'))
  while (ends.length > 0) {
    ends.shift()!()
    await turn()
    assert.ok(ends.length <= 8)
  }
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  const outcomes = (await all).flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  assert.deepEqual(outcomes, ['Error: failed', 'Error: left'])
})
