/** Which columns of its relation a row filter reads. Filters are scalar: what holds a query is refused where it is saved. */
import type { Scalar } from '../../sql/plan.ts'

export function columnsRead(filter: Scalar): readonly number[] {
  const found = new Set<number>()
  visit(filter, found)
  return [...found]
}

function visit(node: unknown, found: Set<number>): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found)
    return
  }
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return
  const scalar = node as { readonly kind?: unknown; readonly id?: unknown }
  if (scalar.kind === 'column' && typeof scalar.id === 'number') found.add(scalar.id)
  // Parameters of a lambda have ids of their own that no relation's column has.
  for (const [member, value] of Object.entries(node)) if (member !== 'type' && member !== 'at') visit(value, found)
}
