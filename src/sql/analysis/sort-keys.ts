/** ORDER BY items inside calls and windows. */
import type { Expr, SortItem } from '../ast.ts'
import { isOrderable } from '../coercion.ts'
import type { Scalar, SortKey } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { typeName } from '../types.ts'

/** NULL sorts last in both directions unless said otherwise. */
export function sortKeys(items: readonly SortItem[], bind: (expr: Expr) => Scalar): readonly SortKey[] {
  return items.map((item) => sortKey(item, bind(item.expr)))
}

export function sortKey(item: SortItem, of: Scalar): SortKey {
  requireOrderable(of, item.at)
  return { of, descending: item.descending, nullsFirst: item.nullsFirst ?? false }
}

function requireOrderable(of: Scalar, at: Position): void {
  if (isOrderable(of.type)) return
  throw new SqlError(
    'TYPE_MISMATCH',
    `Type ${typeName(of.type)} is not orderable, and therefore cannot be used in ORDER BY`,
    at,
  )
}
