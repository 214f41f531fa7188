/**
 * Stock Spark and Trino on one lake: `npm run accept:hive`. Needs `python3`, `mvn` and Java 17, and brings both the first
 * time. Each reads what the others have written. `--where-possible`: where they cannot be had, says why and passes.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { findJava } from '../../tools/java.ts'
import { fetchSpark } from '../../tools/spark/distribution.ts'
import { fetchHiveDistribution } from '../../tools/trino/distribution.ts'
import { type Clients, type Rows, startClients, type TrinoCatalog } from './lake.ts'

/** Why they cannot be had on this machine; undefined where they can. */
async function missing(): Promise<string | undefined> {
  try {
    await Promise.all([findJava(), fetchHiveDistribution(), fetchSpark()])
    return undefined
  } catch (error) {
    return String(error instanceof Error ? error.message : error).slice(0, 400)
  }
}

const reason = process.argv.includes('--where-possible') ? await missing() : undefined
if (reason !== undefined) console.log(`skipped, for no Spark or Trino can be had here: ${reason}`)

const trinos: readonly TrinoCatalog[] = ['awsdatacatalog', 'glue']

describe('Spark, Trino and Athena on one lake', { skip: reason }, () => {
  let on: Clients
  before(async () => {
    on = await startClients()
  })
  after(() => on?.stop())

  /** Asked of everybody. */
  async function everybody(sql: string, expected: Rows): Promise<void> {
    assert.deepEqual(await on.spark(sql), expected, `Spark: ${sql}`)
    for (const catalog of trinos)
      assert.deepEqual(await on.trino(catalog, sql), expected, `Trino by ${catalog}: ${sql}`)
    assert.deepEqual(await on.athena(sql), expected, `Athena: ${sql}`)
  }

  test('what Spark writes', async () => {
    await on.spark("CREATE DATABASE of_spark COMMENT 'by Spark'")
    await on.spark(
      "CREATE TABLE of_spark.orders (id bigint, name string COMMENT 'who', price decimal(10,2)) PARTITIONED BY (day string, n int) STORED AS PARQUET",
    )
    await on.spark(
      "INSERT INTO of_spark.orders PARTITION (day, n) VALUES (1, 'a', 1.50, '2024-01-01', 1), (2, 'b', 2.50, '2024-01-02', 2), (3, NULL, 3.50, '2024-01-02', 3)",
    )
    await everybody('SELECT id, name, price, day, n FROM of_spark.orders ORDER BY id', [
      ['1', 'a', '1.50', '2024-01-01', '1'],
      ['2', 'b', '2.50', '2024-01-02', '2'],
      ['3', null, '3.50', '2024-01-02', '3'],
    ])
    await everybody("SELECT count(*) FROM of_spark.orders WHERE day = '2024-01-02' AND n > 2", [['1']])
    await on.spark('CREATE TABLE of_spark.plain USING parquet AS SELECT id, id * 2 AS twice FROM range(5)')
    await everybody('SELECT sum(twice) FROM of_spark.plain', [['20']])
    await on.spark("CREATE TABLE of_spark.text (a int, b string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','")
    await on.spark("INSERT INTO of_spark.text VALUES (1, 'x'), (2, 'y')")
    await everybody('SELECT a, b FROM of_spark.text ORDER BY a', [
      ['1', 'x'],
      ['2', 'y'],
    ])
  })

  test('what Spark changes', async () => {
    await on.spark('ALTER TABLE of_spark.orders ADD COLUMNS (extra int)')
    await on.spark(
      "ALTER TABLE of_spark.orders PARTITION (day='2024-01-01', n=1) RENAME TO PARTITION (day='2024-03-01', n=7)",
    )
    await on.spark("ALTER TABLE of_spark.orders ADD PARTITION (day='2024-04-01', n=9)")
    await on.spark("ALTER TABLE of_spark.orders DROP PARTITION (day='2024-01-02', n=2)")
    await on.spark("INSERT OVERWRITE of_spark.orders PARTITION (day='2024-05-01', n=1) SELECT 9, 'z', 9.50, 4")
    await everybody('SELECT id, extra, day, n FROM of_spark.orders ORDER BY id', [
      ['1', null, '2024-03-01', '7'],
      ['3', null, '2024-01-02', '3'],
      ['9', '4', '2024-05-01', '1'],
    ])
    await on.spark('ALTER TABLE of_spark.text RENAME TO of_spark.renamed')
    await on.spark('ALTER TABLE of_spark.plain RENAME TO of_spark.moved')
    await everybody('SELECT count(*) FROM of_spark.renamed', [['2']])
    await everybody('SELECT sum(twice) FROM of_spark.moved', [['20']])
    assert.deepEqual(await on.keys('warehouse/of_spark.db/text'), [])
    await on.spark('ANALYZE TABLE of_spark.orders COMPUTE STATISTICS FOR COLUMNS id, name')
    const described = Object.fromEntries(
      (await on.spark('DESCRIBE EXTENDED of_spark.orders name')) as [string, string][],
    )
    assert.deepEqual([described.num_nulls, described.distinct_count], ['1', '2'])
    await on.spark("CREATE FUNCTION of_spark.hexed AS 'org.apache.hadoop.hive.ql.udf.UDFHex'")
    assert.deepEqual(await on.spark('SELECT of_spark.hexed(255)'), [['FF']])
    await on.spark('DROP TABLE of_spark.renamed')
    assert.deepEqual(await on.keys('warehouse/of_spark.db/renamed'), [])
  })

  test('what Trino writes, by the metastore and by Glue', async () => {
    for (const catalog of trinos) {
      const home = `of_${catalog}`
      await on.trino(catalog, `CREATE SCHEMA ${home} WITH (location = 's3a://data/warehouse/${home}')`)
      await on.trino(
        catalog,
        `CREATE TABLE ${home}.t (id bigint, name varchar, d date, p varchar) WITH (partitioned_by = ARRAY['p'], format = 'PARQUET')`,
      )
      await on.trino(catalog, `INSERT INTO ${home}.t VALUES (1, 'a', DATE '2024-01-01', 'x'), (2, NULL, NULL, 'y/z')`)
      await everybody(`SELECT id, name, d, p FROM ${home}.t ORDER BY id`, [
        ['1', 'a', '2024-01-01', 'x'],
        ['2', null, null, 'y/z'],
      ])
      await on.trino(catalog, `ALTER TABLE ${home}.t ADD COLUMN more int`)
      await on.trino(catalog, `COMMENT ON TABLE ${home}.t IS 'said by Trino'`)
      await on.trino(
        catalog,
        `CALL ${catalog}.system.create_empty_partition('${home}', 't', ARRAY['p'], ARRAY['none'])`,
      )
      await on.trino(catalog, `DELETE FROM ${home}.t WHERE p = 'x'`)
      await everybody(`SELECT id, more, p FROM ${home}.t`, [['2', null, 'y/z']])
      assert.deepEqual(await on.spark(`SHOW PARTITIONS ${home}.t`), [['p=none'], ['p=y%2Fz']])
      const stats = await on.trino(catalog, `SHOW STATS FOR ${home}.t`)
      assert.deepEqual(stats.at(-1)?.[4], '1.0')
      await on.trino(catalog, `CREATE VIEW ${home}.seen AS SELECT id, p FROM ${home}.t`)
      for (const reader of trinos)
        assert.deepEqual(await on.trino(reader, `SELECT * FROM ${home}.seen`), [['2', 'y/z']])
    }
    // A view of Trino's names the catalog that it was made in.
    assert.deepEqual(await on.athena('SELECT * FROM of_awsdatacatalog.seen'), [['2', 'y/z']])
    // By Glue, Trino renames nothing.
    await on.trino('awsdatacatalog', 'ALTER TABLE of_awsdatacatalog.t RENAME TO of_awsdatacatalog.u')
    await everybody('SELECT id FROM of_awsdatacatalog.u', [['2']])
  })

  test('what Athena writes', async () => {
    await on.athena("CREATE DATABASE of_athena LOCATION 's3://data/of_athena/'")
    await on.athena(
      "CREATE TABLE of_athena.t WITH (format = 'PARQUET', partitioned_by = ARRAY['p'], external_location = 's3://data/of_athena/t/') AS SELECT id, CAST(name AS varchar) AS name, CAST(p AS varchar) AS p FROM (VALUES (1, 'a', 'x'), (2, 'b', 'y')) AS v (id, name, p)",
    )
    const first = [
      ['1', 'a', 'x'],
      ['2', 'b', 'y'],
    ]
    await everybody('SELECT id, name, p FROM of_athena.t ORDER BY id', first)
    await on.spark("INSERT INTO of_athena.t PARTITION (p='x') VALUES (3, 'of Spark')")
    await on.trino('awsdatacatalog', "INSERT INTO of_athena.t VALUES (4, 'of Trino', 'z')")
    await on.athena("INSERT INTO of_athena.t VALUES (5, 'of Athena', 'y')")
    await everybody('SELECT id, name, p FROM of_athena.t ORDER BY id', [
      ...first,
      ['3', 'of Spark', 'x'],
      ['4', 'of Trino', 'z'],
      ['5', 'of Athena', 'y'],
    ])
  })

  test('buckets of Athena and of Trino are the same', async () => {
    const columns = 'id, big, name, short, flag, d, r, x'
    const rows = `SELECT CAST(n AS integer) AS id, CAST(n AS bigint) * -7919000000007 AS big, concat('é', CAST(n AS varchar)) AS name,
      CAST(CAST(n AS varchar) AS varchar(5)) AS short, n % 2 = 0 AS flag, date_add('day', -n, DATE '1970-01-09') AS d,
      CAST(n * -0.37 AS real) AS r, n * -1.37E0 AS x FROM UNNEST(sequence(1, 40)) AS t (n)`
    await on.trino('awsdatacatalog', "CREATE SCHEMA buckets WITH (location = 's3a://data/warehouse/buckets')")
    const keys = { name: ['name'], typed: ['id', 'short', 'flag', 'd'], big: ['big'], floats: ['r', 'x'] }
    for (const [name, by] of Object.entries(keys)) {
      const bucketing = `bucketed_by = ARRAY[${by.map((key) => `'${key}'`).join(', ')}], bucket_count = 7`
      const ctas = (table: string, properties: string) =>
        `CREATE TABLE buckets.${table} WITH (format = 'PARQUET', ${properties}, ${bucketing}) AS ${rows}`
      await on.athena(ctas(`athena_${name}`, `external_location = 's3://data/buckets/${name}/'`))
      await on.trino('awsdatacatalog', ctas(`trino_${name}`, 'partitioned_by = ARRAY[]'))
      const everyRow = await on.trino('awsdatacatalog', `SELECT ${columns} FROM buckets.trino_${name} ORDER BY id`)
      assert.equal(everyRow.length, 40)
      for (const writer of ['athena', 'trino'])
        for (const catalog of trinos) {
          // Trino checks of every row that it lies in its bucket.
          const table = `buckets.${writer}_${name}`
          assert.deepEqual(await on.trino(catalog, `SELECT ${columns} FROM ${table} ORDER BY id`), everyRow)
          const places = await on.trino(catalog, `SELECT id, "$bucket" FROM ${table} ORDER BY id`)
          const others = await on.trino(catalog, `SELECT id, "$bucket" FROM buckets.trino_${name} ORDER BY id`)
          assert.deepEqual(places, others)
        }
    }
    for (const writer of ['athena', 'trino']) {
      for (let n = 1; n <= 40; n++)
        assert.deepEqual(await on.athena(`SELECT id FROM buckets.${writer}_name WHERE name = 'é${n}'`), [[String(n)]])
      assert.deepEqual(
        await on.athena(
          `SELECT id FROM buckets.${writer}_typed WHERE id IN (3, 4) AND short IN ('3', '4') AND flag IN (true, false) AND d IN (DATE '1970-01-06', DATE '1970-01-05') ORDER BY id`,
        ),
        [['3'], ['4']],
      )
      assert.deepEqual(await on.athena(`SELECT id FROM buckets.${writer}_big WHERE big = -47514000000042`), [['6']])
    }
    await on.trino('awsdatacatalog', 'DROP SCHEMA buckets CASCADE')
  })

  test('what one of them drops is gone for all', async () => {
    await on.spark('DROP TABLE of_awsdatacatalog.u')
    assert.deepEqual(await on.keys('warehouse/of_awsdatacatalog/t'), [])
    await assert.rejects(on.trino('awsdatacatalog', 'SELECT * FROM of_awsdatacatalog.u'), /TABLE_NOT_FOUND/)
    await on.trino('awsdatacatalog', 'DROP SCHEMA of_glue CASCADE')
    await on.spark('DROP DATABASE of_spark CASCADE')
    await on.spark('DROP DATABASE of_awsdatacatalog CASCADE')
    const left = await on.spark('SHOW DATABASES')
    assert.deepEqual(left.flat().sort(), ['db', 'default', 'of_athena'])
    assert.deepEqual(await on.keys('warehouse/of_spark.db'), [])
  })
})
