import type * as Sdk from '@aws-sdk/client-iam'
import { type OidcProvider, oidcArn, oidcProviders } from '../../core/identities/oidc-providers.ts'
import { addTags, eraseTags, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import type { IamRooms } from './rooms.ts'
import { tagList, tagRecord } from './shapes.ts'

/** Throws `Fault('not-found', 'identity')`. */
export const providerArn = ({ state }: IamRooms, account: string, arn: string): string =>
  oidcProviders(state, account).get(arn).arn

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_CLIENT_IDS = 100

export function oidcHandlers({ state, clock }: IamRooms): Handlers<typeof Sdk> {
  const change = (account: string, arn: string, work: (provider: OidcProvider) => OidcProvider) =>
    oidcProviders(state, account).update(arn, work)
  return {
    async CreateOpenIDConnectProvider({ Url, ClientIDList = [], ThumbprintList = [], Tags }, { account }) {
      const url = /^https:\/\/([^?#]+?)\/?$/.exec(Url)?.[1]
      if (url === undefined) throw new AwsError('ValidationError', 'Invalid Open ID Connect Provider URL')
      const arn = oidcArn(account, url)
      const provider: OidcProvider = {
        arn,
        url,
        clientIds: ClientIDList,
        thumbprints: ThumbprintList,
        createdAt: clock.now().toISOString(),
      }
      const tags = tagRecord(Tags)
      await oidcProviders(state, account).create(arn, provider, (tx) => addTags(tx, arn, tags))
      return { OpenIDConnectProviderArn: arn, ...(Tags && { Tags: tagList(tags) }) }
    },
    GetOpenIDConnectProvider({ OpenIDConnectProviderArn: arn }, { account }) {
      const { url, clientIds, thumbprints, createdAt } = oidcProviders(state, account).get(arn)
      return {
        Url: url,
        ClientIDList: [...clientIds],
        ThumbprintList: [...thumbprints],
        CreateDate: new Date(createdAt),
        Tags: tagList(tagsOf(state, arn)),
      }
    },
    ListOpenIDConnectProviders(_, { account }) {
      const all = oidcProviders(state, account).list({ limit: 1000 })
      return { OpenIDConnectProviderList: all.map(({ doc }) => ({ Arn: doc.arn })) }
    },
    async DeleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arn }, { account }) {
      await oidcProviders(state, account).delete(arn, (tx) => eraseTags(tx, arn))
      return {}
    },
    async AddClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID }, { account }) {
      await change(account, OpenIDConnectProviderArn, (provider) => {
        if (provider.clientIds.includes(ClientID)) return provider
        if (provider.clientIds.length >= MOST_CLIENT_IDS)
          throw new AwsError(
            'LimitExceeded',
            `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${MOST_CLIENT_IDS}`,
            { status: 409 },
          )
        return { ...provider, clientIds: [...provider.clientIds, ClientID] }
      })
      return {}
    },
    async RemoveClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID }, { account }) {
      await change(account, OpenIDConnectProviderArn, (provider) => ({
        ...provider,
        clientIds: provider.clientIds.filter((id) => id !== ClientID),
      }))
      return {}
    },
    async UpdateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList }, { account }) {
      await change(account, OpenIDConnectProviderArn, (provider) => ({ ...provider, thumbprints: ThumbprintList }))
      return {}
    },
  }
}
