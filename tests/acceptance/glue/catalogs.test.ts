import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchCreatePartitionCommand,
  CreateCatalogCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteCatalogCommand,
  GetCatalogCommand,
  GetCatalogsCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTagsCommand,
  GlueClient,
  UpdateCatalogCommand,
} from '@aws-sdk/client-glue'
import { startLake, type TestLake } from '../server.ts'

const ACCOUNT = '000000000000'
const CatalogId = `${ACCOUNT}:sales`
let lake: TestLake
let glue: GlueClient
before(async () => {
  lake = await startLake()
  glue = new GlueClient(lake.client)
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const get = async (id: string) => (await glue.send(new GetCatalogCommand({ CatalogId: id }))).Catalog!
const missing = { name: 'EntityNotFoundException' }

test('catalogs are made, changed, listed and tagged', async () => {
  const CatalogInput = { Description: 'Of sales', Parameters: { a: 'b' }, CreateTableDefaultPermissions: [] }
  const create = (Name: string, input: object = CatalogInput) =>
    glue.send(new CreateCatalogCommand({ Name, CatalogInput: input, Tags: { team: 'shop' } }))
  await create('sales')
  await create('ads')
  await assert.rejects(create('sales'), { name: 'AlreadyExistsException' })
  await assert.rejects(create(ACCOUNT), { name: /InvalidInputException|ValidationException/ })
  const FederatedCatalog = { Identifier: 'x', ConnectionName: 'y' }
  await assert.rejects(create('federated', { FederatedCatalog }), { name: 'InvalidInputException' })
  const { CreateTime, UpdateTime, ...rest } = await get(CatalogId)
  assert.ok(CreateTime && UpdateTime)
  const ResourceArn = `arn:aws:glue:us-east-1:${ACCOUNT}:catalog/sales`
  assert.deepEqual(rest, { ...CatalogInput, CatalogId, Name: 'sales', ResourceArn })
  await glue.send(new UpdateCatalogCommand({ CatalogId: 'sales', CatalogInput: { Description: 'Sold' } }))
  assert.deepEqual([(await get('sales')).Description, (await get('sales')).Parameters], ['Sold', undefined])
  assert.deepEqual((await glue.send(new GetTagsCommand({ ResourceArn }))).Tags, { team: 'shop' })
  const names = async (input: object) =>
    (await glue.send(new GetCatalogsCommand(input))).CatalogList!.map((one) => one.Name)
  assert.deepEqual(await names({}), ['ads', 'sales'])
  assert.deepEqual(await names({ IncludeRoot: true, Recursive: true }), [ACCOUNT, 'ads', 'sales'])
  assert.deepEqual(await names({ ParentCatalogId: CatalogId }), [])
  await assert.rejects(names({ ParentCatalogId: CatalogId, IncludeRoot: true }), { name: 'InvalidInputException' })
  await assert.rejects(names({ ParentCatalogId: `${ACCOUNT}:none` }), missing)
  assert.equal((await get(ACCOUNT)).ResourceArn, `arn:aws:glue:us-east-1:${ACCOUNT}:catalog`)
  await assert.rejects(get('111122223333:sales'), { name: 'AccessDeniedException' })
})

test('each has databases of its own', async () => {
  const database = (more: object) => glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' }, ...more }))
  await database({ CatalogId })
  await database({})
  await assert.rejects(database({ CatalogId: 'none' }), missing)
  const at = { CatalogId, DatabaseName: 'db' }
  const TableInput = { Name: 't', PartitionKeys: [{ Name: 'p', Type: 'string' }] }
  await glue.send(new CreateTableCommand({ ...at, TableInput }))
  const PartitionInputList = [{ Values: ['1'] }]
  await glue.send(new BatchCreatePartitionCommand({ ...at, TableName: 't', PartitionInputList }))
  const { Table } = await glue.send(new GetTableCommand({ ...at, Name: 't' }))
  assert.equal(Table!.CatalogId, CatalogId)
  const { Partitions } = await glue.send(new GetPartitionsCommand({ ...at, TableName: 't' }))
  assert.equal(Partitions!.length, 1)
  await assert.rejects(glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 't' })), missing)
  const { DatabaseList } = await glue.send(new GetDatabasesCommand({ CatalogId: 'ads' }))
  assert.deepEqual(DatabaseList, [])
  await assert.rejects(glue.send(new GetDatabasesCommand({ CatalogId: 'none' })), missing)
})

test('what was in a catalog goes with it', async () => {
  const remove = (id: string) => glue.send(new DeleteCatalogCommand({ CatalogId: id }))
  await remove(CatalogId)
  await assert.rejects(remove(CatalogId), missing)
  await assert.rejects(remove(ACCOUNT), { name: 'InvalidInputException' })
  await assert.rejects(glue.send(new GetDatabaseCommand({ CatalogId, Name: 'db' })), missing)
  await glue.send(new CreateCatalogCommand({ Name: 'sales', CatalogInput: {} }))
  await assert.rejects(glue.send(new GetDatabaseCommand({ CatalogId, Name: 'db' })), missing)
  assert.ok((await glue.send(new GetDatabaseCommand({ Name: 'db' }))).Database)
})
