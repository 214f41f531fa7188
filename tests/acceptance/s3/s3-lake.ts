import assert from 'node:assert/strict'
import { after } from 'node:test'
import { S3 } from '@aws-sdk/client-s3'
import type { StartOptions } from '../../../src/main.ts'
import { startLake, type TestLake } from '../server.ts'

export interface S3Lake {
  readonly lake: TestLake
  readonly s3: S3
  /** The client goes on with the server that follows. */
  restart(): Promise<void>
}

/**
 * A server and a client of it, with the buckets named, for all tests of the file that calls this at its top. After them
 * it is stopped, and must have logged no bug.
 */
export async function s3Lake(buckets: readonly string[] = [], options: StartOptions = {}): Promise<S3Lake> {
  let lake = await startLake(options)
  const s3 = new S3(lake.client)
  for (const Bucket of buckets) await s3.createBucket({ Bucket })
  after(async () => {
    s3.destroy()
    await lake.stop()
    assert.deepEqual(lake.log, [])
  })
  return {
    get lake() {
      return lake
    },
    s3,
    async restart() {
      lake = await lake.restart()
    },
  }
}
