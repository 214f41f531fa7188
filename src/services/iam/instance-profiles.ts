import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import { type InstanceProfile, identityArn, newId } from '../../core/identities/identity.ts'
import { limits } from '../../core/identities/limits.ts'
import { addTags, eraseTags, tagsOf } from '../../core/resources/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { instanceProfileShape, tagRecord } from './shapes.ts'
import { requireRoom } from './users.ts'

export function instanceProfileHandlers({ identities, clock, state }: IamRooms): Handlers<typeof Sdk> {
  return {
    async CreateInstanceProfile({ InstanceProfileName, Path = '/', Tags }, { account }) {
      const own = identities.of(account)
      requireRoom(own.instanceProfiles.count(), 'InstanceProfilesPerAccount', limits.InstanceProfilesQuota)
      const profile: InstanceProfile = {
        id: newId('instance-profile'),
        name: InstanceProfileName,
        path: Path,
        arn: identityArn(account, 'instance-profile', Path, InstanceProfileName),
        createdAt: clock.now().toISOString(),
        roles: [],
      }
      const tags = tagRecord(Tags)
      await own.instanceProfiles.create(profile, (tx) => addTags(tx, profile.arn, tags))
      return { InstanceProfile: instanceProfileShape(own, profile, tags) }
    },
    GetInstanceProfile({ InstanceProfileName }, { account }) {
      const own = identities.of(account)
      const profile = own.instanceProfiles.get(InstanceProfileName)
      return { InstanceProfile: instanceProfileShape(own, profile, tagsOf(state, profile.arn)) }
    },
    ListInstanceProfiles(input, { account }) {
      const { PathPrefix = '/' } = input
      const own = identities.of(account)
      const all = own.instanceProfiles.all().filter(({ path }) => path.startsWith(PathPrefix))
      const { items, ...page } = pageOf(input, all)
      return { InstanceProfiles: items.map((profile) => instanceProfileShape(own, profile)), ...page }
    },
    ListInstanceProfilesForRole(input, { account }) {
      const own = identities.of(account)
      const { name } = own.roles.get(input.RoleName)
      const { items, ...page } = pageOf(
        input,
        own.instanceProfiles.all().filter(({ roles }) => roles.includes(name)),
      )
      return { InstanceProfiles: items.map((profile) => instanceProfileShape(own, profile)), ...page }
    },
    async AddRoleToInstanceProfile({ InstanceProfileName, RoleName }, { account }) {
      const own = identities.of(account)
      const { name } = own.roles.get(RoleName)
      await own.instanceProfiles.update(InstanceProfileName, (profile) => {
        requireRoom(profile.roles.length, 'InstanceSessionsPerInstanceProfile', 1)
        return { ...profile, roles: [name] }
      })
      return {}
    },
    async RemoveRoleFromInstanceProfile({ InstanceProfileName, RoleName }, { account }) {
      const own = identities.of(account)
      await own.instanceProfiles.update(InstanceProfileName, (profile) => {
        const kept = profile.roles.filter((name) => name.toLowerCase() !== RoleName.toLowerCase())
        if (kept.length === profile.roles.length)
          throw new Fault(
            'not-found',
            'identity',
            `Role ${RoleName} in Instance Profile ${profile.name} cannot be found.`,
          )
        return { ...profile, roles: kept }
      })
      return {}
    },
    async DeleteInstanceProfile({ InstanceProfileName }, { account }) {
      await identities.of(account).instanceProfiles.delete(
        InstanceProfileName,
        ({ roles }) => {
          if (roles.length > 0)
            throw new Fault(
              'not-empty',
              'identity',
              'Cannot delete entity, must remove roles from instance profile first.',
            )
        },
        (tx, { arn }) => eraseTags(tx, arn),
      )
      return {}
    },
  }
}
