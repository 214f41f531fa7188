/** Transactions begin, are kept going and end; what was left idle has ended by itself. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CancelTransactionCommand,
  CommitTransactionCommand,
  DescribeTransactionCommand,
  ExtendTransactionCommand,
  LakeFormationClient,
  ListTransactionsCommand,
  StartTransactionCommand,
  type TransactionStatusFilter,
} from '@aws-sdk/client-lakeformation'
import type { Clock } from '../../../src/core/ports.ts'
import { startLake, type TestLake } from '../server.ts'

const HOUR_MS = 3_600_000
let lake: TestLake
let client: LakeFormationClient
let ms = Date.UTC(2026, 0, 1)

const untilAborted: Clock['sleep'] = (_durationMs, signal) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

before(async () => {
  lake = await startLake({ clock: { now: () => new Date(ms), sleep: untilAborted } })
  client = new LakeFormationClient(lake.client)
  // Requests are signed at the time that it is for the server.
  client.middlewareStack.add(
    (next) => (args) => {
      client.config.systemClockOffset = ms - Date.now()
      return next(args)
    },
    { step: 'initialize' },
  )
})
after(async () => {
  client.destroy()
  await lake.stop()
})

const begin = async (TransactionType?: 'READ_ONLY' | 'READ_AND_WRITE') =>
  (await client.send(new StartTransactionCommand({ TransactionType }))).TransactionId!
const status = async (TransactionId: string) =>
  (await client.send(new DescribeTransactionCommand({ TransactionId }))).TransactionDescription!
const commit = (TransactionId: string) => client.send(new CommitTransactionCommand({ TransactionId }))
const cancel = (TransactionId: string) => client.send(new CancelTransactionCommand({ TransactionId }))
const extend = (TransactionId: string) => client.send(new ExtendTransactionCommand({ TransactionId }))
const listed = async (StatusFilter?: TransactionStatusFilter) => {
  const ids: string[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await client.send(new ListTransactionsCommand({ StatusFilter, MaxResults: 2, NextToken }))
    ids.push(...page.Transactions!.map((one) => one.TransactionId!))
    NextToken = page.NextToken
    if (!NextToken) return ids
  }
}

test('a transaction ends once, and says how', async () => {
  const [kept, dropped, idle, reading] = [await begin(), await begin(), await begin(), await begin('READ_ONLY')]
  assert.deepEqual(await status(kept), {
    TransactionId: kept,
    TransactionStatus: 'ACTIVE',
    TransactionStartTime: new Date(ms),
  })
  ms += 1000
  assert.equal((await commit(kept)).TransactionStatus, 'COMMITTED')
  // "This API action is idempotent if called multiple times for the same transaction."
  assert.equal((await commit(kept)).TransactionStatus, 'COMMITTED')
  await cancel(dropped)
  await cancel(dropped)
  assert.deepEqual((await status(dropped)).TransactionEndTime, new Date(ms))
  const isCommitted = { name: 'TransactionCommittedException' }
  const isCancelled = { name: 'TransactionCanceledException' }
  await assert.rejects(cancel(kept), isCommitted)
  await assert.rejects(extend(kept), isCommitted)
  await assert.rejects(commit(dropped), isCancelled)
  await assert.rejects(extend(dropped), isCancelled)
  for (const ask of [commit, cancel, extend, status])
    await assert.rejects(ask('0123456789abcdef'), { name: 'EntityNotFoundException' })

  assert.deepEqual(await listed(), [kept, dropped, idle, reading].sort())
  assert.deepEqual(await listed('ACTIVE'), [idle, reading].sort())
  ms += 0.9 * HOUR_MS
  await extend(idle)
  ms += 0.9 * HOUR_MS
  assert.equal((await status(idle)).TransactionStatus, 'ACTIVE')
  ms += 0.9 * HOUR_MS
  await assert.rejects(commit(idle), isCancelled)
  assert.deepEqual(await listed('ACTIVE'), [reading])
  assert.deepEqual(await listed('COMMITTED'), [kept])
  assert.deepEqual(await listed('ABORTED'), [dropped, idle].sort())
  assert.deepEqual(await listed('COMPLETED'), [kept, dropped, idle].sort())

  ms += 31 * 24 * HOUR_MS
  const last = await begin()
  assert.deepEqual(await listed(), [last])
})
