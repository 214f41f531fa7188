/** Tables of one's own that lead to files of a table of which one sees a part: neither alone nor beside that table is more seen, or written. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateTableCommand, GetTableCommand } from '@aws-sdk/client-glue'
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateDataCellsFilterCommand, RegisterResourceCommand } from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from '../acceptance/lakeformation/governed-lake.ts'

let house: GovernedLake
let bob: Person

const ROWS = "SELECT * FROM (VALUES (1, 'open'), (2, 'SECRET')) AS t (id, name)"
const COLUMNS = 'id int, name string'

before(async () => {
  house = await governedLake()
  const { root } = house
  for (const Bucket of ['own', 'kept']) await root.s3.send(new CreateBucketCommand({ Bucket }))
  await root.table(`CREATE TABLE plain WITH (format = 'PARQUET', external_location = 's3://kept/plain/') AS ${ROWS}`)
  await root.table(
    `CREATE TABLE ice WITH (table_type = 'ICEBERG', is_external = false, location = 's3://kept/ice/') AS ${ROWS}`,
  )
  await root.lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::kept', UseServiceLinkedRole: true }),
  )
  for (const TableName of ['plain', 'ice']) {
    const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName, Name: 'part' }
    const TableData = { ...key, RowFilter: { FilterExpression: 'id = 1' }, ColumnWildcard: {} }
    await root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
    await house.grant('bob', { DataCellsFilter: key }, ['SELECT'])
  }
  await house.grant('bob', { Database: { Name: 'db' } }, ['CREATE_TABLE', 'DESCRIBE'])
  bob = house.as('bob')
  await bob.rows('SELECT 1')
  const allow = (Action: string[], Resource: string[]) => ({ Effect: 'Allow', Action, Resource })
  const Statement = [
    allow(['athena:*', 'glue:*', 'lakeformation:*'], ['*']),
    allow(
      ['s3:*'],
      ['own', 'results'].flatMap((bucket) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]),
    ),
  ]
  const iam = new IAMClient(house.lake.client)
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'bob', PolicyName: 'everything', PolicyDocument }))
  iam.destroy()
})
after(async () => {
  const { log } = house.lake
  await house.close()
  assert.deepEqual(log, [])
})

const denied = /Permission denied on S3 path: s3:\/\/kept\//
const keptFiles = async (): Promise<string[]> => {
  const { Contents = [] } = await house.root.s3.send(new ListObjectsV2Command({ Bucket: 'kept' }))
  return Contents.map(({ Key }) => Key!)
}

async function leadsNowhere(own: string): Promise<void> {
  for (const beside of ['', ', plain', ', ice', ', plain, ice'])
    assert.match(await bob.failure(`SELECT ${own}.name FROM ${own}${beside}`), denied, `${own}${beside}`)
}

test('of both tables a part is seen', async () => {
  for (const table of ['plain', 'ice']) assert.deepEqual(await bob.rows(`SELECT * FROM ${table}`), [['1', 'open']])
})

test('a registered place is the same place however it is spelled', async () => {
  const StorageDescriptor = (Location: string) => ({ Columns: [{ Name: 'id', Type: 'int' }], Location })
  for (const [i, place] of [
    's3://kept/plain/',
    's3a://kept/plain',
    'S3N://kept/plain/',
    'S3://kept/new/',
    's3://kept//plain/',
    's3://kept/./plain/',
    's3://kept/plain/\n',
    's3://kept/open/../plain/',
    's3://kept/%70lain/',
  ].entries()) {
    const TableInput = {
      Name: `spelled_${i}`,
      TableType: 'EXTERNAL_TABLE',
      StorageDescriptor: StorageDescriptor(place),
    }
    await assert.rejects(
      bob.glue.send(new CreateTableCommand({ DatabaseName: 'db', TableInput })),
      /Required Data Location Access/,
      place,
    )
  }
})

test('a template of projected partitions', async () => {
  await bob.rows(`CREATE EXTERNAL TABLE projected (${COLUMNS}) PARTITIONED BY (p string) STORED AS PARQUET
    LOCATION 's3://own/projected/' TBLPROPERTIES ('projection.enabled' = 'true', 'projection.p.type' = 'enum',
    'projection.p.values' = 'plain', 'storage.location.template' = 's3://kept/\${p}/')`)
  await leadsNowhere('projected')
})

test('a log of Delta', async () => {
  const file = (await keptFiles()).find((key) => key.startsWith('plain/'))!
  const field = (name: string, type: string) => ({ name, type, nullable: true, metadata: {} })
  const schemaString = JSON.stringify({ type: 'struct', fields: [field('id', 'integer'), field('name', 'string')] })
  const format = { provider: 'parquet', options: {} }
  const actions = [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    { metaData: { id: 'x', format, schemaString, partitionColumns: [], configuration: {} } },
    { add: { path: `s3://kept/${file}`, partitionValues: {}, size: 1, modificationTime: 0, dataChange: true } },
  ]
  const Body = actions.map((action) => JSON.stringify(action)).join('\n')
  const Key = 'delta/_delta_log/00000000000000000000.json'
  await bob.s3.send(new PutObjectCommand({ Bucket: 'own', Key, Body }))
  await bob.rows("CREATE EXTERNAL TABLE delta LOCATION 's3://own/delta/' TBLPROPERTIES ('table_type' = 'DELTA')")
  await leadsNowhere('delta')
})

test('a list of files', async () => {
  const file = (await keptFiles()).find((key) => key.startsWith('plain/'))!
  await bob.s3.send(new PutObjectCommand({ Bucket: 'own', Key: 'lists/list', Body: `s3://kept/${file}\n` }))
  await bob.rows(`CREATE EXTERNAL TABLE listed (${COLUMNS})
    ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
    STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' LOCATION 's3://own/lists/'`)
  await leadsNowhere('listed')
})

test('metadata of Iceberg, a copy of it, and what is told of it', async () => {
  const { Table } = await house.root.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'ice' }))
  const { Parameters, TableType } = Table!
  const address = Parameters!.metadata_location!
  const Key = 'copied/metadata/00000-copied.metadata.json'
  const { Body } = await house.root.s3.send(
    new GetObjectCommand({ Bucket: 'kept', Key: address.slice('s3://kept/'.length) }),
  )
  await bob.s3.send(new PutObjectCommand({ Bucket: 'own', Key, Body: await Body!.transformToByteArray() }))
  for (const [Name, metadata_location] of [
    ['pointed', address],
    ['copied', `s3://own/${Key}`],
  ] as const) {
    const StorageDescriptor = { ...Table!.StorageDescriptor, Location: `s3://own/${Name}/` }
    const TableInput = { Name, TableType, StorageDescriptor, Parameters: { ...Parameters, metadata_location } }
    await bob.glue.send(new CreateTableCommand({ DatabaseName: 'db', TableInput }))
    await leadsNowhere(Name)
    assert.match(await bob.failure(`SELECT f.* FROM "${Name}$files" f, ice`), denied)
  }
})

test('who may read is not let write among the files, whatever the statement reads', async () => {
  const before = await keptFiles()
  for (const sql of [
    "UNLOAD (SELECT * FROM plain) TO 's3://kept/plain/x/' WITH (format = 'PARQUET')",
    "INSERT INTO projected SELECT id, name, 'plain' FROM plain",
    `CREATE TABLE inside WITH (external_location = 's3://kept/plain/y/') AS SELECT * FROM plain`,
  ])
    assert.match(await bob.failure(sql), /Permission denied on S3 path|Insufficient Lake Formation/, sql)
  assert.deepEqual(await keptFiles(), before)
})
