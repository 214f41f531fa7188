/** ORDER BY, OFFSET, LIMIT and FETCH FIRST around a query's rows. */
import type { Query, RowCount } from '../ast.ts'
import { type Column, columnsOf, type Rel, type SortKey } from '../plan.ts'
import { SqlError } from '../position.ts'
import { type Context, scalarEnv } from './context.ts'
import { bindExpression } from './expressions.ts'
import { EMPTY_SCOPE } from './scope.ts'

export interface Tail {
  readonly orderBy: Query['orderBy']
  readonly offset?: number
  readonly limit?: number
  readonly withTies: boolean
  /** An order that nobody can see (a subquery's, without a limit) is checked and dropped, as Trino does. */
  readonly keepsOrder: boolean
}

export function tailOf(query: Query, context: Context, outermost: boolean): Tail {
  const offset = query.offset && rowCount(query.offset, 'OFFSET', context)
  const limit =
    query.limit && rowCount(query.limit, query.limitClause?.kind === 'fetch' ? 'FETCH FIRST' : 'LIMIT', context)
  const withTies = query.withTies ?? false
  if (withTies && query.orderBy.length === 0)
    throw new SqlError('MISSING_ORDER_BY', 'FETCH FIRST WITH TIES clause requires ORDER BY', query.limitClause?.at)
  if (query.limitClause?.kind === 'fetch' && limit === 0)
    throw new SqlError(
      'NUMERIC_VALUE_OUT_OF_RANGE',
      'FETCH FIRST row count must be positive (actual value: 0)',
      query.limitClause?.at,
    )
  return {
    orderBy: query.orderBy,
    ...(offset !== undefined && { offset }),
    ...(limit !== undefined && { limit }),
    withTies,
    keepsOrder: outermost || offset !== undefined || limit !== undefined,
  }
}

function rowCount(count: RowCount, clause: string, context: Context): number {
  if ('count' in count) return count.count
  const expr = context.parameters[count.parameter]
  if (!expr) throw new SqlError('INVALID_PARAMETER_USAGE', 'Query takes no parameters', count.at)
  const value = bindExpression(expr, scalarEnv(context, EMPTY_SCOPE, clause, count.at))
  if (value.kind !== 'constant' || typeof value.value !== 'bigint')
    throw new SqlError('TYPE_MISMATCH', `Non constant parameter value for ${clause}`, count.at)
  if (value.value < 0n)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `${clause} row count must be greater or equal to 0 (actual value: ${value.value})`,
      count.at,
    )
  return Number(value.value)
}

/** Sorts, cuts, and keeps just the `output` columns. */
export function applyTail(input: Rel, keys: readonly SortKey[], tail: Tail, output: readonly Column[]): Rel {
  let rel = input
  if (keys.length > 0 && tail.keepsOrder) rel = { kind: 'sort', input: rel, keys }
  const { limit, offset } = tail
  if (limit !== undefined || offset !== undefined)
    rel = {
      kind: 'limit',
      input: rel,
      ...(limit !== undefined && { count: limit }),
      ...(offset !== undefined && { offset }),
      ...(tail.withTies && { withTies: keys }),
    }
  return keepColumns(rel, output)
}

/** The relation with exactly these of its columns, in this order. */
export function keepColumns(rel: Rel, output: readonly Column[]): Rel {
  const columns = columnsOf(rel)
  if (columns.length === output.length && columns.every((column, i) => column.id === output[i]!.id)) return rel
  const items = output.map((column) => ({
    column,
    of: { kind: 'column', id: column.id, type: column.type } as const,
  }))
  return { kind: 'project', input: rel, items }
}
