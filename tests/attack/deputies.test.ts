/** Deputies that are to do what their caller may not: services by a role that is handed to them, roles of another account. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Athena } from '@aws-sdk/client-athena'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { Glue } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { LakeFormation } from '@aws-sdk/client-lakeformation'
import { S3 } from '@aws-sdk/client-s3'
import { type AssumeRoleRequest, STS } from '@aws-sdk/client-sts'
import { type OtherAccount, otherAccount } from '../acceptance/accounts.ts'
import { allow, type PolicyCaller, policyCaller } from '../acceptance/athena/policy-callers.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'

const ACCOUNT = '000000000000'
const OTHER = '111111111111'
const POWERFUL = `arn:aws:iam::${ACCOUNT}:role/powerful`
let lake: TestLake
let bob: PolicyCaller
let other: OtherAccount
let s3: S3

before(async () => {
  lake = await startLake()
  s3 = new S3(lake.client)
  await s3.createBucket({ Bucket: 'kept' })
  await s3.putBucketVersioning({ Bucket: 'kept', VersioningConfiguration: { Status: 'Enabled' } })
  bob = await policyCaller(lake, 'bob')
  other = await otherAccount(lake, OTHER)
})
after(async () => {
  assert.deepEqual(lake.log, [])
  bob.close()
  await lake.stop()
})

const told = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    ({ name, message }: Error) => `${name}: ${message}`,
  )

/** Every served operation by which a service takes a role; what else they want may not be there. */
function takings(role: string): Record<string, () => Promise<unknown>> {
  const [athena, glue, trail] = [new Athena(bob.client), new Glue(bob.client), new CloudTrail(bob.client)]
  const formation = new LakeFormation(bob.client)
  const table = { CatalogId: ACCOUNT, DatabaseName: 'db', TableName: 't' }
  const optimizer = { ...table, Type: 'compaction' as const, TableOptimizerConfiguration: { roleArn: role } }
  const statistics = { DatabaseName: 'db', TableName: 't', Role: role }
  const CatalogInput = { CatalogProperties: { DataLakeAccessProperties: { DataTransferRole: role } } }
  const EncryptionAtRest = {
    CatalogEncryptionMode: 'SSE-KMS-WITH-SERVICE-ROLE' as const,
    CatalogEncryptionServiceRole: role,
  }
  const place = { ResourceArn: 'arn:aws:s3:::kept', RoleArn: role }
  const logged = { Name: 'all', CloudWatchLogsRoleArn: role }
  const rule = { ID: 'all', Status: 'Enabled' as const, Prefix: '', Destination: { Bucket: 'arn:aws:s3:::kept' } }
  return {
    'athena create': () => athena.createWorkGroup({ Name: 'w', Configuration: { ExecutionRole: role } }),
    'athena update': () =>
      athena.updateWorkGroup({ WorkGroup: 'primary', ConfigurationUpdates: { ExecutionRole: role } }),
    'catalog create': () => glue.createCatalog({ Name: 'c', CatalogInput }),
    'catalog update': () => glue.updateCatalog({ CatalogId: 'c', CatalogInput }),
    encryption: () => glue.putDataCatalogEncryptionSettings({ DataCatalogEncryptionSettings: { EncryptionAtRest } }),
    'optimizer create': () => glue.createTableOptimizer(optimizer),
    'optimizer update': () => glue.updateTableOptimizer(optimizer),
    'statistics start': () => glue.startColumnStatisticsTaskRun(statistics),
    'statistics create': () => glue.createColumnStatisticsTaskSettings(statistics),
    'statistics update': () => glue.updateColumnStatisticsTaskSettings(statistics),
    'trail create': () => trail.createTrail({ ...logged, S3BucketName: 'kept' }),
    'trail update': () => trail.updateTrail(logged),
    'place register': () => formation.registerResource(place),
    'place update': () => formation.updateResource(place),
    replication: () =>
      new S3(bob.client).putBucketReplication({
        Bucket: 'kept',
        ReplicationConfiguration: { Role: role, Rules: [rule] },
      }),
  }
}
const SERVICES = ['athena:*', 'glue:*', 'cloudtrail:*', 'lakeformation:*', 's3:*']
const isRefused = (outcome: string) => /^AccessDenied(?:Exception)?: .*iam:PassRole/.test(outcome)

