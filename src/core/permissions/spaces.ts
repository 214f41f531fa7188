/** Where permissions are in the state store: by the account and region whose catalog they are about. */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateTransaction } from '../ports.ts'

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

export const permissionSpace = (kind: Kind, { account, region }: Scope): string =>
  `permissions/${kind}/${account}/${region}`

/** Between a principal and a resource, neither of which holds it. */
export const BESIDE = '\x01'

/** To be called in every transaction that writes here: what was compiled before no longer holds. */
export function noteChange(tx: StateTransaction, scope: Scope): void {
  tx.put(permissionSpace('changes', scope), '', true)
}

/** Grows with every change. */
export const changesOf = (state: StateReader, scope: Scope): number =>
  state.get(permissionSpace('changes', scope), '')?.version ?? 0
