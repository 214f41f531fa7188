/** LF-Tags as Lake Formation's guide tells of them: on the lake's own tables and on those of data sources. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import {
  AddLFTagsToResourceCommand,
  CreateLFTagCommand,
  DeleteLFTagCommand,
  GetLFTagCommand,
  GetResourceLFTagsCommand,
  GrantPermissionsCommand,
  ListLFTagsCommand,
  ListPermissionsCommand,
  RemoveLFTagsFromResourceCommand,
  type Resource,
  SearchDatabasesByLFTagsCommand,
  SearchTablesByLFTagsCommand,
  UpdateLFTagCommand,
} from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake, type Person, shopCatalog } from './governed-lake.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-tags-'))
const SHOP = `${ACCOUNT}:shop`
let house: GovernedLake

const tag = (TagKey: string, ...TagValues: string[]) => ({ TagKey, TagValues })
const table = (Name: string): Resource => ({ Table: { DatabaseName: 'db', Name } })
const column = (Name: string, ...ColumnNames: string[]): Resource => ({
  TableWithColumns: { DatabaseName: 'db', Name, ColumnNames },
})
const policy = (...Expression: { TagKey: string; TagValues: string[] }[]): Resource => ({
  LFTagPolicy: { ResourceType: 'TABLE', Expression },
})
const put = (by: Person, on: Resource, ...LFTags: { TagKey: string; TagValues: string[] }[]) =>
  by.lakeFormation.send(new AddLFTagsToResourceCommand({ Resource: on, LFTags }))
const columnsSeen = async (who: Person, Name: string) => {
  const { Table } = await who.glue.send(new GetTableCommand({ DatabaseName: 'db', Name }))
  return Table!.StorageDescriptor!.Columns!.map((one) => one.Name)
}

before(async () => {
  const shop = new DatabaseSync(join(directory, 'shop.db'))
  shop.exec(`CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, ssn TEXT);
    INSERT INTO customers VALUES (1, 'Ann', 'SECRET-1');
    CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER); INSERT INTO orders VALUES (7, 70);`)
  shop.close()
  house = await governedLake({ sqliteDirectory: directory })
  const { root } = house
  await root.athena.send(shopCatalog('shop'))
  for (const name of ['people', 'sales', 'level'])
    await root.table(
      `CREATE TABLE ${name} WITH (external_location = 's3://data/${name}/') AS SELECT 1 AS id, 'x' AS name, 'SECRET' AS ssn`,
    )
  await root.lakeFormation.send(new CreateLFTagCommand(tag('module', 'hr', 'sales')))
  await root.lakeFormation.send(new CreateLFTagCommand(tag('sensitivity', 'public', 'pii')))
  await put(root, table('people'), tag('module', 'hr'), tag('sensitivity', 'public'))
  await put(root, column('people', 'ssn'), tag('sensitivity', 'pii'))
  await put(root, table('sales'), tag('module', 'sales'))
})
after(async () => {
  await house.close()
  rmSync(directory, { recursive: true })
})

test('what takes a whole table is not granted of a part: "Instead, only Describe is granted"', async () => {
  await house.grant('steward', policy(tag('sensitivity', 'public')), ['ALL'])
  const steward = house.as('steward')
  assert.deepEqual(await columnsSeen(steward, 'people'), ['id', 'name'])
  assert.deepEqual(await steward.table('SELECT * FROM people'), [
    ['id', 'name'],
    ['1', 'x'],
  ])
  assert.match(await steward.failure("INSERT INTO people VALUES (2, 'y', 'z')"), /Insufficient Lake Formation/)
  assert.match(await steward.failure('DROP TABLE people'), /Required Drop on people/)
  await house.grant('changer', policy(tag('sensitivity', 'pii')), ['ALTER', 'DROP'])
  assert.match(await house.as('changer').failure('DROP TABLE people'), /Required Drop on people/)
  // A part of the columns is a part: the table is told, its rows are not.
  assert.match(await house.as('changer').failure('SELECT ssn FROM people'), /Insufficient|COLUMN_NOT_FOUND/)
})

test('an asterisk is any value of a tag, and nothing without the tag', async () => {
  await house.grant('all', policy(tag('module', '*')), ['SELECT'])
  const all = house.as('all')
  assert.equal((await all.rows('SELECT * FROM people')).length, 1)
  assert.equal((await all.rows('SELECT * FROM sales')).length, 1)
  assert.match(await all.failure('SELECT * FROM level'), /Insufficient/)
})

test('tags are there before they are granted', async () => {
  for (const on of [policy(tag('modul', 'hr')), policy(tag('module', 'none')), { LFTag: tag('nothing', '*') }])
    await assert.rejects(house.grant('all', on as Resource, ['DESCRIBE']), { name: 'EntityNotFoundException' })
})

test('whoever may associate a value puts that value, on what is theirs', async () => {
  await house.grant('tagger', { LFTag: tag('module', 'sales') }, ['ASSOCIATE'])
  const tagger = house.as('tagger')
  const failed = async (value: string) => (await put(tagger, table('level'), tag('module', value))).Failures![0]?.Error
  await assert.rejects(failed('sales'), { name: 'AccessDeniedException' })
  // ALTER alone does not make it theirs.
  await house.grant('tagger', table('level'), ['ALTER'])
  await assert.rejects(failed('sales'), { name: 'AccessDeniedException' })
  await house.grant('tagger', table('level'), ['ALL'], ['ALL'])
  assert.equal(await failed('sales'), undefined)
  assert.equal((await failed('hr'))!.ErrorCode, 'AccessDeniedException')
  const { TagValues } = await tagger.lakeFormation.send(new GetLFTagCommand({ TagKey: 'module' }))
  assert.deepEqual(TagValues, ['sales'])
  const { LFTags } = await tagger.lakeFormation.send(new ListLFTagsCommand({}))
  assert.deepEqual(
    LFTags!.map((one) => [one.TagKey, one.TagValues]),
    [['module', ['sales']]],
  )
  await tagger.lakeFormation.send(
    new RemoveLFTagsFromResourceCommand({ Resource: table('level'), LFTags: [tag('module', 'sales')] }),
  )
})

test('tags of columns that are not seen are not told', async () => {
  await house.grant('clerk', column('people', 'id', 'name'), ['SELECT'])
  const clerk = house.as('clerk')
  const asked = new GetResourceLFTagsCommand({ Resource: table('people') })
  const none = await clerk.lakeFormation.send(asked)
  assert.deepEqual([none.LFTagOnDatabase, none.LFTagsOnTable, none.LFTagsOnColumns], [[], [], []])
  const { LFTagsOnTable } = await house.root.lakeFormation.send(asked)
  for (const { TagKey, TagValues } of [tag('sensitivity', 'public', 'pii'), tag('module', 'hr')])
    await house.grant('clerk', { LFTag: { TagKey, TagValues } }, ['DESCRIBE'])
  const all = await clerk.lakeFormation.send(asked)
  assert.deepEqual(all.LFTagsOnTable, LFTagsOnTable)
  assert.ok(all.LFTagsOnColumns!.length > 0)
  assert.doesNotMatch(JSON.stringify(all), /ssn/)
  const named = new GetResourceLFTagsCommand({ Resource: column('people', 'ssn') })
  assert.deepEqual((await clerk.lakeFormation.send(named)).LFTagsOnColumns, [])
  const search = new SearchTablesByLFTagsCommand({ Expression: [tag('sensitivity', 'pii')] })
  assert.deepEqual((await clerk.lakeFormation.send(search)).TableList, [])
  assert.equal((await house.root.lakeFormation.send(search)).TableList!.length, 1)
})

test('a search finds by the tags that are seen', async () => {
  // docs: lake-formation dg, TBAC-view-tag-resources: "`Describe` or `Associate` on the LF-Tag", and a permission on the resource.
  await house.grant('seeker', table('people'), ['SELECT'])
  const { lakeFormation } = house.as('seeker')
  const found = async (...Expression: { TagKey: string; TagValues: string[] }[]) => {
    const tables = await lakeFormation.send(new SearchTablesByLFTagsCommand({ Expression }))
    const databases = await lakeFormation.send(new SearchDatabasesByLFTagsCommand({ Expression }))
    assert.deepEqual(databases.DatabaseList, [])
    return tables.TableList!.map(({ Table, LFTagsOnColumns }) => [
      Table!.Name,
      ...LFTagsOnColumns!.map(({ Name }) => Name),
    ])
  }
  const [module, pii] = [tag('module', 'hr', 'sales'), tag('sensitivity', 'pii')]
  const asked = [[module], [pii], [tag('sensitivity', '*')], [module, pii]] as const
  for (const conditions of asked) assert.deepEqual(await found(...conditions), [])
  await house.grant('seeker', { LFTag: { TagKey: 'sensitivity', TagValues: ['public'] } }, ['ASSOCIATE'])
  for (const conditions of asked.filter((one) => one[0].TagValues[0] !== '*'))
    assert.deepEqual(await found(...conditions), [])
  assert.deepEqual(await found(tag('sensitivity', '*')), [['people']])
  assert.deepEqual(await found(tag('sensitivity', 'public', 'pii')), [['people']])
  await house.grant('seeker', { LFTag: { TagKey: 'sensitivity', TagValues: ['pii'] } }, ['DESCRIBE'])
  await house.grant('seeker', { LFTag: { TagKey: 'module', TagValues: ['hr'] } }, ['DESCRIBE'])
  assert.deepEqual(await found(module, pii), [['people', 'ssn']])
})

test('whoever makes a tag has it; who is granted an expression with the option passes on just that', async () => {
  await house.grant('maker', { Catalog: {} }, ['CREATE_LF_TAG'])
  const maker = house.as('maker')
  await maker.lakeFormation.send(new CreateLFTagCommand(tag('cost', 'low', 'high')))
  await maker.lakeFormation.send(new UpdateLFTagCommand({ TagKey: 'cost', TagValuesToAdd: ['none'] }))
  await assert.rejects(maker.lakeFormation.send(new UpdateLFTagCommand({ TagKey: 'module', TagValuesToAdd: ['x'] })), {
    name: 'AccessDeniedException',
  })
  const both = policy(tag('module', 'hr'), tag('sensitivity', 'public'))
  await house.grant('passer', both, ['SELECT'], ['SELECT'])
  const passer = house.as('passer').lakeFormation
  const pass = async (on: Resource, Permissions: ('SELECT' | 'INSERT')[]) => {
    const Principal = { DataLakePrincipalIdentifier: `arn:aws:iam::${ACCOUNT}:role/receiver` }
    await passer.send(new GrantPermissionsCommand({ Principal, Resource: on, Permissions }))
  }
  const denied = { name: 'AccessDeniedException' }
  await assert.rejects(pass(policy(tag('module', 'hr')), ['SELECT']), denied)
  await assert.rejects(pass(both, ['INSERT']), denied)
  // By name: the columns that have the tags, and not the table, which has another.
  await assert.rejects(pass(table('people'), ['SELECT']), denied)
  await assert.rejects(pass(column('people', 'ssn'), ['SELECT']), denied)
  await pass(column('people', 'id'), ['SELECT'])
  assert.deepEqual(await columnsSeen(house.as('receiver'), 'people'), ['id'])
  await pass(both, ['SELECT'])
  assert.deepEqual(await columnsSeen(house.as('receiver'), 'people'), ['id', 'name'])
})

test('a value that is gone opens nothing, even when it comes again', async () => {
  const { lakeFormation } = house.root
  await lakeFormation.send(new CreateLFTagCommand(tag('level', 'vp', 'director')))
  await put(house.root, table('level'), tag('level', 'vp'))
  await house.grant('vp', policy(tag('level', 'vp')), ['SELECT'])
  await house.grant('both', policy(tag('level', 'vp', 'director')), ['SELECT'])
  const [vp, both] = [house.as('vp'), house.as('both')]
  assert.equal((await vp.rows('SELECT * FROM level')).length, 1)
  const change = (more: object) => lakeFormation.send(new UpdateLFTagCommand({ TagKey: 'level', ...more }))
  await change({ TagValuesToDelete: ['vp'] })
  for (const who of [vp, both]) assert.match(await who.failure('SELECT * FROM level'), /Insufficient/)
  await change({ TagValuesToAdd: ['vp'] })
  await put(house.root, table('level'), tag('level', 'vp'))
  for (const who of [vp, both]) assert.match(await who.failure('SELECT * FROM level'), /Insufficient/)
  await put(house.root, table('level'), tag('level', 'director'))
  assert.equal((await both.rows('SELECT * FROM level')).length, 1)
  await lakeFormation.send(new DeleteLFTagCommand({ TagKey: 'level' }))
  assert.match(await both.failure('SELECT * FROM level'), /Insufficient/)
  const { PrincipalResourcePermissions } = await lakeFormation.send(new ListPermissionsCommand({}))
  assert.doesNotMatch(JSON.stringify(PrincipalResourcePermissions), /"level","TagValues|TagKey":"level/)
})

test('tables of data sources have tags, which are the account’s', async () => {
  const { root } = house
  const of = (Name: string): Resource => ({ Table: { CatalogId: SHOP, DatabaseName: 'main', Name } })
  const shopColumn = {
    TableWithColumns: { CatalogId: SHOP, DatabaseName: 'main', Name: 'customers', ColumnNames: ['ssn'] },
  }
  await put(root, { Database: { CatalogId: SHOP, Name: 'main' } }, tag('module', 'sales'))
  await put(root, of('customers'), tag('sensitivity', 'public'))
  await put(root, shopColumn, tag('sensitivity', 'pii'))
  await assert.rejects(put(root, of('nothing'), tag('module', 'hr')), { name: 'EntityNotFoundException' })
  await house.grant('shopper', policy(tag('module', 'sales'), tag('sensitivity', 'public')), ['SELECT'])
  // Of a tagged table its database is not told.
  const database: Resource = { LFTagPolicy: { ResourceType: 'DATABASE', Expression: [tag('module', 'sales')] } }
  await house.grant('shopper', database, ['DESCRIBE'])
  const shopper = house.as('shopper')
  assert.deepEqual(await shopper.table('SELECT * FROM shop.main.customers'), [
    ['id', 'name'],
    ['1', 'Ann'],
  ])
  assert.match(await shopper.failure('SELECT * FROM shop.main.orders'), /Insufficient/)
  assert.match(await shopper.failure('SELECT ssn FROM shop.main.customers'), /COLUMN_NOT_FOUND/)
  const told = await root.lakeFormation.send(new GetResourceLFTagsCommand({ Resource: of('customers') }))
  assert.deepEqual(told.LFTagsOnTable, [
    { CatalogId: ACCOUNT, ...tag('module', 'sales') },
    { CatalogId: ACCOUNT, ...tag('sensitivity', 'public') },
  ])
  const search = (who: Person, Expression = [tag('module', 'sales')]) =>
    who.lakeFormation.send(new SearchTablesByLFTagsCommand({ CatalogId: SHOP, Expression }))
  const found = (await search(root)).TableList!.map((one) => one.Table!.Name)
  assert.deepEqual(found, ['customers', 'orders'])
  for (const { TagKey, TagValues } of [tag('module', 'sales'), tag('sensitivity', 'public', 'pii')])
    await house.grant('shopper', { LFTag: { TagKey, TagValues } }, ['DESCRIBE'])
  assert.deepEqual(
    (await search(shopper)).TableList!.map((one) => one.Table!.Name),
    ['customers'],
  )
  assert.deepEqual((await search(shopper, [tag('sensitivity', 'pii')])).TableList, [])
})
