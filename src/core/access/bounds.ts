/** Which policies hold for whom. What was gathered is kept until an identity or a policy changes. */
import type { Principal, SessionPolicy } from '../call.ts'
import type { Accounts } from '../identities/accounts.ts'
import type { AccountIdentities, Identities } from '../identities/identities.ts'
import type { Group, Holder, Role, User } from '../identities/identity.ts'
import { defaultText } from '../identities/managed-policies.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy, Bounds } from '../policies/evaluation.ts'
import type { Asker } from '../policies/principals.ts'
import type { StateReader } from '../ports.ts'
import { type Tags, tagsOf } from '../resources/tags.ts'

export interface Policies {
  boundsOf(principal: Principal): Bounds
  /** Of the user or the role: without a session's. */
  entityBounds(account: string, entity: User | Role, kind: 'user' | 'role'): Bounds
  groupPolicies(account: string, group: Group): readonly AppliedPolicy[]
  /** The tags of the user or role behind a principal. */
  tagsOf(principal: Principal): Tags
  userById(account: string, id: string): User | undefined
  /** Whether who a session was made for is still there. */
  isKnown(principal: Principal): boolean
  readonly generation: () => number
}

interface Entity {
  readonly holder: User | Role
  readonly kind: 'user' | 'role'
  readonly bounds: Bounds
  readonly tags: Tags
}

export function openPolicies(state: StateReader, identities: Identities, accounts: Accounts): Policies {
  const generation = () => identities.generation() + accounts.generation()
  let reckonedAt = -1
  const entities = new Map<string, Entity | undefined>()
  const usersById = new Map<string, ReadonlyMap<string, User>>()
  const refresh = (): void => {
    if (reckonedAt === generation()) return
    reckonedAt = generation()
    entities.clear()
    usersById.clear()
  }
  const userById = (account: string, id: string): User | undefined => {
    refresh()
    const users =
      usersById.get(account) ??
      new Map(
        identities
          .of(account)
          .users.all()
          .map((user) => [user.id, user]),
      )
    usersById.set(account, users)
    return users.get(id)
  }
  const groupPolicies = (account: string, group: Group) => policiesOf(identities.of(account), group, 'group')
  const entityBounds = (account: string, holder: User | Role, kind: 'user' | 'role'): Bounds => {
    const own = identities.of(account)
    const member = new Set('groups' in holder ? holder.groups : [])
    const groups = member.size === 0 ? [] : own.groups.all().filter(({ id }) => member.has(id))
    const boundary = holder.boundary === undefined ? undefined : managed(own, holder.boundary)
    return {
      identity: [...policiesOf(own, holder, kind), ...groups.flatMap((group) => groupPolicies(account, group))],
      // A boundary that is gone lets nothing through.
      boundary: holder.boundary === undefined ? undefined : (boundary ?? NOTHING),
      control: accounts.controlOf(account),
    }
  }
  const entityOf = ({ account, arn, entityArn, id }: Principal): Entity | undefined => {
    refresh()
    const of = entityArn ?? arn
    if (!entities.has(of)) entities.set(of, findEntity(state, identities.of(account), of, entityBounds))
    const found = entities.get(of)
    // A user who federated is known by the ARN alone: the session's id is made of its name.
    return found && (id === undefined || found.holder.id === id.split(':')[0] || isFederated(id)) ? found : undefined
  }
  return {
    generation,
    userById,
    groupPolicies,
    entityBounds,
    isKnown: (principal) => principal.kind === 'root' || entityOf(principal) !== undefined,
    tagsOf: (principal) => entityOf(principal)?.tags ?? {},
    boundsOf(principal) {
      const { kind, account, session } = principal
      if (kind === 'anonymous') return { identity: [] }
      if (kind === 'root') return { identity: [], control: accounts.controlOf(account) }
      const bounds = entityOf(principal)?.bounds ?? { identity: [] }
      if (!session?.policies) return bounds
      return { ...bounds, session: session.policies.map((policy) => sessionPolicy(identities.of(account), policy)) }
    },
  }
}

const isFederated = (id: string): boolean => /^\d{12}:/.test(id)

function findEntity(
  state: StateReader,
  own: AccountIdentities,
  arn: string,
  entityBounds: Policies['entityBounds'],
): Entity | undefined {
  const [, kind, name] = /:(user|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  const holder = kind === 'user' ? own.users.find(name!) : kind === 'role' ? own.roles.find(name!) : undefined
  if (holder?.arn !== arn) return undefined
  const of = kind as Entity['kind']
  return { holder, kind: of, bounds: entityBounds(own.account, holder, of), tags: tagsOf(state, arn) }
}

function policiesOf(own: AccountIdentities, holder: Holder, kind: 'user' | 'role' | 'group'): AppliedPolicy[] {
  const inline = holder.inline.map(
    ({ name, text }): AppliedPolicy => ({
      compiled: compiledPolicy(text, 'identity'),
      name: `${kind}_${holder.name}_${name}`,
    }),
  )
  return [...inline, ...holder.attached.flatMap((arn) => managed(own, arn) ?? [])]
}

function managed(own: AccountIdentities, arn: string): AppliedPolicy | undefined {
  const policy = own.findPolicy(arn)
  return policy && { compiled: compiledPolicy(defaultText(policy), 'identity'), arn, name: policy.name }
}

const NOTHING: AppliedPolicy = {
  compiled: compiledPolicy(
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }),
    'identity',
  ),
  name: 'gone',
}

function sessionPolicy(own: AccountIdentities, policy: SessionPolicy): AppliedPolicy {
  if ('text' in policy) return { compiled: compiledPolicy(policy.text, 'session'), name: 'session' }
  return managed(own, policy.arn) ?? NOTHING
}

export const askerOf = ({ kind, arn, account, entityArn, id, session }: Principal): Asker => ({
  kind,
  arn,
  account,
  entityArn,
  entityId: id?.split(':')[0],
  provider: session?.provider,
})