test('no service takes a role from somebody who may not pass it on', async () => {
  const passing = (PassedToService: string) => ({
    ...allow('iam:PassRole', POWERFUL),
    Condition: { StringEquals: { 'iam:PassedToService': PassedToService } },
  })
  for (const leave of [[], [allow('iam:PassRole', `${POWERFUL}2`)], [passing('lambda.amazonaws.com')]]) {
    await bob.may(allow(SERVICES), ...leave)
    for (const [what, take] of Object.entries(takings(POWERFUL))) {
      const outcome = await told(take())
      assert.ok(isRefused(outcome), `${what}: ${outcome}`)
    }
  }
  await bob.may(allow(SERVICES), allow('iam:PassRole'))
  for (const [what, take] of Object.entries(takings(`arn:aws:iam::${OTHER}:role/powerful`)))
    assert.ok(isRefused(await told(take())), `${what}: a role of another account`)
  const passed = Object.entries(takings(POWERFUL)).map(async ([what, take]) => `${what}: ${await told(take())}`)
  assert.deepEqual(
    (await Promise.all(passed)).filter((outcome) => /PassRole/.test(outcome)),
    [],
  )
})

test('a name of a role is as good as its ARN, for refusals too', async () => {
  await bob.may(allow(SERVICES), allow('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/harmless`))
  const start = (Role: string) =>
    told(new Glue(bob.client).startColumnStatisticsTaskRun({ DatabaseName: 'db', TableName: 't', Role }))
  assert.ok(isRefused(await start('powerful')))
  assert.ok(!isRefused(await start('harmless')))
})

const Version = '2012-10-17'
const only = (Statement: object) => JSON.stringify({ Version, Statement: [Statement] })
const asUser = (credentials: PolicyCaller['client']['credentials']) => ({ ...lake.client, credentials })

test("a trail writes into another account's bucket only where its policy names that trail", async () => {
  const theirs = new CloudTrail(other.client)
  const wanted = { Name: 'theirs', S3BucketName: 'kept' }
  const arn = `arn:aws:cloudtrail:us-east-1:${OTHER}:trail/theirs`
  const opened = (Condition: object, Service = 'cloudtrail.amazonaws.com') =>
    s3.putBucketPolicy({
      Bucket: 'kept',
      Policy: only({
        Effect: 'Allow',
        Principal: { Service },
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::kept/AWSLogs/*',
        Condition,
      }),
    })
  const refusal = /^InsufficientS3BucketPolicyException/
  assert.match(await told(theirs.createTrail(wanted)), refusal)
  for (const condition of [
    { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    { ArnEquals: { 'aws:SourceArn': arn.replace(OTHER, ACCOUNT) } },
    { StringEquals: { 'aws:SourceArn': `${arn}2` } },
  ]) {
    await opened(condition)
    assert.match(await told(theirs.createTrail(wanted)), refusal)
  }
  await opened({ StringEquals: { 'aws:SourceArn': arn } }, 'config.amazonaws.com')
  assert.match(await told(theirs.createTrail(wanted)), refusal)
  await opened({ StringEquals: { 'aws:SourceArn': arn } })
  assert.match(await told(theirs.createTrail({ ...wanted, S3KeyPrefix: 'elsewhere' })), refusal)
  await theirs.createTrail(wanted)
  assert.match(await told(theirs.updateTrail({ ...wanted, S3KeyPrefix: 'elsewhere' })), refusal)

  const written = async () => (await s3.listObjectsV2({ Bucket: 'kept' })).Contents?.map(({ Key }) => Key) ?? []
  const logged = async () => {
    await theirs.startLogging({ Name: 'theirs' })
    await new Glue(other.client).getDatabases({})
    await theirs.stopLogging({ Name: 'theirs' })
  }
  await logged()
  const before = await written()
  assert.equal(before.length, 1)
  assert.match(before[0]!, new RegExp(`^AWSLogs/${OTHER}/CloudTrail/us-east-1/`))
  await s3.deleteBucketPolicy({ Bucket: 'kept' })
  await logged()
  assert.deepEqual(await written(), before)
  const { LatestDeliveryError } = await theirs.getTrailStatus({ Name: 'theirs' })
  assert.equal(LatestDeliveryError, 'AccessDenied')
})

test('a trail in a bucket that its maker could not write into wants the policy of the bucket', async () => {
  const trail = new CloudTrail(bob.client)
  const wanted = { Name: 'own', S3BucketName: 'kept' }
  await bob.may(allow('cloudtrail:*'))
  assert.match(await told(trail.createTrail(wanted)), /^InsufficientS3BucketPolicyException/)
  await bob.may(allow('cloudtrail:*'), allow('s3:PutObject', `arn:aws:s3:::kept/AWSLogs/${ACCOUNT}/*`))
  assert.equal(await told(trail.createTrail(wanted)), 'allowed')
  await trail.deleteTrail({ Name: 'own' })
})

test('nobody is a service by calling themselves one', async () => {
  const iam = new IAM(lake.client)
  const Principal = { Service: ['cloudtrail.amazonaws.com', 'glue.amazonaws.com'] }
  const AssumeRolePolicyDocument = only({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' })
  await iam.createRole({ RoleName: 'for-services', AssumeRolePolicyDocument })
  const open = { Effect: 'Allow', Principal, Action: 's3:*', Resource: ['arn:aws:s3:::kept', 'arn:aws:s3:::kept/*'] }
  await s3.putBucketPolicy({ Bucket: 'kept', Policy: only(open) })
  const named = await policyCaller(lake, 'cloudtrail.amazonaws.com')
  await named.may(allow('sts:*'))
  const sts = new STS(named.client)
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/for-services`
  assert.match(await told(sts.assumeRole({ RoleArn, RoleSessionName: 'glue.amazonaws.com' })), /^AccessDenied: /)
  const guest = (await sts.getFederationToken({ Name: 'glue.amazonaws.com', Policy: only(allow('*')) })).Credentials!
  const session = asUser({
    accessKeyId: guest.AccessKeyId!,
    secretAccessKey: guest.SecretAccessKey!,
    sessionToken: guest.SessionToken!,
  } as PolicyCaller['client']['credentials'])
  for (const client of [named.client, session, other.client])
    assert.match(await told(new S3(client).listObjectsV2({ Bucket: 'kept' })), /^AccessDenied: /)
  assert.equal(
    (await fetch(`${lake.endpoint}/kept`, { headers: { 'user-agent': 'cloudtrail.amazonaws.com' } })).status,
    403,
  )
  named.close()
  await s3.deleteBucketPolicy({ Bucket: 'kept' })
})

test('a role of another account wants its external id, and a chain keeps what began it', async () => {
  const theirs = new IAM(other.client)
  const trust = (Condition: object) =>
    only({
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      Condition,
    })
  const external = trust({ StringEquals: { 'sts:ExternalId': 'agreed' } })
  await theirs.createRole({ RoleName: 'deputy', AssumeRolePolicyDocument: external, MaxSessionDuration: 43_200 })
  await theirs.putRolePolicy({ RoleName: 'deputy', PolicyName: 'p', PolicyDocument: only(allow('sts:*')) })
  await bob.may(allow('sts:*'))
  const RoleArn = `arn:aws:iam::${OTHER}:role/deputy`
  const sts = new STS(bob.client)
  const assume = (more: Partial<AssumeRoleRequest> = {}, by = sts) =>
    by.assumeRole({ RoleArn, RoleSessionName: 'day', ...more })
  for (const more of [{}, { ExternalId: 'agreeD' }, { ExternalId: 'agreed*' }, { ExternalId: 'a?????' }])
    assert.match(await told(assume(more)), /^(?:AccessDenied|ValidationError): /)
  const begun = await assume({
    ExternalId: 'agreed',
    DurationSeconds: 43_200,
    Tags: [{ Key: 'team', Value: 'red' }],
    TransitiveTagKeys: ['team'],
    SourceIdentity: 'bob',
  })
  const keys = begun.Credentials!
  const chained = new STS(
    asUser({
      accessKeyId: keys.AccessKeyId!,
      secretAccessKey: keys.SecretAccessKey!,
      sessionToken: keys.SessionToken!,
    } as PolicyCaller['client']['credentials']),
  )
  const inner = only({ Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'sts:*' })
  await theirs.createRole({ RoleName: 'inner', AssumeRolePolicyDocument: inner, MaxSessionDuration: 43_200 })
  const again = { RoleArn: RoleArn.replace('deputy', 'inner') }
  assert.match(await told(assume({ ...again, DurationSeconds: 3601 }, chained)), /1 hour session limit/)
  for (const Key of ['team', 'TEAM'])
    assert.match(
      await told(assume({ ...again, Tags: [{ Key, Value: 'blue' }] }, chained)),
      /^ValidationError: .*conflicts with a transitive tag/,
    )
  assert.match(await told(assume({ ...again, SourceIdentity: 'ann' }, chained)), /^(?:ValidationError|AccessDenied): /)
  assert.equal(await told(assume({ ...again, Tags: [{ Key: 'day', Value: 'monday' }] }, chained)), 'allowed')
})
