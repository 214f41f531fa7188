/**
 * Writers of one Iceberg table in turn, each of which reads exactly what all others have written: `npm run accept:iceberg`.
 * Needs `python3`, `mvn` and Java 17, for Trino Java 24 or 25, and brings Spark, Trino and PyIceberg the first time.
 * `--where-possible`: where they cannot be had, says why and passes. DuckDB's extension comes after them (`duckdb.ts`).
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { findJava } from '../../tools/java.ts'
import { fetchPyiceberg } from '../../tools/pyiceberg/distribution.ts'
import { fetchSpark, fetchSparkIceberg } from '../../tools/spark/distribution.ts'
import { fetchIcebergDistribution } from '../../tools/trino/distribution.ts'
import { type Clients, type Door, type Rows, startClients } from './lake.ts'
import './duckdb.ts'

/** Why they cannot be had on this machine; undefined where they can. */
async function missing(): Promise<string | undefined> {
  try {
    await Promise.all([findJava(), fetchSpark(), fetchSparkIceberg(), fetchPyiceberg()])
    return undefined
  } catch (error) {
    return String(error instanceof Error ? error.message : error).slice(0, 400)
  }
}

const reason = process.argv.includes('--where-possible') ? await missing() : undefined
if (reason !== undefined) console.log(`skipped, for not all of the writers can be had here: ${reason}`)

/** Its Iceberg connector is not to be had everywhere, nor its Java. */
const trinoIsMissing = await fetchIcebergDistribution()
  .then(({ java }) => findJava('java', java))
  .then(
    () => undefined,
    (error: unknown) => String(error instanceof Error ? error.message : error).slice(0, 400),
  )
if (trinoIsMissing !== undefined) console.log(`without Trino, which cannot be had here: ${trinoIsMissing}`)

const DOORS: readonly Door[] = ['rest', 'glue']
const ALL_ENGINES = ['Athena', 'Spark by rest', 'Spark by glue', 'Trino by rest', 'Trino by glue'] as const
type Engine = (typeof ALL_ENGINES)[number]
const ENGINES = ALL_ENGINES.filter((engine) => trinoIsMissing === undefined || !engine.startsWith('Trino'))

interface Row {
  readonly id: number
  readonly name: string | null
  readonly day: string
}

