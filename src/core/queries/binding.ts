/** From a query's tree to a bound plan. What the lake itself says of a table is read on the way, then analysis begins anew. */
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import type { Expr, Query } from '../../sql/ast.ts'
import type { BoundQuery } from '../../sql/plan.ts'
import type { QueryContext } from './context.ts'
import { deltaLayout } from './delta/delta-columns.ts'
import type { DeltaTable } from './delta/delta-files.ts'
import { readSnapshot } from './delta/delta-log.ts'
import { deltaLocation, deltaName } from './delta/delta-table.ts'
import { resolverOf, UnreadDeltaTable } from './table-resolver.ts'

export interface Binding {
  readonly bound: BoundQuery
  /** Remembers the tables and views that were met. */
  readonly resolver: ReturnType<typeof resolverOf>
}

/** The statement sees one snapshot of each Delta table, however often it names it. */
export async function bindQuery(
  query: Query,
  context: QueryContext,
  parameters: readonly Expr[] = [],
): Promise<Binding> {
  const deltaTables = new Map<string, DeltaTable>()
  for (;;) {
    const resolver = resolverOf(context, deltaTables)
    try {
      return { bound: analyzeQuery(query, resolver, sessionOf(context), parameters), resolver }
    } catch (error) {
      if (!(error instanceof UnreadDeltaTable)) throw error
      const { table } = error
      const location = deltaLocation(table)
      const snapshot = await readSnapshot(location, deltaName(table), context)
      deltaTables.set(deltaName(table), { snapshot, layout: deltaLayout(snapshot, location) })
    }
  }
}

const sessionOf = (context: QueryContext) => ({
  now: context.now,
  timeZone: 'UTC',
  user: context.principal.arn,
  catalog: context.catalog,
  database: context.database,
})
