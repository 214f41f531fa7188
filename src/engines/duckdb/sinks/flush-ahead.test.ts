import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { flushedAhead } from './flush-ahead.ts'

const place = mkdtempSync(join(tmpdir(), 'lentic-flush-'))
after(() => rmSync(place, { recursive: true }))
/** Long enough for a look at the folder: what waits less goes first. */
const write = () => sleep(200, 'written')

test('files and folders may come and go meanwhile', async () => {
  const folder = join(place, 'a=1')
  assert.equal(await flushedAhead(join(place, 'missing'), write), 'written')
  const busy = async () => {
    for (let i = 0; i < 20; i++) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'x'), new Uint8Array(2_000_000))
      await sleep(10)
      if (i % 2) rmSync(folder, { recursive: true })
    }
    return 'written'
  }
  assert.equal(await flushedAhead(place, busy), 'written')
})

test('what a flush fails with fails the write, which fails with what is its own', async () => {
  const file = join(place, 'file')
  writeFileSync(file, '')
  await assert.rejects(flushedAhead(file, write), { code: 'ENOTDIR' })
  await assert.rejects(
    flushedAhead(file, async () => {
      await write()
      throw new Error('no')
    }),
    { message: 'no' },
  )
})
