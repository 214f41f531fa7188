/** How the lowering of an aggregate function sees its call. */
import type { Call } from '../context.ts'
import { duckdbType } from '../types.ts'

export interface AggregateCall extends Call {
  /** `name(DISTINCT args ORDER BY ..) FILTER (..) OVER (..)` with the clauses of this call. */
  apply(name: string, ...args: string[]): string
  readonly distinct: boolean
  readonly ordered: boolean
}
export type AggregateLowering = (call: AggregateCall) => string

/** As the type of the result, where DuckDB's is of another width. */
export const typed = (call: AggregateCall, sql: string): string => `CAST(${sql} AS ${duckdbType(call.result)})`
