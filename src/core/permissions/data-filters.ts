/** Data cells filters: rows and columns of a table under a name, to be granted. */
import type { Expr } from '../../sql/ast.ts'
import type { Scope } from '../catalog/catalog.ts'
import { SEPARATOR } from '../catalog/names.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import type { PartPath } from './column-parts.ts'
import { type ColumnChoice, type TableName, tablePrefix } from './resource.ts'
import { noteChange, permissionSpace } from './spaces.ts'

export interface RowCondition {
  readonly text: string
  /** Of the text, as it was read when it was saved. */
  readonly condition: Expr
}

export interface DataFilter extends TableName {
  readonly name: string
  /** Absent where all rows are meant. */
  readonly rows?: RowCondition
  /** Absent where all columns are meant. */
  readonly columns?: ColumnChoice
  readonly version: string
}

/** Of the columns, and the fields inside of them, that a condition names. */
export function conditionPaths(expr: Expr): PartPath[] {
  switch (expr.kind) {
    case 'logical':
      return expr.terms.flatMap(conditionPaths)
    case 'not':
      return conditionPaths(expr.of)
    case 'compare':
      return conditionPaths(expr.left)
    case 'between':
    case 'in-list':
    case 'like':
    case 'is-null':
      return conditionPaths(expr.of)
    case 'field':
      return conditionPaths(expr.of).map((path) => [...path, expr.field.name.toLowerCase()])
    case 'name':
      return [[expr.name.name.toLowerCase()]]
    default:
      return []
  }
}

export const filterKey = (table: TableName, name: string): string => `${tablePrefix(table)}filter${SEPARATOR}${name}`

export const findFilter = (state: StateReader, scope: Scope, table: TableName, name: string): DataFilter | undefined =>
  state.get<DataFilter>(permissionSpace('filters', scope), filterKey(table, name))?.doc

export function putFilter(tx: StateTransaction, scope: Scope, filter: DataFilter): void {
  tx.put(permissionSpace('filters', scope), filterKey(filter, filter.name), filter)
  noteChange(tx, scope)
}
