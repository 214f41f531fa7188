import { columnsOf, type Rel } from '../plan.ts'
import { type Mapping, mapRelChildren, mapScalarChildren } from './transform.ts'

/** The largest id that a plan gives to a column, lambda parameters included; -1 if none. What is above it is free. */
export function largestColumnId(root: Rel): number {
  let largest = -1
  const see = (columns: readonly { readonly id: number }[]): void => {
    for (const { id } of columns) largest = Math.max(largest, id)
  }
  const walk: Mapping = {
    rel(node) {
      see(columnsOf(node))
      if (node.kind === 'with') for (const { columns } of node.queries) see(columns)
      return mapRelChildren(node, walk)
    },
    scalar(scalar) {
      if (scalar.kind === 'lambda') see(scalar.parameters)
      return mapScalarChildren(scalar, walk)
    },
  }
  walk.rel(root)
  return largest
}
