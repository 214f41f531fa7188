import { type Mapping, mapRelChildren, mapScalarChildren } from '../../sql/analysis/transform.ts'
import { functions } from '../../sql/functions/registry.ts'
import type { BoundQuery, Rel } from '../../sql/plan.ts'

const VOLATILE: ReadonlySet<string> = new Set(functions.filter((f) => f.deterministic === false).map((f) => f.name))

/**
 * Whether the same data always give the same rows: nothing that depends on the moment or the user, no volatile function,
 * none of Lambda's, no sample, no LIMIT of rows without an order.
 */
export function isDeterministic({ root, isOfTheMoment, externals }: BoundQuery): boolean {
  let steady = isOfTheMoment !== true && externals === undefined
  const walk: Mapping = {
    rel(node) {
      if (node.kind === 'sample' || (node.kind === 'limit' && !isSorted(node.input))) steady = false
      return mapRelChildren(node, walk)
    },
    scalar(scalar) {
      if (scalar.kind === 'call' && VOLATILE.has(scalar.function.name)) steady = false
      return mapScalarChildren(scalar, walk)
    },
  }
  walk.rel(root)
  return steady
}

function isSorted(node: Rel): boolean {
  if (node.kind === 'sort') return true
  return node.kind === 'project' || node.kind === 'limit' ? isSorted(node.input) : false
}
