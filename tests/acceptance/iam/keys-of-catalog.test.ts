/** Keys of an encrypted Data Catalog and of passwords of connections: whose leave Glue needs, and what is written down. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { type EncryptionAtRest, Glue } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { S3 } from '@aws-sdk/client-s3'
import { athenaLake } from '../athena/lake.ts'
import { allow, type KeyAction, needsOfKey, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { restClient } from '../iceberg/rest-client.ts'

const a = await athenaLake()
const { lake } = a
const root = { glue: new Glue(lake.client), kms: new KMS(lake.client), iam: new IAM(lake.client) }
const trail = new CloudTrail(lake.client)
const s3 = new S3(lake.client)
const REST = allow(['athena:*', 'glue:*', 's3:*', 'lakeformation:*', 'iam:PassRole'])
const ROLE = 'arn:aws:iam::000000000000:role/sealer'
let KEY: string
let ann: PolicyCaller
let glue: Glue

const settings = (EncryptionAtRest: Partial<EncryptionAtRest>) =>
  root.glue.putDataCatalogEncryptionSettings({
    DataCatalogEncryptionSettings: {
      EncryptionAtRest: { CatalogEncryptionMode: 'SSE-KMS', SseAwsKmsKeyId: KEY, ...EncryptionAtRest },
      ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: true, AwsKmsKeyId: KEY },
    },
  })
const needs = (actions: readonly KeyAction[], call: () => Promise<unknown>, refused: object = NO_KEY) =>
  needsOfKey(ann, { key: KEY, rest: REST }, actions, call, refused)
const NO_KEY = { name: 'GlueEncryptionException', message: /ann is not authorized to perform: kms:.*Service: AWSKMS/ }
const columns = [{ Name: 'id', Type: 'int' }]
const SerdeInfo = { SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' }
const InputFormat = 'org.apache.hadoop.mapred.TextInputFormat'
const StorageDescriptor = { Columns: columns, Location: 's3://data/sealed/', SerdeInfo, InputFormat }

before(async () => {
  ann = await policyCaller(lake, 'ann')
  glue = new Glue(ann.client)
  KEY = (await root.kms.createKey({})).KeyMetadata!.Arn!
  await settings({})
  await a.succeed("CREATE EXTERNAL TABLE sealed (id int) LOCATION 's3://data/sealed/'")
})
after(async () => {
  for (const client of [...Object.values(root), glue, trail, s3]) client.destroy()
  ann.close()
  await a.close()
})

test('what is encrypted is read by who may decrypt, and written by who may have a key for it', async () => {
  await needs(['Decrypt'], () => glue.getTable({ DatabaseName: 'db', Name: 'sealed' }))
  await needs(['Decrypt'], () => glue.getTables({ DatabaseName: 'db' }))
  let round = 0
  const made = () => glue.createTable({ DatabaseName: 'db', TableInput: { Name: `made${round++}`, StorageDescriptor } })
  await needs(['GenerateDataKey'], made)
  const TableInput = { Name: 'made0', StorageDescriptor, Description: 'told' }
  await root.glue.createTable({ DatabaseName: 'db', TableInput: { ...TableInput, Name: 'changed' } })
  const changed = () => glue.updateTable({ DatabaseName: 'db', TableInput: { ...TableInput, Name: 'changed' } })
  await needs(['Decrypt', 'GenerateDataKey'], changed)
  await needs([], () => glue.getConnections({}))
})

test('queries and the REST catalog read it by the leave of who asks', async () => {
  const asked = async () => {
    const refusal = await ann.refusal('SELECT * FROM sealed')
    if (refusal !== '') throw new Error(refusal)
  }
  await needs(['Decrypt'], asked, { message: /ann is not authorized to perform: kms:Decrypt/ })
  const rest = restClient({ ...lake, client: ann.client, credentials: ann.client.credentials })
  await root.glue.createDatabase({ DatabaseInput: { Name: 'closed' } })
  await ann.may(REST)
  assert.notEqual((await rest.ask('GET', 'namespaces/closed')).status, 200)
  await ann.may(REST, allow('kms:Decrypt', KEY))
  assert.equal((await rest.ask('GET', 'namespaces/closed')).status, 200)
})

test('policies see Glue and the catalog', async () => {
  const read = () => glue.getTable({ DatabaseName: 'db', Name: 'sealed' })
  for (const [condition, isOpen] of [
    [{ 'kms:ViaService': 'glue.us-east-1.amazonaws.com' }, true],
    [{ 'kms:ViaService': 's3.us-east-1.amazonaws.com' }, false],
    [{ 'kms:EncryptionContext:glue_catalog_id': '000000000000' }, true],
    [{ 'kms:EncryptionContext:glue_catalog_id': '111111111111' }, false],
  ] as const) {
    await ann.may(REST, { ...allow('kms:Decrypt', KEY), Condition: { StringEquals: condition } })
    if (isOpen) await read()
    else await assert.rejects(read(), NO_KEY, JSON.stringify(condition))
  }
})

test('where the catalog names a role, that role uses the key and its callers need not', async () => {
  const trust = { Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
  await root.iam.createRole({ RoleName: 'sealer', AssumeRolePolicyDocument: document(trust) })
  await settings({ CatalogEncryptionMode: 'SSE-KMS-WITH-SERVICE-ROLE', CatalogEncryptionServiceRole: ROLE })
  const read = () => glue.getTable({ DatabaseName: 'db', Name: 'sealed' })
  await ann.may(REST, allow('kms:*', KEY))
  await assert.rejects(read(), {
    message: /assumed-role\/sealer\/V_00_GLUE_KMS_DECRYPT_.* is not authorized to perform: kms:D/,
  })
  const PolicyDocument = document(allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], KEY))
  await root.iam.putRolePolicy({ RoleName: 'sealer', PolicyName: 'keys', PolicyDocument })
  await ann.may(REST)
  await read()
  await glue.createTable({ DatabaseName: 'db', TableInput: { Name: 'by_role', StorageDescriptor } })
  assert.equal(await ann.refusal('SELECT * FROM by_role'), '')
  await settings({})
})

test('passwords of connections are closed by who makes them, and opened by who reads with them', async () => {
  const ConnectionProperties = {
    JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/shop',
    USERNAME: 'u',
    PASSWORD: 'p',
  }
  const ConnectionInput = { Name: 'shop', ConnectionType: 'JDBC' as const, ConnectionProperties }
  const refused = { name: 'AccessDeniedException', message: /not authorized to perform: kms:/ }
  await needs(['Encrypt'], () => glue.createConnection({ ConnectionInput }), refused)
  await needs(['Encrypt'], () => glue.updateConnection({ Name: 'shop', ConnectionInput }), refused)
  await ann.may(REST)
  const { Connection } = await glue.getConnection({ Name: 'shop' })
  assert.ok(Connection!.ConnectionProperties!.ENCRYPTED_PASSWORD)
  const tried = () => glue.testConnection({ ConnectionName: 'shop' })
  await assert.rejects(tried(), refused)
  // Nobody listens there: whoever gets so far has opened the password.
  await ann.may(REST, allow('kms:Decrypt', KEY))
  await assert.rejects(tried(), { name: 'InvalidInputException', message: /Unable to connect/ })
})

const eventsOf = async (key: string) => {
  const { Events } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: key }],
  })
  return Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!)).toReversed()
}

test('uses of the key are events, whoever uses it and by whichever door', async () => {
  const own = (await root.kms.createKey({})).KeyMetadata!.Arn!
  await settings({ SseAwsKmsKeyId: own })
  const TableInput = { Name: 'noted', StorageDescriptor: { ...StorageDescriptor, Location: 's3://data/noted/' } }
  await root.glue.createTable({ DatabaseName: 'db', TableInput })
  await ann.may(REST)
  await assert.rejects(glue.getTable({ DatabaseName: 'db', Name: 'noted' }), NO_KEY)
  await s3.putObject({ Bucket: 'data', Key: 'noted/a', Body: '1', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: own })
  await a.succeed('SELECT * FROM noted')
  await ann.may(REST, allow('kms:Decrypt', own))
  assert.equal(await ann.refusal('SELECT * FROM noted'), '')
  const told = (await eventsOf(own))
    .filter(({ userIdentity }) => userIdentity.invokedBy !== undefined)
    .map(({ eventName, errorCode, userIdentity, requestParameters }) =>
      [
        userIdentity.userName ?? userIdentity.type,
        userIdentity.invokedBy,
        eventName,
        errorCode,
        ...Object.keys(requestParameters?.encryptionContext ?? {}),
      ].join(' '),
    )
  assert.deepEqual(told, [
    'Root glue.amazonaws.com GenerateDataKey  glue_catalog_id',
    'ann glue.amazonaws.com Decrypt AccessDenied',
    'Root s3.amazonaws.com GenerateDataKey  aws:s3:arn',
    'Root glue.amazonaws.com Decrypt  glue_catalog_id',
    'Root s3.amazonaws.com Decrypt  aws:s3:arn',
    'ann glue.amazonaws.com Decrypt  glue_catalog_id',
    'ann s3.amazonaws.com Decrypt  aws:s3:arn',
  ])
})
