/** STS by AWS's own client: who becomes whom. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetDatabasesCommand, GlueClient } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { type AssumeRoleRequest, type Credentials, STS } from '@aws-sdk/client-sts'
import { startLake, type TestLake } from '../server.ts'

const ACCOUNT = '000000000000'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`
let lake: TestLake
let iam: IAM
let user: STS
before(async () => {
  lake = await startLake()
  iam = new IAM(lake.client)
  await iam.createUser({ UserName: 'ann' })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' })
  user = new STS({
    ...lake.client,
    credentials: { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! },
  })
  await iam.createRole({
    RoleName: 'reader',
    AssumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/ann` }),
  })
  await iam.putRolePolicy({ RoleName: 'reader', PolicyName: 'p', PolicyDocument: document('glue:Get*') })
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const trust = (Principal: object, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal, Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], ...more },
    ],
  })
const document = (Action: string, more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', ...more }] })
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    ({ name, message }: Error) => `${name}: ${message}`,
  )
const assume = (more: Partial<AssumeRoleRequest> = {}, by = user) =>
  by.assumeRole({ RoleArn: ROLE, RoleSessionName: 'day', ...more })
const as = (credentials: Credentials | undefined) => ({
  ...lake.client,
  credentials: {
    accessKeyId: credentials!.AccessKeyId!,
    secretAccessKey: credentials!.SecretAccessKey!,
    sessionToken: credentials!.SessionToken!,
  },
})
const databases = (credentials: Credentials | undefined) =>
  refusal(new GlueClient(as(credentials)).send(new GetDatabasesCommand({})))

test('a role is assumed by whom it trusts, and acts by its own policies', async () => {
  const { Credentials, AssumedRoleUser } = await assume()
  assert.equal(AssumedRoleUser!.Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/reader/day`)
  const identity = await new STS(as(Credentials)).getCallerIdentity({})
  assert.equal(identity.Arn, AssumedRoleUser!.Arn)
  assert.match(identity.UserId!, /^AROA[A-Z2-7]{17}:day$/)
  assert.equal(await databases(Credentials), 'allowed')
  const denied = `AccessDenied: User: arn:aws:iam::${ACCOUNT}:user/ann is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/none because no role trust policy allows the sts:AssumeRole action`
  assert.equal(
    await refusal(assume({ RoleArn: ROLE.replace('reader', 'none') })),
    denied.replace('role trust', 'role trust'),
  )
  assert.match(
    await refusal(new STS(lake.client).assumeRole({ RoleArn: ROLE, RoleSessionName: 'day' })),
    /root accounts/,
  )
})

test('a session policy narrows, and widens nothing', async () => {
  const narrow = await assume({ Policy: document('s3:*') })
  assert.match(await databases(narrow.Credentials), /because no session policy allows the glue:GetDatabases action$/)
  assert.equal(await databases((await assume({ Policy: document('*') })).Credentials), 'allowed')
  assert.match(await refusal(assume({ Policy: '{' })), /^MalformedPolicyDocument/)
})

test('managed session policies are those of the account, and of AWS', async () => {
  const { Policy } = await iam.createPolicy({ PolicyName: 'storage', PolicyDocument: document('s3:*') })
  const federates = { UserName: 'ann', PolicyName: 'federates' }
  await iam.putUserPolicy({ ...federates, PolicyDocument: document('sts:GetFederationToken') })
  const by = (...arns: string[]) => ({ PolicyArns: arns.map((arn) => ({ arn })) })
  const narrow = await assume(by(Policy!.Arn!))
  assert.match(await databases(narrow.Credentials), /because no session policy allows the glue:GetDatabases action$/)
  assert.equal(await refusal(assume(by('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'))), 'allowed')
  for (const arn of [
    `arn:aws:iam::${ACCOUNT}:policy/nothing`,
    `arn:aws:iam::${ACCOUNT}:policy/path/storage`,
    'arn:aws:iam::111111111111:policy/storage',
    'arn:aws:iam::aws:policy/Nothing',
  ]) {
    const told = `ValidationError: Policy ${arn} does not exist or is not attachable.`
    assert.equal(await refusal(assume(by(Policy!.Arn!, arn))), told)
    assert.equal(await refusal(user.getFederationToken({ Name: 'bob', ...by(arn) })), told)
  }
  await iam.deleteUserPolicy(federates)
})

test('without its external id a deputy is confused for nobody', async () => {
  const condition = { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } }
  const PolicyDocument = trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/ann` }, condition)
  await iam.updateAssumeRolePolicy({ RoleName: 'reader', PolicyDocument })
  assert.match(await refusal(assume()), /no role trust policy/)
  assert.match(await refusal(assume({ ExternalId: 'wrong' })), /no role trust policy/)
  assert.equal(await refusal(assume({ ExternalId: 'secret' })), 'allowed')
  await iam.updateAssumeRolePolicy({ RoleName: 'reader', PolicyDocument: trust({ AWS: ACCOUNT }) })
  assert.match(await refusal(assume()), /no identity-based policy allows the sts:AssumeRole action$/)
  await iam.putUserPolicy({ UserName: 'ann', PolicyName: 'p', PolicyDocument: document('sts:AssumeRole') })
  assert.equal(await refusal(assume()), 'allowed')
  assert.match(await refusal(assume({ Tags: [{ Key: 'team', Value: 'red' }] })), /sts:TagSession/)
  assert.match(await refusal(assume({ SourceIdentity: 'ann' })), /sts:SetSourceIdentity/)
})

test('tags of a session are those of its principal, and a chain lasts an hour at most', async () => {
  await iam.putUserPolicy({ UserName: 'ann', PolicyName: 'p', PolicyDocument: document('sts:*') })
  assert.equal((await assume({ SourceIdentity: 'ann' })).SourceIdentity, 'ann')
  const condition = { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } } }
  await iam.putRolePolicy({ RoleName: 'reader', PolicyName: 'p', PolicyDocument: document('glue:*', condition) })
  assert.match(await databases((await assume()).Credentials), /no identity-based policy/)
  const red = await assume({ Tags: [{ Key: 'team', Value: 'red' }] })
  assert.equal(await databases(red.Credentials), 'allowed')
  assert.match(await refusal(assume({ DurationSeconds: 7200 })), /MaxSessionDuration set for this role/)
  await iam.putRolePolicy({ RoleName: 'reader', PolicyName: 'q', PolicyDocument: document('sts:AssumeRole') })
  const chained = new STS(as(red.Credentials))
  assert.match(await refusal(assume({ DurationSeconds: 7200 }, chained)), /1 hour session limit/)
  assert.equal(await refusal(assume({}, chained)), 'allowed')
})

test('tokens that were swapped, cut short or outlive their role open nothing', async () => {
  const [one, other] = [(await assume()).Credentials!, (await assume()).Credentials!]
  assert.match(await databases({ ...one, SessionToken: other.SessionToken }), /^UnrecognizedClientException/)
  assert.match(
    await databases({ ...one, SessionToken: one.SessionToken!.slice(0, -8) }),
    /^UnrecognizedClientException/,
  )
  assert.match(await databases({ ...one, SecretAccessKey: other.SecretAccessKey }), /^InvalidSignatureException/)
  for (const PolicyName of ['p', 'q']) await iam.deleteRolePolicy({ RoleName: 'reader', PolicyName })
  await iam.deleteRole({ RoleName: 'reader' })
  assert.match(await databases(one), /^UnrecognizedClientException/)
  await iam.createRole({ RoleName: 'reader', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) })
  assert.match(await databases(one), /^UnrecognizedClientException/)
})

test('a user takes temporary keys, and lends fewer rights to others', async () => {
  await iam.putUserPolicy({ UserName: 'ann', PolicyName: 'glue', PolicyDocument: document('glue:*') })
  const { Credentials } = await user.getSessionToken({})
  assert.equal((await new STS(as(Credentials)).getCallerIdentity({})).Arn, `arn:aws:iam::${ACCOUNT}:user/ann`)
  assert.equal(await databases(Credentials), 'allowed')
  const nothing = await user.getFederationToken({ Name: 'guest' })
  assert.equal(nothing.FederatedUser!.Arn, `arn:aws:sts::${ACCOUNT}:federated-user/guest`)
  assert.match(await databases(nothing.Credentials), /because no session policy allows/)
  const some = await user.getFederationToken({ Name: 'guest', Policy: document('glue:Get*') })
  assert.equal(await databases(some.Credentials), 'allowed')
})

test('sessions of users call nothing of IAM, and of STS what a user has to be for', async () => {
  // docs: IAM UserGuide, id_credentials_sts-comparison, "Restrictions on resulting temporary credentials".
  const everything = document('*')
  await iam.createUser({ UserName: 'eve' })
  await iam.putUserPolicy({ UserName: 'eve', PolicyName: 'p', PolicyDocument: everything })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'eve' })
  const { AccessKeyId, SecretAccessKey } = AccessKey!
  const eve = { ...lake.client, credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey! } }
  await iam.createRole({ RoleName: 'open', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) })
  const begin = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/open`, RoleSessionName: 'day' }
  const own = new STS(eve)
  assert.equal(await refusal(new IAM(eve).listUsers({})), 'allowed')
  const keys = as((await own.getSessionToken({})).Credentials)
  const guest = as((await own.getFederationToken({ Name: 'guest', Policy: everything })).Credentials)
  for (const session of [keys, guest]) {
    assert.match(await refusal(new IAM(session).listUsers({})), /^InvalidClientTokenId: /)
    assert.equal(await refusal(new STS(session).getCallerIdentity({})), 'allowed')
    assert.match(await refusal(new STS(session).getSessionToken({})), /^AccessDenied: /)
    assert.match(await refusal(new STS(session).getAccessKeyInfo({ AccessKeyId: AccessKeyId! })), /^AccessDenied: /)
  }
  assert.equal(await refusal(new STS(keys).assumeRole(begin)), 'allowed')
  assert.match(await refusal(new STS(guest).assumeRole(begin)), /^AccessDenied: /)
})

test('a source identity goes on in a chain by the leave of both roles', async () => {
  // docs: IAM UserGuide, id_credentials_temp_control-access_monitor, "Permissions required to set source identity".
  const trusting = (Action: string[], more: object = {}) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/first` }, Action, ...more }],
    })
  const both = ['sts:AssumeRole', 'sts:SetSourceIdentity']
  await iam.createRole({ RoleName: 'first', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) })
  await iam.createRole({ RoleName: 'second', AssumeRolePolicyDocument: trusting(['sts:AssumeRole']) })
  await iam.createUser({ UserName: 'dan' })
  await iam.putUserPolicy({ UserName: 'dan', PolicyName: 'p', PolicyDocument: document('sts:*') })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'dan' })
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  const dan = new STS({ ...lake.client, credentials })
  const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
  const first = await dan.assumeRole({ RoleArn: arn('first'), RoleSessionName: 'day', SourceIdentity: 'Saanvi' })
  const chained = new STS(as(first.Credentials))
  const second = { RoleArn: arn('second'), RoleSessionName: 'day' }
  const may = (PolicyDocument: string) => iam.putRolePolicy({ RoleName: 'first', PolicyName: 'p', PolicyDocument })
  const trusts = (PolicyDocument: string) => iam.updateAssumeRolePolicy({ RoleName: 'second', PolicyDocument })
  await may(document('sts:*'))
  assert.match(await refusal(chained.assumeRole(second)), /sts:SetSourceIdentity/)
  await trusts(trusting(both))
  await may(document('sts:AssumeRole'))
  assert.match(await refusal(chained.assumeRole(second)), /sts:SetSourceIdentity/)
  await may(document('sts:*'))
  assert.equal((await chained.assumeRole(second)).SourceIdentity, 'Saanvi')
  // "Both the aws:SourceIdentity and sts:SourceIdentity keys are present in the request context."
  for (const key of ['aws:SourceIdentity', 'sts:SourceIdentity']) {
    await trusts(trusting(both, { Condition: { StringLike: { [key]: ['Saanvi', 'Diego'] } } }))
    assert.equal(await refusal(chained.assumeRole(second)), 'allowed')
    await trusts(trusting(both, { Condition: { StringEquals: { [key]: 'Diego' } } }))
    assert.match(await refusal(chained.assumeRole(second)), /sts:AssumeRole/)
  }
})

test('a key tells whose account it is of', async () => {
  const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' })
  const info = (AccessKeyId: string, by = user) => by.getAccessKeyInfo({ AccessKeyId })
  await iam.putUserPolicy({ UserName: 'ann', PolicyName: 'p', PolicyDocument: document('sts:*') })
  assert.equal((await info(AccessKey!.AccessKeyId!)).Account, ACCOUNT)
  // Also of a session, and of a key that is gone.
  assert.equal((await info((await user.getSessionToken({})).Credentials!.AccessKeyId!)).Account, ACCOUNT)
  await iam.deleteAccessKey({ UserName: 'ann', AccessKeyId: AccessKey!.AccessKeyId! })
  assert.equal((await info(AccessKey!.AccessKeyId!)).Account, ACCOUNT)
  await assert.rejects(info('AKIAQZZZZZZZZZZZZZZZ'), { name: 'ValidationError' })
})

test('a message that no denial has encoded is not valid', async () => {
  const { message, name } = await user.decodeAuthorizationMessage({ EncodedMessage: 'abc' }).catch((error) => error)
  assert.deepEqual([name, message], ['InvalidAuthorizationMessageException', 'Message is not valid'])
})

test('tags of a session are within rules, and those of a federated user need a leave of their own', async () => {
  const Tags = [{ Key: 'Team', Value: 'red' }]
  assert.match(await refusal(assume({ Tags: [...Tags, { Key: 'team', Value: 'blue' }] })), /Duplicate tag keys/)
  assert.match(await refusal(assume({ Tags: [{ Key: 'aws:x', Value: 'y' }] })), /reserved/)
  assert.match(await refusal(assume({ Tags, TransitiveTagKeys: ['Other'] })), /must be included/)
  await iam.putUserPolicy({ UserName: 'ann', PolicyName: 'p', PolicyDocument: document('sts:GetFederationToken') })
  assert.equal(await refusal(user.getFederationToken({ Name: 'guest' })), 'allowed')
  assert.match(await refusal(user.getFederationToken({ Name: 'guest', Tags })), /sts:TagSession/)
})
