import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FileFormat } from '../../../core/queries/relation.ts'
import { DOUBLE, decimal, INTEGER, REAL, type Type, VARCHAR } from '../../../sql/types.ts'
import { Integrity } from '../texts/integrity.ts'
import { TextLooks } from '../texts/text-looks.ts'
import { dataColumns, JSON_LINES, LAZY, OPEN_CSV, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const INFINITE = Number.POSITIVE_INFINITY
/** By the grammar of Java's `Double.valueOf`: what is around its blanks goes, a suffix says nothing, no underscores. */
const DOUBLES: readonly (readonly [text: string, value: number | null])[] = [
  ['1_000', null],
  ['1.5_5', null],
  ['1e1_0', null],
  ['_1', null],
  ['1d', 1],
  ['1f', 1],
  ['2.5D', 2.5],
  ['-1e2F', -100],
  ['.5d', 0.5],
  ['1dd', null],
  ['d', null],
  ['1e', null],
  ['NaNd', Number.NaN],
  ['0x10', null],
  ['0b11', null],
  [' 12 ', 12],
  ['1 2', null],
  ['12\u00a0', null],
  ['NaN', Number.NaN],
  ['nan', null],
  ['Infinity', INFINITE],
  ['+Infinity', INFINITE],
  ['-Infinity', -INFINITE],
  ['infinity', null],
  ['inf', null],
  ['+5', 5],
  ['+-5', null],
  ['.5', 0.5],
  ['5.', 5],
  ['.', null],
  ['+', null],
  ['1e400', INFINITE],
  ['-1e400', -INFINITE],
  ['1e-400', 0],
  ['007', 7],
]

/** As rows tell it. */
const told = (value: number | null): unknown => (value === null || Number.isFinite(value) ? value : String(value))

async function readOf(format: FileFormat, type: Type, text: string, alike: boolean): Promise<unknown> {
  const relation = relationOf(format, dataColumns(['s', VARCHAR], ['v', type]), [shelf.file('t', text)])
  // As a plan reads: with what the look has found.
  const { oddNumbers } = await new TextLooks(new Integrity()).of(relation, false)
  const read = () => shelf.read(relation, undefined, { alike, oddNumbers })
  // A plan that fails in the engine's reader is read again with care.
  const rows = await read().catch(() => shelf.read(relation, undefined, { oddNumbers }).catch(() => [['a', null]]))
  assert.equal(rows.length, 1, text)
  return rows[0]![1]
}

for (const alike of [false, true]) {
  const way = alike ? 'hopefully' : 'with care'
  test(`doubles of text are Java's, read ${way}`, async () => {
    for (const type of [DOUBLE, REAL])
      for (const [text, value] of DOUBLES) {
        const expected = told(value)
        const what = `${type.kind} of ${JSON.stringify(text)}`
        assert.deepEqual(await readOf(LAZY, type, `a,${text}\n`, alike), expected, `lazy: ${what}`)
        assert.deepEqual(await readOf(OPEN_CSV, type, `"a","${text}"\n`, alike), expected, `open: ${what}`)
        const json = `{"s":"a","v":${JSON.stringify(text)}}\n`
        assert.deepEqual(await readOf(JSON_LINES, type, json, alike), expected, `json: ${what}`)
        const regex: FileFormat = { kind: 'regex', pattern: '([^,]*),(.*)', ignoreCase: false }
        assert.deepEqual(await readOf(regex, type, `a,${text}\n`, alike), expected, `regex: ${what}`)
      }
  })

  test(`decimals of text have no underscores, suffixes or signs in pairs, read ${way}`, async () => {
    for (const [text, value] of [
      ['1_000', null],
      ['1.5_5', null],
      ['1d', null],
      ['0x1p3', null],
      ['NaN', null],
      ['+5', '5.00'],
      ['+-5', null],
      ['.5', '0.50'],
      ['5.', '5.00'],
      ['1e2', '100.00'],
      ['1e400', null],
    ] as const) {
      assert.equal(await readOf(LAZY, decimal(10, 2), `a,${text}\n`, alike), value, text)
      assert.equal(await readOf(OPEN_CSV, decimal(10, 2), `a,${text}\n`, alike), value, text)
    }
  })

  test(`whole numbers of LazySimpleSerDe lose what is behind a point, read ${way}`, async () => {
    // trino-hive-formats, LongEncoding: what follows a point must be digits and says nothing.
    for (const [text, value] of [
      ['5.7', 5],
      ['-5.7', -5],
      ['+5.99', 5],
      ['5.', 5],
      ['.9', 0],
      ['.', 0],
      ['2147483647.9', 2147483647],
      ['2147483648.1', null],
      ['5.7.1', null],
      ['5.x', null],
      ['5.1e3', null],
      ['1_000', null],
      ['1_0.5', null],
      ['0x10', null],
      [' 12 ', null],
      ['1d', null],
      ['', null],
    ] as const)
      assert.equal(await readOf(LAZY, INTEGER, `a,${text}\n`, alike), value, text)
  })
}

test('what parts fields may be in words and numbers too', async () => {
  for (const fieldDelimiter of ['x', '-', '_', '.', 'e', '3'])
    assert.deepEqual(
      [await readOf({ ...LAZY, fieldDelimiter }, DOUBLE, `a${fieldDelimiter}1_0\n`, true)],
      [fieldDelimiter === '_' ? 1 : null],
      fieldDelimiter,
    )
})
