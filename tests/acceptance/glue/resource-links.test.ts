/** Links to databases and tables (docs: lake-formation dg, resource-links-glue-apis), asked through Glue and Athena. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchCreatePartitionCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  SearchTablesCommand,
  UpdateDatabaseCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { restClient } from '../iceberg/rest-client.ts'

const CatalogId = '000000000000'
let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.put('sales/day=1/f.csv', 'one\n')
  await a.put('sales/day=2/f.csv', 'two\n')
  await a.succeed(`CREATE EXTERNAL TABLE sales (s string) PARTITIONED BY (day string) LOCATION 's3://data/sales/'`)
  const TargetDatabase = { CatalogId, DatabaseName: 'db' }
  await a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'linked', TargetDatabase } }))
  await a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'other' } }))
  const TargetTable = { CatalogId, DatabaseName: 'db', Name: 'sales' }
  const TableInput = { Name: 'mysales', TargetTable }
  await a.glue.send(new CreateTableCommand({ DatabaseName: 'other', TableInput }))
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

const get = async (DatabaseName: string, Name: string) =>
  (await a.glue.send(new GetTableCommand({ DatabaseName, Name }))).Table!

test('partitions are added through links, and queries read through them', async () => {
  const partition = (day: string) => ({ Values: [day], StorageDescriptor: { Location: `s3://data/sales/day=${day}/` } })
  const create = (DatabaseName: string, TableName: string, day: string) =>
    a.glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList: [partition(day)] }))
  await create('other', 'mysales', '1')
  await a.succeed("ALTER TABLE linked.sales ADD PARTITION (day = '2')")
  for (const [DatabaseName, TableName] of [
    ['db', 'sales'],
    ['linked', 'sales'],
    ['other', 'mysales'],
  ]) {
    const { Partitions } = await a.glue.send(new GetPartitionsCommand({ DatabaseName, TableName }))
    assert.deepEqual(
      Partitions!.map((one) => one.Values),
      [['1'], ['2']],
    )
    assert.deepEqual(await a.rows(`SELECT s, day FROM ${DatabaseName}.${TableName} ORDER BY day`), [
      ['one', '1'],
      ['two', '2'],
    ])
  }
  await a.succeed("INSERT INTO other.mysales VALUES ('three', '3')")
  assert.deepEqual(await a.rows("SELECT s FROM db.sales WHERE day = '3'"), [['three']])
  assert.deepEqual(await a.lines('SHOW TABLES IN linked'), ['sales'])
})

test("a link is shown with its target's properties, and changes its target", async () => {
  const link = await get('other', 'mysales')
  assert.deepEqual(
    [link.Name, link.DatabaseName, link.TargetTable],
    ['mysales', 'other', { CatalogId, DatabaseName: 'db', Name: 'sales' }],
  )
  const { StorageDescriptor, PartitionKeys, TableType, Parameters } = await get('db', 'sales')
  assert.deepEqual(link.StorageDescriptor, StorageDescriptor)
  const TableInput = {
    Name: 'mysales',
    Description: 'Through the link',
    StorageDescriptor,
    PartitionKeys,
    TableType,
    Parameters,
  }
  await a.glue.send(new UpdateTableCommand({ DatabaseName: 'other', TableInput }))
  const target = await get('db', 'sales')
  assert.deepEqual([target.Description, target.Name, target.TargetTable], ['Through the link', 'sales', undefined])
  assert.deepEqual((await get('other', 'mysales')).Description, 'Through the link')
  const { TableList } = await a.glue.send(new GetTablesCommand({ DatabaseName: 'other' }))
  assert.deepEqual(
    TableList!.map((one) => [one.Name, one.Description]),
    [['mysales', 'Through the link']],
  )
  const found = await a.glue.send(new SearchTablesCommand({ SearchText: 'mysales' }))
  assert.deepEqual(
    found.TableList!.map((one) => one.Name),
    ['mysales'],
  )

  const DatabaseInput = { Name: 'linked', Description: 'All sales' }
  await a.glue.send(new UpdateDatabaseCommand({ Name: 'linked', DatabaseInput }))
  const database = async (Name: string) => (await a.glue.send(new GetDatabaseCommand({ Name }))).Database!
  assert.deepEqual(
    [(await database('db')).Description, (await database('db')).TargetDatabase],
    ['All sales', undefined],
  )
  assert.deepEqual((await database('linked')).TargetDatabase, { CatalogId, DatabaseName: 'db' })
  const { DatabaseList } = await a.glue.send(new GetDatabasesCommand({}))
  assert.equal(DatabaseList!.find((one) => one.Name === 'linked')!.Description, 'All sales')
})

test('what is dropped by SQL or by the REST catalog is the link, and an Iceberg table keeps its files', async () => {
  await a.succeed("CREATE TABLE iced (n int) LOCATION 's3://data/iced/' TBLPROPERTIES ('table_type' = 'ICEBERG')")
  await a.succeed('INSERT INTO iced VALUES (1), (2)')
  const TableInput = { Name: 'myiced', TargetTable: { CatalogId, DatabaseName: 'db', Name: 'iced' } }
  const link = () => a.glue.send(new CreateTableCommand({ DatabaseName: 'other', TableInput }))
  const gone = async () => {
    await assert.rejects(get('other', 'myiced'), { name: 'EntityNotFoundException' })
    assert.deepEqual(await a.rows('SELECT n FROM iced ORDER BY n'), [['1'], ['2']])
  }
  await link()
  assert.deepEqual(await a.rows('SELECT count(*) FROM other.myiced'), [['2']])
  await a.succeed('DROP TABLE other.myiced')
  await gone()
  await link()
  await restClient(a.lake).want('DELETE', 'namespaces/other/tables/myiced?purgeRequested=true')
  await gone()
  const DatabaseInput = { Name: 'linkeddb', TargetDatabase: { CatalogId, DatabaseName: 'db' } }
  await a.glue.send(new CreateDatabaseCommand({ DatabaseInput }))
  await a.succeed('DROP DATABASE linkeddb')
  await assert.rejects(a.glue.send(new GetDatabaseCommand({ Name: 'linkeddb' })), { name: 'EntityNotFoundException' })
  assert.deepEqual(await a.rows('SELECT count(*) FROM iced'), [['2']])
})

test('two links in a row are one too many', async () => {
  const link = { Name: 'again', TargetTable: { DatabaseName: 'db', Name: 'sales' } }
  const create = (DatabaseName: string) => a.glue.send(new CreateTableCommand({ DatabaseName, TableInput: link }))
  await assert.rejects(create('linked'), { name: 'InvalidInputException' })
  await create('db')
  const update = new UpdateTableCommand({ DatabaseName: 'linked', TableInput: { Name: 'again' } })
  await assert.rejects(a.glue.send(update), { name: 'InvalidInputException' })
  await a.glue.send(new DeleteTableCommand({ DatabaseName: 'linked', Name: 'again' }))
  await assert.rejects(get('db', 'again'), { name: 'EntityNotFoundException' })
})

test('a link is deleted and its target stays; a target is deleted and the link stays', async () => {
  const TableInput = { Name: 'nowhere', TargetTable: { DatabaseName: 'db', Name: 'gone' } }
  await a.glue.send(new CreateTableCommand({ DatabaseName: 'other', TableInput }))
  assert.deepEqual((await get('other', 'nowhere')).StorageDescriptor, undefined)
  assert.match(await a.failure('SELECT * FROM other.nowhere'), /TABLE_NOT_FOUND/)
  const partitions = new GetPartitionsCommand({ DatabaseName: 'other', TableName: 'nowhere' })
  await assert.rejects(a.glue.send(partitions), { name: 'EntityNotFoundException' })
  const foreign = { Name: 'foreign', TargetTable: { CatalogId: '111122223333', DatabaseName: 'db', Name: 'sales' } }
  await a.glue.send(new CreateTableCommand({ DatabaseName: 'other', TableInput: foreign }))
  const denied = new GetPartitionsCommand({ DatabaseName: 'other', TableName: 'foreign' })
  await assert.rejects(a.glue.send(denied), { name: 'AccessDeniedException' })
  await a.glue.send(new DeleteTableCommand({ DatabaseName: 'other', Name: 'mysales' }))
  await a.glue.send(new DeleteDatabaseCommand({ Name: 'linked' }))
  await assert.rejects(get('other', 'mysales'), { name: 'EntityNotFoundException' })
  assert.deepEqual(await a.rows('SELECT count(*) FROM db.sales'), [['3']])
})
