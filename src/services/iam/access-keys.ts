import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { AccessKey } from '../../core/identities/access-keys.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { ownName } from './users.ts'

export function accessKeyHandlers({ identities, accessKeys }: IamRooms): Handlers<typeof Sdk> {
  /** The root's own, where it names nobody. */
  const owner = (call: ServiceCall, name: string | undefined) => {
    if (name === undefined && call.principal.kind === 'root') return { id: undefined, name: undefined }
    return identities.of(call.account).users.get(name ?? ownName(call))
  }
  const keyOf = (call: ServiceCall, name: string | undefined, id: string): AccessKey => {
    const { id: userId } = owner(call, name)
    const key = accessKeys.find(id)
    if (key?.account === call.account && key.userId === userId) return key
    throw new Fault('not-found', 'identity', `The Access Key with id ${id} cannot be found.`)
  }
  return {
    async CreateAccessKey({ UserName }, call) {
      const { id, name } = owner(call, UserName)
      const { key, secret } = await accessKeys.create(call.account, id)
      return {
        AccessKey: {
          UserName: name ?? 'root',
          AccessKeyId: key.id,
          Status: 'Active',
          SecretAccessKey: secret,
          CreateDate: new Date(key.createdAt),
        },
      }
    },
    ListAccessKeys(input, call) {
      const { id, name } = owner(call, input.UserName)
      const { items, ...page } = pageOf(input, accessKeys.of(call.account, id))
      return {
        AccessKeyMetadata: items.map((key) => ({
          UserName: name,
          AccessKeyId: key.id,
          Status: key.active ? 'Active' : 'Inactive',
          CreateDate: new Date(key.createdAt),
        })),
        ...page,
      }
    },
    async UpdateAccessKey({ UserName, AccessKeyId, Status }, call) {
      await accessKeys.setActive(keyOf(call, UserName, AccessKeyId), Status === 'Active')
      return {}
    },
    async DeleteAccessKey({ UserName, AccessKeyId }, call) {
      await accessKeys.delete(keyOf(call, UserName, AccessKeyId))
      return {}
    },
    GetAccessKeyLastUsed({ AccessKeyId }, call) {
      const key = accessKeys.find(AccessKeyId)
      if (key?.account !== call.account)
        throw new Fault('not-found', 'identity', `The Access Key with id ${AccessKeyId} cannot be found.`)
      const user = identities
        .of(call.account)
        .users.all()
        .find(({ id }) => id === key.userId)
      const { lastUsed } = key
      return {
        UserName: user?.name,
        AccessKeyLastUsed: {
          ...(lastUsed && { LastUsedDate: new Date(lastUsed.at) }),
          ServiceName: lastUsed?.service ?? 'N/A',
          Region: lastUsed?.region ?? 'N/A',
        },
      }
    },
  }
}
