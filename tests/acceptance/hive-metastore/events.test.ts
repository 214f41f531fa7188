/** Calls of the metastore are events of Glue's: whoever audits the catalog sees them beside those of the other doors. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudTrail, type LookupAttribute } from '@aws-sdk/client-cloudtrail'
import { Glue } from '@aws-sdk/client-glue'
import { S3 } from '@aws-sdk/client-s3'
import { startLake, type TestLake } from '../server.ts'
import { bool, i16, struct, structs, ThriftClient, text, texts } from './client.ts'
import { partition, table } from './definitions.ts'

const PRINCIPAL = 'arn:aws:iam::000000000000:role/spark'
let lake: TestLake
let hive: ThriftClient
let trail: CloudTrail

before(async () => {
  lake = await startLake({ metastore: { port: 0, warehouse: 's3a://data/warehouse', principal: PRINCIPAL } })
  hive = await ThriftClient.connect(lake.metastore!)
  trail = new CloudTrail(lake.client)
  await new S3(lake.client).createBucket({ Bucket: 'data' })
})
after(async () => {
  hive.close()
  trail.destroy()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

interface Told {
  readonly eventSource: string
  readonly eventName: string
  readonly readOnly: boolean
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly requestParameters: Record<string, unknown> | null
  readonly additionalEventData?: { readonly thriftMethod?: string; readonly claimedUser?: string }
  readonly userIdentity: Record<string, unknown>
  readonly sourceIPAddress: string
  readonly userAgent: string
  readonly requestID: string
}

async function lookUp(attribute: LookupAttribute): Promise<Told[]> {
  const { Events } = await trail.lookupEvents({ LookupAttributes: [attribute] })
  return Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!) as Told).toReversed()
}
/** What has come by the metastore since it was last asked. */
let seen = 0
async function told(): Promise<Told[]> {
  const all = await lookUp({ AttributeKey: 'EventSource', AttributeValue: 'glue.amazonaws.com' })
  const fresh = all.filter(({ additionalEventData }) => additionalEventData?.thriftMethod !== undefined).slice(seen)
  seen += fresh.length
  return fresh
}
const names = async () => (await told()).map(({ eventName }) => eventName)
const address = (name: string) => ({ 1: text('shop'), 2: text(name) })

test('what changes the catalog is told as Glue tells it, under the same names', async () => {
  await hive.ask('set_ugi', { 1: text('ada'), 2: texts([]) })
  await hive.ask('create_database', { 1: struct({ 1: text('shop'), 3: text('s3a://data/shop') }) })
  const keys = [['day', 'string']] as const
  await hive.ask('create_table', { 1: struct(table('shop', 'orders', { keys, parameters: { password: 'hush' } })) })
  await hive.ask('add_partition', { 1: struct(partition('shop', 'orders', ['2026-11-26'])) })
  await hive.ask('drop_partition', { ...address('orders'), 3: texts(['2026-11-26']), 4: bool(true) })
  await hive.ask('drop_table', { ...address('orders'), 3: bool(true) })
  await hive.ask('drop_database', { 1: text('shop'), 2: bool(true), 3: bool(false) })
  const events = await told()
  assert.deepEqual(
    events.map(({ eventName, readOnly, additionalEventData }) => [
      eventName,
      readOnly,
      additionalEventData?.thriftMethod,
      additionalEventData?.claimedUser,
    ]),
    [
      ['CreateDatabase', false, 'create_database', 'ada'],
      ['CreateTable', false, 'create_table', 'ada'],
      ['CreatePartition', false, 'add_partition', 'ada'],
      ['DeletePartition', false, 'drop_partition', 'ada'],
      ['DeleteTable', false, 'drop_table', 'ada'],
      ['DeleteDatabase', false, 'drop_database', 'ada'],
    ],
  )
  const [database, made, added, left, gone] = events.map(({ requestParameters }) => requestParameters!)
  assert.deepEqual(database, { databaseInput: { name: 'shop', locationUri: 's3a://data/shop' } })
  const { name, parameters } = made!.tableInput as { name: string; parameters: Record<string, string> }
  assert.deepEqual([made!.databaseName, name], ['shop', 'orders'])
  assert.equal(parameters.password, 'HIDDEN_DUE_TO_SECURITY_REASONS')
  assert.deepEqual((added!.partitionInput as { values: unknown }).values, ['2026-11-26'])
  const where = { databaseName: 'shop', tableName: 'orders' }
  assert.deepEqual(left, { ...where, partitionValues: ['2026-11-26'] })
  assert.deepEqual(gone, { databaseName: 'shop', name: 'orders' })
})

