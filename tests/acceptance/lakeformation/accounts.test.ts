/**
 * A table shared to a second account and queried there (docs: lake-formation dg, cross-account-permissions, resource-links-about,
 * data-filtering-notes): what is effective there is what its owner has shared and what that account has passed on.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand, ListTableMetadataCommand } from '@aws-sdk/client-athena'
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteTableCommand,
  GetDatabasesCommand,
  GetTableCommand,
  GetTablesCommand,
} from '@aws-sdk/client-glue'
import {
  AddLFTagsToResourceCommand,
  CreateDataCellsFilterCommand,
  CreateLFTagCommand,
  GrantPermissionsCommand,
  ListPermissionsCommand,
  type Permission,
  PutDataLakeSettingsCommand,
  RegisterResourceCommand,
  type Resource,
  RevokePermissionsCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { callOwn } from '../../../bin/api-client.ts'
import { type OtherAccount, otherAccount } from '../accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person, person } from './governed-lake.ts'

const OTHER = '111111111111'
const people: Person[] = []
let g: GovernedLake
let other: OtherAccount
let root: Person
let analyst: Person

/** By Lake Formation, or where nothing at all is shared by Glue. */
const DENIED = /Insufficient Lake Formation permission|no resource-based policy allows the glue:GetTable action/

const roleArn = (name: string): string => `arn:aws:iam::${OTHER}:role/${name}`
const table: Resource = { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' } }
const filter = (Name: string) => ({ TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'orders', Name })

const known = (client: Person['client']): Person => {
  const made = person(client)
  people.push(made)
  return made
}
const change =
  (Command: typeof GrantPermissionsCommand | typeof RevokePermissionsCommand) =>
  (
    by: Person,
    to: string,
    Resource: Resource,
    Permissions: Permission[],
    PermissionsWithGrantOption: Permission[] = [],
  ) =>
    by.lakeFormation.send(
      new Command({
        Principal: { DataLakePrincipalIdentifier: to },
        Resource,
        Permissions,
        PermissionsWithGrantOption,
      }) as GrantPermissionsCommand,
    )
const grant = change(GrantPermissionsCommand)
const revoke = change(RevokePermissionsCommand)

const query = (who: Person, sql: string) =>
  who.rows(sql, {
    QueryExecutionContext: { Database: 'local' },
    ResultConfiguration: { OutputLocation: 's3://other-results/' },
  })
const failure = (who: Person, sql: string) =>
  who.failure(sql, {
    QueryExecutionContext: { Database: 'local' },
    ResultConfiguration: { OutputLocation: 's3://other-results/' },
  })

before(async () => {
  g = await governedLake()
  await g.root.table(`CREATE TABLE orders WITH (external_location = 's3://data/orders/') AS SELECT * FROM (VALUES
    (1, 'EU', 'hr', 'ann@example.com', 10), (2, 'EU', 'it', 'bob@example.com', 20), (3, 'US', 'hr', 'cyd@example.com', 30)
  ) AS t (order_id, region, dept, email, amount)`)
  await g.root.table(`CREATE TABLE secret WITH (external_location = 's3://data/secret/') AS SELECT 42 AS x`)
  // Else who reads needs a right of their own to the bucket too.
  await g.root.lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::data', UseServiceLinkedRole: true }),
  )
  other = await otherAccount(g.lake, OTHER)
  root = known(other.client)
  analyst = known(await other.role('analyst'))
  await root.s3.send(new CreateBucketCommand({ Bucket: 'other-results' }))
  await root.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [] } }))
  await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'local' } }))
  const link = (Name: string, target: string) =>
    root.glue.send(
      new CreateTableCommand({
        DatabaseName: 'local',
        TableInput: { Name, TargetTable: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: target } },
      }),
    )
  await link('orders', 'orders')
  await link('secret', 'secret')
  await root.glue.send(
    new CreateDatabaseCommand({
      DatabaseInput: { Name: 'linked', TargetDatabase: { CatalogId: ACCOUNT, DatabaseName: 'db' } },
    }),
  )
  for (const name of ['orders', 'secret'])
    await grant(root, roleArn('analyst'), { Table: { DatabaseName: 'local', Name: name } }, ['DESCRIBE'])
})
after(async () => {
  assert.deepEqual(g.lake.log, [])
  for (const one of people) for (const client of [one.athena, one.glue, one.lakeFormation, one.s3]) client.destroy()
  await g.close()
})

