/** Hive's metastore for a role that Lake Formation lets see a part of the lake. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake } from '../lakeformation/governed-lake.ts'
import { bool, i16, type Struct, struct, ThriftClient, text } from './client.ts'
import { columnsOf, locationOf, parametersOf, storageOf, table } from './definitions.ts'

let house: GovernedLake
let hive: ThriftClient

before(async () => {
  const principal = `arn:aws:iam::${ACCOUNT}:role/etl`
  house = await governedLake({ metastore: { port: 0, warehouse: 's3a://data/warehouse/', principal } })
  hive = await ThriftClient.connect(house.lake.metastore!)
  const rows = "SELECT 1 AS id, 'SECRET' AS email, 'EU' AS region UNION ALL SELECT 2, 'SECRET', 'US'"
  for (const name of ['whole', 'part', 'told', 'hidden'])
    await house.root.table(
      `CREATE TABLE ${name} WITH (format = 'PARQUET', external_location = 's3://data/${name}/', partitioned_by = ARRAY['region']) AS ${rows}`,
    )
  await house.root.table(
    "CREATE TABLE ice WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/ice/') AS SELECT 1 AS id, 2 AS secret",
  )
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'part', Name: 'eu' }
  const RowFilter = { FilterExpression: "region = 'EU'" }
  await house.root.lakeFormation.send(
    new CreateDataCellsFilterCommand({ TableData: { ...key, RowFilter, ColumnNames: ['id', 'region'] } }),
  )
  const named = (Name: string) => ({ Table: { DatabaseName: 'db', Name } })
  await house.grant('etl', { DataCellsFilter: key }, ['SELECT'])
  await house.grant('etl', named('part'), ['ALTER'])
  await house.grant('etl', named('whole'), ['SELECT'])
  await house.grant('etl', named('told'), ['DESCRIBE'])
  const ColumnNames = ['id']
  await house.grant('etl', { TableWithColumns: { DatabaseName: 'db', Name: 'ice', ColumnNames } }, ['SELECT'])
})
after(async () => {
  hive.close()
  await house.close()
})

const address = (name: string) => ({ 1: text('db'), 2: text(name) })
const getTable = (name: string) => hive.ask<Struct>('get_table', address(name))
const partitions = (name: string) => hive.ask<Struct[]>('get_partitions', { ...address(name), 3: i16(-1) })

test('what the role does not see is not there', async () => {
  assert.deepEqual(await hive.ask('get_all_databases'), ['db'])
  assert.deepEqual(await hive.ask('get_all_tables', { 1: text('db') }), ['ice', 'part', 'told', 'whole'])
  await assert.rejects(getTable('hidden'), /hidden table not found/)
  assert.deepEqual(columnsOf(storageOf(await getTable('ice'))[1]), [['id', 'int']])
})

test('a table that is seen whole says where it lies, and so do its partitions', async () => {
  assert.match(String(locationOf(await getTable('whole'))), /^s3:\/\/data\/whole/)
  assert.deepEqual(
    (await partitions('whole')).map((one) => typeof locationOf(one, 6)),
    ['string', 'string'],
  )
})

test('one of which a part is seen, or which may be described only, does not', async () => {
  for (const name of ['part', 'told', 'ice']) {
    const found = await getTable(name)
    assert.equal(locationOf(found), undefined, name)
    assert.doesNotMatch(inspect(found, { depth: 9 }), /s3a?:|numRows|SECRET/)
  }
  assert.equal(parametersOf(await getTable('ice'), 9).metadata_location, undefined)
  const seen = await partitions('part')
  assert.deepEqual(
    seen.map((one) => locationOf(one, 6)),
    seen.map(() => undefined),
  )
})

test('nothing is changed that is not granted, and nothing that is not seen whole', async () => {
  const changed = (name: string) =>
    hive.ask('alter_table', { ...address(name), 3: struct(table('db', name, { keys: [['region', 'string']] })) })
  for (const name of ['whole', 'told', 'part'])
    await assert.rejects(changed(name), /Insufficient Lake Formation permission/)
  await assert.rejects(hive.ask('drop_table', { ...address('whole'), 3: bool(true) }), /Insufficient/)
  await assert.rejects(hive.ask('create_table', { 1: struct(table('db', 'mine')) }), /Insufficient/)
})
