import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  GetCatalogImportStatusCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetTableCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDatabaseCommand,
} from '@aws-sdk/client-glue'
import { glueLake } from './glue-lake.ts'

const { glue } = await glueLake()

const create = (Name: string) => glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))

test('a database comes back as it was put, its name in lower case', async () => {
  await glue.send(
    new CreateDatabaseCommand({
      DatabaseInput: {
        Name: 'Sales_DB',
        Description: 'all\nsales',
        LocationUri: 's3://bucket/sales/',
        Parameters: { owner: 'Ann', __proto__x: '1' },
        CreateTableDefaultPermissions: [
          { Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] },
        ],
      },
    }),
  )
  const { Database } = await glue.send(new GetDatabaseCommand({ Name: 'SALES_db' }))
  const { CreateTime, ...rest } = Database!
  assert.ok(CreateTime instanceof Date)
  assert.deepEqual(rest, {
    Name: 'sales_db',
    Description: 'all\nsales',
    LocationUri: 's3://bucket/sales/',
    Parameters: { owner: 'Ann', __proto__x: '1' },
    CreateTableDefaultPermissions: [
      { Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] },
    ],
    CatalogId: '000000000000',
  })
})

test('what is there already, and what is not', async () => {
  await create('twice')
  await assert.rejects(create('TWICE'), { name: 'AlreadyExistsException', message: 'Database already exists.' })
  const missing = { name: 'EntityNotFoundException', message: 'Database nowhere not found.' }
  await assert.rejects(glue.send(new GetDatabaseCommand({ Name: 'Nowhere' })), missing)
  await assert.rejects(glue.send(new DeleteDatabaseCommand({ Name: 'nowhere' })), missing)
  await assert.rejects(
    glue.send(new UpdateDatabaseCommand({ Name: 'nowhere', DatabaseInput: { Name: 'nowhere' } })),
    missing,
  )
})

test('an update replaces the description and keeps the time of creation', async () => {
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'changing', Description: 'old' } }))
  const before = await glue.send(new GetDatabaseCommand({ Name: 'changing' }))
  await glue.send(
    new UpdateDatabaseCommand({ Name: 'changing', DatabaseInput: { Name: 'changing', LocationUri: 's3://b/' } }),
  )
  const { Database } = await glue.send(new GetDatabaseCommand({ Name: 'changing' }))
  assert.deepEqual(Database, {
    Name: 'changing',
    LocationUri: 's3://b/',
    CreateTime: before.Database!.CreateTime,
    CatalogId: '000000000000',
  })
})

test('databases are paged in order', async () => {
  for (const name of ['page_c', 'page_a', 'page_b']) await create(name)
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await glue.send(new GetDatabasesCommand({ MaxResults: 1, NextToken }))
    assert.ok(page.DatabaseList!.length <= 1)
    names.push(...page.DatabaseList!.map((database) => database.Name!))
    NextToken = page.NextToken
  } while (NextToken)
  assert.deepEqual(names, names.toSorted())
  assert.deepEqual(
    names.filter((name) => name.startsWith('page_')),
    ['page_a', 'page_b', 'page_c'],
  )
  await assert.rejects(glue.send(new GetDatabasesCommand({ NextToken: '***' })), { name: 'InvalidInputException' })
})

test('a database takes its tables with it, and a new one of the name is empty', async () => {
  await create('doomed')
  await glue.send(new CreateTableCommand({ DatabaseName: 'doomed', TableInput: { Name: 't' } }))
  await glue.send(new DeleteDatabaseCommand({ Name: 'doomed' }))
  await assert.rejects(glue.send(new GetTableCommand({ DatabaseName: 'doomed', Name: 't' })), {
    name: 'EntityNotFoundException',
    message: 'Database doomed not found.',
  })
  await create('doomed')
  await assert.rejects(glue.send(new GetTableCommand({ DatabaseName: 'doomed', Name: 't' })), {
    name: 'EntityNotFoundException',
  })
})

test('another catalog is closed', async () => {
  await assert.rejects(glue.send(new GetDatabaseCommand({ Name: 'x', CatalogId: '111122223333' })), {
    name: 'AccessDeniedException',
  })
  await assert.rejects(glue.send(new GetDatabasesCommand({ CatalogId: 's3tablescatalog' })), {
    name: 'EntityNotFoundException',
  })
  await create('own')
  const { Database } = await glue.send(new GetDatabaseCommand({ Name: 'own', CatalogId: '000000000000' }))
  assert.equal(Database!.Name, 'own')
})

test('tags stay with the database and go with it', async () => {
  const ResourceArn = 'arn:aws:glue:us-east-1:000000000000:database/tagged'
  const DatabaseInput = { Name: 'tagged' }
  await glue.send(new CreateDatabaseCommand({ DatabaseInput, Tags: { team: 'data', env: 'test' } }))
  const tags = async () => (await glue.send(new GetTagsCommand({ ResourceArn }))).Tags
  assert.deepEqual(await tags(), { team: 'data', env: 'test' })
  await glue.send(new TagResourceCommand({ ResourceArn, TagsToAdd: { env: 'prod', cost: '' } }))
  await glue.send(new UntagResourceCommand({ ResourceArn, TagsToRemove: ['team', 'none'] }))
  assert.deepEqual(await tags(), { env: 'prod', cost: '' })
  await glue.send(new DeleteDatabaseCommand({ Name: 'tagged' }))
  await assert.rejects(tags(), { name: 'EntityNotFoundException' })
  await glue.send(new CreateDatabaseCommand({ DatabaseInput }))
  assert.deepEqual(await tags(), {})
  const TagsToAdd = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, 'x']))
  await glue.send(new TagResourceCommand({ ResourceArn, TagsToAdd }))
  await assert.rejects(glue.send(new TagResourceCommand({ ResourceArn, TagsToAdd: { one: 'more' } })))
})

test('databases that stand for others elsewhere are told, and listed by themselves', async () => {
  const FederatedDatabase = { Identifier: 'arn:aws:redshift:us-east-1:000000000000:datashare:x/y', ConnectionName: 'r' }
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'elsewhere', FederatedDatabase } }))
  const { Database } = await glue.send(new GetDatabaseCommand({ Name: 'elsewhere' }))
  assert.deepEqual(Database!.FederatedDatabase, FederatedDatabase)
  const { DatabaseList } = await glue.send(new GetDatabasesCommand({ ResourceShareType: 'FEDERATED' }))
  assert.deepEqual(
    DatabaseList!.map((one) => [one.Name, one.FederatedDatabase]),
    [['elsewhere', FederatedDatabase]],
  )
})

test('there is nothing to import from before', async () => {
  const { ImportStatus } = await glue.send(new GetCatalogImportStatusCommand({}))
  assert.equal(ImportStatus!.ImportCompleted, true)
})
