import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import { logRooms } from './log-groups.ts'
import { searchLogs } from './log-search.ts'

const clock = { now: () => new Date(10_000_000), sleep: async () => {} }
const scope = { account: '000000000000', region: 'us-east-1' }

async function opened(batches: readonly (readonly [stream: string, times: readonly number[]])[]) {
  const rooms = logRooms(openMemoryState(), clock)
  const group = await rooms.create(scope, { name: 'g', logClass: 'STANDARD' })
  for (const name of new Set(batches.map(([stream]) => stream))) await rooms.createStream(group, name)
  for (const [stream, times] of batches)
    await rooms.append(
      group,
      stream,
      times.map((at) => [at, `${stream}${at}`] as const),
    )
  const read: number[] = []
  const counted: Pick<typeof rooms, 'lazyBatches'> = {
    *lazyBatches(...asked) {
      for (const batch of rooms.lazyBatches(...asked)) {
        yield {
          fromMs: batch.fromMs,
          read: () => {
            read.push(batch.fromMs)
            return batch.read()
          },
        }
      }
    },
  }
  const search = (limit: number, more: Partial<Parameters<typeof searchLogs>[2]> = {}) =>
    searchLogs(counted, group, {
      streams: rooms.streams(group, { limit: 100 }),
      fromMs: 0,
      untilMs: Number.MAX_SAFE_INTEGER,
      limit,
      match: () => true,
      ...more,
    })
  return { search, read }
}

const messages = ({ found }: Awaited<ReturnType<typeof searchLogs>>) => found.map(({ event }) => event.message)

test('events of several streams come in the order of time, page by page, each once', async () => {
  const { search } = await opened([
    ['a', [1, 5, 9]],
    ['b', [2, 3]],
    ['a', [4, 20]],
    ['b', [9, 30]],
  ])
  const all = ['a1', 'b2', 'b3', 'a4', 'a5', 'a9', 'b9', 'a20', 'b30']
  const whole = await search(100)
  assert.deepEqual([messages(whole), whole.next], [all, undefined])
  for (const limit of [1, 2, 4, 8]) {
    const found: string[] = []
    for (let beyond: string | undefined, pages = 0; pages < 20; pages++) {
      const page = await search(limit, { beyond })
      found.push(...messages(page))
      assert.ok(page.found.length <= limit)
      if (page.next === undefined) break
      beyond = page.next
    }
    assert.deepEqual(found, all, `pages of ${limit}`)
  }
  assert.deepEqual(messages(await search(100, { fromMs: 5, untilMs: 20 })), ['a5', 'a9', 'b9'])
})

test('a page reads what leads to it, and no more', async () => {
  const { search, read } = await opened(Array.from({ length: 1000 }, (_, i) => ['a', [i * 10, i * 10 + 5]] as const))
  const first = await search(4)
  assert.deepEqual(messages(first), ['a0', 'a5', 'a10', 'a15'])
  assert.ok(read.length <= 4, String(read.length))
  read.length = 0
  const later = await search(2, { beyond: '00000000005000' })
  assert.deepEqual(messages(later), ['a5000', 'a5005'])
  assert.ok(read.length <= 4, String(read.length))
})

test('a search in vain ends, and goes on where it ended', async () => {
  const { search } = await opened(Array.from({ length: 5000 }, (_, i) => ['a', [i]] as const))
  const seen: string[] = []
  let pages = 0
  for (let beyond: string | undefined; ; pages++) {
    const page = await search(10, { beyond, match: (message) => message === 'a4999' })
    seen.push(...messages(page))
    if (page.next === undefined) break
    assert.ok(beyond === undefined || page.next > beyond)
    beyond = page.next
  }
  assert.deepEqual(seen, ['a4999'])
  assert.ok(pages >= 2)
})
