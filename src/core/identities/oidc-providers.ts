/** OpenID Connect providers of an account: whose word is taken for who somebody is. */
import type { StateStore } from '../ports.ts'
import { type Collection, collection } from '../resources/collection.ts'

export interface OidcProvider {
  readonly arn: string
  /** Without the scheme: `accounts.example.com/realm`. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: string
}

export const oidcProviders = (state: StateStore, account: string): Collection<OidcProvider> =>
  collection<OidcProvider>(state, spaceOf(account), {
    noun: 'identity',
    missing: (arn) => `OpenIDConnect Provider not found for arn ${arn}`,
    exists: (arn) => `Provider with url https://${arn.slice(arn.indexOf('/') + 1)} already exists.`,
  })

const spaceOf = (account: string): string => `iam/${account}/oidc-providers`

export const oidcArn = (account: string, url: string): string => `arn:aws:iam::${account}:oidc-provider/${url}`
