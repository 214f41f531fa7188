/** Iceberg tables whose data and deletes lie in ORC or Avro, as Spark wrote them (tests/golden/iceberg_spark.py). https://iceberg.apache.org/spec/#appendix-a-format-specific-requirements */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectedRows, putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

type Row = Readonly<Record<string, unknown>>

/** As Athena shows what Spark's JSON says. */
function shown(name: string, value: unknown): string | null {
  if (value === null) return null
  switch (name) {
    case 'ratio':
      return (value as number).toFixed(1)
    case 'at':
      return String(value)
    case 'seen':
      return `${value}.000000 UTC`
    case 'raw':
      return String(value).replace(/(..)(?=.)/g, '$1 ')
    case 's':
      return `{a2=${(value as Row).a2}, b=${(value as Row).b}}`
    case 'l':
      return `[${(value as (Row | null)[]).map((item) => (item ? `{y=${item.y}}` : 'null')).join(', ')}]`
    case 'm':
      return `{k=${(value as Row).k}}`
    case 'mk': {
      const [[key, of]] = value as [[Row, string]]
      return `{{k=${key.k}}=${of}}`
    }
    default:
      return String(value)
  }
}

for (const [name, format] of [
  ['orcs', 'ORC'],
  ['avros', 'AVRO'],
] as const)
  test(`data and files of positions in ${format}: every type, columns and fields inside them evolved`, async () => {
    await putIceberg(a, name)
    const rows = expectedRows(name).map((row) => Object.entries(row).map(([column, value]) => shown(column, value)))
    const all = `SELECT * FROM ${name} ORDER BY id`
    assert.deepEqual(await a.rows(all), rows)
    // Asked again, of what is kept of the files; and of columns alone, of their places, of some rows.
    assert.deepEqual(await a.rows(all), rows)
    assert.deepEqual(
      await a.rows(`SELECT id, s.a2 FROM ${name} WHERE day < DATE '1970-01-05' OR s.b = 9 ORDER BY id`),
      expectedRows(name)
        .filter(({ day, id }) => (day !== null && (day as string) < '1970-01-05') || id === 9)
        .map(({ id, s }) => [String(id), String((s as Row).a2)]),
    )
    assert.deepEqual(
      await a.rows(`SELECT count(*), sum(count), min("$path") LIKE '%.${format.toLowerCase()}' FROM ${name}`),
      [
        [
          String(rows.length),
          String(expectedRows(name).reduce((sum, { count }) => sum + Number(count ?? 0), 0)),
          'true',
        ],
      ],
    )
    const formats = await a.rows(`SELECT DISTINCT file_format, content FROM "${name}$files" ORDER BY content`)
    assert.deepEqual(formats, [
      [format, '0'],
      [format, '1'],
    ])
    assert.match((await a.lines(`EXPLAIN SELECT * FROM ${name}`)).join('\n'), /Deletes: \d position delete files/)
    const [row] = await a.rows(`SELECT name FROM ${name} LIMIT 1`)
    assert.ok(expectedRows(name).some((one) => one.name === row![0]))
  })

test('rows of such a table are changed by Athena, whose files are Parquet', async () => {
  await a.succeed("UPDATE orcs SET name = 'of Athena' WHERE id IN (0, 11)")
  await a.succeed('DELETE FROM orcs WHERE count = 3')
  const changed = expectedRows('orcs').filter(({ id }) => id !== 3)
  assert.deepEqual(
    await a.rows('SELECT id, name FROM orcs ORDER BY id'),
    changed.map(({ id, name }) => [String(id), id === 0 || id === 11 ? 'of Athena' : (name as string | null)]),
  )
})
