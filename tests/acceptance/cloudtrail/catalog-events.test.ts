/** What is done by the Iceberg REST catalog is an event of Glue's (docs: glue dg, iceberg-rest-apis, "CloudTrail event"). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { S3 } from '@aws-sdk/client-s3'
import { restClient, SCHEMA } from '../iceberg/rest-client.ts'
import { startLake } from '../server.ts'

test('requests of the Iceberg REST catalog are events', async () => {
  const lake = await startLake()
  const trail = new CloudTrail(lake.client)
  const rest = restClient(lake)
  await rest.want('POST', 'namespaces', { namespace: ['told'], properties: { location: 's3://told/ns' } })
  await rest.want('GET', 'namespaces/told')
  await rest.ask('POST', 'namespaces/told/tables', { name: 't', schema: SCHEMA })
  await rest.ask('GET', 'namespaces/told/tables/none')
  await rest.ask('DELETE', 'namespaces/told/tables/none')
  await rest.want('DELETE', 'namespaces/told')
  const { Events } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'glue.amazonaws.com' }],
  })
  const records = Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!)).toReversed()
  const ofNamespace = { catalogId: '000000000000', databaseName: 'told' }
  assert.deepEqual(
    records.map(({ eventName, readOnly, errorCode, requestParameters, additionalEventData }) => [
      eventName,
      additionalEventData.icebergRestOperation,
      readOnly,
      errorCode,
      requestParameters,
    ]),
    [
      ['CreateDatabase', 'createNamespace', false, undefined, ofNamespace],
      ['GetDatabase', 'loadNamespaceMetadata', true, undefined, ofNamespace],
      ['CreateTable', 'createTable', false, records[2].errorCode, { ...ofNamespace, tableName: 't' }],
      ['GetTable', 'loadTable', true, 'NoSuchTableException', { ...ofNamespace, tableName: 'none' }],
      ['DeleteTable', 'dropTable', false, 'NoSuchTableException', { ...ofNamespace, tableName: 'none' }],
      ['DeleteDatabase', 'dropNamespace', false, undefined, ofNamespace],
    ],
  )
  assert.equal(records[0].userIdentity.arn, 'arn:aws:iam::000000000000:root')
  // By the name of a table, as other events of Glue are found.
  const byName = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'none' }],
  })
  assert.deepEqual(
    byName.Events!.map(({ EventName }) => EventName),
    ['DeleteTable', 'GetTable'],
  )
  assert.deepEqual(lake.log, [])
  trail.destroy()
  await lake.stop()
})

test('who is let at the files of a table is told, with the key or with the columns', async (t) => {
  const lake = await startLake()
  const trail = new CloudTrail(lake.client)
  t.after(async () => {
    trail.destroy()
    await lake.stop()
  })
  await new S3(lake.client).createBucket({ Bucket: 'told' })
  const rest = restClient(lake)
  await rest.want('POST', 'namespaces', { namespace: ['told'], properties: { location: 's3://told/ns' } })
  await rest.want('POST', 'namespaces/told/tables', { name: 't', schema: SCHEMA })
  const { 'storage-credentials': keys } = await rest.want('GET', 'namespaces/told/tables/t/credentials')
  const { config } = keys[0]
  await rest.ask('POST', 'namespaces/told/tables/t/plan', { select: ['id'] })
  const { Events } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'GetDataAccess' }],
  })
  const told = Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!)).toReversed()
  assert.deepEqual(
    told.map(({ requestParameters, additionalEventData }) => [
      requestParameters.tableArn,
      additionalEventData.columns,
      additionalEventData.accessKeyId,
    ]),
    [
      ['arn:aws:glue:us-east-1:000000000000:table/told/t', [], config['s3.access-key-id']],
      ['arn:aws:glue:us-east-1:000000000000:table/told/t', ['id'], undefined],
    ],
  )
  assert.deepEqual(lake.log, [])
})
