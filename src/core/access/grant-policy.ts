/** A grant on a key, as the policy that it amounts to: docs: kms developerguide, grants. */
import type { Grant } from '../keys/grants.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy } from '../policies/evaluation.ts'

export const grantPolicy = (grant: Grant): AppliedPolicy => ({
  compiled: compiledPolicy(JSON.stringify(documentOf(grant)), 'resource'),
  name: `grant ${grant.id}`,
})

/** Requests that bring no encryption context: a constraint is ignored for them. */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(['DescribeKey', 'GetPublicKey'])

function documentOf({ id, grantee, retiring, operations, constraints }: Grant): object {
  const allow = (principal: string, actions: readonly string[], condition?: object) => ({
    Effect: 'Allow',
    Principal: principal.startsWith('arn:') ? { AWS: principal } : { Service: principal },
    Action: actions.map((name) => `kms:${name}`),
    Resource: '*',
    ...(condition && { Condition: condition }),
  })
  const bound = operations.filter(
    (name) => !WITHOUT_CONTEXT.has(name) && name !== 'CreateGrant' && name !== 'RetireGrant',
  )
  const free = operations.filter((name) => WITHOUT_CONTEXT.has(name))
  const retirers = [retiring, operations.includes('RetireGrant') ? grantee : undefined].filter(
    (one) => one !== undefined,
  )
  const Statement = [
    ...(grantee !== undefined && bound.length > 0 ? [allow(grantee, bound, conditionOf(constraints))] : []),
    ...(grantee !== undefined && free.length > 0 ? [allow(grantee, free)] : []),
    ...(grantee !== undefined && operations.includes('CreateGrant')
      ? [allow(grantee, ['CreateGrant'], childCondition(operations, constraints))]
      : []),
    ...retirers.map((one) => allow(one, ['RetireGrant'], { StringEquals: { [GRANT_ID]: id } })),
  ]
  return { Version: '2012-10-17', Statement: Statement.length > 0 ? Statement : NOTHING }
}

/** Told of `RetireGrant` for grants alone: each is retired by whom it names, not by whom another one names. */
export const GRANT_ID = 'kms:grantid'

const NOTHING = [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'kms:Nothing', Resource: '*' }]

type Constraints = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** `EncryptionContextSubset`: these pairs and maybe others; `EncryptionContextEquals`: these and no others. */
function conditionOf(constraints: Grant['constraints']): Conditions | undefined {
  const { EncryptionContextSubset: subset, EncryptionContextEquals: equals } = (constraints ?? {}) as Constraints
  const pairs = { ...subset, ...equals }
  if (Object.keys(pairs).length === 0) return undefined
  return {
    StringEquals: Object.fromEntries(
      Object.entries(pairs).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
    ),
    ...(equals && { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': Object.keys(equals) } }),
  }
}

/**
 * What a grant lets its grantee pass on: some of its own operations, under constraints that are at least as strict. A grant of
 * any pairs beside these is no stricter than one of just these (docs: kms developerguide, create-grant-overview).
 */
function childCondition(operations: readonly string[], constraints: Grant['constraints']): Conditions {
  const own = conditionOf(constraints)
  const isExact = (constraints as Constraints | undefined)?.EncryptionContextEquals !== undefined
  return {
    StringEquals: { ...own?.StringEquals, ...(isExact && { 'kms:GrantConstraintType': 'EncryptionContextEquals' }) },
    'ForAllValues:StringEquals': { ...own?.['ForAllValues:StringEquals'], 'kms:GrantOperations': operations },
  }
}
