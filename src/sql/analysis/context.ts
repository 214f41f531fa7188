/** What the parts of analysis pass around. */
import type { Expr, Query, WindowFrame, WindowSpec } from '../ast.ts'
import type { Aggregation, Column, ExternalFunction, Scalar, WindowFunction } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { Resolver, Session } from '../resolver.ts'
import type { Type } from '../types.ts'
import type { PatternEnv } from './pattern-env.ts'
import type { PatternWindow } from './pattern-windows.ts'
import type { ScalarKeys } from './scalar-keys.ts'
import type { BoundRelation, Scope } from './scope.ts'

/** Hands out ids that are unique in the statement. */
export interface Ids {
  column(type: Type): Column
  cte(): number
  /** Of a view that is expanded, as often as it is named: how many there are by now, a wide one counting for several. */
  view(columns: number): number
}

/** What analysis learns of the statement on its way. */
export interface Findings {
  isOfTheMoment?: true
  externals?: ExternalFunction[]
}

export interface NamedRelation {
  readonly cte: number
  readonly columns: readonly { readonly name?: string; readonly type: Type }[]
  /** Set while the step of a recursive query is analysed. */
  readonly recursive: boolean
}

/** By name; those of a WITH in front of those around it. */
export interface NamedRelations {
  get(name: string): NamedRelation | undefined
}

export interface Context {
  readonly session: Session
  readonly resolver: Resolver
  readonly parameters: readonly Expr[]
  readonly ids: Ids
  readonly findings: Findings
  readonly ctes: NamedRelations
  /** Functions that the statement has declared, by their folded names. */
  readonly externals: ReadonlyMap<string, ExternalFunction>
  /** Names and texts of the views being expanded, outermost first. */
  readonly views: readonly string[]
  /** Injected, for expressions contain queries and queries contain expressions. */
  readonly bindQuery: (query: Query, outer: Scope | undefined, context: Context) => BoundRelation
}

/** Where an expression stands: what it sees and which kinds of function it may use. */
export interface Env {
  readonly context: Context
  readonly scope: Scope
  /** Collects aggregate calls; absent where they are not allowed. */
  readonly aggregates?: Aggregates
  readonly windows?: Windows
  /** The error for an aggregate, window or grouping call at `at`, where none may stand. */
  readonly refuse: (kind: 'aggregate' | 'window' | 'grouping', text: string, at: Position) => SqlError
  /** What the arguments of aggregates see, where that is less than `scope`: ORDER BY. */
  readonly aggregateScope?: Scope
  /** In the clauses of a row pattern, where names stand for rows of the match. */
  readonly pattern?: PatternEnv
  /** Inside the body of a lambda, which cannot hold a query. */
  readonly inLambda?: boolean
  /** Nesting of expressions, to stop before the stack does. */
  readonly depth: number
}

export interface Aggregates {
  readonly list: Aggregation[]
  readonly byKey: Map<string, Column>
  readonly groupings: {
    readonly column: Column
    readonly of: readonly Scalar[]
    /** The arguments as written, for messages. */
    readonly texts: readonly string[]
    readonly at: Position
  }[]
  readonly keys: ScalarKeys
}
export interface Windows {
  /** With the call and its window as written, for messages. */
  readonly list: { readonly function: WindowFunction; readonly expr: Expr; readonly spec: WindowSpec }[]
  /** The query's own place. */
  readonly at: Position
  /** What row patterns see, wherever the window is named. */
  readonly scope: Scope
  /** Those whose frame is the match of a row pattern. */
  readonly patterns: Map<WindowFrame, PatternWindow>
  readonly named: ReadonlyMap<string, WindowSpec>
}

const MAX_DEPTH = 1000
/** It takes about as long to bind so many columns as to bind a view. */
const VIEW_COLUMNS = 64

/** An environment in which only scalar functions may be called; `name` is Trino's for it: `WHERE clause`. */
export function scalarEnv(context: Context, scope: Scope, name: string, at: Position): Env {
  return { context, scope, refuse: refuseIn(name, at), depth: 0 }
}

export const refuseIn =
  (name: string, at: Position): Env['refuse'] =>
  (_kind, text) =>
    new SqlError(
      'EXPRESSION_NOT_SCALAR',
      `${name} cannot contain aggregations, window functions or grouping operations: [${text}]`,
      at,
    )

/** One level further in. */
export function deeper(env: Env): Env {
  if (env.depth >= MAX_DEPTH) throw tooDeep()
  return { ...env, depth: env.depth + 1 }
}

/** Trino's words when its own analysis runs out of stack. */
export const tooDeep = (): SqlError =>
  new SqlError('STACK_OVERFLOW', 'statement is too large (stack overflow during analysis)')

/** Ids above `used`, which are taken. */
export function newIds(used = 0): Ids {
  let columns = used
  let ctes = 0
  let views = 0
  return {
    column: (type) => ({ id: ++columns, type }),
    cte: () => ++ctes,
    view: (width) => (views += 1 + Math.floor(width / VIEW_COLUMNS)),
  }
}
