import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { blobStoreContract, putBlob, readBlob } from './blob-store.contract.ts'
import { openFileBlobs } from './blobs-fs.ts'
import { openMemoryBlobs } from './blobs-memory.ts'

const folder = mkdtempSync(join(tmpdir(), 'lentic-blobs-'))
after(() => rmSync(folder, { recursive: true }))

blobStoreContract('memory', async () => openMemoryBlobs())
blobStoreContract('files', () => openFileBlobs(join(folder, 'contract')))

test('files: start-up sweeps what was staged and keeps what was committed', async () => {
  const path = join(folder, 'sweep')
  const first = await openFileBlobs(path)
  await putBlob(first, 'kept', 'kept')
  const stray = await first.stage()
  await stray.write(Buffer.alloc(1_500_000))
  assert.equal(readdirSync(join(path, 'staged')).length, 1)
  const second = await openFileBlobs(path)
  assert.deepEqual(readdirSync(join(path, 'staged')), [])
  assert.equal(await readBlob(second, 'kept'), 'kept')
  await stray.discard()
})

test('files: a disk that is nearly full takes no more blobs, and still reads and deletes', async () => {
  let freeBytes = 1e9
  const path = join(folder, 'full')
  const store = await openFileBlobs(path, () => ({ freeBytes, sizeBytes: 1e12 }))
  await putBlob(store, 'before', 'before')
  const large = await store.stage()
  freeBytes = 1e6
  const full = { kind: 'storage-full' }
  await assert.rejects(putBlob(store, 'after', 'after'), full)
  await assert.rejects(large.write(Buffer.alloc(1_500_000)), full)
  await large.discard()
  assert.equal(await store.stat('after'), undefined)
  assert.equal(await readBlob(store, 'before'), 'before')
  await store.delete(['before'])
  assert.equal(await store.stat('before'), undefined)
  assert.deepEqual(readdirSync(join(path, 'staged')), [])
  freeBytes = 1e9
  await putBlob(store, 'after', 'after')
})

test('files: copies are made once, found by their place, and swept when another process made them', async () => {
  const path = join(folder, 'copies')
  const first = (await openFileBlobs(path)).copies!
  for (let i = 0; i < 250; i++) await first.write(`c/${i}`, Buffer.from('of the first'))
  assert.equal(first.keyAt(first.pathOf('c/7')), 'c/7')
  assert.equal(first.keyAt(join(path, 'blobs', '00', 'c~7')), undefined)
  const second = (await openFileBlobs(path)).copies!
  assert.equal(second.begun('c/7'), undefined)
  const swept = second.sweep()
  await second.write('c/7', Buffer.from('of the second'))
  await swept
  assert.deepEqual(readdirSync(join(path, 'copies')), ['c~7'])
  assert.equal(readFileSync(second.pathOf('c/7'), 'utf8'), 'of the second')
  await second.delete('c/7')
  await second.delete('c/8')
  assert.deepEqual(readdirSync(join(path, 'copies')), [])
})

test('files: many copies at once are each there, or each fail for itself', async () => {
  const path = join(folder, 'many-copies')
  const { copies } = await openFileBlobs(path)
  const keys = Array.from({ length: 300 }, (_, i) => `c/${i}`)
  mkdirSync(copies!.pathOf('c/150'))
  const written = await Promise.allSettled(keys.map((key) => copies!.write(key, Buffer.from(`of ${key}`))))
  const failed = keys.filter((_, i) => written[i]!.status === 'rejected')
  assert.deepEqual(failed, ['c/150'])
  assert.equal((written[150] as PromiseRejectedResult).reason.code, 'EISDIR')
  assert.equal(copies!.begun('c/150'), undefined)
  for (const key of keys) if (key !== 'c/150') assert.equal(readFileSync(copies!.pathOf(key), 'utf8'), `of ${key}`)
})

test('files: commits, failures and early stops leave neither files nor descriptors', async () => {
  const path = join(folder, 'leaks')
  const store = await openFileBlobs(path)
  await putBlob(store, 'x', Buffer.alloc(1_500_000))
  mkdirSync(store.localPath!('folder'))
  const before = readdirSync('/dev/fd').length
  for (let i = 0; i < 20; i++) {
    for await (const _ of store.read('x')) break
    const staged = await store.stage()
    await staged.write(Buffer.alloc(1_500_000))
    await assert.rejects(staged.commit('folder'))
    await putBlob(store, `y${i}`, 'y')
  }
  assert.equal(readdirSync('/dev/fd').length, before)
  assert.deepEqual(readdirSync(join(path, 'staged')), [])
})

test('files: what is long enough to be flushed on the way is whole, and goes with its descriptor when it is dropped', async () => {
  const path = join(folder, 'ahead')
  const store = await openFileBlobs(path)
  const before = readdirSync('/dev/fd').length
  for (const kept of [true, false]) {
    const staged = await store.stage()
    for (let i = 0; i < 40; i++) await staged.write(Buffer.alloc(1024 * 1024, i))
    await staged.write(Buffer.from('end'))
    if (kept) await staged.commit('long')
    else await staged.discard()
  }
  const read: Uint8Array[] = []
  for await (const piece of store.read('long')) read.push(piece)
  const expected = Array.from({ length: 40 }, (_, i) => Buffer.alloc(1024 * 1024, i))
  assert.ok(Buffer.concat(read).equals(Buffer.concat([...expected, Buffer.from('end')])))
  assert.equal(readdirSync('/dev/fd').length, before)
  assert.deepEqual(readdirSync(join(path, 'staged')), [])
})
