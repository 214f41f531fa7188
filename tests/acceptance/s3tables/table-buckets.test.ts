/** docs: AmazonS3 API, API_Operations_Amazon_S3_Tables, and userguide, s3-tables. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { GetDatabasesCommand, GetTableCommand } from '@aws-sdk/client-glue'
import { ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  DeleteNamespaceCommand,
  DeleteTableBucketCommand,
  DeleteTableBucketPolicyCommand,
  DeleteTableCommand,
  GetNamespaceCommand,
  GetTableCommand as GetS3TableCommand,
  GetTableBucketCommand,
  GetTableBucketEncryptionCommand,
  GetTableBucketMaintenanceConfigurationCommand,
  GetTableBucketPolicyCommand,
  GetTableEncryptionCommand,
  GetTableMaintenanceConfigurationCommand,
  GetTableMaintenanceJobStatusCommand,
  GetTableMetadataLocationCommand,
  ListNamespacesCommand,
  ListTablesCommand,
  ListTagsForResourceCommand,
  PutTableBucketEncryptionCommand,
  PutTableBucketPolicyCommand,
  PutTableMaintenanceConfigurationCommand,
  paginateListTableBuckets,
  paginateListTables,
  RenameTableCommand,
  S3TablesClient,
  TagResourceCommand,
  UpdateTableMetadataLocationCommand,
} from '@aws-sdk/client-s3tables'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { type RestClient, restClient, SCHEMA } from '../iceberg/rest-client.ts'

describe('S3 Tables', () => {
  let on: AthenaLake
  let tables: S3TablesClient
  let tableBucketARN: string
  before(async () => {
    on = await athenaLake()
    tables = new S3TablesClient(on.lake.client)
    const { arn } = await tables.send(new CreateTableBucketCommand({ name: 'sales', tags: { team: 'a' } }))
    tableBucketARN = arn!
  })
  after(async () => {
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  const named = (name: string, namespace = 'ns') => ({ tableBucketARN, namespace, name })
  const metadata = {
    iceberg: {
      schema: {
        fields: [
          { name: 'id', type: 'long', required: true },
          { name: 'day', type: 'date' },
        ],
      },
      partitionSpec: { fields: [{ sourceId: 2, transform: 'day', name: 'day_day' }] },
      properties: { owner: 'me' },
    },
  }

  test('table buckets', async () => {
    assert.equal(tableBucketARN, 'arn:aws:s3tables:us-east-1:000000000000:bucket/sales')
    const found = await tables.send(new GetTableBucketCommand({ tableBucketARN }))
    assert.deepEqual([found.name, found.ownerAccountId, found.type], ['sales', '000000000000', 'customer'])
    await assert.rejects(tables.send(new CreateTableBucketCommand({ name: 'sales' })), { name: 'ConflictException' })
    await assert.rejects(tables.send(new CreateTableBucketCommand({ name: '-sales' })), { name: 'BadRequestException' })
    const missing = tableBucketARN.replace('sales', 'none')
    await assert.rejects(tables.send(new GetTableBucketCommand({ tableBucketARN: missing })), {
      name: 'NotFoundException',
      message: 'The specified bucket does not exist.',
    })
    for (const name of ['one', 'two', 'tree']) await tables.send(new CreateTableBucketCommand({ name }))
    const names: (string | undefined)[] = []
    for await (const page of paginateListTableBuckets({ client: tables, pageSize: 1 }, { prefix: 't' }))
      names.push(...(page.tableBuckets ?? []).map(({ name }) => name))
    assert.deepEqual(names, ['tree', 'two'])
    await tables.send(new DeleteTableBucketCommand({ tableBucketARN: tableBucketARN.replace('sales', 'one') }))
    const { tags } = await tables.send(new ListTagsForResourceCommand({ resourceArn: tableBucketARN }))
    assert.deepEqual(tags, { team: 'a' })
  })

  test('namespaces', async () => {
    const made = await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
    assert.deepEqual(made.namespace, ['ns'])
    await assert.rejects(tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] })), {
      name: 'ConflictException',
    })
    const found = await tables.send(new GetNamespaceCommand({ tableBucketARN, namespace: 'ns' }))
    assert.deepEqual([found.namespace, found.ownerAccountId], [['ns'], '000000000000'])
    await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['other'] }))
    const { namespaces } = await tables.send(new ListNamespacesCommand({ tableBucketARN }))
    assert.deepEqual(
      namespaces?.map(({ namespace }) => namespace),
      [['ns'], ['other']],
    )
    await assert.rejects(tables.send(new DeleteTableBucketCommand({ tableBucketARN })), { name: 'ConflictException' })
  })

  test('a table has a place of its own that no list shows, and a token for each of its versions', async () => {
    const made = await tables.send(new CreateTableCommand({ ...named('orders'), format: 'ICEBERG', metadata }))
    assert.match(made.tableARN!, /^arn:aws:s3tables:us-east-1:000000000000:bucket\/sales\/table\/[0-9a-f-]{36}$/)
    await assert.rejects(tables.send(new CreateTableCommand({ ...named('orders'), format: 'ICEBERG' })), {
      name: 'ConflictException',
    })
    const found = await tables.send(new GetS3TableCommand(named('orders')))
    assert.equal(found.versionToken, made.versionToken)
    assert.match(found.warehouseLocation!, /^s3:\/\/.+--table-s3$/)
    assert.ok(found.metadataLocation!.startsWith(`${found.warehouseLocation}/metadata/`))
    const byArn = await tables.send(new GetS3TableCommand({ tableArn: made.tableARN }))
    assert.equal(byArn.name, 'orders')
    const { Buckets } = await on.s3.send(new ListBucketsCommand({}))
    assert.deepEqual(
      Buckets?.map(({ Name }) => Name),
      ['data', 'results'],
    )
    const at = await tables.send(new GetTableMetadataLocationCommand(named('orders')))
    const body = (await on.read(at.metadataLocation!)).body
    const [, bucket = ''] = /^s3:\/\/([^/]+)/.exec(at.warehouseLocation!) ?? []
    await on.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'metadata/00001-mine.metadata.json', Body: body }))
    const metadataLocation = `${at.warehouseLocation}/metadata/00001-mine.metadata.json`
    const updated = await tables.send(
      new UpdateTableMetadataLocationCommand({ ...named('orders'), versionToken: at.versionToken, metadataLocation }),
    )
    assert.notEqual(updated.versionToken, at.versionToken)
    await assert.rejects(
      tables.send(
        new UpdateTableMetadataLocationCommand({ ...named('orders'), versionToken: at.versionToken, metadataLocation }),
      ),
      { name: 'ConflictException' },
    )
    await assert.rejects(
      tables.send(
        new UpdateTableMetadataLocationCommand({
          ...named('orders'),
          versionToken: updated.versionToken,
          metadataLocation: 's3://data/else.metadata.json',
        }),
      ),
      { name: 'BadRequestException' },
    )
  })

  test('its tables are Athena’s, by the catalog of the bucket', async () => {
    const inBucket = { QueryExecutionContext: { Catalog: 's3tablescatalog/sales', Database: 'ns' } }
    await on.succeed("INSERT INTO orders VALUES (1, DATE '2024-01-01'), (2, DATE '2024-01-02')", inBucket)
    assert.deepEqual(await on.rows('SELECT id FROM orders ORDER BY id', inBucket), [['1'], ['2']])
    assert.deepEqual(await on.rows('SELECT count(*) FROM "s3tablescatalog/sales"."ns"."orders"'), [['2']])
    assert.deepEqual(
      await on.rows('SELECT count(*) FROM "s3tablescatalog/sales"."ns"."orders" o CROSS JOIN (SELECT 1) x'),
      [['2']],
    )
    assert.match(await on.failure('SELECT * FROM "s3tablescatalog/none"."ns"."orders"'), /CATALOG_NOT_FOUND/)
    const CatalogId = '000000000000:s3tablescatalog/sales'
    const { DatabaseList } = await on.glue.send(new GetDatabasesCommand({ CatalogId }))
    assert.deepEqual(
      DatabaseList?.map(({ Name }) => Name),
      ['ns', 'other'],
    )
    const { Table } = await on.glue.send(new GetTableCommand({ CatalogId, DatabaseName: 'ns', Name: 'orders' }))
    assert.equal(Table?.Parameters?.table_type, 'ICEBERG')
  })

  test('and those of its REST catalogs, its own and Glue’s', async () => {
    const config = await restClient(on.lake, '', 's3tables').want(
      'GET',
      `config?warehouse=${encodeURIComponent(tableBucketARN)}`,
    )
    assert.deepEqual(config.overrides, { prefix: encodeURIComponent(tableBucketARN) })
    const own = restClient(on.lake, config.overrides.prefix, 's3tables')
    const glue = restClient(on.lake, 'catalogs/000000000000:s3tablescatalog:sales')
    for (const rest of [own, glue]) {
      const { metadata: found } = await rest.want('GET', 'namespaces/ns/tables/orders')
      assert.equal(found.snapshots.length, 1)
    }
    const refused = async (rest: RestClient, ...request: Parameters<RestClient['ask']>) => {
      const { status, body } = await rest.ask(...request)
      assert.deepEqual([status, body.error.type], [400, 'BadRequestException'])
    }
    const { metadata: made } = await own.want('POST', 'namespaces/ns/tables', { name: 'made', schema: SCHEMA })
    assert.match(made.location, /--table-s3$/)
    await refused(own, 'POST', 'namespaces/ns/tables', { name: 'x', schema: SCHEMA, 'stage-create': true })
    await refused(own, 'POST', 'namespaces/ns/tables', { name: 'x', schema: SCHEMA, location: 's3://data/x' })
    await refused(own, 'DELETE', 'namespaces/ns/tables/made')
    const { tableARN } = await tables.send(new GetS3TableCommand(named('made')))
    assert.match(tableARN!, /\/table\/[0-9a-f-]{36}$/)
    await own.want('DELETE', 'namespaces/ns/tables/made?purgeRequested=true')
    const Bucket = made.location.slice('s3://'.length)
    await assert.rejects(on.s3.send(new ListObjectsV2Command({ Bucket })), { name: 'NoSuchBucket' })
  })

  test('what is set on buckets and tables is kept', async () => {
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] })
    await assert.rejects(tables.send(new GetTableBucketPolicyCommand({ tableBucketARN })), {
      name: 'NotFoundException',
    })
    await tables.send(new PutTableBucketPolicyCommand({ tableBucketARN, resourcePolicy: policy }))
    assert.equal((await tables.send(new GetTableBucketPolicyCommand({ tableBucketARN }))).resourcePolicy, policy)
    await tables.send(new DeleteTableBucketPolicyCommand({ tableBucketARN }))
    const plain = await tables.send(new GetTableBucketEncryptionCommand({ tableBucketARN }))
    assert.deepEqual(plain.encryptionConfiguration, { sseAlgorithm: 'AES256' })
    const encryptionConfiguration = {
      sseAlgorithm: 'aws:kms',
      kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
    } as const
    await tables.send(new PutTableBucketEncryptionCommand({ tableBucketARN, encryptionConfiguration }))
    const keyed = await tables.send(new GetTableBucketEncryptionCommand({ tableBucketARN }))
    assert.deepEqual(keyed.encryptionConfiguration, encryptionConfiguration)
    // "Encryption settings for pre-existing tables are not changed": AmazonS3 userguide, s3-tables-kms-encryption.
    const ofTable = await tables.send(new GetTableEncryptionCommand(named('orders')))
    assert.deepEqual(ofTable.encryptionConfiguration, { sseAlgorithm: 'AES256' })
    const ofBucket = await tables.send(new GetTableBucketMaintenanceConfigurationCommand({ tableBucketARN }))
    assert.deepEqual(ofBucket.configuration?.icebergUnreferencedFileRemoval?.settings, {
      icebergUnreferencedFileRemoval: { unreferencedDays: 3, nonCurrentDays: 10 },
    })
    const value = { status: 'disabled', settings: { icebergCompaction: { targetFileSizeMB: 256 } } } as const
    await tables.send(
      new PutTableMaintenanceConfigurationCommand({ ...named('orders'), type: 'icebergCompaction', value }),
    )
    const { configuration } = await tables.send(new GetTableMaintenanceConfigurationCommand(named('orders')))
    assert.deepEqual(configuration?.icebergCompaction, value)
    assert.equal(configuration?.icebergSnapshotManagement?.status, 'enabled')
    const { status } = await tables.send(new GetTableMaintenanceJobStatusCommand(named('orders')))
    assert.deepEqual(
      [status?.icebergCompaction?.status, status?.icebergSnapshotManagement?.status],
      ['Disabled', 'Not_Yet_Run'],
    )
    await tables.send(new TagResourceCommand({ resourceArn: tableBucketARN, tags: { more: 'b' } }))
    const { tags } = await tables.send(new ListTagsForResourceCommand({ resourceArn: tableBucketARN }))
    assert.deepEqual(tags, { team: 'a', more: 'b' })
  })

  test('tables are listed in pages, renamed and deleted', async () => {
    for (const name of ['a', 'b'])
      await tables.send(new CreateTableCommand({ ...named(name, 'other'), format: 'ICEBERG' }))
    const listed: string[] = []
    for await (const page of paginateListTables({ client: tables, pageSize: 2 }, { tableBucketARN }))
      listed.push(...(page.tables ?? []).map(({ namespace, name }) => `${namespace}.${name}`))
    assert.deepEqual(listed, ['ns.orders', 'other.a', 'other.b'])
    await tables.send(new RenameTableCommand({ ...named('a', 'other'), newNamespaceName: 'ns', newName: 'moved' }))
    const { tables: inNs } = await tables.send(new ListTablesCommand({ tableBucketARN, namespace: 'ns' }))
    assert.deepEqual(
      inNs?.map(({ name }) => name),
      ['moved', 'orders'],
    )
    await assert.rejects(tables.send(new DeleteTableCommand({ ...named('moved'), versionToken: 'old' })), {
      name: 'ConflictException',
    })
    await assert.rejects(tables.send(new DeleteNamespaceCommand({ tableBucketARN, namespace: 'ns' })), {
      name: 'ConflictException',
    })
    for (const [name, namespace] of [
      ['moved', 'ns'],
      ['orders', 'ns'],
      ['b', 'other'],
    ] as const)
      await tables.send(new DeleteTableCommand(named(name, namespace)))
    await assert.rejects(tables.send(new GetS3TableCommand(named('orders'))), { name: 'NotFoundException' })
    for (const namespace of ['ns', 'other'])
      await tables.send(new DeleteNamespaceCommand({ tableBucketARN, namespace }))
    await tables.send(new DeleteTableBucketCommand({ tableBucketARN }))
  })

  test('statements make tables in the context of the bucket’s catalog, and drop them', async () => {
    const { arn } = await tables.send(new CreateTableBucketCommand({ name: 'stated' }))
    await tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['ns'] }))
    const inBucket = (name: string) => ({ tableBucketARN: arn!, namespace: 'ns', name })
    const context = { QueryExecutionContext: { Catalog: 's3tablescatalog/stated', Database: 'ns' } }
    await on.succeed(
      "CREATE TABLE made (id bigint, day date) PARTITIONED BY (month(day)) TBLPROPERTIES ('table_type'='iceberg')",
      context,
    )
    await on.succeed("INSERT INTO made VALUES (1, DATE '2024-01-01'), (2, DATE '2024-02-01')", context)
    const { warehouseLocation, tableARN } = await tables.send(new GetS3TableCommand(inBucket('made')))
    assert.match(warehouseLocation!, /^s3:\/\/[-0-9a-f]{36}--table-s3$/)
    assert.ok(tableARN!.endsWith(`/table/${warehouseLocation!.slice(5, 41)}`))
    await on.succeed("CREATE TABLE again WITH (partitioning = ARRAY['day']) AS SELECT * FROM made", context)
    assert.deepEqual(await on.rows('SELECT sum(id) FROM again', context), [['3']])
    const { tableARN: other } = await tables.send(new GetS3TableCommand(inBucket('again')))
    assert.notEqual(other, tableARN)
    await on.failure(
      "CREATE TABLE there (id bigint) LOCATION 's3://data/there/' TBLPROPERTIES ('table_type'='iceberg')",
      context,
    )
    await on.failure("CREATE TABLE there WITH (location = 's3://data/there/') AS SELECT 1 AS id", context)
    await on.failure('CREATE TABLE half AS SELECT 1 / 0 AS id', context)
    await assert.rejects(tables.send(new GetS3TableCommand(inBucket('half'))), { name: 'NotFoundException' })
    for (const name of ['made', 'again']) await on.succeed(`DROP TABLE ${name}`, context)
    await assert.rejects(tables.send(new GetS3TableCommand(inBucket('made'))), { name: 'NotFoundException' })
    const Bucket = warehouseLocation!.slice('s3://'.length)
    await assert.rejects(on.s3.send(new ListObjectsV2Command({ Bucket })), { name: 'NoSuchBucket' })
  })
})
