/** Why somebody sees something or does not, asked in many situations, each of which has another reason. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AddLFTagsToResourceCommand,
  CreateDataCellsFilterCommand,
  CreateLakeFormationOptInCommand,
  CreateLFTagCommand,
  CreateLFTagExpressionCommand,
  PutDataLakeSettingsCommand,
  RegisterResourceCommand,
  type Resource,
} from '@aws-sdk/client-lakeformation'
import { callOwn } from '../../../bin/api-client.ts'
import type { ExplainedAccess } from '../../../src/core/permissions/explanation.ts'
import type { GrantInput } from '../../../src/services/lakeformation/permission-lists.ts'
import { ACCOUNT, type GovernedLake, governedLake, shopCatalog } from './governed-lake.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-explanations-'))
let house: GovernedLake
let iam: IAMClient

const arn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`
const table = (Name: string): Resource => ({ Table: { DatabaseName: 'db', Name } })
const column = (Name: string, ...ColumnNames: string[]): Resource => ({
  TableWithColumns: { DatabaseName: 'db', Name, ColumnNames },
})
const tag = (TagKey: string, ...TagValues: string[]) => ({ TagKey, TagValues })
const explain = (role: string, name: string) =>
  callOwn<ExplainedAccess<GrantInput>>({ ...house.lake, ...house.lake.credentials }, 'access', {
    principal: `role/${role}`,
    table: name,
  })

/** A role of IAM with these statements. */
async function role(RoleName: string, Statement: readonly object[]): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }
  const document = (statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document([trust]) }))
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: document(Statement) }))
}
const ALL = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }

before(async () => {
  const shop = new DatabaseSync(join(directory, 'shop.db'))
  shop.exec('CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, ssn TEXT)')
  shop.close()
  house = await governedLake({ sqliteDirectory: directory })
  const { root } = house
  iam = new IAMClient(house.lake.client)
  await root.athena.send(shopCatalog('shop'))
  for (const name of ['people', 'opened'])
    await root.table(
      `CREATE TABLE ${name} WITH (external_location = 's3://data/${name}/') AS SELECT 1 AS id, 'x' AS name, 'y' AS ssn`,
    )
  await root.table('CREATE VIEW seen AS SELECT id FROM people')
  await house.grant('IAM_ALLOWED_PRINCIPALS', table('opened'), ['ALL'])
  for (const name of ['sensible', 'part', 'named', 'admin', 'reader', 'opted', 'other', 'changer', 'told'])
    await role(name, [ALL])
  await role('unread', [
    ALL,
    { Sid: 'NoFiles', Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' },
  ])
  await role('poor', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }])
  await role('keyless', [ALL, { Effect: 'Deny', Action: 'lakeformation:GetDataAccess', Resource: '*' }])
  const named = (name: string) => ({ DataLakePrincipalIdentifier: arn(name) })
  await root.lakeFormation.send(
    new PutDataLakeSettingsCommand({
      DataLakeSettings: { DataLakeAdmins: [named('admin')], ReadOnlyAdmins: [named('reader')] },
    }),
  )
  await root.lakeFormation.send(new CreateLFTagCommand(tag('sensitivity', 'public', 'pii')))
  const put = (on: Resource, value: string) =>
    root.lakeFormation.send(new AddLFTagsToResourceCommand({ Resource: on, LFTags: [tag('sensitivity', value)] }))
  await put(table('people'), 'public')
  await put(column('people', 'ssn'), 'pii')
  await root.lakeFormation.send(
    new CreateLFTagExpressionCommand({ Name: 'open', Expression: [tag('sensitivity', '*')] }),
  )
  const policy = (more: object): Resource => ({ LFTagPolicy: { ResourceType: 'TABLE', ...more } })
  await house.grant('sensible', policy({ Expression: [tag('sensitivity', 'public')] }), ['ALL'])
  await house.grant('named', policy({ ExpressionName: 'open' }), ['SELECT'])
  await house.grant('part', column('people', 'id', 'name'), ['SELECT'])
  for (const name of ['unread', 'poor', 'keyless']) await house.grant(name, table('people'), ['SELECT'])
  await house.grant('told', table('people'), ['DESCRIBE'])
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'opened', Name: 'one' }
  await root.lakeFormation.send(
    new CreateDataCellsFilterCommand({
      TableData: { ...key, RowFilter: { FilterExpression: 'id = 1' }, ColumnWildcard: {} },
    }),
  )
  await house.grant('opted', { DataCellsFilter: key }, ['SELECT'])
  await root.lakeFormation.send(
    new CreateLakeFormationOptInCommand({ Principal: named('opted'), Resource: { Database: { Name: 'db' } } }),
  )
  const shopColumns = { CatalogId: `${ACCOUNT}:shop`, DatabaseName: 'main', Name: 'customers', ColumnNames: ['id'] }
  await house.grant('part', { TableWithColumns: shopColumns }, ['SELECT'])
})
after(async () => {
  iam.destroy()
  await house.close()
  rmSync(directory, { recursive: true })
})

/** `name visibility reasons`, of the columns that are asked for. */
const of = ({ columns }: ExplainedAccess<GrantInput>, name: string) => {
  const found = columns.find((one) => one.column === name)!
  return `${found.visible}: ${found.because.join(' | ')}`
}

