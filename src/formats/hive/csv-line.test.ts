import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvFields } from './csv-line.ts'
import { CsvQuoting } from './csv-quoting.ts'

const DIALECT = { separator: ',', quote: '"', escape: '\\' }

/** Of trino-hive-formats, TestCsvFormat: what Hive's SerDe and Trino both read. */
const LINES: readonly (readonly [line: string, ...fields: (string | null)[]])[] = [
  ['', null, null, null],
  [' ', ' ', null, null],
  ['a,b,c', 'a', 'b', 'c'],
  ['a,b', 'a', 'b', null],
  ['a,b,', 'a', 'b', ''],
  ['a', 'a', null, null],
  ['a,', 'a', '', null],
  ['a,,', 'a', '', ''],
  ['  a  ,  b  ,  c  ', '  a  ', '  b  ', '  c  '],
  ['"a","b","c"', 'a', 'b', 'c'],
  ['"a\\"a","b\\,b","c\\\\c"', 'a"a', 'b,b', 'c\\c'],
  ['"a\\xa","b\\yb","c\\zc"', 'axa', 'byb', 'czc'],
  ['"a""a",b,c', 'a"a', 'b', 'c'],
  ['"a,a",b,c', 'a,a', 'b', 'c'],
  ['"a,b,c', null, null, null],
  ['a,b,"c', 'a', 'b', null],
  ['a,b,c,anything can go here , " \\', 'a', 'b', 'c'],
  ['a\\"a,b\\\\b,c', 'a"a', 'b\\b', 'c'],
  ['a\\,a,b,c', 'a', 'a', 'b'],
  ['12x"a"x,x"b"x,x"c"x', '12x"a"x', 'x"b"x', 'x"c"x'],
  ['12x"a",x"b",x"c"', '12x"a', 'x"b', 'x"c'],
  ['12x"ax,x"bx,x"cx', '12x"ax,x"bx', null, null],
  [' "a",  "b",  "c"', ' a', 'b', 'c'],
  ['  "a",  "b",  "c"', '  a', 'b', 'c'],
  ['   "a",  "b",  "c"', 'a', 'b', 'c'],
  ['"a"  ,  "b"  ,  "c"  ', 'a  ', 'b"  ', 'c"  '],
]

test('lines of CSV are split as Hive and Trino split them', () => {
  for (const [line, ...fields] of LINES) assert.deepEqual(csvFields(line, DIALECT, 3), fields, line)
  const respelled = (text: string) => text.replaceAll(',', '_').replaceAll('"', '|').replaceAll('\\', '~')
  for (const [line, ...fields] of LINES)
    assert.deepEqual(
      csvFields(respelled(line), { separator: '_', quote: '|', escape: '~' }, 3),
      fields.map((field) => field && respelled(field)),
      respelled(line),
    )
})

test('a text is odd where its quotes are not around fields of a line', () => {
  for (const [text, isOdd] of [
    ['', false],
    ['a,b\n"c","d ""e"" , \\" \\\\"\r\n,""\n', false],
    ['"a', true],
    ['"a\nb"', true],
    ['a"b', true],
    ['"a"b', true],
    [' "a"', true],
    ['a\\,b', true],
    ['"a\\,b"', true],
    ['"a"\n', false],
  ] as const)
    for (const size of [1, 3, 100]) {
      const quoting = new CsvQuoting(DIALECT)
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += size) quoting.read(bytes.subarray(at, at + size))
      assert.equal(quoting.isOdd(true), isOdd, `${JSON.stringify(text)} by ${size}`)
    }
  const wide = new CsvQuoting({ ...DIALECT, quote: '»' })
  assert.ok(wide.isOdd())
})
