import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openMemoryBlobs } from '../../storage/blobs-memory.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { receive } from './bodies.ts'
import { createBucket, putSetting, setVersioning } from './buckets.ts'
import { dueAt, expire, type LifecycleRule } from './lifecycle.ts'
import { listObjects, listVersions } from './listing.ts'
import { deleteObject, putObject } from './objects.ts'
import { openObjects } from './store.ts'

const bucket = 'lake'
const filter = { prefix: '', tags: {} }

async function openAt(start: string, ...rules: LifecycleRule[]) {
  let now = new Date(start)
  const clock = { now: () => now, sleep: () => Promise.resolve() }
  const store = await openObjects({ state: openMemoryState(), blobs: openMemoryBlobs(), clock })
  await createBucket(store, { name: bucket, account: '000000000000', region: 'us-east-1' })
  await putSetting(store, bucket, 'lifecycle', { rules })
  const turn = (time: string) => {
    now = new Date(time)
  }
  const put = async (key: string, text = 'x', tags?: Record<string, string>) => {
    const attributes = { contentType: 'text/plain', metadata: {}, storageClass: 'STANDARD', tags }
    await putObject(store, { bucket, key, attributes }, await receive(store, [Buffer.from(text)]))
  }
  const keys = () => listObjects(store.state, bucket, { limit: 1000 }).entries.map((entry) => entry.key)
  const expireAt = (time: string) => expire(store, new Date(time))
  return { store, turn, put, keys, expireAt }
}

describe('lifecycle', () => {
  /** The example of userguide/intro-lifecycle-rules.html: created 1/15/2014 10:30 AM UTC, 3 days, 1/19/2014 00:00 UTC. */
  it('rounds up to the next midnight', () => {
    const due = dueAt(Date.parse('2014-01-15T10:30:00Z'), 3)
    assert.equal(new Date(due).toISOString(), '2014-01-19T00:00:00.000Z')
  })

  it('expires neither early nor what another rule names', async () => {
    const { put, keys, expireAt } = await openAt(
      '2030-01-15T10:30:00Z',
      { enabled: true, filter: { prefix: 'a/', tags: {} }, expireAfterDays: 3 },
      {
        enabled: true,
        filter: { prefix: 'b/', tags: { t: '1' }, largerThanBytes: 2, smallerThanBytes: 5 },
        expireAfterDays: 1,
      },
      { enabled: false, filter, expireAfterDays: 1 },
    )
    await put('a/1')
    await put('b/small', 'xx', { t: '1' })
    await put('b/fits', 'xxxx', { t: '1' })
    await put('b/large', 'xxxxx', { t: '1' })
    await put('b/untagged', 'xxxx')
    assert.equal(await expireAt('2030-01-16T23:59:59Z'), 0)
    assert.equal(await expireAt('2030-01-17T00:00:00Z'), 1)
    assert.deepEqual(keys(), ['a/1', 'b/large', 'b/small', 'b/untagged'])
    assert.equal(await expireAt('2030-01-18T23:59:59Z'), 0)
    assert.equal(await expireAt('2030-01-19T00:00:00Z'), 1)
    assert.deepEqual(keys(), ['b/large', 'b/small', 'b/untagged'])
  })

  it('counts a version old from when the next was made', async () => {
    const rule = { enabled: true, filter, expireOldVersions: { afterDays: 1 } }
    const { store, turn, put, expireAt } = await openAt('2030-01-01T00:00:00Z', rule)
    await setVersioning(store, bucket, 'Enabled')
    await put('a', '1')
    turn('2030-01-10T12:00:00Z')
    await put('a', '2')
    turn('2030-01-20T12:00:00Z')
    await deleteObject(store, bucket, { key: 'a' })
    const versions = () => listVersions(store.state, bucket, { limit: 1000 }).entries.length
    assert.equal(await expireAt('2030-01-11T23:00:00Z'), 0)
    assert.equal(await expireAt('2030-01-12T00:00:00Z'), 1)
    assert.equal(await expireAt('2030-01-21T23:00:00Z'), 0)
    assert.equal(await expireAt('2030-01-22T00:00:00Z'), 1)
    assert.equal(versions(), 1)
  })

  it('goes through many pages', async () => {
    const { put, keys, expireAt } = await openAt('2030-01-01T00:00:00Z', { enabled: true, filter, expireAfterDays: 1 })
    for (let i = 0; i < 1203; i++) await put(String(i).padStart(5, '0'))
    assert.equal(await expireAt('2030-02-01T00:00:00Z'), 1203)
    assert.deepEqual(keys(), [])
  })
})
