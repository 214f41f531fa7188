/** What IAM tells of an account: its settings, its credentials, and who has used what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Glue } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { startLake, type TestLake } from '../server.ts'

const ACCOUNT = '000000000000'
const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`
let lake: TestLake
let iam: IAM
let ann: TestLake['client']
before(async () => {
  lake = await startLake()
  iam = new IAM(lake.client)
  await iam.createUser({ UserName: 'ann' })
  await allow('ann', ['glue:*', 's3:*'])
  const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' })
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  ann = { ...lake.client, credentials }
})
after(async () => {
  iam.destroy()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

const allow = (UserName: string, Action: readonly string[]) => {
  const Statement = { Effect: 'Allow', Action, Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  return iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument })
}

test('a password policy is kept, told and taken away; what it does not say has its default', async () => {
  const missing = {
    name: 'NoSuchEntityException',
    message: `The Password Policy with domain name ${ACCOUNT} cannot be found.`,
  }
  await assert.rejects(iam.getAccountPasswordPolicy({}), missing)
  await iam.updateAccountPasswordPolicy({ MinimumPasswordLength: 14, RequireSymbols: true, MaxPasswordAge: 90 })
  assert.deepEqual((await iam.getAccountPasswordPolicy({})).PasswordPolicy, {
    MinimumPasswordLength: 14,
    RequireSymbols: true,
    RequireNumbers: false,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: false,
    ExpirePasswords: true,
    MaxPasswordAge: 90,
  })
  // "This operation does not support partial updates."
  await iam.updateAccountPasswordPolicy({ RequireNumbers: true })
  const { PasswordPolicy } = await iam.getAccountPasswordPolicy({})
  assert.deepEqual(
    [PasswordPolicy!.MinimumPasswordLength, PasswordPolicy!.RequireSymbols, PasswordPolicy!.ExpirePasswords],
    [6, false, false],
  )
  await assert.rejects(iam.updateAccountPasswordPolicy({ MinimumPasswordLength: 5 }), { name: 'ValidationError' })
  await iam.deleteAccountPasswordPolicy({})
  await assert.rejects(iam.deleteAccountPasswordPolicy({}), missing)
})

test('which tokens the global address gives is a setting', async () => {
  const version = async () => (await iam.getAccountSummary({})).SummaryMap!.GlobalEndpointTokenVersion
  assert.equal(await version(), 1)
  await iam.setSecurityTokenServicePreferences({ GlobalEndpointTokenVersion: 'v2Token' })
  assert.equal(await version(), 2)
})

test('credentials that cannot be made are none, of users who are there', async () => {
  const of = { UserName: 'ann' }
  await assert.rejects(iam.getLoginProfile(of), {
    name: 'NoSuchEntityException',
    message: 'Login Profile for User ann cannot be found.',
  })
  await assert.rejects(iam.deleteLoginProfile(of), { name: 'NoSuchEntityException' })
  assert.deepEqual((await iam.listMFADevices(of)).MFADevices, [])
  assert.deepEqual((await iam.listSSHPublicKeys(of)).SSHPublicKeys, [])
  assert.deepEqual((await iam.listSigningCertificates(of)).Certificates, [])
  assert.deepEqual((await iam.listServiceSpecificCredentials(of)).ServiceSpecificCredentials, [])
  assert.deepEqual((await iam.listVirtualMFADevices({})).VirtualMFADevices, [])
  assert.deepEqual((await iam.listServerCertificates({})).ServerCertificateMetadataList, [])
  assert.deepEqual((await iam.listSAMLProviders({})).SAMLProviderList, [])
  await assert.rejects(iam.listMFADevices({ UserName: 'nobody' }), { name: 'NoSuchEntityException' })
})

test('the credential report tells of keys, and what they were used for', async () => {
  await assert.rejects(iam.getCredentialReport({}), { name: 'CredentialReportNotPresentException' })
  await new S3(ann).listBuckets({})
  // It is written down by and by.
  const { accessKeyId: AccessKeyId } = ann.credentials
  while ((await iam.getAccessKeyLastUsed({ AccessKeyId })).AccessKeyLastUsed!.ServiceName === 'N/A');
  await iam.createUser({ UserName: 'idle' })
  assert.equal((await iam.generateCredentialReport({})).State, 'COMPLETE')
  const { Content, ReportFormat } = await iam.getCredentialReport({})
  assert.equal(ReportFormat, 'text/csv')
  const [columns, ...rows] = Buffer.from(Content!)
    .toString()
    .split('\n')
    .map((line) => line.split(','))
  const told = rows.map((row) => Object.fromEntries(columns!.map((name, i) => [name, row[i]])))
  assert.deepEqual(
    told.map(({ user, arn }) => [user, arn]),
    [
      ['<root_account>', `arn:aws:iam::${ACCOUNT}:root`],
      ['ann', ANN],
      ['idle', `arn:aws:iam::${ACCOUNT}:user/idle`],
    ],
  )
  const [root, used, idle] = told
  assert.equal(root!.password_enabled, 'not_supported')
  assert.deepEqual(
    [used!.access_key_1_active, used!.access_key_1_last_used_service, used!.access_key_1_last_used_region],
    ['true', 's3', 'N/A'],
  )
  assert.match(used!.access_key_1_last_rotated!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  assert.deepEqual([used!.access_key_2_active, used!.access_key_2_last_rotated], ['false', 'N/A'])
  assert.deepEqual(
    [idle!.password_enabled, idle!.mfa_active, idle!.access_key_1_active, idle!.cert_1_active],
    ['false', 'false', 'false', 'false'],
  )
})

async function accessed(Arn: string, Granularity?: 'ACTION_LEVEL') {
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn, Granularity })
  for (;;) {
    const job = await iam.getServiceLastAccessedDetails({ JobId })
    if (job.JobStatus !== 'IN_PROGRESS') return { ...job, JobId: JobId! }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('what was last used is told of services that policies allow', async () => {
  await new Glue(ann).getDatabases({})
  const job = await accessed(ANN, 'ACTION_LEVEL')
  assert.equal(job.JobStatus, 'COMPLETED')
  const [glue, s3] = job.ServicesLastAccessed!
  assert.deepEqual(
    job.ServicesLastAccessed!.map(({ ServiceNamespace }) => ServiceNamespace),
    ['glue', 's3'],
  )
  assert.deepEqual(
    [glue!.LastAuthenticatedEntity, glue!.LastAuthenticatedRegion, glue!.TotalAuthenticatedEntities],
    [ANN, 'us-east-1', 1],
  )
  assert.deepEqual(
    glue!.TrackedActionsLastAccessed!.map(({ ActionName }) => ActionName),
    ['GetDatabases'],
  )
  assert.equal(s3!.TrackedActionsLastAccessed![0]!.ActionName, 'ListBuckets')
  const { EntityDetailsList } = await iam.getServiceLastAccessedDetailsWithEntities({
    JobId: job.JobId,
    ServiceNamespace: 'glue',
  })
  assert.deepEqual(
    EntityDetailsList!.map(({ EntityInfo }) => [EntityInfo!.Name, EntityInfo!.Type]),
    [['ann', 'USER']],
  )
})

test('a policy stands for those who have it, a role for its sessions; nobody else has used anything', async () => {
  const idle = await accessed(`arn:aws:iam::${ACCOUNT}:user/idle`)
  assert.deepEqual(idle.ServicesLastAccessed, [])
  const Statement = { Effect: 'Allow', Action: ['glue:Get*', 'athena:*'], Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  const { Policy } = await iam.createPolicy({ PolicyName: 'reading', PolicyDocument })
  const trust = { Effect: 'Allow', Principal: { AWS: ANN }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
  const { Role } = await iam.createRole({ RoleName: 'reader', AssumeRolePolicyDocument })
  await iam.attachRolePolicy({ RoleName: 'reader', PolicyArn: Policy!.Arn })
  await iam.attachUserPolicy({ UserName: 'idle', PolicyArn: Policy!.Arn })
  assert.deepEqual((await iam.getRole({ RoleName: 'reader' })).Role!.RoleLastUsed, {})
  const { Credentials } = await new STS(ann).assumeRole({ RoleArn: Role!.Arn, RoleSessionName: 'day' })
  const credentials = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  }
  await new Glue({ ...lake.client, credentials }).getDatabases({})
  // It is written down by and by.
  const lastUsed = async () => (await iam.getRole({ RoleName: 'reader' })).Role!.RoleLastUsed
  while ((await lastUsed())!.LastUsedDate === undefined);
  assert.equal((await lastUsed())!.Region, 'us-east-1')
  for (const Arn of [Policy!.Arn!, Role!.Arn!]) {
    const { ServicesLastAccessed } = await accessed(Arn)
    assert.deepEqual(
      ServicesLastAccessed!.map((one) => [one.ServiceNamespace, one.LastAuthenticatedEntity]),
      [
        ['athena', undefined],
        ['glue', Role!.Arn],
      ],
    )
  }
  await assert.rejects(accessed(`arn:aws:iam::${ACCOUNT}:role/none`), { name: 'NoSuchEntityException' })
  const JobId = '00000000-0000-0000-0000-000000000000'
  await assert.rejects(iam.getServiceLastAccessedDetails({ JobId }), { name: 'NoSuchEntityException' })
})
