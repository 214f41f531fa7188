/** What is looked for in a plan, or a part of one, however deep it lies. */

export type PlanNode = Readonly<Record<string, unknown>>

export function holds(plan: unknown, wanted: (node: PlanNode) => boolean): boolean {
  if (typeof plan !== 'object' || plan === null || plan instanceof Uint8Array) return false
  return wanted(plan as PlanNode) || Object.values(plan).some((member) => holds(member, wanted))
}

/** The ids of the columns that are named. */
export function columnsIn(part: unknown, into: Set<number> = new Set()): Set<number> {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return into
  const { kind, id } = part as PlanNode
  if (kind === 'column' && typeof id === 'number') into.add(id)
  for (const member of Object.values(part)) columnsIn(member, into)
  return into
}
