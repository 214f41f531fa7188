/**
 * What an explanation says of policies is what becomes of queries, under policies that nobody has thought out. Statements that
 * it names are taken away, and those that it misses are added, one by one, until the answer is the other one.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDatabaseCommand, PutResourcePolicyCommand } from '@aws-sdk/client-glue'
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  IAMClient,
  ListPolicyVersionsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms'
import {
  GrantPermissionsCommand,
  RegisterResourceCommand,
  RevokePermissionsCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand, PutBucketEncryptionCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { callOwn } from '../../../bin/api-client.ts'
import type { ExplainedAccess, ExplainedPolicy } from '../../../src/core/permissions/explanation.ts'
import { type Random, seededRandom } from '../../conformance/values.ts'
import { otherAccount } from '../accounts.ts'
import { startLake, type TestLake } from '../server.ts'
import { type Person, person } from './governed-lake.ts'

const CASES = 10
const ID = '111111111111'
const ROLE = `arn:aws:iam::${ID}:role/reader`
const BOUNDARY = `arn:aws:iam::${ID}:policy/boundary`
const GLUE = `arn:aws:glue:us-east-1:${ID}`
/** Each in a bucket of its own name. */
const TABLES = ['opened', 'closed', 'sealed', 'held'] as const

interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Principal?: object
  readonly Condition?: object
}
type Holder = 'identity' | 'boundary' | 'session' | 'control' | 'catalog' | 'key' | `bucket ${string}`
/** Absent: there is no such policy. */
type World = Partial<Record<Holder, readonly Statement[]>>

let lake: TestLake
let root: Person
let iam: IAMClient
let kms: KMSClient
let sts: STSClient
let key: string

const text = (Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
let sids = 0
const statement = (
  Effect: Statement['Effect'],
  Action: Statement['Action'],
  Resource: Statement['Resource'] = '*',
  more: Partial<Statement> = {},
): Statement => ({ Sid: `S${sids++}`, Effect, ...(Action && { Action }), Resource, ...more })

/** What is asked of every query, and is not what is explained. */
const athena = () => [
  statement('Allow', ['athena:*', 'lentic:*']),
  statement('Allow', 's3:*', ['arn:aws:s3:::results', 'arn:aws:s3:::results/*']),
]

before(async () => {
  lake = await startLake()
  const other = await otherAccount(lake, ID)
  root = person(other.client)
  iam = new IAMClient(other.client)
  kms = new KMSClient(other.client)
  key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!
  for (const Bucket of ['results', ...TABLES]) await root.s3.send(new CreateBucketCommand({ Bucket }))
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key }
  const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] }
  await root.s3.send(new PutBucketEncryptionCommand({ Bucket: 'sealed', ServerSideEncryptionConfiguration }))
  await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' } }))
  const trust = [{ Effect: 'Allow', Principal: { AWS: ID }, Action: 'sts:AssumeRole' }]
  await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: text(trust) }))
  for (const table of TABLES) {
    await root.table(`CREATE TABLE ${table} WITH (external_location = 's3://${table}/') AS SELECT 1 AS id`)
    const Resource = { Table: { DatabaseName: 'db', Name: table } }
    if (table === 'opened') continue
    const Permissions = ['ALL' as const]
    const everyone = { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }
    await root.lakeFormation.send(new RevokePermissionsCommand({ Principal: everyone, Resource, Permissions }))
    const reader = { DataLakePrincipalIdentifier: ROLE }
    await root.lakeFormation.send(new GrantPermissionsCommand({ Principal: reader, Resource, Permissions: ['SELECT'] }))
  }
  await root.lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::held', UseServiceLinkedRole: true }),
  )
  await iam.send(new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument: text(athena()) }))
  await iam.send(new CreateUserCommand({ UserName: 'somebody' }))
  const PolicyDocument = text([statement('Allow', 'sts:AssumeRole')])
  await iam.send(new PutUserPolicyCommand({ UserName: 'somebody', PolicyName: 'assume', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'somebody' }))
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  sts = new STSClient({ ...other.client, credentials })
})
after(async () => {
  for (const client of [iam, kms, sts, root.athena, root.glue, root.lakeFormation, root.s3]) client.destroy()
  await lake.stop()
})

