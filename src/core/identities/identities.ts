import { Fault } from '../faults.ts'
import type { StateStore, StateTransaction } from '../ports.ts'
import type { Group, InstanceProfile, ManagedPolicy, Role, User } from './identity.ts'
import { awsManagedPolicies, isAwsManaged } from './managed-policies.ts'
import { type Shelf, shelf } from './shelf.ts'

export interface AccountIdentities {
  readonly account: string
  readonly users: Shelf<User>
  readonly groups: Shelf<Group>
  readonly roles: Shelf<Role>
  /** The account's own. */
  readonly policies: Shelf<ManagedPolicy>
  readonly instanceProfiles: Shelf<InstanceProfile>
  /** By ARN, AWS's too. Throws `Fault('not-found', 'identity')`. */
  policy(arn: string): ManagedPolicy
  findPolicy(arn: string): ManagedPolicy | undefined
}

export interface Identities {
  of(account: string): AccountIdentities
  /** A change beside the identities themselves, of tags. */
  touch(work: (tx: StateTransaction) => void): Promise<void>
  /** Grows with every change: what was reckoned before it may no longer hold. */
  readonly generation: () => number
}

export function openIdentities(state: StateStore): Identities {
  const accounts = new Map<string, AccountIdentities>()
  let generation = 0
  const changed = (): void => void generation++
  return {
    generation: () => generation,
    async touch(work) {
      await state.transaction(work)
      changed()
    },
    of(account) {
      const known = accounts.get(account) ?? accountIdentities(state, account, changed)
      accounts.set(account, known)
      return known
    },
  }
}

function accountIdentities(state: StateStore, account: string, changed: () => void): AccountIdentities {
  const space = (kind: string) => `iam/${account}/${kind}`
  const kind = <T extends { readonly name: string }>(folder: string, noun: string) =>
    shelf<T>(
      state,
      space(folder),
      {
        missing: (name) => `The ${noun} with name ${name} cannot be found.`,
        exists: (name) => `${noun[0]!.toUpperCase()}${noun.slice(1)} with name ${name} already exists.`,
      },
      changed,
    )
  const policies = shelf<ManagedPolicy>(
    state,
    space('policies'),
    {
      missing: (name) => `Policy ${name} was not found.`,
      exists: (name) => `A policy called ${name} already exists. Duplicate names are not allowed.`,
    },
    changed,
  )
  const findPolicy = (arn: string): ManagedPolicy | undefined => {
    if (isAwsManaged(arn)) return awsManagedPolicies().get(arn)
    const found = policies.find(arn.slice(arn.lastIndexOf('/') + 1))
    return found?.arn === arn ? found : undefined
  }
  return {
    account,
    users: kind<User>('users', 'user'),
    groups: kind<Group>('groups', 'group'),
    roles: kind<Role>('roles', 'role'),
    policies,
    instanceProfiles: shelf<InstanceProfile>(
      state,
      space('instance-profiles'),
      {
        missing: (name) => `Instance Profile ${name} cannot be found.`,
        exists: (name) => `Instance Profile ${name} already exists.`,
      },
      changed,
    ),
    findPolicy,
    policy(arn) {
      const found = findPolicy(arn)
      if (!found) throw new Fault('not-found', 'identity', `Policy ${arn} was not found.`)
      return found
    },
  }
}
