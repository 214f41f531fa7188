/** What a simulation says of random policies is what becomes of the calls: identity policies, a boundary, a bucket's policy. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Athena } from '@aws-sdk/client-athena'
import { Glue } from '@aws-sdk/client-glue'
import { type ContextEntry, IAM, type SimulatePolicyResponse } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { S3 } from '@aws-sdk/client-s3'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { seededRandom } from '../../conformance/values.ts'
import { type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { startLake, type TestLake } from '../server.ts'

const ROUNDS = 40
const HERE = 'us-east-1:000000000000'
const Version = '2012-10-17'

let lake: TestLake
let iam: IAM
let ann: PolicyCaller
let root: { readonly s3: S3; readonly kms: KMS; readonly secrets: SecretsManager; readonly glue: Glue }
let hers: typeof root & { readonly athena: Athena }
let key: string
let secret: string

before(async () => {
  lake = await startLake()
  iam = new IAM(lake.client)
  ann = await policyCaller(lake, 'ann')
  const clients = (of: TestLake['client']) => ({
    s3: new S3(of),
    kms: new KMS(of),
    secrets: new SecretsManager(of),
    glue: new Glue(of),
  })
  root = clients(lake.client)
  hers = { ...clients(ann.client), athena: new Athena(ann.client) }
  await root.s3.createBucket({ Bucket: 'lake' })
  for (const Key of ['home/ann/a', 'home/bob/a']) await root.s3.putObject({ Bucket: 'lake', Key, Body: 'x' })
  await root.glue.createDatabase({ DatabaseInput: { Name: 'sales' } })
  key = (await root.kms.createKey({})).KeyMetadata!.Arn!
  secret = (await root.secrets.createSecret({ Name: 'login', SecretString: 'x' })).ARN!
})
after(async () => {
  await lake.stop()
  for (const client of [iam, ...Object.values(root ?? {}), ...Object.values(hers ?? {})]) client.destroy()
  ann?.close()
})

/** The same cases at every run. */
const { below, chance, pick } = seededRandom(20_261_126)

const ACTIONS = [
  '*',
  's3:*',
  's3:Get*',
  's3:ListBucket',
  'glue:Get*',
  'glue:GetDatabase',
  'kms:Describe*',
  '*:Get*',
  'secretsmanager:*',
  'athena:GetWork?roup',
  'S3:getobject',
]
const RESOURCES = [
  '*',
  '*',
  'arn:aws:s3:::lake',
  'arn:aws:s3:::lake/*',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: policies write their variables so.
  'arn:aws:s3:::lake/home/${aws:username}/*',
  `arn:aws:glue:${HERE}:*`,
  `arn:aws:glue:${HERE}:catalog`,
  `arn:aws:kms:${HERE}:key/*`,
  'arn:aws:secretsmanager:*:*:secret:login-??????',
  `arn:aws:athena:${HERE}:workgroup/primary`,
]
const CONDITIONS: readonly (readonly [operator: string, key: string, values: readonly string[]])[] = [
  ['StringEquals', 'aws:username', ['ann', 'bob']],
  ['StringNotLike', 'aws:username', ['a*']],
  ['StringLike', 's3:prefix', ['home/ann/*', '']],
  ['StringNotEqualsIfExists', 's3:prefix', ['home/ann/']],
  ['Bool', 'aws:SecureTransport', ['false', 'true']],
  ['ArnLike', 'aws:PrincipalArn', ['arn:aws:iam::*:user/ann', 'arn:aws:iam::*:role/*']],
  ['Null', 'aws:TokenIssueTime', ['true', 'false']],
  ['StringEquals', 'aws:RequestedRegion', ['us-east-1', 'eu-central-1']],
  ['NumericLessThan', 's3:max-keys', ['5', '50']],
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['team']],
]

function statement(more: object = {}): object {
  const not = (name: string) => `${chance(0.15) ? 'Not' : ''}${name}`
  const [operator, name, values] = pick(CONDITIONS)
  return {
    Effect: chance(0.75) ? 'Allow' : 'Deny',
    ...more,
    [not('Action')]: [pick(ACTIONS), pick(ACTIONS)],
    [not('Resource')]: [pick(RESOURCES), pick(RESOURCES)],
    ...(chance(0.4) && { Condition: { [operator]: { [name]: pick(values) } } }),
  }
}
const document = (most: number, of = statement): string =>
  JSON.stringify({ Version, Statement: Array.from({ length: 1 + below(most) }, () => of()) })
const inBucket = (): object => {
  const resource = pick(['arn:aws:s3:::lake', 'arn:aws:s3:::lake/*', 'arn:aws:s3:::lake/home/ann/*'])
  const whom = pick(['*', ann.arn, 'arn:aws:iam::000000000000:root', 'arn:aws:iam::000000000000:user/bob'])
  const { Resource: _, NotResource: __, Action: ___, NotAction: ____, ...rest } = statement() as Record<string, unknown>
  // Buckets' policies speak of what is asked of buckets.
  return {
    ...rest,
    Principal: whom === '*' ? '*' : { AWS: whom },
    Action: pick(['s3:*', 's3:Get*', 's3:ListBucket']),
    Resource: resource,
  }
}

