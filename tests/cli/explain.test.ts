import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand } from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { run } from './process.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-explain-'))
let lake: AthenaLake
let environment: Record<string, string>

const ORDERS = `SELECT n AS id, n * 7919 % 1000 AS customer, concat('note ', CAST(n * 7 AS varchar)) AS note,
  CASE WHEN n % 10 < 7 THEN 'a' ELSE 'b' END AS shop
  FROM (SELECT a * 1000 + b AS n FROM UNNEST(sequence(0, 299)) AS t (a) CROSS JOIN UNNEST(sequence(0, 999)) AS u (b)) AS x`

before(async () => {
  const shop = new DatabaseSync(join(directory, 'shop.db'))
  shop.exec('CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT)')
  shop.close()
  lake = await athenaLake({ sqliteDirectory: directory })
  const properties = JSON.stringify({ JDBC_CONNECTION_URL: 'jdbc:sqlite:shop.db' })
  const Parameters = { 'connection-type': 'JDBC', 'connection-properties': properties }
  await lake.athena.send(new CreateDataCatalogCommand({ Name: 'Shop', Type: 'FEDERATED', Parameters }))
  environment = { LENTIC_ENDPOINT: lake.lake.endpoint }
  const make = (name: string, properties: string) =>
    lake.succeed(`CREATE TABLE ${name} WITH (${properties}, external_location = 's3://data/${name}/') AS ${ORDERS}`)
  await make('orders_csv', "format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE'")
  await make('orders_parquet', "format = 'PARQUET', write_compression = 'SNAPPY', partitioned_by = ARRAY['shop']")
  await make('orders_orc', "format = 'ORC'")
})
after(async () => {
  await lake.close()
  rmSync(directory, { recursive: true })
})

interface Explained {
  readonly scannedBytes: number
  readonly atMostBecause: readonly string[]
  readonly costUsd: number
  readonly scans: readonly {
    readonly partitions: readonly string[]
    readonly columns: readonly string[]
    readonly isUntold?: true
  }[]
}

const explained = async (sql: string, ...options: string[]): Promise<Explained> => {
  const answer = await run(['explain', sql, '--database', 'db', '--format', 'json', ...options], environment)
  assert.equal(answer.code, 0, answer.err)
  return JSON.parse(answer.out) as Explained
}
const scanned = async (sql: string): Promise<number> => (await lake.succeed(sql)).Statistics!.DataScannedInBytes!

test('what is said before is what the run then scans', async () => {
  for (const sql of [
    'SELECT sum(customer) FROM orders_csv',
    'SELECT sum(customer) FROM orders_parquet',
    'SELECT count(*) FROM orders_parquet',
    "SELECT max(note), sum(id) FROM orders_parquet WHERE shop = 'b'",
    'SELECT c.shop, count(*) FROM orders_csv AS c GROUP BY 1',
    'SELECT sum(customer) FROM orders_orc',
    'SELECT count(*) FROM orders_orc',
    'SELECT max(note) FROM orders_orc WHERE id < 1000',
    'SELECT max(note) FROM orders_orc WHERE id < 0',
  ]) {
    const said = await explained(sql)
    assert.deepEqual(said.atMostBecause, [], sql)
    assert.equal(said.scannedBytes, await scanned(sql), sql)
  }
})

/** Of which longer ends are read, and small columns along with their neighbours; those larger yet page by page. */
test('what is said of large files, and of wide ones, is what the run then scans', async () => {
  const noise = 'sha512(to_utf8(CAST(id AS varchar)))'
  const wide = Array.from({ length: 150 }, (_, i) => `id % 3 AS a_column_with_a_long_name_${i}`).join(', ')
  const make = (table: string, columns: string, rows: number) =>
    lake.succeed(
      `CREATE TABLE ${table} WITH (format = 'PARQUET') AS SELECT ${columns} FROM orders_csv WHERE id < ${rows}`,
    )
  await make('large', `id % 2 AS bit, ${noise} AS noise`, 300_000)
  await make('wide', wide, 20_000)
  await make('larger', `id AS a, ${noise} AS noise, sha512(${noise}) AS more`, 300_000)
  for (const sql of [
    'SELECT sum(bit) FROM large',
    'SELECT sum(a_column_with_a_long_name_0), sum(a_column_with_a_long_name_2) FROM wide',
    'SELECT sum(a_column_with_a_long_name_9) FROM wide',
    'SELECT sum(a) FROM larger',
  ]) {
    const [said, found] = [await explained(sql), await scanned(sql)]
    assert.deepEqual(said.atMostBecause, [], sql)
    const off = Math.abs(said.scannedBytes - found)
    // The beginning of each page is read twice.
    assert.ok(off <= (sql.endsWith('larger') ? 0.02 * found : 0), `${sql}: ${said.scannedBytes} and ${found}`)
  }
})

