import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import { requireBare } from '../../core/identities/holders.ts'
import { type Group, identityArn, newId } from '../../core/identities/identity.ts'
import { limits } from '../../core/identities/limits.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { groupShape, userShape } from './shapes.ts'
import { requireRoom } from './users.ts'

export function groupHandlers({ identities, clock }: IamRooms): Handlers<typeof Sdk> {
  const members = (account: string, { id }: Group) =>
    identities
      .of(account)
      .users.all()
      .filter(({ groups }) => groups.includes(id))
  return {
    async CreateGroup({ GroupName, Path = '/' }, { account }) {
      const { groups } = identities.of(account)
      requireRoom(groups.count(), 'GroupsPerAccount', limits.GroupsQuota)
      const group: Group = {
        id: newId('group'),
        name: GroupName,
        path: Path,
        arn: identityArn(account, 'group', Path, GroupName),
        createdAt: clock.now().toISOString(),
        inline: [],
        attached: [],
      }
      await groups.create(group)
      return { Group: groupShape(group) }
    },
    GetGroup(input, { account }) {
      const group = identities.of(account).groups.get(input.GroupName)
      const { items, ...page } = pageOf(input, members(account, group))
      return { Group: groupShape(group), Users: items.map((user) => userShape(user)), ...page }
    },
    ListGroups(input, { account }) {
      const { PathPrefix = '/' } = input
      const all = identities
        .of(account)
        .groups.all()
        .filter(({ path }) => path.startsWith(PathPrefix))
      const { items, ...page } = pageOf(input, all)
      return { Groups: items.map(groupShape), ...page }
    },
    async UpdateGroup({ GroupName, NewGroupName, NewPath }, { account }) {
      await identities.of(account).groups.rename(GroupName, (group) => {
        const [name, path] = [NewGroupName ?? group.name, NewPath ?? group.path]
        return { ...group, name, path, arn: identityArn(account, 'group', path, name) }
      })
      return {}
    },
    async DeleteGroup({ GroupName }, { account }) {
      await identities.of(account).groups.delete(GroupName, (group) => {
        if (members(account, group).length > 0)
          throw new Fault('not-empty', 'identity', 'Cannot delete entity, must remove users from group first.')
        requireBare(group)
      })
      return {}
    },
    async AddUserToGroup({ GroupName, UserName }, { account }) {
      const { users, groups } = identities.of(account)
      const { id } = groups.get(GroupName)
      await users.update(UserName, (user) => {
        if (user.groups.includes(id)) return user
        requireRoom(user.groups.length, 'GroupsPerUser', limits.GroupsPerUserQuota)
        return { ...user, groups: [...user.groups, id] }
      })
      return {}
    },
    async RemoveUserFromGroup({ GroupName, UserName }, { account }) {
      const { users, groups } = identities.of(account)
      const { id } = groups.get(GroupName)
      await users.update(UserName, (user) => ({ ...user, groups: user.groups.filter((one) => one !== id) }))
      return {}
    },
  }
}
