/**
 * DuckDB's own Iceberg extension reads and writes tables beside Athena, by the REST catalog: `npm run accept:duckdb-iceberg`,
 * and a part of `npm run accept:iceberg`. Needs `python3`, and brings DuckDB the first time.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fetchDuckdbIceberg } from '../../tools/duckdb-iceberg/distribution.ts'
import { startDuckdbIceberg } from '../../tools/duckdb-iceberg/session.ts'
import type { LineSession } from '../../tools/line-session.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'

/** Why it cannot be had on this machine; undefined where it can. */
const reason = process.argv.includes('--where-possible')
  ? await fetchDuckdbIceberg().then(
      () => undefined,
      (error: unknown) => String(error instanceof Error ? error.message : error).slice(0, 400),
    )
  : undefined
if (reason !== undefined) console.log(`without DuckDB, whose Iceberg extension cannot be had here: ${reason}`)

type Row = readonly [id: number, name: string | null, day: string]

describe('DuckDB’s own Iceberg extension', { skip: reason }, () => {
  let a: AthenaLake
  let duckdb: LineSession
  before(async () => {
    a = await athenaLake()
    duckdb = await startDuckdbIceberg(a.lake.endpoint)
  })
  after(async () => {
    await duckdb?.stop()
    await a?.close()
  })

  const ask = (sql: string) => duckdb.ask({ sql })

  async function both(table: string, rows: ReadonlyMap<number, Row>): Promise<void> {
    const expected = [...rows.values()]
      .toSorted((one, other) => one[0] - other[0])
      .map((row) => [String(row[0]), row[1], row[2]])
    const columns = 'id, name, CAST(day AS varchar) FROM'
    assert.deepEqual(await a.rows(`SELECT ${columns} ${table} ORDER BY id`), expected, 'Athena')
    assert.deepEqual(await ask(`SELECT ${columns} lake.db.${table} ORDER BY id`), expected, 'DuckDB')
  }

  const text = ([id, name, day]: Row) => `(${id}, ${name === null ? 'NULL' : `'${name}'`}, DATE '${day}')`

  for (const partitions of ['', 'PARTITIONED BY (day)', 'PARTITIONED BY (bucket(4, id))'])
    test(`rows of each are the other's, ${partitions || 'not partitioned'}`, async () => {
      const table = `events_${partitions.replace(/[^a-z]/g, '')}`
      await a.succeed(
        `CREATE TABLE ${table} (id bigint, name string, day date) ${partitions} LOCATION 's3://data/${table}/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
      )
      const rows = new Map<number, Row>()
      const run = async (isDuckdb: boolean, sql: (name: string) => string) =>
        isDuckdb ? ask(sql(`lake.db.${table}`)) : a.succeed(sql(table))
      for (let turn = 0; turn < 6; turn++) {
        const isDuckdb = turn % 2 === 0
        const fresh = Array.from(
          { length: 5 },
          (_, i): Row => [turn * 10 + i, i === 4 ? null : `${turn} ${i}`, `2024-01-0${i + 1}`],
        )
        await run(isDuckdb, (name) => `INSERT INTO ${name} VALUES ${fresh.map(text).join(', ')}`)
        for (const row of fresh) rows.set(row[0], row)
        await both(table, rows)
        // Of what the other has written as well.
        const [gone, changed] = [...rows.keys()] as [number, number]
        await run(isDuckdb, (name) => `DELETE FROM ${name} WHERE id = ${gone}`)
        rows.delete(gone)
        await run(
          isDuckdb,
          (name) => `UPDATE ${name} SET name = 'changed ${turn}' WHERE id IN (${changed}, ${turn * 10 + 3})`,
        )
        for (const id of [changed, turn * 10 + 3]) rows.set(id, [id, `changed ${turn}`, rows.get(id)![2]])
        await both(table, rows)
      }
      await a.succeed(`OPTIMIZE ${table} REWRITE DATA USING BIN_PACK`)
      await both(table, rows)
      await a.succeed(`ALTER TABLE ${table} ADD COLUMNS (extra int)`)
      await a.succeed(`INSERT INTO ${table} VALUES (900, 'wider', DATE '2024-02-01', 7)`)
      assert.deepEqual(await ask(`SELECT id FROM lake.db.${table} WHERE extra = 7`), [['900']])
    })

  test('a table that DuckDB makes is everybody’s', async () => {
    await a.succeed("CREATE DATABASE pond LOCATION 's3://data/pond/'")
    await ask('CREATE TABLE lake.pond.ducks (id bigint, tags varchar[], place struct(x double, y double))')
    await ask("INSERT INTO lake.pond.ducks SELECT range, ['t' || range], {'x': range, 'y': -range} FROM range(1000)")
    assert.deepEqual(await a.rows('SELECT count(*), sum(id), max(tags[1]), min(place.y) FROM pond.ducks'), [
      ['1000', '499500', 't999', '-999.0'],
    ])
    await a.succeed('DELETE FROM pond.ducks WHERE id % 2 = 0')
    assert.deepEqual(await ask('SELECT count(*), sum(id) FROM lake.pond.ducks'), [['500', '250000']])
  })
})
