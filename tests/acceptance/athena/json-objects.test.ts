/** Objects of one file that are not alike: the JSON SerDes find a key in any case, and what is missing is NULL. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  const alike = Array.from({ length: 500 }, (_, i) => `{"id": ${i}, "price": ${i / 4}, "note": "n${i}"}`)
  const unlike = [
    '{"ID": 500, "Price": "1.5", "note": "n500"}',
    '{"id": 501, "price": null}',
    '{"id": "502", "note": "last"}',
  ]
  await a.put('objects/a.json', `${[...alike, ...unlike].join('\n')}\n`)
  await a.put('alike/a.json', `${alike.join('\n')}\n`)
  const lacking = ['{"id": 500}', '{"note": "n501", "price": 0.5}', '{}']
  await a.put('lacking/a.json', `${[...alike, ...lacking.slice(0, 2)].join('\n')}\n`)
  await a.put('empty/a.json', `${[...alike, ...lacking].join('\n')}\n`)
  for (const name of ['objects', 'alike', 'lacking', 'empty'])
    await a.succeed(
      `CREATE EXTERNAL TABLE ${name} (id int, price decimal(10,2), note string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/${name}/'`,
    )
})
after(() => a.close())

/** The same of one file whose objects are alike, and of one where three are not. */
for (const [what, sql, alike, unlike] of [
  [
    'every column',
    'SELECT count(id), sum(id), sum(price), count(note) FROM',
    ['500', '124750', '31187.50', '500'],
    ['503', '126253', '31189.00', '502'],
  ],
  ['values that are missing', 'SELECT count(*) FROM # WHERE price IS NULL', ['0'], ['2']],
  ['values that are there', 'SELECT count(*) FROM # WHERE note IS NOT NULL', ['500'], ['502']],
  ['a condition', 'SELECT count(*), max(note) FROM # WHERE id >= 499', ['1', 'n499'], ['4', 'n500']],
  ['failures taken for NULL', 'SELECT count(*) FROM # WHERE coalesce(TRY(100 / id), -1) = -1', ['1'], ['1']],
  [
    'failures of what is missing',
    'SELECT count(*) FROM # WHERE TRY(CAST(note AS integer)) IS NULL AND TRY(price * 2) IS NULL',
    ['0'],
    ['2'],
  ],
  ['rows alone', 'SELECT count(*) FROM', ['500'], ['503']],
] as const)
  test(`objects that are alike, and others: ${what}`, async () => {
    const of = (table: string) => (sql.includes('#') ? sql.replace('#', table) : `${sql} ${table}`)
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(await a.rows(of('objects')), [unlike])
      assert.deepEqual(await a.rows(of('alike')), [alike])
    }
  })

test('members that some objects lack are NULL there', async () => {
  const sums = 'count(*), count(id), sum(id), count(price), sum(price), count(note), max(note)'
  for (let time = 0; time < 2; time++)
    for (const [table, rows] of [
      ['lacking', '502'],
      ['empty', '503'],
    ])
      assert.deepEqual(await a.rows(`SELECT ${sums} FROM ${table}`), [
        [rows, '501', '125250', '501', '31188.00', '501', 'n99'],
      ])
  assert.deepEqual(await a.rows('SELECT id, note FROM lacking WHERE id >= 499 OR id IS NULL ORDER BY note'), [
    ['499', 'n499'],
    [null, 'n501'],
    ['500', null],
  ])
})

test('decimals have all of their digits', async () => {
  const lines = [
    '{"d": 12345678901234567890.123456789, "s": "[1.00000000000000000001, \\" 2.00000000000000000002", "n": 1704067200000000}',
    '{"d": "-0.000000001", "l": [1.00000000000000000001, 2], "r": {"x": 9007199254740993.25}, "n": -9223372036854775808}',
    '{"D": 1e10, "s": "x", "n": 5}',
  ]
  await a.put('digits/a.json', `${lines.join('\n')}\n`)
  for (const [table, serde] of [
    ['hive', 'org.apache.hive.hcatalog.data.JsonSerDe'],
    ['openx', 'org.openx.data.jsonserde.JsonSerDe'],
  ]) {
    const columns = 'd decimal(38,9), s string, n bigint, l array<decimal(38,20)>, r struct<x:decimal(20,2)>'
    await a.succeed(
      `CREATE EXTERNAL TABLE ${table}_digits (${columns}) ROW FORMAT SERDE '${serde}' LOCATION 's3://data/digits/'`,
    )
    const items = 'CAST(d AS varchar), s, n, CAST(l[1] AS varchar), CAST(r.x AS varchar)'
    assert.deepEqual(await a.rows(`SELECT ${items} FROM ${table}_digits ORDER BY n DESC`), [
      [
        '12345678901234567890.123456789',
        '[1.00000000000000000001, " 2.00000000000000000002',
        '1704067200000000',
        null,
        null,
      ],
      ['10000000000.000000000', 'x', '5', null, null],
      ['-0.000000001', null, '-9223372036854775808', '1.00000000000000000001', '9007199254740993.25'],
    ])
    assert.deepEqual(await a.rows(`SELECT d FROM ${table}_digits LIMIT 1`), [['12345678901234567890.123456789']])
    const { Statistics } = await a.run(`SELECT sum(d) FROM ${table}_digits`)
    assert.equal(Statistics?.DataScannedInBytes, lines.join('\n').length + 1)
  }
})

test('what a query scans does not depend on whether objects are alike', async () => {
  const scanned = async (table: string) => {
    const { Statistics } = await a.run(`SELECT sum(id) FROM ${table}`)
    return Statistics?.DataScannedInBytes
  }
  for (const table of ['objects', 'alike', 'lacking']) {
    const first = await scanned(table)
    assert.ok(first !== undefined && first > 10_000)
    assert.equal(await scanned(table), first)
  }
})
