import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetTableMetadataCommand } from '@aws-sdk/client-athena'
import {
  BatchCreatePartitionCommand,
  BatchGetPartitionCommand,
  CreateDatabaseCommand,
  CreatePartitionIndexCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  type EncryptionAtRest,
  GetDatabaseCommand,
  GetPartitionIndexesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GetUserDefinedFunctionsCommand,
  PutDataCatalogEncryptionSettingsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { athenaLake } from '../athena/lake.ts'

const { lake, athena, glue, put, start, rows, failure, run, close } = await athenaLake()
const kms = new KMSClient(lake.client)
const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!
after(async () => {
  kms.destroy()
  await close()
  assert.deepEqual(lake.log, [])
})

const settle = (EncryptionAtRest: EncryptionAtRest) =>
  glue.send(new PutDataCatalogEncryptionSettingsCommand({ DataCatalogEncryptionSettings: { EncryptionAtRest } }))
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** As the Java SDK says it; the words of KMS are those of its API reference and of what has been observed. */
const note = (service: string, code: string) =>
  `\\(Service: ${service}; Status Code: 400; Error Code: ${code}; Request ID: ${UUID}; Proxy: null\\)`
const DISABLED = `${KeyId} is disabled\\. ${note('AWSKMS', 'DisabledException')}`
const BY_GLUE = note('AmazonDataCatalog', 'GlueEncryptionException')
const TABLE = { DatabaseName: 'sealed', TableName: 't' }

test('settings take symmetric keys, and that of AWS where none is named', async () => {
  const spec = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(spec))
  await assert.rejects(settle({ CatalogEncryptionMode: 'SSE-KMS', SseAwsKmsKeyId: KeyMetadata!.Arn }), {
    name: 'InvalidInputException',
  })
  await settle({ CatalogEncryptionMode: 'SSE-KMS' })
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'by-aws' } }))
  await glue.send(new GetDatabaseCommand({ Name: 'by-aws' }))
  await glue.send(new DeleteDatabaseCommand({ Name: 'by-aws' }))
})

test('what is made from then on is encrypted, and stays so when the settings change', async () => {
  await settle({ CatalogEncryptionMode: 'SSE-KMS', SseAwsKmsKeyId: KeyId })
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'sealed', Description: 'told to nobody' } }))
  await put('sealed/p=1/a.csv', 'x\ny\n')
  await put('sealed/p=2/a.csv', 'z\n')
  const StorageDescriptor = {
    Columns: [{ Name: 'letter', Type: 'string', Comment: 'told to nobody' }],
    Location: 's3://data/sealed/',
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' },
  }
  const TableInput = { Name: 't', StorageDescriptor, PartitionKeys: [{ Name: 'p', Type: 'int' }] }
  await glue.send(new CreateTableCommand({ DatabaseName: 'sealed', TableInput }))
  const PartitionInputList = ['1', '2'].map((p) => ({
    Values: [p],
    StorageDescriptor: { ...StorageDescriptor, Location: `s3://data/sealed/p=${p}/` },
  }))
  await glue.send(new BatchCreatePartitionCommand({ ...TABLE, PartitionInputList }))
  await settle({ CatalogEncryptionMode: 'DISABLED' })
  assert.deepEqual(await rows('SELECT letter, p FROM sealed.t ORDER BY letter'), [
    ['x', '1'],
    ['y', '1'],
    ['z', '2'],
  ])
})

test('an index of encrypted partitions fails', async () => {
  const PartitionIndex = { IndexName: 'by_p', Keys: ['p'] }
  await glue.send(new CreatePartitionIndexCommand({ ...TABLE, PartitionIndex }))
  for (;;) {
    const [index] = (await glue.send(new GetPartitionIndexesCommand(TABLE))).PartitionIndexDescriptorList!
    if (index!.IndexStatus === 'CREATING') await sleep(5)
    else {
      assert.equal(index!.IndexStatus, 'FAILED')
      assert.deepEqual(index!.BackfillErrors, [
        { Code: 'ENCRYPTED_PARTITION_ERROR', Partitions: [{ Values: ['1'] }, { Values: ['2'] }] },
      ])
      return
    }
  }
})

test('a key that is disabled: GlueEncryptionException of whatever reads or writes what is encrypted', async () => {
  await settle({ CatalogEncryptionMode: 'SSE-KMS', SseAwsKmsKeyId: KeyId })
  await kms.send(new DisableKeyCommand({ KeyId }))
  const refused = { name: 'GlueEncryptionException', message: new RegExp(`^${DISABLED}$`) }
  const PartitionsToGet = [{ Values: ['1'] }]
  const DatabaseName = 'sealed'
  await assert.rejects(glue.send(new GetDatabaseCommand({ Name: DatabaseName })), refused)
  await assert.rejects(glue.send(new GetTableCommand({ DatabaseName, Name: 't' })), refused)
  await assert.rejects(glue.send(new GetTablesCommand({ DatabaseName })), refused)
  await assert.rejects(glue.send(new GetPartitionsCommand(TABLE)), refused)
  await assert.rejects(glue.send(new BatchGetPartitionCommand({ ...TABLE, PartitionsToGet })), refused)
  await assert.rejects(glue.send(new GetUserDefinedFunctionsCommand({ DatabaseName, Pattern: '.*' })), refused)
  await assert.rejects(glue.send(new UpdateTableCommand({ DatabaseName, TableInput: { Name: 't' } })), refused)
  await assert.rejects(glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'other' } })), refused)
  // What lies open is read as ever.
  await glue.send(new GetDatabaseCommand({ Name: 'db' }))
})

test('queries tell it as Athena does, of Trino and of Hive', async () => {
  assert.match(await failure('SELECT * FROM sealed.t'), new RegExp(`^HIVE_METASTORE_ERROR: ${DISABLED} ${BY_GLUE}$`))
  const told = `FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. MetaException\\(message:${DISABLED} ${BY_GLUE}\\)`
  for (const sql of ['SHOW PARTITIONS sealed.t', 'CREATE DATABASE other', 'SHOW TABLES IN sealed']) {
    const { Status } = await run(sql)
    assert.match(Status!.StateChangeReason!, new RegExp(`^${told}$`), sql)
    assert.equal(Status!.AthenaError!.ErrorCategory, 2)
  }
  const metadata = { CatalogName: 'AwsDataCatalog', DatabaseName: 'sealed', TableName: 't' }
  await assert.rejects(athena.send(new GetTableMetadataCommand(metadata)), {
    name: 'MetadataException',
    message: new RegExp(`^${DISABLED} ${BY_GLUE}$`),
  })
  await assert.rejects(start('DESCRIBE sealed.t'), { name: 'InvalidRequestException' })
  assert.deepEqual(await rows('SELECT 1'), [['1']])
})

test('a key that waits for its deletion; enabled again, all is there', async () => {
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }))
  await assert.rejects(glue.send(new GetTableCommand({ DatabaseName: 'sealed', Name: 't' })), {
    name: 'GlueEncryptionException',
    message: new RegExp(`^${KeyId} is pending deletion\\. ${note('AWSKMS', 'KMSInvalidStateException')}$`),
  })
  await kms.send(new CancelKeyDeletionCommand({ KeyId }))
  await kms.send(new EnableKeyCommand({ KeyId }))
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'sealed', Name: 't' }))
  assert.equal(Table!.StorageDescriptor!.Columns![0]!.Comment, 'told to nobody')
})
