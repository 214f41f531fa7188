/** Who may make and change Iceberg tables by Glue's API: docs, glue dg, populate-otf ("Prerequisites"), and what is told of it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetTableCommand,
  GlueClient,
  PutDataCatalogEncryptionSettingsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { RegisterResourceCommand } from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { allow, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { type GovernedLake, governedLake } from '../lakeformation/governed-lake.ts'
import { startLake, type TestLake } from '../server.ts'

const Schema = { Fields: [{ Id: 1, Name: 'id', Type: 'long', Required: false }] }
const creation = (Name: string, Location: string) => {
  const CreateIcebergTableInput = { Location, Schema }
  const IcebergInput = { MetadataOperation: 'CREATE', CreateIcebergTableInput } as const
  return new CreateTableCommand({ DatabaseName: 'db', Name, OpenTableFormatInput: { IcebergInput } })
}
const change = (Name: string, Location: string) => {
  const Updates = [{ Action: 'set-properties', Location, Schema, Properties: { a: String(Math.random()) } } as const]
  const UpdateIcebergInput = { UpdateIcebergTableInput: { Updates } }
  return new UpdateTableCommand({ DatabaseName: 'db', Name, UpdateOpenTableFormatInput: { UpdateIcebergInput } })
}
const denied = (made: Promise<unknown>, message: RegExp) =>
  assert.rejects(made, (error: Error) => {
    assert.match(error.message, message)
    assert.equal(error.name, 'AccessDeniedException')
    return true
  })

describe('by policies', () => {
  let lake: TestLake
  let bob: PolicyCaller
  let root: GlueClient
  let glue: GlueClient
  before(async () => {
    lake = await startLake()
    root = new GlueClient(lake.client)
    const s3 = new S3Client(lake.client)
    await s3.send(new CreateBucketCommand({ Bucket: 'data' }))
    s3.destroy()
    await root.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' } }))
    bob = await policyCaller(lake, 'bob')
    glue = new GlueClient(bob.client)
  })
  after(async () => {
    for (const client of [root, glue]) client.destroy()
    bob.close()
    await lake.stop()
    assert.deepEqual(lake.log, [])
  })

  for (const [what, command, actions] of [
    ['to make a table', creation, ['glue:CreateTable', 's3:PutObject']],
    ['to change it', change, ['glue:UpdateTable', 's3:GetObject', 's3:PutObject']],
  ] as const)
    test(`${what} takes ${actions.join(', ')}`, async () => {
      for (const missing of actions) {
        await bob.may(allow(actions.filter((one) => one !== missing)))
        const words = missing.startsWith('s3:') ? /^Permission denied on S3 path: s3:\/\/data\/t\/metadata\// : missing
        await denied(glue.send(command('t', 's3://data/t')), new RegExp(words))
      }
      await bob.may(allow(actions))
      await glue.send(command('t', 's3://data/t'))
    })

  test('what was done is told, with the place and the schema', async () => {
    const trail = new CloudTrail(lake.client)
    const { Events } = await trail.lookupEvents({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'CreateTable' }],
    })
    trail.destroy()
    const { requestParameters, errorCode, userIdentity } = JSON.parse(Events![0]!.CloudTrailEvent!)
    assert.equal(errorCode, undefined)
    assert.equal(userIdentity.userName, 'bob')
    const { createIcebergTableInput, metadataOperation } = requestParameters.openTableFormatInput.icebergInput
    assert.equal(metadataOperation, 'CREATE')
    assert.equal(createIcebergTableInput.location, 's3://data/t')
    assert.equal(createIcebergTableInput.schema.fields[0].name, 'id')
  })

  test('in an encrypted catalog it takes the key', async () => {
    const kms = new KMSClient(lake.client)
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!
    const EncryptionAtRest = { CatalogEncryptionMode: 'SSE-KMS', SseAwsKmsKeyId: KeyId } as const
    const DataCatalogEncryptionSettings = { EncryptionAtRest }
    await root.send(new PutDataCatalogEncryptionSettingsCommand({ DataCatalogEncryptionSettings }))
    await bob.may(allow(['glue:*', 's3:*']))
    const refused = { name: 'GlueEncryptionException' }
    await assert.rejects(glue.send(creation('sealed', 's3://data/sealed')), refused)
    await bob.may(allow(['glue:*', 's3:*', 'kms:Decrypt', 'kms:GenerateDataKey']))
    await glue.send(creation('sealed', 's3://data/sealed'))
    await glue.send(change('sealed', 's3://data/sealed'))
    await kms.send(new DisableKeyCommand({ KeyId }))
    await assert.rejects(glue.send(change('sealed', 's3://data/sealed')), refused)
    await kms.send(new EnableKeyCommand({ KeyId }))
    await glue.send(change('sealed', 's3://data/sealed'))
    kms.destroy()
  })
})

describe('by Lake Formation', () => {
  let house: GovernedLake
  before(async () => {
    house = await governedLake()
    await house.root.lakeFormation.send(
      new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::data/kept', UseServiceLinkedRole: true }),
    )
  })
  after(async () => {
    await house.close()
    assert.deepEqual(house.lake.log, [])
  })
  const place = { DataLocation: { ResourceArn: 'arn:aws:s3:::data/kept' } }
  const database = { Database: { Name: 'db' } }

  test('a table is made by whom the database and the place are granted', async () => {
    const { glue } = house.as('maker')
    await denied(glue.send(creation('t', 's3://data/kept/t')), /Lake Formation/)
    await house.grant('maker', database, ['CREATE_TABLE'])
    await denied(glue.send(creation('t', 's3://data/kept/t')), /Lake Formation|Permission denied on S3 path/)
    await house.grant('maker', place, ['DATA_LOCATION_ACCESS'])
    await glue.send(creation('t', 's3://data/kept/t'))
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 't' }))
    assert.equal(Table!.IsRegisteredWithLakeFormation, true)
    await glue.send(change('t', 's3://data/kept/t'))
  })

  test('and changed by whom it is granted', async () => {
    const { glue } = house.as('other')
    const table = { Table: { DatabaseName: 'db', Name: 't' } }
    await assert.rejects(glue.send(change('t', 's3://data/kept/t')))
    await house.grant('other', table, ['SELECT'])
    await denied(glue.send(change('t', 's3://data/kept/t')), /Required Alter|ALTER/i)
    await house.grant('other', table, ['ALTER'])
    await glue.send(change('t', 's3://data/kept/t'))
    const move = new UpdateTableCommand({
      DatabaseName: 'db',
      Name: 't',
      UpdateOpenTableFormatInput: {
        UpdateIcebergInput: {
          UpdateIcebergTableInput: { Updates: [{ Action: 'set-location', Location: 's3://data/kept/u', Schema }] },
        },
      },
    })
    await denied(glue.send(move), /Lake Formation|Permission denied on S3 path/)
  })
})
