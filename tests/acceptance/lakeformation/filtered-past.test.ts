/** An Iceberg table as it was: rows are filtered by the column that it is, whatever it was called, and what is gone is as hidden as it was. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  AddLFTagsToResourceCommand,
  CreateDataCellsFilterCommand,
  CreateLFTagCommand,
  type Resource,
} from '@aws-sdk/client-lakeformation'
import { send } from '../wire/signed-request.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from './governed-lake.ts'

let house: GovernedLake

before(async () => {
  house = await governedLake()
})
after(() => house.close())

/** A table with a past: its columns are changed. Answers a query of the rows before. */
async function tableThat(name: string, changes: readonly string[], FilterExpression: string): Promise<string> {
  await house.root.table(
    `CREATE TABLE ${name} WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/${name}/') AS
     SELECT 1 AS id, 'EU' AS region, 'US' AS other UNION ALL SELECT 2, 'US', 'EU'`,
  )
  const [[snapshot]] = (await house.root.rows(`SELECT snapshot_id FROM "${name}$snapshots"`)) as [[string]]
  for (const change of changes) await house.root.table(`ALTER TABLE ${name} ${change}`)
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: name, Name: 'eu' }
  await house.root.lakeFormation.send(
    new CreateDataCellsFilterCommand({ TableData: { ...key, ColumnNames: ['id'], RowFilter: { FilterExpression } } }),
  )
  await house.grant('reader', { DataCellsFilter: key }, ['SELECT'])
  return `SELECT id FROM ${name} FOR VERSION AS OF ${snapshot}`
}

test('a column that has been renamed filters rows of the past under its name of then', async () => {
  const past = await tableThat('renamed', ['CHANGE COLUMN region area string'], "area = 'EU'")
  assert.deepEqual(await house.as('reader').rows(past), [['1']])
})

test('a column of the past that has been called as another is now is not the one that filters', async () => {
  const changes = ['CHANGE COLUMN region area string', 'CHANGE COLUMN other region string']
  const past = await tableThat('swapped', changes, "region = 'EU'")
  assert.deepEqual(await house.as('reader').rows(past), [['2']])
})

test('where the column that filters was not yet there no row is told, and nothing of the filter', async () => {
  const changes = ['DROP COLUMN region', 'ADD COLUMNS (region string)']
  const past = await tableThat('made_anew', changes, "region = 'EU'")
  assert.match(await house.as('reader').failure(past), /^COLUMN_NOT_FOUND: .*no accessible columns/)
})

test('a column that was hidden by its LF-Tag is so in the past and in the files when it is gone', async () => {
  await house.root.table(
    `CREATE TABLE tagged WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/tagged/') AS
     SELECT 1 AS id, 'SECRET' AS mail`,
  )
  const [[snapshot]] = (await house.root.rows('SELECT snapshot_id FROM "tagged$snapshots"')) as [[string]]
  await house.root.lakeFormation.send(new CreateLFTagCommand({ TagKey: 'level', TagValues: ['open', 'secret'] }))
  const named = { DatabaseName: 'db', Name: 'tagged' }
  const put = (Resource: Resource, value: string) =>
    house.root.lakeFormation.send(
      new AddLFTagsToResourceCommand({ Resource, LFTags: [{ TagKey: 'level', TagValues: [value] }] }),
    )
  await put({ Table: named }, 'open')
  await put({ TableWithColumns: { ...named, ColumnNames: ['mail'] } }, 'secret')
  const expression = (...TagValues: string[]) => ({
    LFTagPolicy: { ResourceType: 'TABLE' as const, Expression: [{ TagKey: 'level', TagValues }] },
  })
  await house.grant('open', expression('open'), ['SELECT'])
  await house.grant('all', expression('open', 'secret'), ['SELECT'])
  for (const value of ['open', 'secret']) await house.grant('each', expression(value), ['SELECT'])
  await house.root.table('ALTER TABLE tagged DROP COLUMN mail')

  const past = `SELECT * FROM tagged FOR VERSION AS OF ${snapshot}`
  const load = async (one: Person): Promise<number> => {
    const credentials = await (one.client.credentials as unknown as () => Promise<object>)()
    const path = `/iceberg/v1/catalogs/${ACCOUNT}/namespaces/db/tables/tagged`
    return (await send({ ...house.lake, credentials } as never, { service: 'glue', method: 'GET', path })).status
  }
  const open = house.as('open')
  assert.deepEqual(await open.table('SELECT * FROM tagged'), [['id'], ['1']])
  assert.deepEqual(await open.table(past), [['id'], ['1']])
  assert.match(await open.failure('SELECT * FROM "tagged$files"'), /Insufficient/)
  assert.equal(await load(open), 403)
  for (const one of [house.as('all'), house.as('each')]) {
    assert.deepEqual(await one.table(past), [
      ['id', 'mail'],
      ['1', 'SECRET'],
    ])
    assert.equal(await load(one), 200)
  }
})
