/**
 * What EXPLAIN ANALYZE says: what was read, how long it took, and what each of the engine's operators did. Which operators
 * there are goes by all that the files hold, by statistics of it and by how text can be read: of a table of which a part is
 * hidden, rows or columns, the plan is told as EXPLAIN tells it.
 */
import { dataSize, jsonText, nodeJson, treeLines } from '../../../sql/explained/formats.ts'
import { type PlanNode, planNodes } from '../../../sql/explained/nodes.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, OperatorProfile } from '../engine-plan.ts'
import { isFiltered } from '../relation.ts'
import type { NamedRelation } from '../scan-planning.ts'
import { bytesOf, describeScans, tableOf } from './explained-scans.ts'
import type { PlannedQuery } from './query.ts'

/** A query that has run. */
export interface AnalyzedPlan {
  readonly planned: PlannedQuery
  readonly outcome: EngineOutcome
  readonly context: QueryContext
  /** In place of operators, where those must not be told. */
  readonly nodes?: PlanNode
}

export async function analyzedPlan(
  planned: PlannedQuery,
  outcome: EngineOutcome,
  context: QueryContext,
): Promise<AnalyzedPlan> {
  if (!planned.scans.relations.some(isPartial)) return { planned, outcome, context }
  return { planned, outcome, context, nodes: planNodes(planned.bound, await describeScans(planned, context)) }
}

const isPartial = (relation: NamedRelation): boolean => relation.hidesFiles === true || isFiltered(relation)

export function analysisText(plan: AnalyzedPlan): string {
  const { planned, outcome, context, nodes } = plan
  const { timings, operators = [], rows, scannedBytes } = outcome
  const shown = shownOf(plan)
  const tree = nodes ? treeLines(nodes) : operators.flatMap((one) => operatorLines(one, '', '', shown))
  return [
    `Queued: 0.00ns, Analysis: ${duration(planned.planningMs)}, Planning: ${duration(timings.planMs)}, Execution: ${duration(timings.runMs)}`,
    'Fragment 1 [SINGLE]',
    `    CPU: ${duration(shown.cpuMs)}, Input: ${dataSize(scannedBytes)}, Output: ${counted(rows)}`,
    `    Output layout: [${planned.bound.output.map(({ name }) => name).join(', ')}]`,
    '    Output partitioning: SINGLE []',
    ...tree.map((line) => `    ${line}`),
    ...planned.scans.relations.map((relation) => `    ${relationLine(relation, context)}`),
    '',
  ].join('\n')
}

/** In the layout that Athena documents for EXPLAIN ANALYZE (FORMAT JSON). */
export function analysisJson(plan: AnalyzedPlan): string {
  const { planned, outcome, nodes } = plan
  const { operators = [], rows, scannedBytes } = outcome
  const shown = shownOf(plan)
  const stageStats = {
    totalCpuTime: duration(shown.cpuMs),
    inputDataSize: dataSize(scannedBytes),
    outputRows: counted(rows),
  }
  const outputLayout = planned.bound.output.map(({ name }) => name).join(', ')
  const roots = nodes ? [nodeJson(nodes)] : operators.map((one) => operatorJson(one, shown))
  return jsonText({ fragments: [{ id: '1', stageStats, outputLayout, logicalPlan: { '1': roots } }] })
}

/** What each operator is told by. */
interface Shown {
  /** Of all of them. */
  readonly cpuMs: number
  /** Of tables, by the ids of relations. */
  readonly names: ReadonlyMap<string, string>
}

const shownOf = ({ planned, outcome: { operators = [] }, context }: AnalyzedPlan): Shown => ({
  cpuMs: operators.reduce((sum, one) => sum + cpuOf(one), 0),
  names: new Map(planned.scans.relations.map((relation) => [relation.id, tableOf(relation, context)])),
})

const relationLine = (relation: NamedRelation, context: QueryContext): string =>
  relation.catalog === undefined
    ? `${tableOf(relation, context)}: ${relation.files.length} files of ${dataSize(bytesOf(relation))}, ${relation.format.kind}`
    : `${tableOf(relation, context)}: read from its source`

const counted = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`
const cpuOf = ({ cpuMs, children }: OperatorProfile): number =>
  children.reduce((sum, child) => sum + cpuOf(child), cpuMs)

/** `12.00us`, `3.45ms`, `1.20s`: as Trino shows durations. */
function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)}s`
  return ms >= 1 || ms === 0 ? `${ms.toFixed(2)}ms` : `${(ms * 1000).toFixed(2)}us`
}

function operatorLines(one: OperatorProfile, first: string, rest: string, shown: Shown): string[] {
  const { children, cpuMs, rows, inputRows, relation } = one
  const beside = rest + (children.length > 0 ? '│   ' : '    ')
  const share = shown.cpuMs > 0 ? (100 * cpuMs) / shown.cpuMs : 0
  return [
    `${first}${one.name}[${relation ? `table = ${shown.names.get(relation)}` : ''}]`,
    `${beside}CPU: ${duration(cpuMs)} (${share.toFixed(2)}%), Output: ${counted(rows)}`,
    ...(inputRows === undefined ? [] : [`${beside}Input: ${counted(inputRows)}`]),
    ...children.flatMap((child, i) => {
      const last = i === children.length - 1
      return operatorLines(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, shown)
    }),
  ]
}

type Json = Parameters<typeof jsonText>[0]

function operatorJson(one: OperatorProfile, shown: Shown): Json {
  const { name, relation, rows, inputRows, cpuMs, children } = one
  return {
    name,
    identifier: relation ? `[table = ${shown.names.get(relation)}]` : '[]',
    distributedNodeStats: {
      nodeCpuTime: duration(cpuMs),
      nodeOutputRows: rows,
      ...(inputRows !== undefined && { nodeInputRows: inputRows }),
    },
    children: children.map((child) => operatorJson(child, shown)),
  }
}
