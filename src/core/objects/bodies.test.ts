import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { openMemoryBlobs } from '../../storage/blobs-memory.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { systemClock } from '../clock.ts'
import { Fault } from '../faults.ts'
import type { ByteRange } from '../ports.ts'
import { discard, readBlob, receive } from './bodies.ts'
import { createBucket } from './buckets.ts'
import type { ObjectAttributes, StoredObject } from './object.ts'
import { copyObject, deleteObject, putObject } from './objects.ts'
import { closeObjects, type ObjectStore, openObjects } from './store.ts'

const attributes: ObjectAttributes = { contentType: 'text/plain', metadata: {}, storageClass: 'STANDARD' }
const bucket = 'lake'

async function openStore(): Promise<ObjectStore> {
  const store = await openObjects({ state: openMemoryState(), blobs: openMemoryBlobs(), clock: systemClock })
  await createBucket(store, { name: bucket, account: '000000000000', region: 'us-east-1' })
  return store
}

const put = async (store: ObjectStore, key: string, chunks: Iterable<Uint8Array>): Promise<StoredObject> =>
  await putObject(store, { bucket, key, attributes }, await receive(store, chunks))

const text = (store: ObjectStore, key: string, value: string) => put(store, key, [Buffer.from(value)])

async function bytesOf(store: ObjectStore, blob: string, range?: ByteRange): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readBlob(store, blob, range)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function fileCount(store: ObjectStore): Promise<number> {
  let count = 0
  for await (const _ of store.blobs.list('')) count++
  return count
}

describe('bodies', () => {
  it('are whole on both sides of the size where files begin, in whatever pieces they come', async () => {
    for (const [sizeBytes, files] of [
      [0, 0],
      [1, 0],
      [16_384, 0],
      [16_385, 1],
      [40_000, 1],
    ] as const) {
      const bytes = Buffer.alloc(sizeBytes)
      for (let i = 0; i < sizeBytes; i++) bytes[i] = (i * 2654435761) >>> 24
      for (const piece of [sizeBytes || 1, 7000]) {
        const store = await openStore()
        // One buffer for all pieces, as a socket may have.
        const buffer = Buffer.alloc(piece)
        const pieces = function* () {
          for (let at = 0; at < sizeBytes; at += piece)
            yield buffer.subarray(0, bytes.copy(buffer, 0, at, Math.min(at + piece, sizeBytes)))
        }
        const object = await put(store, 'a', pieces())
        assert.deepEqual([object.sizeBytes, object.etag], [sizeBytes, createHash('md5').update(bytes).digest('hex')])
        assert.ok((await bytesOf(store, object.blob)).equals(bytes), `${sizeBytes} bytes in pieces of ${piece}`)
        assert.equal(await fileCount(store), files)
      }
    }
  })

  it('of a small object are read in part', async () => {
    const store = await openStore()
    const { blob } = await text(store, 'a', '0123456789')
    assert.equal((await bytesOf(store, blob, { start: 3, end: 5 })).toString(), '345')
    assert.equal((await bytesOf(store, blob, { start: 8, end: 99 })).toString(), '89')
    assert.equal((await bytesOf(store, blob, { start: 10, end: 99 })).toString(), '')
  })

  it('of a small object go with the last document that names them, and not from under a reader', async () => {
    const store = await openStore()
    const first = await text(store, 'a', 'one')
    const reading = readBlob(store, first.blob)
    await copyObject(store, { bucket, key: 'a' }, { bucket, key: 'b' }, async () => ({ attributes }))
    await text(store, 'a', 'two')
    assert.equal((await bytesOf(store, first.blob)).toString(), 'one')
    await deleteObject(store, bucket, { key: 'b' })
    assert.equal(store.state.bytes(first.blob), undefined)
    assert.throws(() => readBlob(store, first.blob), { kind: 'not-found', noun: 'blob' })
    for await (const chunk of reading) assert.equal(Buffer.from(chunk).toString(), 'one')
  })

  it('are read and let go of by a run that began on a full disk, and none are taken', async () => {
    const before = await openStore()
    const [small, large] = [await text(before, 'a', 'one'), await put(before, 'b', [Buffer.alloc(20_000, 'b')])]
    let writes = 0
    const full = new Proxy(before.state, {
      get(state, name) {
        // Its first write fails, as long as the disk is full; what follows finds room.
        if (name === 'transaction' && writes++ === 0)
          return () => Promise.reject(new Fault('storage-full', 'document', ''))
        const member: unknown = Reflect.get(state, name)
        return typeof member === 'function' ? member.bind(state) : member
      },
    })
    const store = await openObjects({ state: full, blobs: before.blobs, clock: systemClock })
    assert.equal((await bytesOf(store, small.blob)).toString(), 'one')
    assert.equal((await bytesOf(store, large.blob)).length, 20_000)
    for (const size of [3, 20_000])
      await assert.rejects(put(store, 'c', [Buffer.alloc(size)]), { kind: 'storage-full' })
    for (const key of ['a', 'b']) await deleteObject(store, bucket, { key })
    await closeObjects(store)
    assert.equal(await fileCount(store), 0)
    const after = await openObjects({ state: before.state, blobs: before.blobs, clock: systemClock })
    assert.notEqual((await text(after, 'a', 'two')).blob, small.blob)
    await closeObjects(after)
  })

  it('of an object that may not be written are nowhere', async () => {
    const store = await openStore()
    await text(store, 'a', 'one')
    for (const size of [3, 20_000]) {
      const received = await receive(store, [Buffer.alloc(size)])
      const refused = putObject(store, { bucket, key: 'a', attributes, condition: { ifNoneMatch: '*' } }, received)
      await assert.rejects(refused, { kind: 'precondition' })
      await discard(await receive(store, [Buffer.alloc(size)]))
      await assert.rejects(receive(store, [Buffer.alloc(size)], { maxBytes: 2 }), { kind: 'too-large' })
    }
    assert.equal(await fileCount(store), 0)
    assert.equal(store.state.bytes('inline/000001/000000002'), undefined)
  })
})
