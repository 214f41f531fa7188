import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { FileFormat } from '../../../core/queries/relation.ts'
import {
  array,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  map,
  REAL,
  row,
  TIMESTAMP,
  VARCHAR,
} from '../../../sql/types.ts'
import { Integrity } from '../texts/integrity.ts'
import { TextLooks } from '../texts/text-looks.ts'
import { dataColumns, LAZY, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('lazy text: bad values and missing fields are NULL, extra fields are dropped, quotes are text', async () => {
  const file = shelf.file(
    't.csv',
    'a,1,1.5,true\nb,x,y,maybe,extra\n"q",12\n\\N,7,,FALSE\r\n,1.5, 3,t\nlast,-0012,1e3,True',
  )
  const relation = relationOf(LAZY, dataColumns(['s', VARCHAR], ['i', INTEGER], ['d', DOUBLE], ['b', BOOLEAN]), [file])
  assert.deepEqual(await shelf.read(relation), [
    ['a', 1, 1.5, true],
    ['b', null, null, null],
    ['"q"', 12, null, null],
    [null, 7, null, false],
    ['', 1, 3, null],
    ['last', -12, 1000, true],
  ])
  assert.deepEqual(await shelf.read(relation, [1]), [[1], [null], [12], [7], [1], [-12]])
})

test('text of one column: a blank line is a row', async () => {
  const file = shelf.file('one.csv', '\na\n\\N\n\nb,more\n')
  const read = (format: FileFormat) => shelf.read(relationOf(format, dataColumns(['s', VARCHAR]), [file]))
  assert.deepEqual(await read(LAZY), [[''], ['a'], [null], [''], ['b']])
  assert.deepEqual(await read({ ...LAZY, nullText: '' } as FileFormat), [[null], ['a'], ['\\N'], [null], ['b']])
  assert.deepEqual(await read({ kind: 'regex', pattern: '(.*)', ignoreCase: false }), [
    [''],
    ['a'],
    ['\\N'],
    [''],
    ['b,more'],
  ])
})

test('lazy text of several columns: blank lines are rows, of which only the first field is not NULL', async () => {
  const columns = dataColumns(['s', VARCHAR], ['n', INTEGER])
  const format = { ...LAZY, headerLines: 1 } as FileFormat
  for (const end of ['\n', '\r\n']) {
    const text = ['h1,h2', '\\N,1', '', 'a,2,more', 'b', '', ''].join(end)
    const relation = relationOf(format, columns, [shelf.file('blank.csv', text)])
    assert.equal((await new TextLooks(new Integrity()).of(relation, false)).byLine, true)
    const read = await shelf.read(relation, undefined, { byLine: true })
    assert.deepEqual(read, [
      [null, 1],
      ['', null],
      ['a', 2],
      ['b', null],
      ['', null],
    ])
  }
  for (const [text, isBlank] of [
    ['a,1\nb,2\n', false],
    ['a,1\r\nb,2\r\n', false],
    ['\na,1', true],
    ['a,1\n\n', true],
    ['', false],
  ] as const)
    for (const [name, bytes] of [
      ['t', text],
      ['t.gz', gzipSync(text)],
      ['t.zst', zstdCompressSync(text)],
    ] as const) {
      const relation = relationOf(LAZY, columns, [shelf.file(name, bytes)])
      assert.equal(
        (await new TextLooks(new Integrity()).of(relation, false)).byLine,
        isBlank,
        JSON.stringify([name, text]),
      )
    }
})

test('lazy text with an escape: a line is a row, be it blank or end in an escape', async () => {
  const columns = dataColumns(['s', VARCHAR], ['t', VARCHAR])
  const escaping = { ...LAZY, escape: '\\' }
  const text = ['a\\,b,c', '', 'a\\\\,c', 'a\\xb,\\N', '\\\\N,\\\\\\,', 'end\\', 'next,line', ''].join('\n')
  const relation = relationOf(escaping, columns, [shelf.file('t', text)])
  assert.deepEqual(await shelf.read(relation, undefined, { byLine: true }), [
    ['a,b', 'c'],
    ['', null],
    ['a\\', 'c'],
    ['axb', null],
    ['\\N', '\\,'],
    ['end\\', null],
    ['next', 'line'],
  ])
  const looked = new TextLooks(new Integrity())
  for (const [lines, width, isSuch] of [
    ['a\\,b,c\nd,e\n', 2, false],
    ['a,b\n\nc,d\n', 2, true],
    ['a,b\\\nc,d\n', 2, true],
    ['a\\\r\nb\n', 1, true],
    ['a\n\nb\n', 1, false],
  ] as const) {
    const of = relationOf(escaping, columns.slice(0, width), [shelf.file('t', lines)])
    assert.equal((await looked.of(of, false)).byLine, isSuch, JSON.stringify(lines))
  }
})

test('lazy text with an escape: what is escaped parts nothing, inside of values either', async () => {
  const columns = dataColumns(
    ['a', array(VARCHAR)],
    ['m', map(VARCHAR, INTEGER)],
    [
      'p',
      row([
        { name: 'x', type: VARCHAR },
        { name: 'y', type: array(VARCHAR) },
      ]),
    ],
    ['s', VARCHAR],
  )
  const lines = ['a\\|b|c\\,d|\\N|\\\\N|\\\\,k\\:1:5|\\N:6|j:\\N,x\\|\\:|1:2\\:3:\\N,\\|\\\\\\|', '\\N,\\N,\\N,\\N']
  const relation = relationOf({ ...LAZY, escape: '\\' }, columns, [shelf.file('t', lines.join('\n'))])
  assert.deepEqual(await shelf.read(relation), [
    [
      ['a|b', 'c,d', null, '\\N', '\\'],
      [
        { key: 'k:1', value: 5 },
        { key: 'j', value: null },
      ],
      { x: 'x|:', y: ['1', '2:3', null] },
      '|\\|',
    ],
    [null, null, null, null],
  ])
})

test('lazy text: escapes, header and footer, dates, timestamps, decimals', async () => {
  const text = 'h1,h2,h3,h4\nx\\,y,2024-02-29,2024-01-01 10:11:12.5,3.456\nz,2024-02-30,2024-01-01T10:11:12,-1\nthe end'
  const columns = dataColumns(['s', VARCHAR], ['d', DATE], ['t', TIMESTAMP], ['n', decimal(5, 2)])
  const relation = relationOf({ ...LAZY, escape: '\\', headerLines: 1, footerLines: 1 } as FileFormat, columns, [
    shelf.file('t', text),
  ])
  assert.deepEqual(await shelf.read(relation), [
    ['x,y', '2024-02-29', '2024-01-01 10:11:12.5', '3.46'],
    ['z', null, null, '-1.00'],
  ])
})

test('lazy text: nested values by their delimiters', async () => {
  const point = row([
    { name: 'x', type: INTEGER },
    { name: 'y', type: VARCHAR },
  ])
  const columns = dataColumns(
    ['a', array(INTEGER)],
    ['m', map(VARCHAR, INTEGER)],
    ['p', point],
    ['aa', array(array(VARCHAR))],
  )
  const relation = relationOf(LAZY, columns, [shelf.file('t', '1|2|\\N,k:1|j:2,5|five,a:b|c\n,,,\n\\N,\\N,\\N,\\N\n')])
  assert.deepEqual(await shelf.read(relation), [
    [
      [1, 2, null],
      [
        { key: 'k', value: 1 },
        { key: 'j', value: 2 },
      ],
      { x: 5, y: 'five' },
      [['a', 'b'], ['c']],
    ],
    [[], [], { x: null, y: null }, []],
    [null, null, null, null],
  ])
})

test('csv: what is no number to Java is none, in whatever way it is read', async () => {
  const texts = [
    'NaN',
    'Infinity',
    '-Infinity',
    '+Infinity',
    '1e400',
    '-1e400',
    'nan',
    'inf',
    '-inf',
    'INFINITY',
    'infinity',
    '1.5',
  ]
  const [no, most, least] = ['NaN', 'Infinity', '-Infinity']
  const values = [no, most, least, most, most, least, null, null, null, null, null, 1.5]
  const file = shelf.file('floats', texts.map((text) => `${text},${text},x\n`).join(''))
  const relation = relationOf(LAZY, dataColumns(['d', DOUBLE], ['f', REAL], ['s', VARCHAR]), [file])
  assert.deepEqual(
    await shelf.read(relation),
    values.map((value) => [value, value, 'x']),
  )
  await assert.rejects(shelf.read(relation, undefined, { alike: true }), /a number is not finite in c0/)
})

test('where the last column takes the rest, it is all that is left of the line', async () => {
  // trino-hive-formats, SimpleDeserializer: of one column alone the rest is none.
  const format = { ...LAZY, lastTakesRest: true as const }
  const columns = dataColumns(['id', INTEGER], ['s', VARCHAR])
  const text = '1,a,b,,c\n2,\n3\n4,\\N\n5,,\n\n6,\\N,\n'
  for (const alike of [true, false])
    assert.deepEqual(await shelf.read(relationOf(format, columns, [shelf.file('t', text)]), undefined, { alike }), [
      [1, 'a,b,,c'],
      [2, ''],
      [3, null],
      [4, null],
      [5, ','],
      [null, null],
      [6, '\\N,'],
    ])
  const escaped = relationOf({ ...format, escape: '\\' }, columns, [shelf.file('t', '1,a\\,b,c\\\\,d\n')])
  assert.deepEqual(await shelf.read(escaped), [[1, 'a,b,c\\,d']])
  const lists = relationOf(format, dataColumns(['id', INTEGER], ['l', array(VARCHAR)]), [
    shelf.file('t', '1,a|b,c|d\n'),
  ])
  assert.deepEqual(await shelf.read(lists), [[1, ['a', 'b,c', 'd']]])
  const one = relationOf(format, dataColumns(['s', VARCHAR]), [shelf.file('t', 'a,b\n')])
  assert.deepEqual(await shelf.read(one), [['a']])
})
