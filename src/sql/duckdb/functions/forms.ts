/** The plain forms that most lowerings have. */
import type { Constant } from '../../plan.ts'
import type { Call, Lowering } from '../context.ts'
import { duckdbType } from '../types.ts'

/** The same arguments under a name of DuckDB's, the prelude's or a JavaScript function's. */
export const named =
  (name: string): Lowering =>
  ({ args }) =>
    `${name}(${args.join(', ')})`

/** As `named`, where DuckDB's result is of another width. */
export const typed =
  (name: string): Lowering =>
  (call) =>
    asResult(call, `${name}(${call.args.join(', ')})`)

export const infix =
  (operator: string): Lowering =>
  ({ args }) =>
    `(${args.join(` ${operator} `)})`

export const constant =
  (sql: string): Lowering =>
  () =>
    sql

export function asResult(call: Call, sql: string): string {
  return `CAST(${sql} AS ${duckdbType(call.result)})`
}

/** The texts of a list that are not NULL, joined by argument `index`. DuckDB joins by constants only. */
export function joinedBy(call: Call, index: number, list: string): string {
  const delimiter = call.args[index]!
  if (typeof call.constant(index) === 'string') return `coalesce(array_to_string(${list}, ${delimiter}), '')`
  const [left, right] = [call.printing.fresh('v'), call.printing.fresh('v')]
  return call.once(
    [`list_filter(${list}, lambda ${left}: ${left} IS NOT NULL)`],
    (l) =>
      `CASE WHEN len(${l}) = 0 THEN '' ELSE list_reduce(${l}, lambda ${left}, ${right}: ${left} || ${delimiter} || ${right}) END`,
  )
}

export function textConstant(call: Call, index: number): string | undefined {
  const value: Constant | undefined = call.constant(index)
  return typeof value === 'string' ? value : undefined
}

export function numberConstant(call: Call, index: number): number | undefined {
  const value = call.constant(index)
  if (typeof value !== 'bigint' && typeof value !== 'number') return undefined
  // Written as a literal a larger one would be of a type that DuckDB's functions of places do not take.
  return Math.abs(Number(value)) <= 2147483647 ? Number(value) : undefined
}
