/** Running a query: bind it, plan its scans, let the engine work on it. */
import { type Cardinality, orderJoins } from '../../../sql/analysis/join-order.ts'
import type { Expr, Query } from '../../../sql/ast.ts'
import type { BoundQuery, Rel } from '../../../sql/plan.ts'
import { requireFunction } from '../../forwarding/forwarded-functions.ts'
import { bindQuery } from '../binding.ts'
import { cardinalities, isText } from '../cardinalities.ts'
import type { QueryContext } from '../context.ts'
import { isDeterministic } from '../determinism.ts'
import { EngineError, type EngineOutcome, type Sink } from '../engine-plan.ts'
import type { StatementOutcome, StatementStatistics } from '../outcome.ts'
import { queryStages } from '../query-stages.ts'
import { planScans, type ScanPlan } from '../scan-planning.ts'
import { openSealed } from '../sealed-files.ts'
import { readSources } from '../source-relations.ts'
import { tableReads } from '../table-reads.ts'
import { restAfter } from '../turns.ts'

export interface PlannedQuery {
  readonly bound: BoundQuery
  readonly scans: ScanPlan
  readonly planningMs: number
  /** `database.view` of the views it reads. */
  readonly views: ReadonlySet<string>
  /** What the catalog's statistics say, by the ids of relations: looked up when it is asked for. */
  readonly cardinalities?: () => ReadonlyMap<string, Cardinality>
  /** Its joins are in the order of these statistics. */
  readonly joinsOrdered?: true
}

/** Resolves every name, types every expression and lists the files; reads no data. */
export async function planQuery(
  query: Query,
  context: QueryContext,
  parameters: readonly Expr[] = [],
): Promise<PlannedQuery> {
  const started = performance.now()
  const { bound, resolver } = await bindQuery(query, context, parameters)
  await restAfter(started, context.signal)
  const scans = await planScans(bound, resolver.relations.values(), context)
  const known = () => cardinalities(resolver.relations.values(), scans.relations, context)
  const ordered = scans.relations.some(isText) ? orderedJoins(bound.root, known()) : undefined
  await restAfter(started, context.signal)
  return {
    bound: ordered ? { ...bound, root: ordered } : bound,
    scans,
    planningMs: performance.now() - started,
    views: resolver.views,
    cardinalities: known,
    ...(ordered && { joinsOrdered: true }),
  }
}

const orderedJoins = (root: Rel, known: ReadonlyMap<string, Cardinality>): Rel | undefined =>
  orderJoins(root, (id) => known.get(id))

export async function execute(
  planned: PlannedQuery,
  sink: Sink,
  context: QueryContext,
  profiled?: true,
): Promise<EngineOutcome> {
  const { onProgress, signal, rooms } = context
  const started = performance.now()
  for (const { lambda } of planned.bound.externals ?? []) requireFunction(rooms.forwarded, context.scope, lambda)
  if (context.onRead && planned.scans.relations.length > 0) context.onRead(tableReads(planned))
  const { relations: read, limits, discard } = await readSources(planned.scans, context)
  const opened = await openSealed(read, context).catch(async (error) => {
    await discard()
    throw error
  })
  try {
    const plan = {
      query: planned.bound,
      relations: opened.relations,
      sink,
      limits,
      onProgress,
      ...(planned.bound.externals && { caller: { account: context.scope.account, queryId: context.queryId } }),
      ...(planned.joinsOrdered && { joinsOrdered: true as const }),
      ...(profiled && { profiled }),
    }
    await restAfter(started, signal)
    return await context.rooms.engine.run(plan, signal)
  } catch (error) {
    throw withoutPlaces(ofTable(error, planned.scans), planned.scans)
  } finally {
    await opened.discard()
    await discard()
  }
}

/** The engine knows files alone; whose they are is told here of Iceberg tables, whose files may lie anywhere. */
function ofTable(error: unknown, { relations }: ScanPlan): unknown {
  if (!(error instanceof EngineError) || !error.code.startsWith('ICEBERG_')) return error
  const tables = relations.filter(({ columns }) => columns.some((column) => column.kind === 'data' && column.ids))
  const table =
    tables.find(({ files }) => files.some(({ uri }) => error.message.includes(uri))) ??
    (tables.length === 1 ? tables[0] : undefined)
  return table ? new EngineError(error.code, `${error.message}, of table ${table.name}`) : error
}

/** `$path` is not for who sees a part of a table: of its files a failure says no more than that they are of it. */
function withoutPlaces(error: unknown, { relations }: ScanPlan): unknown {
  if (!(error instanceof EngineError)) return error
  const hidden = relations.filter(({ hidesFiles }) => hidesFiles)
  const message = hidden.reduce(
    (text, { name, files }) => files.reduce((rest, { uri }) => rest.replaceAll(uri, `a file of table ${name}`), text),
    error.message,
  )
  return message === error.message ? error : new EngineError(error.code, message)
}

export const statisticsOf = (planned: PlannedQuery, outcome: EngineOutcome): StatementStatistics => ({
  scannedBytes: outcome.scannedBytes,
  planningMs: planned.planningMs,
  engineMs: outcome.timings.planMs + outcome.timings.runMs,
  inputRows: outcome.rowsByRelation && Object.values(outcome.rowsByRelation).reduce((sum, rows) => sum + rows, 0),
  peakMemoryBytes: outcome.peakMemoryBytes,
  writtenBytes: outcome.files.length > 0 ? outcome.files.reduce((sum, file) => sum + file.sizeBytes, 0) : undefined,
  stages: queryStages(planned.bound, planned.scans.relations, outcome),
  scannedByTable: scannedByTable(planned, outcome),
})

function scannedByTable({ scans }: PlannedQuery, { scannedByRelation }: EngineOutcome): Record<string, number> {
  const tables: Record<string, number> = {}
  for (const { id, name, catalog } of scans.relations) {
    const table = catalog === undefined ? name : `${catalog}.${name}`
    tables[table] = (tables[table] ?? 0) + Math.round(scannedByRelation[id] ?? 0)
  }
  return tables
}

export async function runQuery(
  query: Query,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const planned = await planQuery(query, context, parameters)
  const file = await context.rooms.files.stage()
  try {
    const outcome = await execute(planned, { kind: 'result-csv', localPath: file.localPath! }, context)
    const columns = planned.bound.output.map(({ name, column }) => ({ name, type: column.type }))
    // What a source holds, nobody tells us of.
    // What another account has shared it may take back at any time: no result of it is taken for a later one.
    const isKept = planned.scans.sources.length === 0 && planned.scans.relations.every(({ owner }) => !owner)
    const deterministic = isDeterministic(planned.bound) && isKept
    const tables = [...new Set([...planned.scans.relations.map(({ name }) => name), ...planned.views])]
    return {
      result: { kind: 'rows', columns, file, rows: outcome.rows, deterministic, tables },
      statistics: statisticsOf(planned, outcome),
    }
  } catch (error) {
    await file.discard()
    throw error
  }
}
