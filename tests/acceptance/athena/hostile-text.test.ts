/**
 * Text as nobody should write it. Lines end as those of Trino's reader do (trino-hive-formats, TextLineReader: in a line feed,
 * a carriage return or both; the mark of UTF-8 goes), and are taken apart by the rules of each SerDe.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const FORMATS = {
  lazy: "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
  open: "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
  regex: `ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' WITH SERDEPROPERTIES ('input.regex' = '([^,]*),(.*)')`,
  grok: `ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe' WITH SERDEPROPERTIES ('input.format' = '^%{DATA:x},%{GREEDYDATA:y}')`,
  openx: "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
  hive: "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'",
} as const
type Format = keyof typeof FORMATS
type Rows = (string | null)[][]

let tables = 0

/** A table `x string, y string` of one file. */
async function table(format: Format, body: string | Buffer, headerLines = 0, name = 'a.txt'): Promise<string> {
  const of = `t${tables++}`
  await a.put(`${of}/${name}`, body)
  const headers = headerLines > 0 ? `TBLPROPERTIES ('skip.header.line.count' = '${headerLines}')` : ''
  await a.succeed(
    `CREATE EXTERNAL TABLE ${of} (x string, y string) ${FORMATS[format]} LOCATION 's3://data/${of}/' ${headers}`,
  )
  return of
}

async function reads(format: Format, body: string | Buffer, rows: Rows, headerLines = 0): Promise<void> {
  const of = await table(format, body, headerLines)
  assert.deepEqual(
    await a.rows(`SELECT x, y FROM ${of}`),
    rows,
    `${format} ${JSON.stringify(String(body).slice(0, 80))}`,
  )
  assert.deepEqual(await a.rows(`SELECT count(*) FROM ${of}`), [[String(rows.length)]])
}

const SPLIT = ['lazy', 'open', 'regex'] as const
/** What a blank line is to each. */
const BLANK = { lazy: ['', null], open: [null, null], regex: [null, null] } as const
const blank = (format: (typeof SPLIT)[number]): (string | null)[] => [...BLANK[format]]

test('ends of lines of all kinds, in any order', async () => {
  const two = (format: Format, text: string) =>
    reads(format, text, [
      ['a', 'one'],
      ['b', 'two'],
    ])
  for (const format of [...SPLIT, 'grok'] as const)
    for (const text of [
      'a,one\rb,two\r',
      'a,one\rb,two',
      'a,one\r\nb,two\r\n',
      'a,one\nb,two\r',
      '\ufeffa,one\nb,two\n',
    ])
      await two(format, text)
  for (const format of SPLIT) {
    await reads(format, 'a,one\r\nb,two\rc,three\r\nd,four\n', [
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'three'],
      ['d', 'four'],
    ])
    await reads(format, 'a,one\r\nb,two\nc,three\rd,four', [
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'three'],
      ['d', 'four'],
    ])
    await reads(format, 'a,one\n\rb,two\r\r\nc,three', [
      ['a', 'one'],
      blank(format),
      ['b', 'two'],
      blank(format),
      ['c', 'three'],
    ])
    await reads(format, '\n\r\n\r', [blank(format), blank(format), blank(format)])
    await reads(format, '\ufeff\nx,y\n', [blank(format), ['x', 'y']])
    await reads(format, '', [])
    await reads(format, '\ufeff', [])
  }
})

test('characters that are none, or nothing: two bytes each, zeros, broken ones', async () => {
  const broken = Buffer.from('612cfffec3280a622c6f6b0a632ce2820a', 'hex')
  // A text of two bytes a character has a zero beside each, and its end of a line is one byte of two.
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\nc,d\n', 'utf16le')])
  for (const format of SPLIT) {
    await reads(format, 'a\0b,\0\n\0,c\n', [
      ['a\0b', '\0'],
      ['\0', 'c'],
    ])
    await reads(format, broken, [
      ['a', '\ufffd\ufffd\ufffd('],
      ['b', 'ok'],
      ['c', '\ufffd'],
    ])
    const rest = format === 'lazy' ? ['\0', null] : format === 'open' ? ['\0', null] : [null, null]
    await reads(format, wide, [['\ufffd\ufffda\0', '\0b\0'], ['\0c\0', '\0d\0'], rest])
  }
})

