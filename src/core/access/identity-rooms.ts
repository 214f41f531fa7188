/** What knows who may do what, composed. */
import { type Accounts, openAccounts } from '../identities/accounts.ts'
import { type Identities, openIdentities } from '../identities/identities.ts'
import type { Keys } from '../keys/keys.ts'
import { Permissions } from '../permissions/permissions.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { type Access, openAccess } from './access.ts'
import { openPolicies, type Policies } from './bounds.ts'
import { resourceSides } from './resource-sides.ts'

export interface IdentityRooms {
  readonly identities: Identities
  readonly accounts: Accounts
  readonly policies: Policies
  readonly access: Access
  readonly permissions: Permissions
}

/** `account` is the operator's. */
export function openIdentityRooms(rooms: {
  readonly state: StateStore
  readonly clock: Clock
  readonly account: string
  readonly keys: Keys
  readonly secrets: Secrets
}): IdentityRooms {
  const { state, clock, account } = rooms
  const identities = openIdentities(state)
  const accounts = openAccounts(state, clock, account)
  const policies = openPolicies(state, identities, accounts)
  const permissions: Permissions = new Permissions(state, (principal, region, action, resources) =>
    resources.every((resource) => access.allows({ principal, region }, { action, resource })),
  )
  const access = openAccess({
    policies,
    resources: resourceSides({ ...rooms, permissions }),
    clock,
    isAlone: accounts.isAlone,
  })
  return { identities, accounts, policies, access, permissions }
}