test('what is open is IAM’s to decide, by the statement that does', async () => {
  const open = await explain('other', 'db.opened')
  assert.equal(open.decidedBy, 'IAM')
  assert.match(open.because, /db\.opened is open to IAM_ALLOWED_PRINCIPALS, and .*role\/other has not opted in/)
  assert.deepEqual(
    open.policies.map(({ action, allowed, because }) => [action, allowed, because]),
    [
      ['glue:GetTable', true, 'the statement All of the identity-based policy role_other_own allows it'],
      ['s3:ListBucket', true, 'the statement All of the identity-based policy role_other_own allows it'],
      ['s3:GetObject', true, 'the statement All of the identity-based policy role_other_own allows it'],
    ],
  )
  assert.match(of(open, 'ssn'), /^always: db\.opened is open/)
  const poor = await explain('poor', 'db.opened')
  assert.match(of(poor, 'id'), /^never: glue:GetTable on arn:.*: no identity-based policy allows it/)
})

test('who has opted in has what is granted', async () => {
  const opted = await explain('opted', 'db.opened')
  assert.equal(opted.decidedBy, 'Lake Formation')
  assert.match(opted.because, /but .*role\/opted has opted in/)
  assert.match(
    of(opted, 'id'),
    /^sometimes: SELECT on the data cells filter one of db\.opened \(rows where id = 1, all columns\)/,
  )
})

test('a policy that forbids the files hides what is granted', async () => {
  const unread = await explain('unread', 'db.people')
  assert.match(
    of(unread, 'id'),
    /^never: s3:GetObject on arn:aws:s3:::data\/people\/.*: the statement NoFiles of .* denies it$/,
  )
  assert.equal(unread.rows.visible, 'never')
})

test('tags are those of the column, and what they do not reach is said', async () => {
  const sensible = await explain('sensible', 'db.people')
  assert.deepEqual(sensible.permissions.map(({ permission }) => permission).sort(), ['DESCRIBE', 'SELECT'])
  assert.match(
    sensible.permissions[0]!.because[0]!,
    /not all of its columns meet: what takes the whole table is not given/,
  )
  assert.match(
    of(sensible, 'id'),
    /^always: ALL on tables with the LF-Tags sensitivity in \(public\) .*; the table has sensitivity=public$/,
  )
  assert.equal(of(sensible, 'ssn'), 'never: ssn has sensitivity=pii, and ALL is granted where sensitivity is public')
  const named = await explain('named', 'db.people')
  assert.match(
    of(named, 'ssn'),
    /^always: SELECT on tables that meet the LF-Tag expression open \(sensitivity is anything\) .*; ssn has sensitivity=pii$/,
  )
})

test('administrators see that there is something, and no values', async () => {
  for (const [name, words] of [
    ['admin', /role\/admin is a data lake administrator/],
    ['reader', /role\/reader is a read-only administrator/],
  ] as const) {
    const { permissions, columns, rows } = await explain(name, 'db.people')
    assert.deepEqual(
      permissions.map(({ permission }) => permission),
      ['DESCRIBE'],
    )
    assert.match(permissions[0]!.because[0]!, words)
    assert.deepEqual([rows.visible, columns[0]!.visible, columns[0]!.told], ['never', 'never', true])
  }
  const told = await explain('told', 'db.people')
  assert.deepEqual([told.columns[0]!.visible, told.columns[0]!.told], ['never', true])
  assert.match(of(told, 'id'), /nothing gives SELECT on id of db\.people/)
})

test('columns, views, strangers and who is not there', async () => {
  const part = await explain('part', 'db.people')
  assert.match(
    of(part, 'ssn'),
    /^never: SELECT on the columns id, name of db\.people is granted to .*, which leaves out ssn$/,
  )
  assert.equal(part.columns.find((one) => one.column === 'ssn')!.told, false)
  const view = await explain('part', 'db.seen')
  assert.match(view.notes.join(), /a view is read with the rights of who reads it/)
  const stranger = await explain('other', 'db.people')
  assert.deepEqual(stranger.permissions, [])
  assert.match(of(stranger, 'id'), /^never: nothing gives SELECT on id/)
  assert.match((await explain('nobody', 'db.people')).notes.join(), /IAM knows no .*role\/nobody/)
  await assert.rejects(explain('part', 'none.db.people'), /Catalog none not found/)
})

test('tables of data sources', async () => {
  const part = await explain('part', 'shop.main.customers')
  assert.equal(part.because, 'IAM_ALLOWED_PRINCIPALS has no permission on main.customers: grants decide')
  assert.match(of(part, 'id'), /^always: SELECT on the columns id of main\.customers is granted/)
  assert.match(of(part, 'ssn'), /^never: .*which leaves out ssn$/)
  const stranger = await explain('other', 'shop.main.customers')
  assert.match(of(stranger, 'id'), /^never: nothing gives SELECT on id of main\.customers/)
})

test('in a registered place the keys are Lake Formation’s to give', async () => {
  await house.root.lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::data', UseServiceLinkedRole: true }),
  )
  const unread = await explain('unread', 'db.people')
  assert.deepEqual(
    unread.policies.map(({ action, allowed }) => [action, allowed]),
    [
      ['glue:GetTable', true],
      ['lakeformation:GetDataAccess', true],
    ],
  )
  assert.match(of(unread, 'ssn'), /^always: SELECT on db\.people is granted to/)
  assert.match(
    of(await explain('keyless', 'db.people'), 'id'),
    /^never: lakeformation:GetDataAccess on \*: the statement number 2 of/,
  )
})
