import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import { requireBare } from '../../core/identities/holders.ts'
import { identityArn, newId, type User } from '../../core/identities/identity.ts'
import { limits } from '../../core/identities/limits.ts'
import { addTags, eraseTags, moveTags, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { requireBoundary } from './boundaries.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { groupShape, tagRecord, userShape } from './shapes.ts'

export function userHandlers({ identities, accessKeys, clock, state }: IamRooms): Handlers<typeof Sdk> {
  return {
    async CreateUser({ UserName, Path = '/', PermissionsBoundary, Tags }, { account }) {
      const { users, ...own } = identities.of(account)
      requireRoom(users.count(), 'UsersPerAccount', limits.UsersQuota)
      if (PermissionsBoundary !== undefined) requireBoundary(own, PermissionsBoundary)
      const user: User = {
        id: newId('user'),
        name: UserName,
        path: Path,
        arn: identityArn(account, 'user', Path, UserName),
        createdAt: clock.now().toISOString(),
        inline: [],
        attached: [],
        groups: [],
        boundary: PermissionsBoundary,
      }
      const tags = tagRecord(Tags)
      await users.create(user, (tx) => addTags(tx, user.arn, tags))
      return { User: userShape(user, tags) }
    },
    GetUser({ UserName }, call) {
      const { users } = identities.of(call.account)
      if (UserName === undefined && call.principal.kind === 'root') return { User: rootShape(call) }
      const user = users.get(UserName ?? ownName(call))
      return { User: userShape(user, tagsOf(state, user.arn)) }
    },
    ListUsers(input, { account }) {
      const { PathPrefix = '/' } = input
      const all = identities
        .of(account)
        .users.all()
        .filter(({ path }) => path.startsWith(PathPrefix))
      const { items, ...page } = pageOf(input, all)
      return { Users: items.map((user) => userShape({ ...user, boundary: undefined })), ...page }
    },
    async UpdateUser({ UserName, NewUserName, NewPath }, { account }) {
      const before = identities.of(account).users.get(UserName)
      await identities.of(account).users.rename(
        UserName,
        (user) => {
          const [name, path] = [NewUserName ?? user.name, NewPath ?? user.path]
          return { ...user, name, path, arn: identityArn(account, 'user', path, name) }
        },
        (tx, { arn }) => {
          if (arn !== before.arn) moveTags(tx, before.arn, arn)
        },
      )
      return {}
    },
    async DeleteUser({ UserName }, { account }) {
      await identities.of(account).users.delete(
        UserName,
        (user) => {
          if (user.groups.length > 0)
            throw new Fault('not-empty', 'identity', 'Cannot delete entity, must remove user from all groups first.')
          if (accessKeys.of(account, user.id).length > 0)
            throw new Fault('not-empty', 'identity', 'Cannot delete entity, must delete access keys first.')
          requireBare(user)
        },
        (tx, { arn }) => eraseTags(tx, arn),
      )
      return {}
    },
    ListGroupsForUser(input, { account }) {
      const own = identities.of(account)
      const member = new Set(own.users.get(input.UserName).groups)
      const { items, ...page } = pageOf(
        input,
        own.groups.all().filter(({ id }) => member.has(id)),
      )
      return { Groups: items.map(groupShape), ...page }
    },
  }
}

/** The user who asks, where none is named. */
export function ownName({ principal }: ServiceCall): string {
  if (principal.kind === 'user') return principal.arn.slice(principal.arn.lastIndexOf('/') + 1)
  throw new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials')
}

const rootShape = ({ principal }: ServiceCall): Sdk.User => ({
  Path: '/',
  UserName: 'root',
  UserId: principal.account,
  Arn: principal.arn,
  CreateDate: new Date(0),
})

export function requireRoom(count: number, quota: string, most: number): void {
  if (count >= most) throw new Fault('limit', 'identity', `Cannot exceed quota for ${quota}: ${most}`)
}
