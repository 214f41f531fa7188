import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openFileBlobs } from '../../storage/blobs-fs.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { systemClock } from '../clock.ts'
import type { Fault } from '../faults.ts'
import { createBucket } from './buckets.ts'
import type { Files } from './files.ts'
import { lakeFiles } from './lake-files.ts'
import { closeObjects, type ObjectStore, openObjects } from './store.ts'

const large = 'x'.repeat(20_000)
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

describe('lake files', () => {
  let directory: string
  let store: ObjectStore
  let files: Files
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lentic-files-'))
    store = await openObjects({ state: openMemoryState(), blobs: await openFileBlobs(directory), clock: systemClock })
    await createBucket(store, { name: 'lake', account: '000000000000', region: 'us-east-1' })
    files = lakeFiles(store)
  })
  after(async () => {
    await closeObjects(store)
    await rm(directory, { recursive: true, force: true })
  })
  const put = (key: string, text = key) =>
    files.put(`s3://lake/${key}`, Buffer.from(text), { contentType: 'text/plain' })
  const uris = (folder: string) => [...files.list(folder)].map((file) => file.uri)
  const settle = async () => {
    while (store.background.size > 0) await Promise.all(store.background)
  }

  it('are listed by folder, without the markers of empty ones', async () => {
    for (const key of ['t/a=1/x', 't/a=2/y', 't/z', 't2/w']) await put(key)
    await put('t/', '')
    assert.deepEqual(uris('s3://lake/t'), ['s3://lake/t/a=1/x', 's3://lake/t/a=2/y', 's3://lake/t/z'])
    assert.deepEqual(uris('s3://lake/t/a=1/'), ['s3://lake/t/a=1/x'])
    assert.equal(uris('s3://lake').length, 4)
    assert.deepEqual([...files.folders('s3://lake/t')], ['a=1', 'a=2'])
    assert.deepEqual([...files.folders('s3://lake')], ['t', 't2'])
    assert.throws(
      () => uris('s3://none/t'),
      (fault: Fault) => fault.kind === 'not-found',
    )
    assert.throws(
      () => uris('/tmp'),
      (fault: Fault) => fault.kind === 'invalid',
    )
  })

  it('are copied without their bytes being moved', async () => {
    const original = await put('from/one', large)
    await files.copy('s3a://lake/from/one', 's3://lake/to/one')
    const copy = files.stat('s3://lake/to/one')!
    assert.equal(copy.localPath, original.localPath)
    assert.equal(copy.etag, md5(large))
    await files.delete(['s3://lake/from/one'])
    assert.equal(files.stat('s3://lake/to/one')?.sizeBytes, large.length)
    await assert.rejects(files.copy('s3://lake/none', 's3://lake/to/two'), (fault: Fault) => fault.kind === 'not-found')
  })

  it('are on the disk as they were put', async () => {
    const file = await put('one', 'hello')
    assert.deepEqual([file.sizeBytes, file.etag], [5, md5('hello')])
    const held = files.pin([file])
    await held.ready
    assert.equal(await readFile(file.localPath, 'utf8'), 'hello')
    held.release()
    assert.deepEqual(files.stat('s3://lake/one'), file)
    assert.equal(files.stat('s3://lake/none'), undefined)
    const pieces: Uint8Array[] = []
    for await (const piece of files.read('s3a://lake/one', { start: 1, end: 3 })) pieces.push(piece)
    assert.equal(Buffer.concat(pieces).toString(), 'ell')
  })

  it('may be written by an engine and taken in', async () => {
    const { directory, remove } = await files.workspace()
    const path = join(directory, 'part-0.csv')
    await writeFile(path, 'a,b\n')
    const written = await files.adopt([{ uri: 's3://lake/out/part-0.csv', localPath: path }], {
      contentType: 'text/csv',
    })
    assert.equal(files.stat('s3://lake/out/part-0.csv'), undefined)
    const [adopted] = await written.appear(() => {})
    assert.ok(adopted)
    assert.equal(adopted.etag, md5('a,b\n'))
    assert.equal(existsSync(path), false)
    await remove()
    assert.equal(existsSync(directory), false)
    assert.equal(await readFile(adopted.localPath, 'utf8'), 'a,b\n')

    const staged = await files.stage()
    await writeFile(staged.localPath ?? '', 'direct')
    const attributes = { contentType: 'text/csv' }
    const arrivals = await files.arrive([{ uri: 's3://lake/out/direct', body: staged, attributes }])
    assert.equal(files.stat('s3://lake/out/direct'), undefined)
    const [direct] = await arrivals.appear(() => {})
    assert.deepEqual([direct?.sizeBytes, direct?.etag], [6, md5('direct')])
    assert.deepEqual(files.stat('s3://lake/out/direct'), direct)
  })

  it('are as uploaded in parts when an engine has written many bytes', async () => {
    const { directory, remove } = await files.workspace()
    const etags: string[] = []
    for (const name of ['one', 'two']) {
      const localPath = join(directory, name)
      await writeFile(localPath, Buffer.alloc(1_048_577))
      const written = await files.adopt([{ uri: `s3://lake/out/${name}`, localPath }], { contentType: 'text/csv' })
      const [file] = await written.appear(() => {})
      etags.push(file!.etag)
    }
    await remove()
    for (const etag of etags) assert.match(etag, /^[0-9a-f]{32}-1$/)
    assert.notEqual(etags[0], etags[1])
  })

  it('appear with what is written beside them, or not at all', async () => {
    const attributes = { contentType: 'text/csv' }
    const arrive = async (name: string) => {
      const staged = await files.stage()
      await writeFile(staged.localPath ?? '', large)
      const small = { uri: `s3://lake/beside/${name}-small`, body: Buffer.from('x'), attributes }
      return await files.arrive([{ uri: `s3://lake/beside/${name}`, body: staged, attributes }, small])
    }
    const refused = await arrive('refused')
    const refuse = () => {
      throw new Error('refused')
    }
    await assert.rejects(refused.appear(refuse), /refused/)
    assert.deepEqual(uris('s3://lake/beside'), [])
    let written = false
    await (await arrive('kept')).appear(() => {
      written = true
    })
    assert.ok(written)
    assert.deepEqual(uris('s3://lake/beside'), ['s3://lake/beside/kept', 's3://lake/beside/kept-small'])
    const missing = { uri: 's3://no-such-lake/x', body: Buffer.from('x'), attributes }
    await assert.rejects(files.arrive([missing]), { kind: 'not-found', noun: 'bucket' })
  })

  it('are taken in all together or not at all', async () => {
    const { directory, remove } = await files.workspace()
    const written = ['one', 'two'].map((name) => ({ uri: `s3://lake/all/${name}`, localPath: join(directory, name) }))
    for (const { localPath } of written) await writeFile(localPath, 'x')
    const elsewhere = { ...written[1]!, uri: 's3://no-such-lake/all/two' }
    await assert.rejects(files.adopt([written[0]!, elsewhere], { contentType: 'text/csv' }), {
      kind: 'not-found',
      noun: 'bucket',
    })
    assert.deepEqual(uris('s3://lake/all'), [])
    const blobs = async () => {
      let count = 0
      for await (const _ of store.blobs.list('')) count++
      return count
    }
    const others = await blobs()
    const adopt = async () => {
      for (const { localPath } of written) await writeFile(localPath, 'x')
      return files.adopt(written, { contentType: 'text/csv' })
    }
    const unwanted = await adopt()
    assert.equal(await blobs(), others + 2)
    await unwanted.discard()
    assert.equal(await blobs(), others)
    const wanted = await adopt()
    await wanted.appear(() => {})
    // Whoever fails afterwards can no longer take them away.
    await wanted.discard()
    assert.equal(await blobs(), others + 2)
    assert.deepEqual(uris('s3://lake/all'), ['s3://lake/all/one', 's3://lake/all/two'])
    await remove()
  })

  it('stay while they are pinned', async () => {
    const [kept, gone] = [await put('kept', large), await put('gone', large)]
    const [first, second] = [files.pin([kept]), files.pin([kept])]
    await files.delete(['s3://lake/kept', 's3://lake/gone', 's3://lake/never'])
    await settle()
    assert.deepEqual([existsSync(kept.localPath), existsSync(gone.localPath)], [true, false])
    assert.equal(files.stat('s3://lake/kept'), undefined)
    first.release()
    first.release()
    await settle()
    assert.equal(existsSync(kept.localPath), true)
    second.release()
    await settle()
    assert.equal(existsSync(kept.localPath), false)
  })

  it('are made when a small one is first pinned, and last as long as it does', async () => {
    const [kept, replaced] = [await put('kept', 'small'), await put('replaced', 'old')]
    assert.equal(existsSync(kept.localPath), false)
    for (let i = 0; i < 2; i++) {
      const held = files.pin([kept, replaced])
      await held.ready
      assert.equal(await readFile(kept.localPath, 'utf8'), 'small')
      if (i === 1) await put('replaced', 'new')
      assert.equal(await readFile(replaced.localPath, 'utf8'), 'old')
      held.release()
      await settle()
    }
    assert.deepEqual([existsSync(kept.localPath), existsSync(replaced.localPath)], [true, false])
    const now = files.stat('s3://lake/replaced')!
    assert.notEqual(now.localPath, replaced.localPath)
    const held = files.pin([now])
    await held.ready
    held.release()
    assert.equal(await readFile(now.localPath, 'utf8'), 'new')
    await files.delete(['s3://lake/kept', 's3://lake/replaced'])
    await settle()
    assert.deepEqual([existsSync(kept.localPath), existsSync(now.localPath)], [false, false])
  })
})
