/** Every way to a table, tried by somebody who may see a part of it: nothing of the rest comes through. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetQueryResultsCommand, GetTableMetadataCommand, ListTableMetadataCommand } from '@aws-sdk/client-athena'
import {
  CreateTableCommand,
  CreateUserDefinedFunctionCommand,
  GetColumnStatisticsForTableCommand,
  GetPartitionsCommand,
  GetTableVersionsCommand,
  GetUserDefinedFunctionsCommand,
  SearchTablesCommand,
  UpdateColumnStatisticsForTableCommand,
} from '@aws-sdk/client-glue'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { send } from '../wire/signed-request.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from './governed-lake.ts'

let house: GovernedLake
let reader: Person

/** What the reader must never meet: names and values of what is hidden from it. */
const SECRETS = /email|example\.org|SECRET|hidden_table|'US'|region=US/

before(async () => {
  house = await governedLake()
  const rows = (order: string) =>
    `SELECT id, name, email, amount, ${order}region FROM (VALUES
       (1, 'Ann', 'ann@example.org', 20, 'EU'), (2, 'SECRET Bob', 'bob@example.org', 30, 'US'),
       (3, 'Cai', 'cai@example.org', 40, 'EU')) AS t (id, name, email, amount, region)`
  await house.root.table(
    `CREATE TABLE orders WITH (format = 'PARQUET', external_location = 's3://data/orders/', partitioned_by = ARRAY['region']) AS ${rows('')}`,
  )
  await house.root.table(
    `CREATE TABLE sales WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/sales/', partitioning = ARRAY['region']) AS ${rows('')}`,
  )
  await house.root.table('CREATE VIEW everything AS SELECT * FROM orders')
  await house.root.table("CREATE TABLE hidden_table WITH (external_location = 's3://data/hidden/') AS SELECT 1 AS one")
  for (const TableName of ['orders', 'sales']) {
    const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName, Name: 'eu' }
    await house.root.lakeFormation.send(
      new CreateDataCellsFilterCommand({
        TableData: {
          ...key,
          RowFilter: { FilterExpression: "region = 'EU'" },
          ColumnNames: ['id', 'name', 'amount', 'region'],
        },
      }),
    )
    await house.grant('reader', { DataCellsFilter: key }, ['SELECT'])
  }
  reader = house.as('reader')
})
after(() => house.close())

const answers = async (sql: string): Promise<string> => JSON.stringify(await reader.table(sql))

test('whatever is read of the tables is a part of them', async () => {
  const statements = (table: string): string[] => [
    `SELECT * FROM ${table}`,
    `SELECT count(*), max(amount), approx_distinct(name) FROM ${table}`,
    `TABLE ${table}`,
    `SELECT name FROM ${table} WHERE region <> 'nowhere' ORDER BY amount DESC`,
    `WITH t AS (SELECT * FROM ${table}) SELECT * FROM t a, t b`,
    `SELECT (SELECT max(name) FROM ${table})`,
    `SELECT * FROM ${table} TABLESAMPLE BERNOULLI (100)`,
    `DESCRIBE ${table}`,
    `SHOW COLUMNS IN ${table}`,
    `EXPLAIN SELECT * FROM ${table}`,
    `EXPLAIN ANALYZE SELECT * FROM ${table}`,
    `EXPLAIN (TYPE IO, FORMAT JSON) SELECT * FROM ${table}`,
    'SHOW TABLES',
    'SELECT * FROM information_schema.tables',
    'SELECT * FROM information_schema.columns',
  ]
  for (const sql of [
    ...statements('orders'),
    ...statements('sales'),
    'SHOW PARTITIONS orders',
    'SELECT * FROM "orders$partitions"',
  ])
    assert.doesNotMatch(await answers(sql), SECRETS, sql)
  for (const table of ['orders', 'sales']) {
    assert.deepEqual(await reader.rows(`SELECT id, name, amount, region FROM ${table} ORDER BY id`), [
      ['1', 'Ann', '20', 'EU'],
      ['3', 'Cai', '40', 'EU'],
    ])
    assert.deepEqual(await reader.rows(`SELECT count(*), sum(amount) FROM ${table}`), [['2', '60']])
  }
  assert.deepEqual(await reader.rows('SHOW PARTITIONS orders'), [])
  assert.deepEqual(await reader.table('SHOW PARTITIONS orders'), [['region=EU']])
})

