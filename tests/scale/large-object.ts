/**
 * An object of 5 GB written in parts and read back through a server of its own, whose memory is watched. Run by
 * `npm run scale`: it takes a minute and 10 GB of disk, too much for every change.
 */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { S3 } from '@aws-sdk/client-s3'
import { launch, type Running } from '../cli/process.ts'

const PART_BYTES = 64 * 1024 ** 2
const PARTS = 80
const GROWTH_BYTES = 200 * 1024 ** 2
const object = { Bucket: 'lake', Key: 'large.bin' }

/** Every part begins differently, so that one in another's place would show. */
const filling = randomBytes(PART_BYTES)
function part(number: number): Buffer {
  filling.writeUInt32BE(number, 0)
  return filling
}

const skip = process.platform === 'linux' ? false : 'the memory of a process is read from /proc'

describe('an object of 5 GB', { skip }, () => {
  let directory: string
  let server: Running
  let s3: S3
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lentic-scale-'))
    server = launch(['serve', '--port', '0', '--data', directory])
    const [endpoint] = /http:\/\/127\.0\.0\.1:\d+/.exec(await server.said('Ctrl-C'))!
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    s3 = new S3({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
    await s3.createBucket({ Bucket: object.Bucket })
  })
  after(async () => {
    s3.destroy()
    server.child.kill()
    await server.ended
    await rm(directory, { recursive: true, force: true })
  })

  /** The most that the server has ever held, in bytes. */
  async function peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024
  }

  it('is written in parts and read back whole, in little memory', async (t) => {
    const before = await peakMemory()
    const { UploadId } = await s3.createMultipartUpload(object)
    const sent = createHash('sha256')
    const parts: { PartNumber: number; ETag?: string }[] = []
    for (let number = 1; number <= PARTS; number++) {
      sent.update(part(number))
      const { ETag } = await s3.uploadPart({ ...object, UploadId, PartNumber: number, Body: part(number) })
      parts.push({ PartNumber: number, ETag })
    }
    await s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts: parts } })
    const written = await peakMemory()
    const { Body, ContentLength } = await s3.getObject(object)
    assert.equal(ContentLength, PARTS * PART_BYTES)
    const received = createHash('sha256')
    for await (const chunk of Body as Readable) received.update(chunk)
    assert.equal(received.digest('hex'), sent.digest('hex'))
    const read = await peakMemory()
    const growth = (bytes: number) => `${Math.round((bytes - before) / 1024 ** 2)} MiB`
    t.diagnostic(`memory grew by ${growth(written)} writing and by ${growth(read)} in all`)
    assert.ok(read - before < GROWTH_BYTES, `memory grew by ${growth(read)}`)
  })
})
