import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../seeded.fixture.ts'
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

test('what a text is does not depend on where its pieces part or lie in memory', () => {
  const below = dice(20190501)
  const texts = {
    sound: ['a', '"b"', '""', '"x,y"', '"p\\"q"', ',', '\n', '\r\n'],
    any: ['a', ',', '"', '\n', '\\', '\r', 'é'],
  }
  const lines = 'a,"b"\n'.repeat(15_000)
  let odd = 0
  for (let round = 0; round < 200; round++) {
    const words = round % 2 === 0 ? texts.sound : texts.any
    const text = lines + Array.from({ length: below(20) }, () => words[below(words.length)]).join('')
    const dialect = { ...DIALECT, escape: ['\\', '"', ''][below(3)]! }
    const isOdd = (size: number, offset: number): boolean => {
      const quoting = new CsvQuoting(dialect)
      const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
      for (let at = offset; at < bytes.length; at += size) quoting.read(bytes.subarray(at, at + size))
      return quoting.isOdd(true)
    }
    const byBytes = isOdd(1000, 0)
    for (const size of [70_000, 100_000])
      for (const offset of [0, 1])
        assert.equal(isOdd(size, offset), byBytes, JSON.stringify([text.slice(lines.length), dialect, size, offset]))
    if (byBytes) odd++
  }
  assert.ok(odd > 40 && odd < 180, String(odd))
})
