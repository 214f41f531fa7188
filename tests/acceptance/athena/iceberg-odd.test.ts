/** Odd Iceberg tables, as Spark wrote them (tests/golden/iceberg_spark.py): extremes, evolved partitions, migrated files. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { expectedRows, putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'
import { putRelocated } from './relocated-tables.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

type Row = Readonly<Record<string, unknown>>

const moment = (value: unknown, zone = ''): string => `${String(value).padEnd(20, '.').padEnd(26, '0')}${zone}`
const bytes = (value: unknown): string => String(value).replace(/(..)(?=.)/g, '$1 ')
const list = (items: readonly unknown[] | null): string =>
  items === null ? 'null' : `[${items.map((item) => String(item)).join(', ')}]`

function decimal(text: string): string {
  const [digits = '', exponent] = text.split('E-')
  if (exponent === undefined) return text
  const [sign, whole] = digits.startsWith('-') ? ['-', digits.slice(1)] : ['', digits]
  return `${sign}0.${whole.replace('.', '').slice(0, 1).padStart(Number(exponent), '0')}`
}

function number(value: unknown): string {
  if (typeof value === 'string') return value
  return Object.is(value, -0) ? '-0.0' : (value as number).toFixed(1)
}

/** As Athena shows what Spark's JSON says. */
function shown(name: string, value: unknown): string | null {
  if (value === null) return null
  switch (name) {
    case 'at':
      return moment(value)
    case 'seen':
      return moment(value, ' UTC')
    case 'd':
    case 'f':
      return number(value)
    case 'n':
      return decimal(String(value))
    case 'raw':
      return bytes(value)
    case 'st':
      return `{c=${(value as Row).c}}`
    case 'mk':
      return Array.isArray(value) ? `{${value.map(([key, items]) => `{k=${key.k}}=${list(items)}`).join(', ')}}` : '{}'
    default:
      return String(value)
  }
}

/** Files of before hold no field that the struct has now: by the specification there is a struct of NULLs, where Spark sees NULL. */
const STRUCTS_OF_BEFORE = [1, 3, 4]

const CONDITIONS: readonly (readonly [sql: string, is: (row: Row) => boolean])[] = [
  ["at < TIMESTAMP '1970-01-01 00:00:00'", ({ at }) => at !== null && (at as string) < '1970'],
  ["at = TIMESTAMP '1969-12-31 23:59:59.999999'", ({ at }) => String(at).startsWith('1969')],
  ["at > TIMESTAMP '9999-12-31 00:00:00'", ({ at }) => String(at).startsWith('9999')],
  ["seen <= TIMESTAMP '1969-12-31 23:59:59.999999 UTC'", ({ seen }) => seen !== null && (seen as string) < '1970'],
  ["day = DATE '1969-12-31'", ({ day }) => day === '1969-12-31'],
  ["day < DATE '1970-01-01'", ({ day }) => day !== null && (day as string) < '1970'],
  ["day >= DATE '9999-12-31'", ({ day }) => day === '9999-12-31'],
  ['is_nan(d)', ({ d }) => d === 'NaN'],
  ['d = 0', ({ d }) => d === 0],
  ["f = REAL '0'", ({ f }) => f === 0],
  ['f < 1', ({ f }) => f === 0],
  ['d > 5', ({ d }) => d === 'Infinity'],
  ["n = DECIMAL '9999999999999999999999999999.9999999999'", ({ n }) => n === '9999999999999999999999999999.9999999999'],
  ["n < DECIMAL '0'", ({ n }) => String(n).startsWith('-')],
  ["n = DECIMAL '0.0000000001'", ({ n }) => n === '1.00E-10'],
  [`text = '${'é'.repeat(21)}'`, ({ text }) => text === 'é'.repeat(21)],
  [`text > '${'é'.repeat(18)}'`, ({ text }) => text !== null && (text as string) > 'é'.repeat(18)],
  [`text >= '${'😀'.repeat(17)}'`, ({ text }) => text === '😀'.repeat(17)],
  ["text = ''", ({ text }) => text === ''],
  ["raw = X'ffffffffffffffffffffffffffffffffffff'", ({ raw }) => String(raw).startsWith('ff')],
  ['at IS NULL', ({ at }) => at === null],
]

