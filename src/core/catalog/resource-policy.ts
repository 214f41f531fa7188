/** The policy of a catalog: one of an account in a region. */
import type { StateReader } from '../ports.ts'
import type { Scope } from './catalog.ts'

export interface ResourcePolicy {
  readonly json: string
  readonly hash: string
  /** ISO 8601, as all times here. */
  readonly createdAt: string
  readonly updatedAt: string
}

export const RESOURCE_POLICIES = 'glue/resource-policies'

export const resourcePolicyKey = ({ account, region }: Scope): string => `${account}/${region}`

export const glueResourcePolicy = (state: StateReader, scope: Scope): string | undefined =>
  state.get<ResourcePolicy>(RESOURCE_POLICIES, resourcePolicyKey(scope))?.doc.json
