import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvLine, csvValues } from './result-csv.ts'
import { CSV, LINES, LIST, type RecordForm, readRecords } from './result-records.ts'

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

/** Every record, a page of `limit` after the other. */
async function paged(text: string, limit: number, form: RecordForm): Promise<string[][]> {
  const pages: string[][] = []
  for (let offset = 0; ; ) {
    const rest = Buffer.from(text).subarray(offset).toString()
    const page = offset > Buffer.byteLength(text) ? { records: [] } : await readRecords(pieces(rest, 3), limit, form)
    pages.push([...page.records])
    if (!('nextOffset' in page) || page.nextOffset === undefined) return pages
    offset += page.nextOffset
  }
}

test('null is nothing, an empty text is quoted', () => {
  assert.equal(csvLine(['1', null, '', 'a"b']), '"1",,"","a""b"\n')
})

test('rows come back whatever way the bytes are cut', async () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    const { records, nextOffset } = await readRecords(pieces(TEXT, size), 100, CSV)
    assert.deepEqual([records.map(csvValues), nextOffset], [ROWS, undefined], `pieces of ${size}`)
  }
})

test('a page ends where the next begins', async () => {
  for (const limit of [1, 2, 3, 4])
    assert.deepEqual((await paged(TEXT, limit, CSV)).flat().map(csvValues), ROWS, `pages of ${limit}`)
})

test('a full page has a next one, though it be empty', async () => {
  assert.deepEqual(
    (await paged(TEXT, ROWS.length, CSV)).map((page) => page.length),
    [ROWS.length, 0],
  )
  assert.deepEqual(await paged('a\nb', 2, LINES), [['a', 'b'], []])
})

test('lines stand between feeds, entries of a list end in one', async () => {
  for (const limit of [1, 2, 3]) {
    assert.deepEqual((await paged('a\n\nc\n', limit, LINES)).flat(), ['a', '', 'c', ''], `pages of ${limit}`)
    assert.deepEqual((await paged('a\n"\nc\n', limit, LIST)).flat(), ['a', '"', 'c'], `pages of ${limit}`)
  }
})

test('a page of long values ends early', async () => {
  const row = csvLine(['x'.repeat(1_500_000)])
  const { records, nextOffset } = await readRecords(pieces(row.repeat(9), 65_536), 1000, CSV)
  assert.deepEqual([records.length, nextOffset], [3, 3 * row.length])
})
