/**
 * Whether a plan may end before its tables are read to the end. A limit that takes rows as they are read ends the reading;
 * one above a sort or an aggregate has all of them first.
 */
import type { Rel } from '../plan.ts'
import { holds, type PlanNode } from './plan-search.ts'

export function mayStopEarly(root: Rel): boolean {
  const answer = known.get(root) ?? holds(root, mayStop)
  known.set(root, answer)
  return answer
}

/** It is asked several times of each plan. */
const known = new WeakMap<Rel, boolean>()

function mayStop(node: PlanNode): boolean {
  if (node.kind === 'limit') return streams(node.input as Rel)
  // DuckDB looks for one row of it; one that depends on the outer row becomes a join.
  return node.kind === 'exists' && !isCorrelated(node.query as Rel)
}

/** Whether its first row may come before all of its input has been read. */
function streams(rel: Rel): boolean {
  switch (rel.kind) {
    case 'scan':
    case 'cte-ref':
      return true
    case 'filter':
    case 'project':
    case 'unnest':
    case 'sample':
    case 'limit':
      return streams(rel.input)
    case 'window':
      return rel.functions.every((f) => f.partitionBy.length + f.orderBy.length === 0) && streams(rel.input)
    case 'join':
      return streams(rel.left) || streams(rel.right)
    case 'set-operation':
      return rel.op === 'union' && rel.all && (streams(rel.left) || streams(rel.right))
    case 'with':
      return streams(rel.body)
    default:
      return false
  }
}

function isCorrelated(query: Rel): boolean {
  const own = new Set<unknown>()
  holds(query, (node) => {
    if (typeof node.id === 'number' && node.kind === undefined) own.add(node.id)
    return false
  })
  return holds(query, (node) => node.kind === 'column' && !own.has(node.id))
}
