import type * as Sdk from '@aws-sdk/client-iam'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import type { Handlers } from '../../protocol/service.ts'
import type { IamRooms } from './rooms.ts'

/** Throws `Fault('not-found', 'identity')`. */
export function requireBoundary(own: Pick<AccountIdentities, 'policy'>, arn: string): void {
  own.policy(arn)
}

export function boundaryHandlers({ identities }: IamRooms): Handlers<typeof Sdk> {
  return {
    async PutUserPermissionsBoundary({ UserName, PermissionsBoundary }, { account }) {
      const own = identities.of(account)
      requireBoundary(own, PermissionsBoundary)
      await own.users.update(UserName, (user) => ({ ...user, boundary: PermissionsBoundary }))
      return {}
    },
    async DeleteUserPermissionsBoundary({ UserName }, { account }) {
      await identities.of(account).users.update(UserName, ({ boundary: _, ...user }) => user)
      return {}
    },
    async PutRolePermissionsBoundary({ RoleName, PermissionsBoundary }, { account }) {
      const own = identities.of(account)
      requireBoundary(own, PermissionsBoundary)
      await own.roles.update(RoleName, (role) => ({ ...role, boundary: PermissionsBoundary }))
      return {}
    },
    async DeleteRolePermissionsBoundary({ RoleName }, { account }) {
      await identities.of(account).roles.update(RoleName, ({ boundary: _, ...role }) => role)
      return {}
    },
  }
}
