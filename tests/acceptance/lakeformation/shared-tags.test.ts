/** LF-Tags granted to another account: seen there, passed on, and put on what is shared (docs: lake-formation dg, TBAC-granting-tags). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  AddLFTagsToResourceCommand,
  CreateLFTagCommand,
  GetLFTagCommand,
  GetResourceLFTagsCommand,
  GrantPermissionsCommand,
  ListLFTagsCommand,
  type Permission,
  PutDataLakeSettingsCommand,
  RemoveLFTagsFromResourceCommand,
  type Resource,
  RevokePermissionsCommand,
} from '@aws-sdk/client-lakeformation'
import { otherAccount } from '../accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person, person } from './governed-lake.ts'

const OTHER = '111111111111'
const STEWARD = `arn:aws:iam::${OTHER}:role/steward`
let g: GovernedLake
let root: Person
let steward: Person

const area = (...TagValues: string[]): Resource => ({ LFTag: { CatalogId: ACCOUNT, TagKey: 'area', TagValues } })
const database: Resource = { Database: { CatalogId: ACCOUNT, Name: 'db' } }
const orders: Resource = { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' } }
const entry = (to: string, Resource: Resource, Permissions: Permission[], option: boolean) => ({
  Principal: { DataLakePrincipalIdentifier: to },
  Resource,
  Permissions,
  PermissionsWithGrantOption: option ? Permissions : [],
})
const grant = (by: Person, to: string, on: Resource, permissions: Permission[], option = false) =>
  by.lakeFormation.send(new GrantPermissionsCommand(entry(to, on, permissions, option)))
const revoke = (by: Person, to: string, on: Resource, permissions: Permission[], option = false) =>
  by.lakeFormation.send(new RevokePermissionsCommand(entry(to, on, permissions, option)))
const tag = (by: Person) => by.lakeFormation.send(new GetLFTagCommand({ CatalogId: ACCOUNT, TagKey: 'area' }))
const put = async (by: Person, on: Resource, value: string, CatalogId = ACCOUNT) => {
  const LFTags = [{ CatalogId, TagKey: 'area', TagValues: [value] }]
  const { Failures } = await by.lakeFormation.send(
    new AddLFTagsToResourceCommand({ CatalogId: ACCOUNT, Resource: on, LFTags }),
  )
  return Failures!.map(({ Error: why }) => why!.ErrorCode)
}
const DENIED = { name: 'AccessDeniedException' }

before(async () => {
  g = await governedLake()
  await g.root.table("CREATE TABLE orders WITH (external_location = 's3://data/orders/') AS SELECT 1 AS id")
  const TagValues = ['sales', 'people', 'money']
  await g.root.lakeFormation.send(new CreateLFTagCommand({ TagKey: 'area', TagValues }))
  const other = await otherAccount(g.lake, OTHER)
  root = person(other.client)
  await root.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [] } }))
  steward = person(await other.role('steward'))
})
after(async () => {
  for (const one of [root, steward])
    for (const client of [one.athena, one.glue, one.lakeFormation, one.s3]) client.destroy()
  await g.close()
})

test('only Describe and Associate are granted abroad, to accounts with the grant option', async () => {
  const invalid = { name: 'InvalidInputException' }
  await assert.rejects(grant(g.root, OTHER, area('sales'), ['DROP'], true), invalid)
  await assert.rejects(grant(g.root, OTHER, area('sales'), ['ASSOCIATE']), invalid)
  await assert.rejects(tag(root), DENIED)
})

test('values that are shared are seen by who administers the other account, and by whom they pass them on to', async () => {
  await grant(g.root, OTHER, area('sales', 'people'), ['DESCRIBE', 'ASSOCIATE'], true)
  assert.deepEqual(await tag(root).then(({ CatalogId, TagValues }) => [CatalogId, TagValues]), [
    ACCOUNT,
    ['sales', 'people'],
  ])
  await assert.rejects(tag(steward), DENIED)
  await assert.rejects(grant(root, STEWARD, area('money'), ['DESCRIBE']), DENIED)
  await grant(root, STEWARD, area('sales'), ['DESCRIBE'])
  assert.deepEqual((await tag(steward)).TagValues, ['sales'])
  const listed = async (by: Person, ResourceShareType?: 'FOREIGN' | 'ALL') =>
    (await by.lakeFormation.send(new ListLFTagsCommand({ ResourceShareType }))).LFTags
  assert.deepEqual(await listed(steward, 'FOREIGN'), [{ CatalogId: ACCOUNT, TagKey: 'area', TagValues: ['sales'] }])
  assert.deepEqual(await listed(steward), [])
  await root.lakeFormation.send(new CreateLFTagCommand({ TagKey: 'own', TagValues: ['x'] }))
  assert.deepEqual(
    (await listed(root, 'ALL'))!.map(({ CatalogId, TagKey }) => [CatalogId, TagKey]),
    [
      [ACCOUNT, 'area'],
      [OTHER, 'own'],
    ],
  )
})

test('they are put on what is shared with all that tagging takes, and nowhere else', async () => {
  await assert.rejects(put(root, orders, 'sales'), DENIED)
  await grant(g.root, OTHER, orders, ['ALL'], true)
  assert.deepEqual(await put(root, orders, 'sales'), [])
  assert.deepEqual(await put(root, orders, 'money'), ['AccessDeniedException'])
  assert.deepEqual(await put(root, orders, 'sales', OTHER), ['InvalidInputException'])
  await assert.rejects(put(root, database, 'sales'), DENIED)
  await grant(g.root, OTHER, database, ['DESCRIBE', 'CREATE_TABLE', 'ALTER'], true)
  assert.deepEqual(await put(root, database, 'people'), [])
  // Whom it is passed on to needs both: the tag, and what it is put on.
  await assert.rejects(put(steward, orders, 'sales'), DENIED)
  await grant(root, STEWARD, orders, ['ALL'], true)
  assert.deepEqual(await put(steward, orders, 'sales'), ['AccessDeniedException'])
  await grant(root, STEWARD, area('sales'), ['ASSOCIATE'])
  assert.deepEqual(await put(steward, orders, 'sales'), [])
  assert.deepEqual(await put(steward, orders, 'people'), ['AccessDeniedException'])
})

test('those of a shared resource are told, so far as they are shared, to who sees it', async () => {
  await put(g.root, database, 'money')
  const told = async (by: Person) => {
    const asked = new GetResourceLFTagsCommand({ Resource: orders })
    const { LFTagOnDatabase, LFTagsOnTable } = await by.lakeFormation.send(asked)
    return [LFTagOnDatabase, LFTagsOnTable].map((tags) => tags!.flatMap(({ TagValues }) => TagValues))
  }
  assert.deepEqual(await told(g.root), [['money'], ['sales']])
  for (const by of [root, steward]) assert.deepEqual(await told(by), [[], ['sales']])
  const hidden = { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'nothing' } }
  await assert.rejects(steward.lakeFormation.send(new GetResourceLFTagsCommand({ Resource: hidden })), DENIED)
})

test('the owner’s grants by tags go by what others have put on its tables', async () => {
  const policy: Resource = {
    LFTagPolicy: { ResourceType: 'TABLE', Expression: [{ TagKey: 'area', TagValues: ['sales'] }] },
  }
  await g.grant('seller', policy, ['SELECT'])
  assert.deepEqual(await g.as('seller').rows('SELECT * FROM orders'), [['1']])
  const LFTags = [{ TagKey: 'area', TagValues: ['sales'] }]
  const gone = new RemoveLFTagsFromResourceCommand({ CatalogId: ACCOUNT, Resource: orders, LFTags })
  assert.deepEqual((await steward.lakeFormation.send(gone)).Failures, [])
  assert.match(
    await g.as('seller').failure('SELECT * FROM orders'),
    /Insufficient|not authorized|COLUMN_NOT_FOUND|TABLE_NOT_FOUND/,
  )
})

test('what is revoked is gone at once', async () => {
  await revoke(g.root, OTHER, area('sales', 'people'), ['DESCRIBE', 'ASSOCIATE'], true)
  await assert.rejects(tag(steward), DENIED)
  assert.deepEqual(await put(steward, orders, 'sales'), ['AccessDeniedException'])
})
