/** Addresses and keys that were given out, after the right that they were given by is gone. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Glue } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { LakeFormation } from '@aws-sdk/client-lakeformation'
import { GetObjectCommand, PutObjectCommand, S3 } from '@aws-sdk/client-s3'
import { type Credentials, STS } from '@aws-sdk/client-sts'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { allow } from '../acceptance/athena/policy-callers.ts'
import { turnedClock } from '../acceptance/cloudtrail/turned-clock.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'

const ACCOUNT = '000000000000'
const HOUR = 3_600_000
const clock = turnedClock()
let lake: TestLake
let iam: IAM
let s3: S3
let cat: Keys
let vendedAddress: string
before(async () => {
  lake = await startLake({ clock })
  iam = new IAM(lake.client)
  s3 = new S3(lake.client)
  await s3.createBucket({ Bucket: 'kept' })
  await s3.putObject({ Bucket: 'kept', Key: 'secret', Body: 'not for strangers' })
  cat = await userWithKey('cat')
  await iam.putUserPolicy({ UserName: 'cat', PolicyName: 'p', PolicyDocument: READS })
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
const Version = '2012-10-17'
const only = (Statement: object) => JSON.stringify({ Version, Statement: [Statement] })
const READS = only(allow('s3:*'))

async function userWithKey(UserName: string): Promise<Keys> {
  await iam.createUser({ UserName })
  const { AccessKey } = await iam.createAccessKey({ UserName })
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
}
const keysOf = ({ AccessKeyId, SecretAccessKey, SessionToken }: Partial<Credentials>): Keys => ({
  accessKeyId: AccessKeyId!,
  secretAccessKey: SecretAccessKey!,
  sessionToken: SessionToken!,
})

interface Address {
  /** What getting by it and putting by it answer. */
  outcome(): Promise<string>
  readonly get: string
}

async function addressesBy(credentials: Keys): Promise<Address> {
  const by = new S3({ ...lake.client, credentials })
  // To the server's clock, that the test turns.
  const options = { expiresIn: 12 * 3600, signingDate: clock.now() }
  const get = await getSignedUrl(by, new GetObjectCommand({ Bucket: 'kept', Key: 'secret' }), options)
  const put = await getSignedUrl(by, new PutObjectCommand({ Bucket: 'kept', Key: 'put' }), options)
  return {
    get,
    async outcome() {
      const got = await fetch(get)
      const text = await got.text()
      const stored = await fetch(put, { method: 'PUT', body: 'x' })
      await stored.arrayBuffer()
      assert.equal(stored.status, got.status)
      assert.equal(text === 'not for strangers', got.status === 200)
      return got.status === 200 ? 'open' : `${got.status} ${/<Code>(\w+)</.exec(text)?.[1]}`
    },
  }
}