test('what tells of all rows or of files is refused', async () => {
  const refused = [
    'SELECT * FROM "sales$files"',
    'SELECT * FROM "sales$snapshots"',
    'SELECT * FROM "sales$partitions"',
    'SELECT * FROM "sales$history"',
    'SELECT "$path" FROM orders',
    'SELECT "$path" FROM sales',
    'SELECT email FROM sales',
    'SHOW CREATE TABLE sales',
    'SHOW TBLPROPERTIES sales',
    'SELECT * FROM hidden_table',
    'SELECT * FROM everything',
    'DESCRIBE FORMATTED sales',
    'DELETE FROM sales WHERE id = 1',
    "UPDATE sales SET name = 'x'",
    'MERGE INTO sales s USING (SELECT 1 AS id) u ON s.id = u.id WHEN MATCHED THEN DELETE',
    "INSERT INTO orders SELECT 9, 'x', 'y', 1, 'EU'",
    'OPTIMIZE sales REWRITE DATA USING BIN_PACK',
    'VACUUM sales',
    'DROP TABLE sales',
    "ALTER TABLE sales SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold' = '10')",
    "ALTER TABLE orders ADD PARTITION (region = 'XX')",
    'MSCK REPAIR TABLE orders',
    "CREATE TABLE mine WITH (external_location = 's3://data/mine/') AS SELECT * FROM orders",
    'DROP DATABASE db CASCADE',
  ]
  for (const sql of refused) {
    const { state, reason } = await reader.ended(await reader.start(sql))
    assert.equal(state, 'FAILED', sql)
    assert.doesNotMatch(reason!.replaceAll(/hidden_table|email/g, ''), SECRETS, `${sql}: ${reason}`)
  }
})

test('a grant of all but some columns hides them in the past too, whatever they were called', async () => {
  await house.root.table(
    "CREATE TABLE people WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/people/') AS SELECT 1 AS id, 'SECRET' AS mail",
  )
  const [[snapshot]] = (await house.root.rows('SELECT snapshot_id FROM "people$snapshots"')) as [[string]]
  await house.root.table('ALTER TABLE people CHANGE COLUMN mail email string')
  await house.grant(
    'reader',
    { TableWithColumns: { DatabaseName: 'db', Name: 'people', ColumnWildcard: { ExcludedColumnNames: ['email'] } } },
    ['SELECT'],
  )
  assert.deepEqual(await reader.table('SELECT * FROM people'), [['id'], ['1']])
  assert.deepEqual(await reader.table(`SELECT * FROM people FOR VERSION AS OF ${snapshot}`), [['id'], ['1']])
  assert.match(await reader.failure(`SELECT mail FROM people FOR VERSION AS OF ${snapshot}`), /^COLUMN_NOT_FOUND/)
})