const ofBucket = (name: string) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]
const byAthena = { StringEquals: { 'aws:CalledVia': 'athena.amazonaws.com' } }

/** Statements that speak of what reading asks. */
function someStatement({ pick }: Random, effect: Statement['Effect']): Statement {
  const table = pick(TABLES)
  const [action, resource] = pick([
    ['glue:*', '*'],
    ['glue:Get*', '*'],
    ['glue:GetTable', [`${GLUE}:catalog`, `${GLUE}:database/db`, `${GLUE}:table/db/${table}`]],
    ['glue:GetTable', `${GLUE}:table/db/${table}`],
    [['s3:Get*', 's3:List*'], TABLES.flatMap(ofBucket)],
    ['s3:GetObject', `arn:aws:s3:::${table}/*`],
    ['s3:ListBucket', `arn:aws:s3:::${table}`],
    ['s3:*', [`arn:aws:s3:::${table}`, `arn:aws:s3:::${table}/*`]],
    ['kms:Decrypt', key],
    ['lakeformation:GetDataAccess', '*'],
  ] as const)
  const condition = pick([
    {},
    {},
    {},
    { Condition: byAthena },
    { Condition: { Bool: { 'aws:ViaAWSService': 'false' } } },
  ])
  return statement(effect, action, resource, condition)
}

function someStatements(random: Random, allows: number, denies: number): Statement[] {
  const many = (most: number, effect: Statement['Effect']) =>
    Array.from({ length: random.below(most + 1) }, () => someStatement(random, effect))
  return [...many(allows, 'Allow'), ...many(denies, 'Deny')]
}

const everything = () => statement('Allow', '*')
const mostly = (random: Random): Statement[] => (random.chance(0.5) ? [everything()] : someStatements(random, 6, 0))

/** As it stands in the policy of a resource, which names who. */
const about = (named: Statement, Resource: Statement['Resource']): Statement => ({
  ...named,
  Resource,
  Principal: { AWS: ROLE },
})
/** Whoever administers a key may not open what lies under it. */
const keyAdministration = () =>
  statement('Allow', undefined, '*', { NotAction: ['kms:Decrypt'], Principal: { AWS: `arn:aws:iam::${ID}:root` } })

function someWorld(random: Random): World {
  const maybe = (holder: Holder, statements: () => readonly Statement[]): World =>
    random.chance(0.4) ? { [holder]: statements() } : {}
  const ofKey = random.pick([
    statement('Allow', 'kms:Decrypt', '*', { Principal: { AWS: `arn:aws:iam::${ID}:root` } }),
    about(statement('Allow', 'kms:Decrypt'), '*'),
    about(statement('Deny', 'kms:Decrypt'), '*'),
  ])
  const buckets = TABLES.map((name) =>
    maybe(`bucket ${name}`, () => [
      about(statement(random.pick(['Allow', 'Deny']), random.pick(['s3:GetObject', 's3:*'])), ofBucket(name)),
    ]),
  )
  return {
    identity: [...athena(), ...mostly(random), ...someStatements(random, 0, 2)],
    key: [keyAdministration(), ...(random.chance(0.8) ? [ofKey] : [])],
    ...maybe('boundary', () => [...athena(), ...mostly(random), ...someStatements(random, 0, 1)]),
    ...maybe('session', () => [...athena(), ...mostly(random)]),
    ...maybe('control', () => [everything(), ...someStatements(random, 0, 2)]),
    ...maybe('catalog', () => [about(statement(random.pick(['Allow', 'Deny']), 'glue:Get*'), `${GLUE}:*`)]),
    ...Object.assign({}, ...buckets),
  }
}

/** Harmless where a policy has to say something. */
const NOTHING = statement('Allow', 'glue:GetTags', `${GLUE}:*`)

