import { createHash } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-glue'
import { RESOURCE_POLICIES, type ResourcePolicy, resourcePolicyKey } from '../../core/catalog/resource-policy.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { parsePolicy } from '../../core/policies/document.ts'
import type { StateReader } from '../../core/ports.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { requireFirstPage } from './paging.ts'
import { scopeOf } from './scope.ts'

const keyOf = (call: ServiceCall): string => resourcePolicyKey(scopeOf(call, undefined))

/** The policy of the catalog: one of an account in a region. */
export function resourcePolicies({ state, clock }: Lake): Handlers<typeof Sdk> {
  const find = (reader: StateReader, call: ServiceCall): ResourcePolicy | undefined =>
    reader.get<ResourcePolicy>(RESOURCE_POLICIES, keyOf(call))?.doc

  return {
    async PutResourcePolicy(input, call) {
      requirePolicy(input.PolicyInJson)
      const now = clock.now().toISOString()
      const hash = createHash('sha256').update(input.PolicyInJson).digest('base64')
      await state.transaction((tx) => {
        const found = find(tx, call)
        if (input.PolicyExistsCondition === 'MUST_EXIST' && !found) throw policyMissing()
        if (input.PolicyExistsCondition === 'NOT_EXIST' && found) throw conditionFailed()
        requireHash(found, input.PolicyHashCondition)
        const policy = { json: input.PolicyInJson, hash, createdAt: found?.createdAt ?? now, updatedAt: now }
        tx.put(RESOURCE_POLICIES, keyOf(call), policy satisfies ResourcePolicy)
      })
      return { PolicyHash: hash }
    },

    GetResourcePolicy(_, call) {
      const found = find(state, call)
      if (!found) throw policyMissing()
      return policy(found)
    },

    GetResourcePolicies(input, call) {
      requireFirstPage(input)
      const found = find(state, call)
      return { GetResourcePoliciesResponseList: found ? [policy(found)] : [] }
    },

    async DeleteResourcePolicy(input, call) {
      await state.transaction((tx) => {
        const found = find(tx, call)
        if (!found) throw policyMissing()
        requireHash(found, input.PolicyHashCondition)
        tx.delete(RESOURCE_POLICIES, keyOf(call))
      })
      return {}
    },
  }
}

const policy = ({ json, hash, createdAt, updatedAt }: ResourcePolicy): Sdk.GluePolicy => ({
  PolicyInJson: json,
  PolicyHash: hash,
  CreateTime: new Date(createdAt),
  UpdateTime: new Date(updatedAt),
})

/** "Its size is limited to 10 KB" (glue dg, security_iam_service-with-iam). */
const MOST_POLICY_BYTES = 10_240

function requirePolicy(json: string): void {
  if (Buffer.byteLength(json) > MOST_POLICY_BYTES)
    throw new AwsError('InvalidInputException', `Invalid policy: it is larger than ${MOST_POLICY_BYTES} bytes`)
  try {
    parsePolicy(json, 'resource')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new AwsError('InvalidInputException', `Invalid policy: ${error.message}`)
  }
}

function requireHash(found: ResourcePolicy | undefined, expected: string | undefined): void {
  if (expected !== undefined && expected !== found?.hash) throw conditionFailed()
}

const policyMissing = (): Fault => new Fault('not-found', 'policy', 'Policy not found')
const conditionFailed = (): AwsError =>
  new AwsError('ConditionCheckFailureException', 'The condition of the policy is not met.')