test('quotes end with their line, closed or not', async () => {
  await reads('open', '"a\nb",c\nd,e\n', [
    [null, null],
    [null, null],
    ['d', 'e'],
  ])
  await reads('open', '"a,one\nb,"two\n"c",th"ree\n"d","e"\n', [
    [null, null],
    ['b', null],
    ['c', null],
    ['d', 'e'],
  ])
  await reads('open', 'a\\,b\n\nc,\\\n"say ""hi""",x\n', [
    ['a', 'b'],
    [null, null],
    ['c', ''],
    ['say "hi"', 'x'],
  ])
  await reads(
    'open',
    '"h\n",h\nd,e\n',
    [
      [null, null],
      ['d', 'e'],
    ],
    1,
  )
  // A quote that is never closed would take all that follows, were it to go over lines.
  const of = await table('open', `"never,closed\n${'1,2\n'.repeat(500_000)}`)
  assert.deepEqual(await a.rows(`SELECT count(*), count(x), count(DISTINCT y) FROM ${of}`), [['500001', '500000', '1']])
  assert.deepEqual(await a.rows(`SELECT x, y FROM ${of} LIMIT 2`), [
    [null, null],
    ['1', '2'],
  ])
})

test('headers are left out of text of every SerDe, be they all there is', async () => {
  for (const format of SPLIT)
    for (const [text, lines, rows] of [
      ['a,b\nc,d\n', 1, [['c', 'd']]],
      ['a,b\nc,d\n', 2, []],
      ['a,b\nc,d\n', 5, []],
      ['a,b\rc,d\r', 1, [['c', 'd']]],
      ['\n\nc,d', 2, [['c', 'd']]],
      ['', 3, []],
    ] as const)
      await reads(format, text, rows as unknown as Rows, lines)
  for (const format of ['openx', 'hive'] as const) {
    await reads(format, 'no,object\n{"x":"a"}\n', [['a', null]], 1)
    await reads(format, 'no,object\n', [], 4)
  }
})

test('objects of JSON on lines of all kinds', async () => {
  for (const format of ['openx', 'hive'] as const) {
    await reads(format, '\ufeff{"x":"a"}\n{"x":"b"}\n', [
      ['a', null],
      ['b', null],
    ])
    await reads(format, '{"x":"a"}\r{"x":"b"}\r', [
      ['a', null],
      ['b', null],
    ])
    await reads(format, '{"x":"a"}\r\n{"x":"b"}\r{"x":"c"}\n', [
      ['a', null],
      ['b', null],
      ['c', null],
    ])
    const cut = await table(format, '{"x":"a",\r"y":"b"}\n')
    assert.match(await a.failure(`SELECT x FROM ${cut}`), new RegExp(`^HIVE_CURSOR_ERROR: .*s3://data/${cut}/a.txt`))
  }
  // To OpenX's SerDe a blank line is a row, and broken characters are U+FFFD; Hive's takes neither.
  const odd = { blank: '{"x":"a"}\n\n{"x":"b"}\n', broken: Buffer.from('7b2278223a2261fffe227d0a', 'hex') }
  await reads('openx', odd.blank, [
    ['a', null],
    [null, null],
    ['b', null],
  ])
  await reads('openx', odd.broken, [['a\ufffd\ufffd', null]])
  for (const body of Object.values(odd)) {
    const of = await table('hive', body)
    assert.match(await a.failure(`SELECT x FROM ${of}`), new RegExp(`^HIVE_CURSOR_ERROR: .*s3://data/${of}/a.txt`))
  }
})

test('a last line that no usual buffer holds, under every compression and by every way of reading', async () => {
  const last = 'y'.repeat(9_000_000)
  const ends = async (format: Format, ending: string, wrap: (text: string) => string | Buffer, end = '\n') => {
    const of = await table(format, wrap(`a,b${end}${last},z`), 0, `a.${ending}`)
    assert.deepEqual(
      await a.rows(`SELECT sum(length(x)), max(y) FROM ${of}`),
      [['9000001', 'z']],
      `${format} ${ending} ${JSON.stringify(end)}`,
    )
  }
  await ends('lazy', 'gz', gzipSync)
  await ends('open', 'zst', zstdCompressSync)
  await ends('lazy', 'deflate', deflateSync)
  for (const format of SPLIT) await ends(format, 'csv', (text) => text)
  for (const format of ['lazy', 'open'] as const) await ends(format, 'csv', (text) => text, '\r\n\r')
})

