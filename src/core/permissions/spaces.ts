/** Where permissions are in the state store: by the account and region whose catalog they are about. */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'

type Kind =
  | 'grants'
  | 'grantees'
  | 'closed'
  | 'filters'
  | 'tags'
  | 'tagged'
  | 'tag-expressions'
  | 'opt-ins'
  | 'locations'
  | 'settings'
  | 'changes'
  | 'below'

export const permissionSpace = (kind: Kind, { account, region }: Scope): string =>
  `permissions/${kind}/${account}/${region}`

/** Between a principal and a resource, neither of which holds it. */
export const BESIDE = '\x01'

/** The account's own catalog, for one that may lie below it: what is said of all catalogs is said there. */
export const topScope = ({ account, region }: Scope): Scope => ({ account: account.split(':')[0]!, region })

/** To be called in every transaction that writes here: what was compiled before no longer holds. */
export function noteChange(tx: StateTransaction, scope: Scope): void {
  const top = topScope(scope)
  tx.put(permissionSpace('changes', top), '', true)
  if (top.account !== scope.account) tx.put(permissionSpace('below', top), scope.account, true)
}

/** Grows with every change to any catalog of the account. */
export const changesOf = (state: StateReader, scope: Scope): number =>
  state.get(permissionSpace('changes', topScope(scope)), '')?.version ?? 0

/** Catalogs below the account's own of which anything has been said. */
export const catalogsBelow = (state: StateReader, scope: Scope): Iterable<Scope> => {
  const accounts = paged(
    (page) => state.keys(permissionSpace('below', topScope(scope)), page),
    (account) => account,
  )
  return accounts.map((account) => ({ account, region: scope.region }))
}
