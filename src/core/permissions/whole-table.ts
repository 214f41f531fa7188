/** Whether nothing of a table is hidden: for what tells of all its rows, or of where it lies, at once. */
import type { Principal } from '../call.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { governedColumns } from './column-parts.ts'
import type { Permissions } from './permissions.ts'
import { visibilityOf } from './visibility.ts'

/** All its rows, and all columns that it has or had. `catalog`: may show the principal less than there is. */
export function seesWhole(
  { tables }: Catalog,
  permissions: Permissions,
  principal: Principal,
  scope: Scope,
  table: Table,
): boolean {
  const { scope: home, name } = meantTable(scope, table)
  if (permissions.isUnlimited(principal, home)) return true
  // By a scope of nobody: with the columns that the principal does not see.
  const whole = tables.find({ account: home.account, region: home.region }, name.database, name.table) ?? table
  return visibilityOf(permissions.table(principal, home, name), governedColumns(whole)).isLasting
}
