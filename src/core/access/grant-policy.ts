/** A grant on a key, as the policy that it amounts to: docs: kms developerguide, grants. */
import type { Grant } from '../keys/grants.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy } from '../policies/evaluation.ts'

export const grantPolicy = (grant: Grant): AppliedPolicy => ({
  compiled: compiledPolicy(JSON.stringify(documentOf(grant)), 'resource'),
  name: `grant ${grant.id}`,
})

function documentOf({ grantee, retiring, operations, constraints }: Grant): object {
  const allow = (principal: string, actions: readonly string[], condition?: object) => ({
    Effect: 'Allow',
    Principal: principal.startsWith('arn:') ? { AWS: principal } : { Service: principal },
    Action: actions.map((name) => `kms:${name}`),
    Resource: '*',
    ...(condition && { Condition: condition }),
  })
  const used = operations.filter((name) => name !== 'RetireGrant')
  const retirers = [retiring, operations.includes('RetireGrant') ? grantee : undefined].filter(
    (one) => one !== undefined,
  )
  const Statement = [
    ...(grantee !== undefined && used.length > 0 ? [allow(grantee, used, conditionOf(constraints))] : []),
    ...retirers.map((one) => allow(one, ['RetireGrant'])),
  ]
  return { Version: '2012-10-17', Statement: Statement.length > 0 ? Statement : NOTHING }
}

const NOTHING = [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'kms:Nothing', Resource: '*' }]

/** `EncryptionContextSubset`: these pairs and maybe others; `EncryptionContextEquals`: these and no others. */
function conditionOf(constraints: Grant['constraints']): object | undefined {
  const { EncryptionContextSubset: subset, EncryptionContextEquals: equals } = (constraints ?? {}) as Readonly<
    Record<string, Readonly<Record<string, string>> | undefined>
  >
  const pairs = { ...subset, ...equals }
  if (Object.keys(pairs).length === 0) return undefined
  return {
    StringEquals: Object.fromEntries(
      Object.entries(pairs).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
    ),
    ...(equals && { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': Object.keys(equals) } }),
  }
}