interface Call {
  readonly action: string
  /** All have to be allowed. */
  readonly resources: readonly string[]
  readonly context?: Readonly<Record<string, string>>
  readonly ofBucket?: true
  call(): Promise<unknown>
}

const CALLS: readonly Call[] = [
  ...['home/ann/a', 'home/bob/a'].map(
    (Key): Call => ({
      action: 's3:GetObject',
      resources: [`arn:aws:s3:::lake/${Key}`],
      ofBucket: true,
      call: () => hers.s3.getObject({ Bucket: 'lake', Key }).then(({ Body }) => Body!.transformToString()),
    }),
  ),
  {
    action: 's3:ListBucket',
    resources: ['arn:aws:s3:::lake'],
    context: { 's3:prefix': 'home/ann/', 's3:max-keys': '10' },
    ofBucket: true,
    call: () => hers.s3.listObjectsV2({ Bucket: 'lake', Prefix: 'home/ann/', MaxKeys: 10 }),
  },
  {
    action: 'glue:GetDatabase',
    resources: [`arn:aws:glue:${HERE}:catalog`, `arn:aws:glue:${HERE}:database/sales`],
    call: () => hers.glue.getDatabase({ Name: 'sales' }),
  },
  {
    action: 'athena:GetWorkGroup',
    resources: [`arn:aws:athena:${HERE}:workgroup/primary`],
    call: () => hers.athena.getWorkGroup({ WorkGroup: 'primary' }),
  },
  {
    action: 'kms:DescribeKey',
    get resources() {
      return [key]
    },
    call: () => hers.kms.describeKey({ KeyId: key }),
  },
  {
    action: 'secretsmanager:DescribeSecret',
    get resources() {
      return [secret]
    },
    call: () => hers.secrets.describeSecret({ SecretId: secret }),
  },
]

/** What every call of hers is told with. */
const ALWAYS = () => ({
  'aws:username': 'ann',
  'aws:SecureTransport': 'false',
  'aws:PrincipalArn': ann.arn,
  'aws:RequestedRegion': 'us-east-1',
})
const entries = (facts: Readonly<Record<string, string>>): ContextEntry[] =>
  Object.entries(facts).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyValues: [value],
    ContextKeyType: 'string',
  }))

const allAllowed = ({ EvaluationResults = [] }: SimulatePolicyResponse): boolean =>
  EvaluationResults.every(({ EvalDecision }) => EvalDecision === 'allowed')

async function isDone(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    assert.match((error as Error).name, /^AccessDenied/)
    return false
  }
}

test('a simulation of principal or of documents decides as the gate does', async () => {
  const boundary = { name: 'bound', arn: 'arn:aws:iam::000000000000:policy/bound' }
  let allowed = 0
  for (let round = 0; round < ROUNDS; round++) {
    const own = [document(4), document(3)]
    for (const [i, PolicyDocument] of own.entries())
      await iam.putUserPolicy({ UserName: 'ann', PolicyName: `p${i}`, PolicyDocument })
    const bound = chance(0.3)
      ? document(3, () => ({ ...statement(), Effect: chance(0.9) ? 'Allow' : 'Deny' }))
      : undefined
    if (bound !== undefined) {
      await iam.createPolicy({ PolicyName: boundary.name, PolicyDocument: bound })
      await iam.putUserPermissionsBoundary({ UserName: 'ann', PermissionsBoundary: boundary.arn })
    }
    const Policy = chance(0.5) ? document(2, inBucket) : undefined
    if (Policy === undefined) await root.s3.deleteBucketPolicy({ Bucket: 'lake' })
    else await root.s3.putBucketPolicy({ Bucket: 'lake', Policy })
    for (const { action, resources, context, ofBucket, call } of CALLS) {
      const asked = {
        ActionNames: [action],
        ResourceArns: [...resources],
        ContextEntries: entries({ ...ALWAYS(), ...context }),
        CallerArn: ann.arn,
        ...(ofBucket && Policy !== undefined && { ResourcePolicy: Policy }),
      }
      const told = allAllowed(await iam.simulatePrincipalPolicy({ ...asked, PolicySourceArn: ann.arn }))
      const custom = await iam.simulateCustomPolicy({
        ...asked,
        PolicyInputList: own,
        ...(bound !== undefined && { PermissionsBoundaryPolicyInputList: [bound] }),
      })
      const done = await isDone(call)
      const facts = JSON.stringify({ round, action, own, bound, Policy }, undefined, 1)
      assert.deepEqual([told, allAllowed(custom)], [done, done], facts)
      if (done) allowed++
    }
    if (bound !== undefined) {
      await iam.deleteUserPermissionsBoundary({ UserName: 'ann' })
      await iam.deletePolicy({ PolicyArn: boundary.arn })
    }
  }
  // Neither of them says the same of all.
  const all = ROUNDS * CALLS.length
  assert.ok(allowed > all / 10 && allowed < (all * 9) / 10, `${allowed} of ${all}`)
})
