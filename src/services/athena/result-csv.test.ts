import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvLine, readCsvPage } from './result-csv.ts'

/** The text in pieces of `size` bytes, so that every boundary is met. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

const ROWS = [
  ['a', 'b'],
  ['1', null],
  ['', 'x"y'],
  ['two\nlines', 'é日本, and more'],
  [null, null],
]
const TEXT = ROWS.map(csvLine).join('')

test('null is nothing, an empty text is quoted', () => {
  assert.equal(csvLine(['1', null, '', 'a"b']), '"1",,"","a""b"\n')
})

test('rows come back whatever way the bytes are cut', async () => {
  for (const size of [1, 2, 3, 7, 1000])
    assert.deepEqual(await readCsvPage(pieces(TEXT, size), 100), { rows: ROWS }, `pieces of ${size}`)
})

test('a page ends where the next begins', async () => {
  for (const size of [1, 5, 1000]) {
    let text = TEXT
    const rows: unknown[] = []
    for (;;) {
      const page = await readCsvPage(pieces(text, size), 2)
      rows.push(...page.rows)
      if (page.nextOffset === undefined) break
      text = Buffer.from(text).subarray(page.nextOffset).toString()
    }
    assert.deepEqual(rows, ROWS)
  }
})

test('nothing follows a page that ends with the file', async () => {
  assert.equal((await readCsvPage(pieces(TEXT, 1000), ROWS.length)).nextOffset, undefined)
})
