/** Settings of an account: what its passwords have to be, and which tokens the global address of STS gives. */
import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { StateReader } from '../../core/ports.ts'
import type { Handlers } from '../../protocol/service.ts'
import type { IamRooms } from './rooms.ts'

const POLICIES = 'iam/password-policies'
const PREFERENCES = 'iam/token-preferences'

/** What is not said when a policy is set is set to this: IAM API reference, UpdateAccountPasswordPolicy. */
const DEFAULTS = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
}

/** Of the global address: "version 1 tokens are valid only in Regions that are enabled by default" (IAM API reference). */
export const globalTokenVersion = (state: StateReader, account: string): 1 | 2 =>
  state.get<1 | 2>(PREFERENCES, account)?.doc ?? 1

export const accountSettingHandlers = ({ state }: IamRooms): Handlers<typeof Sdk> => ({
  async UpdateAccountPasswordPolicy(input, { account }) {
    await state.transaction((tx) => tx.put(POLICIES, account, { ...DEFAULTS, ...input }))
    return {}
  },
  GetAccountPasswordPolicy(_, { account }) {
    const policy = state.get<Sdk.UpdateAccountPasswordPolicyRequest>(POLICIES, account)?.doc
    if (!policy) throw missing(account)
    return { PasswordPolicy: { ...policy, ExpirePasswords: (policy.MaxPasswordAge ?? 0) > 0 } as Sdk.PasswordPolicy }
  },
  async DeleteAccountPasswordPolicy(_, { account }) {
    await state.transaction((tx) => {
      if (!tx.get(POLICIES, account)) throw missing(account)
      tx.delete(POLICIES, account)
    })
    return {}
  },
  async SetSecurityTokenServicePreferences({ GlobalEndpointTokenVersion }, { account }) {
    const version = GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1
    await state.transaction((tx) => tx.put(PREFERENCES, account, version))
    return {}
  },
})

const missing = (account: string): Fault =>
  new Fault('not-found', 'identity', `The Password Policy with domain name ${account} cannot be found.`)
