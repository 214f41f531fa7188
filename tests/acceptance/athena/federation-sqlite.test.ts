/** Tables of a SQLite file, registered as a data catalog, beside tables of the lake. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import {
  CreateDataCatalogCommand,
  GetQueryExecutionCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  ListTableMetadataCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { CreateConnectionCommand } from '@aws-sdk/client-glue'
import { run } from '../../cli/process.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-federation-'))
let a: AthenaLake

before(async () => {
  const database = new DatabaseSync(join(directory, 'shop.db'))
  database.exec(`
    CREATE TABLE "Customers" (id INTEGER PRIMARY KEY, name TEXT, country TEXT, since DATE, credit DECIMAL(10,2));
    INSERT INTO "Customers" VALUES (1, 'Ann', 'NO', '2020-01-02', 10.5), (2, 'Bo', NULL, '2021-03-04', NULL),
      (3, 'Cyd', 'SE', NULL, -3);
    CREATE VIEW endless AS WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i) SELECT n FROM i WHERE n < 0;
    CREATE TABLE signs (id INTEGER PRIMARY KEY, text TEXT);
    INSERT INTO signs VALUES (1, '5%'), (2, '50'), (3, '!'), (4, NULL);
    CREATE TABLE wrong (n INTEGER);
    INSERT INTO wrong VALUES ('many');
    CREATE TABLE many (n INTEGER PRIMARY KEY, word TEXT);
    WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 1000000)
      INSERT INTO many SELECT n, 'word ' || (n % 1000) FROM i;
  `)
  database.close()
  a = await athenaLake({ sqliteDirectory: directory })
  await a.glue.send(
    new CreateConnectionCommand({
      ConnectionInput: {
        Name: 'shop-file',
        ConnectionType: 'JDBC',
        ConnectionProperties: { JDBC_CONNECTION_URL: 'jdbc:sqlite:shop.db' },
      },
    }),
  )
  await a.athena.send(
    new CreateDataCatalogCommand({
      Name: 'Shop',
      Type: 'FEDERATED',
      Parameters: { 'connection-arn': 'arn:aws:glue:us-east-1:000000000000:connection/shop-file' },
    }),
  )
  await a.succeed(
    "CREATE TABLE orders WITH (external_location = 's3://data/orders/') AS SELECT * FROM (VALUES (1, 5.0), (1, 7.0), (3, 1.0), (9, 2.0)) AS t (customer, amount)",
  )
})
after(async () => {
  await a.close()
  rmSync(directory, { recursive: true })
})

test('a table of a source joins one of the lake', async () => {
  const rows = await a.rows(`
    SELECT c.name, c.since, c.credit, sum(o.amount) FROM "shop"."main"."customers" c
    JOIN orders o ON o.customer = c.id GROUP BY 1, 2, 3 ORDER BY 1`)
  assert.deepEqual(rows, [
    ['Ann', '2020-01-02', '10.50', '12.0'],
    ['Cyd', null, '-3.00', '1.0'],
  ])
})

test('what it costs is of the source, not of a table of the lake of the same name', async () => {
  await a.succeed('SELECT count(*) FROM shop.main.customers')
  const { out } = await run(['cost', '--by', 'table', '--format', 'csv'], { LENTIC_ENDPOINT: a.lake.endpoint })
  assert.match(out, /^shop\.main\.customers,\d/m)
  assert.doesNotMatch(out, /^main\.customers,/m)
})

test('conditions that NULL makes true, and patterns that escape, lose no row of a source', async () => {
  const ids = async (condition: string) =>
    (await a.rows(`SELECT id FROM shop.main.signs WHERE ${condition} ORDER BY id`)).flat()
  assert.deepEqual(await ids('text IS NOT DISTINCT FROM NULL'), ['4'])
  assert.deepEqual(await ids("text LIKE '5!%' ESCAPE '!'"), ['1'])
  assert.deepEqual(await ids("text LIKE '!!' ESCAPE '!' OR text LIKE '5$%%' ESCAPE '$'"), ['1', '3'])
  assert.deepEqual(await ids("NOT text LIKE '5!%' ESCAPE '!'"), ['2', '3'])
})

test('names, listings and the information schema answer from the source', async () => {
  assert.deepEqual(await a.lines('SHOW DATABASES IN shop'), ['main'])
  assert.deepEqual(await a.lines('SHOW TABLES IN shop.main'), ['customers', 'endless', 'many', 'signs', 'wrong'])
  assert.deepEqual(await a.lines("SHOW TABLES IN shop.main 'cust*'"), ['customers'])
  assert.deepEqual(
    (await a.lines('DESCRIBE shop.main.customers')).map((line) => line.split(/\s+/).slice(0, 2).join(' ')),
    ['id bigint', 'name string', 'country string', 'since date', 'credit decimal(10,2)'],
  )
  const inSource = { QueryExecutionContext: { Catalog: 'shop', Database: 'main' } }
  assert.deepEqual(await a.rows('SELECT count(*) FROM customers', inSource), [['3']])
  assert.deepEqual(
    await a.rows(
      "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name = 'many' ORDER BY 2",
      inSource,
    ),
    [
      ['many', 'n', 'bigint'],
      ['many', 'word', 'varchar'],
    ],
  )
  assert.deepEqual(await a.rows('SELECT schema_name FROM shop.information_schema.schemata'), [['main']])
  assert.match(
    await a.failure('SELECT * FROM shop.main.absent'),
    /^TABLE_NOT_FOUND: line 1:15: Table 'shop\.main\.absent' does not exist/,
  )
  assert.match(
    await a.failure('SELECT * FROM shop.absent.t'),
    /^SCHEMA_NOT_FOUND: line 1:15: Schema 'absent' does not exist/,
  )
})

test("Athena's metadata operations answer from the source", async () => {
  const { DatabaseList } = await a.athena.send(new ListDatabasesCommand({ CatalogName: 'Shop' }))
  assert.deepEqual(DatabaseList, [{ Name: 'main' }])
  const place = { CatalogName: 'Shop', DatabaseName: 'main' }
  const first = await a.athena.send(new ListTableMetadataCommand({ ...place, MaxResults: 3 }))
  assert.deepEqual(
    first.TableMetadataList!.map(({ Name }) => Name),
    ['customers', 'endless', 'many'],
  )
  const second = await a.athena.send(new ListTableMetadataCommand({ ...place, NextToken: first.NextToken }))
  assert.deepEqual(
    second.TableMetadataList!.map(({ Name }) => Name),
    ['signs', 'wrong'],
  )
  const { TableMetadata } = await a.athena.send(new GetTableMetadataCommand({ ...place, TableName: 'customers' }))
  assert.deepEqual(TableMetadata!.Columns!.slice(0, 2), [
    { Name: 'id', Type: 'bigint' },
    { Name: 'name', Type: 'string' },
  ])
  await assert.rejects(a.athena.send(new GetTableMetadataCommand({ ...place, TableName: 'absent' })), {
    name: 'MetadataException',
  })
})

test('what is asked of the source is shown by EXPLAIN, and is what comes over the wire', async () => {
  const plan = (
    await a.lines("EXPLAIN SELECT name FROM shop.main.customers WHERE country = 'NO' AND id BETWEEN 1 AND 5")
  ).join('\n')
  assert.match(plan, /Source: sqlite, pushed down: \[country, id\]/)
  assert.match(
    plan,
    /Asked: SELECT "name", "country" FROM "Customers" WHERE "country" COLLATE BINARY = 'NO' AND \("id" >= 1 AND "id" <= 5\)|Asked: SELECT .*"id" >= 1/,
  )
  const scanned = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!
  const whole = await scanned('SELECT sum(n), max(word) FROM shop.main.many')
  const narrow = await scanned('SELECT sum(n) FROM shop.main.many')
  const few = await scanned("SELECT sum(n), max(word) FROM shop.main.many WHERE word = 'word 7'")
  const first = await scanned('SELECT * FROM shop.main.many LIMIT 10')
  assert.equal(narrow, 8_000_000)
  assert.ok(whole > narrow && few * 500 < whole && first < 1000, `${whole} ${narrow} ${few} ${first}`)
})

test('a million rows', async () => {
  assert.deepEqual(await a.rows('SELECT count(*), sum(n), count(DISTINCT word) FROM shop.main.many'), [
    ['1000000', '500000500000', '1000'],
  ])
})

test('what goes wrong in a source is told in its words, and sources are only read', async () => {
  assert.equal(
    await a.failure('SELECT * FROM shop.main.wrong'),
    "GENERIC_USER_ERROR: Encountered an exception from the data source Shop: Column n holds 'many', which is no bigint",
  )
  const refused = /^NOT_SUPPORTED: This operation is currently not supported for external catalogs$/
  for (const sql of [
    "INSERT INTO shop.main.many VALUES (1, 'x')",
    'DELETE FROM shop.main.many',
    'CREATE TABLE shop.main.other AS SELECT 1 AS one',
  ])
    assert.match(await a.failure(sql), refused, sql)
})

test('a view of the lake reads a source, and a table is made of one', async () => {
  await a.succeed(
    'CREATE VIEW buyers AS SELECT c.name, o.amount FROM shop.main.customers c JOIN awsdatacatalog.db.orders o ON o.customer = c.id',
  )
  assert.deepEqual(await a.rows('SELECT name, sum(amount) FROM buyers GROUP BY 1 ORDER BY 1'), [
    ['Ann', '12.0'],
    ['Cyd', '1.0'],
  ])
  await a.succeed("CREATE TABLE kept WITH (external_location = 's3://data/kept/') AS SELECT * FROM shop.main.customers")
  assert.deepEqual(await a.rows('SELECT id, name, country, since, credit FROM kept ORDER BY id'), [
    ['1', 'Ann', 'NO', '2020-01-02', '10.50'],
    ['2', 'Bo', null, '2021-03-04', null],
    ['3', 'Cyd', 'SE', null, '-3.00'],
  ])
})

test('a scan without an end is stopped, and others go on beside it', async () => {
  const id = await a.start('SELECT count(*) FROM shop.main.endless')
  while (
    (await a.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))).QueryExecution!.Status!.State ===
    'QUEUED'
  )
    await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual(await a.rows('SELECT count(*) FROM shop.main.many WHERE n <= 10'), [['10']])
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
  assert.equal((await a.ended(id)).Status!.State, 'CANCELLED')
  assert.deepEqual(await a.rows('SELECT count(*) FROM shop.main.many'), [['1000000']])
})
