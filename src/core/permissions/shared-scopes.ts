/** Whose catalog a scope is of, and where an account keeps what it has passed on of another's. */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateTransaction } from '../ports.ts'

/** The account that owns a catalog, be it the account's own or one below it. */
export const ownerOf = ({ account }: Pick<Scope, 'account'>): string => account.slice(0, 12)

export const isAbroad = (principal: Pick<Principal, 'account'>, scope: Pick<Scope, 'account'>): boolean =>
  principal.account !== ownerOf(scope)

const SHARED = ':shared/'

/** Where an account keeps what it has passed on of another's catalog. */
export const sharedScope = (owners: Scope, account: string): Scope => ({
  ...owners,
  account: `${account}${SHARED}${owners.account}`,
})

/** Whose catalog is meant: of what an account has passed on the owner's. As the house sees it. */
export function meantCatalog({ account, region }: Scope): Scope {
  const at = account.indexOf(SHARED)
  return { account: at < 0 ? account : account.slice(at + SHARED.length), region }
}

const SHARED_WITH = 'permissions/shared-with'
const sharedPrefix = (account: string, region: string): string => `${account}/${region}/`

/** For the transaction that grants anything of the scope's catalog to the account, or to somebody of it. */
export function noteShare(tx: StateTransaction, { account, region }: Scope, to: string): void {
  tx.put(SHARED_WITH, `${sharedPrefix(to, region)}${account}`, true)
}

/** Catalogs of other accounts of which something may have been granted to the scope's, as its principal may see them. */
export function sharingCatalogs(state: StateReader, scope: Scope): Scope[] {
  const prefix = sharedPrefix(scope.account, scope.region)
  return state
    .keys(SHARED_WITH, { prefix, limit: 1000 })
    .map((key) => ({ ...scope, account: key.slice(prefix.length) }))
}

/** The account of whom something is granted to; undefined of groups without one. */
export const accountOfGrantee = (principal: string): string | undefined =>
  /^(\d{12})(?::IAMPrincipals)?$/.exec(principal)?.[1] ?? /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(principal)?.[1]

export const isShared = ({ account }: Pick<Scope, 'account'>): boolean => account.includes(SHARED)
