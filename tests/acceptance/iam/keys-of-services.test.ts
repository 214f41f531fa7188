/** Keys that services use for a caller: each operation needs the actions on the key that AWS names for it, and no others. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand } from '@aws-sdk/client-athena'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { KMS } from '@aws-sdk/client-kms'
import { LakeFormation } from '@aws-sdk/client-lakeformation'
import { S3 } from '@aws-sdk/client-s3'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { athenaLake } from '../athena/lake.ts'
import {
  allow,
  type KeyAction,
  needsOfKey,
  type PolicyCaller,
  policyCaller,
  type Statement,
} from '../athena/policy-callers.ts'

const a = await athenaLake()
const { lake } = a
const kms = new KMS(lake.client)
const root = { secrets: new SecretsManager(lake.client), trail: new CloudTrail(lake.client), s3: new S3(lake.client) }
let ann: PolicyCaller
let secrets: SecretsManager
let trail: CloudTrail
let KEY: string
const REST = allow(['secretsmanager:*', 'cloudtrail:*', 's3:*', 'athena:*', 'glue:*', 'lakeformation:*'])

before(async () => {
  ann = await policyCaller(lake, 'ann')
  secrets = new SecretsManager(ann.client)
  trail = new CloudTrail(ann.client)
  KEY = (await kms.createKey({})).KeyMetadata!.Arn!
  await root.secrets.createSecret({ Name: 'keyed', SecretString: 'one', KmsKeyId: KEY })
})
after(async () => {
  for (const client of [kms, secrets, trail, ...Object.values(root)]) client.destroy()
  ann.close()
  await a.close()
})

const needs = (actions: readonly KeyAction[], call: () => Promise<unknown>, refused: object) =>
  needsOfKey(ann, { key: KEY, rest: REST }, actions, call, refused)

const NO_KMS = { name: 'AccessDeniedException', message: 'Access to KMS is not allowed' }

test('secrets: to read a value, to put one, to give a key', async () => {
  await needs(['Decrypt'], () => secrets.getSecretValue({ SecretId: 'keyed' }), NO_KMS)
  await needs(['GenerateDataKey'], () => secrets.putSecretValue({ SecretId: 'keyed', SecretString: 'two' }), NO_KMS)
  await needs([], () => secrets.describeSecret({ SecretId: 'keyed' }), NO_KMS)
  let round = 0
  const made = () => secrets.createSecret({ Name: `made-${round++}`, SecretString: 'x', KmsKeyId: KEY })
  await needs(['GenerateDataKey', 'Decrypt'], made, NO_KMS)
  await root.secrets.createSecret({ Name: 'plain', SecretString: 'x' })
  const given = () => secrets.updateSecret({ SecretId: 'plain', KmsKeyId: KEY })
  await needs(['GenerateDataKey', 'Decrypt', 'Encrypt'], given, NO_KMS)
  assert.equal((await root.secrets.describeSecret({ SecretId: 'plain' })).KmsKeyId, KEY)
  // Of many, each is told by itself.
  await ann.may(REST)
  await root.secrets.createSecret({ Name: 'open', SecretString: 'open' })
  const { SecretValues, Errors } = await secrets.batchGetSecretValue({ SecretIdList: ['open', 'keyed'] })
  assert.deepEqual(
    [SecretValues!.map(({ Name }) => Name), Errors!.map(({ ErrorCode }) => ErrorCode)],
    [['open'], ['AccessDeniedException']],
  )
})

test('secrets: versions under a key that the caller may not use stay as they are when another is given', async () => {
  const [before, next] = [(await kms.createKey({})).KeyMetadata!.Arn!, KEY]
  await root.secrets.createSecret({ Name: 'moved', SecretString: 'old', KmsKeyId: before })
  await ann.may(REST, allow('kms:*', next))
  await secrets.updateSecret({ SecretId: 'moved', KmsKeyId: next })
  await assert.rejects(secrets.getSecretValue({ SecretId: 'moved' }), NO_KMS)
  await secrets.putSecretValue({ SecretId: 'moved', SecretString: 'new' })
  assert.equal((await secrets.getSecretValue({ SecretId: 'moved' })).SecretString, 'new')
  assert.equal(
    (await root.secrets.getSecretValue({ SecretId: 'moved', VersionStage: 'AWSPREVIOUS' })).SecretString,
    'old',
  )
})

test('secrets: conditions see the service, the secret and its version', async () => {
  const { ARN } = await root.secrets.describeSecret({ SecretId: 'keyed' })
  const may = (Condition: object): Statement => ({ ...allow('kms:Decrypt', KEY), Condition })
  const read = () => secrets.getSecretValue({ SecretId: 'keyed' })
  for (const [condition, isOpen] of [
    [{ 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' }, true],
    [{ 'kms:ViaService': 's3.us-east-1.amazonaws.com' }, false],
    [{ 'kms:EncryptionContext:SecretARN': ARN }, true],
    [{ 'kms:EncryptionContext:SecretARN': `${ARN}x` }, false],
  ] as const) {
    await ann.may(REST, may({ StringEquals: condition }))
    if (isOpen) await read()
    else await assert.rejects(read(), NO_KMS, JSON.stringify(condition))
  }
})

test('event data stores: to make one, to query it, to see what came of it', async () => {
  const refused = { name: 'InsufficientEncryptionPolicyException', message: /not authorized to perform: kms:/ }
  let round = 0
  const made = () =>
    trail.createEventDataStore({ Name: `store-${round++}`, KmsKeyId: KEY, TerminationProtectionEnabled: false })
  await needs(['GenerateDataKey', 'Decrypt'], made, refused)
  const { EventDataStores } = await root.trail.listEventDataStores({})
  const arn = EventDataStores![0]!.EventDataStoreArn!
  const QueryStatement = `SELECT count(*) FROM ${arn.split('/')[1]}`
  await needs(['GenerateDataKey', 'Decrypt'], () => trail.startQuery({ QueryStatement }), refused)
  const { QueryId } = await trail.startQuery({ QueryStatement })
  await needs(['Decrypt'], () => trail.getQueryResults({ QueryId }), refused)
  await needs([], () => trail.getEventDataStore({ EventDataStore: arn }), refused)
  await ann.may(REST, allow('kms:*', KEY))
  await kms.disableKey({ KeyId: KEY })
  await assert.rejects(trail.startQuery({ QueryStatement }), { message: /is disabled/ })
  await assert.rejects(made(), { name: 'KmsException' })
  await kms.enableKey({ KeyId: KEY })
})

test('files of a trail are told from others under its key by the trail', async () => {
  await root.trail.createTrail({ Name: 'kept', S3BucketName: 'data', KmsKeyId: KEY })
  await root.trail.startLogging({ Name: 'kept' })
  await root.trail.describeTrails({})
  await root.trail.stopLogging({ Name: 'kept' })
  await root.s3.putObject({
    Bucket: 'data',
    Key: 'other',
    Body: 'x',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: KEY,
  })
  const { Contents } = await root.s3.listObjectsV2({ Bucket: 'data', Prefix: 'AWSLogs/' })
  const Key = Contents!.find(({ Key }) => Key!.endsWith('.json.gz'))!.Key!
  const own = new S3(ann.client)
  try {
    await ann.may(REST)
    await assert.rejects(own.getObject({ Bucket: 'data', Key }), { name: 'AccessDenied' })
    // As AWS's page on the key's policy has it.
    const Condition = { Null: { 'kms:EncryptionContext:aws:cloudtrail:arn': 'false' } }
    await ann.may(REST, { ...allow('kms:Decrypt', KEY), Condition })
    assert.equal((await own.getObject({ Bucket: 'data', Key })).SSEKMSKeyId, KEY)
    await assert.rejects(own.getObject({ Bucket: 'data', Key: 'other' }), { name: 'AccessDenied' })
  } finally {
    own.destroy()
  }
})

test('a place that is registered with Lake Formation brings the key with its credentials; a hybrid one does not', async () => {
  const formation = new LakeFormation(lake.client)
  await root.s3.putObject({
    Bucket: 'data',
    Key: 'orders/a.csv',
    Body: '1\n',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: KEY,
  })
  await a.succeed("CREATE EXTERNAL TABLE orders (id int) LOCATION 's3://data/orders/'")
  const ask = () => ann.refusal('SELECT * FROM orders')
  await ann.may(REST)
  assert.match(await ask(), /Permission denied on S3 path: s3:\/\/data\/orders\/a\.csv/)
  await formation.registerResource({
    ResourceArn: 'arn:aws:s3:::data/orders',
    UseServiceLinkedRole: true,
    HybridAccessEnabled: true,
  })
  assert.match(await ask(), /Permission denied on S3 path/)
  await formation.updateResource({
    ResourceArn: 'arn:aws:s3:::data/orders',
    RoleArn:
      'arn:aws:iam::000000000000:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess',
    HybridAccessEnabled: false,
  })
  assert.equal(await ask(), '')
  await ann.may(allow(['athena:*', 'glue:*', 's3:*']))
  assert.match(await ask(), /Permission denied on S3 path/)
  formation.destroy()
})

test('a secret that a data source logs in with is read by the caller: the secret and its key', async () => {
  const SecretString = JSON.stringify({ username: 'u', password: 'p' })
  const { ARN } = await root.secrets.createSecret({ Name: 'login', SecretString, KmsKeyId: KEY })
  // Nobody listens there: whoever gets so far was let at the secret.
  const told = { host: '127.0.0.1', port: '1', database: 'shop', SecretArn: ARN }
  const Parameters = { 'connection-type': 'POSTGRESQL', 'connection-properties': JSON.stringify(told) }
  await a.athena.send(new CreateDataCatalogCommand({ Name: 'shop', Type: 'FEDERATED', Parameters }))
  const ask = () => ann.refusal('SELECT * FROM shop.public.orders')
  const others = allow(['athena:*', 'glue:*', 's3:*'])
  await ann.may(others)
  assert.match(await ask(), new RegExp(`${ann.arn} is not authorized to perform: secretsmanager:GetSecretValue`))
  await ann.may(others, allow('secretsmanager:GetSecretValue', ARN))
  assert.match(await ask(), /Access to KMS is not allowed/)
  await ann.may(others, allow('secretsmanager:GetSecretValue', ARN), allow('kms:Decrypt', KEY))
  assert.doesNotMatch(await ask(), /KMS|authorized/)
})

test('what services do with keys are events of KMS, refused ones too', async () => {
  const { Arn } = (await kms.createKey({})).KeyMetadata!
  const own = new S3(ann.client)
  const put = (Key: string) =>
    own.putObject({ Bucket: 'data', Key, Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: Arn! })
  await ann.may(REST, allow('kms:GenerateDataKey', Arn!))
  await put('told')
  await assert.rejects(own.getObject({ Bucket: 'data', Key: 'told' }), { name: 'AccessDenied' })
  await kms.disableKey({ KeyId: Arn! })
  await assert.rejects(put('late'), { name: 'KMS.DisabledException' })
  own.destroy()
  const { Events } = await root.trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: Arn! }],
  })
  const told = Events!
    .map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!))
    .filter(({ userIdentity }) => userIdentity.invokedBy === 's3.amazonaws.com')
    .map(({ eventName, errorCode, requestParameters, userIdentity, sourceIPAddress, eventSource }) => [
      [eventSource, eventName, errorCode, userIdentity.userName, sourceIPAddress],
      requestParameters?.encryptionContext,
    ])
  const by = (name: string, error?: string) => ['kms.amazonaws.com', name, error, 'ann', 's3.amazonaws.com']
  assert.deepEqual(told.toReversed(), [
    [by('GenerateDataKey'), { 'aws:s3:arn': 'arn:aws:s3:::data/told' }],
    [by('Decrypt', 'AccessDenied'), undefined],
    [by('GenerateDataKey', 'DisabledException'), { 'aws:s3:arn': 'arn:aws:s3:::data/late' }],
  ])
})
