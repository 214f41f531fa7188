/** What a plan wants of a table that it scans: which columns, and how many rows at most. */
import type { Rel, Scalar } from '../plan.ts'

type Scan = Rel & { readonly kind: 'scan' }

/** Wherever they are, inside expressions too. */
export function scansOf(node: unknown, relation: string): Scan[] {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return []
  const rel = node as Partial<Scan>
  if (rel.kind === 'scan' && rel.relation === relation) return [node as Scan]
  return Object.values(node).flatMap((member) => scansOf(member, relation))
}

export interface FirstRows {
  /** More rows than these do not change the result. */
  readonly rows: number
  /** How many conditions those rows must meet. */
  readonly conditions: number
}

/** Of a plan that is nothing but the first rows of a table. */
export function firstRows(root: Rel, relation: string): FirstRows | undefined {
  let rel = root
  while (rel.kind === 'project') rel = rel.input
  if (rel.kind !== 'limit' || rel.count === undefined || rel.withTies) return undefined
  const rows = rel.count + (rel.offset ?? 0)
  let conditions = 0
  for (rel = rel.input; rel.kind === 'project' || rel.kind === 'filter'; rel = rel.input)
    if (rel.kind === 'filter') conditions += conjunctsOf(rel.predicate)
  return rel.kind === 'scan' && rel.relation === relation ? { rows, conditions } : undefined
}

const conjunctsOf = (predicate: Scalar): number =>
  predicate.kind === 'and' ? predicate.terms.reduce((sum, term) => sum + conjunctsOf(term), 0) : 1
