/** From a query's tree to a bound plan. What others say of its tables is asked on the way, then analysis begins anew. */
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import type { Expr, Query } from '../../sql/ast.ts'
import type { BoundQuery } from '../../sql/plan.ts'
import type { ResolvedTable } from '../../sql/resolver.ts'
import { Answers, Unanswered } from './answers.ts'
import type { QueryContext } from './context.ts'
import { describedAnswers } from './described-tables.ts'
import { sourceAnswers } from './source-tables.ts'
import { type TableAnswers, TableResolver } from './table-resolver.ts'

export interface Binding {
  readonly bound: BoundQuery
  /** Remembers the tables and views that were met. */
  readonly resolver: TableResolver
}

/** The statement sees one state of each table that describes itself, however often it names it. */
export function bindQuery(query: Query, context: QueryContext, parameters: readonly Expr[] = []): Promise<Binding> {
  return answered(context, (resolver) => ({
    bound: analyzeQuery(query, resolver, sessionOf(context), parameters),
    resolver,
  }))
}

/** Throws SqlError without a position where there is no such table. */
export const bindTable = (name: readonly string[], context: QueryContext): Promise<ResolvedTable> =>
  answered(context, (resolver) => resolver.table(name))

async function answered<T>(context: QueryContext, analyze: (resolver: TableResolver) => T): Promise<T> {
  const answers = tableAnswers(context)
  for (;;) {
    try {
      return analyze(new TableResolver(context, answers))
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      await error.ask()
    }
  }
}

function tableAnswers(context: QueryContext): TableAnswers {
  const answers = new Answers()
  return {
    described: describedAnswers(answers, context),
    source: sourceAnswers(answers, context),
  }
}

const sessionOf = (context: QueryContext) => ({
  now: context.now,
  timeZone: 'UTC',
  user: context.principal.arn,
  catalog: context.catalog,
  database: context.database,
})
