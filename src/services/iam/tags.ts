/** Tags: the same operations for whatever can have some. */
import type * as Sdk from '@aws-sdk/client-iam'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import { isAwsManaged } from '../../core/identities/managed-policies.ts'
import { addTags, removeTags, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { providerArn } from './oidc-providers.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { tagList, tagRecord } from './shapes.ts'

type Input = Readonly<Record<string, string>>

const taggable: Readonly<Record<string, (own: AccountIdentities, rooms: IamRooms, input: Input) => string>> = {
  User: (own, _, { UserName = '' }) => own.users.get(UserName).arn,
  Role: (own, _, { RoleName = '' }) => own.roles.get(RoleName).arn,
  InstanceProfile: (own, _, { InstanceProfileName = '' }) => own.instanceProfiles.get(InstanceProfileName).arn,
  OpenIDConnectProvider: (own, rooms, { OpenIDConnectProviderArn = '' }) =>
    providerArn(rooms, own.account, OpenIDConnectProviderArn),
  Policy: (own, _, { PolicyArn = '' }) => {
    if (isAwsManaged(PolicyArn))
      throw new AwsError('InvalidInput', `Policy ${PolicyArn} is managed by AWS and has no tags of yours.`)
    return own.policy(PolicyArn).arn
  },
}

export const tagHandlers = (rooms: IamRooms): Handlers<typeof Sdk> =>
  Object.assign({}, ...Object.keys(taggable).map((kind) => handlersOf(rooms, kind)))

function handlersOf(rooms: IamRooms, kind: string): object {
  const { identities, state } = rooms
  const arnIn = (input: unknown, { account }: ServiceCall) =>
    taggable[kind]!(identities.of(account), rooms, input as Input)
  return {
    async [`Tag${kind}`](input: { readonly Tags: Sdk.Tag[] }, call: ServiceCall) {
      const arn = arnIn(input, call)
      await identities.touch((tx) => addTags(tx, arn, tagRecord(input.Tags)))
      return {}
    },
    async [`Untag${kind}`](input: { readonly TagKeys: string[] }, call: ServiceCall) {
      const arn = arnIn(input, call)
      await identities.touch((tx) => removeTags(tx, arn, input.TagKeys))
      return {}
    },
    [`List${kind}Tags`](input: { readonly Marker?: string; readonly MaxItems?: number }, call: ServiceCall) {
      const { items, ...page } = pageOf(input, tagList(tagsOf(state, arnIn(input, call))))
      return { Tags: items, ...page }
    },
  }
}
