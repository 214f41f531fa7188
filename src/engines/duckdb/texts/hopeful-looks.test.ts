import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { VARCHAR } from '../../../sql/types.ts'
import { dataColumns, LAZY, openShelf, relationOf, type Shelf } from '../scans/scan.fixture.ts'
import { HopefulLooks } from './hopeful-looks.ts'
import { Integrity } from './integrity.ts'
import { TextLooks } from './text-looks.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const never = new AbortController().signal
const tableOf = (text: string) => relationOf(LAZY, dataColumns(['a', VARCHAR], ['b', VARCHAR]), [shelf.file('t', text)])

test('text is as it seems until its look is over; what has been found is known from then on', async () => {
  for (const [text, isOdd] of [
    ['1,2\n3,4\n', false],
    ['1,2\n\n3,4\n', true],
    ['1,2\r3,4\n', true],
  ] as const) {
    const looks = new TextLooks(new Integrity())
    const hopes = new HopefulLooks(looks)
    const relation = tableOf(text)
    const hoped = await hopes.of(relation, false)
    assert.deepEqual([hoped.byLine, hoped.rewritten.size], [false, 0])
    assert.equal(await hopes.wereWrong(never), isOdd)
    const known = new HopefulLooks(looks)
    const found = await known.of(relation, false)
    assert.equal(found.byLine || found.rewritten.size > 0, isOdd)
    assert.equal(await known.wereWrong(never), false)
  }
})

test('a look that fails is heard of by whoever waits, and nobody waits who is stopped', async () => {
  const relation = tableOf('1,2\n')
  const gone = { ...relation, files: [{ ...relation.files[0]!, localPath: join(shelf.directory, 'gone') }] }
  const hopes = new HopefulLooks(new TextLooks(new Integrity()))
  await hopes.of(gone, false)
  await assert.rejects(hopes.wereWrong(never), /Failed to read file: s3:/)
  await assert.rejects(hopes.wereWrong(AbortSignal.abort()), { name: 'AbortError' })
})