test('a column that is gone is in files and in the past: a list that leaves out only that is no grant of all there was', async () => {
  await house.root.table(
    "CREATE TABLE guests WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/guests/') AS SELECT 1 AS id, 'SECRET' AS mail",
  )
  const [[snapshot]] = (await house.root.rows('SELECT snapshot_id FROM "guests$snapshots"')) as [[string]]
  const listed = (ColumnWildcard: object) => ({ DatabaseName: 'db', Name: 'guests', ColumnWildcard })
  await house.grant('reader', { TableWithColumns: listed({ ExcludedColumnNames: ['mail'] }) }, ['SELECT'])
  await house.grant('keeper', { Table: { DatabaseName: 'db', Name: 'guests' } }, ['SELECT'])
  await house.root.table('ALTER TABLE guests DROP COLUMN mail')
  assert.deepEqual(await reader.table('SELECT * FROM guests'), [['id'], ['1']])
  assert.deepEqual(await reader.table(`SELECT * FROM guests FOR VERSION AS OF ${snapshot}`), [['id'], ['1']])
  assert.match(
    await reader.failure('SELECT * FROM "guests$files"'),
    /requester is not authorized|insufficient|Insufficient/i,
  )
  const load = async (one: Person): Promise<number> => {
    const credentials = await (one.client.credentials as unknown as () => Promise<object>)()
    const path = '/iceberg/v1/catalogs/000000000000/namespaces/db/tables/guests'
    return (await send({ ...house.lake, credentials } as never, { service: 'glue', method: 'GET', path })).status
  }
  const keeper = house.as('keeper')
  assert.equal((await keeper.rows('SELECT file_path FROM "guests$files"')).length, 1)
  assert.deepEqual([await load(reader), await load(keeper)], [403, 200])
})

test('a result that somebody has been given is not for others', async () => {
  const reuse = {
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } },
  }
  const sql = 'SELECT name FROM orders ORDER BY id'
  const id = await house.root.start(sql, reuse)
  assert.equal((await house.root.ended(id)).state, 'SUCCEEDED')
  assert.deepEqual(await reader.table(sql, reuse), [['name'], ['Ann'], ['Cai']])
  assert.deepEqual(await reader.table(sql, reuse), [['name'], ['Ann'], ['Cai']])
  await assert.rejects(reader.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id })), {
    name: 'AccessDeniedException',
  })
})

test('prepared statements, unloads and tables made of tables hold what their maker sees', async () => {
  await reader.table('PREPARE all_of_it FROM SELECT name FROM orders WHERE amount > ? ORDER BY id')
  assert.deepEqual(await reader.rows('EXECUTE all_of_it USING 1'), [['Ann'], ['Cai']])
  await reader.table(
    "UNLOAD (SELECT * FROM orders) TO 's3://data/unloaded/' WITH (format = 'TEXTFILE', compression = 'NONE')",
  )
  await house.grant('reader', { Database: { Name: 'db' } }, ['CREATE_TABLE'])
  await reader.table("CREATE TABLE mine WITH (external_location = 's3://data/mine/') AS SELECT * FROM orders")
  assert.deepEqual(await house.root.rows('SELECT id, name, amount, region FROM mine ORDER BY id'), [
    ['1', 'Ann', '20', 'EU'],
    ['3', 'Cai', '40', 'EU'],
  ])
  // Whoever makes a table has all of it.
  await reader.table('INSERT INTO mine SELECT * FROM orders')
  await reader.table('DROP TABLE mine')
})

