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
  REAL,
  TIMESTAMP,
  type Type,
  VARCHAR,
} from '../../../sql/types.ts'
import { NumberSearch } from '../texts/number-search.ts'
import { dataColumns, LAZY, OPEN_CSV, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const TYPES: readonly Type[] = [
  DOUBLE,
  REAL,
  decimal(12, 2),
  decimal(38, 10),
  decimal(4, 0),
  DATE,
  TIMESTAMP,
  BIGINT,
  INTEGER,
  BOOLEAN,
  VARCHAR,
  array(DOUBLE),
]

const FIELDS =
  String.raw`5 -5 +5 007 0 -0 5.0 5. .5 . 5.5 1e3 1E3 1e+3 1e-3 1e400 1e-400 1_000 1__0 1_ _1 0x10 0b11 +-1 --1 + - 1.2.3 1,5 NaN nan -nan inf
  -inf Infinity infinity +Infinity epoch 0.005 0.015 1.005 2.675 9999999999.994 9999999999.995 99999999999 0.1 16777217 3.4028236e38 1e-46
  123456789012345678901234567890 0.000000000000000000000000000001 2024-02-29 2024-02-30 2024-2-9 2024-02-29T10:00:00 24-02-29 02024-02-29 2024/02/29
  20240229 2024-02-29x 2024-02 0000-01-01 -2024-01-01 10000-01-01 99999999-01-01 2024-13-01 1579059880000 18276 2147483648 true TRUE t yes null NULL \N \\N`
    .split(/\s+/)
    .concat(
      ...[
        '',
        ' ',
        ' 5',
        '5 ',
        '\t5',
        '5\t',
        ' 5.5 ',
        '2024-02-29 ',
        ' 2024-02-29',
        '2024-02-29 10:00:00',
        '2024-02-29 (BC)',
      ],
      ...[
        '5\u00a0',
        '５',
        '5\u0000',
        '"5"',
        '""',
        '"5',
        '5"',
        '"5.5"x',
        '"',
        "'5'",
        'a\\,b',
        '5\\',
        '\\5',
        '"\\5"',
        '"5""5"',
        '2024-02-29 BC',
        '1 000',
      ],
    )

const FORMATS: Readonly<Record<string, FileFormat>> = {
  lazy: LAZY,
  'lazy with an escape': { ...LAZY, escape: '\\' },
  'lazy with an empty null': { ...LAZY, nullText: '' } as FileFormat,
  'lazy with a header and a footer': { ...LAZY, headerLines: 1, footerLines: 1 } as FileFormat,
  open: OPEN_CSV,
  'open with one mark': { ...OPEN_CSV, escape: '"' } as FileFormat,
}

for (const [name, format] of Object.entries(FORMATS))
  test(`${name}: a field is the value it is, or the plan fails to be read again`, async () => {
    let read = 0
    const headed = 'headerLines' in format && (format.headerLines ?? 0) > 0
    for (const type of TYPES)
      for (const field of FIELDS) {
        const text = `${headed ? 'h,h,h\n' : ''}a,${field},b\nonly\r\n${field}\n`
        const relation = relationOf(format, dataColumns(['s', VARCHAR], ['v', type], ['t', VARCHAR]), [
          shelf.file('t', text),
        ])
        const numbers = new NumberSearch(true)
        numbers.read(Buffer.from(text))
        const rows = (alike: boolean) =>
          shelf.read(relation, undefined, { alike, oddNumbers: numbers.found }).catch((error: Error) => error.message)
        const [alike, careful] = [await rows(true), await rows(false)]
        // A plan that fails either way is read again, and fails in the careful way.
        if (typeof alike === 'string') assert.match(alike, /CSV Error|!HIVE_BAD_DATA!|Error/, field)
        else {
          assert.deepEqual(alike, careful, `${type.kind} of ${JSON.stringify(field)}`)
          read++
        }
      }
    assert.ok(read > 0)
  })

test('fields that are all values are read at once', async () => {
  const text = '1.5,2.25,2024-02-29\n-1e3,0,1970-01-01\n\\N,\\N,\\N\n3\n'
  const columns = dataColumns(['d', DOUBLE], ['n', decimal(6, 2)], ['day', DATE])
  assert.deepEqual(await shelf.read(relationOf(LAZY, columns, [shelf.file('t', text)]), undefined, { alike: true }), [
    [1.5, '2.25', '2024-02-29'],
    [-1000, '0.00', '1970-01-01'],
    [null, null, null],
    [3, null, null],
  ])
  const open = relationOf(OPEN_CSV, columns, [shelf.file('t', '"1.5","2.25","19782"\n"-1e3",0,0\n')])
  assert.deepEqual(await shelf.read(open, undefined, { alike: true }), [
    [1.5, '2.25', '2024-02-29'],
    [-1000, '0.00', '1970-01-01'],
  ])
})