test('the record says who, from where, and by what', async () => {
  const [event] = await lookUp({ AttributeKey: 'EventName', AttributeValue: 'DeleteDatabase' })
  assert.deepEqual(event!.userIdentity, {
    type: 'Role',
    arn: PRINCIPAL,
    accountId: '000000000000',
    accessKeyId: '',
    userName: 'spark',
  })
  assert.equal(event!.sourceIPAddress, '127.0.0.1')
  assert.equal(event!.userAgent, 'hive-metastore')
})

test('what is read is told too, and what was refused with the code that Glue has for it', async () => {
  await new Glue(lake.client).createDatabase({ DatabaseInput: { Name: 'shop' } })
  await hive.ask('create_table', { 1: struct(table('shop', 'items')) })
  await hive.ask('get_all_databases')
  await hive.ask('get_tables', { 1: text('@hive#shop'), 2: text('it*') })
  await hive.ask('get_table_req', { 1: struct({ 1: text('shop'), 2: text('items') }) })
  await assert.rejects(hive.ask('get_table', address('none')))
  await assert.rejects(hive.ask('create_table', { 1: struct(table('shop', 'items')) }))
  await hive.ask('get_partitions', { ...address('items'), 3: i16(7) })
  const events = await told()
  assert.deepEqual(
    events
      .slice(1)
      .map(({ eventName, errorCode, errorMessage, requestParameters }) => [
        eventName,
        errorCode,
        errorMessage,
        eventName === 'CreateTable' ? undefined : requestParameters,
      ]),
    [
      ['GetDatabases', undefined, undefined, null],
      ['GetTables', undefined, undefined, { databaseName: 'shop', expression: 'it.*' }],
      ['GetTable', undefined, undefined, { databaseName: 'shop', name: 'items' }],
      ['GetTable', 'EntityNotFoundException', 'shop.none table not found', { databaseName: 'shop', name: 'none' }],
      ['CreateTable', 'AlreadyExistsException', events[5]!.errorMessage, undefined],
      ['GetPartitions', undefined, undefined, { databaseName: 'shop', tableName: 'items', maxResults: 7 }],
    ],
  )
  const byName = await lookUp({ AttributeKey: 'ResourceName', AttributeValue: 'items' })
  assert.deepEqual(
    byName.map(({ eventName }) => eventName),
    ['CreateTable', 'GetTable', 'CreateTable', 'GetPartitions'],
  )
})

test('a call that is several of Glue is as many events, of one request', async () => {
  await hive.ask('get_table_objects_by_name', { 1: text('shop'), 2: texts(['items', 'none']) })
  const tables = await told()
  assert.deepEqual(
    tables.map(({ requestParameters, errorCode }) => [requestParameters!.name, errorCode]),
    [
      ['items', undefined],
      ['none', 'EntityNotFoundException'],
    ],
  )
  assert.equal(new Set(tables.map(({ requestID }) => requestID)).size, 1)
  const keys = [['n', 'string']] as const
  await hive.ask('create_table', { 1: struct(table('shop', 'many', { keys })) })
  // Glue takes a hundred partitions at a time.
  const parts = Array.from({ length: 150 }, (_, i) => partition('shop', 'many', [String(i)]))
  await hive.ask('add_partitions', { 1: structs(parts) })
  const [, ...batches] = await told()
  assert.deepEqual(
    batches.map(({ eventName, requestParameters }) => [
      eventName,
      (requestParameters!.partitionInputList as unknown[]).length,
    ]),
    [
      ['BatchCreatePartition', 100],
      ['BatchCreatePartition', 50],
    ],
  )
})

test('locks, settings and what a name says are none', async () => {
  await hive.ask('get_config_value', { 1: text('hive.metastore.warehouse.dir'), 2: text('') })
  await hive.ask('partition_name_to_vals', { 1: text('day=1') })
  await hive.ask('getVersion')
  assert.deepEqual(await names(), [])
})

test('they outlive the server', async () => {
  hive.close()
  trail.destroy()
  lake = await lake.restart()
  trail = new CloudTrail(lake.client)
  hive = await ThriftClient.connect(lake.metastore!)
  const [event] = await lookUp({ AttributeKey: 'EventName', AttributeValue: 'DeleteTable' })
  assert.equal(event!.additionalEventData!.thriftMethod, 'drop_table')
})
