import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import { systemClock } from '../clock.ts'
import type { StateTransaction } from '../ports.ts'
import { RunCancelled, RunError } from './run.ts'
import { Runs } from './runs.ts'

const limits = { concurrent: 1, queued: 2 }
const never = (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
const soon = AbortSignal.timeout(5000)

function make() {
  const state = openMemoryState()
  return { state, runs: new Runs<string, number>('test', state, systemClock, limits) }
}

test('a run succeeds with what its work answers', async () => {
  const { runs } = make()
  const started = await runs.start('a', { spec: 's', work: async () => ({ result: 42 }) })
  assert.equal(started.state, 'QUEUED')
  const over = await runs.wait('a', soon)
  assert.equal(over.state, 'SUCCEEDED')
  assert.equal(over.result, 42)
  assert.ok(over.startedAt! >= over.submittedAt && over.endedAt! >= over.startedAt!)
})

test('a run fails with what its work throws', async () => {
  const { runs } = make()
  await runs.start('a', { spec: 's', work: () => Promise.reject(new RunError('no', { why: 1 })) })
  const over = await runs.wait('a', soon)
  assert.deepEqual([over.state, over.failure], ['FAILED', { reason: 'no', detail: { why: 1 } }])
})

test('only so many work at once; the others wait their turn, and no more than may', async () => {
  const { runs } = make()
  await runs.start('a', { spec: 's', work: never })
  await runs.start('b', { spec: 's', work: async () => ({ result: 1 }) })
  await runs.start('c', { spec: 's', work: async () => ({ result: 2 }) })
  assert.equal(runs.get('b').state, 'QUEUED')
  await assert.rejects(runs.start('d', { spec: 's', work: async () => ({ result: 3 }) }), { kind: 'limit' })
  await runs.cancel('a', 'enough')
  assert.equal(runs.get('a').state, 'CANCELLED')
  assert.equal((await runs.wait('c', soon)).result, 2)
  assert.equal(runs.get('b').state, 'SUCCEEDED')
})

test('a queued run that is cancelled never works', async () => {
  const { runs } = make()
  let worked = false
  await runs.start('a', { spec: 's', work: never })
  await runs.start('b', {
    spec: 's',
    work: async () => {
      worked = true
      return { result: 1 }
    },
  })
  await runs.cancel('b', 'not needed')
  await runs.cancel('a', 'enough')
  assert.deepEqual([runs.get('b').state, runs.get('b').failure?.reason, worked], ['CANCELLED', 'not needed', false])
})

test('what a run leaves appears with its end, or the run fails', async () => {
  const { state, runs } = make()
  const leaving = (note: string) => async () => ({
    result: 1,
    appear: (alsoWrite: (tx: StateTransaction) => void) =>
      state.transaction((tx) => {
        if (note === '') throw new Error('nothing to leave')
        tx.put('notes', note, runs.get(note).state)
        alsoWrite(tx)
      }),
  })
  await runs.start('a', { spec: 's', work: leaving('a') })
  assert.deepEqual([(await runs.wait('a', soon)).result, state.get('notes', 'a')?.doc], [1, 'RUNNING'])
  await runs.start('b', { spec: 's', work: leaving('') })
  const over = await runs.wait('b', soon)
  assert.deepEqual([over.state, over.result, over.failure?.reason], ['FAILED', undefined, 'nothing to leave'])
  assert.deepEqual(state.keys('runs/test/unfinished', { limit: 9 }), [])
})

test('what an earlier process left is failed once', async () => {
  const { state, runs } = make()
  await runs.start('a', { spec: 's', work: never })
  const later = new Runs<string, number>('test', state, systemClock, limits)
  assert.equal(await later.reap(), 1)
  assert.equal(later.get('a').state, 'FAILED')
  assert.equal(await later.reap(), 0)
})

test('the first record may refuse the run', async () => {
  const { runs } = make()
  const refuse = () => {
    throw new Error('taken')
  }
  await assert.rejects(runs.start('a', { spec: 's', alsoWrite: refuse, work: async () => ({ result: 1 }) }), /taken/)
  assert.equal(runs.find('a'), undefined)
})

test('a run that ends itself is cancelled', async () => {
  const { runs } = make()
  await runs.start('a', { spec: 's', work: () => Promise.reject(new RunCancelled('too much')) })
  const over = await runs.wait('a', soon)
  assert.deepEqual([over.state, over.failure?.reason], ['CANCELLED', 'too much'])
})

test('those that start at the same moment are counted too', async () => {
  const { runs } = make()
  const starts = ['a', 'b', 'c', 'd', 'e'].map((id) => runs.start(id, { spec: 's', work: never }))
  const refused = (await Promise.allSettled(starts)).filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 2)
  await runs.close()
})

test('a run is kept for as long as its kind is, and then forgotten with what belongs to it', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  const state = openMemoryState()
  const clock = { ...systemClock, now: () => new Date(nowMs) }
  const runs = new Runs<string, number>('test', state, clock, { ...limits, keptMs: 1000 })
  const start = async (id: string) => {
    await runs.start(id, { spec: `spec of ${id}`, work: async () => ({ result: 1 }) })
    await runs.wait(id, soon)
  }
  await start('a')
  nowMs += 600
  await start('b')
  assert.equal(await runs.forget(() => assert.fail()), 0)
  nowMs += 400
  assert.equal(runs.find('a')?.state, 'SUCCEEDED')
  nowMs += 1
  assert.equal(runs.find('a'), undefined)
  assert.equal(runs.find('b')?.state, 'SUCCEEDED')
  const forgotten: string[] = []
  assert.equal(await runs.forget((_, run) => forgotten.push(run.spec)), 1)
  assert.deepEqual(forgotten, ['spec of a'])
  nowMs -= 1001
  assert.equal(runs.find('a'), undefined, 'it is not hidden, it is gone')
  nowMs += 10_000
  assert.equal(await runs.forget(() => {}), 1)
  for (const space of ['runs/test', 'runs/test/ages', 'runs/test/unfinished'])
    assert.equal(state.count(space), 0, space)
})

test('one that is not asked for any more is dropped, but never one that works', async () => {
  const { state, runs } = make()
  await runs.start('a', { spec: 's', work: async () => ({ result: 1 }) })
  await runs.wait('a', soon)
  await runs.start('b', { spec: 's', work: never })
  await state.transaction((tx) => {
    for (const id of ['a', 'b']) runs.drop(tx, id)
  })
  assert.deepEqual([runs.find('a'), runs.get('b').state], [undefined, 'RUNNING'])
  await runs.close()
})
