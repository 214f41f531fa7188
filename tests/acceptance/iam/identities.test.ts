/** IAM by AWS's own client, and what its identities may do. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AthenaClient, ListWorkGroupsCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GetDatabaseCommand, GetTablesCommand, GlueClient } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { CreateKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
import { S3 } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { startLake, type TestLake } from '../server.ts'

const ACCOUNT = '000000000000'
let lake: TestLake
let iam: IAM
before(async () => {
  lake = await startLake()
  iam = new IAM(lake.client)
})
after(async () => {
  iam.destroy()
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: string | string[], Resource: string | string[] = '*') => ({ Effect: 'Allow', Action, Resource })
const deny = (Action: string, Resource = '*') => ({ Effect: 'Deny', Action, Resource })
/** Name and status of a refusal, and what it says. */
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'allowed'
  } catch (error) {
    const { name, message } = error as Error
    return `${name}: ${message}`
  }
}

async function user(UserName: string, ...statements: object[]) {
  await iam.createUser({ UserName })
  if (statements.length > 0)
    await iam.putUserPolicy({ UserName, PolicyName: 'inline', PolicyDocument: document(...statements) })
  const { AccessKey } = await iam.createAccessKey({ UserName })
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  return { ...lake.client, credentials }
}

test('a user is known by its key, may nothing at first, and what its policies say after', async () => {
  const client = await user('alice')
  const identity = await new STSClient(client).send(new GetCallerIdentityCommand({}))
  assert.equal(identity.Arn, `arn:aws:iam::${ACCOUNT}:user/alice`)
  assert.match(identity.UserId!, /^AIDA[A-Z2-7]{17}$/)
  const glue = new GlueClient(client)
  const get = () => refusal(glue.send(new GetDatabaseCommand({ Name: 'sales' })))
  const arn = (rest: string) => `arn:aws:glue:us-east-1:${ACCOUNT}:${rest}`
  const denied = (action: string, resource: string) =>
    `AccessDeniedException: User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
  assert.equal(await get(), denied('glue:GetDatabase', arn('catalog')))
  const put = (...statements: object[]) =>
    iam.putUserPolicy({ UserName: 'alice', PolicyName: 'p', PolicyDocument: document(...statements) })
  await put(allow('glue:GetDatabase', arn('catalog')))
  assert.equal(await get(), denied('glue:GetDatabase', arn('database/sales')))
  await put(allow('glue:Get*', [arn('catalog'), arn('database/sales'), arn('table/sales/*')]))
  assert.match(await get(), /^EntityNotFoundException/)
  await new GlueClient(lake.client).send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'sales' } }))
  assert.equal(await get(), 'allowed')
  assert.equal(await refusal(glue.send(new GetTablesCommand({ DatabaseName: 'sales' }))), 'allowed')
  await put(allow('glue:*'), deny('glue:GetDatabase'))
  assert.match(await get(), /with an explicit deny in an identity-based policy$/)
})

test('group, managed and boundary policies count as they do at AWS', async () => {
  const client = await user('bob')
  const athena = new AthenaClient(client)
  const list = () => refusal(athena.send(new ListWorkGroupsCommand({})))
  assert.match(await list(), /because no identity-based policy allows the athena:ListWorkGroups action$/)
  await iam.createGroup({ GroupName: 'analysts' })
  await iam.addUserToGroup({ GroupName: 'analysts', UserName: 'bob' })
  await iam.attachGroupPolicy({
    GroupName: 'analysts',
    PolicyArn: 'arn:aws:iam::aws:policy/AmazonAthenaFullAccess',
  })
  assert.equal(await list(), 'allowed')
  const { Policy } = await iam.createPolicy({ PolicyName: 'fence', PolicyDocument: document(allow('s3:*')) })
  await iam.putUserPermissionsBoundary({ UserName: 'bob', PermissionsBoundary: Policy!.Arn! })
  assert.match(await list(), /because no permissions boundary allows the athena:ListWorkGroups action$/)
  await iam.createPolicyVersion({
    PolicyArn: Policy!.Arn!,
    PolicyDocument: document(allow('athena:*')),
    SetAsDefault: true,
  })
  assert.equal(await list(), 'allowed')
  const start = athena.send(new StartQueryExecutionCommand({ QueryString: 'SELECT 1', WorkGroup: 'primary' }))
  assert.doesNotMatch(await refusal(start), /not authorized/)
  await iam.removeUserFromGroup({ GroupName: 'analysts', UserName: 'bob' })
  assert.match(await list(), /because no identity-based policy/)
})

test('S3 asks identity policies, and the policy of the bucket', async () => {
  const client = await user('carol', allow('s3:GetObject', 'arn:aws:s3:::shared/open/*'))
  const s3 = new S3(client)
  const owner = new S3(lake.client)
  await owner.createBucket({ Bucket: 'shared' })
  for (const Key of ['open/a', 'shut/a']) await owner.putObject({ Bucket: 'shared', Key, Body: 'x' })
  const get = (Key: string) => refusal(s3.getObject({ Bucket: 'shared', Key }))
  assert.equal(await get('open/a'), 'allowed')
  assert.equal(
    await get('shut/a'),
    `AccessDenied: User: arn:aws:iam::${ACCOUNT}:user/carol is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::shared/shut/a" because no identity-based policy allows the s3:GetObject action`,
  )
  assert.match(await refusal(s3.listObjectsV2({ Bucket: 'shared' })), /s3:ListBucket/)
  assert.match(await refusal(s3.putObject({ Bucket: 'shared', Key: 'open/b', Body: 'x' })), /s3:PutObject/)
  const copy = { Bucket: 'shared', Key: 'open/c', CopySource: 'shared/shut/a' }
  assert.match(await refusal(s3.copyObject(copy)), /s3:PutObject/)
  const grant = { ...allow(['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::shared', 'arn:aws:s3:::shared/*']) }
  const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:user/carol` }
  const put = (...statements: object[]) => owner.putBucketPolicy({ Bucket: 'shared', Policy: document(...statements) })
  await put({ ...grant, Principal })
  assert.equal(await get('shut/a'), 'allowed')
  await put(
    { ...grant, Principal },
    { ...deny('s3:*', 'arn:aws:s3:::shared/open/*'), Principal: '*' },
    { ...grant, Principal, Condition: { StringLike: { 's3:prefix': 'open/*' } } },
  )
  assert.match(await get('open/a'), /with an explicit deny in a resource-based policy$/)
  assert.equal(await refusal(owner.getObject({ Bucket: 'shared', Key: 'open/a' })), 'allowed')
})

test('a key of KMS is used by whom its policy lets in, or a grant', async () => {
  const kms = new KMSClient(lake.client)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const KeyId = KeyMetadata!.KeyId!
  const client = new KMSClient(await user('dora'))
  const encrypt = () => refusal(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })))
  assert.match(await encrypt(), /because no identity-based policy allows the kms:Encrypt action$/)
  const { CreateGrantCommand, PutKeyPolicyCommand } = await import('@aws-sdk/client-kms')
  const GranteePrincipal = `arn:aws:iam::${ACCOUNT}:user/dora`
  await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Encrypt'] }))
  assert.equal(await encrypt(), 'allowed')
  const Policy = document({ ...deny('kms:Encrypt'), Principal: { AWS: GranteePrincipal } })
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }))
  assert.match(await encrypt(), /with an explicit deny in a resource-based policy$/)
})

test('keys are two at most, can be put out of use, and their secrets are nowhere to be read', async () => {
  await iam.createUser({ UserName: 'eve' })
  const { AccessKey: key } = await iam.createAccessKey({ UserName: 'eve' })
  await iam.createAccessKey({ UserName: 'eve' })
  assert.equal(
    await refusal(iam.createAccessKey({ UserName: 'eve' })),
    'LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2',
  )
  const sts = new STSClient({
    ...lake.client,
    credentials: { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! },
  })
  const ask = () => refusal(sts.send(new GetCallerIdentityCommand({})))
  assert.equal(await ask(), 'allowed')
  await iam.updateAccessKey({ UserName: 'eve', AccessKeyId: key!.AccessKeyId!, Status: 'Inactive' })
  assert.match(await ask(), /^InvalidClientTokenId/)
  const { AccessKeyMetadata } = await iam.listAccessKeys({ UserName: 'eve' })
  assert.deepEqual(AccessKeyMetadata!.map(({ Status }) => Status).sort(), ['Active', 'Inactive'])
  assert.match(
    await refusal(iam.deleteUser({ UserName: 'eve' })),
    /^DeleteConflictException: .*must delete access keys/,
  )
})

test('errors are those of IAM', async () => {
  assert.equal(
    await refusal(iam.getUser({ UserName: 'nobody' })),
    'NoSuchEntityException: The user with name nobody cannot be found.',
  )
  await iam.createRole({ RoleName: 'Reader', AssumeRolePolicyDocument: trust('glue.amazonaws.com') })
  assert.equal(
    await refusal(iam.createRole({ RoleName: 'reader', AssumeRolePolicyDocument: trust('glue.amazonaws.com') })),
    'EntityAlreadyExistsException: Role with name reader already exists.',
  )
  assert.match(
    await refusal(iam.putRolePolicy({ RoleName: 'Reader', PolicyName: 'p', PolicyDocument: '{' })),
    /^MalformedPolicyDocumentException: Syntax errors in policy/,
  )
  await iam.createServiceLinkedRole({ AWSServiceName: 'lakeformation.amazonaws.com' })
  assert.match(
    await refusal(iam.deleteRole({ RoleName: 'AWSServiceRoleForLakeFormationDataAccess' })),
    /^UnmodifiableEntityException/,
  )
  const client = await user('fay')
  assert.equal(
    await refusal(new IAM(client).listUsers({ PathPrefix: '/team/' })),
    `AccessDenied: User: arn:aws:iam::${ACCOUNT}:user/fay is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${ACCOUNT}:user/team/ because no identity-based policy allows the iam:ListUsers action`,
  )
  const { Role } = await iam.getRole({ RoleName: 'Reader' })
  assert.equal(decodeURIComponent(Role!.AssumeRolePolicyDocument!), trust('glue.amazonaws.com'))
})

const trust = (Service: string) => document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' })

test('a simulation says what would be decided, and by which statement', async () => {
  const { EvaluationResults } = await iam.simulateCustomPolicy({
    PolicyInputList: [document(allow('s3:Get*'), { ...deny('s3:GetObjectAcl'), Sid: 'NoAcls' })],
    ActionNames: ['s3:GetObject', 's3:GetObjectAcl', 's3:PutObject'],
  })
  assert.deepEqual(
    EvaluationResults!.map(({ EvalDecision, MatchedStatements }) => [
      EvalDecision,
      MatchedStatements![0]?.SourcePolicyId,
    ]),
    [
      ['allowed', 'PolicyInputList.1'],
      ['explicitDeny', 'PolicyInputList.1.NoAcls'],
      ['implicitDeny', undefined],
    ],
  )
  const principal = await iam.simulatePrincipalPolicy({
    PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/carol`,
    ActionNames: ['s3:GetObject'],
    ResourceArns: ['arn:aws:s3:::shared/open/a', 'arn:aws:s3:::shared/shut/a'],
  })
  assert.deepEqual(
    principal.EvaluationResults!.map(({ EvalDecision }) => EvalDecision),
    ['allowed', 'implicitDeny'],
  )
})

test('an account tells all that is in it, page by page, after a restart too', async () => {
  lake = await lake.restart()
  let users = 0
  for (let Marker: string | undefined; ; ) {
    const page = await iam.getAccountAuthorizationDetails({ MaxItems: 2, Marker })
    users += page.UserDetailList!.length
    Marker = page.Marker
    if (!page.IsTruncated) break
  }
  const { SummaryMap } = await iam.getAccountSummary({})
  assert.equal(users, SummaryMap!.Users)
  assert.ok(users >= 5)
})
