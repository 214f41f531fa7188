/** What is told of an account as a whole. */
import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import type { Holder } from '../../core/identities/identity.ts'
import { limits } from '../../core/identities/limits.ts'
import { awsManagedPolicies } from '../../core/identities/managed-policies.ts'
import { oidcProviders } from '../../core/identities/oidc-providers.ts'
import { tagsOf } from '../../core/resources/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { globalTokenVersion } from './account-settings.ts'
import { pageOf } from './paging.ts'
import { usesIn, usesOf, versionShape } from './policies.ts'
import type { IamRooms } from './rooms.ts'
import {
  attachedShapes,
  encoded,
  groupShape,
  instanceProfileShape,
  policyShape,
  roleLastUsed,
  roleShape,
  tagList,
  userShape,
} from './shapes.ts'

const ALIASES = 'iam/aliases'

export function accountHandlers({ identities, accessKeys, state }: IamRooms): Handlers<typeof Sdk> {
  const aliasOf = (account: string) => state.get<string>(ALIASES, account)?.doc
  return {
    async CreateAccountAlias({ AccountAlias }, { account }) {
      await state.transaction((tx) => {
        const owner = tx.get<string>(`${ALIASES}/owners`, AccountAlias)?.doc
        if (owner !== undefined && owner !== account)
          throw new Fault('already-exists', 'identity', `The account alias ${AccountAlias} already exists.`)
        const last = tx.get<string>(ALIASES, account)?.doc
        if (last !== undefined) tx.delete(`${ALIASES}/owners`, last)
        tx.put(ALIASES, account, AccountAlias)
        tx.put(`${ALIASES}/owners`, AccountAlias, account)
      })
      return {}
    },
    async DeleteAccountAlias({ AccountAlias }, { account }) {
      await state.transaction((tx) => {
        if (tx.get<string>(ALIASES, account)?.doc !== AccountAlias)
          throw new Fault('not-found', 'identity', `The account alias ${AccountAlias} cannot be found.`)
        tx.delete(ALIASES, account)
        tx.delete(`${ALIASES}/owners`, AccountAlias)
      })
      return {}
    },
    ListAccountAliases(input, { account }) {
      const alias = aliasOf(account)
      const { items, ...page } = pageOf(input, alias === undefined ? [] : [alias])
      return { AccountAliases: items, ...page }
    },
    GetAccountSummary(_, { account }) {
      const own = identities.of(account)
      const versions = own.policies.all().reduce((sum, policy) => sum + policy.versions.length, 0)
      return {
        SummaryMap: {
          ...limits,
          Users: own.users.count(),
          Groups: own.groups.count(),
          Roles: own.roles.count(),
          Policies: own.policies.count(),
          PolicyVersionsInUse: versions,
          PolicyVersionsInUseQuota: 10_000,
          InstanceProfiles: own.instanceProfiles.count(),
          Providers: oidcProviders(state, account).list({ limit: 1000 }).length,
          AccountAccessKeysPresent: accessKeys.of(account, undefined).length > 0 ? 1 : 0,
          AccountMFAEnabled: 0,
          AccountPasswordPresent: 0,
          AccountSigningCertificatesPresent: 0,
          MFADevices: 0,
          MFADevicesInUse: 0,
          ServerCertificates: 0,
          SigningCertificatesPerUserQuota: 2,
          GlobalEndpointTokenVersion: globalTokenVersion(state, account),
        } as unknown as Record<Sdk.SummaryKeyType, number>,
      }
    },
    GetAccountAuthorizationDetails(input, { account }) {
      const own = identities.of(account)
      const wanted = (kind: Sdk.EntityType) => !input.Filter?.length || input.Filter.includes(kind)
      const uses = usesIn(own)
      const policies = [
        ...(wanted('LocalManagedPolicy') ? own.policies.all() : []),
        ...(wanted('AWSManagedPolicy')
          ? [...awsManagedPolicies().values()].filter(({ arn }) => usesOf(uses, arn).attached > 0)
          : []),
      ]
      const all: readonly Partial<Sdk.GetAccountAuthorizationDetailsResponse>[] = [
        ...(wanted('User') ? own.users.all() : []).map((user) => ({
          UserDetailList: [
            {
              ...userShape(user, tagsOf(state, user.arn)),
              GroupList: own.groups.all().flatMap(({ id, name }) => (user.groups.includes(id) ? [name] : [])),
              ...(user.inline.length > 0 && { UserPolicyList: inlineShapes(user) }),
              AttachedManagedPolicies: attachedShapes(own, user),
            },
          ],
        })),
        ...(wanted('Group') ? own.groups.all() : []).map((group) => ({
          GroupDetailList: [
            {
              ...groupShape(group),
              GroupPolicyList: inlineShapes(group),
              AttachedManagedPolicies: attachedShapes(own, group),
            },
          ],
        })),
        ...(wanted('Role') ? own.roles.all() : []).map((role) => ({
          RoleDetailList: [
            {
              ...roleShape(role),
              ...roleLastUsed(state, account, role),
              Tags: tagList(tagsOf(state, role.arn)),
              RolePolicyList: inlineShapes(role),
              AttachedManagedPolicies: attachedShapes(own, role),
              InstanceProfileList: profilesOf(own, role.name),
            },
          ],
        })),
        ...policies.map((policy) => ({
          Policies: [
            {
              ...policyShape(policy, usesOf(uses, policy.arn)),
              PolicyVersionList: policy.versions.map((version) => ({
                ...versionShape(policy, version),
                Document: encoded(version.text),
              })),
            },
          ],
        })),
      ]
      const { items, ...page } = pageOf(input, all)
      return {
        UserDetailList: items.flatMap(({ UserDetailList = [] }) => UserDetailList),
        GroupDetailList: items.flatMap(({ GroupDetailList = [] }) => GroupDetailList),
        RoleDetailList: items.flatMap(({ RoleDetailList = [] }) => RoleDetailList),
        Policies: items.flatMap(({ Policies = [] }) => Policies),
        ...page,
      }
    },
  }
}

const inlineShapes = ({ inline }: Holder): Sdk.PolicyDetail[] =>
  inline.map(({ name, text }) => ({ PolicyName: name, PolicyDocument: encoded(text) }))

const profilesOf = (own: AccountIdentities, role: string): Sdk.InstanceProfile[] =>
  own.instanceProfiles
    .all()
    .filter(({ roles }) => roles.includes(role))
    .map((profile) => instanceProfileShape(own, profile))
