/** Data catalogs, and the metadata of databases and tables as Athena shows them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateDataCatalogCommand,
  DeleteDataCatalogCommand,
  GetDatabaseCommand,
  GetDataCatalogCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  ListDataCatalogsCommand,
  ListTableMetadataCommand,
  ListTagsForResourceCommand,
  UpdateDataCatalogCommand,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, DeleteDatabaseCommand, GetDatabasesCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  for (const Name of ['aa', 'zz']) await a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))
  await a.succeed(`CREATE EXTERNAL TABLE orders (id int COMMENT 'the key', note string) PARTITIONED BY (day date)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/orders/' TBLPROPERTIES ('k'='v')`)
  await a.succeed(`CREATE EXTERNAL TABLE order_lines (id int) STORED AS PARQUET LOCATION 's3://data/lines/'`)
  await a.succeed('CREATE VIEW seen AS SELECT id FROM orders')
})
after(() => a.close())

const CatalogName = 'AwsDataCatalog'

test('the default catalog, and registered ones beside it', async () => {
  const { DataCatalog } = await a.athena.send(new GetDataCatalogCommand({ Name: CatalogName }))
  assert.deepEqual(
    [DataCatalog!.Name, DataCatalog!.Type, DataCatalog!.Parameters],
    [CatalogName, 'GLUE', { 'catalog-id': '000000000000' }],
  )
  const Parameters = { function: 'arn:aws:lambda:us-east-1:000000000000:function:f' }
  await a.athena.send(
    new CreateDataCatalogCommand({ Name: 'beyond', Type: 'LAMBDA', Parameters, Tags: [{ Key: 'k', Value: 'v' }] }),
  )
  await assert.rejects(a.athena.send(new CreateDataCatalogCommand({ Name: 'beyond', Type: 'LAMBDA' })), {
    name: 'InvalidRequestException',
  })
  await a.athena.send(new UpdateDataCatalogCommand({ Name: 'beyond', Type: 'LAMBDA', Description: 'far' }))
  const beyond = (await a.athena.send(new GetDataCatalogCommand({ Name: 'beyond' }))).DataCatalog!
  assert.deepEqual([beyond.Type, beyond.Description, beyond.Parameters], ['LAMBDA', 'far', Parameters])
  const ResourceARN = 'arn:aws:athena:us-east-1:000000000000:datacatalog/beyond'
  assert.deepEqual((await a.athena.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags, [
    { Key: 'k', Value: 'v' },
  ])
  const { DataCatalogsSummary } = await a.athena.send(new ListDataCatalogsCommand({}))
  assert.deepEqual(
    DataCatalogsSummary!.map((c) => [c.CatalogName, c.Type]),
    [
      [CatalogName, 'GLUE'],
      ['beyond', 'LAMBDA'],
    ],
  )
  await assert.rejects(a.athena.send(new ListDatabasesCommand({ CatalogName: 'beyond' })), {
    name: 'MetadataException',
  })
  await a.athena.send(new DeleteDataCatalogCommand({ Name: 'beyond' }))
  await assert.rejects(a.athena.send(new GetDataCatalogCommand({ Name: 'beyond' })), {
    name: 'InvalidRequestException',
  })
  await assert.rejects(a.athena.send(new DeleteDataCatalogCommand({ Name: CatalogName })), {
    name: 'InvalidRequestException',
  })
})

test('another name of the own Glue catalog', async () => {
  const Parameters = { 'catalog-id': '000000000000' }
  await a.athena.send(new CreateDataCatalogCommand({ Name: 'Alias', Type: 'GLUE', Parameters }))
  await a.athena.send(
    new CreateDataCatalogCommand({ Name: 'foreign', Type: 'GLUE', Parameters: { 'catalog-id': '999999999999' } }),
  )
  assert.deepEqual(await a.rows('SELECT id FROM alias.db.orders'), [])
  assert.deepEqual(
    await a.rows('SELECT id FROM orders', { QueryExecutionContext: { Catalog: 'Alias', Database: 'db' } }),
    [],
  )
  // Another account's, which has shared nothing: what there is in it is not told.
  assert.match(await a.failure('SELECT id FROM "foreign".db.orders'), /Required Describe on orders/)
  for (const Name of ['Alias', 'foreign']) await a.athena.send(new DeleteDataCatalogCommand({ Name }))
})

test('databases, page by page', async () => {
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await a.athena.send(new ListDatabasesCommand({ CatalogName, MaxResults: 1, NextToken }))
    names.push(...page.DatabaseList!.map((d) => d.Name!))
    NextToken = page.NextToken
  } while (NextToken)
  // Queries have run here before.
  assert.deepEqual(names, ['aa', 'db', 'default', 'zz'])
  assert.equal((await a.athena.send(new GetDatabaseCommand({ CatalogName, DatabaseName: 'db' }))).Database!.Name, 'db')
  await assert.rejects(a.athena.send(new GetDatabaseCommand({ CatalogName, DatabaseName: 'nowhere' })), {
    name: 'MetadataException',
  })
  await assert.rejects(a.athena.send(new GetDatabaseCommand({ CatalogName: 'nothing', DatabaseName: 'db' })), {
    name: 'InvalidRequestException',
  })
})

test('a table with its columns, keys and storage', async () => {
  const { TableMetadata } = await a.athena.send(
    new GetTableMetadataCommand({ CatalogName, DatabaseName: 'db', TableName: 'orders' }),
  )
  assert.deepEqual(TableMetadata!.Columns, [
    { Name: 'id', Type: 'int', Comment: 'the key' },
    { Name: 'note', Type: 'string' },
  ])
  assert.deepEqual(TableMetadata!.PartitionKeys, [{ Name: 'day', Type: 'date' }])
  assert.equal(TableMetadata!.TableType, 'EXTERNAL_TABLE')
  const { Parameters } = TableMetadata!
  assert.equal(Parameters!.k, 'v')
  assert.equal(Parameters!.inputformat, 'org.apache.hadoop.mapred.TextInputFormat')
  assert.equal(Parameters!['serde.serialization.lib'], 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe')
  assert.equal(Parameters!['serde.param.field.delim'], ',')
  await assert.rejects(
    a.athena.send(new GetTableMetadataCommand({ CatalogName, DatabaseName: 'db', TableName: 'nothing' })),
    { name: 'MetadataException' },
  )
})

test('tables by a pattern of their names, page by page', async () => {
  const list = async (Expression?: string) => {
    const names: string[] = []
    let NextToken: string | undefined
    do {
      const page = await a.athena.send(
        new ListTableMetadataCommand({ CatalogName, DatabaseName: 'db', Expression, MaxResults: 1, NextToken }),
      )
      names.push(...page.TableMetadataList!.map((t) => t.Name!))
      NextToken = page.NextToken
    } while (NextToken)
    return names
  }
  assert.deepEqual(await list(), ['order_lines', 'orders', 'seen'])
  assert.deepEqual(await list('order.*'), ['order_lines', 'orders'])
  assert.deepEqual(await list('orders'), ['orders'])
  assert.deepEqual(await list('*s'), ['order_lines', 'orders'])
  await assert.rejects(list('('), { name: 'InvalidRequestException' })
})

test('only what is asked for is told of databases and tables', async () => {
  const databases = (more: object) =>
    a.call<{ DatabaseList: object[] }>('ListDatabases', { CatalogName, MaxResults: 1, ...more })
  assert.deepEqual((await databases({ AttributesToGet: ['NAME'] })).answer.DatabaseList, [{ Name: 'aa' }])
  const tables = (AttributesToGet: string[]) =>
    a.call<{ TableMetadataList: object[]; Message: string }>('ListTableMetadata', {
      CatalogName,
      DatabaseName: 'db',
      Expression: 'seen|orders',
      AttributesToGet,
    })
  assert.deepEqual((await tables(['NAME'])).answer.TableMetadataList, [{ Name: 'orders' }, { Name: 'seen' }])
  assert.deepEqual((await tables(['NAME', 'TABLE_TYPE'])).answer.TableMetadataList, [
    { Name: 'orders', TableType: 'EXTERNAL_TABLE' },
    { Name: 'seen', TableType: 'VIRTUAL_VIEW' },
  ])
  const { status, answer } = await tables(['TABLE_TYPE'])
  assert.deepEqual([status, answer.Message], [400, 'AttributesToGet must include NAME'])
})

test('a federated catalog without a connection is refused', () =>
  assert.rejects(a.athena.send(new CreateDataCatalogCommand({ Name: 'far', Type: 'FEDERATED' })), {
    name: 'InvalidRequestException',
  }))

test('a catalog without a database gets the default one when a query first runs', async () => {
  const fresh = await athenaLake()
  const databases = async () =>
    (await fresh.glue.send(new GetDatabasesCommand({}))).DatabaseList!.map((one) => one.Name)
  const nowhere = { QueryExecutionContext: undefined }
  try {
    await fresh.glue.send(new DeleteDatabaseCommand({ Name: 'db' }))
    assert.deepEqual(await databases(), [])
    await Promise.all(['SELECT 1', 'SHOW TABLES', 'SELECT 2'].map((sql) => fresh.succeed(sql, nowhere)))
    assert.deepEqual(await databases(), ['default'])
    assert.match(
      await fresh.failure('SELECT * FROM nothing', nowhere),
      /^TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nothing' does not exist/,
    )
    await fresh.succeed('CREATE TABLE something AS SELECT 1 AS n', nowhere)
    assert.deepEqual(await fresh.rows('SELECT * FROM default.something', nowhere), [['1']])
    await fresh.glue.send(new DeleteDatabaseCommand({ Name: 'default' }))
    await fresh.succeed('SHOW TABLES', nowhere)
    assert.deepEqual(await databases(), ['default'])
  } finally {
    await fresh.close()
  }
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
