/**
 * Tables of table buckets behind resource links, in their own account and in another (docs: lake-formation dg,
 * s3-tables-grant-permissions and resource-links-about; glue dg, share-s3-tables-catalog).
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand } from '@aws-sdk/client-athena'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { CreateDatabaseCommand, CreateTableCommand, GetTableCommand, GetTablesCommand } from '@aws-sdk/client-glue'
import {
  CreateDataCellsFilterCommand,
  GrantPermissionsCommand,
  type Permission,
  PutDataLakeSettingsCommand,
  type Resource,
  RevokePermissionsCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { CreateNamespaceCommand, CreateTableBucketCommand, S3TablesClient } from '@aws-sdk/client-s3tables'
import { otherAccount } from '../accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person, person } from '../lakeformation/governed-lake.ts'

const OTHER = '111111111111'
const CatalogId = `${ACCOUNT}:s3tablescatalog/sales`
const BUCKET = '"s3tablescatalog/sales"'
const DENIED = /Insufficient Lake Formation permission|no resource-based policy allows the glue:GetTable action/
const [orders, secret] = ['orders', 'secret'].map(
  (Name): Resource => ({ Table: { CatalogId, DatabaseName: 'ns', Name } }),
) as [Resource, Resource]
const eu = { TableCatalogId: CatalogId, DatabaseName: 'ns', TableName: 'orders', Name: 'eu' }
let g: GovernedLake
let root: Person
let analyst: Person

const abroad = {
  QueryExecutionContext: { Database: 'near' },
  ResultConfiguration: { OutputLocation: 's3://other-results/' },
}
const rows = (who: Person, sql: string) => who.rows(sql, abroad)
const failure = (who: Person, sql: string) => who.failure(sql, abroad)
const grant = (by: Person, to: string, on: Resource, Permissions: Permission[], withOption: Permission[] = []) =>
  by.lakeFormation.send(
    new GrantPermissionsCommand({
      Principal: { DataLakePrincipalIdentifier: to },
      Resource: on,
      Permissions,
      PermissionsWithGrantOption: withOption,
    }),
  )

before(async () => {
  g = await governedLake()
  const tables = new S3TablesClient(g.lake.client)
  const { arn: tableBucketARN } = await tables.send(new CreateTableBucketCommand({ name: 'sales' }))
  await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
  tables.destroy()
  await g.root.table(`CREATE TABLE ${BUCKET}.ns.orders AS SELECT * FROM (VALUES
    (1, 'EU', 'ann@example.com'), (2, 'US', 'bob@example.com'), (3, 'EU', 'cyd@example.com')) AS t (id, region, email)`)
  await g.root.table(`CREATE TABLE ${BUCKET}.ns.secret AS SELECT 42 AS x`)
  const other = await otherAccount(g.lake, OTHER)
  root = person(other.client)
  analyst = person(await other.role('analyst'))
  await root.s3.send(new CreateBucketCommand({ Bucket: 'other-results' }))
  await root.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [] } }))
  for (const who of [root, g.root]) {
    const TargetDatabase = { CatalogId, DatabaseName: 'ns' }
    await who.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'near' } }))
    await who.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'linked', TargetDatabase } }))
    const TableInput = { Name: 'orders', TargetTable: { ...TargetDatabase, Name: 'orders' } }
    await who.glue.send(new CreateTableCommand({ DatabaseName: 'near', TableInput }))
  }
  const link: Resource = { Table: { DatabaseName: 'near', Name: 'orders' } }
  await grant(root, `arn:aws:iam::${OTHER}:role/analyst`, link, ['DESCRIBE'])
  await g.grant('reader', link, ['DESCRIBE'])
})
after(async () => {
  assert.deepEqual(g.lake.log, [])
  for (const one of [root, analyst])
    for (const client of [one.athena, one.glue, one.lakeFormation, one.s3]) client.destroy()
  await g.close()
})

test('in its own account a link shows what is granted of its target', async () => {
  assert.deepEqual(await g.root.rows('SELECT count(*) FROM linked.orders'), [['3']])
  const reader = g.as('reader')
  assert.match(await reader.failure('SELECT * FROM near.orders'), DENIED)
  await g.grant(
    'reader',
    { TableWithColumns: { CatalogId, DatabaseName: 'ns', Name: 'orders', ColumnNames: ['id'] } },
    ['SELECT'],
  )
  assert.deepEqual(await reader.table('SELECT * FROM near.orders ORDER BY 1'), [['id'], ['1'], ['2'], ['3']])
  assert.match(await reader.failure('SELECT email FROM near.orders'), /COLUMN_NOT_FOUND/)
  assert.match(await reader.failure('SELECT * FROM near."orders$files"'), DENIED)
})

test('to another account nothing is there before it is shared', async () => {
  for (const name of ['near.orders', 'linked.orders', 'linked.secret', 'linked.absent'])
    assert.match(await failure(root, `SELECT * FROM ${name}`), DENIED)
  for (const Name of ['orders', 'absent'])
    await assert.rejects(root.glue.send(new GetTableCommand({ CatalogId, DatabaseName: 'ns', Name })), {
      name: 'AccessDeniedException',
    })
})

test('what is shared is read by links, by a data catalog and by the id, as far as both accounts let', async () => {
  const TableData = { ...eu, RowFilter: { FilterExpression: "region = 'EU'" } }
  const ColumnWildcard = { ExcludedColumnNames: ['email'] }
  await g.root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData: { ...TableData, ColumnWildcard } }))
  await grant(g.root, OTHER, { DataCellsFilter: eu }, ['SELECT'], ['SELECT'])
  const Parameters = { 'catalog-id': CatalogId }
  await root.athena.send(new CreateDataCatalogCommand({ Name: 'theirs', Type: 'GLUE', Parameters }))
  const shared = [
    ['1', 'EU'],
    ['3', 'EU'],
  ]
  for (const name of ['near.orders', 'linked.orders', 'theirs.ns.orders']) {
    assert.deepEqual(await rows(root, `SELECT * FROM ${name} ORDER BY id`), shared)
    assert.match(await failure(root, `SELECT email FROM ${name}`), /COLUMN_NOT_FOUND/)
  }
  const { Table } = await root.glue.send(new GetTableCommand({ CatalogId, DatabaseName: 'ns', Name: 'orders' }))
  assert.deepEqual(
    Table!.StorageDescriptor!.Columns!.map(({ Name }) => Name),
    ['id', 'region'],
  )
  for (const name of ['linked.secret', 'linked.absent', 'theirs.ns.secret', 'linked."orders$snapshots"'])
    assert.match(await failure(root, `SELECT * FROM ${name}`), DENIED)
  // Nobody of the account has it before its administrators pass it on.
  assert.match(await failure(analyst, 'SELECT * FROM near.orders'), /no accessible columns|Insufficient/)
  const ids: Resource = { TableWithColumns: { CatalogId, DatabaseName: 'ns', Name: 'orders', ColumnNames: ['id'] } }
  await grant(root, `arn:aws:iam::${OTHER}:role/analyst`, ids, ['SELECT'])
  assert.deepEqual(await rows(analyst, 'SELECT * FROM near.orders ORDER BY 1'), [['1'], ['3']])
  await assert.rejects(grant(root, `arn:aws:iam::${OTHER}:role/analyst`, secret, ['SELECT']), {
    name: 'AccessDeniedException',
  })
})

test('nothing is written by who may read, and the access is told in both accounts', async () => {
  for (const sql of [
    "INSERT INTO near.orders VALUES (9, 'EU', 'x')",
    'DELETE FROM linked.orders',
    'DROP TABLE linked.orders',
    'ALTER TABLE linked.orders ADD COLUMNS (z int)',
  ])
    await failure(root, sql)
  assert.deepEqual(await g.root.rows(`SELECT count(*) FROM ${BUCKET}.ns.orders`), [['3']])
  for (const { client } of [root, g.root]) {
    const trail = new CloudTrailClient(client)
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'GetDataAccess' }]
    const { Events } = await trail.send(new LookupEventsCommand({ LookupAttributes }))
    const shared = Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!)).find((one) => one.sharedEventID)
    assert.deepEqual([shared.resources[0].accountId, shared.additionalEventData.table], [ACCOUNT, 'ns.orders'])
    trail.destroy()
  }
})

test('what is revoked is gone, and a link that is dropped leaves its target', async () => {
  await g.root.lakeFormation.send(
    new RevokePermissionsCommand({
      Principal: { DataLakePrincipalIdentifier: OTHER },
      Resource: { DataCellsFilter: eu },
      Permissions: ['SELECT'],
      PermissionsWithGrantOption: ['SELECT'],
    }),
  )
  for (const who of [root, analyst]) assert.match(await failure(who, 'SELECT * FROM near.orders'), DENIED)
  await assert.rejects(root.glue.send(new GetTablesCommand({ CatalogId, DatabaseName: 'ns' })), {
    name: 'AccessDeniedException',
  })
  await g.root.rows('DROP TABLE near.orders')
  assert.deepEqual(await g.root.rows(`SELECT count(*) FROM ${BUCKET}.ns.orders`), [['3']])
  await grant(g.root, OTHER, orders, ['SELECT'])
  assert.deepEqual(await rows(root, 'SELECT count(*) FROM linked.orders'), [['3']])
})
