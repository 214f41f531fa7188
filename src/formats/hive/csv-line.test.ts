import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../seeded.fixture.ts'
import { csvFields } from './csv-line.ts'
import { csvLines } from './csv-quoting.ts'
import type { NumberMember } from './plain-numbers.ts'

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

test('a text is odd where a line is blank, or its quotes are not around fields of a line', () => {
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
    ['\n', true],
    ['a\n\nb', true],
    ['a\r\n\r\nb', true],
    ['a\n\rb', true],
    ['a\r\rb', true],
    ['a\rb\rc\r', false],
    [',\n,', false],
  ] as const)
    for (const size of [1, 3, 100]) {
      const lines = csvLines(DIALECT, [])
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += size) lines.read(bytes.subarray(at, at + size))
      lines.end()
      assert.equal(lines.isOdd, isOdd, `${JSON.stringify(text)} by ${size}`)
    }
  const wide = csvLines({ ...DIALECT, quote: '»' }, [])
  wide.read(Buffer.from('a'))
  assert.ok(wide.isOdd)
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
      const lines = csvLines(dialect, [])
      const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
      for (let at = offset; at < bytes.length; at += size) lines.read(bytes.subarray(at, at + size))
      lines.end()
      return lines.isOdd
    }
    const byBytes = isOdd(1000, 0)
    for (const size of [70_000, 100_000])
      for (const offset of [0, 1])
        assert.equal(isOdd(size, offset), byBytes, JSON.stringify([text.slice(lines.length), dialect, size, offset]))
    if (byBytes) odd++
  }
  assert.ok(odd > 40 && odd < 180, String(odd))
})

/** A field as all readers of CSV take it, by escape. */
const FIELDS: Readonly<Record<string, string>> = {
  '\\': String.raw`"(?:[^"\\]|""|\\["\\])*"|[^",\\]*`,
  '"': '"(?:[^"]|"")*"|[^",]*',
  '': '"(?:[^"]|"")*"|[^",]*',
}
const NUMBERS: readonly NumberMember[] = [
  { key: '1', digits: { whole: 2, fraction: 0 } },
  { key: '3', digits: { whole: 4, fraction: 0 } },
]

test('fields are plain numbers where all lines that have them say so, against expressions over whole lines', () => {
  const below = dice(20261127)
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!
  const [plain, any] = [
    ['1', '-22', '"7"', '"-10"', '99'],
    [
      '1',
      '22',
      '-',
      '',
      '""',
      '+1',
      '1.0',
      '"1 "',
      '123',
      '12345',
      'a',
      '"a,1"',
      '"a""b"',
      '"\\""',
      '"\\\\"',
      'a"',
      '"x',
    ],
  ]
  const found = { odd: 0, plain: 0, not: 0 }
  for (let round = 0; round < 400; round++) {
    const strange = below(3) * below(40)
    const field = () => pick(below(400) < strange ? any : plain)
    const line = () => Array.from({ length: below(100) < strange ? below(6) : 5 }, field).join(',')
    const lines = Array.from({ length: 1 + below(pick([4, 30])) }, line)
    const end = pick(['\n', '\n', '\r\n', '\r'])
    // Large texts are followed in several places at once.
    const usual = '5,5,5,5,5\n'.repeat(round % 10 === 0 ? 9000 : 0)
    const tail = lines.join(end) + pick(['', end])
    const text = usual + tail
    const mark = pick(Object.keys(FIELDS))
    const rows = tail.split(/\r\n|\r|\n/)
    if (rows.at(-1) === '') rows.pop()
    const row = new RegExp(`^(?:${FIELDS[mark]})(?:,(?:${FIELDS[mark]}))*$`)
    const isOdd = rows.some((one) => one === '' || !row.test(one))
    const sound = NUMBERS.filter(({ key, digits }) =>
      rows.every((one) => {
        const fields = Array.from(one.matchAll(new RegExp(`(?:^|,)(${FIELDS[mark]})`, 'g')), ([, value]) => value!)
        const value = fields[Number(key)]
        return value === undefined || new RegExp(`^("?)-?[0-9]{1,${digits!.whole}}\\1$`).test(value)
      }),
    )
    for (const size of [1, 5, 100_000]) {
      if (size === 1 && text.length > 10_000) continue
      const asked = csvLines({ ...DIALECT, escape: mark }, NUMBERS)
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += size) asked.read(bytes.subarray(at, at + size))
      const left = asked.end()
      assert.equal(asked.isOdd, isOdd, JSON.stringify([text.slice(-200), mark, size]))
      if (!isOdd) assert.deepEqual(left, sound, JSON.stringify([text.slice(-200), mark, size]))
    }
    if (isOdd) found.odd++
    else found[sound.length === 2 ? 'plain' : 'not']++
  }
  assert.ok(Math.min(found.odd, found.plain, found.not) > 25, JSON.stringify(found))
})

test('of fields far to the right, and with marks that are digits, nothing is asked', () => {
  const far: NumberMember = { key: '200', digits: { whole: 2, fraction: 0 } }
  for (const [dialect, fields] of [
    [DIALECT, [far]],
    [{ ...DIALECT, separator: '1' }, NUMBERS],
    [{ ...DIALECT, escape: '-' }, NUMBERS],
  ] as const) {
    const lines = csvLines(dialect, fields)
    lines.read(Buffer.from('"a"\n'))
    assert.deepEqual(lines.end(), [])
    assert.ok(!lines.isOdd)
  }
})

test('lines of a header speak against no number, and may be odd', () => {
  for (const [text, headerLines, left, isOdd] of [
    ['a,b,c,d\n1,2,3,4\n', 1, 2, false],
    ['a,b,c,d\r\n"e",f\r\n1,2,3,4\r\n', 2, 2, false],
    ['a,b,c,d\ne,f,g,h\n1,2,3,4\n', 1, 0, false],
    ['a,b,c,d', 1, 2, false],
    ['a,b,c,d\n1,x,3,4', 1, 1, false],
    ['a,"b\n1,2,3,4\n', 1, 2, true],
    ['a,b,c,d\n1,"2,3,4\n', 1, 2, true],
    ['\n1,2,3,4\n', 1, 2, true],
    ['a', 2, 2, false],
    ['', 3, 2, false],
  ] as const)
    for (const size of [1, 3, 100]) {
      const lines = csvLines(DIALECT, NUMBERS, headerLines)
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += size) lines.read(bytes.subarray(at, at + size))
      const plain = lines.end()
      assert.equal(lines.isOdd, isOdd, `${JSON.stringify(text)} by ${size}`)
      if (!isOdd) assert.equal(plain.length, left, `${JSON.stringify(text)} by ${size}`)
    }
})
