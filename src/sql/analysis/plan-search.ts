/** Whether some part of a plan is one that is looked for. */

export type PlanNode = Readonly<Record<string, unknown>>

export function holds(plan: unknown, wanted: (node: PlanNode) => boolean): boolean {
  if (typeof plan !== 'object' || plan === null || plan instanceof Uint8Array) return false
  return wanted(plan as PlanNode) || Object.values(plan).some((member) => holds(member, wanted))
}