test('a column of two hundred megabytes is refused, and five thousand columns are read', async () => {
  for (const [format, text, length] of [
    ['lazy', 'a,b\n', 200_000_000],
    ['lazy', 'a,b\n\n', 20_000_000],
    ['open', '"a\nb"\n', 20_000_000],
    ['openx', '{}\n\n', 20_000_000],
  ] as const) {
    const of = await table(format, text + 'x'.repeat(length))
    assert.match(
      await a.failure(`SELECT max(x) FROM ${of}`),
      new RegExp(`^HIVE_CURSOR_ERROR: .*s3://data/${of}/a.txt`),
      format,
    )
  }
  const names = Array.from({ length: 5000 }, (_, i) => `c${i}`)
  await a.put('wide/a.csv', `${names.map((_, i) => i).join()}\n${names.slice(0, 10).join()}\n`)
  for (const format of ['lazy', 'open'] as const) {
    await a.succeed(
      `CREATE EXTERNAL TABLE wide_${format} (${names.map((name) => `${name} string`).join()}) ${FORMATS[format]} LOCATION 's3://data/wide/'`,
    )
    assert.deepEqual(await a.rows(`SELECT c0, c9, c4999 FROM wide_${format}`), [
      ['0', '9', '4999'],
      ['c0', 'c9', null],
    ])
  }
})

test('numbers that are not finite are read by the rules of the SerDe, whichever reading finds them', async () => {
  await a.put('not-finite/1.csv', `${'1.5,2,x\n'.repeat(20_000)}inf,Infinity,y\nnan,NaN,z\n`)
  const columns = '(d double, f float, s string)'
  await a.succeed(
    `CREATE EXTERNAL TABLE not_finite ${columns} ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/not-finite/'`,
  )
  for (const _ of ['first', 'again']) {
    assert.deepEqual(await a.rows("SELECT d, f FROM not_finite WHERE s <> 'x' ORDER BY s"), [
      [null, 'Infinity'],
      [null, 'NaN'],
    ])
    assert.deepEqual(await a.rows('SELECT count(*), count(d), sum(d) FROM not_finite'), [['20002', '20000', '30000.0']])
  }
  await a.succeed(`CREATE EXTERNAL TABLE not_finite_open ${columns}
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/not-finite/'`)
  assert.match(
    await a.failure('SELECT sum(d) FROM not_finite_open'),
    /HIVE_BAD_DATA: Error parsing field value 'inf' for field 0/,
  )
  assert.deepEqual(await a.rows('SELECT max(f) FROM not_finite_open'), [['NaN']])
})

test('of a separator or a quote of several characters the first counts', async () => {
  await a.put('longer/a', `a|'b|c'|d\n`)
  await a.succeed(`CREATE EXTERNAL TABLE longer (x string, y string, z string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
    WITH SERDEPROPERTIES ('separatorChar' = '||', 'quoteChar' = "'x") LOCATION 's3://data/longer/'`)
  assert.deepEqual(await a.rows('SELECT x, y, z FROM longer'), [['a', 'b|c', 'd']])
})

test('numbers are as Java spells them, but for hexadecimals, as docs/athena.md says', async () => {
  const of = await table('lazy', '1d,1\n0x1p3,1\n1e2,1\n1_000,1\n')
  await a.succeed(`CREATE EXTERNAL TABLE spelled (x double) ${FORMATS.lazy} LOCATION 's3://data/${of}/'`)
  assert.deepEqual(await a.rows('SELECT x FROM spelled ORDER BY 1'), [['1.0'], ['100.0'], [null], [null]])
})

test('a member that an object of JSON has in two spellings', async () => {
  const inside = '{"x":"0","y":"z","in":{"X":1}}\n'
  for (const text of [
    '{"X":"first","x":"last"}\n',
    '{"x":"first","y":"z","X":"last"}\n',
    `${inside}{"x":"first","X":"last"}\n`,
  ]) {
    assert.deepEqual((await a.rows(`SELECT x FROM ${await table('hive', text)}`)).at(-1), ['last'])
    const reason = await a.failure(`SELECT x FROM ${await table('openx', text)}`)
    assert.match(reason, /HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: Duplicate key "x"/)
  }
  assert.deepEqual(await a.rows(`SELECT x FROM ${await table('openx', inside)}`), [['0']])
})

test('a member that an object of JSON has twice', async () => {
  const usual = Array.from({ length: 40 }, (_, i) => `{"x":"${i}","y":"z"}\n`).join('')
  const last = '{"x":"first","y":"z","x":"last"}\n'
  for (const text of [usual + last, `${usual}{"X":"lacks the other"}\n${last}`, `{"x":"0"}  \n${usual}${last}`]) {
    const hive = await table('hive', text)
    assert.deepEqual(await a.rows(`SELECT x FROM ${hive} WHERE x LIKE '%st'`), [['last']])
    assert.equal((await a.rows(`SELECT x FROM ${hive} WHERE y = 'z'`)).at(-1)![0], 'last')
    const openx = await table('openx', text)
    for (let time = 0; time < 2; time++)
      assert.match(
        await a.failure(`SELECT max(x), max(y) FROM ${openx}`),
        /HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: Duplicate key "x"/,
      )
  }
})
