import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { openMemoryState } from '../../storage/state-memory.ts'
import { EVENT_VERSION, type EventRecord } from './event.ts'
import { openJournal } from './journal.ts'

/** A clock that stands still, and whose sleepers are woken by hand. */
function handClock(startMs: number) {
  let nowMs = startMs
  const sleepers: { readonly ms: number; readonly wake: () => void }[] = []
  return {
    now: () => new Date(nowMs),
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ ms, wake })),
    pass: (ms: number) => {
      nowMs += ms
    },
    sleeping: () => sleepers.map(({ ms }) => ms),
    wake: (ms: number) => sleepers.find((sleeper) => sleeper.ms === ms)!.wake(),
  }
}

const scope = { account: '000000000000', region: 'us-east-1' }
const START = Date.parse('2026-01-01T00:00:00Z')

const event = (eventID: string, atMs: number, more: Partial<EventRecord> = {}): EventRecord => ({
  eventVersion: EVENT_VERSION,
  userIdentity: { type: 'Root' },
  eventTime: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
  eventSource: 'glue.amazonaws.com',
  eventName: 'CreateDatabase',
  awsRegion: scope.region,
  sourceIPAddress: '127.0.0.1',
  requestParameters: null,
  responseElements: null,
  eventID,
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: scope.account,
  eventCategory: 'Management',
  ...more,
})

function opened() {
  const clock = handClock(START)
  const state = openMemoryState()
  const journal = openJournal(state, clock, (error) => assert.fail(String(error)))
  const written = () => state.list('events/000000000000/us-east-1', { limit: 100 }).length
  return { clock, state, journal, written }
}

test('what changed something is written soon, what only read when there is time', async () => {
  const { clock, journal, written } = opened()
  journal.append(event('read', START, { readOnly: true }))
  assert.deepEqual(clock.sleeping(), [1000])
  journal.append(event('changed', START))
  journal.append(event('changed too', START))
  assert.deepEqual(clock.sleeping(), [1000, 100])
  assert.equal(written(), 0)
  clock.wake(100)
  await new Promise((resolve) => setImmediate(resolve))
  // Waits for the write that has begun.
  await journal.flush()
  assert.equal(written(), 1)
  await journal.close()
})

test('batches of a time hold its events, also those that came after the machine had slept', async () => {
  const { clock, journal } = opened()
  journal.append(event('before', START))
  clock.pass(7 * 86_400_000)
  const laterMs = clock.now().getTime()
  journal.append(event('after', laterMs))
  const ids: string[] = []
  for await (const bytes of journal.batches(scope, laterMs, Infinity))
    for (const line of zstdDecompressSync(bytes).toString().split('\n')) ids.push(JSON.parse(line).eventID)
  assert.deepEqual(ids, ['after'])
  await journal.close()
})

test('an account whose events are wanted for longer keeps them', async () => {
  const { clock, journal, written } = opened()
  journal.append(event('old', START))
  await journal.flush()
  clock.pass(100 * 86_400_000)
  await journal.forget(() => 200)
  assert.equal(written(), 1)
  await journal.forget(() => 7)
  assert.equal(written(), 0)
  await journal.close()
})

test('what was done within a second is found by that second', async () => {
  const { clock, journal } = opened()
  clock.pass(300)
  journal.append(event('within', START + 300))
  for (const newestFirst of [true, false]) {
    const found: (string | undefined)[] = []
    for await (const placed of journal.read(scope, { fromMs: START, untilMs: START, newestFirst }))
      found.push(placed?.event.eventID)
    assert.deepEqual(found, ['within'])
  }
  await journal.close()
})
