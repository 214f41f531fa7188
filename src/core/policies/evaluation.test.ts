// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policies write their variables so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccessRequest, compiledPolicy } from './compilation.ts'
import { denialText } from './denial-text.ts'
import type { PolicyKind } from './document.ts'
import { type AppliedPolicy, type Bounds, decide, type ResourceSide } from './evaluation.ts'
import type { Asker } from './principals.ts'

const HOME = '111122223333'
const AWAY = '444455556666'
const policy = (
  statements: object | readonly object[],
  kind: PolicyKind = 'identity',
  arn?: string,
): AppliedPolicy => ({
  compiled: compiledPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind),
  name: 'p',
  arn,
})
const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
const deny = (Action: string, Resource: string | string[] = '*', more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
})

const carlos: Asker = { kind: 'user', arn: `arn:aws:iam::${HOME}:user/carlossalazar`, account: HOME }
const session: Asker = {
  kind: 'role',
  arn: `arn:aws:sts::${HOME}:assumed-role/examplerole/examplerolesessionname`,
  entityArn: `arn:aws:iam::${HOME}:role/examplerole`,
  account: HOME,
}
const federated: Asker = {
  kind: 'federated',
  arn: `arn:aws:sts::${HOME}:federated-user/bob`,
  entityArn: carlos.arn,
  account: HOME,
}
const anyone: Asker = { kind: 'anonymous', arn: '*', account: HOME }
const root: Asker = { kind: 'root', arn: `arn:aws:iam::${HOME}:root`, account: HOME }

const request = (
  asker: Asker,
  action: string,
  resource: string,
  told: Readonly<Record<string, string>> = {},
): AccessRequest => ({
  asker,
  action,
  resource,
  context: { get: (key) => told[key] },
})
const ask = (
  asker: Asker,
  bounds: Partial<Bounds>,
  side: Partial<ResourceSide> = {},
  action = 's3:GetObject',
  resource = 'arn:aws:s3:::logs/key',
) => decide(request(asker, action, resource), { identity: [], ...bounds }, { account: HOME, ...side })
const granting = (principal: unknown, kind: PolicyKind = 'resource') =>
  policy({ ...allow('s3:*'), Principal: principal }, kind)

test('the documented example: a user with an identity policy, and a bucket with one of its own', () => {
  // reference_policies_evaluation-logic_policy-eval-basics: "Example identity-based and resource-based policy evaluation".
  const identity = [
    policy([
      allow(['s3:ListAllMyBuckets', 's3:GetBucketLocation']),
      allow('s3:*Object*', `arn:aws:s3:::amzn-s3-demo-bucket1-\${aws:username}/*`),
      deny('s3:*', ['arn:aws:s3:::*log*', 'arn:aws:s3:::*log*/*']),
    ]),
  ]
  const bucket = policy(
    {
      ...allow('s3:*', [
        'arn:aws:s3:::amzn-s3-demo-bucket-production',
        'arn:aws:s3:::amzn-s3-demo-bucket-production/*',
      ]),
      Principal: { AWS: carlos.arn },
    },
    'resource',
  )
  const may = (action: string, resource: string, side?: AppliedPolicy) =>
    decide(
      request(carlos, action, resource, { 'aws:username': 'carlossalazar' }),
      { identity },
      { account: HOME, policies: side && [side] },
    ).allowed
  assert.equal(may('s3:PutObject', 'arn:aws:s3:::amzn-s3-demo-bucket1-carlossalazar/x'), true)
  assert.equal(may('s3:PutObject', 'arn:aws:s3:::amzn-s3-demo-bucket1-other/x'), false)
  assert.equal(may('s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket-production/x', bucket), true)
  assert.equal(may('s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket-production/x'), false)
  assert.equal(may('s3:ListBucket', 'arn:aws:s3:::my-logs'), false)
  assert.equal(may('s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket1-carlossalazar/log'), false)
})