test('the catalog shows its reader what its queries do', async () => {
  const { glue, athena } = reader
  const shown = [
    await athena.send(
      new GetTableMetadataCommand({ CatalogName: 'AwsDataCatalog', DatabaseName: 'db', TableName: 'orders' }),
    ),
    await athena.send(new ListTableMetadataCommand({ CatalogName: 'AwsDataCatalog', DatabaseName: 'db' })),
    await glue.send(new SearchTablesCommand({})),
    await glue.send(new GetPartitionsCommand({ DatabaseName: 'db', TableName: 'orders' })),
    await glue.send(new GetTableVersionsCommand({ DatabaseName: 'db', TableName: 'sales' })),
  ]
  for (const one of shown) assert.doesNotMatch(JSON.stringify(one), SECRETS)
  const { Partitions } = await glue.send(new GetPartitionsCommand({ DatabaseName: 'db', TableName: 'orders' }))
  assert.deepEqual(
    Partitions!.map(({ Values }) => Values),
    [['EU']],
  )
  const DatabaseName = 'db'
  const ColumnStatisticsData = {
    Type: 'STRING' as const,
    StringColumnStatisticsData: { MaximumLength: 10, AverageLength: 6, NumberOfNulls: 0, NumberOfDistinctValues: 3 },
  }
  const ColumnStatisticsList = [
    { ColumnName: 'name', ColumnType: 'string', AnalyzedTime: new Date(0), StatisticsData: ColumnStatisticsData },
  ]
  await house.root.glue.send(
    new UpdateColumnStatisticsForTableCommand({ DatabaseName, TableName: 'orders', ColumnStatisticsList }),
  )
  await assert.rejects(
    glue.send(new GetColumnStatisticsForTableCommand({ DatabaseName, TableName: 'orders', ColumnNames: ['name'] })),
    { name: 'AccessDeniedException' },
  )
  await assert.rejects(
    glue
      .send(
        new CreateTableCommand({
          DatabaseName: 'db',
          TableInput: { Name: 'link', TargetTable: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'hidden_table' } },
        }),
      )
      .then(() => reader.table('SELECT * FROM link')),
  )
})

test('estimates and advice tell of no column and no row that is hidden', async () => {
  const credentials = await (reader.client.credentials as unknown as () => Promise<object>)()
  const asked = async (path: string, body: object) => {
    const request = { path: `/_lentic/${path}`, service: 'lentic', body: JSON.stringify(body) }
    const answer = await send({ ...house.lake, credentials } as never, request)
    return { status: answer.status, text: await answer.text() }
  }
  const query = { sql: 'SELECT name FROM orders', database: 'db' }
  const estimate = await asked('explain', query)
  assert.equal(estimate.status, 200, estimate.text)
  assert.doesNotMatch(estimate.text, SECRETS)
  // A table is written again as a whole, or not at all.
  const changed = await asked('explain', { ...query, whatIf: ['orc'] })
  assert.match(changed.text, /Insufficient Lake Formation permission\(s\): Required Select on orders/)
  assert.doesNotMatch(changed.text, SECRETS)
  const advice = await asked('advice', { database: 'db' })
  assert.equal(advice.status, 200, advice.text)
  assert.equal(JSON.parse(advice.text).tables, 0)
  const named = await asked('advice', { database: 'db', table: 'orders' })
  assert.match(named.text, /Insufficient Lake Formation permission\(s\): Required Select on orders/)
})

test('functions of databases that are not seen are not listed', async () => {
  const FunctionInput = { FunctionName: 'secret_of_db', ClassName: 'a.B', OwnerName: 'me', OwnerType: 'USER' as const }
  await house.root.glue.send(new CreateUserDefinedFunctionCommand({ DatabaseName: 'db', FunctionInput }))
  const all = new GetUserDefinedFunctionsCommand({ Pattern: '.*' })
  const names = async (person: Person) =>
    (await person.glue.send(all)).UserDefinedFunctions!.map(({ FunctionName }) => FunctionName)
  assert.deepEqual(await names(reader), ['secret_of_db'])
  assert.deepEqual(await names(house.as('stranger')), [])
})

test('the REST catalog gives neither metadata nor keys of a table of which a part is seen', async () => {
  const credentials = await (reader.client.credentials as unknown as () => Promise<object>)()
  const get = (path: string) => send({ ...house.lake, credentials } as never, { service: 'glue', method: 'GET', path })
  const base = '/iceberg/v1/catalogs/000000000000/namespaces/db/tables'
  for (const path of [`${base}/sales`, `${base}/sales/credentials`]) {
    const response = await get(path)
    assert.equal(response.status, 403, path)
    assert.doesNotMatch((await response.text()).replaceAll('example', ''), /email|SECRET/)
  }
  const listed = await (await get(base)).text()
  assert.doesNotMatch(listed, SECRETS)
  assert.match(listed, /sales/)
})
