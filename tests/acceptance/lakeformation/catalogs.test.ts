/** Catalogs below the account's: who makes, sees and drops them, and who may do everything in one (docs: lake-formation dg, lf-permissions-reference). */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import {
  CreateCatalogCommand,
  CreateDatabaseCommand,
  DeleteCatalogCommand,
  GetCatalogCommand,
  GetCatalogsCommand,
  UpdateCatalogCommand,
} from '@aws-sdk/client-glue'
import { GrantPermissionsCommand, PutDataLakeSettingsCommand, type Resource } from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake, shopCatalog } from './governed-lake.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-catalogs-'))
const SHOP: Resource = { Catalog: { Id: `${ACCOUNT}:shop` } }
const SALES: Resource = { Catalog: { Id: `${ACCOUNT}:sales` } }
const DENIED = { name: 'AccessDeniedException' }
let g: GovernedLake

before(async () => {
  const shop = new DatabaseSync(join(directory, 'shop.db'))
  shop.exec("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO customers VALUES (1, 'Ann')")
  shop.close()
  g = await governedLake({ sqliteDirectory: directory })
  await g.root.athena.send(shopCatalog('shop'))
  const admin = { DataLakePrincipalIdentifier: `arn:aws:iam::${ACCOUNT}:role/admin` }
  await g.root.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [admin] } }))
  await g.revoke('IAM_ALLOWED_PRINCIPALS', { Catalog: {} }, ['CREATE_DATABASE'])
})
after(async () => {
  await g.close()
  rmSync(directory, { recursive: true })
})

test('who may create catalogs has all of those that they create, and others see what they were granted', async () => {
  const made = new CreateCatalogCommand({ Name: 'sales', CatalogInput: {} })
  const { glue } = g.as('maker')
  await assert.rejects(glue.send(made), DENIED)
  await g.grant('maker', { Catalog: {} }, ['CREATE_CATALOG'])
  await glue.send(made)
  const get = new GetCatalogCommand({ CatalogId: `${ACCOUNT}:sales` })
  const update = new UpdateCatalogCommand({ CatalogId: 'sales', CatalogInput: { Description: 'told' } })
  const gone = new DeleteCatalogCommand({ CatalogId: 'sales' })
  const database = (Name: string) => new CreateDatabaseCommand({ CatalogId: 'sales', DatabaseInput: { Name } })
  const listed = async (role: string) =>
    (await g.as(role).glue.send(new GetCatalogsCommand({}))).CatalogList!.map(({ Name }) => Name)
  await glue.send(update)
  await glue.send(database('eu'))
  const stranger = g.as('stranger').glue
  for (const ask of [get, update, gone, database('us')]) await assert.rejects(stranger.send(ask as typeof get), DENIED)
  assert.deepEqual([await listed('stranger'), await listed('maker'), await listed('admin')], [[], ['sales'], ['sales']])
  await g.grant('stranger', SALES, ['DESCRIBE'])
  assert.equal((await stranger.send(get)).Catalog!.Description, 'told')
  await g.grant('stranger', SALES, ['CREATE_DATABASE'])
  await stranger.send(database('us'))
  // Administrators drop nothing that others have made.
  await assert.rejects(g.as('admin').glue.send(gone), DENIED)
  await glue.send(gone)
  assert.deepEqual(await listed('admin'), [])
})

test('all of a catalog is nothing of what others have in it; a super user may do everything with that', async () => {
  const read = 'SELECT name FROM shop.main.customers'
  await g.grant('owner', SHOP, ['ALL'])
  assert.match(await g.as('owner').failure(read), /Insufficient|not authorized/)
  await g.grant('super', SHOP, ['SUPER_USER'])
  assert.deepEqual(await g.as('super').rows(read), [['Ann']])
  const granted = (by: string, to: string) =>
    g.as(by).lakeFormation.send(
      new GrantPermissionsCommand({
        Principal: { DataLakePrincipalIdentifier: `arn:aws:iam::${ACCOUNT}:role/${to}` },
        Resource: { Table: { CatalogId: `${ACCOUNT}:shop`, DatabaseName: 'main', Name: 'customers' } },
        Permissions: ['SELECT'],
      }),
    )
  await assert.rejects(granted('owner', 'reader'), DENIED)
  await granted('super', 'reader')
  assert.deepEqual(await g.as('reader').rows(read), [['Ann']])
  await g.revoke('super', SHOP, ['SUPER_USER'])
  assert.match(await g.as('super').failure(read), /Insufficient|not authorized/)
})

test('super users are of catalogs below the default one, and of its own account', async () => {
  const invalid = { name: 'InvalidInputException' }
  await assert.rejects(g.grant('super', { Catalog: {} }, ['SUPER_USER']), invalid)
  const abroad = new GrantPermissionsCommand({
    Principal: { DataLakePrincipalIdentifier: '111111111111' },
    Resource: SHOP,
    Permissions: ['SUPER_USER'],
  })
  await assert.rejects(g.root.lakeFormation.send(abroad), invalid)
  await assert.rejects(g.grant('super', { Database: { Name: 'db' } }, ['SUPER_USER']), invalid)
})