test('nothing of a catalog is there for another account before anything is shared', async () => {
  const get = new GetTableCommand({ CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' })
  for (const who of [root, analyst])
    await assert.rejects(who.glue.send(get), {
      name: 'AccessDeniedException',
      message:
        /is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:000000000000:.* because no resource-based policy allows the glue:GetTable action/,
    })
  assert.match(await failure(root, 'SELECT * FROM orders'), DENIED)
  const { DatabaseList } = await root.glue.send(new GetDatabasesCommand({ ResourceShareType: 'FOREIGN' }))
  assert.deepEqual(DatabaseList, [])
  await assert.rejects(grant(root, roleArn('analyst'), table, ['SELECT']), {
    name: 'AccessDeniedException',
    message: /Insufficient Lake Formation permission/,
  })
})

test('what is shared is seen there, as far as it is shared, and passed on by who administers it', async () => {
  await g.root.lakeFormation.send(
    new CreateDataCellsFilterCommand({
      TableData: {
        ...filter('hr'),
        RowFilter: { FilterExpression: "dept = 'hr'" },
        ColumnNames: ['order_id', 'region', 'dept', 'amount'],
      },
    }),
  )
  await grant(g.root, OTHER, { DataCellsFilter: filter('hr') }, ['SELECT'], ['SELECT'])
  assert.deepEqual(await query(root, 'SELECT * FROM orders ORDER BY order_id'), [
    ['1', 'EU', 'hr', '10'],
    ['3', 'US', 'hr', '30'],
  ])
  assert.match(await failure(root, 'SELECT email FROM orders'), /COLUMN_NOT_FOUND/)
  assert.match(await failure(root, 'SELECT * FROM secret'), DENIED)
  // Nobody else of the account has any of it yet.
  assert.match(await failure(analyst, 'SELECT * FROM orders'), DENIED)

  await root.lakeFormation.send(
    new CreateDataCellsFilterCommand({
      TableData: {
        ...filter('eu'),
        RowFilter: { FilterExpression: "region = 'EU'" },
        ColumnNames: ['order_id', 'region'],
      },
    }),
  )
  await grant(root, roleArn('analyst'), { DataCellsFilter: filter('eu') }, ['SELECT'])
  assert.deepEqual(await query(analyst, 'SELECT * FROM orders'), [['1', 'EU']])
  assert.deepEqual(await query(root, 'SELECT count(*) FROM linked.orders'), [['2']])
  // The link of the database is not the analyst's to see.
  assert.match(await failure(analyst, 'SELECT count(*) FROM linked.orders'), /Required Describe on linked/)
})

test('behind a link a table that is not shared and one that is not there are told in the same words', async () => {
  const words = async (name: string) => (await failure(root, `SELECT * FROM linked.${name}`)).replaceAll(name, 'it')
  const told = (await words('secret')).replace(/Request ID: [^;]*/, '')
  assert.match(told, DENIED)
  assert.equal((await words('absent')).replace(/Request ID: [^;]*/, ''), told)
})

test('Glue tells the same, by the link and by the id of the catalog', async () => {
  const columns = async (who: Person, input: { CatalogId?: string; DatabaseName: string; Name: string }) => {
    const { Table } = await who.glue.send(new GetTableCommand(input))
    return [Table!.CatalogId, Table!.StorageDescriptor!.Columns!.map(({ Name }) => Name)]
  }
  const shared = { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' }
  assert.deepEqual(await columns(root, shared), [ACCOUNT, ['order_id', 'region', 'dept', 'amount']])
  assert.deepEqual(await columns(analyst, shared), [ACCOUNT, ['order_id', 'region']])
  assert.deepEqual(await columns(analyst, { DatabaseName: 'local', Name: 'orders' }), [OTHER, ['order_id', 'region']])
  assert.deepEqual(await columns(root, { DatabaseName: 'linked', Name: 'orders' }), [
    ACCOUNT,
    ['order_id', 'region', 'dept', 'amount'],
  ])
  const foreign = async () => {
    const { DatabaseList } = await root.glue.send(new GetDatabasesCommand({ ResourceShareType: 'FOREIGN' }))
    return DatabaseList!.map(({ CatalogId, Name }) => [CatalogId, Name])
  }
  // "For cross-account resources, you must explicitly grant DESCRIBE": of a database in which a table is shared.
  assert.deepEqual(await foreign(), [])
  await grant(g.root, OTHER, { Database: { Name: 'db' } }, ['DESCRIBE'], ['DESCRIBE'])
  assert.deepEqual(await foreign(), [[ACCOUNT, 'db']])
  const { TableList } = await root.glue.send(new GetTablesCommand({ DatabaseName: 'linked' }))
  assert.deepEqual(
    TableList!.map(({ Name }) => Name),
    ['orders'],
  )
  // A guess is answered as what is there and hidden.
  for (const Name of ['secret', 'nothing'])
    await assert.rejects(root.glue.send(new GetTableCommand({ CatalogId: ACCOUNT, DatabaseName: 'db', Name })), {
      name: 'AccessDeniedException',
    })
  const remove = new DeleteTableCommand({ CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' })
  await assert.rejects(root.glue.send(remove), { name: 'AccessDeniedException', message: /Required Drop on orders/ })
})

test('another account writes nothing through a link, and passes nothing on to others', async () => {
  for (const sql of ["INSERT INTO orders VALUES (4, 'EU', 'hr', 'e', 1)", 'DROP TABLE linked.orders'])
    assert.match(await failure(root, sql), DENIED)
  const invalid = { name: 'InvalidInputException' }
  await assert.rejects(grant(root, '222222222222', table, ['SELECT']), invalid)
  await assert.rejects(grant(root, 'IAM_ALLOWED_PRINCIPALS', table, ['ALL']), invalid)
  await assert.rejects(grant(root, roleArn('analyst'), table, ['INSERT']), { name: 'AccessDeniedException' })
  await assert.rejects(grant(g.root, OTHER, { Database: { Name: 'db' } }, ['ALL']), invalid)
  await assert.rejects(grant(g.root, roleArn('analyst'), table, ['SELECT'], ['SELECT']), invalid)
  await assert.rejects(grant(g.root, 'arn:aws:organizations::1:organization/o-1', table, ['SELECT']), invalid)
  await assert.rejects(grant(analyst, roleArn('other'), table, ['SELECT']), { name: 'AccessDeniedException' })
})

test('who administers the lake there lists what was shared and what was passed on', async () => {
  const { PrincipalResourcePermissions: listed } = await root.lakeFormation.send(
    new ListPermissionsCommand({ CatalogId: ACCOUNT }),
  )
  assert.deepEqual(
    listed!.map(({ Principal, Resource }) => [
      Principal!.DataLakePrincipalIdentifier,
      Resource!.DataCellsFilter?.TableCatalogId ?? Resource!.Database!.CatalogId,
      Resource!.DataCellsFilter?.Name ?? Resource!.Database!.Name,
    ]),
    [
      [roleArn('analyst'), ACCOUNT, 'eu'],
      [OTHER, ACCOUNT, 'db'],
      [OTHER, ACCOUNT, 'hr'],
    ],
  )
})

test('a data catalog of type GLUE reads what is shared without a link', async () => {
  const Parameters = { 'catalog-id': ACCOUNT }
  await root.athena.send(new CreateDataCatalogCommand({ Name: 'Producer', Type: 'GLUE', Parameters }))
  assert.deepEqual(await query(analyst, 'SELECT * FROM producer.db.orders'), [['1', 'EU']])
  const listed = new ListTableMetadataCommand({ CatalogName: 'Producer', DatabaseName: 'db' })
  // The database was shared with the account, and is its own to pass on.
  await assert.rejects(analyst.athena.send(listed), /Database db not found/)
  await grant(root, roleArn('analyst'), { Database: { CatalogId: ACCOUNT, Name: 'db' } }, ['DESCRIBE'])
  const { TableMetadataList } = await analyst.athena.send(listed)
  assert.deepEqual(
    TableMetadataList!.map(({ Name }) => Name),
    ['orders'],
  )
})

test('it is said by whose leave somebody sees what', async () => {
  const { accessKeyId, secretAccessKey } = other.client.credentials
  const target = { endpoint: g.lake.endpoint, region: g.lake.region, accessKeyId, secretAccessKey }
  const { columns } = await callOwn<{ columns: { column: string; visible: string; because: string[] }[] }>(
    target,
    'access',
    { principal: 'role/analyst', table: 'local.orders' },
  )
  const told = new Map(columns.map(({ column, ...rest }) => [column, rest]))
  assert.deepEqual([told.get('region')!.visible, told.get('dept')!.visible], ['sometimes', 'never'])
  assert.match(
    told.get('region')!.because[0]!,
    /^SELECT on the data cells filter hr of db.orders .* is granted to 111111111111; in that account SELECT on the data cells filter eu of db.orders .* is granted to arn:aws:iam::111111111111:role\/analyst$/,
  )
})

test('what is revoked is gone at once, from results that may be reused too', async () => {
  const more = {
    QueryExecutionContext: { Database: 'local' },
    ResultConfiguration: { OutputLocation: 's3://other-results/' },
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true } },
  }
  const sql = 'SELECT order_id FROM orders ORDER BY 1'
  for (const expected of [
    [['1'], ['3']],
    [['1'], ['3']],
  ])
    assert.deepEqual(await root.rows(sql, more), expected)
  await revoke(g.root, OTHER, { DataCellsFilter: filter('hr') }, ['SELECT'])
  for (const who of [root, analyst]) assert.match(await who.failure(sql, more), DENIED)
})

test('LF-Tags share whatever has them, and meet what is passed on', async () => {
  const tag = { TagKey: 'share', TagValues: ['yes'] }
  await g.root.lakeFormation.send(new CreateLFTagCommand({ TagKey: 'share', TagValues: ['yes', 'no'] }))
  const put = (Resource: Resource, value: string) =>
    g.root.lakeFormation.send(
      new AddLFTagsToResourceCommand({ Resource, LFTags: [{ TagKey: 'share', TagValues: [value] }] }),
    )
  await put({ Table: { DatabaseName: 'db', Name: 'orders' } }, 'yes')
  await put({ TableWithColumns: { DatabaseName: 'db', Name: 'orders', ColumnNames: ['email'] } }, 'no')
  const tagged: Resource = { LFTagPolicy: { CatalogId: ACCOUNT, ResourceType: 'TABLE', Expression: [tag] } }
  await grant(g.root, OTHER, tagged, ['SELECT'], ['SELECT'])
  await grant(root, roleArn('analyst'), tagged, ['SELECT'])
  const columns = (...ColumnNames: string[]): Resource => ({
    TableWithColumns: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders', ColumnNames },
  })
  await revoke(root, roleArn('analyst'), { DataCellsFilter: filter('eu') }, ['SELECT'])
  assert.deepEqual(await query(analyst, 'SELECT * FROM orders WHERE order_id = 2'), [['2', 'EU', 'it', '20']])
  await revoke(root, roleArn('analyst'), tagged, ['SELECT'])
  // What is not shared is told as what there is not.
  for (const hidden of ['email', 'nothing'])
    await assert.rejects(grant(root, roleArn('analyst'), columns(hidden, 'amount'), ['SELECT']), {
      name: 'EntityNotFoundException',
      message: `Column ${hidden} not found.`,
    })
  await grant(root, roleArn('analyst'), columns('amount'), ['SELECT'])
  assert.deepEqual(await query(analyst, 'SELECT * FROM orders ORDER BY 1'), [['10'], ['20'], ['30']])
  await revoke(g.root, OTHER, tagged, ['SELECT'])
  assert.match(await failure(analyst, 'SELECT * FROM orders'), DENIED)
})

test('what is granted to somebody of another account is theirs alone, and needs nobody to pass it on', async () => {
  const columns: Resource = { TableWithColumns: { DatabaseName: 'db', Name: 'orders', ColumnNames: ['region'] } }
  await grant(g.root, roleArn('analyst'), columns, ['SELECT'])
  assert.deepEqual(await query(analyst, 'SELECT DISTINCT * FROM orders ORDER BY 1'), [['EU'], ['US']])
  assert.match(await failure(root, 'SELECT * FROM orders'), DENIED)
  await revoke(g.root, roleArn('analyst'), columns, ['SELECT'])
})
