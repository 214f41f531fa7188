/** Tables of table buckets by Glue's API: docs, glue dg, create-databases-tables-s3-catalog. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  BatchDeleteTableCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  GetTableCommand,
  type TableInput as Input,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  CreateTableBucketCommand,
  GetTableCommand as GetS3TableCommand,
  S3TablesClient,
} from '@aws-sdk/client-s3tables'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'

describe('tables of table buckets by Glue', () => {
  let on: AthenaLake
  let tables: S3TablesClient
  let tableBucketARN: string
  const CatalogId = '000000000000:s3tablescatalog/sales'
  const inBucket = { QueryExecutionContext: { Catalog: 's3tablescatalog/sales', Database: 'ns' } }
  before(async () => {
    on = await athenaLake()
    tables = new S3TablesClient(on.lake.client)
    const { arn } = await tables.send(new CreateTableBucketCommand({ name: 'sales' }))
    tableBucketARN = arn!
    await on.glue.send(new CreateDatabaseCommand({ CatalogId, DatabaseInput: { Name: 'ns' } }))
  })
  after(async () => {
    tables.destroy()
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  const create = (TableInput: Input) =>
    on.glue.send(new CreateTableCommand({ CatalogId, DatabaseName: 'ns', TableInput }))
  const found = async (Name: string) =>
    (await on.glue.send(new GetTableCommand({ CatalogId, DatabaseName: 'ns', Name }))).Table!
  const update = (TableInput: Input) =>
    on.glue.send(new UpdateTableCommand({ CatalogId, DatabaseName: 'ns', TableInput, SkipArchive: true }))
  const warehouse = async (name: string) =>
    (await tables.send(new GetS3TableCommand({ tableBucketARN, namespace: 'ns', name }))).warehouseLocation!
  const Columns = [
    { Name: 'id', Type: 'int' },
    { Name: 'val', Type: 'string' },
    { Name: 'at', Type: 'array<timestamp>' },
  ]

  test('columns make an Iceberg table in a place of its own', async () => {
    await create({
      Name: 'made',
      Parameters: { classification: '', format: 'ICEBERG' },
      StorageDescriptor: { Columns },
    })
    const { StorageDescriptor: told, Parameters } = await found('made')
    const place = await warehouse('made')
    assert.equal(told?.Location, place)
    assert.ok(Parameters?.metadata_location?.startsWith(`${place}/metadata/`))
    await on.succeed("INSERT INTO made VALUES (1, 'a', ARRAY[TIMESTAMP '2024-01-01 00:00:00'])", inBucket)
    assert.deepEqual(await on.rows('SELECT id, val, cardinality(at) FROM made', inBucket), [['1', 'a', '1']])
  })

  test('a bare one is told where its metadata lies, which is in its place', async () => {
    await create({ Name: 'bare', Parameters: { format: 'ICEBERG' } })
    const place = await warehouse('bare')
    const made = await found('made')
    const { body } = await on.read(made.Parameters!.metadata_location!)
    const text = body.toString()
    const { snapshots: _, refs: __, 'current-snapshot-id': ___, ...metadata } = JSON.parse(text)
    const key = 'metadata/00000-mine.metadata.json'
    const write = (json: object) =>
      on.s3.send(new PutObjectCommand({ Bucket: place.slice(5), Key: key, Body: JSON.stringify(json) }))
    const pointing = (location: string) => ({
      Name: 'bare',
      TableType: 'EXTERNAL_TABLE',
      Parameters: { table_type: 'ICEBERG', metadata_location: location },
      StorageDescriptor: { Location: place, Columns },
    })
    const refused = (told: RegExp, input: Input) =>
      assert.rejects(update(input), (error: Error) => {
        assert.equal(error.name, 'InvalidInputException')
        assert.match(error.message, told)
        return true
      })
    await refused(/is not in the place of table ns\.bare/, pointing(made.Parameters!.metadata_location!))
    await write({ ...metadata, 'metadata-log': [] })
    await refused(/is not in the place of table ns\.bare/, pointing(`${place}/${key}`))
    await write({ ...metadata, location: place, 'metadata-log': [] })
    await update(pointing(`${place}/${key}`))
    await on.succeed('INSERT INTO bare (id) VALUES (7)', inBucket)
    assert.deepEqual(await on.rows('SELECT id FROM bare', inBucket), [['7']])
  })

  test('whoever names another place or another table’s id gets neither', async () => {
    const theirs = await found('made')
    const id = theirs.Parameters!['s3tables.table-id']!
    const elsewhere = { Columns, Location: theirs.StorageDescriptor!.Location! }
    for (const input of [
      { Name: 'thief', StorageDescriptor: elsewhere },
      { Name: 'thief', Parameters: { metadata_location: theirs.Parameters!.metadata_location! } },
    ])
      await assert.rejects(create(input), { name: 'InvalidInputException' })
    await create({ Name: 'thief', Parameters: { 's3tables.table-id': id } })
    const { Parameters, StorageDescriptor } = await found('thief')
    assert.notEqual(Parameters!['s3tables.table-id'], id)
    await update({
      Name: 'thief',
      Parameters: { ...Parameters, 's3tables.table-id': id },
      StorageDescriptor: elsewhere,
    })
    const after = await found('thief')
    assert.equal(after.Parameters!['s3tables.table-id'], Parameters!['s3tables.table-id'])
    assert.equal(after.StorageDescriptor!.Location, StorageDescriptor!.Location)
    await on.glue.send(new DeleteTableCommand({ CatalogId, DatabaseName: 'ns', Name: 'thief' }))
    assert.deepEqual(await on.rows('SELECT id FROM made', inBucket), [['1']])
  })

  test('a table takes its place with it, and a namespace goes when it is empty', async () => {
    const places = [await warehouse('made'), await warehouse('bare')]
    await assert.rejects(on.glue.send(new DeleteDatabaseCommand({ CatalogId, Name: 'ns' })))
    const TablesToDelete = ['made', 'bare', 'none']
    const { Errors } = await on.glue.send(
      new BatchDeleteTableCommand({ CatalogId, DatabaseName: 'ns', TablesToDelete }),
    )
    assert.deepEqual(
      Errors?.map(({ TableName }) => TableName),
      ['none'],
    )
    for (const place of places)
      await assert.rejects(on.s3.send(new ListObjectsV2Command({ Bucket: place.slice(5) })), { name: 'NoSuchBucket' })
    await on.glue.send(new DeleteDatabaseCommand({ CatalogId, Name: 'ns' }))
  })
})
