/** Saved LF-Tag expressions: who makes, sees, changes and drops them (docs: lake-formation dg, TBAC-creating-tag-expressions and what follows). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import {
  AddLFTagsToResourceCommand,
  CreateLFTagCommand,
  CreateLFTagExpressionCommand,
  DeleteLFTagExpressionCommand,
  GetLFTagExpressionCommand,
  GrantPermissionsCommand,
  ListLFTagExpressionsCommand,
  type Permission,
  type Resource,
  UpdateLFTagExpressionCommand,
} from '@aws-sdk/client-lakeformation'
import { otherAccount } from '../accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake, person } from './governed-lake.ts'

const DENIED = { name: 'AccessDeniedException' }
const OTHER = '111111111111'
let house: GovernedLake

before(async () => {
  house = await governedLake()
  const { lakeFormation } = house.root
  await lakeFormation.send(new CreateLFTagCommand({ TagKey: 'module', TagValues: ['sales', 'hr'] }))
  await lakeFormation.send(new CreateLFTagCommand({ TagKey: 'level', TagValues: ['open', 'secret'] }))
  await house.root.table("CREATE TABLE people WITH (external_location = 's3://data/people/') AS SELECT 1 AS id")
  await lakeFormation.send(
    new AddLFTagsToResourceCommand({
      Resource: { Table: { DatabaseName: 'db', Name: 'people' } },
      LFTags: [{ TagKey: 'module', TagValues: ['hr'] }],
    }),
  )
  await house.grant('maker', { Catalog: {} }, ['CREATE_LF_TAG_EXPRESSION'])
  await house.grant('maker', { LFTag: { TagKey: 'module', TagValues: ['sales', 'hr'] } }, [
    'GRANT_WITH_LF_TAG_EXPRESSION',
  ])
})
after(async () => {
  assert.deepEqual(house.lake.log, [])
  await house.close()
})

const expression = (Name: string, TagKey = 'module', TagValues = ['hr']) => ({
  Name,
  Expression: [{ TagKey, TagValues }],
})
const of = (role: string) => house.as(role).lakeFormation
const make = (role: string, ...of_: Parameters<typeof expression>) =>
  of(role).send(new CreateLFTagExpressionCommand(expression(...of_)))
const change = (role: string, ...of_: Parameters<typeof expression>) =>
  of(role).send(new UpdateLFTagExpressionCommand(expression(...of_)))
const drop = (role: string, Name: string) => of(role).send(new DeleteLFTagExpressionCommand({ Name }))
const get = (role: string, Name: string) => of(role).send(new GetLFTagExpressionCommand({ Name }))
const listed = async (role: string): Promise<string[]> =>
  (await of(role).send(new ListLFTagExpressionsCommand({}))).LFTagExpressions!.map(({ Name }) => Name!)
const named = (Name: string): Resource => ({ LFTagExpression: { Name } })
const policy = (ExpressionName: string): Resource => ({ LFTagPolicy: { ResourceType: 'TABLE', ExpressionName } })

test('one is made by creators of expressions who may grant with all that is in it', async () => {
  await assert.rejects(make('stranger', 'one'), DENIED)
  await assert.rejects(make('maker', 'one', 'level', ['open']), DENIED)
  await make('maker', 'one')
  await assert.rejects(make('maker', 'one'), { name: 'AlreadyExistsException' })
  await house.root.lakeFormation.send(new CreateLFTagExpressionCommand(expression('theirs')))
})

test('it is seen by creators and by who has any permission on it; of others nothing is told', async () => {
  for (const name of ['one', 'nothing']) await assert.rejects(get('stranger', name), DENIED)
  assert.deepEqual(await listed('stranger'), [])
  assert.deepEqual(await listed('maker'), ['one', 'theirs'])
  await house.grant('stranger', named('one'), ['DESCRIBE'])
  assert.deepEqual(await listed('stranger'), ['one'])
  const { CatalogId, Expression } = await get('stranger', 'one')
  assert.deepEqual([CatalogId, Expression], [ACCOUNT, [{ TagKey: 'module', TagValues: ['hr'] }]])
})

test('it is changed and dropped by who made it and by whom that was granted to, and by no other creator', async () => {
  for (const work of [() => change('stranger', 'one'), () => drop('stranger', 'one')])
    await assert.rejects(work(), DENIED)
  for (const work of [() => change('maker', 'theirs'), () => drop('maker', 'theirs')])
    await assert.rejects(work(), DENIED)
  await change('maker', 'one', 'module', ['sales'])
  await assert.rejects(change('maker', 'one', 'level', ['open']), DENIED)
  const Principal = { DataLakePrincipalIdentifier: `arn:aws:iam::${ACCOUNT}:role/stranger` }
  const Permissions: Permission[] = ['ALTER']
  await of('maker').send(new GrantPermissionsCommand({ Principal, Resource: named('one'), Permissions }))
  await assert.rejects(change('stranger', 'one'), DENIED, 'it takes the tags too')
  await house.grant('stranger', { LFTag: { TagKey: 'module', TagValues: ['hr'] } }, ['GRANT_WITH_LF_TAG_EXPRESSION'])
  await change('stranger', 'one')
})

test('with one that is gone goes what was granted by it, even when its name comes again', async () => {
  await house.grant('reader', policy('one'), ['SELECT'])
  assert.deepEqual(await house.as('reader').rows('SELECT id FROM people'), [['1']])
  await drop('maker', 'one')
  assert.match(await house.as('reader').failure('SELECT id FROM people'), /Insufficient/)
  await make('maker', 'one')
  assert.match(await house.as('reader').failure('SELECT id FROM people'), /Insufficient/)
  assert.deepEqual(await listed('stranger'), [])
})

test('other accounts are granted what it reaches and nothing of it', async () => {
  const other = await otherAccount(house.lake, OTHER)
  const root = person(other.client)
  const grant = (Resource: Resource, Permissions: Permission[]) =>
    house.root.lakeFormation.send(
      new GrantPermissionsCommand({
        Principal: { DataLakePrincipalIdentifier: OTHER },
        Resource,
        Permissions,
        PermissionsWithGrantOption: Permissions,
      }),
    )
  // "You can't grant cross account permissions on the tag expressions."
  await assert.rejects(grant(named('one'), ['DESCRIBE']), {
    name: 'InvalidInputException',
    message: /external account/,
  })
  await grant(policy('one'), ['SELECT'])
  const { Table } = await root.glue.send(
    new GetTableCommand({ CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'people' }),
  )
  assert.deepEqual(
    Table!.StorageDescriptor!.Columns!.map(({ Name }) => Name),
    ['id'],
  )
  for (const work of [
    () => root.lakeFormation.send(new GetLFTagExpressionCommand({ Name: 'one', CatalogId: ACCOUNT })),
    () => root.lakeFormation.send(new ListLFTagExpressionsCommand({ CatalogId: ACCOUNT })),
  ])
    await assert.rejects(work(), DENIED)
  for (const client of [root.athena, root.glue, root.lakeFormation, root.s3]) client.destroy()
})
