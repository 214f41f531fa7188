/** Partitions that declare other fields of structs than their table: what a data cells filter hides of those is not told either. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreatePartitionCommand, CreateTableCommand, GetPartitionsCommand, GetTableCommand } from '@aws-sdk/client-glue'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake } from './governed-lake.ts'

let house: GovernedLake

const storage = (person: string, more: readonly { Name: string; Type: string }[] = []) => ({
  Columns: [{ Name: 'id', Type: 'int' }, { Name: 'person', Type: person }, ...more],
  Location: 's3://data/people/',
  InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  SerdeInfo: {
    SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
    Parameters: { 'mapping.pin': 'P_I_N', 'mapping.id': 'I_D' },
  },
})

before(async () => {
  house = await governedLake()
  const { glue, lakeFormation } = house.root
  const secret = { Name: 'secret', Type: 'array<struct<pin:int>>' }
  await glue.send(
    new CreateTableCommand({
      DatabaseName: 'db',
      TableInput: {
        Name: 'people',
        TableType: 'EXTERNAL_TABLE',
        StorageDescriptor: storage('struct<name:string>', [secret]),
        PartitionKeys: [{ Name: 'day', Type: 'string' }],
      },
    }),
  )
  for (const [day, person] of [
    ['mon', 'struct<name:string>'],
    ['tue', 'struct<ssn:string,name:string>'],
  ] as const)
    await glue.send(
      new CreatePartitionCommand({
        DatabaseName: 'db',
        TableName: 'people',
        PartitionInput: { Values: [day], StorageDescriptor: storage(person, [secret]) },
      }),
    )
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'people', Name: 'names' }
  const ColumnNames = ['id', '"person"."name"', 'day']
  await lakeFormation.send(
    new CreateDataCellsFilterCommand({ TableData: { ...key, ColumnNames, RowFilter: { AllRowsWildcard: {} } } }),
  )
  await house.grant('reader', { DataCellsFilter: key }, ['SELECT'])
})
after(() => house.close())

test('a partition is told with the fields that are granted', async () => {
  const { Partitions } = await house
    .as('reader')
    .glue.send(new GetPartitionsCommand({ DatabaseName: 'db', TableName: 'people' }))
  for (const { StorageDescriptor } of Partitions!)
    assert.deepEqual(
      StorageDescriptor!.Columns!.map(({ Name, Type }) => [Name, Type]),
      [
        ['id', 'int'],
        ['person', 'struct<name:string>'],
      ],
    )
  assert.equal(Partitions!.length, 2)
  assert.doesNotMatch(JSON.stringify(Partitions), /ssn|secret|P_I_N/)
})

test('what a hidden column is made of is told by no property', async () => {
  const { Table } = await house.as('reader').glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'people' }))
  assert.deepEqual(Table!.StorageDescriptor!.SerdeInfo!.Parameters, { 'mapping.id': 'I_D' })
})

test('that a partition is unlike its table is told with the types by who sees them', async () => {
  const said = await house.as('reader').failure("SELECT id FROM people WHERE day = 'tue'")
  assert.match(said, /HIVE_PARTITION_SCHEMA_MISMATCH/)
  assert.doesNotMatch(said, /ssn|struct|person/)
  assert.match(await house.root.failure("SELECT id FROM people WHERE day = 'tue'"), /struct<ssn:string,name:string>/)
})
