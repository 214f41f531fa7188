import type { SortItem } from '../ast.ts'
import type { Cursor } from './cursor.ts'

/** ORDER is reserved: once it is there, nothing but BY can follow. */
export function acceptOrderBy(cursor: Cursor): boolean {
  if (!cursor.accept('ORDER')) return false
  cursor.expect('BY')
  return true
}

/** What follows ORDER BY. */
export function sortItems(cursor: Cursor): SortItem[] {
  return cursor.list(() => sortItem(cursor))
}

export function sortItem(cursor: Cursor): SortItem {
  const start = cursor.token
  const expr = cursor.rules.expression(cursor)
  const descending = cursor.accept('DESC')
  if (!descending) cursor.accept('ASC')
  let nullsFirst: boolean | undefined
  if (cursor.accept('NULLS')) nullsFirst = cursor.expectOneOf(['first', 'last']) === 'first'
  return { expr, descending, ...(nullsFirst !== undefined && { nullsFirst }), at: cursor.since(start) }
}
