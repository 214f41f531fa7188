import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import { identityArn, type ManagedPolicy, newId } from '../../core/identities/identity.ts'
import { limits } from '../../core/identities/limits.ts'
import {
  awsManagedPolicies,
  checkManagedPolicy,
  isAwsManaged,
  versionOf,
  withDefault,
  withoutVersion,
  withVersion,
} from '../../core/identities/managed-policies.ts'
import { addTags, eraseTags, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { encoded, policyShape, tagRecord } from './shapes.ts'
import { requireRoom } from './users.ts'

export interface Uses {
  readonly attached: ReadonlyMap<string, number>
  readonly boundaries: ReadonlyMap<string, number>
}

/** How often each policy is attached, and how often it is a boundary. */
export function usesIn(own: AccountIdentities): Uses {
  const count = (arns: readonly string[]) => {
    const counts = new Map<string, number>()
    for (const arn of arns) counts.set(arn, (counts.get(arn) ?? 0) + 1)
    return counts
  }
  const bounded = [...own.users.all(), ...own.roles.all()]
  return {
    attached: count([...bounded, ...own.groups.all()].flatMap(({ attached }) => attached)),
    boundaries: count(bounded.flatMap(({ boundary }) => boundary ?? [])),
  }
}

export const usesOf = ({ attached, boundaries }: Uses, arn: string) => ({
  attached: attached.get(arn) ?? 0,
  boundaries: boundaries.get(arn) ?? 0,
})

export function policyHandlers({ identities, clock, state }: IamRooms): Handlers<typeof Sdk> {
  const now = () => clock.now().toISOString()
  const change = async (account: string, arn: string, work: (policy: ManagedPolicy) => ManagedPolicy) => {
    if (isAwsManaged(arn))
      throw new AwsError('AccessDenied', `Policy ${arn} is managed by AWS and can not be changed.`, { status: 403 })
    const own = identities.of(account)
    return own.policies.update(own.policy(arn).name, work)
  }
  return {
    async CreatePolicy({ PolicyName, PolicyDocument, Path = '/', Description, Tags }, { account }) {
      checkManagedPolicy(PolicyDocument)
      const { policies } = identities.of(account)
      requireRoom(policies.count(), 'PoliciesPerAccount', limits.PoliciesQuota)
      const createdAt = now()
      const policy: ManagedPolicy = {
        id: newId('policy'),
        name: PolicyName,
        path: Path,
        arn: identityArn(account, 'policy', Path, PolicyName),
        description: Description,
        createdAt,
        updatedAt: createdAt,
        defaultVersion: 'v1',
        versions: [{ id: 'v1', text: PolicyDocument, createdAt }],
        nextVersion: 2,
      }
      const tags = tagRecord(Tags)
      await policies.create(policy, (tx) => addTags(tx, policy.arn, tags))
      return { Policy: policyShape(policy, { attached: 0, boundaries: 0 }, tags) }
    },
    GetPolicy({ PolicyArn }, { account }) {
      const own = identities.of(account)
      const policy = own.policy(PolicyArn)
      return { Policy: policyShape(policy, usesOf(usesIn(own), PolicyArn), tagsOf(state, PolicyArn)) }
    },
    ListPolicies(input, { account }) {
      const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter } = input
      const own = identities.of(account)
      const uses = usesIn(own)
      const used = (arn: string) => {
        const { attached, boundaries } = usesOf(uses, arn)
        if (PolicyUsageFilter === 'PermissionsBoundary') return boundaries > 0
        return !OnlyAttached || attached > 0
      }
      const all = [
        ...(Scope === 'AWS' ? [] : own.policies.all()),
        ...(Scope === 'Local' ? [] : awsManagedPolicies().values()),
      ].filter(({ path, arn }) => path.startsWith(PathPrefix) && used(arn))
      const { items, ...page } = pageOf(input, all)
      return {
        Policies: items.map((policy) => policyShape({ ...policy, description: undefined }, usesOf(uses, policy.arn))),
        ...page,
      }
    },
    async DeletePolicy({ PolicyArn }, { account }) {
      const own = identities.of(account)
      if (isAwsManaged(PolicyArn)) await change(account, PolicyArn, (policy) => policy)
      await own.policies.delete(
        own.policy(PolicyArn).name,
        ({ versions }) => {
          const { attached, boundaries } = usesOf(usesIn(own), PolicyArn)
          if (attached + boundaries > 0)
            throw new Fault('not-empty', 'identity', 'Cannot delete a policy attached to entities.')
          if (versions.length > 1)
            throw new Fault(
              'not-empty',
              'identity',
              "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
            )
        },
        (tx, { arn }) => eraseTags(tx, arn),
      )
      return {}
    },
    async CreatePolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault = false }, { account }) {
      checkManagedPolicy(PolicyDocument)
      const changed = await change(account, PolicyArn, (policy) =>
        withVersion(policy, PolicyDocument, SetAsDefault, now()),
      )
      return { PolicyVersion: versionShape(changed, changed.versions.at(-1)!) }
    },
    GetPolicyVersion({ PolicyArn, VersionId }, { account }) {
      const policy = identities.of(account).policy(PolicyArn)
      const version = versionOf(policy, VersionId)
      return { PolicyVersion: { ...versionShape(policy, version), Document: encoded(version.text) } }
    },
    ListPolicyVersions(input, { account }) {
      const policy = identities.of(account).policy(input.PolicyArn)
      const { items, ...page } = pageOf(input, policy.versions.toReversed())
      return { Versions: items.map((version) => versionShape(policy, version)), ...page }
    },
    async SetDefaultPolicyVersion({ PolicyArn, VersionId }, { account }) {
      await change(account, PolicyArn, (policy) => withDefault(policy, VersionId, now()))
      return {}
    },
    async DeletePolicyVersion({ PolicyArn, VersionId }, { account }) {
      await change(account, PolicyArn, (policy) => withoutVersion(policy, VersionId))
      return {}
    },
    ListEntitiesForPolicy(input, { account }) {
      const { PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter } = input
      const own = identities.of(account)
      own.policy(PolicyArn)
      const uses = (holder: { attached: readonly string[]; boundary?: string; path: string }) =>
        holder.path.startsWith(PathPrefix) &&
        ((PolicyUsageFilter !== 'PermissionsBoundary' && holder.attached.includes(PolicyArn)) ||
          (PolicyUsageFilter !== 'PermissionsPolicy' && holder.boundary === PolicyArn))
      const wanted = (kind: string) => EntityFilter === undefined || EntityFilter === kind
      const all = [
        ...(wanted('Group') ? own.groups.all() : []).filter(uses).map((one) => ({ kind: 'group', ...one })),
        ...(wanted('User') ? own.users.all() : []).filter(uses).map((one) => ({ kind: 'user', ...one })),
        ...(wanted('Role') ? own.roles.all() : []).filter(uses).map((one) => ({ kind: 'role', ...one })),
      ]
      const { items, ...page } = pageOf(input, all)
      const of = (kind: string) => items.filter((one) => one.kind === kind)
      return {
        PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
        PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
        PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
        ...page,
      }
    },
  }
}

export const versionShape = (
  { defaultVersion }: ManagedPolicy,
  { id, createdAt }: ManagedPolicy['versions'][number],
): Sdk.PolicyVersion => ({ VersionId: id, IsDefaultVersion: id === defaultVersion, CreateDate: new Date(createdAt) })
