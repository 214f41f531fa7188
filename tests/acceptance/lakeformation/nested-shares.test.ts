/** Fields of structs shared with another account and passed on there: what is seen is what is in both, and nothing there asks of the rest. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDatabaseCommand, CreateTableCommand, GetPartitionsCommand, GetTableCommand } from '@aws-sdk/client-glue'
import {
  CreateDataCellsFilterCommand,
  type DataCellsFilter,
  GrantPermissionsCommand,
  PutDataLakeSettingsCommand,
  RegisterResourceCommand,
  type Resource,
  UpdateDataCellsFilterCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { type OtherAccount, otherAccount } from '../accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person, person } from './governed-lake.ts'
import { HIDDEN, HOMES, type Home, keyOf, makeVisits, SEEN } from './visits.ts'

const OTHER = '111111111111'
const SHARED = (Object.keys(HOMES) as Home[]).filter((home) => home !== 's3')
const people: Person[] = []
let house: GovernedLake
let other: OtherAccount
let root: Person
let analyst: Person
let wide: Person

const grant = (by: Person, to: string, Resource: Resource, Permissions: ('SELECT' | 'DESCRIBE')[] = ['SELECT']) =>
  by.lakeFormation.send(
    new GrantPermissionsCommand({
      Principal: { DataLakePrincipalIdentifier: to },
      Resource,
      Permissions,
      PermissionsWithGrantOption: to === OTHER ? Permissions : [],
    }),
  )
const filter = (by: Person, home: Home, Name: string, more: Partial<DataCellsFilter>) =>
  by.lakeFormation.send(
    new CreateDataCellsFilterCommand({
      TableData: { ...keyOf(home, Name), RowFilter: { AllRowsWildcard: {} }, ...more } as DataCellsFilter,
    }),
  )
const roleOf = (name: string): string => `arn:aws:iam::${OTHER}:role/${name}`
const place = {
  QueryExecutionContext: { Database: 'local' },
  ResultConfiguration: { OutputLocation: 's3://other-results/' },
}

before(async () => {
  house = await governedLake()
  await makeVisits(house)
  await house.root.lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::data', UseServiceLinkedRole: true }),
  )
  other = await otherAccount(house.lake, OTHER)
  root = person(other.client)
  analyst = person(await other.role('analyst'))
  wide = person(await other.role('wide'))
  people.push(root, analyst, wide)
  await root.s3.send(new CreateBucketCommand({ Bucket: 'other-results' }))
  await root.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [] } }))
  await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'local' } }))
  for (const home of SHARED) {
    await grant(house.root, OTHER, { DataCellsFilter: keyOf(home, 'fields') })
    const TargetTable = { CatalogId: ACCOUNT, DatabaseName: 'db', Name: home }
    await root.glue.send(new CreateTableCommand({ DatabaseName: 'local', TableInput: { Name: home, TargetTable } }))
    await filter(root, home, 'own', {
      ColumnNames: ['id', '"who"."home"'],
      RowFilter: { FilterExpression: "who.name <> 'Cai'" },
    })
    for (const name of ['analyst', 'wide'])
      await grant(root, roleOf(name), { Table: { DatabaseName: 'local', Name: home } }, ['DESCRIBE'])
    await grant(root, roleOf('analyst'), { DataCellsFilter: keyOf(home, 'own') })
    // "Can grant SELECT on all columns": what is seen is what has been shared.
    await grant(root, roleOf('wide'), { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: home } })
  }
})
after(async () => {
  assert.deepEqual(house.lake.log, [])
  for (const one of people) for (const client of [one.athena, one.glue, one.lakeFormation, one.s3]) client.destroy()
  await house.close()
})

for (const home of SHARED)
  test(`what is seen of a link is what both accounts let be seen: ${home}`, async () => {
    const sql = `SELECT * FROM ${home} ORDER BY id`
    for (const one of [root, wide]) assert.deepEqual(await one.rows(sql, place), SEEN)
    assert.deepEqual(await analyst.table(sql, place), [
      ['id', 'who'],
      ['11', '{home={city=Rome}}'],
    ])
    for (const one of [root, analyst]) {
      for (const hidden of ['who.ssn', 'who.home.street'])
        assert.match(await one.failure(`SELECT ${hidden} FROM ${home}`, place), /^COLUMN_NOT_FOUND/)
      for (const [DatabaseName, CatalogId] of [
        ['local', OTHER],
        ['db', ACCOUNT],
      ] as const) {
        const { Table } = await one.glue.send(new GetTableCommand({ CatalogId, DatabaseName, Name: home }))
        assert.doesNotMatch(JSON.stringify(Table), HIDDEN)
      }
      for (const how of ['SHOW CREATE TABLE', 'DESCRIBE', 'EXPLAIN SELECT * FROM', 'EXPLAIN ANALYZE SELECT * FROM']) {
        const { state, reason } = await one.ended(await one.start(`${how} ${home}`, place))
        const told = state === 'SUCCEEDED' ? JSON.stringify(await one.table(`${how} ${home}`, place)) : reason
        assert.doesNotMatch(told!, one === root ? HIDDEN : /HIDDEN|ssn|street|name:string|name varchar|day/, how)
      }
    }
    if (home === 'iceberg') return
    await assert.rejects(
      analyst.glue.send(new GetPartitionsCommand({ CatalogId: ACCOUNT, DatabaseName: 'db', TableName: home })),
      { name: 'AccessDeniedException' },
    )
  })

test('a filter of the other account names what there is for it: the rest is told as what there is not', async () => {
  const columns: Resource = {
    TableWithColumns: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'hive', ColumnNames: ['who', 'day'] },
  }
  await grant(root, roleOf('analyst'), columns)
  for (const [i, name] of ['ssn', 'nothing'].entries()) {
    const invalid = { name: 'InvalidInputException' }
    const told = (message: string) => ({ ...invalid, message })
    await assert.rejects(
      filter(root, 'hive', `a${i}`, { ColumnNames: [`"who"."${name}"`] }),
      told(`Column "who"."${name}" not found.`),
    )
    await assert.rejects(
      filter(root, 'hive', `b${i}`, {
        ColumnWildcard: {},
        RowFilter: { FilterExpression: `who.${name} = 'HIDDEN-3'` },
      }),
      told(`Invalid row filter expression: line 1:1: Column 'who.${name}' cannot be resolved`),
    )
  }
})

test('a condition on what is shared no more tells no row of it, and where some rows share it tells of those alone', async () => {
  // Made while all was shared, and narrowed then.
  await house.root.table(
    `CREATE TABLE later WITH (format = 'PARQUET', external_location = 's3://data/later/') AS SELECT * FROM hive`,
  )
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'later' }
  const owned = (Name: string, more: Partial<DataCellsFilter>) => ({
    TableData: { ...key, Name, RowFilter: { AllRowsWildcard: {} }, ...more },
  })
  const { lakeFormation } = house.root
  await lakeFormation.send(new CreateDataCellsFilterCommand(owned('share', { ColumnWildcard: {} })))
  await grant(house.root, OTHER, { DataCellsFilter: { ...key, Name: 'share' } })
  const TargetTable = { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'later' }
  await root.glue.send(new CreateTableCommand({ DatabaseName: 'local', TableInput: { Name: 'later', TargetTable } }))
  const spying = {
    ColumnWildcard: {},
    RowFilter: { FilterExpression: "who.ssn = 'HIDDEN-3' OR who.ssn = 'HIDDEN-1'" },
  }
  await root.lakeFormation.send(new CreateDataCellsFilterCommand(owned('spying', spying)))
  await grant(root, roleOf('analyst'), { DataCellsFilter: { ...key, Name: 'spying' } })
  await grant(root, roleOf('analyst'), { Table: { DatabaseName: 'local', Name: 'later' } }, ['DESCRIBE'])
  const ids = () => analyst.rows('SELECT id FROM later ORDER BY id', place)
  assert.deepEqual(await ids(), [['11'], ['33']])

  const narrow = { ColumnNames: ['id', '"who"."name"'] }
  await lakeFormation.send(new UpdateDataCellsFilterCommand(owned('share', narrow)))
  assert.match(await analyst.failure('SELECT id FROM later', place), /Insufficient|no accessible columns/)
  await lakeFormation.send(
    new CreateDataCellsFilterCommand(
      owned('some', { ColumnNames: ['"who"."ssn"'], RowFilter: { FilterExpression: "who.name = 'Ann'" } }),
    ),
  )
  await grant(house.root, OTHER, { DataCellsFilter: { ...key, Name: 'some' } })
  assert.deepEqual(await analyst.rows('SELECT id, who FROM later', place), [['11', '{name=Ann, ssn=HIDDEN-1}']])
})
