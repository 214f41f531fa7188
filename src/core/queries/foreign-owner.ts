import type { Principal } from '../call.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { isAbroad, ownerOf } from '../permissions/shared-scopes.ts'

/** Another account, and what a table of it that is reached from elsewhere is called there: `database.table`. */
export interface ForeignOwner {
  readonly account: string
  readonly name: string
}

/** Of another account's table, to which a link may lead; nothing of one's own. */
export function foreignOwner(
  { scope, table }: { readonly scope: Scope; readonly table: Table },
  principal: Pick<Principal, 'account'>,
): { readonly owner?: ForeignOwner } {
  const meant = meantTable(scope, table)
  if (!isAbroad(principal, meant.scope)) return {}
  return { owner: { account: ownerOf(meant.scope), name: `${meant.name.database}.${meant.name.table}` } }
}
