/**
 * Tables of table buckets under their whole names, from wherever they are asked: docs, athena ug,
 * gdc-register-s3-table-bucket-cat and gdc-register-query-the-data-source.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CreateDataCatalogCommand, GetTableMetadataCommand } from '@aws-sdk/client-athena'
import { GetTableCommand } from '@aws-sdk/client-glue'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  GetTableCommand as GetS3TableCommand,
  PutTableMaintenanceConfigurationCommand,
  S3TablesClient,
} from '@aws-sdk/client-s3tables'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'

describe('names of three parts', () => {
  let on: AthenaLake
  let tables: S3TablesClient
  let tableBucketARN: string
  before(async () => {
    on = await athenaLake()
    tables = new S3TablesClient(on.lake.client)
    tableBucketARN = (await tables.send(new CreateTableBucketCommand({ name: 'sales' }))).arn!
    await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
    await on.succeed('CREATE DATABASE mine')
    await on.succeed(`CREATE TABLE mine.orders (id bigint, day date)
      LOCATION 's3://data/mine/' TBLPROPERTIES ('table_type' = 'ICEBERG')`)
    await on.succeed("INSERT INTO mine.orders VALUES (1, DATE '2024-01-01'), (2, DATE '2024-02-01')")
  })
  after(async () => {
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  const inMine = { QueryExecutionContext: { Database: 'mine' } }
  const inBucket = { QueryExecutionContext: { Catalog: 's3tablescatalog/sales', Database: 'ns' } }
  const inRegistered = { QueryExecutionContext: { Catalog: 'sold', Database: 'ns' } }
  const BUCKET = '"s3tablescatalog/sales"'

  test('a CTAS names the bucket, and its query the database that it stands in', async () => {
    await on.succeed(`CREATE TABLE ${BUCKET}.ns.made WITH (format = 'PARQUET') AS SELECT * FROM orders`, inMine)
    const made = { tableBucketARN, namespace: 'ns', name: 'made' }
    const { warehouseLocation } = await tables.send(new GetS3TableCommand(made))
    // Where the tests take longer than a minute it would be in the way of their changes.
    await tables.send(
      new PutTableMaintenanceConfigurationCommand({
        ...made,
        type: 'icebergCompaction',
        value: { status: 'disabled' },
      }),
    )
    assert.match(warehouseLocation!, /--table-s3$/)
    assert.deepEqual(await on.rows('SELECT id, day FROM made ORDER BY id', inBucket), [
      ['1', '2024-01-01'],
      ['2', '2024-02-01'],
    ])
    await assert.rejects(on.glue.send(new GetTableCommand({ DatabaseName: 'mine', Name: 'made' })), {
      name: 'EntityNotFoundException',
    })
    assert.match(
      await on.failure(`CREATE TABLE ${BUCKET}.ns.there WITH (location = 's3://data/there/') AS SELECT 1 AS id`),
      /^NOT_SUPPORTED/,
    )
  })

  test('rows are inserted, updated, deleted and merged from any context', async () => {
    const made = `${BUCKET}."ns"."made"`
    await on.succeed(`INSERT INTO ${made} SELECT id + 2, day FROM orders`, inMine)
    await on.succeed(`UPDATE ${made} SET day = DATE '2025-01-01' WHERE id = 3`)
    await on.succeed(`DELETE FROM ${made} WHERE id = 4`)
    await on.succeed(
      `MERGE INTO ${made} t USING (SELECT id + 1 AS id, day FROM orders) s ON t.id = s.id
       WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.day)`,
      inMine,
    )
    assert.deepEqual(await on.rows(`SELECT id, day FROM ${made} ORDER BY id`), [['1', '2024-01-01']])
    assert.match(
      await on.failure(`INSERT INTO ${BUCKET}.ns.nothing VALUES (1)`),
      /Table nothing not found in database ns/,
    )
  })

  test('and from the bucket’s context tables of the account’s catalog', async () => {
    await on.succeed('INSERT INTO awsdatacatalog.mine.orders SELECT id + 10, day FROM made', inBucket)
    assert.deepEqual(await on.rows('SELECT id FROM mine.orders ORDER BY id'), [['1'], ['2'], ['11']])
    await on.succeed(
      `CREATE TABLE awsdatacatalog.mine.copied WITH (external_location = 's3://data/copied/') AS SELECT id FROM made`,
      inBucket,
    )
    assert.deepEqual(await on.rows('SELECT id FROM mine.copied'), [['1']])
  })

  test('DDL names it in backquotes', async () => {
    const other = '`s3tablescatalog/sales`.`ns`.`other`'
    await on.succeed(`CREATE TABLE ${other} (id bigint) TBLPROPERTIES ('table_type' = 'ICEBERG')`)
    await on.succeed(`ALTER TABLE ${other} ADD COLUMNS (name string)`)
    assert.match((await on.rows(`DESCRIBE ${other}`)).join('\n'), /^name\s+string/m)
    assert.deepEqual(await on.lines('SHOW TABLES IN `s3tablescatalog/sales`.`ns`'), ['made', 'other'])
    assert.deepEqual(await on.lines('SHOW DATABASES IN `s3tablescatalog/sales`'), ['ns'])
    assert.match((await on.lines(`SHOW CREATE TABLE ${other}`)).join('\n'), /^CREATE TABLE ns.other \(\n {2}id bigint,/)
    await on.succeed(`DROP TABLE ${other}`)
    await assert.rejects(tables.send(new GetS3TableCommand({ tableBucketARN, namespace: 'ns', name: 'other' })), {
      name: 'NotFoundException',
    })
  })

  test('what Athena does not do there', async () => {
    for (const refused of [
      'OPTIMIZE made REWRITE DATA USING BIN_PACK',
      'VACUUM made',
      'ALTER TABLE made RENAME TO renamed',
      'CREATE VIEW seen AS SELECT 1 AS one',
      "ALTER DATABASE ns SET DBPROPERTIES ('a' = 'b')",
    ])
      assert.match(await on.failure(refused, inBucket), /^NOT_SUPPORTED: /, refused)
    assert.deepEqual(await on.rows(`SELECT id FROM ${BUCKET}.ns.made`), [['1']])
  })

  test('registered as a data source, it is read and written, and not defined', async () => {
    await on.athena.send(
      new CreateDataCatalogCommand({
        Name: 'sold',
        Type: 'GLUE',
        Parameters: { 'catalog-id': '000000000000:s3tablescatalog/sales' },
      }),
    )
    await on.succeed('INSERT INTO made SELECT 7, day FROM sold.ns.made WHERE id = 1', inRegistered)
    await on.succeed('DELETE FROM sold.ns.made WHERE id = 1')
    assert.deepEqual(await on.rows('SELECT id FROM made', inRegistered), [['7']])
    assert.match(await on.failure('DROP TABLE made', inRegistered), /^NOT_SUPPORTED: DDL/)
    assert.match(await on.failure('DROP TABLE sold.ns.made'), /^NOT_SUPPORTED: DDL/)
    const { TableMetadata } = await on.athena.send(
      new GetTableMetadataCommand({ CatalogName: 'sold', DatabaseName: 'ns', TableName: 'made' }),
    )
    assert.equal(TableMetadata?.Parameters?.table_type, 'ICEBERG')
  })
})