for (const name of ['odd', 'odd_v1'])
  test(`${name}: NaN, zeros, moments of all times, wide decimals, bounds that were cut off, partitions that came and went`, async () => {
    await putIceberg(a, name)
    const rows = expectedRows(name).map((row) => ({
      ...row,
      st: STRUCTS_OF_BEFORE.includes(row.id as number) ? { c: null } : row.st,
    }))
    const all = rows.map((row) => Object.entries(row).map(([column, value]) => shown(column, value)))
    assert.deepEqual(await a.rows(`SELECT * FROM ${name} ORDER BY id`), all)
    // By what partitions and bounds leave out, nothing is lost.
    for (const [condition, is] of name === 'odd' ? CONDITIONS : CONDITIONS.slice(0, 3))
      assert.deepEqual(
        await a.rows(`SELECT id FROM ${name} WHERE ${condition} ORDER BY id`),
        rows.filter(is).map((row) => [String((row as Row).id)]),
        condition,
      )
    const [[live]] = (await a.rows(`SELECT sum(record_count) FROM "${name}$files"`)) as [[string]]
    assert.equal(live, String(rows.length))
    assert.equal((await a.rows(`SELECT count(*) FROM "${name}$partitions"`)).length, 1)
  })

for (const name of ['migrated_parquet', 'migrated_orc'])
  test(`${name}: files of a Hive table, without ids and without the columns of their folders`, async () => {
    const location = readFileSync(`tests/golden/iceberg/${name}.location`, 'utf8').trim()
    assert.ok(existsSync(`tests/golden/iceberg/${name}/migrated`))
    await putRelocated(a, {
      name,
      folder: `tests/golden/iceberg/${name}`,
      from: [`file:///tmp/lentic-migrated/${name}`, `file:/tmp/lentic-migrated/${name}`],
      to: `s3://data/${name}/migrated`,
      metadata: location.slice(`s3://data/${name}/`.length),
    })
    const rows = expectedRows(name)
    const shownRow = ({ id, label, s, l, date, part }: Row): (string | null)[] => {
      const { x2, y, w } = s as Row
      return [
        String(id),
        label as string,
        `{x2=${x2}, y=${y}, w=${w}}`,
        `[${(l as Row[]).map(({ z2 }) => `{z2=${z2}}`)}]`,
        date as string,
        String(part),
      ]
    }
    assert.deepEqual(await a.rows(`SELECT * FROM ${name} ORDER BY id`), rows.map(shownRow))
    assert.deepEqual(
      await a.rows(`SELECT id, s.x2, part FROM ${name} WHERE part = 1 AND date < DATE '2024-01-03' ORDER BY id`),
      rows
        .filter(({ part, date }) => part === 1 && (date as string) < '2024-01-03')
        .map(({ id, s, part }) => [String(id), String((s as Row).x2), String(part)]),
    )
    assert.deepEqual(
      await a.rows(`SELECT date, count(*) FROM ${name} GROUP BY date ORDER BY date`),
      [...Map.groupBy(rows, ({ date }) => date as string)].map(([date, of]) => [date, String(of.length)]).toSorted(),
    )
  })

test('files without ids of a table that maps no names have nothing that it knows but their partitions, as Trino has it', async () => {
  const folder = 'tests/golden/iceberg/migrated_parquet'
  const location = readFileSync(`${folder}.location`, 'utf8').trim()
  await putRelocated(a, {
    name: 'unmapped',
    folder,
    from: ['file:///tmp/lentic-migrated/migrated_parquet', 'file:/tmp/lentic-migrated/migrated_parquet'],
    to: 's3://data/unmapped/migrated',
    metadata: location.slice('s3://data/migrated_parquet/'.length),
    change: (path, bytes) =>
      path.endsWith('.json') ? Buffer.from(bytes.toString().replace('schema.name-mapping.default', 'nothing')) : bytes,
  })
  assert.deepEqual(await a.rows('SELECT * FROM unmapped WHERE part = 0 ORDER BY date LIMIT 1'), [
    [null, null, null, null, '2024-01-01', '0'],
  ])
})