test('nothing is allowed unless something allows it, and no allowance outweighs a denial', () => {
  assert.deepEqual(ask(carlos, {}), { allowed: false, explicit: false, missing: 'identity' })
  assert.equal(ask(carlos, { identity: [policy(allow('s3:Get*'))] }).allowed, true)
  const denied = ask(carlos, { identity: [policy(allow('*')), policy(deny('s3:*'))] })
  assert.ok(!denied.allowed && denied.explicit && denied.by.role === 'identity' && denied.by.statement.index === 0)
  assert.equal(
    ask(carlos, { identity: [policy({ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::secret/*' })] })
      .allowed,
    true,
  )
  assert.equal(
    ask(carlos, { identity: [policy({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })] }).allowed,
    false,
  )
  assert.equal(
    ask(
      carlos,
      { identity: [policy(allow('s3:*'))] },
      { policies: [policy({ ...deny('s3:*'), Principal: '*' }, 'resource')] },
    ).allowed,
    false,
  )
})

test('inside an account it matters how closely a bucket names who asks', () => {
  const bounds = { boundary: policy(allow('ec2:*')), session: [policy(allow('ec2:*'))] }
  const to = (asker: Asker, principal: unknown) => ask(asker, bounds, { policies: [granting(principal)] })
  // "not limited by an implicit deny in an identity-based policy, a permissions boundary, or session policy"
  assert.equal(to(carlos, { AWS: carlos.arn }).allowed, true)
  assert.equal(to(session, { AWS: session.arn }).allowed, true)
  assert.equal(to(federated, { AWS: federated.arn }).allowed, true)
  assert.equal(to(session, '*').allowed, true)
  // "are limited by an implicit deny in a permissions boundary or session policy"
  assert.deepEqual(to(session, { AWS: session.entityArn }), { allowed: false, explicit: false, missing: 'boundary' })
  assert.deepEqual(to(federated, { AWS: carlos.arn }), { allowed: false, explicit: false, missing: 'boundary' })
  assert.equal(ask(session, {}, { policies: [granting({ AWS: session.entityArn })] }).allowed, true)
  assert.deepEqual(ask(session, { session: [] }, { policies: [granting({ AWS: session.entityArn })] }), {
    allowed: false,
    explicit: false,
    missing: 'session',
  })
  // An account's own policies give what its bucket lets the account have.
  assert.deepEqual(ask(carlos, {}, { policies: [granting({ AWS: HOME })] }), {
    allowed: false,
    explicit: false,
    missing: 'identity',
  })
})

test('identity, boundary and session policies all have to allow, and any of several sessions policies may', () => {
  const all = [policy(allow('*'))]
  const none = policy(allow('ec2:*'))
  assert.equal(ask(session, { identity: all, boundary: all[0], session: all }).allowed, true)
  assert.deepEqual(ask(session, { identity: all, boundary: none }), {
    allowed: false,
    explicit: false,
    missing: 'boundary',
  })
  assert.deepEqual(ask(session, { identity: all, session: [none] }), {
    allowed: false,
    explicit: false,
    missing: 'session',
  })
  assert.equal(ask(session, { identity: all, session: [none, all[0]!] }).allowed, true)
  assert.equal(ask(session, { identity: [none], boundary: all[0], session: all }).allowed, false)
})

test('every level of service control policies has to allow, and they bind the root too', () => {
  const all = policy(allow('*'))
  const only = policy(allow('s3:*'))
  const control = [[all], [only]]
  assert.equal(ask(root, { control }).allowed, true)
  assert.deepEqual(ask(root, { control }, {}, 'ec2:RunInstances'), {
    allowed: false,
    explicit: false,
    missing: 'control',
  })
  assert.equal(ask(carlos, { identity: [all], control: [[all], [all, policy(deny('s3:*'))]] }).allowed, false)
  assert.deepEqual(ask(carlos, { identity: [all], control: [[all], []] }), {
    allowed: false,
    explicit: false,
    missing: 'control',
  })
})

test('across accounts both sides have to allow', () => {
  const all = [policy(allow('*'))]
  const away = (asker: Asker, identity: readonly AppliedPolicy[], principal?: unknown) =>
    ask(asker, { identity }, { account: AWAY, policies: principal === undefined ? undefined : [granting(principal)] })
  assert.equal(away(carlos, all, { AWS: HOME }).allowed, true)
  assert.equal(away(carlos, all, { AWS: carlos.arn }).allowed, true)
  assert.deepEqual(away(carlos, [], { AWS: carlos.arn }), { allowed: false, explicit: false, missing: 'identity' })
  assert.deepEqual(away(carlos, all), { allowed: false, explicit: false, missing: 'resource' })
  assert.deepEqual(away(carlos, all, { AWS: AWAY }), { allowed: false, explicit: false, missing: 'resource' })
  assert.equal(away(root, [], { AWS: HOME }).allowed, true)
  assert.deepEqual(away(root, []), { allowed: false, explicit: false, missing: 'resource' })
})

test('nobody in particular is let in only by what is for everyone', () => {
  assert.equal(ask(anyone, {}, { policies: [granting('*')] }).allowed, true)
  assert.equal(ask(anyone, {}, { policies: [granting({ AWS: HOME })] }).allowed, false)
  assert.deepEqual(ask(anyone, {}), { allowed: false, explicit: false, missing: 'resource' })
})

test('keys and roles have to let an account in before its policies count', () => {
  const side = { account: HOME, mustAllow: true }
  const identity = [policy(allow('*'))]
  assert.deepEqual(ask(carlos, { identity }, side), { allowed: false, explicit: false, missing: 'resource' })
  assert.equal(ask(carlos, { identity }, { ...side, policies: [granting({ AWS: HOME })] }).allowed, true)
  assert.equal(ask(carlos, {}, { ...side, policies: [granting({ AWS: HOME })] }).allowed, false)
  assert.equal(ask(carlos, {}, { ...side, policies: [granting({ AWS: carlos.arn })] }).allowed, true)
})

test('who is excepted from a denial is not denied', () => {
  const all = [policy(allow('*'))]
  const except = (asker: Asker, names: readonly string[]) =>
    ask(asker, { identity: all }, { policies: [policy({ ...deny('s3:*'), NotPrincipal: { AWS: names } }, 'resource')] })
      .allowed
  assert.equal(except(carlos, [carlos.arn]), true)
  assert.equal(except(session, [session.entityArn!]), true)
  assert.equal(except(session, [carlos.arn]), false)
  assert.equal(except(carlos, [HOME]), false)
})

test('denials are told in the words of AWS', () => {
  const told = (
    bounds: Partial<Bounds>,
    side: Partial<ResourceSide> = {},
    asked = request(carlos, 's3:GetObject', 'arn:aws:s3:::logs/key'),
  ) => {
    const decision = decide(asked, { identity: [], ...bounds }, { account: HOME, ...side })
    assert.ok(!decision.allowed)
    return denialText(asked, decision)
  }
  const head = `User: ${carlos.arn} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::logs/key`
  assert.equal(told({}), `${head} because no identity-based policy allows the s3:GetObject action`)
  assert.equal(told({ identity: [policy(deny('*'))] }), `${head} with an explicit deny in an identity-based policy`)
  assert.equal(
    told({ identity: [policy(deny('*'), 'identity', 'arn:aws:iam::123456789012:policy/HRAccessPolicy')] }),
    `${head} with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/HRAccessPolicy`,
  )
  assert.equal(
    told({ identity: [policy(allow('*'))], boundary: policy(allow('ec2:*')) }),
    `${head} because no permissions boundary allows the s3:GetObject action`,
  )
  assert.equal(told({ control: [[]] }), `${head} because no service control policy allows the s3:GetObject action`)
  assert.equal(
    told({}, { policies: [policy({ ...deny('*'), Principal: '*' }, 'resource')] }),
    `${head} with an explicit deny in a resource-based policy`,
  )
  const role = `arn:aws:iam::${AWAY}:role/x`
  assert.equal(
    told(
      { identity: [policy(allow('*'))] },
      { account: AWAY, mustAllow: true },
      request(carlos, 'sts:AssumeRole', role),
    ),
    `User: ${carlos.arn} is not authorized to perform: sts:AssumeRole on resource: ${role} because no role trust policy allows the sts:AssumeRole action`,
  )
})