test("an address that a user has signed ends with the user's right, and with the key", async () => {
  const keys = await userWithKey('ann')
  const address = await addressesBy(keys)
  assert.equal(await address.outcome(), '403 AccessDenied')
  const { Policy } = await iam.createPolicy({ PolicyName: 'reads', PolicyDocument: READS })
  const PolicyArn = Policy!.Arn!
  await iam.attachUserPolicy({ UserName: 'ann', PolicyArn })
  assert.equal(await address.outcome(), 'open')
  await iam.detachUserPolicy({ UserName: 'ann', PolicyArn })
  assert.equal(await address.outcome(), '403 AccessDenied')

  await iam.createGroup({ GroupName: 'readers' })
  await iam.attachGroupPolicy({ GroupName: 'readers', PolicyArn })
  await iam.addUserToGroup({ GroupName: 'readers', UserName: 'ann' })
  assert.equal(await address.outcome(), 'open')
  await iam.removeUserFromGroup({ GroupName: 'readers', UserName: 'ann' })
  assert.equal(await address.outcome(), '403 AccessDenied')

  await iam.attachUserPolicy({ UserName: 'ann', PolicyArn })
  const denies = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::kept/*' }
  const Condition = { StringEquals: { 's3:authType': 'REST-QUERY-STRING' } }
  await s3.putBucketPolicy({ Bucket: 'kept', Policy: only({ ...denies, Condition }) })
  assert.equal(await address.outcome(), '403 AccessDenied')
  await s3.deleteBucketPolicy({ Bucket: 'kept' })
  assert.equal(await address.outcome(), 'open')

  const boundary = await iam.createPolicy({ PolicyName: 'glue-alone', PolicyDocument: only(allow('glue:*')) })
  await iam.putUserPermissionsBoundary({ UserName: 'ann', PermissionsBoundary: boundary.Policy!.Arn! })
  assert.equal(await address.outcome(), '403 AccessDenied')
  await iam.deleteUserPermissionsBoundary({ UserName: 'ann' })

  const key = { UserName: 'ann', AccessKeyId: keys.accessKeyId }
  await iam.updateAccessKey({ ...key, Status: 'Inactive' })
  assert.equal(await address.outcome(), '403 InvalidAccessKeyId')
  await iam.updateAccessKey({ ...key, Status: 'Active' })
  assert.equal(await address.outcome(), 'open')
  await iam.deleteAccessKey(key)
  assert.equal(await address.outcome(), '403 InvalidAccessKeyId')
  await iam.detachUserPolicy({ UserName: 'ann', PolicyArn })
  await iam.deleteUser({ UserName: 'ann' })
  await iam.createUser({ UserName: 'ann' })
  await iam.attachUserPolicy({ UserName: 'ann', PolicyArn })
  assert.equal(await address.outcome(), '403 InvalidAccessKeyId')
})

/** As at AWS, where temporary keys are not taken back: they are short-lived instead. */
test('keys that Lake Formation has vended last until they expire, and no new ones come after a revocation', async () => {
  const [formation, glue] = [new LakeFormation(lake.client), new Glue(lake.client)]
  const user = await userWithKey('dora')
  const leave = allow(['lakeformation:*', 'glue:*'])
  await iam.putUserPolicy({ UserName: 'dora', PolicyName: 'p', PolicyDocument: only(leave) })
  await formation.putDataLakeSettings({ DataLakeSettings: { AllowFullTableExternalDataAccess: true } })
  await formation.registerResource({ ResourceArn: 'arn:aws:s3:::kept/t', UseServiceLinkedRole: true })
  await glue.createDatabase({ DatabaseInput: { Name: 'db' } })
  const StorageDescriptor = { Columns: [{ Name: 's', Type: 'string' }], Location: 's3://kept/t/' }
  await glue.createTable({ DatabaseName: 'db', TableInput: { Name: 't', StorageDescriptor } })
  await s3.putObject({ Bucket: 'kept', Key: 't/a', Body: 'row' })
  const grant = {
    Principal: { DataLakePrincipalIdentifier: `arn:aws:iam::${ACCOUNT}:user/dora` },
    Resource: { Table: { DatabaseName: 'db', Name: 't' } },
    Permissions: ['SELECT' as const],
  }
  await formation.grantPermissions(grant)
  const ask = () =>
    new LakeFormation({ ...lake.client, credentials: user }).getTemporaryGlueTableCredentials({
      TableArn: `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/t`,
      Permissions: ['SELECT'],
    })
  const vended = keysOf(await ask())
  const by = new S3({ ...lake.client, credentials: vended })
  const read = async () => (await by.getObject({ Bucket: 'kept', Key: 't/a' })).Body!.transformToString()
  assert.equal(await read(), 'row')
  await formation.revokePermissions(grant)
  await assert.rejects(ask(), { name: 'AccessDeniedException' })
  assert.equal(await read(), 'row')
  await assert.rejects(by.getObject({ Bucket: 'kept', Key: 'secret' }), { name: 'AccessDenied' })
  await assert.rejects(by.putObject({ Bucket: 'kept', Key: 't/a', Body: 'x' }), { name: 'AccessDenied' })
  const options = { expiresIn: 12 * 3600, signingDate: clock.now() }
  vendedAddress = await getSignedUrl(by, new GetObjectCommand({ Bucket: 'kept', Key: 't/a' }), options)
  assert.equal((await fetch(vendedAddress)).status, 200)
})

test('an address that a session has signed ends with the session, the role and its right', async () => {
  const user = await userWithKey('bob')
  await iam.putUserPolicy({ UserName: 'bob', PolicyName: 'p', PolicyDocument: only(allow('sts:*')) })
  const role = {
    RoleName: 'reader',
    AssumeRolePolicyDocument: only({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }),
  }
  const policy = { RoleName: 'reader', PolicyName: 'p', PolicyDocument: READS }
  await iam.createRole(role)
  await iam.putRolePolicy(policy)
  const sts = new STS({ ...lake.client, credentials: user })
  const assume = async () => {
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/reader`
    return keysOf((await sts.assumeRole({ RoleArn, RoleSessionName: 'day' })).Credentials!)
  }
  const [one, other] = [await assume(), await assume()]
  const address = await addressesBy(one)
  assert.equal(await address.outcome(), 'open')
  const swapped = new URL(address.get)
  swapped.searchParams.set('X-Amz-Security-Token', other.sessionToken!)
  assert.equal((await fetch(swapped)).status, 400)
  swapped.searchParams.delete('X-Amz-Security-Token')
  assert.notEqual((await fetch(swapped)).status, 200)

  await iam.deleteRolePolicy({ RoleName: 'reader', PolicyName: 'p' })
  assert.equal(await address.outcome(), '403 AccessDenied')
  const revoked = { Effect: 'Deny', Action: '*', Resource: '*' }
  const DateLessThan = { 'aws:TokenIssueTime': new Date(clock.now().getTime() + 1000).toISOString() }
  await iam.putRolePolicy(policy)
  await iam.putRolePolicy({
    RoleName: 'reader',
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: only({ ...revoked, Condition: { DateLessThan } }),
  })
  assert.equal(await address.outcome(), '403 AccessDenied')
  await iam.deleteRolePolicy({ RoleName: 'reader', PolicyName: 'AWSRevokeOlderSessions' })
  assert.equal(await address.outcome(), 'open')

  await iam.deleteRolePolicy({ RoleName: 'reader', PolicyName: 'p' })
  await iam.deleteRole({ RoleName: 'reader' })
  assert.match(await address.outcome(), /^40[03] (?:InvalidToken|InvalidAccessKeyId|ExpiredToken)$/)
  await iam.createRole(role)
  await iam.putRolePolicy(policy)
  assert.match(await address.outcome(), /^40[03] (?:InvalidToken|InvalidAccessKeyId|ExpiredToken)$/)
  const later = await addressesBy(await assume())
  assert.equal(await later.outcome(), 'open')
  clock.turn(2 * HOUR, 0)
  assert.equal(await later.outcome(), '400 ExpiredToken')
  assert.equal((await fetch(vendedAddress)).status, 400)
})

test('an address lives as long as it says, by the clock of the server', async () => {
  const address = await addressesBy(cat)
  clock.turn(11 * HOUR, 0)
  assert.equal(await address.outcome(), 'open')
  clock.turn(2 * HOUR, 0)
  assert.equal(await address.outcome(), '403 AccessDenied')
})