describe('all who write Iceberg tables, on one table', { skip: reason }, () => {
  let on: Clients
  before(async () => {
    on = await startClients(trinoIsMissing === undefined)
  })
  after(() => on?.stop())

  const run = (engine: Engine, sql: (table: (name: string) => string) => string): Promise<Rows> => {
    if (engine === 'Athena') return on.athena(sql((name) => name))
    const door: Door = engine.endsWith('rest') ? 'rest' : 'glue'
    if (engine.startsWith('Trino'))
      return on.trino(
        door,
        sql((name) => name),
      )
    return on.spark(sql((name) => `${door}.${name}`))
  }

  async function everybody(table: string, expected: readonly Row[]): Promise<void> {
    const wanted: Rows = [...expected].sort((a, b) => a.id - b.id).map(({ id, name, day }) => [String(id), name, day])
    for (const engine of ENGINES) {
      const found = await run(
        engine,
        (named) => `SELECT id, name, CAST(day AS varchar(10)) FROM ${named(table)} ORDER BY id`,
      )
      assert.deepEqual(found, wanted, engine)
    }
    for (const catalog of DOORS) {
      const found = await on.pyiceberg({ catalog, table, do: 'read', columns: ['id', 'name', 'day'] })
      const sorted = found.toSorted((a, b) => Number(a[0]) - Number(b[0]))
      assert.deepEqual(sorted, wanted, `PyIceberg by ${catalog}`)
    }
  }

  const values = (rows: readonly Row[]): string =>
    rows.map(({ id, name, day }) => `(${id}, ${name === null ? 'NULL' : `'${name}'`}, DATE '${day}')`).join(', ')

  test('a namespace and a table of each are everybody’s', async () => {
    await on.spark("CREATE NAMESPACE rest.shared LOCATION 's3://data/warehouse/shared'")
    const create: Readonly<Record<Engine, string>> = {
      Athena:
        "CREATE TABLE shared.of_athena (id bigint, name string, day date) PARTITIONED BY (day) LOCATION 's3://data/of_athena/' TBLPROPERTIES ('table_type'='ICEBERG')",
      'Spark by rest':
        'CREATE TABLE rest.shared.spark_rest (id bigint, name string, day date) PARTITIONED BY (days(day))',
      'Spark by glue':
        "CREATE TABLE glue.shared.spark_glue (id bigint, name string, day date) USING iceberg PARTITIONED BY (bucket(4, id)) TBLPROPERTIES ('write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read', 'write.merge.mode'='merge-on-read')",
      'Trino by rest':
        "CREATE TABLE shared.trino_rest (id bigint, name varchar, day date) WITH (partitioning = ARRAY['day'])",
      'Trino by glue': 'CREATE TABLE shared.trino_glue (id bigint, name varchar, day date)',
    }
    const tables = ['of_athena', 'spark_rest', 'spark_glue', 'trino_rest', 'trino_glue']
    for (const [i, engine] of ENGINES.entries()) {
      await run(engine, () => create[engine])
      const one = [{ id: 1, name: engine, day: '2024-01-01' }]
      await run(engine, (named) => `INSERT INTO ${named(`shared.${tables[i]}`)} VALUES ${values(one)}`)
      await everybody(`shared.${tables[i]}`, one)
    }
  })

  /** What is left after all of them, as a map in memory has it. */
  for (const table of ['shared.of_athena', 'shared.spark_glue'])
    test(`appends, updates, deletes and merges in turn, of ${table}`, async () => {
      const rows = new Map<number, Row>()
      for (const engine of ENGINES) await run(engine, (named) => `DELETE FROM ${named(table)} WHERE id >= 0`)
      let next = 10
      for (const [i, engine] of ENGINES.entries()) {
        const fresh = [0, 1, 2, 3].map((n) => ({
          id: next + n,
          name: n === 3 ? null : `${i}${n}`,
          day: `2024-01-0${1 + n}`,
        }))
        next += 10
        await run(engine, (named) => `INSERT INTO ${named(table)} VALUES ${values(fresh)}`)
        for (const row of fresh) rows.set(row.id, row)
        for (const catalog of DOORS) {
          const day = '2024-02-01'
          const own = { id: next++, name: `py ${catalog}`, day }
          await on.pyiceberg({ catalog, table, do: 'append', rows: [own] })
          rows.set(own.id, own)
        }
        await everybody(table, [...rows.values()])
      }
      for (const [i, engine] of ENGINES.entries()) {
        const [updated, deleted, merged] = [10 + i * 13, 11 + i * 13, 12 + i * 13].map((id) =>
          rows.has(id) ? id : [...rows.keys()][i * 3 + 1]!,
        ) as [number, number, number]
        await run(engine, (named) => `UPDATE ${named(table)} SET name = 'by ${engine}' WHERE id = ${updated}`)
        rows.set(updated, { ...rows.get(updated)!, name: `by ${engine}` })
        await run(engine, (named) => `DELETE FROM ${named(table)} WHERE id = ${deleted}`)
        rows.delete(deleted)
        const news = [
          { id: merged, name: 'merged', day: rows.get(merged)?.day ?? '2024-03-01' },
          { id: 1000 + i, name: 'new', day: '2024-03-01' },
        ]
        await run(
          engine,
          (named) =>
            `MERGE INTO ${named(table)} t USING (SELECT * FROM (VALUES ${values(news)}) AS v (id, name, day)) s ON t.id = s.id
             WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name, day) VALUES (s.id, s.name, s.day)`,
        )
        for (const row of news) rows.set(row.id, row)
        await everybody(table, [...rows.values()])
      }
      for (const catalog of DOORS) {
        const [gone, other] = [...rows.keys()] as [number, number]
        await on.pyiceberg({ catalog, table, do: 'delete', filter: `id = ${gone}` })
        rows.delete(gone)
        const instead = { ...rows.get(other)!, name: `over ${catalog}` }
        await on.pyiceberg({ catalog, table, do: 'overwrite', filter: `id = ${other}`, rows: [instead] })
        rows.set(other, instead)
        await everybody(table, [...rows.values()])
      }
    })

  test('columns that each adds are there for all', async () => {
    const table = 'shared.of_athena'
    const [{ length: before }] = [await run('Athena', () => `SELECT id FROM ${table}`)]
    for (const [i, engine] of ENGINES.entries()) {
      const one = engine.startsWith('Trino') ? `ADD COLUMN c${i} integer` : `ADD COLUMNS (c${i} int)`
      await run(engine, (named) => `ALTER TABLE ${named(table)} ${one}`)
    }
    for (const catalog of DOORS) await on.pyiceberg({ catalog, table, do: 'add column', name: `py_${catalog}` })
    const added = [...ENGINES.map((_, i) => `c${i}`), ...DOORS.map((door) => `py_${door}`)]
    await run(
      'Athena',
      () => `INSERT INTO ${table} (id, ${added.join(', ')}) VALUES (5000, ${added.map((_, i) => i).join(', ')})`,
    )
    for (const engine of ENGINES) {
      const found = await run(engine, (named) => `SELECT ${added.join(', ')} FROM ${named(table)} WHERE id = 5000`)
      assert.deepEqual(found, [added.map((_, i) => String(i))], engine)
      const none = await run(engine, (named) => `SELECT count(*) FROM ${named(table)} WHERE c0 IS NULL`)
      assert.deepEqual(none, [[String(before)]], engine)
    }
  })

  test('branches, tags and old snapshots of Spark are read by the others', async () => {
    const table = 'shared.spark_rest'
    await on.spark(`ALTER TABLE rest.${table} CREATE TAG first`)
    await on.spark(`ALTER TABLE rest.${table} CREATE BRANCH side`)
    await on.spark(`INSERT INTO rest.${table}.branch_side VALUES (7, 'side', DATE '2024-01-01')`)
    await on.athena(`INSERT INTO ${table} VALUES (8, 'main', DATE '2024-01-01')`)
    assert.deepEqual(await on.athena(`SELECT max(id) FROM ${table} FOR VERSION AS OF 'side'`), [['7']])
    assert.deepEqual(await on.athena(`SELECT max(id) FROM ${table} FOR VERSION AS OF 'first'`), [['1']])
    assert.deepEqual(await on.spark(`SELECT max(id) FROM rest.${table}`), [['8']])
    await on.spark(`CALL rest.system.rewrite_data_files('${table}')`)
    await on.spark(`ALTER TABLE rest.${table} RENAME TO shared.renamed`)
    assert.deepEqual(await on.athena('SELECT count(*) FROM shared.renamed'), [['2']])
    await on.spark('DROP TABLE rest.shared.renamed PURGE')
    const left = await on.spark('SHOW TABLES IN rest.shared')
    assert.ok(!left.some(([, name]) => name === 'renamed'))
  })
})
