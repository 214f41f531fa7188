/** Fields of a struct of a data source, a Lambda function: the source tells all of it, and who asks sees what is granted. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand, GetTableMetadataCommand } from '@aws-sdk/client-athena'
import { CreateDataCellsFilterCommand, type DataCellsFilter } from '@aws-sdk/client-lakeformation'
import { connector, type LocalFunctions, serve } from '../../../src/connector-kit/connector.ts'
import { shop } from '../../../src/connector-kit/shop.fixture.ts'
import { ACCOUNT, type GovernedLake, governedLake } from './governed-lake.ts'

let functions: LocalFunctions
let house: GovernedLake

before(async () => {
  const put = async (): Promise<void> => undefined
  functions = await serve({ shop: connector(shop(1, { bucket: 'data', prefix: 'spill', put }, () => undefined)) })
  house = await governedLake({ functions: { shop: functions.url } })
  await house.root.athena.send(
    new CreateDataCatalogCommand({ Name: 'shop', Type: 'LAMBDA', Parameters: { function: 'shop' } }),
  )
  const grant = async (Name: string, filter: Partial<DataCellsFilter>) => {
    const key = { TableCatalogId: `${ACCOUNT}:shop`, DatabaseName: 'shop', TableName: 'kinds', Name }
    await house.root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData: { ...key, ...filter } }))
    await house.grant(Name, { DataCellsFilter: key }, ['SELECT'])
  }
  const all = { RowFilter: { AllRowsWildcard: {} } }
  await grant('zips', { ...all, ColumnNames: ['name', '"place"."zip"'] })
  await grant('rows', { RowFilter: { FilterExpression: 'place.zip > 0' }, ColumnNames: ['"place"."zip"'] })
  await grant('but', { ...all, ColumnWildcard: { ExcludedColumnNames: ['"place"."zip"'] } })
})
after(async () => {
  await house?.close()
  await functions?.close()
})

test('what is seen of a struct of a source are the fields that are granted', async () => {
  const zips = house.as('zips')
  assert.deepEqual(await zips.table("SELECT * FROM shop.shop.kinds WHERE name = 'Zürich'"), [
    ['name', 'place'],
    ['Zürich', '{zip=53111}'],
  ])
  assert.deepEqual(await house.as('rows').table('SELECT * FROM shop.shop.kinds'), [['place'], ['{zip=53111}']])
  assert.deepEqual(
    await house.as('but').rows("SELECT place, typeof(place) FROM shop.shop.kinds WHERE name = 'Zürich'"),
    [['{city=null}', 'row(city varchar)']],
  )
  const failure = (field: string) => zips.failure(`SELECT place.${field} FROM shop.shop.kinds`)
  assert.equal((await failure('city')).replaceAll('city', 'nothing'), await failure('nothing'))
  const { TableMetadata } = await zips.athena.send(
    new GetTableMetadataCommand({ CatalogName: 'shop', DatabaseName: 'shop', TableName: 'kinds' }),
  )
  assert.deepEqual(
    TableMetadata!.Columns!.map(({ Name, Type }) => [Name, Type]),
    [
      ['name', 'string'],
      ['place', 'struct<zip:int>'],
    ],
  )
})
