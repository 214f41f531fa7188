import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { LifecycleRule } from '@aws-sdk/client-s3'
import type { Clock } from '../../../src/core/ports.ts'
import { failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Real time, but for a moment it can be days ahead: who sleeps until midnight then wakes. */
class TurningClock implements Clock {
  #aheadMs = 0
  readonly #sleepers = new Set<() => void>()

  now(): Date {
    return new Date(Date.now() + this.#aheadMs)
  }

  sleep(_durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleepers.add(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  async wakeAfter(days: number): Promise<void> {
    this.#aheadMs = days * dayMs
    for (const wake of this.#sleepers) wake()
    this.#sleepers.clear()
    // The sleeper reads the clock before anything else happens, and clients sign with the time that is.
    await setImmediate()
    this.#aheadMs = 0
  }
}

/** Asks again until the answer is the one expected; the last answer where it never is. */
async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  let answer: T | undefined
  for (let attempt = 0; attempt < 200; attempt++) {
    answer = await ask()
    if (isDeepStrictEqual(answer, expected)) return
  }
  assert.deepEqual(answer, expected)
}

const clock = new TurningClock()
const { s3 } = await s3Lake([], { clock })

describe('S3 lifecycle', () => {
  const setUp = async (Bucket: string, ...Rules: LifecycleRule[]) => {
    await s3.createBucket({ Bucket })
    await s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } })
  }
  const keysOf = async (Bucket: string) =>
    (await s3.listObjectsV2({ Bucket })).Contents?.map((object) => object.Key) ?? []

  it('keeps a configuration as it was given', async () => {
    const Rules: LifecycleRule[] = [
      {
        ID: 'all of it',
        Status: 'Enabled',
        Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'a', Value: 'b' }], ObjectSizeGreaterThan: 10 } },
        Transitions: [{ Days: 30, StorageClass: 'GLACIER' }],
        Expiration: { Date: new Date('2031-05-01T00:00:00Z') },
        NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]
    await setUp('kept', ...Rules)
    assert.deepEqual((await s3.getBucketLifecycleConfiguration({ Bucket: 'kept' })).Rules, Rules)
    await s3.deleteBucketLifecycle({ Bucket: 'kept' })
    const none = s3.getBucketLifecycleConfiguration({ Bucket: 'kept' })
    assert.equal(await failureCode(none), 'NoSuchLifecycleConfiguration 404')
  })

  it('refuses rules that make no sense', async () => {
    await s3.createBucket({ Bucket: 'refuses' })
    const put = (rule: Partial<LifecycleRule>) =>
      s3.putBucketLifecycleConfiguration({
        Bucket: 'refuses',
        LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, ...rule }] },
      })
    assert.equal(await failureCode(put({})), 'InvalidRequest 400')
    assert.equal(await failureCode(put({ Expiration: { Days: 0 } })), 'InvalidArgument 400')
    assert.equal(
      await failureCode(put({ Expiration: { Date: new Date('2031-05-01T01:00:00Z') } })),
      'InvalidArgument 400',
    )
  })

  it('expires what its rules name, when it is due', async () => {
    const Bucket = 'expires'
    await setUp(
      Bucket,
      { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 3 } },
      { ID: 'tagged', Status: 'Enabled', Filter: { Tag: { Key: 'tmp', Value: 'yes' } }, Expiration: { Days: 1 } },
      { ID: 'off', Status: 'Disabled', Filter: { Prefix: 'data/' }, Expiration: { Days: 1 } },
    )
    const put = (Key: string, Tagging?: string) => s3.putObject({ Bucket, Key, Body: 'x', Tagging })
    const { Expiration } = await put('logs/a')
    assert.match(Expiration ?? '', /^expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="logs"$/)
    await put('data/b')
    await put('data/c', 'tmp=yes')
    assert.deepEqual(await keysOf(Bucket), ['data/b', 'data/c', 'logs/a'])
    await clock.wakeAfter(2)
    await eventually(() => keysOf(Bucket), ['data/b', 'logs/a'])
    await clock.wakeAfter(4)
    await eventually(() => keysOf(Bucket), ['data/b'])
  })

  it('lays markers where versions are kept, and removes old ones', async () => {
    const Bucket = 'versions'
    await s3.createBucket({ Bucket })
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })
    for (const Body of ['1', '2', '3', '4']) await s3.putObject({ Bucket, Key: 'a', Body })
    await setUp(Bucket, {
      Status: 'Enabled',
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 },
    })
    const counts = async () => {
      const { Versions, DeleteMarkers } = await s3.listObjectVersions({ Bucket })
      return [Versions?.length ?? 0, DeleteMarkers?.length ?? 0]
    }
    await clock.wakeAfter(3)
    await eventually(counts, [2, 0])
    await setUp(Bucket, { Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } })
    await clock.wakeAfter(3)
    await eventually(counts, [2, 1])
    await setUp(
      Bucket,
      { ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      { ID: 'lone', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } },
    )
    await clock.wakeAfter(9)
    await eventually(counts, [0, 1])
    await clock.wakeAfter(9)
    await eventually(counts, [0, 0])
    await s3.deleteBucket({ Bucket })
  })

  it('aborts uploads nobody completed', async () => {
    const Bucket = 'uploads'
    const AbortIncompleteMultipartUpload = { DaysAfterInitiation: 2 }
    await setUp(Bucket, { Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload })
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'a' })
    await s3.uploadPart({ Bucket, Key: 'a', UploadId, PartNumber: 1, Body: 'x' })
    const uploads = async () => (await s3.listMultipartUploads({ Bucket })).Uploads?.length ?? 0
    assert.equal(await uploads(), 1)
    await clock.wakeAfter(4)
    await eventually(uploads, 0)
  })
})
