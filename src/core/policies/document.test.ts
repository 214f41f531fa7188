import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../faults.ts'
import { type PolicyKind, parsePolicy } from './document.ts'

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const refusal = (policy: unknown, kind: PolicyKind = 'identity'): string | undefined => {
  try {
    parsePolicy(typeof policy === 'string' ? policy : JSON.stringify(policy), kind)
    return undefined
  } catch (error) {
    assert.ok(error instanceof Fault && error.kind === 'invalid' && error.noun === 'policy')
    return error.message
  }
}
const withStatement = (more: object) => ({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] })

test('lists may be single values, and values numbers or truths', () => {
  const { version, statements } = parsePolicy(
    JSON.stringify({ Statement: { ...statement, Sid: 'One', Condition: { Bool: { 'aws:SecureTransport': true } } } }),
    'identity',
  )
  assert.equal(version, '2008-10-17')
  assert.deepEqual(statements, [
    {
      sid: 'One',
      effect: 'Allow',
      principals: undefined,
      actions: { negated: false, names: ['s3:GetObject'] },
      resources: { negated: false, names: ['arn:aws:s3:::b/*'] },
      conditions: [{ operator: 'Bool', key: 'aws:SecureTransport', values: ['true'] }],
    },
  ])
})

test('what is no policy is refused in the words of IAM', () => {
  const syntax = 'Syntax errors in policy.'
  for (const bad of ['', 'null', '[]', '{"Version":"2012-10-17","Statement":[]}'])
    assert.equal(refusal(bad), syntax, bad)
  assert.equal(refusal({ Version: '2013-01-01', Statement: [statement] }), syntax)
  assert.equal(refusal({ ...withStatement({}), Extra: 1 }), syntax)
  assert.equal(refusal(withStatement({ Effect: 'allow' })), syntax)
  assert.equal(refusal(withStatement({ NotAction: 's3:*' })), syntax)
  assert.equal(refusal(withStatement({ Condition: { StringEquals: 'x' } })), syntax)
  assert.equal(refusal(withStatement({ Action: [] })), 'Policy statement must contain actions.')
  assert.equal(refusal(withStatement({ Resource: undefined })), 'Policy statement must contain resources.')
  assert.equal(
    refusal(withStatement({ Action: 'GetObject' })),
    'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  )
  assert.equal(refusal(withStatement({ Resource: 'bucket' })), 'Resource bucket must be in ARN format or "*".')
  assert.equal(
    refusal({
      Version: '2012-10-17',
      Statement: [
        { ...statement, Sid: 'a' },
        { ...statement, Sid: 'a' },
      ],
    }),
    'Statement IDs (SID) in a single policy must be unique.',
  )
  assert.equal(refusal(withStatement({ Principal: '*' })), 'Policy document should not specify a principal.')
})

test('policies of resources name principals, and those of roles no resource', () => {
  assert.equal(refusal(withStatement({}), 'resource'), 'Missing required field Principal')
  assert.equal(refusal(withStatement({ Principal: '*' }), 'trust'), 'Has prohibited field Resource')
  const named = (principal: unknown) => refusal(withStatement({ Principal: principal }), 'resource')
  for (const good of [
    '*',
    { AWS: ['123456789012', 'arn:aws:iam::123456789012:root', 'arn:aws:iam::123456789012:user/path/bob'] },
    { AWS: 'arn:aws:sts::123456789012:assumed-role/reader/session', Service: 'glue.amazonaws.com' },
    { CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' },
  ])
    assert.equal(named(good), undefined)
  for (const bad of ['bob', { AWS: 'arn:aws:iam::123456789012:user/*' }, { Robot: 'x' }, { AWS: 'bob' }])
    assert.match(named(bad)!, /^Invalid principal in policy/)
})

test('a session needs whole ARNs', () => {
  const short = withStatement({ Resource: 'arn:aws:sqs' })
  assert.equal(refusal(short), undefined)
  assert.equal(refusal(short, 'session'), 'Resource arn:aws:sqs must be in ARN format or "*".')
})
