/** What is looked for in a plan, or a part of one, however deep it lies. */

export type PlanNode = Readonly<Record<string, unknown>>

/** In which no part of a plan lies, and of which there are as many as there are expressions. */
const LEAVES: ReadonlySet<string> = new Set(['at', 'type', 'function'])

const NONE: readonly object[] = []

/** The nodes and lists that a node or a list holds. */
export function partsOf(node: object): readonly object[] {
  const { kind } = node as PlanNode
  if (kind === 'column' || kind === 'constant' || node instanceof Uint8Array) return NONE
  if (Array.isArray(node)) return node.filter(isPart)
  const parts: object[] = []
  for (const key in node) {
    const part: unknown = node[key as keyof typeof node]
    if (isPart(part) && !LEAVES.has(key)) parts.push(part)
  }
  return parts
}

const isPart = (part: unknown): part is object => typeof part === 'object' && part !== null

export function holds(plan: object, wanted: (node: PlanNode) => boolean): boolean {
  return wanted(plan as PlanNode) || partsOf(plan).some((part) => holds(part, wanted))
}

/** The ids of the columns that are named. */
export function columnsIn(part: unknown, into: Set<number> = new Set()): Set<number> {
  if (typeof part !== 'object' || part === null) return into
  const { kind, id } = part as PlanNode
  if (kind === 'column' && typeof id === 'number') into.add(id)
  for (const member of partsOf(part)) columnsIn(member, into)
  return into
}
