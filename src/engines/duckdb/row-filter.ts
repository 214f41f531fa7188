/** Which columns of its relation a row filter reads. Filters are scalar: what holds a query is refused where it is saved. */
import type { Scalar } from '../../sql/plan.ts'

/** `width`: how many columns the relation has; parameters of lambdas have ids beyond. */
export function columnsRead(filter: Scalar, width: number): readonly number[] {
  const found = new Set<number>()
  visit(filter, found)
  return [...found].filter((id) => id < width)
}

function visit(node: unknown, found: Set<number>): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found)
    return
  }
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return
  const scalar = node as { readonly kind?: unknown; readonly id?: unknown }
  if (scalar.kind === 'column' && typeof scalar.id === 'number') found.add(scalar.id)
  for (const [member, value] of Object.entries(node)) if (member !== 'type' && member !== 'at') visit(value, found)
}
