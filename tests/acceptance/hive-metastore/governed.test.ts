/** Hive's metastore for a role that Lake Formation lets see a part of the lake. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import { GetPartitionsCommand, UpdatePartitionCommand } from '@aws-sdk/client-glue'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake } from '../lakeformation/governed-lake.ts'
import { bool, i16, type Struct, struct, ThriftClient, text, texts } from './client.ts'
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
  await makeNested()
})
after(async () => {
  hive.close()
  await house.close()
})

/** Of its struct, of which its partitions declare another field, one field is granted. */
async function makeNested(): Promise<void> {
  const { table: run, glue, lakeFormation } = house.root
  const [DatabaseName, TableName] = ['db', 'nested']
  await run(
    `CREATE TABLE nested WITH (format = 'PARQUET', external_location = 's3://data/nested/', partitioned_by = ARRAY['day']) AS
     SELECT CAST(ROW('a', 'SECRET') AS ROW(name varchar, ssn varchar)) AS who, CAST('mon' AS varchar) AS day`,
  )
  const [one] = (await glue.send(new GetPartitionsCommand({ DatabaseName, TableName }))).Partitions!
  const Columns = [{ Name: 'who', Type: 'struct<name:string,ssn:string,street:string>' }]
  const PartitionInput = {
    Values: one!.Values!,
    StorageDescriptor: { ...one!.StorageDescriptor, Columns },
    Parameters: { told: 'x', 'orc.bloom.filter.columns': 'ssn', comment: 'street' },
  }
  await glue.send(
    new UpdatePartitionCommand({ DatabaseName, TableName, PartitionValueList: one!.Values, PartitionInput }),
  )
  const key = { TableCatalogId: ACCOUNT, DatabaseName, TableName, Name: 'name' }
  const TableData = { ...key, RowFilter: { AllRowsWildcard: {} }, ColumnNames: ['"who"."name"', 'day'] }
  await lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
  await house.grant('etl', { DataCellsFilter: key }, ['SELECT'])
}

const address = (name: string) => ({ 1: text('db'), 2: text(name) })
const getTable = (name: string) => hive.ask<Struct>('get_table', address(name))
const partitions = (name: string) => hive.ask<Struct[]>('get_partitions', { ...address(name), 3: i16(-1) })

test('what the role does not see is not there', async () => {
  assert.deepEqual(await hive.ask('get_all_databases'), ['db'])
  assert.deepEqual(await hive.ask('get_all_tables', { 1: text('db') }), ['ice', 'nested', 'part', 'told', 'whole'])
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

test('of a struct the fields are told that are granted, of the table and of its partitions', async () => {
  const struct = [['who', 'struct<name:string>']]
  assert.deepEqual(columnsOf(storageOf(await getTable('nested'))[1]), struct)
  assert.deepEqual(columnsOf(await hive.ask('get_fields', address('nested'))), struct)
  assert.deepEqual(columnsOf(await hive.ask('get_schema', address('nested'))), [...struct, ['day', 'string']])
  const byFilter = { ...address('nested'), 3: text("day = 'mon'"), 4: i16(-1) }
  const byNames = { ...address('nested'), 3: texts(['day=mon']) }
  const told = [
    ...(await partitions('nested')),
    ...(await hive.ask<Struct[]>('get_partitions_by_filter', byFilter)),
    ...(await hive.ask<Struct[]>('get_partitions_by_names', byNames)),
    await hive.ask<Struct>('get_partition', { ...address('nested'), 3: texts(['mon']) }),
    await hive.ask<Struct>('get_partition_by_name', { ...address('nested'), 3: text('day=mon') }),
  ]
  assert.equal(told.length, 5)
  for (const one of told) {
    assert.deepEqual(columnsOf(storageOf(one, 6)[1]), struct)
    assert.equal(parametersOf(one, 7).told, 'x')
    assert.doesNotMatch(inspect(one, { depth: 9 }), /ssn|street|SECRET|s3a?:/)
  }
})
