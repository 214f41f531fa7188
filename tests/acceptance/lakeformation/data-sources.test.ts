/** Tables of a data source, governed as those of the lake: by the catalog that they are registered under. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import {
  DeleteDataCatalogCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  ListTableMetadataCommand,
} from '@aws-sdk/client-athena'
import {
  CreateDataCellsFilterCommand,
  GrantPermissionsCommand,
  ListPermissionsCommand,
  RevokePermissionsCommand,
} from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake, type Person, shopCatalog } from './governed-lake.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-governed-sources-'))
const CATALOG = `${ACCOUNT}:shop`
let house: GovernedLake
let reader: Person

const register = (Name: string) => house.root.athena.send(shopCatalog(Name))

before(async () => {
  const database = new DatabaseSync(join(directory, 'shop.db'))
  database.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, ssn TEXT, score INTEGER);
    INSERT INTO customers VALUES (1, 'Ann', 'NO', 'SECRET-1', 5), (2, 'SECRET Bo', 'US', 'SECRET-2', 7),
      (3, 'Cyd', 'NO', 'SECRET-3', 'SECRET no number'), (4, 'Dan', 'NO', 'SECRET-4', 9);
    UPDATE customers SET score = 1 WHERE id = 3;
    CREATE TABLE secrets (id INTEGER PRIMARY KEY, word TEXT);
    INSERT INTO secrets VALUES (1, 'SECRET');
    CREATE TABLE wrong (id INTEGER PRIMARY KEY, kind TEXT, n INTEGER);
    INSERT INTO wrong VALUES (1, 'good', 1), (2, 'bad', 'SECRET words');
  `)
  database.close()
  house = await governedLake({ sqliteDirectory: directory })
  await register('Shop')
  reader = house.as('reader')
  for (const [TableName, FilterExpression, ColumnNames] of [
    ['customers', "country = 'NO'", ['id', 'name', 'country', 'score']],
    ['wrong', "kind LIKE 'g%'", ['id', 'kind', 'n']],
  ] as const) {
    const key = { TableCatalogId: CATALOG, DatabaseName: 'main', TableName, Name: 'part' }
    await house.root.lakeFormation.send(
      new CreateDataCellsFilterCommand({
        TableData: { ...key, RowFilter: { FilterExpression }, ColumnNames: [...ColumnNames] },
      }),
    )
    await house.grant('reader', { DataCellsFilter: key }, ['SELECT'])
  }
})
after(async () => {
  await house.close()
  rmSync(directory, { recursive: true })
})

const ENTRY = {
  Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' },
  Permissions: ['ALL' as const],
}

test('a catalog registered where nothing new is open is closed', async () => {
  const stranger = house.as('stranger')
  for (const sql of [
    'SELECT * FROM shop.main.customers',
    'SELECT * FROM shop.main.nothing',
    'DESCRIBE shop.main.secrets',
  ])
    assert.match(await stranger.failure(sql), /Insufficient Lake Formation permission\(s\): Required Describe on /)
  assert.deepEqual(await stranger.table('SHOW DATABASES IN shop'), [])
  assert.deepEqual(await stranger.rows('SELECT * FROM shop.information_schema.tables'), [])
})

test('rows and columns of a source are those that are granted', async () => {
  assert.deepEqual(await reader.table('SELECT * FROM shop.main.customers ORDER BY id'), [
    ['id', 'name', 'country', 'score'],
    ['1', 'Ann', 'NO', '5'],
    ['3', 'Cyd', 'NO', '1'],
    ['4', 'Dan', 'NO', '9'],
  ])
  assert.deepEqual(await reader.rows('SELECT count(*), max(score) FROM shop.main.customers WHERE score > 1'), [
    ['2', '9'],
  ])
  // A limit is of the rows that are seen.
  assert.equal((await reader.rows('SELECT id FROM shop.main.customers WHERE id > 1 LIMIT 2')).length, 2)
  assert.match(await reader.failure('SELECT ssn FROM shop.main.customers'), /^COLUMN_NOT_FOUND/)
  assert.match(await reader.failure('SELECT * FROM shop.main.secrets'), /Required Describe on secrets/)
  assert.match(await reader.failure('SELECT * FROM shop.main.none'), /Required Describe on none/)
})

test('listings name what is seen', async () => {
  assert.deepEqual((await reader.table('SHOW TABLES IN shop.main')).flat(), ['customers', 'wrong'])
  const shown = JSON.stringify([
    await reader.table('DESCRIBE shop.main.customers'),
    await reader.table('SHOW COLUMNS IN shop.main.customers'),
    await reader.rows('SELECT table_name, column_name FROM shop.information_schema.columns'),
    await reader.table('EXPLAIN SELECT * FROM shop.main.customers WHERE id = 2'),
    await reader.athena.send(new ListDatabasesCommand({ CatalogName: 'Shop' })),
    await reader.athena.send(new ListTableMetadataCommand({ CatalogName: 'Shop', DatabaseName: 'main' })),
    await reader.athena.send(
      new GetTableMetadataCommand({ CatalogName: 'Shop', DatabaseName: 'main', TableName: 'customers' }),
    ),
  ])
  assert.doesNotMatch(shown, /ssn|secrets|SECRET|'NO'/)
  assert.match(shown, /customers.*score/)
  await assert.rejects(
    reader.athena.send(
      new GetTableMetadataCommand({ CatalogName: 'Shop', DatabaseName: 'main', TableName: 'secrets' }),
    ),
    { message: /Required Describe on secrets .*AccessDeniedException/ },
  )
})

test('what is sent for a question does not tell of rows that are not seen', async () => {
  const scanned = async (sql: string) => {
    const id = await reader.start(sql)
    assert.equal((await reader.ended(id)).state, 'SUCCEEDED')
    const { QueryExecution } = await reader.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
    return QueryExecution!.Statistics!.DataScannedInBytes
  }
  const asked = (name: string) => scanned(`SELECT count(*) FROM shop.main.customers WHERE name = '${name}'`)
  assert.equal(await asked('SECRET Bo'), await asked('Nobody 12'))
  const failure = await reader.ended(await reader.start('SELECT sum(n) FROM shop.main.wrong'))
  assert.doesNotMatch(failure.reason ?? '', /SECRET/)
})

test('whoever sees a part asks no question in the words of the source, and reads no results of others', async () => {
  const query = "SELECT * FROM TABLE(shop.system.query(query => 'SELECT * FROM secrets'))"
  for (const sql of [query, query.replace('shop.', '"Shop".')])
    assert.doesNotMatch((await reader.ended(await reader.start(sql))).reason ?? 'none', /^none/)
  const id = await house.root.start('SELECT * FROM shop.main.secrets')
  assert.equal((await house.root.ended(id)).state, 'SUCCEEDED')
  await assert.rejects(reader.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id })), {
    name: 'AccessDeniedException',
  })
})

test('a catalog, a database’s tables and a table are opened and closed', async () => {
  const { lakeFormation } = house.root
  const stranger = house.as('passer')
  const table = { CatalogId: CATALOG, DatabaseName: 'main', Name: 'secrets' }
  const change = (open: boolean, Resource: object) =>
    lakeFormation.send(
      open ? new GrantPermissionsCommand({ ...ENTRY, Resource }) : new RevokePermissionsCommand({ ...ENTRY, Resource }),
    )
  const sees = async (name: string) =>
    (await stranger.ended(await stranger.start(`SELECT * FROM shop.main.${name}`))).state === 'SUCCEEDED'
  await change(true, { Table: table })
  assert.deepEqual([await sees('secrets'), await sees('customers')], [true, false])
  await change(true, { Table: { CatalogId: CATALOG, DatabaseName: 'main', TableWildcard: {} } })
  assert.deepEqual([await sees('secrets'), await sees('customers')], [true, true])
  await change(false, { Table: table })
  assert.deepEqual([await sees('secrets'), await sees('customers')], [false, true])
  await change(true, { Catalog: { Id: CATALOG } })
  await change(false, { Catalog: { Id: CATALOG } })
  assert.deepEqual([await sees('secrets'), await sees('customers')], [false, false])
})

test('grants are about what the source has, and are told with its catalog', async () => {
  const on = (DatabaseName: string, Name: string) => ({ Table: { CatalogId: CATALOG, DatabaseName, Name } })
  await assert.rejects(house.grant('ann', on('main', 'nothing'), ['SELECT']), { name: 'EntityNotFoundException' })
  await assert.rejects(house.grant('ann', { Database: { CatalogId: CATALOG, Name: 'nowhere' } }, ['DESCRIBE']), {
    name: 'EntityNotFoundException',
  })
  await assert.rejects(
    house.grant('ann', { Table: { CatalogId: `${ACCOUNT}:none`, DatabaseName: 'main', Name: 'x' } }, ['SELECT']),
    { name: 'EntityNotFoundException' },
  )
  const Resource = {
    TableWithColumns: { CatalogId: CATALOG, DatabaseName: 'main', Name: 'customers', ColumnNames: ['id', 'ssn'] },
  }
  await house.grant('ann', Resource, ['SELECT'])
  assert.deepEqual(await house.as('ann').table('SELECT * FROM shop.main.customers WHERE id = 2'), [
    ['id', 'ssn'],
    ['2', 'SECRET-2'],
  ])
  const { PrincipalResourcePermissions } = await house.root.lakeFormation.send(
    new ListPermissionsCommand({ CatalogId: CATALOG, Resource: on('main', 'customers') }),
  )
  assert.deepEqual(
    PrincipalResourcePermissions!.map((one) => one.Resource).filter((one) => one!.TableWithColumns),
    [Resource],
  )
})

test('a catalog that is registered again begins anew', async () => {
  await register('Again')
  const Table = { CatalogId: `${ACCOUNT}:again`, DatabaseName: 'main', Name: 'customers' }
  await house.grant('ben', { Table }, ['SELECT'])
  const ben = house.as('ben')
  assert.equal((await ben.rows('SELECT * FROM again.main.customers')).length, 4)
  await house.root.athena.send(new DeleteDataCatalogCommand({ Name: 'Again' }))
  await register('Again')
  assert.match(await ben.failure('SELECT * FROM again.main.customers'), /Insufficient/)
})

test('GRANT and REVOKE name a source’s tables, and no table of the lake that is called alike', async () => {
  const { root } = house
  const dan = house.as('dan')
  await root.table('GRANT SELECT (id, name) ON TABLE shop.main.customers TO ROLE dan')
  assert.deepEqual(await dan.table('SELECT * FROM shop.main.customers WHERE id = 1'), [
    ['id', 'name'],
    ['1', 'Ann'],
  ])
  assert.match(await dan.failure('GRANT SELECT ON TABLE shop.main.secrets TO ROLE dan'), /Insufficient/)
  await root.table('GRANT DESCRIBE ON DATABASE shop.main TO ROLE dan WITH GRANT OPTION')
  await root.table('REVOKE SELECT (name) ON TABLE shop.main.customers FROM ROLE dan')
  assert.deepEqual(await dan.table('SELECT * FROM shop.main.customers WHERE id = 1'), [['id'], ['1']])
  // By the context's catalog, as names of tables are completed.
  const there = { QueryExecutionContext: { Catalog: 'shop', Database: 'main' } }
  await root.table('GRANT SELECT ON TABLE secrets TO ROLE dan', there)
  assert.deepEqual(await dan.rows('SELECT word FROM shop.main.secrets'), [['SECRET']])
  for (const sql of [
    'GRANT SELECT ON TABLE shop.main.nothing TO ROLE dan',
    'GRANT SELECT ON TABLE db.secrets TO ROLE dan',
  ])
    assert.match(await root.failure(sql), /not found/i)
  assert.match(await root.failure('GRANT SELECT ON TABLE nowhere.main.secrets TO ROLE dan'), /CATALOG_NOT_FOUND/)
  const { PrincipalResourcePermissions } = await root.lakeFormation.send(new ListPermissionsCommand({}))
  assert.doesNotMatch(JSON.stringify(PrincipalResourcePermissions), /role\/dan/)
})
