import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { openMemoryBlobs } from '../../storage/blobs-memory.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { systemClock } from '../clock.ts'
import { Fault } from '../faults.ts'
import { readBlob, receive } from './bodies.ts'
import { createBucket, deleteBucket, setVersioning } from './buckets.ts'
import { listObjects, listVersions } from './listing.ts'
import { type ObjectAttributes, spaces } from './object.ts'
import { copyObject, deleteObject, findObject, putObject } from './objects.ts'
import { closeObjects, type ObjectStore, openObjects } from './store.ts'
import { abortAllIn, abortUpload, completeUpload, putPart, startUpload } from './uploads.ts'
import { current } from './versions.ts'

const attributes: ObjectAttributes = { contentType: 'text/plain', metadata: {}, storageClass: 'STANDARD' }
const bucket = 'lake'

/** As long as a body must be to lie in a file. */
const large = (text: string): Buffer => Buffer.from(text.padEnd(20_000))

async function openStore(): Promise<ObjectStore> {
  const store = await openObjects({ state: openMemoryState(), blobs: openMemoryBlobs(), clock: systemClock })
  await createBucket(store, { name: bucket, account: '000000000000', region: 'us-east-1' })
  return store
}

const put = async (store: ObjectStore, key: string, text = key) =>
  await putObject(store, { bucket, key, attributes }, await receive(store, [large(text)]))

async function textOf(store: ObjectStore, blob: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readBlob(store, blob)) chunks.push(chunk)
  return Buffer.concat(chunks).toString().trimEnd()
}

async function blobsOf(store: ObjectStore): Promise<string[]> {
  while (store.background.size > 0) await Promise.all(store.background)
  const keys: string[] = []
  for await (const { key } of store.blobs.list('')) keys.push(key)
  return keys
}

describe('objects', () => {
  it('replaces an object and lets go of the bytes it had', async () => {
    const store = await openStore()
    await put(store, 'a', 'one')
    const second = await put(store, 'a', 'two')
    assert.equal(second.etag, createHash('md5').update(large('two')).digest('hex'))
    assert.deepEqual(await blobsOf(store), [second.blob])
    assert.equal(await textOf(store, second.blob), 'two')
  })

  it('keeps bytes while they are read, though the object is gone', async () => {
    const store = await openStore()
    const object = await put(store, 'a', 'one')
    const reader = readBlob(store, object.blob)
    await deleteObject(store, bucket, { key: 'a' })
    assert.deepEqual(await blobsOf(store), [object.blob])
    for await (const chunk of reader) assert.deepEqual(Buffer.from(chunk), large('one'))
    assert.deepEqual(await blobsOf(store), [])
  })

  it('shares the bytes of a copy until the last of both is gone', async () => {
    const store = await openStore()
    const from = await put(store, 'a', 'one')
    const { object } = await copyObject(store, { bucket, key: 'a' }, { bucket, key: 'b' }, async () => ({ attributes }))
    assert.equal(object.blob, from.blob)
    await deleteObject(store, bucket, { key: 'a' })
    assert.equal(await textOf(store, findObject(store, bucket, 'b').blob), 'one')
    await deleteObject(store, bucket, { key: 'b' })
    assert.deepEqual(await blobsOf(store), [])
  })

  it('writes only under the condition', async () => {
    const store = await openStore()
    const write = async (condition: { ifMatch?: string; ifNoneMatch?: string }) =>
      await putObject(store, { bucket, key: 'a', attributes, condition }, await receive(store, [large('x')]))
    await assert.rejects(write({ ifMatch: '"e"' }), (error: Fault) => error.kind === 'not-found')
    const { etag } = await write({ ifNoneMatch: '*' })
    await assert.rejects(write({ ifNoneMatch: '*' }), (error: Fault) => error.kind === 'precondition')
    await assert.rejects(write({ ifMatch: '"e"' }), (error: Fault) => error.kind === 'precondition')
    await write({ ifMatch: `"${etag}"` })
    assert.equal((await blobsOf(store)).length, 1)
  })

  it('finds orphans of a run that crashed, and only those', async () => {
    const store = await openStore()
    const kept = await put(store, 'a')
    const staged = await store.blobs.stage()
    await staged.write(Buffer.from('orphan'))
    await staged.commit(`${kept.blob.slice(0, kept.blob.lastIndexOf('/'))}/orphan`)
    assert.equal((await blobsOf(store)).length, 2)
    const reopened = await openObjects(store)
    assert.deepEqual(await blobsOf(reopened), [kept.blob])
    await closeObjects(reopened)
  })
})

