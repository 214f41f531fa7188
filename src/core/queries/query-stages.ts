/**
 * A bound plan as stages: one that reads each table, with the filters and projections that stand directly on it, and one
 * that does everything else and yields the rows. That is how the embedded engine works on it, in one process.
 */
import { type Mapping, mapRelChildren, mapScalarChildren } from '../../sql/analysis/transform.ts'
import type { BoundQuery, Rel } from '../../sql/plan.ts'
import { DEFAULT_CATALOG } from './context.ts'
import type { EngineOutcome } from './engine-plan.ts'
import type { NamedRelation } from './scan-planning.ts'

/** JSON, as it is kept with a query. Names are Trino's. */
export interface StageNode {
  readonly name: string
  readonly identifier: string
  readonly children: readonly StageNode[]
  /** Ids of the stages whose rows come in here. */
  readonly remoteSources?: readonly number[]
}

export interface QueryStages {
  readonly output: StageNode
  /** Stage 1, 2 ... in this order. */
  readonly sources: readonly SourceStage[]
}

export interface SourceStage {
  readonly plan: StageNode
  /** What it has read. */
  readonly inputBytes: number
  readonly inputRows?: number
}

/** A plan of more nodes than this is not told in stages. */
const MOST_NODES = 500

export function queryStages(
  query: BoundQuery,
  relations: readonly NamedRelation[],
  { scannedByRelation, rowsByRelation }: Pick<EngineOutcome, 'scannedByRelation' | 'rowsByRelation'>,
): QueryStages | undefined {
  const sources: SourceStage[] = []
  const tables = new Map(
    relations.map(({ id, name, catalog = DEFAULT_CATALOG }) => [id, `${catalog}:${name.replace('.', ':')}`]),
  )
  let nodes = 0
  const inside = (rel: Rel): StageNode => {
    nodes++
    const identifier = rel.kind === 'scan' ? `[${tables.get(rel.relation)}]` : identifierOf(rel)
    return { name: nameOf(rel), identifier, children: childrenOf(rel).map(inside) }
  }
  const outside = (rel: Rel): StageNode => {
    if (nodes++ > MOST_NODES) return { name: '', identifier: '', children: [] }
    const relation = scannedAlone(rel)
    if (relation === undefined)
      return { name: nameOf(rel), identifier: identifierOf(rel), children: childrenOf(rel).map(outside) }
    const inputRows = rowsByRelation?.[relation]
    const inputBytes = Math.round(scannedByRelation[relation] ?? 0)
    sources.push({ plan: inside(rel), inputBytes, ...(inputRows !== undefined && { inputRows }) })
    return { name: 'RemoteSource', identifier: `[${sources.length}]`, children: [], remoteSources: [sources.length] }
  }
  const names = query.output.map(({ name }) => name)
  const output = { name: 'Output', identifier: `[${names.slice(0, 20).join(', ')}]`, children: [outside(query.root)] }
  return nodes > MOST_NODES ? undefined : { output, sources }
}

/** The relation of a scan with nothing on it but filters and projections. */
function scannedAlone(rel: Rel): string | undefined {
  if (rel.kind === 'scan') return rel.relation
  if (rel.kind !== 'filter' && rel.kind !== 'project') return undefined
  const children = childrenOf(rel)
  return children.length === 1 ? scannedAlone(children[0]!) : undefined
}

/** Inputs, and the queries inside its expressions. */
function childrenOf(rel: Rel): readonly Rel[] {
  const children: Rel[] = []
  const collect: Mapping = {
    rel(child) {
      children.push(child)
      return child
    },
    scalar: (scalar) => mapScalarChildren(scalar, collect),
  }
  mapRelChildren(rel, collect)
  return children
}

const NAMES: Readonly<Record<Rel['kind'], string>> = {
  scan: 'TableScan',
  'single-row': 'Values',
  values: 'Values',
  filter: 'Filter',
  project: 'Project',
  join: 'Join',
  unnest: 'Unnest',
  aggregate: 'Aggregate',
  window: 'Window',
  match: 'PatternRecognition',
  sort: 'Sort',
  limit: 'Limit',
  distinct: 'Distinct',
  'set-operation': 'SetOperation',
  sample: 'Sample',
  with: 'With',
  'cte-ref': 'Reference',
}

function nameOf(rel: Rel): string {
  if (rel.kind === 'join') return `${rel.type[0]!.toUpperCase()}${rel.type.slice(1)}Join`
  if (rel.kind === 'set-operation') return `${rel.op[0]!.toUpperCase()}${rel.op.slice(1)}`
  return NAMES[rel.kind]
}

/** In a word what the operation is about; the whole of it is EXPLAIN's to tell. */
function identifierOf(rel: Rel): string {
  switch (rel.kind) {
    case 'values':
      return `[${rel.rows.length} rows]`
    case 'project':
      return `[${rel.items.length} columns]`
    case 'aggregate':
      return `[${rel.keys.length} keys, ${[...new Set(rel.aggregates.map((one) => one.function.name))].slice(0, 20).join(', ')}]`
    case 'window':
      return `[${[...new Set(rel.functions.map((one) => one.function.name))].slice(0, 20).join(', ')}]`
    case 'sort':
      return `[${rel.keys.length} keys]`
    case 'limit':
      return `[${rel.count ?? 'all'}]`
    default:
      return '[]'
  }
}
