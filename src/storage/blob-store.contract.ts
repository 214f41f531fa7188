import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { Fault } from '../core/faults.ts'
import type { BlobStore, ByteRange } from '../core/ports.ts'

export async function putBlob(store: BlobStore, key: string, bytes: Uint8Array | string): Promise<void> {
  const staged = await store.stage()
  await staged.write(Buffer.from(bytes))
  await staged.commit(key)
}

export async function readBlob(store: BlobStore, key: string, range?: ByteRange): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(key, range)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

export function blobStoreContract(name: string, open: () => Promise<BlobStore>): void {
  suite(`blob store: ${name}`, () => {
    let store: BlobStore
    before(async () => {
      store = await open()
    })
    const keys = async (prefix: string) => {
      const found: string[] = []
      for await (const info of store.list(prefix)) found.push(info.key)
      return found
    }
    const isFault = (kind: string) => (error: unknown) =>
      error instanceof Fault && error.kind === kind && error.noun === 'blob'

    test('nothing is visible before the commit, everything after', async () => {
      const staged = await store.stage()
      const buffer = Buffer.from('hello ')
      await staged.write(buffer)
      buffer.fill('x')
      await staged.write(Buffer.from('world'))
      assert.equal(await store.stat('a/hello'), undefined)
      assert.deepEqual(await keys('a/'), [])
      assert.deepEqual(await staged.commit('a/hello'), { key: 'a/hello', sizeBytes: 11 })
      assert.deepEqual(await store.stat('a/hello'), { key: 'a/hello', sizeBytes: 11 })
      assert.equal(await readBlob(store, 'a/hello'), 'hello world')
      await assert.rejects(staged.write(buffer))
      await assert.rejects(staged.commit('a/again'))
      await staged.discard()
      assert.equal(await readBlob(store, 'a/hello'), 'hello world')
    })

    test('an empty blob is a blob', async () => {
      const info = await (await store.stage()).commit('empty')
      assert.deepEqual(info, { key: 'empty', sizeBytes: 0 })
      assert.equal(await readBlob(store, 'empty'), '')
    })

    test('what is discarded never was', async () => {
      const staged = await store.stage()
      await staged.write(Buffer.alloc(2_000_000))
      await staged.discard()
      await staged.discard()
      await assert.rejects(staged.commit('discarded'))
      assert.equal(await store.stat('discarded'), undefined)
    })

    test('megabytes come back byte for byte, in whatever pieces they were written', async () => {
      const bytes = Buffer.alloc(3_456_789)
      for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2654435761) >>> 24
      const staged = await store.stage()
      for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7) % 700_001) + 1)
        await staged.write(bytes.subarray(at, at + size))
      assert.equal((await staged.commit('large')).sizeBytes, bytes.length)
      const digest = createHash('sha256')
      for await (const chunk of store.read('large')) digest.update(chunk)
      assert.equal(digest.digest('hex'), createHash('sha256').update(bytes).digest('hex'))
      const range = { start: 1_000_000, end: 2_222_222 }
      assert.equal(await readBlob(store, 'large', range), bytes.toString('latin1', range.start, range.end + 1))
    })

    test('ranges are inclusive and cut at the end', async () => {
      await putBlob(store, 'digits', '0123456789')
      assert.equal(await readBlob(store, 'digits', { start: 0, end: 0 }), '0')
      assert.equal(await readBlob(store, 'digits', { start: 3, end: 5 }), '345')
      assert.equal(await readBlob(store, 'digits', { start: 8, end: 99 }), '89')
      assert.equal(await readBlob(store, 'digits', { start: 10, end: 99 }), '')
    })

    test('a missing blob is not found', async () => {
      assert.equal(await store.stat('missing'), undefined)
      await assert.rejects(readBlob(store, 'missing'), isFault('not-found'))
      await store.delete(['missing'])
    })

    test('a reader may stop early, and what it does to a chunk changes nothing', async () => {
      await putBlob(store, 'stopped', Buffer.alloc(2_000_000, 'a'))
      for (let i = 0; i < 50; i++)
        for await (const chunk of store.read('stopped')) {
          chunk.fill(0)
          break
        }
      assert.equal(await readBlob(store, 'stopped', { start: 0, end: 2 }), 'aaa')
    })

    test('deletes and lists in key order', async () => {
      const names = [
        'l/b',
        'l/a',
        'l/a.b',
        'l/a/c',
        'l/a-b',
        'l/A',
        'l/a_b',
        'l2/x',
        ...Array.from({ length: 40 }, (_, i) => `l/n/${i}`),
      ]
      await Promise.all(names.map((key) => putBlob(store, key, key)))
      const inOrder = names
        .filter((key) => key.startsWith('l/'))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(await keys('l/'), inOrder)
      assert.deepEqual(await keys('l/a/'), ['l/a/c'])
      await store.delete(['l/a', 'l/b', 'l/none', ...Array.from({ length: 40 }, (_, i) => `l/n/${i}`)])
      assert.deepEqual(
        await keys('l/'),
        inOrder.filter((key) => !['l/a', 'l/b'].includes(key) && !key.startsWith('l/n/')),
      )
      assert.deepEqual(await keys('l2'), ['l2/x'])
    })

    test('a key that is none is refused', async () => {
      for (const key of ['', '/', 'a//b', '/a', 'a/', 'a b', 'ä', 'a~b', 'a\0', 'x'.repeat(251)])
        await assert.rejects(store.stat(key), TypeError, key)
      const staged = await store.stage()
      await assert.rejects(staged.commit('../x y'), TypeError)
      await staged.discard()
    })

    test('an engine reads and writes the files themselves, where there are files', async () => {
      const staged = await store.stage()
      if (!staged.localPath || !store.localPath) return
      const { readFile, rename, writeFile } = await import('node:fs/promises')
      // As DuckDB does: beside it, then over it.
      await writeFile(`${staged.localPath}.tmp`, 'by an engine')
      await rename(`${staged.localPath}.tmp`, staged.localPath)
      assert.deepEqual(await staged.commit('engine/result.csv'), { key: 'engine/result.csv', sizeBytes: 12 })
      assert.equal(await readFile(store.localPath('engine/result.csv'), 'utf8'), 'by an engine')
    })
  })
}