describe('versions', () => {
  const ids = (store: ObjectStore, key: string) =>
    listVersions(store.state, bucket, { prefix: key, limit: 100 }).entries.map(({ doc }) => doc.version.versionId)

  it('stacks versions and markers, and uncovers what is below', async () => {
    const store = await openStore()
    await put(store, 'a', 'null one')
    await setVersioning(store, bucket, 'Enabled')
    const second = await put(store, 'a', 'two')
    const third = await put(store, 'a', 'three')
    assert.deepEqual(ids(store, 'a'), [third.versionId, second.versionId, 'null'])
    const { laid } = await deleteObject(store, bucket, { key: 'a' })
    assert.throws(() => findObject(store, bucket, 'a'), Fault)
    assert.equal(listObjects(store.state, bucket, { limit: 10 }).entries.length, 0)
    assert.deepEqual(ids(store, 'a'), [laid?.versionId, third.versionId, second.versionId, 'null'])
    await deleteObject(store, bucket, { key: 'a', versionId: laid?.versionId })
    assert.equal(findObject(store, bucket, 'a').versionId, third.versionId)
    await deleteObject(store, bucket, { key: 'a', versionId: third.versionId })
    await deleteObject(store, bucket, { key: 'a', versionId: second.versionId })
    assert.equal(await textOf(store, findObject(store, bucket, 'a').blob), 'null one')
    assert.equal((await blobsOf(store)).length, 1)
  })

  it('keeps one null version while suspended', async () => {
    const store = await openStore()
    await setVersioning(store, bucket, 'Enabled')
    const first = await put(store, 'a', 'one')
    await setVersioning(store, bucket, 'Suspended')
    await put(store, 'a', 'two')
    await put(store, 'a', 'three')
    assert.deepEqual(ids(store, 'a'), ['null', first.versionId])
    await deleteObject(store, bucket, { key: 'a' })
    assert.deepEqual(ids(store, 'a'), ['null', first.versionId])
    await put(store, 'a', 'four')
    assert.deepEqual(ids(store, 'a'), ['null', first.versionId])
    assert.equal((await blobsOf(store)).length, 2)
    await assert.rejects(
      deleteBucket(store, bucket, () => []),
      (error: Fault) => error.kind === 'not-empty',
    )
  })
})

describe('uploads', () => {
  const big = (letter: string) => Buffer.alloc(5 * 1024 * 1024, letter)

  async function upload(store: ObjectStore, parts: readonly [number, Buffer][]) {
    const started = await startUpload(store, bucket, { key: 'a', attributes, initiator: 'me' })
    const etags = new Map<number, string>()
    for (const [number, bytes] of parts) {
      const target = { bucket, key: 'a', uploadId: started.id, number }
      etags.set(number, (await putPart(store, target, await receive(store, [bytes]), undefined)).etag)
    }
    const complete = (numbers: readonly number[]) =>
      completeUpload(store, {
        bucket,
        key: 'a',
        uploadId: started.id,
        parts: numbers.map((number) => ({ number, etag: etags.get(number) ?? 'none', check: () => {} })),
        checksum: () => undefined,
      })
    return { id: started.id, complete }
  }

  it('puts parts together in their order, whatever order they came in', async () => {
    const store = await openStore()
    const { complete } = await upload(store, [
      [3, large('end')],
      [1, big('x')],
      [1, big('a')],
      [2, big('b')],
    ])
    const object = await complete([1, 2, 3])
    const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()
    const joined = Buffer.concat([md5(big('a')), md5(big('b')), md5(large('end'))])
    assert.equal(object.etag, `${md5(joined).toString('hex')}-3`)
    assert.equal(await textOf(store, object.blob), `${big('a')}${big('b')}end`)
    assert.deepEqual(await blobsOf(store), [object.blob])
    assert.equal((await complete([1, 2, 3])).id, object.id)
  })

  it('refuses parts that are missing, small or out of order, and forgets nothing', async () => {
    const store = await openStore()
    const { complete, id } = await upload(store, [
      [1, large('small')],
      [2, big('b')],
    ])
    await assert.rejects(complete([1, 2]), (error: Fault) => error.noun === 'part size')
    await assert.rejects(complete([2, 1]), (error: Fault) => error.noun === 'part order')
    await assert.rejects(complete([7]), (error: Fault) => error.noun === 'part')
    assert.equal((await blobsOf(store)).length, 2)
    await abortUpload(store, bucket, 'a', id)
    assert.deepEqual(await blobsOf(store), [])
    await assert.rejects(complete([2]), (error: Fault) => error.noun === 'upload')
  })

  it('takes no part that is replaced meanwhile', async () => {
    const store = await openStore()
    const { complete, id } = await upload(store, [[1, large('old')]])
    const again = await receive(store, [large('new')])
    const outcomes = await Promise.allSettled([
      putPart(store, { bucket, key: 'a', uploadId: id, number: 1 }, again, undefined),
      complete([1]),
    ])
    const object = current(store.state, bucket, 'a')
    if (object) assert.equal(await textOf(store, object.blob), 'old')
    else
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'rejected'],
      )
    assert.equal((await blobsOf(store)).length, 1)
  })

  it('makes an object of a single part, and goes with its bucket', async () => {
    const store = await openStore()
    const { complete } = await upload(store, [[1, Buffer.from('one')]])
    assert.equal(await textOf(store, (await complete([1])).blob), 'one')
    await upload(store, [[1, Buffer.from('left')]])
    await deleteObject(store, bucket, { key: 'a' })
    await deleteBucket(store, bucket, (tx) => abortAllIn(tx, bucket))
    assert.equal(store.state.count(spaces.uploads(bucket)), 0)
  })
})
