import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FileFormat } from '../../../core/queries/relation.ts'
import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  map,
  REAL,
  row,
  TIMESTAMP,
  type Type,
  VARCHAR,
} from '../../../sql/types.ts'
import { MemberSpellings } from '../texts/member-spellings.ts'
import { dataColumns, JSON_LINES, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const TYPES: readonly Type[] = [
  VARCHAR,
  BIGINT,
  INTEGER,
  DOUBLE,
  REAL,
  decimal(12, 2),
  decimal(20, 6),
  BOOLEAN,
  DATE,
  TIMESTAMP,
  array(VARCHAR),
  map(VARCHAR, BIGINT),
  row([{ name: 'x', type: INTEGER }]),
]

const VALUES =
  String.raw`5 -5 0 -0 5.0 5.5 0.0 1e3 1E3 1.5e1 12e2 100 1000 0.005 1.005 0.0001 0.00001 1e-7 9999999999.995 1e16 1e20 1e21 1e300 1e999
  12345678901234567890 123456789012345678901234567890 1.00000000000000000000000001 9223372036854775807 9223372036854775808 -9223372036854775808
  2147483648 true false NaN Infinity "5" "+5" "-5" "007" "5.0" "5." ".5" "1_000" "0x10" "1e3" "+-1" "true" "TRUE" "t" "yes" "NaN" "inf" "" "null"
  "2024-02-29" "2024-02-30" "2024-01-01T00:00:01Z" 1704067201000 1704067201.5 "a\"b\\c\u00e9\n" [] [1,"2",null] {"x":1} {"X":"7","k":2.0} {"k":true} [{"x":1}] {}`
    .split(/\s+/)
    .concat('" 5"', '"5 "', '"1 000"', '"2024-01-01 10:00:00"', '{"x": 3, "X": 4}')

const read = (
  text: string,
  format: FileFormat,
  columns = dataColumns(...TYPES.map((type, i) => [`k${i}`, type] as const)),
) => {
  const relation = relationOf(format, columns, [shelf.file('t.json', text)])
  return async (alike: boolean | 'by keys') => {
    if (typeof alike === 'boolean') return shelf.read(relation, undefined, { alike })
    const spellings = new MemberSpellings()
    assert.equal(await spellings.look(shelf.connection, relation, false), true)
    assert.equal(await spellings.look(shelf.connection, relation, false), false)
    const keys = spellings.of(relation)
    return shelf.read(relation, undefined, keys ? { keys } : {})
  }
}

test('objects that are alike read as any others, whatever their values', async () => {
  for (const value of VALUES) {
    const line = `{${TYPES.map((_, i) => `"k${i}": ${value}`).join(', ')}}`
    const rows = read(`${line}\n${line}\n`, JSON_LINES)
    assert.deepEqual(await rows(true), await rows(false), value)
    assert.deepEqual(await rows('by keys'), await rows(false), value)
  }
})

test('doubles have the digits of their texts', async () => {
  const numbers = Array.from({ length: 4000 }, (_, i) => Math.sin(i) * 10 ** ((i % 33) - 12))
  const lines = numbers.map((value) => `{"a": ${value}, "b": ${value}, "c": ${value}}`).join('\n')
  const columns = dataColumns(['a', DOUBLE], ['b', decimal(14, 3)], ['c', BIGINT])
  const rows = read(lines, JSON_LINES, columns)
  const alike = await rows(true)
  assert.deepEqual(alike, await rows(false))
  for (const [i, value] of numbers.entries()) assert.equal(Number(alike[i]![0]), value)
})

const UNLIKE: readonly string[] = [
  '{"A": 1, "b": "x"}',
  '{"a": 1}',
  '{"a": null, "b": "x"}',
  '{"b": "x"}',
  '{}',
  '{"a": 1, "b": null}',
  '{"a.": 1, "b": "x"}',
  '{"\\u0061": 1, "b": "x"}',
  'not json',
  '{"a": 1, "b": "x"',
  '[1, 2]',
  '5',
  'null',
  '{"a": 1, "b": "x"}{"a": 2, "b": "y"}',
  '{"a": 1, "b": "x"} trailing',
]
/** Of which a strict table takes none for alike (see ../texts/key-spellings.ts). */
const SPELLED_TWICE: readonly string[] = ['{"a": 1, "A": 2, "b": "x"}', '{"A": 2, "a": 1, "b": "x"}']
const ALIKE: readonly string[] = [
  '{"a": 1, "a": 2, "b": "x"}',
  '{"b": "x", "a": 1, "c": {"a": 3}}',
  '',
  '   ',
  '  {"a":1,"b":"x"}  \r',
]

test('an object that is not like the others fails the plan, or reads as it would have', async () => {
  const first = '{"a": 7, "b": "seven"}\n'
  const columns = dataColumns(['a', BIGINT], ['b', VARCHAR])
  for (const strict of [false, true])
    for (const line of [...UNLIKE, ...ALIKE, ...(strict ? [] : SPELLED_TWICE)]) {
      const rows = read(`${first}${line}\n${first}`, { ...JSON_LINES, strict } as FileFormat, columns)
      const settled = await rows(true).catch((error: Error) => error.message)
      if (typeof settled === 'string') assert.match(settled, /an object lacks the member of c[01]|JSON/, line)
      else assert.deepEqual(settled, await rows(false), line)
      if (!strict && !UNLIKE.includes(line)) assert.notEqual(typeof settled, 'string', line)
    }
})

test('members that some objects lack are NULL, and others are found in any spelling', async () => {
  const first = '{"a": 7, "b": "seven"}\n'
  const columns = dataColumns(['a', BIGINT], ['b', VARCHAR])
  for (const strict of [false, true])
    for (const line of [...UNLIKE, ...ALIKE, ...SPELLED_TWICE]) {
      const rows = read(`${first}${line}\n${first}`, { ...JSON_LINES, strict } as FileFormat, columns)
      const [byKeys, asEver] = await Promise.allSettled([rows('by keys'), rows(false)])
      if (byKeys.status === 'fulfilled') assert.deepEqual(byKeys, asEver, line)
      else assert.match(byKeys.reason.message, /JSON/, line)
    }
  const lines = ['{"id": 1, "d": 1.5}', '{"name": "x"}', '{"id": null, "name": "y", "d": 0}', '{"NEVER": 1}']
  const all = dataColumns(['id', INTEGER], ['name', VARCHAR], ['d', DOUBLE], ['never', BIGINT], ['gone', array(DATE)])
  assert.deepEqual(await read(lines.join('\n'), JSON_LINES, all)('by keys'), [
    [1, null, 1.5, null, null],
    [null, 'x', null, null, null],
    [null, 'y', 0, null, null],
    [null, null, null, '1', null],
  ])
})

test('a file is read as ever where its head lacks a key, or two columns have one', async () => {
  const text = '{"a": 1}\n{"a": 2, "b": "x"}\n{"A": 3}\n'
  for (const columns of [dataColumns(['a', BIGINT], ['z', VARCHAR]), dataColumns(['a', BIGINT], ['A', BIGINT])]) {
    const rows = read(text, JSON_LINES, columns)
    assert.deepEqual(await rows(true), await rows(false))
  }
})