test('of statements that write, what they read is told', async () => {
  const iceberg = "table_type = 'ICEBERG', is_external = false, partitioning = ARRAY['shop']"
  await lake.succeed(`CREATE TABLE orders_iceberg WITH (${iceberg}, location = 's3://data/ice/') AS ${ORDERS}`)
  await lake.succeed('CREATE TABLE few AS SELECT 5 AS id, CAST(7 AS bigint) AS customer')
  const merge = (source: string) => `MERGE INTO orders_iceberg t USING (${source}) s ON t.id = s.id`
  await lake.succeed(
    `CREATE TABLE renamed (a int, b int) LOCATION 's3://data/renamed/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  await lake.succeed('INSERT INTO renamed VALUES (1, 2), (3, 4)')
  await lake.succeed('ALTER TABLE renamed CHANGE COLUMN a c int')
  for (const sql of [
    'SELECT sum(c) FROM renamed',
    'SELECT sum(c) FROM renamed WHERE c > 2',
    "DELETE FROM orders_iceberg WHERE shop = 'b' AND customer = 77",
    "SELECT sum(customer) FROM orders_iceberg WHERE shop = 'b'",
    "UPDATE orders_iceberg SET note = 'none' WHERE customer = 78",
    `${merge('SELECT 3 AS id')} WHEN MATCHED THEN DELETE`,
    `${merge('SELECT * FROM few')} WHEN MATCHED THEN UPDATE SET customer = s.customer
      WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.customer, 'new', 'a')`,
    'DELETE FROM orders_iceberg WHERE id < 0',
    "INSERT INTO few SELECT id, customer FROM orders_parquet WHERE shop = 'b' AND id < 20000",
    "INSERT INTO orders_iceberg SELECT id, customer, note, 'c' FROM orders_csv WHERE id < 10",
    'CREATE TABLE copied AS SELECT customer FROM orders_orc',
    "UNLOAD (SELECT note FROM orders_csv) TO 's3://data/unloaded/' WITH (format = 'JSON')",
    'DELETE FROM orders_iceberg',
  ]) {
    const said = await explained(sql)
    const found = await scanned(sql)
    assert.ok(said.scannedBytes >= found, `${sql}: ${said.scannedBytes} and ${found}`)
    if (said.atMostBecause.length === 0) assert.equal(said.scannedBytes, found, sql)
  }
})

test('where the run may read less, a bound is said, and why', async () => {
  for (const [sql, why] of [
    ['SELECT id FROM orders_csv LIMIT 5', /before its files end/],
    ['SELECT max(note) FROM orders_parquet WHERE id < 1000', /row group/],
    ['SELECT max(note) FROM orders_parquet WHERE customer = 77', /Bloom/],
  ] as const) {
    const said = await explained(sql)
    assert.match(said.atMostBecause.join(), why)
    assert.ok((await scanned(sql)) <= said.scannedBytes, sql)
  }
})

test('partitions, columns and the price are told, by either book', async () => {
  const sql = "SELECT max(note) FROM orders_parquet WHERE shop = 'b'"
  const said = await explained(sql, '--prices', 'seed')
  assert.deepEqual(said.scans[0]!.partitions, ['shop=b'])
  assert.deepEqual(said.scans[0]!.columns, ['note'])
  assert.equal(said.costUsd, 0.00005)
  const text = await run(['explain', sql, '--database', 'db', '--what-if', 'zstd'], environment)
  assert.equal(text.code, 0, text.err)
  assert.match(text.out, /db\.orders_parquet \(parquet\)\n {2}columns {5}note\n {2}partitions {2}1: shop=b\n/)
  assert.match(text.out, /were db\.orders_parquet changed: zstd\n/)
  assert.match(
    text.out,
    /CREATE TABLE "db"\."orders_parquet_parquet"\nWITH \(format = 'PARQUET', write_compression = 'ZSTD', partitioned_by = ARRAY\['shop'\]/,
  )
})

test('what can not be explained is said in a line', async () => {
  for (const [args, message] of [
    [['SELECT nothing FROM nowhere'], /does not exist/],
    [['SELECT 1', '--what-if', 'faster'], /There is no change 'faster'/],
    [['SELECT id FROM orders_csv', '--what-if', 'partition:colour'], /has no column 'colour'/],
    [['SELECT id FROM orders_csv', '--what-if', 'orc,gzip'], /not written with GZIP/],
    [['SHOW TABLES'], /nothing to explain/],
    [['SELECT 1', '--prices', 'cheap'], /no price book 'cheap'/],
  ] as const) {
    const answer = await run(['explain', ...args, '--database', 'db'], environment)
    assert.equal(answer.code, 1, args.join(' '))
    assert.match(answer.err, message)
  }
  const twice = await run(['explain', 'SELECT 1', '--what-if', 'orc', '--what-if', 'zstd'], environment)
  assert.deepEqual([twice.code, twice.err.split('\n')[0]], [2, 'lentic: --what-if is given twice'])
})

test('only a caller whose key is known is answered', async () => {
  const answer = await run(['explain', 'SELECT 1'], { ...environment, AWS_SECRET_ACCESS_KEY: 'wrong' })
  assert.equal(answer.code, 1)
  assert.match(answer.err, /signature/)
  const unsigned = await fetch(`${lake.lake.endpoint}/_lentic/explain`, { method: 'POST', body: '{"sql":"SELECT 1"}' })
  assert.notEqual(unsigned.status, 200)
})

test('what a source will send is said to be unknown, not nothing', async () => {
  const sql = 'SELECT c.name, count(*) FROM shop.main.customers c JOIN orders_csv o ON o.customer = c.id GROUP BY 1'
  const { scans, scannedBytes } = await explained(sql)
  assert.deepEqual(
    scans.map(({ isUntold, columns }) => [isUntold, columns]),
    [
      [true, ['id', 'name']],
      [undefined, ['customer']],
    ],
  )
  assert.ok(scannedBytes > 0)
  const { out } = await run(['explain', sql, '--database', 'db'], environment)
  assert.match(out, /^shop\.main\.customers \(source\)\n {2}columns {5}id, name\n {2}bytes {7}known once/m)
  assert.match(out, / scanned · .* on AWS, and what the sources send/)
})
