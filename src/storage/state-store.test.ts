import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openMemoryState } from './state-memory.ts'
import { openSqliteState } from './state-sqlite.ts'
import { stateStoreContract } from './state-store.contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'lentic-state-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0

stateStoreContract('memory', openMemoryState)
stateStoreContract('sqlite', () => openSqliteState(join(folder, `${files++}`, 'state.sqlite')))

test('sqlite: what was written is there after opening again', async () => {
  const path = join(folder, 'again.sqlite')
  const first = openSqliteState(path)
  await first.transaction((tx) => tx.put('s', 'k', { a: 1 }))
  await first.close()
  const second = openSqliteState(path)
  assert.deepEqual(second.get('s', 'k'), { key: 'k', version: 1, doc: { a: 1 } })
  await second.close()
})

test('sqlite: the log is folded in and written anew, however much is written and read', async () => {
  const path = join(folder, 'log.sqlite')
  const store = openSqliteState(path)
  for (let round = 0; round < 30; round++) {
    await store.transaction((tx) => {
      for (let i = 0; i < 2000; i++) tx.put('s', `${i}`, `${round} ${'x'.repeat(1000)}`)
    })
    assert.equal(store.get<string>('s', '1999')?.doc.split(' ')[0], `${round}`)
  }
  assert.ok(statSync(`${path}-wal`).size < 30e6, `${statSync(`${path}-wal`).size} bytes of log`)
  assert.equal(store.count('s'), 2000)
  await store.close()
  assert.equal(existsSync(`${path}-wal`), false)
})

test('sqlite: gives the room it has set aside to a start on a full disk, and takes it again', async () => {
  const path = join(folder, 'aside', 'state.sqlite')
  const startedWith = async (freeBytes: number) => {
    const store = openSqliteState(path, () => ({ freeBytes, sizeBytes: 1e12 }))
    await store.transaction((tx) => tx.put('s', 'k', freeBytes))
    assert.equal(store.get('s', 'k')?.doc, freeBytes)
    const aside = existsSync(join(folder, 'aside', 'ballast'))
    await store.close()
    return aside
  }
  assert.deepEqual(
    [await startedWith(1e9), await startedWith(0), await startedWith(2e7), await startedWith(1e9)],
    [true, false, false, true],
  )
})

test('sqlite: a disk that is nearly full takes no more bytes, and still documents', async () => {
  let freeBytes = 1e9
  const store = openSqliteState(join(folder, 'full.sqlite'), () => ({ freeBytes, sizeBytes: 1e12 }))
  await store.transaction((tx) => tx.putBytes('before', Buffer.from('before')))
  freeBytes = 1e6
  const refused = store.transaction((tx) => tx.putBytes('after', Buffer.from('after')))
  const deleted = store.transaction((tx) => tx.deleteBytes('before') && tx.put('s', 'k', 1))
  await assert.rejects(refused, { kind: 'storage-full' })
  assert.equal(await deleted, 1)
  assert.deepEqual([store.bytes('before'), store.bytes('after')], [undefined, undefined])
  await store.close()
})
