/** Keys to files, and metadata for engines that filter by themselves: who gets which. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  GetTableCommand,
  GetUnfilteredPartitionsMetadataCommand,
  GetUnfilteredTableMetadataCommand,
} from '@aws-sdk/client-glue'
import {
  CreateDataCellsFilterCommand,
  GetTemporaryDataLocationCredentialsCommand,
  GetTemporaryGluePartitionCredentialsCommand,
  GetTemporaryGlueTableCredentialsCommand,
  PutDataLakeSettingsCommand,
  RegisterResourceCommand,
} from '@aws-sdk/client-lakeformation'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ACCOUNT, type GovernedLake, governedLake } from './governed-lake.ts'

let house: GovernedLake
const TableArn = `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/orders`
const ENGINE = { LakeFormationAuthorizedCaller: 'engine' }

before(async () => {
  house = await governedLake()
  await house.root.table(
    `CREATE TABLE orders WITH (format = 'PARQUET', external_location = 's3://data/orders/', partitioned_by = ARRAY['region']) AS
     SELECT * FROM (VALUES (1, 'Ann', 'EU'), (2, 'Bob', 'US')) AS t (id, name, region)`,
  )
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'orders', Name: 'eu' }
  await house.root.lakeFormation.send(
    new CreateDataCellsFilterCommand({
      TableData: { ...key, RowFilter: { FilterExpression: "region = 'EU'" }, ColumnNames: ['id', 'region'] },
    }),
  )
  await house.grant('part', { DataCellsFilter: key }, ['SELECT'])
  await house.grant('whole', { Table: { DatabaseName: 'db', Name: 'orders' } }, ['SELECT'])
})
after(() => house.close())

test('keys are given of registered places only, and to engines or where the lake lets all have them', async () => {
  const { lakeFormation } = house.as('whole')
  const ask = new GetTemporaryGlueTableCredentialsCommand({ TableArn, Permissions: ['SELECT'] })
  await assert.rejects(lakeFormation.send(ask), { name: 'AccessDeniedException' })
  await house.root.lakeFormation.send(
    new PutDataLakeSettingsCommand({
      DataLakeSettings: {
        AllowFullTableExternalDataAccess: true,
        AllowExternalDataFiltering: true,
        ExternalDataFilteringAllowList: [{ DataLakePrincipalIdentifier: ACCOUNT }],
        AuthorizedSessionTagValueList: ['engine'],
      },
    }),
  )
  await assert.rejects(lakeFormation.send(ask), { name: 'InvalidInputException', message: /not registered/ })
  await house.root.lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::data/orders', UseServiceLinkedRole: true }),
  )
  const { AccessKeyId, SecretAccessKey, SessionToken, VendedS3Path, Expiration } = await lakeFormation.send(ask)
  assert.deepEqual(VendedS3Path, ['s3://data/orders/'])
  assert.ok(Expiration! > new Date())
  const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! }
  const s3 = new S3Client({ ...house.lake.client, credentials })
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'orders/' }))
  const [file] = Contents!
  await s3.send(new GetObjectCommand({ Bucket: 'data', Key: file!.Key }))
  for (const Key of ['orders/new', 'elsewhere/new'])
    await assert.rejects(
      s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: '' })),
      { name: 'AccessDenied' },
      Key,
    )
  await assert.rejects(s3.send(new ListObjectsV2Command({ Bucket: 'results' })), { name: 'AccessDenied' })
  s3.destroy()
  await assert.rejects(
    lakeFormation.send(new GetTemporaryGlueTableCredentialsCommand({ TableArn, Permissions: ['INSERT'] })),
    { name: 'AccessDeniedException' },
  )
})

test('keys to a part of a table’s folder', async () => {
  const { lakeFormation } = house.as('whole')
  const Partition = { Values: ['EU'] }
  const given = await lakeFormation.send(new GetTemporaryGluePartitionCredentialsCommand({ TableArn, Partition }))
  const credentials = {
    accessKeyId: given.AccessKeyId!,
    secretAccessKey: given.SecretAccessKey!,
    sessionToken: given.SessionToken!,
  }
  const s3 = new S3Client({ ...house.lake.client, credentials })
  const list = (Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix }))
  assert.equal((await list('orders/region=EU/')).KeyCount, 1)
  await assert.rejects(list('orders/'), { name: 'AccessDenied' })
  s3.destroy()
  const ask = new GetTemporaryDataLocationCredentialsCommand({ DataLocations: ['s3://data/orders/'] })
  await assert.rejects(lakeFormation.send(ask), { name: 'AccessDeniedException' })
  await house.grant('whole', { DataLocation: { ResourceArn: 'arn:aws:s3:::data/orders' } }, ['DATA_LOCATION_ACCESS'])
  assert.deepEqual((await lakeFormation.send(ask)).AccessibleDataLocations, ['s3://data/orders/'])
})

test('whoever sees a part gets keys and metadata as an engine that filters, or not at all', async () => {
  const SupportedPermissionTypes = ['CELL_FILTER_PERMISSION' as const, 'COLUMN_PERMISSION' as const]
  const keys = (types?: typeof SupportedPermissionTypes) =>
    new GetTemporaryGlueTableCredentialsCommand({ TableArn, SupportedPermissionTypes: types })
  await assert.rejects(house.as('part').lakeFormation.send(keys()), { name: 'PermissionTypeMismatchException' })
  await assert.rejects(house.as('part').lakeFormation.send(keys(SupportedPermissionTypes)), {
    name: 'AccessDeniedException',
  })
  const engine = house.as('part', ENGINE)
  assert.ok((await engine.lakeFormation.send(keys(SupportedPermissionTypes))).SessionToken)
  const asked = { CatalogId: ACCOUNT, DatabaseName: 'db', SupportedPermissionTypes }
  const told = await engine.glue.send(new GetUnfilteredTableMetadataCommand({ ...asked, Name: 'orders' }))
  assert.deepEqual(told.AuthorizedColumns, ['id', 'region'])
  assert.deepEqual(told.CellFilters, [
    { ColumnName: 'id', RowFilterExpression: "region = 'EU'" },
    { ColumnName: 'region', RowFilterExpression: "region = 'EU'" },
  ])
  assert.equal(told.RowFilter, "region = 'EU'")
  assert.equal(told.IsRegisteredWithLakeFormation, true)
  const { Table } = await house.root.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'orders' }))
  assert.equal(Table!.IsRegisteredWithLakeFormation, true)
  assert.deepEqual(
    told.Table!.StorageDescriptor!.Columns!.map(({ Name }) => Name),
    ['id', 'name'],
  )
  const { UnfilteredPartitions } = await engine.glue.send(
    new GetUnfilteredPartitionsMetadataCommand({ ...asked, TableName: 'orders' }),
  )
  assert.deepEqual(
    UnfilteredPartitions!.map(({ Partition }) => Partition!.Values),
    [['EU'], ['US']],
  )
  const unable = { ...asked, Name: 'orders', SupportedPermissionTypes: ['COLUMN_PERMISSION' as const] }
  await assert.rejects(engine.glue.send(new GetUnfilteredTableMetadataCommand(unable)), {
    name: 'PermissionTypeMismatchException',
  })
  await assert.rejects(
    house.as('part').glue.send(new GetUnfilteredTableMetadataCommand({ ...asked, Name: 'orders' })),
    {
      name: 'AccessDeniedException',
    },
  )
})

test('an engine is trusted by the lake’s word, its account and its session’s tag, all three', async () => {
  const put = (more: object) =>
    house.root.lakeFormation.send(
      new PutDataLakeSettingsCommand({
        DataLakeSettings: {
          AllowExternalDataFiltering: true,
          ExternalDataFilteringAllowList: [{ DataLakePrincipalIdentifier: ACCOUNT }],
          AuthorizedSessionTagValueList: ['engine', 'other'],
          ...more,
        },
      }),
    )
  const SupportedPermissionTypes = ['CELL_FILTER_PERMISSION' as const]
  const asked = { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders', SupportedPermissionTypes }
  const metadata = (tag: string, more = {}) =>
    house
      .as('part', { LakeFormationAuthorizedCaller: tag })
      .glue.send(new GetUnfilteredTableMetadataCommand({ ...asked, ...more }))
  const denied = { name: 'AccessDeniedException' }
  await put({ AllowExternalDataFiltering: false })
  await assert.rejects(metadata('engine'), denied)
  await put({ ExternalDataFilteringAllowList: [{ DataLakePrincipalIdentifier: '111111111111' }] })
  await assert.rejects(metadata('engine'), denied)
  await put({ AuthorizedSessionTagValueList: ['another'] })
  await assert.rejects(metadata('engine'), denied)
  await put({})
  assert.deepEqual((await metadata('other')).AuthorizedColumns, ['id', 'region'])
  await assert.rejects(metadata('stranger'), denied)
  // It is let in by the permissions that it asks for, and one that filters nested cells filters others.
  await assert.rejects(metadata('engine', { Permissions: ['INSERT'] }), denied)
  const nested = ['NESTED_CELL_PERMISSION' as const]
  const { QueryAuthorizationId } = await metadata('engine', {
    Permissions: ['SELECT'],
    SupportedPermissionTypes: nested,
  })
  assert.ok(QueryAuthorizationId)
  const QuerySessionContext = { QueryId: 'q', QueryAuthorizationId }
  assert.equal((await metadata('engine', { QuerySessionContext })).QueryAuthorizationId, QueryAuthorizationId)
  for (const type of ['COLUMN_PERMISSION', 'NESTED_PERMISSION'])
    await assert.rejects(metadata('engine', { SupportedPermissionTypes: [type] }), {
      name: 'PermissionTypeMismatchException',
    })
})
