/**
 * Analysis: a parsed query, with names and without types, becomes a plan in which every column has an id and every
 * expression a type. Trino's rules, messages and positions. Pure: tables come from the resolver it is given.
 */
import type { Expr, Query } from '../ast.ts'
import type { BoundQuery, Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { Resolver, Session } from '../resolver.ts'
import { type Context, newIds, scalarEnv, tooDeep } from './context.ts'
import { bindExpression } from './expressions.ts'
import { pruneColumns } from './prune-columns.ts'
import { bindQuery } from './queries.ts'
import { EMPTY_SCOPE, type Field, type Scope } from './scope.ts'

/** `parameters` stand for the `?` of the query, in order. Throws SqlError. */
export function analyzeQuery(
  query: Query,
  resolver: Resolver,
  session: Session,
  parameters: readonly Expr[] = [],
): BoundQuery {
  return bounded(() => {
    checkParameters(query, parameters)
    const context = contextOf(resolver, session, parameters)
    const { rel, fields } = bindQuery(query, undefined, context, true)
    const output = fields.map(({ name, column }, i) => ({ name: name ?? `_col${i}`, column }))
    return { root: pruneColumns(rel), output, ...context.findings }
  })
}

/** A column that an expression outside of a query may name, under an id that the caller chose. */
export type VisibleColumn = Field

/**
 * An expression on its own: a property, an argument of EXECUTE, a row filter over `columns`. Subqueries need the
 * resolver; aggregates and windows are refused in Trino's words with `clause` (`WHERE clause`) in front.
 */
export function analyzeExpression(
  expr: Expr,
  resolver: Resolver,
  session: Session,
  columns: readonly VisibleColumn[] = [],
  clause = 'Expression',
): Scalar {
  return bounded(() => {
    const scope: Scope = columns.length === 0 ? EMPTY_SCOPE : { fields: columns }
    const firstFree = Math.max(0, ...columns.map(({ column }) => column.id))
    return bindExpression(expr, scalarEnv(contextOf(resolver, session, [], firstFree), scope, clause, expr.at))
  })
}

function contextOf(resolver: Resolver, session: Session, parameters: readonly Expr[], firstFree = 0): Context {
  const ids = newIds(firstFree)
  return {
    session,
    resolver,
    parameters,
    ids,
    findings: {},
    ctes: new Map(),
    externals: new Map(),
    views: [],
    bindQuery,
  }
}

/** A statement can always be deeper than the stack: that is an error of the statement. */
function bounded<T>(analyze: () => T): T {
  try {
    return analyze()
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('call stack')) throw tooDeep()
    throw error
  }
}

function checkParameters(query: Query, parameters: readonly Expr[]): void {
  const expected = countParameters(query)
  if (expected !== parameters.length)
    throw new SqlError(
      'INVALID_PARAMETER_USAGE',
      `Incorrect number of parameters: expected ${expected} but found ${parameters.length}`,
      query.at,
    )
}

function countParameters(query: Query): number {
  let highest = 0
  const pending: unknown[] = [query]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== 'object' || node === null) continue
    if ('kind' in node && node.kind === 'parameter' && 'index' in node)
      highest = Math.max(highest, Number(node.index) + 1)
    if ('parameter' in node && typeof node.parameter === 'number') highest = Math.max(highest, node.parameter + 1)
    for (const key in node) {
      const child: unknown = node[key as keyof typeof node]
      if (typeof child === 'object' && key !== 'at') pending.push(child)
    }
  }
  return highest
}
