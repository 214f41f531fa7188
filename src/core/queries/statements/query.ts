/** Running a query: bind it, plan its scans, let the engine work on it. */
import { analyzeQuery } from '../../../sql/analysis/analyze.ts'
import type { Expr, Query } from '../../../sql/ast.ts'
import type { BoundQuery } from '../../../sql/plan.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, Sink } from '../engine-plan.ts'
import type { StatementOutcome, StatementStatistics } from '../outcome.ts'
import { planScans, type ScanPlan } from '../scan-planning.ts'
import { resolverOf } from '../table-resolver.ts'

export interface PlannedQuery {
  readonly bound: BoundQuery
  readonly scans: ScanPlan
  readonly planningMs: number
  /** `database.view` of the views it reads. */
  readonly views: ReadonlySet<string>
}

/** Resolves every name, types every expression and lists the files; reads no data. */
export function planQuery(query: Query, context: QueryContext, parameters: readonly Expr[] = []): PlannedQuery {
  const started = performance.now()
  const resolver = resolverOf(context)
  const bound = analyzeQuery(query, resolver, sessionOf(context), parameters)
  const scans = planScans(bound, resolver.relations.values(), context)
  return { bound, scans, planningMs: performance.now() - started, views: resolver.views }
}

export const sessionOf = (context: QueryContext) => ({
  now: context.now,
  timeZone: 'UTC',
  user: context.principal.arn,
  catalog: context.catalog,
  database: context.database,
})

/** The files stay on disk until the engine is through with them, whatever happens to the objects. */
export async function execute(planned: PlannedQuery, sink: Sink, context: QueryContext): Promise<EngineOutcome> {
  const pin = context.rooms.files.pin(planned.scans.files)
  try {
    return await context.rooms.engine.run(
      {
        query: planned.bound,
        relations: planned.scans.relations,
        sink,
        limits: context.limits,
        onProgress: context.onProgress,
      },
      context.signal,
    )
  } finally {
    pin.release()
  }
}

export const statisticsOf = (planned: PlannedQuery, outcome: EngineOutcome): StatementStatistics => ({
  scannedBytes: outcome.scannedBytes,
  planningMs: planned.planningMs,
  engineMs: outcome.timings.planMs + outcome.timings.runMs,
  peakMemoryBytes: outcome.peakMemoryBytes,
})

export async function runQuery(
  query: Query,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  // Staged first: between planning and pinning its files nothing may come in between.
  const file = await context.rooms.files.stage()
  try {
    const planned = planQuery(query, context, parameters)
    const outcome = await execute(planned, { kind: 'result-csv', localPath: file.localPath! }, context)
    const columns = planned.bound.output.map(({ name, column }) => ({ name, type: column.type }))
    return { result: { kind: 'rows', columns, file, rows: outcome.rows }, statistics: statisticsOf(planned, outcome) }
  } catch (error) {
    await file.discard()
    throw error
  }
}
