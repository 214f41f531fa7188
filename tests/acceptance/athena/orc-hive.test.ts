/** ORC files of an old Hive (tests/golden/orc_hive.java), in both versions of the format, with a union. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { athenaLake } from './lake.ts'

const a = await athenaLake()
after(() => a.close())

const ROWS = 3000
const COLUMNS = `id bigint, small smallint, name string, kind string, ok boolean, score double, ratio float, day date,
  at timestamp, price decimal(12,2), choice struct<tag:tinyint,field0:int,field1:string,field2:array<int>>,
  attrs map<string,int>, place struct<city:string,zip:int>`
const SELECT = `SELECT id, small, name, kind, ok, score, ratio, day, at, price, choice.tag, choice.field0, choice.field1,
  choice.field2, element_at(attrs, 'k'), place.city, place.zip`

/**
 * Hive 0.12 patched runs of version 2 in the wrong places: what Apache ORC 1.9.4 (`orc-tools data`) reads of these rows is
 * not what was written.
 */
const MISPATCHED: ReadonlyMap<number, string> = new Map([
  [512, '33423872'],
  [746, '4000000000746'],
  [1001, '1001'],
])

/** What the program writes in row `i`, as Athena shows it. */
function row(i: number, version: string): (string | null)[] {
  const double = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value))
  const at = new Date(Date.UTC(1969, 11, 31, 23) + i * 60_000 + (i % 4) * 250)
  const id = i % 1000 === 1 ? 4_000_000_000_000 + i : i
  const chose = (tag: number, value: string) => (i % 4 === tag ? value : null)
  return [
    (version === '0.12' && MISPATCHED.get(i)) || String(id),
    i % 3 === 0 ? null : String(i - 1500),
    i % 5 === 4 ? null : `näme ${i}`,
    ['alpha', 'beta', 'gamma'][i % 3]!,
    String(i % 2 === 0),
    double(i * 0.25),
    double(i * 0.5),
    new Date(Date.UTC(2024, 1, 29 + (i % 5000) - 2500)).toISOString().slice(0, 10),
    i === 0 ? null : at.toISOString().slice(0, 23).replace('T', ' '),
    ((i - 5) / 4).toFixed(2),
    i % 4 === 3 ? null : String(i % 4),
    chose(0, String(i)),
    chose(1, `text ${i}`),
    chose(2, `[${i}, ${i + 1}]`),
    i % 2 ? String(i) : null,
    i % 4 === 1 ? null : 'Bonn',
    i % 4 === 1 ? null : String(i),
  ]
}

for (const version of ['0.11', '0.12'])
  test(`version ${version} of the format`, async () => {
    const name = `hive_${version.replace('.', '_')}`
    await a.put(`${name}/a.orc`, readFileSync(new URL(`../../golden/orc/hive-${version}.orc`, import.meta.url)))
    await a.succeed(`CREATE EXTERNAL TABLE ${name} (${COLUMNS}) STORED AS ORC LOCATION 's3://data/${name}/'`)
    for (const offset of [0, 900, 1800, 2700]) {
      const read = await a.rows(`${SELECT} FROM ${name} ORDER BY score OFFSET ${offset} LIMIT 900`)
      assert.equal(read.length, Math.min(900, ROWS - offset))
      for (const [i, values] of read.entries()) assert.deepEqual(values, row(offset + i, version))
    }
    // By the statistics of its stripes and row groups.
    assert.deepEqual(await a.rows(`SELECT name FROM ${name} WHERE score = 500.25`), [['näme 2001']])
    assert.deepEqual(await a.rows(`SELECT count(*) FROM ${name} WHERE kind = 'delta'`), [['0']])
    assert.deepEqual(await a.rows(`SELECT count(*), sum(choice.field0) FROM ${name} WHERE choice.tag = 0`), [
      ['750', '1123500'],
    ])
  })
