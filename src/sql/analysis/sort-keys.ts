/** ORDER BY items inside calls and windows. */
import type { Expr, SortItem } from '../ast.ts'
import { isOrderable } from '../coercion.ts'
import type { Scalar, SortKey } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { typeName } from '../types.ts'
import { expressionText } from './expression-text.ts'

type Refusal = (type: string, item: SortItem) => SqlError
const mismatch = (text: string, at: Position): SqlError => new SqlError('TYPE_MISMATCH', text, at)

/** The words for a key without an order: of the query that stands at `at`, of the aggregate at `at`, of a window. */
export const inQuery =
  (at: Position): Refusal =>
  (type, { expr }) =>
    mismatch(`Type ${type} is not orderable, and therefore cannot be used in ORDER BY: ${expressionText(expr)}`, at)
export const inAggregate =
  (at: Position): Refusal =>
  (type) =>
    mismatch(`ORDER BY can only be applied to orderable types (actual: ${type})`, at)
export const inWindow: Refusal = (type, { at }) =>
  mismatch(`${type} is not orderable, and therefore cannot be used in window function ORDER BY`, at)

export function sortKeys(
  items: readonly SortItem[],
  bind: (expr: Expr) => Scalar,
  refuse: Refusal,
): readonly SortKey[] {
  return items.map((item) => sortKey(item, bind(item.expr), refuse))
}

/** NULL sorts last in both directions unless said otherwise. */
export function sortKey(item: SortItem, of: Scalar, refuse: Refusal): SortKey {
  if (!isOrderable(of.type)) throw refuse(typeName(of.type), item)
  return { of, descending: item.descending, nullsFirst: item.nullsFirst ?? false }
}
