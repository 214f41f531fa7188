/**
 * Objects of tables in table buckets through S3's door: which operations there are, and what they ask of their caller.
 * docs: AmazonS3 userguide, s3-tables-setting-up, s3-tables-kms-encryption, s3-tables-logging.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  DeleteTableBucketPolicyCommand,
  DeleteTablePolicyCommand,
  type EncryptionConfiguration,
  GetTableCommand,
  GetTableEncryptionCommand,
  PutTableBucketEncryptionCommand,
  PutTableBucketPolicyCommand,
  PutTablePolicyCommand,
  RenameTableCommand,
  S3TablesClient,
} from '@aws-sdk/client-s3tables'
import { otherAccount } from '../accounts.ts'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { allow, type PolicyCaller, policyCaller, type Statement } from '../athena/policy-callers.ts'
import { type RestClient, restClient } from '../iceberg/rest-client.ts'

const DENIED = { name: 'AccessDenied' }
const metadata = { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } }
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

describe('objects of tables', () => {
  let on: AthenaLake
  let tables: S3TablesClient
  let kms: KMSClient
  let ann: PolicyCaller
  let s3: S3Client
  let tableBucketARN: string
  let orders: Laid

  interface Laid {
    readonly arn: string
    readonly Bucket: string
    /** Of its metadata. */
    readonly Key: string
  }

  const inBucket = { QueryExecutionContext: { Catalog: 's3tablescatalog/sales', Database: 'ns' } }
  const named = (name: string) => ({ tableBucketARN, namespace: 'ns', name })

  async function table(name: string, encryptionConfiguration?: EncryptionConfiguration): Promise<Laid> {
    await tables.send(new CreateTableCommand({ ...named(name), format: 'ICEBERG', metadata, encryptionConfiguration }))
    const { tableARN, metadataLocation } = await tables.send(new GetTableCommand(named(name)))
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(metadataLocation!)!
    return { arn: tableARN!, Bucket: Bucket!, Key: Key! }
  }
  const read = (of: Laid, by = s3) => by.send(new GetObjectCommand({ Bucket: of.Bucket, Key: of.Key }))
  const write = (of: Laid, by = s3) => by.send(new PutObjectCommand({ Bucket: of.Bucket, Key: 'data/x', Body: 'x' }))

  before(async () => {
    on = await athenaLake()
    tables = new S3TablesClient(on.lake.client)
    kms = new KMSClient(on.lake.client)
    tableBucketARN = (await tables.send(new CreateTableBucketCommand({ name: 'sales' }))).arn!
    await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
    orders = await table('orders')
    ann = await policyCaller(on.lake, 'ann')
    s3 = new S3Client(ann.client)
  })
  after(async () => {
    for (const client of [tables, kms, s3]) client.destroy()
    ann.close()
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  test('actions of S3 Tables on the table open them, and those of S3 do not', async () => {
    await ann.may(allow('s3:*'))
    await assert.rejects(read(orders), DENIED)
    await assert.rejects(write(orders), DENIED)
    await ann.may(allow('s3tables:GetTableData', orders.arn))
    await read(orders)
    await s3.send(new HeadObjectCommand({ Bucket: orders.Bucket, Key: orders.Key }))
    await assert.rejects(write(orders), (error: Error) => {
      assert.equal(error.name, 'AccessDenied')
      assert.match(
        error.message,
        /is not authorized to perform: s3tables:PutTableData on resource: "?arn:aws:s3tables:/,
      )
      return true
    })
    await ann.may(allow('s3tables:PutTableData', orders.arn))
    await write(orders)
    await assert.rejects(read(orders), DENIED)
    await ann.may(allow(['s3tables:GetTableData', 's3tables:PutTableData'], `${tableBucketARN}/table/other`))
    await assert.rejects(read(orders), DENIED)
  })

  test('a multipart upload is written, and its parts are read', async () => {
    const object = { Bucket: orders.Bucket, Key: 'data/parts' }
    await ann.may(allow('s3tables:PutTableData', orders.arn))
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object))
    const { ETag } = await s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: 'part' }))
    await assert.rejects(s3.send(new ListPartsCommand({ ...object, UploadId })), DENIED)
    await ann.may(allow('s3tables:GetTableData', orders.arn))
    assert.equal((await s3.send(new ListPartsCommand({ ...object, UploadId }))).Parts!.length, 1)
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    const complete = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload })
    await assert.rejects(s3.send(complete), DENIED)
    await assert.rejects(s3.send(new AbortMultipartUploadCommand({ ...object, UploadId })), DENIED)
    await ann.may(allow('s3tables:PutTableData', orders.arn))
    await s3.send(complete)
  })

  test('no other operation reaches them, whoever asks', async () => {
    const { Bucket, Key } = orders
    const refused = { name: 'MethodNotAllowed', message: 'The specified method is not allowed against this resource.' }
    for (const command of [
      new DeleteObjectCommand({ Bucket, Key }),
      new ListObjectsV2Command({ Bucket }),
      new GetObjectTaggingCommand({ Bucket, Key }),
      new CopyObjectCommand({ Bucket, Key: 'data/copy', CopySource: `${Bucket}/${Key}` }),
      new GetBucketPolicyCommand({ Bucket }),
      new DeleteBucketCommand({ Bucket }),
    ])
      await assert.rejects(on.s3.send(command as DeleteObjectCommand), (error: Error & { $metadata: object }) => {
        assert.deepEqual({ name: error.name, message: error.message }, refused, command.constructor.name)
        assert.equal((error.$metadata as { httpStatusCode: number }).httpStatusCode, 405)
        return true
      })
    await assert.rejects(on.s3.send(new HeadBucketCommand({ Bucket })))
    assert.equal((await fetch(`${on.lake.endpoint}/${Bucket}/${Key}`)).status, 403)
    // Whoever may read the table may copy from it.
    const copy = new CopyObjectCommand({ Bucket: 'data', Key: 'copy', CopySource: `${Bucket}/${Key}` })
    await ann.may(allow('s3:*'))
    await assert.rejects(s3.send(copy), DENIED)
    await ann.may(allow('s3:*'), allow('s3tables:GetTableData', orders.arn))
    await s3.send(copy)
  })

  test('policies of the table and of the table bucket are asked, from other accounts too', async () => {
    const other = await otherAccount(on.lake, '111111111111')
    const theirs = new S3Client(await other.role('reader'))
    const open = { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 's3tables:GetTableData' }
    await assert.rejects(read(orders, theirs), DENIED)
    const onTable = policy({ ...open, Resource: orders.arn })
    await tables.send(new PutTablePolicyCommand({ ...named('orders'), resourcePolicy: onTable }))
    await read(orders, theirs)
    await assert.rejects(write(orders, theirs), DENIED)
    await tables.send(new DeleteTablePolicyCommand(named('orders')))
    await assert.rejects(read(orders, theirs), DENIED)
    const onBucket = policy({ ...open, Resource: `${tableBucketARN}/table/*` })
    await tables.send(new PutTableBucketPolicyCommand({ tableBucketARN, resourcePolicy: onBucket }))
    await read(orders, theirs)
    await ann.may(allow('s3tables:*'))
    const Resource = `${tableBucketARN}/table/*`
    const closed = policy({ Effect: 'Deny', Principal: { AWS: ann.arn }, Action: 's3tables:GetTableData', Resource })
    await tables.send(new PutTableBucketPolicyCommand({ tableBucketARN, resourcePolicy: closed }))
    await assert.rejects(read(orders), DENIED)
    await assert.rejects(read(orders, theirs), DENIED)
    await tables.send(new DeleteTableBucketPolicyCommand({ tableBucketARN }))
    await read(orders)
    theirs.destroy()
  })

  test('conditions see the namespace and the name that the table has now', async () => {
    const renamed = await table('before')
    const called = (name: string): Statement => ({
      ...allow('s3tables:GetTableData'),
      Condition: { StringEquals: { 's3tables:tableName': name, 's3tables:namespace': 'ns' } },
    })
    await ann.may(called('before'))
    await read(renamed)
    await tables.send(new RenameTableCommand({ ...named('before'), newName: 'later' }))
    await assert.rejects(read(renamed), DENIED)
    await ann.may(called('later'))
    await read(renamed)
  })

  test('keys that are given out for the table open it, and requests that are signed are asked of who had them signed', async () => {
    await ann.may(allow('s3tables:*'))
    const catalog = restClient(
      { ...on.lake, client: ann.client, credentials: ann.client.credentials },
      encodeURIComponent(tableBucketARN),
      's3tables',
    )
    const path = 'namespaces/ns/tables/orders'
    const uri = `${on.lake.endpoint}/${orders.Bucket}/${orders.Key}`
    const sign = async (method: string) => {
      const asked = { region: 'us-east-1', method, uri, headers: {} }
      const { status, body } = await catalog.ask('POST', `${path}/sign`, asked)
      if (status !== 200) return status
      const told = Object.entries(body.headers as Record<string, string[]>)
      const headers = told.map(([name, [value = '']]): [string, string] => [name, value])
      return (await fetch(uri, { method, headers })).status
    }
    assert.deepEqual([await sign('GET'), await sign('HEAD'), await sign('DELETE')], [200, 200, 405])
    const { 'storage-credentials': given } = await catalog.want('GET', `${path}/credentials`)
    const { config } = given[0]
    const credentials = {
      accessKeyId: config['s3.access-key-id'],
      secretAccessKey: config['s3.secret-access-key'],
      sessionToken: config['s3.session-token'],
    }
    const vended = new S3Client({ ...on.lake.client, credentials })
    await read(orders, vended)
    await write(orders, vended)
    await assert.rejects(vended.send(new DeleteObjectCommand({ Bucket: orders.Bucket, Key: 'data/x' })), {
      name: 'MethodNotAllowed',
    })
    const other = await table('other')
    await assert.rejects(read(other, vended), DENIED)
    vended.destroy()
    await ann.may(allow(['s3tables:GetTableMetadataLocation', 's3:*']))
    assert.equal(await sign('GET'), 403)
  })

  test('statements make, write and read a table by the leave of who runs them', async () => {
    const beside = allow(['athena:*', 'glue:*', 's3tables:GetTable*'])
    const results = allow('s3:*', ['arn:aws:s3:::results', 'arn:aws:s3:::results/*'])
    const statements = ['CREATE TABLE made AS SELECT 1 AS n', 'INSERT INTO made VALUES (2)']
    for (const statement of statements) {
      await ann.may(beside, results)
      assert.match(await ann.refusal(statement, inBucket), /Permission denied on S3 path: s3:\/\/.*--table-s3/)
      await ann.may(beside, results, allow('s3tables:PutTableData', `${tableBucketARN}/table/*`))
      assert.equal(await ann.refusal(statement, inBucket), '')
    }
    assert.deepEqual(await ann.rows('SELECT n FROM made ORDER BY n', inBucket), [['1'], ['2']])
    await ann.may(allow(['athena:*', 'glue:*', 's3:*']))
    assert.match(await ann.refusal('SELECT n FROM made', inBucket), /Permission denied on S3 path/)
  })

  test('a table by another name leads to them no further', async () => {
    const LOCATION = `s3://${orders.Bucket}/metadata/`
    await on.succeed(`CREATE EXTERNAL TABLE other_name (line string) LOCATION '${LOCATION}'`)
    await ann.may(allow(['athena:*', 'glue:*', 's3:*', 'lakeformation:*']))
    assert.match(await ann.refusal('SELECT count(*) FROM other_name'), /Permission denied on S3 path/)
    await ann.may(allow(['athena:*', 'glue:*', 's3:*', 's3tables:GetTableData']))
    assert.equal(await ann.refusal('SELECT count(*) FROM other_name'), '')
  })

  describe('under a key of KMS', () => {
    let key: string
    let kept: Laid
    let rest: RestClient
    const opened = allow(['s3tables:*'])

    before(async () => {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
      key = KeyMetadata!.Arn!
      const encryptionConfiguration = { sseAlgorithm: 'aws:kms', kmsKeyArn: key } as const
      await tables.send(new PutTableBucketEncryptionCommand({ tableBucketARN, encryptionConfiguration }))
      kept = await table('kept')
      rest = restClient(
        { ...on.lake, client: ann.client, credentials: ann.client.credentials },
        encodeURIComponent(tableBucketARN),
        's3tables',
      )
    })

    test('a table is encrypted as its bucket said when it was made', async () => {
      const told = async (name: string) =>
        (await tables.send(new GetTableEncryptionCommand(named(name)))).encryptionConfiguration
      assert.deepEqual(await told('kept'), { sseAlgorithm: 'aws:kms', kmsKeyArn: key })
      assert.deepEqual(await told('orders'), { sseAlgorithm: 'AES256' })
      const head = await on.s3.send(new HeadObjectCommand({ Bucket: kept.Bucket, Key: kept.Key }))
      assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ['aws:kms', key])
      await on.succeed('INSERT INTO kept VALUES (7)', inBucket)
      const { ServerSideEncryption, SSEKMSKeyId } = await write(kept, on.s3)
      assert.deepEqual([ServerSideEncryption, SSEKMSKeyId], ['aws:kms', key])
      const plain = new PutObjectCommand({ ...kept, Key: 'data/y', Body: 'y', ServerSideEncryption: 'AES256' })
      await assert.rejects(on.s3.send(plain), { name: 'InvalidRequest' })
      const own = await table('own', { sseAlgorithm: 'AES256' })
      assert.equal((await on.s3.send(new HeadObjectCommand({ ...own }))).ServerSideEncryption, 'AES256')
    })

    test('it is read and written by who may use the key, for the table', async () => {
      await ann.may(opened)
      await assert.rejects(read(kept), DENIED)
      await assert.rejects(write(kept), DENIED)
      assert.equal((await rest.ask('GET', 'namespaces/ns/tables/kept')).status, 403)
      await ann.may(opened, allow('kms:Decrypt', key))
      await read(kept)
      await assert.rejects(write(kept), DENIED)
      assert.equal((await rest.ask('GET', 'namespaces/ns/tables/kept')).status, 200)
      await ann.may(opened, allow('kms:GenerateDataKey', key))
      await write(kept)
      // The condition of s3-tables-kms-permissions.
      const ofTable = (arn: string): Statement => ({
        ...allow('kms:Decrypt', key),
        Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${arn}/*` } },
      })
      await ann.may(opened, ofTable(orders.arn))
      await assert.rejects(read(kept), DENIED)
      for (const arn of [kept.arn, tableBucketARN]) {
        await ann.may(opened, ofTable(arn))
        await read(kept)
      }
      const beside = [opened, allow(['athena:*', 'glue:*']), allow('s3:*', 'arn:aws:s3:::results*')]
      await ann.may(...beside)
      assert.match(await ann.refusal('SELECT id FROM kept', inBucket), /Permission denied on S3 path/)
      await ann.may(...beside, allow('kms:Decrypt', key))
      assert.deepEqual(await ann.rows('SELECT id FROM kept', inBucket), [['7']])
    })

    test('to choose a key takes PutTableEncryption, and the key is the customer’s', async () => {
      const encryptionConfiguration = { sseAlgorithm: 'aws:kms', kmsKeyArn: key } as const
      const create = (name: string, encryption: EncryptionConfiguration = encryptionConfiguration) =>
        new CreateTableCommand({ ...named(name), format: 'ICEBERG', encryptionConfiguration: encryption })
      const hers = new S3TablesClient(ann.client)
      await ann.may(allow('s3tables:CreateTable'))
      await assert.rejects(hers.send(create('chosen')), { name: 'AccessDeniedException' })
      await ann.may(allow(['s3tables:CreateTable', 's3tables:PutTableEncryption']))
      await hers.send(create('chosen'))
      await assert.rejects(tables.send(create('own-key', { sseAlgorithm: 'aws:kms' })), { name: 'BadRequestException' })
      hers.destroy()
    })
  })
})
