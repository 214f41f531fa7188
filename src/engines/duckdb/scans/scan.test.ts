import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
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
  row,
  TIMESTAMP,
  TIMESTAMP_TZ,
  VARCHAR,
} from '../../../sql/types.ts'
import { BlankLines } from '../blank-lines.ts'
import { dataColumns, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const lazy: FileFormat = {
  kind: 'csv-lazy',
  fieldDelimiter: ',',
  nullText: '\\N',
  collectionDelimiter: '|',
  mapKeyDelimiter: ':',
  headerLines: 0,
  footerLines: 0,
}
const open: FileFormat = { kind: 'csv-open', separator: ',', quote: '"', escape: '\\', headerLines: 0 }
const openx: FileFormat = {
  kind: 'json',
  serde: 'openx',
  strict: false,
  caseSensitive: false,
  dotsInKeys: false,
  mapping: {},
}
const PARQUET: FileFormat = { kind: 'parquet' }

test('no files read as no rows of the right types', async () => {
  const relation = relationOf(PARQUET, dataColumns(['a', BIGINT], ['b', array(VARCHAR)]), [])
  assert.deepEqual(await shelf.read(relation), [])
  assert.deepEqual(await shelf.read(relation, []), [])
})

test('parquet: columns by name in any case and order, missing ones NULL, types widened', async () => {
  const one = await shelf.copy('one', `SELECT 1 AS id, 'x' AS "Name", {'a': 1, 'b': 'q'} AS s`)
  const two = await shelf.copy('two', `SELECT {'B': 'r', 'c': 2.5::DOUBLE} AS s, 7::BIGINT AS "ID"`)
  const struct = row([
    { name: 'a', type: INTEGER },
    { name: 'b', type: VARCHAR },
    { name: 'c', type: DOUBLE },
  ])
  const relation = relationOf(PARQUET, dataColumns(['id', BIGINT], ['name', VARCHAR], ['s', struct], ['none', DATE]), [
    one,
    two,
  ])
  assert.deepEqual(await shelf.read(relation), [
    ['1', 'x', { a: 1, b: 'q', c: null }, null],
    ['7', null, { a: null, b: 'r', c: 2.5 }, null],
  ])
  assert.equal((await shelf.read(relation, [])).length, 2)
})

test('parquet: a char has its length, whatever its writer kept of it', async () => {
  const file = await shelf.copy('c.parquet', "SELECT unnest(['Books', 'Books     ', 'Electronics!', NULL]) AS kind")
  const columns = dataColumns(['kind', { kind: 'char', length: 10 }])
  assert.deepEqual(await shelf.read(relationOf(PARQUET, columns, [file])), [
    ['Books     '],
    ['Books     '],
    ['Electronic'],
    [null],
  ])
})

test('parquet: text that its writer left unmarked is text', async () => {
  const file = await shelf.copy('raw', `SELECT encode('é') AS t, 1 AS n`)
  assert.deepEqual(await shelf.read(relationOf(PARQUET, dataColumns(['t', VARCHAR], ['n', INTEGER]), [file])), [
    ['é', 1],
  ])
})

test('partition values and hidden columns follow the file of the row', async () => {
  const one = await shelf.copy('one.parquet', 'SELECT 1 AS id', ['2024-01-01', 'a'])
  const two = await shelf.copy('two.parquet', 'SELECT unnest([2, 3]) AS id', ['2024-01-02', null])
  const relation = relationOf(
    PARQUET,
    [
      ...dataColumns(['id', INTEGER]),
      { kind: 'partition', name: 'dt', type: DATE, index: 0 },
      { kind: 'partition', name: 'k', type: VARCHAR, index: 1 },
      { kind: 'hidden', name: '$path', type: VARCHAR },
      { kind: 'hidden', name: '$file_modified_time', type: TIMESTAMP_TZ },
      { kind: 'hidden', name: '$partition', type: VARCHAR },
    ],
    [one, two],
  )
  // Without an ORDER BY the files come in any order.
  const rows = await shelf.read(relation, [0, 1, 2, 3, 4, 5])
  assert.deepEqual(rows.toSorted(), [
    [1, '2024-01-01', 'a', 's3://lake/table/one.parquet', '2024-05-06 07:08:09.123+00', 'p0=2024-01-01/p1=a'],
    [2, '2024-01-02', null, 's3://lake/table/two.parquet', '2024-05-06 07:08:09.123+00', 'p0=2024-01-02/p1=null'],
    [3, '2024-01-02', null, 's3://lake/table/two.parquet', '2024-05-06 07:08:09.123+00', 'p0=2024-01-02/p1=null'],
  ])
  assert.deepEqual((await shelf.read(relation, [2])).toSorted(), [[null], [null], ['a']])
})

test('a partition value that is not of its type names itself', async () => {
  const file = await shelf.copy('x', 'SELECT 1 AS id', ['abc'])
  const relation = relationOf(PARQUET, [{ kind: 'partition', name: 'y', type: INTEGER, index: 0 }], [file])
  await assert.rejects(
    shelf.read(relation),
    /!HIVE_BAD_DATA!Invalid partition value 'abc' for integer partition key: y/,
  )
})

test('lazy text: bad values and missing fields are NULL, extra fields are dropped, quotes are text', async () => {
  const file = shelf.file(
    't.csv',
    'a,1,1.5,true\nb,x,y,maybe,extra\n"q",12\n\\N,7,,FALSE\r\n,1.5, 3,t\nlast,-0012,1e3,True',
  )
  const relation = relationOf(lazy, dataColumns(['s', VARCHAR], ['i', INTEGER], ['d', DOUBLE], ['b', BOOLEAN]), [file])
  assert.deepEqual(await shelf.read(relation), [
    ['a', 1, 1.5, true],
    ['b', null, null, null],
    ['"q"', 12, null, null],
    [null, 7, null, false],
    ['', null, 3, null],
    ['last', -12, 1000, true],
  ])
  assert.deepEqual(await shelf.read(relation, [1]), [[1], [null], [12], [7], [null], [-12]])
})

test('text of one column: a blank line is a row', async () => {
  const file = shelf.file('one.csv', '\na\n\\N\n\nb,more\n')
  const read = (format: FileFormat) => shelf.read(relationOf(format, dataColumns(['s', VARCHAR]), [file]))
  assert.deepEqual(await read(lazy), [[''], ['a'], [null], [''], ['b']])
  assert.deepEqual(await read({ ...lazy, nullText: '' } as FileFormat), [[null], ['a'], ['\\N'], [null], ['b']])
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
  const format = { ...lazy, headerLines: 1 } as FileFormat
  for (const end of ['\n', '\r\n']) {
    const text = ['h1,h2', '\\N,1', '', 'a,2,more', 'b', '', ''].join(end)
    const relation = relationOf(format, columns, [shelf.file('blank.csv', text)])
    assert.equal(await new BlankLines().among(relation, false), true)
    const read = await shelf.read(relation, undefined, { blankLines: true })
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
      const relation = relationOf(lazy, columns, [shelf.file(name, bytes)])
      assert.equal(await new BlankLines().among(relation, false), isBlank, JSON.stringify([name, text]))
    }
})

test('lazy text: escapes, header and footer, dates, timestamps, decimals', async () => {
  const text = 'h1,h2,h3,h4\nx\\,y,2024-02-29,2024-01-01 10:11:12.5,3.456\nz,2024-02-30,2024-01-01T10:11:12,-1\nthe end'
  const columns = dataColumns(['s', VARCHAR], ['d', DATE], ['t', TIMESTAMP], ['n', decimal(5, 2)])
  const relation = relationOf({ ...lazy, escape: '\\', headerLines: 1, footerLines: 1 } as FileFormat, columns, [
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
  const relation = relationOf(lazy, columns, [shelf.file('t', '1|2|\\N,k:1|j:2,5|five,a:b|c\n,,,\n\\N,\\N,\\N,\\N\n')])
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

test('text: gzip and zstd by the ending of the name, together with plain files', async () => {
  const files = [
    shelf.file('a.csv.gz', gzipSync('a,1\n'), ['p']),
    shelf.file('b.csv', 'b,2\n', ['q']),
    shelf.file('c.csv.zst', zstdCompressSync('c,3\n'), ['r']),
    shelf.file('d.csv.gz', Buffer.concat([gzipSync('d,4\n'), gzipSync('e,5\n')]), ['s']),
  ]
  const columns = [
    ...dataColumns(['s', VARCHAR], ['i', INTEGER]),
    { kind: 'partition', name: 'k', type: VARCHAR, index: 0 } as const,
  ]
  const rows = await shelf.read(relationOf(lazy, columns, files))
  assert.deepEqual(rows.toSorted(), [
    ['a', 1, 'p'],
    ['b', 2, 'q'],
    ['c', 3, 'r'],
    ['d', 4, 's'],
    ['e', 5, 's'],
  ])
  const relation = relationOf(lazy, columns, [shelf.file('x.bz2', 'BZh')])
  await assert.rejects(shelf.read(relation), { code: 'NOT_SUPPORTED' })
})

test('open csv: quotes, days and milliseconds', async () => {
  const text = '"unix value","18276","1579059880000"\n"with ""two"", and , comma",0,0\nplain,,\n'
  const columns = dataColumns(['profile_id', VARCHAR], ['creationdate', DATE], ['creationdatetime', TIMESTAMP])
  const relation = relationOf(open, columns, [shelf.file('t', text)])
  assert.deepEqual(await shelf.read({ ...relation, files: [shelf.file('t', text.split('\n')[0]!)] }), [
    // https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html, with the date arithmetic of 1579059880000 ms.
    ['unix value', '2020-01-15', '2020-01-15 03:44:40'],
  ])
  assert.deepEqual(
    (await shelf.read(relation, [0])).map(([value]) => value),
    ['unix value', 'with "two", and , comma', 'plain'],
  )
  await assert.rejects(
    shelf.read(relation, [1]),
    /!HIVE_BAD_DATA!Error parsing field value '' for field 1: For input string: ""/,
  )
})

test('open csv: escapes', async () => {
  // https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html: escaping \t or \n.
  const text = String.raw`" \\t\\t\\n 123 \\t\\t\\n ",abc
" 456 ",xyz
"say \"hi\"","a\,b"
`
  const relation = relationOf(open, dataColumns(['f1', VARCHAR], ['s2', VARCHAR]), [shelf.file('t', text)])
  assert.deepEqual(await shelf.read(relation), [
    [String.raw` \t\t\n 123 \t\t\n `, 'abc'],
    [' 456 ', 'xyz'],
    ['say "hi"', 'a,b'],
  ])
})

test('json: keys in any case at any depth, mappings, malformed lines as NULLs', async () => {
  const text = [
    '{"userId": 12345678901, "Tags": ["a", null, 3], "nested": {"Inner": {"X": "1", "z": true}}, "at": "2024-01-01 00:00:01"}',
    '{"USERID": "7", "nested": {"inner": null}, "tags": [], "m": {"K": 1, "l": 2.0}, "ts": "a string", "at": "2024-01-01T00:00:01Z"}',
    'not json at all',
    '{"userid": "seven", "nested": 5, "tags": "x", "ts": {"k": [1, 2]}, "at": 1704067201000}',
    '[1, 2]',
  ].join('\n')
  const nested = row([
    {
      name: 'inner',
      type: row([
        { name: 'x', type: INTEGER },
        { name: 'z', type: BOOLEAN },
      ]),
    },
  ])
  const columns = dataColumns(
    ['userid', BIGINT],
    ['tags', array(VARCHAR)],
    ['nested', nested],
    ['m', map(VARCHAR, BIGINT)],
    ['time_text', VARCHAR],
  )
  const format = { ...openx, mapping: { time_text: 'ts' } } as FileFormat
  const relation = relationOf(format, columns, [shelf.file('t.json', text)])
  assert.deepEqual(await shelf.read(relation), [
    ['12345678901', ['a', null, '3'], { inner: { x: 1, z: true } }, null, null],
    [
      '7',
      [],
      { inner: null },
      [
        { key: 'K', value: '1' },
        { key: 'l', value: '2' },
      ],
      'a string',
    ],
    [null, null, null, null, null],
    [null, null, null, null, '{"k":[1,2]}'],
    [null, null, null, null, null],
  ])
  assert.equal((await shelf.read(relation, [])).length, 5)
})

test('json: a malformed line fails when the table is strict', async () => {
  const relation = relationOf({ ...openx, strict: true } as FileFormat, dataColumns(['a', BIGINT]), [
    shelf.file('t.json', '{"a":1}\n{oops\n'),
  ])
  await assert.rejects(shelf.read(relation), /Malformed JSON/)
})

test('json: in a strict table a line that is no object fails', async () => {
  const file = shelf.file('t.json', '{"a":1}\n[2]\n')
  const relation = relationOf({ ...openx, strict: true } as FileFormat, dataColumns(['a', BIGINT]), [file])
  await assert.rejects(shelf.read(relation), /!HIVE_CURSOR_ERROR!Row is not a valid JSON Object/)
})

test('files without rows, and rows wider than the table', async () => {
  const formats: FileFormat[] = [
    lazy,
    open,
    openx,
    { kind: 'regex', pattern: '(.*)', ignoreCase: false },
    { kind: 'cloudtrail' },
  ]
  for (const format of formats) {
    const files = [shelf.file('empty', ''), shelf.file('empty.gz', gzipSync(''))]
    assert.deepEqual(
      await shelf.read(relationOf(format, dataColumns(['a', VARCHAR], ['b', BIGINT]), files)),
      [],
      format.kind,
    )
  }
  for (const format of [lazy, open]) {
    const relation = relationOf(format, dataColumns(['a', VARCHAR]), [shelf.file('t', 'x,1,2\ny\n')])
    assert.deepEqual(await shelf.read(relation), [['x'], ['y']])
  }
})

test('json: dots in keys, keys in their own case', async () => {
  const file = shelf.file('t.json', '{"a.b": 1, "C": 2, "c": 3}')
  const dotted = { ...openx, dotsInKeys: true } as FileFormat
  assert.deepEqual(await shelf.read(relationOf(dotted, dataColumns(['a_b', BIGINT]), [file])), [['1']])
  const sensitive = { ...openx, caseSensitive: true } as FileFormat
  assert.deepEqual(await shelf.read(relationOf(sensitive, dataColumns(['c', BIGINT]), [file])), [['3']])
})

test('cloudtrail: records of documents, objects in text columns as JSON', async () => {
  const document = {
    Records: [
      {
        eventVersion: '1.08',
        eventTime: '2024-01-01T00:00:01Z',
        userIdentity: { type: 'AssumedRole', sessionContext: { attributes: { mfaAuthenticated: 'false' } } },
        requestParameters: { bucketName: 'b', keys: [1, 2] },
        resources: [{ ARN: 'arn:aws:s3:::b', accountId: '1' }],
      },
      { eventVersion: '1.08', requestParameters: null },
    ],
  }
  const identity = row([
    { name: 'type', type: VARCHAR },
    {
      name: 'sessioncontext',
      type: row([{ name: 'attributes', type: row([{ name: 'mfaauthenticated', type: VARCHAR }]) }]),
    },
  ])
  const resource = row([
    { name: 'arn', type: VARCHAR },
    { name: 'accountid', type: VARCHAR },
  ])
  const columns = dataColumns(
    ['eventversion', VARCHAR],
    ['eventtime', VARCHAR],
    ['useridentity', identity],
    ['requestparameters', VARCHAR],
    ['resources', array(resource)],
  )
  const relation = relationOf({ kind: 'cloudtrail' }, columns, [
    shelf.file('log.json.gz', gzipSync(JSON.stringify(document))),
  ])
  assert.deepEqual(await shelf.read(relation), [
    [
      '1.08',
      '2024-01-01T00:00:01Z',
      { type: 'AssumedRole', sessioncontext: { attributes: { mfaauthenticated: 'false' } } },
      '{"bucketName":"b","keys":[1,2]}',
      [{ arn: 'arn:aws:s3:::b', accountid: '1' }],
    ],
    ['1.08', null, null, null, null],
  ])
  assert.equal((await shelf.read(relation, [])).length, 2)
})

test('regex: a column per group, whole lines only', async () => {
  const relation = relationOf(
    { kind: 'regex', pattern: '(\\S+) "([^"]*)" (?!x)([0-9]+)( \\p{Alpha}+)?', ignoreCase: false },
    dataColumns(['host', VARCHAR], ['request', VARCHAR], ['status', INTEGER], ['more', VARCHAR]),
    [shelf.file('access.log', 'h1 "GET /" 200 ok\nnonsense\nh2 "PUT /é" 404\n')],
  )
  assert.deepEqual(await shelf.read(relation), [
    ['h1', 'GET /', 200, ' ok'],
    [null, null, null, null],
    ['h2', 'PUT /é', 404, null],
  ])
})