async function apply(world: World, was: World): Promise<void> {
  const changed = (holder: Holder) => world[holder] !== was[holder]
  const { identity = [], boundary, control, catalog, key: ofKey = [] } = world
  const bind = (statements: readonly Statement[]) =>
    callOwn({ ...lake, ...lake.credentials }, 'accounts', {
      verb: 'attach',
      id: ID,
      name: 'FullAWSAccess',
      document: text(statements),
    })
  // It binds the root too, who changes the others.
  if (was.control) await bind([everything()])
  if (changed('identity'))
    await iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'own', PolicyDocument: text(identity) }))
  if (changed('boundary')) {
    if (!boundary)
      await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'reader' })).catch(() => undefined)
    else await putBoundary(boundary)
  }
  if (changed('catalog'))
    await root.glue.send(
      new PutResourcePolicyCommand({ PolicyInJson: text(catalog?.length ? catalog : [about(NOTHING, `${GLUE}:*`)]) }),
    )
  if (changed('key')) await kms.send(new PutKeyPolicyCommand({ KeyId: key, Policy: text(ofKey) }))
  for (const Bucket of TABLES)
    if (changed(`bucket ${Bucket}`)) {
      const said = world[`bucket ${Bucket}`] ?? []
      const Policy = text(said.length > 0 ? said : [about(statement('Allow', 's3:GetObjectTagging'), ofBucket(Bucket))])
      await root.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    }
  if (control) await bind(control)
}

async function putBoundary(statements: readonly Statement[]): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: BOUNDARY }))
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn: BOUNDARY, VersionId }))
  const PolicyDocument = text(statements)
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn: BOUNDARY, PolicyDocument, SetAsDefault: true }))
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'reader', PermissionsBoundary: BOUNDARY }))
}

/** What the explanation says and what the query says; they must agree. */
async function asked(table: string, { session }: World): Promise<readonly ExplainedPolicy[]> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test', ...(session && { Policy: text(session) }) }),
  )
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!
  const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! }
  const reader = person({ ...root.client, credentials })
  try {
    // Of a session whose policies are its own only it knows.
    const by = session ? { ...lake, ...credentials } : { ...lake, ...rootKey() }
    const question = { table: `db.${table}`, ...(!session && { principal: ROLE }) }
    const told = await callOwn<ExplainedAccess>(by, 'access', question)
    const refused = told.policies.filter(({ allowed }) => !allowed)
    assert.equal(told.rows.visible === 'never', refused.length > 0)
    const { state, reason } = await reader.ended(await reader.start(`SELECT * FROM ${table}`))
    assert.equal(
      state === 'SUCCEEDED',
      refused.length === 0,
      `${table}: ${state} ${reason} ${JSON.stringify(told.policies)}`,
    )
    return told.policies
  } finally {
    for (const client of [reader.athena, reader.glue, reader.lakeFormation, reader.s3]) client.destroy()
  }
}

const rootKey = () => root.client.credentials as { accessKeyId: string; secretAccessKey: string }

/** The same world without a statement that decides. */
function without(world: World, { statement: deciding }: ExplainedPolicy): World {
  const left = Object.entries(world).map(([holder, statements = []]) => {
    const kept = statements.filter(({ Sid }) => Sid !== deciding!.sid)
    return [holder, kept.length === statements.length ? statements : kept]
  })
  return Object.fromEntries(left)
}

/** The same world, in which what is missing is allowed. */
function mended(world: World, { action, missing }: ExplainedPolicy): World {
  const holder = missing === 'resource' ? 'key' : missing!
  const allowing = statement('Allow', action)
  return { ...world, [holder]: [...(world[holder] ?? []), holder === 'key' ? about(allowing, '*') : allowing] }
}

test(`what is said of policies is so, in ${CASES} worlds, and on the way to where all is open, and to where it is not`, async () => {
  const random = seededRandom(20_261_126)
  let world: World = {}
  for (let i = 0; i < CASES; i++) {
    const table = random.pick(TABLES)
    let policies: readonly ExplainedPolicy[] = []
    const become = async (next: World): Promise<void> => {
      await apply(next, world)
      world = next
      policies = await asked(table, world)
    }
    const refused = () => policies.filter(({ allowed }) => !allowed)
    const changed = (of: World, by: ExplainedPolicy) => (by.statement ? without(of, by) : mended(of, by))
    await become(someWorld(random))
    for (let step = 0; refused().length > 0; step++) {
      assert.ok(step < 60, 'nothing opens it')
      await become(refused().reduce(changed, world))
    }
    for (let step = 0; refused().length === 0; step++) {
      assert.ok(step < 60, 'nothing closes it')
      await become(without(world, random.pick(policies)))
    }
  }
})
