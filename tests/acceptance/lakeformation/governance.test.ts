/** The governance section of the article, told through the official clients: columns, rows, cells and tags. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateTableCommand, GetTableCommand, GetTablesCommand } from '@aws-sdk/client-glue'
import {
  AddLFTagsToResourceCommand,
  CreateDataCellsFilterCommand,
  CreateLFTagCommand,
  type DataCellsFilter,
  GrantPermissionsCommand,
  SearchTablesByLFTagsCommand,
} from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake } from './governed-lake.ts'

const ORDERS = { DatabaseName: 'db', Name: 'orders' }
const FOUR = ['order_id', 'customer_id', 'amount', 'order_date']

let house: GovernedLake

before(async () => {
  house = await governedLake()
  const rows = [
    `(1, 10, 'Ann', 'ann@example.org', 20.5, DATE '2024-01-05', 'EU')`,
    `(2, 11, 'Bob', 'bob@example.org', 30.0, DATE '2024-01-06', 'US')`,
    `(3, 12, 'Cai', 'not-a-number', 40.25, DATE '2024-02-01', 'EU')`,
    `(4, 13, 'Dee', 'dee@example.org', 1.0, DATE '2024-02-02', 'APAC')`,
  ]
  await house.root.table(
    `CREATE TABLE orders WITH (format = 'PARQUET', external_location = 's3://data/orders/') AS
     SELECT * FROM (VALUES ${rows.join(', ')})
     AS t (order_id, customer_id, customer_name, customer_email, amount, order_date, region)`,
  )
  await house.grant('analyst_role', { TableWithColumns: { ...ORDERS, ColumnNames: FOUR } }, ['SELECT'])
})
after(() => house.close())

async function filter(name: string, rows: string | undefined, columns?: string[]) {
  const TableData: DataCellsFilter = {
    TableCatalogId: ACCOUNT,
    DatabaseName: 'db',
    TableName: 'orders',
    Name: name,
    RowFilter: rows === undefined ? { AllRowsWildcard: {} } : { FilterExpression: rows },
    ...(columns ? { ColumnNames: columns } : { ColumnWildcard: {} }),
  }
  await house.root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
  return { DataCellsFilter: { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'orders', Name: name } }
}

test('an analyst sees four columns of orders, and nothing of who ordered', async () => {
  const analyst = house.as('analyst_role')
  const [header, ...rows] = await analyst.table('SELECT * FROM orders ORDER BY order_id')
  assert.deepEqual(header, FOUR)
  assert.equal(rows.length, 4)
  assert.deepEqual(await analyst.rows('SELECT count(*) FROM orders'), [['4']])
  assert.equal(
    await analyst.failure('SELECT customer_email FROM orders'),
    "COLUMN_NOT_FOUND: line 1:8: Column 'customer_email' cannot be resolved or requester is not authorized to access requested resources",
  )
  assert.match(await analyst.failure('SELECT "$path" FROM orders'), /^COLUMN_NOT_FOUND/)
  assert.match(await analyst.failure("SELECT 1 FROM orders WHERE customer_name LIKE 'A%'"), /^COLUMN_NOT_FOUND/)
  const { Table } = await analyst.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'orders' }))
  assert.deepEqual(
    Table!.StorageDescriptor!.Columns!.map(({ Name }) => Name),
    FOUR,
  )
  assert.deepEqual(
    (await analyst.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'")).map(
      ([name]) => name,
    ),
    FOUR,
  )
})

test('whoever has no grant finds no table, and learns nothing by guessing', async () => {
  const stranger = house.as('stranger_role')
  for (const name of ['orders', 'never_made'])
    assert.equal(
      await stranger.failure(`SELECT * FROM ${name}`),
      `Insufficient Lake Formation permission(s): Required Describe on ${name}`,
    )
  for (const Name of ['orders', 'never_made'])
    await assert.rejects(stranger.glue.send(new GetTableCommand({ DatabaseName: 'db', Name })), {
      name: 'AccessDeniedException',
      message: `Insufficient Lake Formation permission(s): Required Describe on ${Name}`,
    })
  await assert.rejects(stranger.glue.send(new GetTablesCommand({ DatabaseName: 'db' })), {
    name: 'AccessDeniedException',
  })
  assert.deepEqual(await stranger.rows('SELECT table_name FROM information_schema.tables'), [])
})

test('no statement tells a hidden table from one that is not there', async () => {
  const stranger = house.as('stranger_role')
  const statements = [
    'INSERT INTO ? VALUES (1)',
    'DELETE FROM ?',
    'OPTIMIZE ? REWRITE DATA USING BIN_PACK',
    'VACUUM ?',
    'EXPLAIN SELECT * FROM ?',
    'CREATE TABLE ? AS SELECT 1 x',
    'CREATE OR REPLACE VIEW ? AS SELECT 1 x',
    "CREATE EXTERNAL TABLE ? (x int) LOCATION 's3://data/new/'",
    "CREATE EXTERNAL TABLE IF NOT EXISTS ? (x int) LOCATION 's3://data/new/'",
    'ALTER TABLE ? ADD COLUMNS (z int)',
    "ALTER TABLE ? SET TBLPROPERTIES ('a' = 'b')",
    "ALTER TABLE ? ADD PARTITION (d = '1')",
    "ALTER TABLE ? SET LOCATION 's3://data/new/'",
    'ALTER TABLE ? RENAME TO db.other',
    'SHOW PARTITIONS ?',
    'SHOW CREATE TABLE ?',
    'SHOW TBLPROPERTIES ?',
    'DROP TABLE ?',
    'DROP VIEW ?',
    'SELECT * FROM "?$files"',
    'SELECT * FROM "?$partitions"',
    'SELECT * FROM "?$never"',
  ]
  await house.root.table(
    `CREATE TABLE chronicle WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/chronicle/') AS SELECT 1 x`,
  )
  const told = async (statement: string, name: string) =>
    (await stranger.failure(statement.replace('?', name)))
      .replaceAll(name, '?')
      .replace(/Request ID: [^;]+/, 'Request ID: ?')
  for (const statement of statements) {
    const missing = await told(statement, 'never_made')
    for (const hidden of ['orders', 'chronicle']) assert.equal(await told(statement, hidden), missing, statement)
  }
  await house.root.table('DROP TABLE chronicle')
  assert.match(await stranger.failure(statements[7]!.replace('?', 'db.new')), /Required Create Table on db /)
})

test('an EU analyst sees the rows of the EU, whatever is asked', async () => {
  await house.grant('eu_analyst_role', await filter('eu', "region = 'EU'"), ['SELECT'])
  const analyst = house.as('eu_analyst_role')
  const ids = (await analyst.rows('SELECT * FROM orders ORDER BY order_id')).map(([id]) => id)
  assert.deepEqual(ids, ['1', '3'])
  assert.deepEqual(await analyst.rows('SELECT count(*), sum(amount) FROM orders'), [['2', '60.75']])
  assert.deepEqual(await analyst.rows("SELECT order_id FROM orders WHERE region = 'US'"), [])
  assert.deepEqual(await analyst.rows('SELECT DISTINCT region FROM orders'), [['EU']])
})

test('rows and columns together are cells', async () => {
  await house.grant('cells_role', await filter('eu_cells', "region = 'EU'", ['order_id', 'customer_name', 'region']), [
    'SELECT',
  ])
  await house.grant('cells_role', await filter('us_cells', "region = 'US'", ['order_id', 'amount', 'region']), [
    'SELECT',
  ])
  const [header, ...rows] = await house.as('cells_role').table('SELECT * FROM orders ORDER BY order_id')
  assert.deepEqual(header, ['order_id', 'customer_name', 'amount', 'region'])
  assert.deepEqual(rows, [
    ['1', 'Ann', null, 'EU'],
    ['2', null, '30.0', 'US'],
    ['3', 'Cai', null, 'EU'],
  ])
  const cells = house.as('cells_role')
  assert.deepEqual(await cells.rows('SELECT order_id FROM orders WHERE customer_name IS NULL'), [['2']])
  assert.deepEqual(await cells.rows('SELECT order_id FROM orders WHERE amount > 0'), [['2']])
})

test('all rows beat any other filter', async () => {
  await house.grant('cells_role', await filter('everything', undefined, ['order_id']), ['SELECT'])
  assert.deepEqual(await house.as('cells_role').rows('SELECT * FROM orders ORDER BY order_id'), [
    ['1', 'Ann', null, 'EU'],
    ['2', null, '30.0', 'US'],
    ['3', 'Cai', null, 'EU'],
    ['4', null, null, null],
  ])
})

test('GRANT and REVOKE say in SQL what the operations do', async () => {
  const { root } = house
  await root.table(
    'GRANT SELECT (order_id, customer_id, amount, order_date) ON TABLE db.orders TO ROLE sql_analyst_role',
  )
  const analyst = house.as('sql_analyst_role')
  assert.deepEqual((await analyst.table('SELECT * FROM orders'))[0], FOUR)
  assert.match(
    await analyst.failure('GRANT SELECT ON TABLE orders TO ROLE stranger_role'),
    /Insufficient Lake Formation permission\(s\) on db\.orders/,
  )
  await root.table('REVOKE SELECT (amount) ON TABLE orders FROM ROLE sql_analyst_role')
  assert.deepEqual((await analyst.table('SELECT * FROM orders'))[0], ['order_id', 'customer_id', 'order_date'])
  await root.table(
    `GRANT SELECT, DESCRIBE ON TABLE orders TO ROLE 'arn:aws:iam::${ACCOUNT}:role/sql_lead_role' WITH GRANT OPTION`,
  )
  await house.as('sql_lead_role').table('GRANT SELECT ON TABLE orders TO USER ann')
  await root.table('REVOKE GRANT OPTION FOR SELECT ON TABLE orders FROM ROLE sql_lead_role')
  assert.match(
    await house.as('sql_lead_role').failure('GRANT SELECT ON TABLE orders TO USER bob'),
    /Insufficient Lake Formation permission\(s\)/,
  )
  await root.table('GRANT CREATE TABLE, DESCRIBE ON DATABASE db TO ROLE sql_lead_role')
  assert.match(
    await root.failure('REVOKE DROP ON TABLE orders FROM ROLE sql_lead_role'),
    /No permissions revoked\. Grantee has no permissions/,
  )
  await assert.rejects(root.table('GRANT SELECT ON orders TO ann'), /Queries of this type are not supported/)
})

test('a filter says only what the language of row filters can say', async () => {
  const wrong = [
    "upper(region) = 'EU'",
    'customer_name = customer_email',
    'nothing = 1',
    'region = 1',
    "order_date = '2024-01-01'",
    'region',
    '1 = 1',
  ]
  for (const text of wrong)
    await assert.rejects(filter(`wrong_${wrong.indexOf(text)}`, text), { name: 'InvalidInputException' }, text)
})

test('what is nobody is granted nothing', async () => {
  const grant = new GrantPermissionsCommand({
    Principal: { DataLakePrincipalIdentifier: 'somebody' },
    Resource: { Table: ORDERS },
    Permissions: ['SELECT'],
  })
  await assert.rejects(house.root.lakeFormation.send(grant), {
    name: 'InvalidInputException',
    message: 'Invalid principal: somebody',
  })
})

test('nothing is changed by who does not see all of it', async () => {
  const analyst = house.as('analyst_role')
  for (const sql of [
    'DROP TABLE orders',
    "ALTER TABLE orders SET TBLPROPERTIES ('a' = 'b')",
    'INSERT INTO orders SELECT * FROM orders',
  ])
    assert.match(await analyst.failure(sql), /Insufficient Lake Formation permission\(s\): Required \w+ on orders/, sql)
})

test('tags open tables by the thousand, and hide the columns that are tagged otherwise', async () => {
  const { lakeFormation, glue } = house.root
  await lakeFormation.send(new CreateLFTagCommand({ TagKey: 'domain', TagValues: ['finance', 'sales'] }))
  await lakeFormation.send(new CreateLFTagCommand({ TagKey: 'sensitivity', TagValues: ['public', 'PII'] }))
  const names = Array.from({ length: 2000 }, (_, i) => `t${String(i).padStart(4, '0')}`)
  for (let i = 0; i < names.length; i += 100)
    await Promise.all(
      names.slice(i, i + 100).map((Name) =>
        glue.send(
          new CreateTableCommand({
            DatabaseName: 'db',
            TableInput: {
              Name,
              StorageDescriptor: {
                Columns: [
                  { Name: 'id', Type: 'int' },
                  { Name: 'email', Type: 'string' },
                ],
              },
            },
          }),
        ),
      ),
    )
  const put = async (Resource: object, TagKey: string, value: string) => {
    const { Failures } = await lakeFormation.send(
      new AddLFTagsToResourceCommand({ Resource, LFTags: [{ TagKey, TagValues: [value] }] }),
    )
    assert.deepEqual(Failures, [])
  }
  await put({ Database: { Name: 'db' } }, 'sensitivity', 'public')
  await put({ Database: { Name: 'db' } }, 'domain', 'finance')
  await put({ Table: { DatabaseName: 'db', Name: 't0007' } }, 'domain', 'sales')
  await put({ TableWithColumns: { DatabaseName: 'db', Name: 't0003', ColumnNames: ['email'] } }, 'sensitivity', 'PII')
  const Expression = [
    { TagKey: 'domain', TagValues: ['finance'] },
    { TagKey: 'sensitivity', TagValues: ['public'] },
  ]
  await house.grant('tagged_role', { LFTagPolicy: { ResourceType: 'TABLE', Expression } }, ['SELECT'])
  await house.grant('tagged_role', { LFTagPolicy: { ResourceType: 'DATABASE', Expression } }, ['DESCRIBE'])
  const tagged = house.as('tagged_role')
  const seen: string[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await tagged.glue.send(new GetTablesCommand({ DatabaseName: 'db', NextToken }))
    seen.push(...page.TableList!.map(({ Name }) => Name!))
    NextToken = page.NextToken
    if (NextToken === undefined) break
  }
  assert.deepEqual(seen, ['orders', ...names.filter((name) => name !== 't0007')])
  const { Table } = await tagged.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 't0003' }))
  assert.deepEqual(
    Table!.StorageDescriptor!.Columns!.map(({ Name }) => Name),
    ['id'],
  )
  await assert.rejects(tagged.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 't0007' })), {
    name: 'AccessDeniedException',
  })
  const found = await lakeFormation.send(
    new SearchTablesByLFTagsCommand({ Expression: [{ TagKey: 'sensitivity', TagValues: ['PII'] }] }),
  )
  assert.deepEqual(
    found.TableList!.map(({ Table: table, LFTagsOnColumns }) => [
      table!.Name,
      LFTagsOnColumns!.map(({ Name }) => Name),
    ]),
    [['t0003', ['email']]],
  )
})
