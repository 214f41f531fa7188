/** Who owns what an ARN names, and what its own policies say. Only what has policies of its own is looked up. */

import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import { glueResourcePolicy } from '../catalog/resource-policy.ts'
import { Fault } from '../faults.ts'
import { grantsOf } from '../keys/grants.ts'
import type { Key } from '../keys/key.ts'
import type { Keys } from '../keys/keys.ts'
import { type Bucket, bucketPolicy } from '../objects/buckets.ts'
import { spaces } from '../objects/object.ts'
import type { Permissions } from '../permissions/permissions.ts'
import { isAbroad } from '../permissions/shared-scopes.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy } from '../policies/evaluation.ts'
import type { StateStore } from '../ports.ts'
import { tagsOf } from '../resources/tags.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { tablePolicies } from '../table-buckets/policies.ts'
import type { KnownSide, ResourceSides } from './access.ts'
import { SHARED, sharesByGrant } from './catalog-shares.ts'
import { grantPolicy } from './grant-policy.ts'

interface Rooms {
  readonly state: StateStore
  readonly keys: Keys
  readonly secrets: Secrets
  readonly permissions: Permissions
}

type Find = (rooms: Rooms, arn: string, scope: Scope, asking: Asking) => KnownSide

interface Asking {
  readonly action: string
  readonly principal: Principal
}

export function resourceSides(rooms: Rooms): ResourceSides {
  return {
    of({ resource, action }, { principal, region }) {
      if (!resource.startsWith('arn:')) return { account: principal.account }
      const [, , service = '', told = '', account = ''] = resource.split(':', 6)
      const scope = { account: account || principal.account, region: told || region }
      const found = finders[service]?.(rooms, resource, scope, { action, principal }) ?? { account: scope.account }
      return { ...found, tags: found.tags ?? tagsOf(rooms.state, resource) }
    },
  }
}

const finders: Readonly<Record<string, Find>> = {
  s3({ state }, arn, { account }) {
    const name = /^arn:[^:]*:s3:::([^/]+)/.exec(arn)?.[1] ?? ''
    const bucket = state.get<Bucket>(spaces.buckets, name)?.doc
    if (!bucket) return { account }
    return { account: bucket.account, policies: policiesOf(bucketPolicy(state, name)) }
  },
  glue({ state, permissions }, arn, scope, { action, principal }) {
    const policies = policiesOf(glueResourcePolicy(state, scope)) ?? []
    const isShared = isAbroad(principal, scope) && sharesByGrant(permissions, principal, scope, action, arn)
    return { account: scope.account, policies: isShared ? [...policies, SHARED] : policies }
  },
  kms({ state, keys }, arn, scope) {
    if (!arn.includes(':key/')) return { account: scope.account }
    const key = existing<Key>(() => keys.get(scope, arn))
    if (!key) return { account: scope.account }
    const grants = grantsOf(state, scope, key.id)
    const policies = [...(policiesOf(key.policy) ?? []), ...grants.map((grant) => grantPolicy(grant))]
    const aliases = () => keys.aliasesOf(scope, key).map(({ name }) => name)
    return { account: scope.account, policies, mustAllow: true, facts: new Map([['kms:resourcealiases', aliases]]) }
  },
  secretsmanager({ secrets }, arn, scope) {
    const secret = existing(() => secrets.get(scope, arn))
    return { account: scope.account, policies: policiesOf(secret?.policy) }
  },
  s3tables: ({ state }, arn, scope) => ({
    account: scope.account,
    policies: tablePolicies(state, scope, arn).flatMap((text) => policiesOf(text) ?? []),
  }),
}

/** What the one policy of a resource is called, which has no name. */
export const RESOURCE_POLICY = 'resource policy'

/** Those of a text, if there is one. */
export function policiesOf(text: string | undefined): readonly AppliedPolicy[] | undefined {
  if (text === undefined) return undefined
  const compiled = existing(() => compiledPolicy(text, 'resource')) ?? CLOSED
  return [{ compiled, name: RESOURCE_POLICY }]
}

/** What was kept before policies were read, and says nothing that can be, lets nobody in. */
const CLOSED = compiledPolicy(
  JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' } }),
  'resource',
)

/** What is not there has no policy: whoever asks for it hears so from the service, if they may ask. */
function existing<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
