// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policies write their variables so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCondition, isOperator } from './operators.ts'

type Told = Readonly<Record<string, string | readonly string[]>>
const holds = (operator: string, key: string, values: readonly string[], told: Told): boolean =>
  compileCondition(operator, key, values, true)({ get: (asked) => told[asked] })

// The tables of reference_policies_elements_condition_operators.html: operator, policy's values, request's, result.
const documented: readonly (readonly [string, readonly string[], string | readonly string[] | undefined, boolean])[] = [
  ['StringEquals', ['iamuser-admin'], 'iamuser-admin', true],
  ['StringEquals', ['iamuser-admin'], 'dev-ops', false],
  ['StringEquals', ['iamuser-admin'], undefined, false],
  ['StringNotEquals', ['iamuser-admin'], undefined, true],
  ['StringEqualsIgnoreCase', ['Admin'], 'aDMIN', true],
  ['StringNotLike', ['dev-*'], undefined, true],
  ['StringLike', ['home/*'], 'home/bob', true],
  ['NumericLessThanEquals', ['10'], '10', true],
  ['NumericLessThanEquals', ['10'], '11', false],
  ['NumericLessThanEquals', ['10'], undefined, false],
  ['NumericEquals', ['10'], 'ten', false],
  ['DateGreaterThan', ['2020-01-01T00:00:01Z'], '2020-01-01T00:00:02Z', true],
  ['DateGreaterThan', ['2020-01-01T00:00:01Z'], '2019-12-31T00:00:00Z', false],
  ['DateLessThan', ['1577836801'], '2019-12-31T00:00:00Z', true],
  ['Bool', ['false'], 'false', true],
  ['Bool', ['false'], 'true', false],
  ['Bool', ['false'], undefined, false],
  ['BinaryEquals', ['QmluYXJ5VmFsdWVJbkJhc2U2NA=='], 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
  ['BinaryEquals', ['QmluYXJ5VmFsdWVJbkJhc2U2NA=='], 'ASIAIOSFODNN7EXAMPLE', false],
  ['IpAddress', ['203.0.113.0/24'], '203.0.113.1', true],
  ['IpAddress', ['203.0.113.0/24'], '198.51.100.1', false],
  ['IpAddress', ['2001:DB8:1234:5678::/64'], '2001:db8:1234:5678:90ab::', true],
  ['NotIpAddress', ['203.0.113.0/24'], '198.51.100.1', true],
  ['ArnEquals', ['arn:aws:sns:us-east-1:123456789012:my-topic'], 'arn:aws:sns:us-east-1:123456789012:my-topic', true],
  ['ArnLike', ['arn:aws:sns:*:123456789012:my-*'], 'arn:aws:sns:us-west-2:123456789012:my-topic', true],
  ['ArnLike', ['arn:aws:sns:*:my-topic'], 'arn:aws:sns:us-west-2:123456789012:my-topic', false],
  ['ArnNotLike', ['arn:aws:sns:*:*:*'], undefined, true],
  ['StringLikeIfExists', ['t1.*'], undefined, true],
  ['StringLikeIfExists', ['t1.*'], 't1.micro', true],
  ['StringLikeIfExists', ['t1.*'], 'm3.large', false],
  ['Null', ['true'], undefined, true],
  ['Null', ['true'], 'there', false],
  ['Null', ['false'], 'there', true],
  ['Null', ['false'], '', true],
]
test('operators answer as their tables say', () => {
  for (const [operator, wanted, told, result] of documented)
    assert.equal(
      holds(operator, 'k', wanted, told === undefined ? {} : { k: told }),
      result,
      `${operator} ${wanted} ${told}`,
    )
})

// The tables of reference_policies_condition-single-vs-multi-valued-context-keys.html.
test('sets are compared as the documentation compares tags', () => {
  const tags = ['environment', 'cost-center']
  const all = (told: readonly string[]) =>
    holds('ForAllValues:StringEquals', 'aws:TagKeys', tags, { 'aws:tagkeys': told }) &&
    holds('Null', 'aws:TagKeys', ['false'], { 'aws:tagkeys': told })
  assert.deepEqual(
    [['environment'], ['cost-center'], ['environment', 'cost-center'], ['environment', 'dept'], []].map(all),
    [true, true, true, false, false],
  )
  assert.equal(holds('ForAllValues:StringEquals', 'aws:TagKeys', tags, {}), true)
  const any = (told: readonly string[]) =>
    holds('ForAnyValue:StringEquals', 'aws:TagKeys', tags, { 'aws:tagkeys': told })
  assert.deepEqual(
    [['environment'], ['cost-center'], ['environment', 'cost-center'], ['environment', 'dept'], ['dept'], []].map(any),
    [true, true, true, true, false, false],
  )
  // "Negated matching. None of the values ... can match any"; "At least one context key value must NOT match any".
  assert.equal(holds('ForAllValues:StringNotEquals', 'k', ['a', 'b'], { k: ['c', 'd'] }), true)
  assert.equal(holds('ForAllValues:StringNotEquals', 'k', ['a', 'b'], { k: ['a', 'd'] }), false)
  assert.equal(holds('ForAnyValue:StringNotLike', 'k', ['a*'], { k: ['ab', 'd'] }), true)
  assert.equal(holds('ForAnyValue:StringNotLike', 'k', ['a*'], {}), false)
})

test('variables stand for the value of the request, for a default, or for themselves', () => {
  const like = (wanted: string, value: string, told: Told = {}) =>
    holds('StringLike', 'k', [wanted], { ...told, k: value })
  assert.equal(like('home/${aws:username}/*', 'home/martha/x', { 'aws:username': 'martha' }), true)
  assert.equal(like('home/${aws:username}/*', 'home/nikki/x', { 'aws:username': 'martha' }), false)
  assert.equal(like('home/${aws:username}/*', 'home/${aws:username}/x'), false)
  assert.equal(like("${aws:PrincipalTag/team, 'company-wide'}", 'company-wide'), true)
  assert.equal(like("${aws:PrincipalTag/team, 'company-wide'}", 'yellow', { 'aws:principaltag/team': 'yellow' }), true)
  assert.equal(like('a${*}b', 'a*b'), true)
  assert.equal(like('a${*}b', 'axb'), false)
  assert.equal(like('${$}', '$'), true)
  // A value brings no wildcards with it.
  assert.equal(like('${aws:username}', 'anyone', { 'aws:username': '*' }), false)
  // "You cannot use a multivalued context key as a policy variable."
  assert.equal(like('${aws:TagKeys}', 'a', { 'aws:tagkeys': ['a'] }), false)
  assert.equal(
    compileCondition('StringEquals', 'k', ['${aws:username}'], false)({ get: () => '${aws:username}' }),
    true,
  )
})

test('operators know no case, and what is none is refused', () => {
  assert.ok(['stringequals', 'FORANYVALUE:StringLikeIfExists', 'Null', 'NumericNotEquals'].every(isOperator))
  assert.ok(!['StringEqual', 'ForSomeValue:StringLike', 'NullIfExists', 'constructor', ''].some(isOperator))
})
