/** What a principal sees of tables outside of queries: whether all of one, which of its columns, or nothing of any such name. */
import type { ColumnDescriptor, Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { governedColumn } from '../permissions/column-parts.ts'
import { insufficient } from '../permissions/insufficient.ts'
import { type ColumnsLeft, columnsLeft } from '../permissions/narrowed-table.ts'
import type { Permission } from '../permissions/permission.ts'
import { visibilityOf } from '../permissions/visibility.ts'
import { seesWhole } from '../permissions/whole-table.ts'
import { type NameContext, ofHouse } from './context.ts'

/** That there is no such table is not told to whom others are hidden from: `permission` is what a hidden one would lack. */
export function refuseGuess(
  { rooms: { permissions }, principal }: NameContext,
  scope: Scope,
  name: string,
  permission: Permission = 'DESCRIBE',
): void {
  if (permissions.hidesNames(principal, scope)) throw insufficient(permission, name)
}

/** What of the columns the principal sees in listings; undefined where it sees all. */
export function columnsSeen({ rooms, principal }: NameContext, scope: Scope, table: Table): ColumnsLeft | undefined {
  const { scope: home, name } = meantTable(scope, table)
  if (rooms.permissions.isUnlimited(principal, home)) return undefined
  const whole = rooms.catalog.tables.find(ofHouse(home), name.database, name.table)
  return columnsLeft(whole ?? table, rooms.permissions.table(principal, home, name))
}

type Seer = Pick<NameContext, 'rooms' | 'principal'>

/** Whether nothing of the table is hidden, nor was (see ../permissions/whole-table.ts). */
export const seesAll = ({ rooms, principal }: Seer, scope: Scope, table: Table): boolean =>
  seesWhole(rooms.catalog, rooms.permissions, principal, scope, table)

/** All that is in the column, as the table or a partition of it declares it. */
export function seesColumn({ rooms, principal }: Seer, scope: Scope, table: Table, column: ColumnDescriptor): boolean {
  const { scope: home, name } = meantTable(scope, table)
  if (rooms.permissions.isUnlimited(principal, home)) return true
  const { columns } = visibilityOf(rooms.permissions.table(principal, home, name), [governedColumn(column)])
  return columns.size > 0 && columns.values().every(({ isWhole }) => isWhole)
}

/** For what tells of all rows and columns at once. */
export function requireWhole(context: Seer, scope: Scope, table: Table): void {
  if (!seesAll(context, scope, table)) throw insufficient('SELECT', table.descriptor.Name)
}
