/** What the parts of the printer share: the state of one printing, and how a function's lowering sees its call. */
import type { Column, Constant, Rel, ResolvedFunction, Scalar } from '../plan.ts'
import type { Type } from '../types.ts'
import type { Zone } from './zones.ts'

/** The state of printing one query. */
export interface Printing {
  /** A name that no other part of the text uses. */
  fresh(prefix: string): string
  /** Zones of the columns that hold a timestamp with time zone, by column id. */
  readonly zones: Map<number, Zone>
  /** SQL text that stands for a column: lambda parameters. */
  readonly bound: Map<number, string>
  /** Set while TRY is printed: subqueries are collected here, to be evaluated outside of it. */
  hoisted: Hoisted | undefined
  /** A subquery as a complete SELECT. */
  query(rel: Rel): string
}

/** DuckDB tries no subqueries; neither does Trino, which plans them as joins. `name` holds their values. */
export interface Hoisted {
  readonly name: string
  readonly values: string[]
}

/** A function call whose arguments are printed; lambdas have an empty text and are read with `lambda`. */
export interface Call {
  readonly function: ResolvedFunction
  readonly args: readonly string[]
  readonly types: readonly Type[]
  readonly result: Type
  readonly printing: Printing
  /** The arguments as the plan has them. */
  readonly scalars: readonly Scalar[]
  /** The zone of argument `index`. */
  zone(index: number): Zone
  /** The value of argument `index` when it is a constant, else undefined. */
  constant(index: number): Constant | undefined
  /** The body of the lambda at `index` with its parameters standing for the given SQL texts. */
  lambda(index: number, ...parameters: string[]): string
  /** Parameters and result of the lambda at `index`. */
  lambdaType(index: number): { readonly parameters: readonly Column[]; readonly result: Type }
  /** `convert` with values of `from` in SQL text as values of `to`. */
  cast(sql: string, from: Type, to: Type, zone?: Zone): string
  /** `build` with names standing for `args`, each of which is evaluated once even if the name occurs several times. */
  once(args: readonly string[], build: (...names: string[]) => string): string
}

export type Lowering = (call: Call) => string
export type Lowerings = Readonly<Record<string, Lowering>>
