/**
 * What a statement's principal sees of a table that it names: the columns that exist for it, and the conditions under which
 * rows and single cells do. Compiled from one decision (`core/permissions`) before anything of the query is looked at.
 */
import type { Scalar } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { insufficient } from '../permissions/insufficient.ts'
import { type Visibility, visibilityOf } from '../permissions/visibility.ts'
import type { NameContext } from './context.ts'
import type { CellFilter, RelationColumn } from './relation.ts'
import { boundCondition } from './row-filters.ts'

export interface TableSight {
  /** Of the table's columns, those that can be named. */
  readonly columns: readonly RelationColumn[]
  readonly rowFilter?: Scalar
  readonly cellFilters?: readonly CellFilter[]
}

/** All of a table, or what of columns of these names. */
export type Seen = 'whole' | ((names: readonly string[]) => Visibility)

/** Throws where the principal may not see the table at all. */
export function requireSeen(context: NameContext, scope: Scope, table: Table): Seen {
  const { permissions } = context.rooms
  const meant = meantTable(scope, table)
  if (permissions.isUnlimited(context.principal, meant.scope)) return 'whole'
  const decision = permissions.table(context.principal, meant.scope, meant.name)
  if (!decision.permissions.has('DESCRIBE')) throw insufficient('DESCRIBE', table.descriptor.Name)
  return (names) => visibilityOf(decision, names)
}

/**
 * `columns`: of the relation. `current`: of the table as it is now, by which it was granted, where the relation is of another
 * time: then a column is seen only if it is the same one.
 */
export function sightOf(
  seen: Exclude<Seen, 'whole'>,
  columns: readonly RelationColumn[],
  current: readonly RelationColumn[] = columns,
): TableSight {
  const named = current.filter(({ kind }) => kind !== 'hidden')
  const visibility = seen(named.map(({ name }) => name))
  if (visibility.isWhole) return { columns }
  const left = columns.filter((column) => {
    if (column.kind === 'hidden' || !visibility.columns.has(column.name)) return false
    return (
      current === columns ||
      isSame(
        column,
        named.find(({ name }) => name === column.name),
      )
    )
  })
  if (left.length === 0) throw new SqlError('COLUMN_NOT_FOUND', 'Relation contains no accessible columns')
  const cellFilters = left.flatMap((column): CellFilter[] => {
    const conditions = visibility.columns.get(column.name)
    return conditions ? [{ column: columns.indexOf(column), shownWhere: boundCondition(conditions, columns) }] : []
  })
  return {
    columns: left,
    ...(visibility.rows && { rowFilter: boundCondition(visibility.rows, columns) }),
    ...(cellFilters.length > 0 && { cellFilters }),
  }
}

const isSame = (one: RelationColumn, other: RelationColumn | undefined): boolean =>
  other !== undefined && (one.kind !== 'data' || other.kind !== 'data' || one.fieldId === other.fieldId)
