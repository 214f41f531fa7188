/** GROUP BY: keys, grouping sets, and the rule that everything else must be aggregated. */
import type { Expr, GroupBy } from '../ast.ts'
import { isComparable } from '../coercion.ts'
import { functionOf } from '../functions/registry.ts'
import { type Column, columnsOf, type Rel, type Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BIGINT, typeName } from '../types.ts'
import { type Aggregates, type Context, scalarEnv } from './context.ts'
import { expressionText } from './expression-text.ts'
import { bindExpression } from './expressions.ts'
import type { Field, Scope } from './scope.ts'
import type { BoundItem } from './select-items.ts'
import { columnIds, replaceScalars } from './transform.ts'

interface Keys {
  readonly list: { readonly column: Column; readonly of: Scalar }[]
  readonly byKey: Map<number, Column>
}

/** Rewrites an expression of the source into one of the groups. `refuse` is the error when it may not stand there. */
export type Lift = (scalar: Scalar, refuse: () => SqlError) => Scalar

export const notAggregated = (expr: Expr, what = ''): SqlError =>
  new SqlError(
    'EXPRESSION_NOT_AGGREGATE',
    `${what}'${expressionText(expr)}' must be an aggregate expression or appear in GROUP BY clause`,
    expr.at,
  )

export interface Grouped {
  readonly rel: Rel
  readonly lift: Lift
}

const MAX_SETS = 2048

export function bindGrouping(
  input: Rel,
  groupBy: GroupBy | undefined,
  items: readonly BoundItem[],
  aggregates: Aggregates,
  context: Context,
  scope: Scope,
): Grouped {
  const keys: Keys = { list: [], byKey: new Map() }
  const keyIndex = (expr: Expr): number => {
    const of = groupingExpression(expr, items, aggregates, context, scope)
    const key = aggregates.keys.keyOf(of)
    const known = keys.byKey.get(key)
    if (known) return keys.list.findIndex(({ column }) => column.id === known.id)
    const column = context.ids.column(of.type)
    keys.byKey.set(key, column)
    return keys.list.push({ column, of }) - 1
  }
  const sets = groupBy && groupingSets(groupBy, keyIndex)
  const groupings = aggregates.groupings.map(({ column, of, texts, at }) => {
    if (!groupBy)
      throw new SqlError(
        'MISSING_GROUP_BY',
        'A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause',
        at,
      )
    return { column, keys: of.map((scalar, i) => groupingArgument(scalar, texts[i]!, keys, aggregates, at)) }
  })
  // `GROUPING SETS ((), ())` with nothing aggregated still yields its rows.
  if (sets && keys.list.length + aggregates.list.length + groupings.length === 0)
    aggregates.list.push({
      column: context.ids.column(BIGINT),
      function: functionOf('count', [], BIGINT),
      args: [],
      distinct: false,
      orderBy: [],
    })
  const rel: Rel = {
    kind: 'aggregate',
    input,
    keys: keys.list,
    ...(sets && { sets }),
    aggregates: aggregates.list,
    groupings,
  }
  return { rel, lift: lifting(input, keys, aggregates, scope.fields) }
}

function groupingExpression(
  expr: Expr,
  items: readonly BoundItem[],
  aggregates: Aggregates,
  context: Context,
  scope: Scope,
): Scalar {
  const ordinal = ordinalOf(expr)
  let of: Scalar
  if (ordinal === undefined) of = bindExpression(expr, scalarEnv(context, scope, 'GROUP BY clause', expr.at))
  else {
    const item = items[ordinal - 1]
    if (!item)
      throw new SqlError('INVALID_COLUMN_REFERENCE', `GROUP BY position ${ordinal} is not in select list`, expr.at)
    of = item.of
    const computed = new Set(
      [...aggregates.byKey.values(), ...aggregates.groupings.map((g) => g.column)].map((c) => c.id),
    )
    if ([...columnIds(of)].some((id) => computed.has(id)))
      throw new SqlError(
        'EXPRESSION_NOT_SCALAR',
        `GROUP BY clause cannot contain aggregations, window functions or grouping operations: [${item.expr ? expressionText(item.expr) : ''}]`,
        expr.at,
      )
  }
  if (!isComparable(of.type))
    throw new SqlError(
      'TYPE_MISMATCH',
      `${typeName(of.type)} is not comparable, and therefore cannot be used in GROUP BY`,
      expr.at,
    )
  return of
}

/** A bare whole number in GROUP BY or ORDER BY counts select items from 1. */
export function ordinalOf(expr: Expr): number | undefined {
  return expr.kind === 'number' && /^\d+$/.test(expr.text) ? Number(expr.text) : undefined
}

function groupingArgument(scalar: Scalar, text: string, keys: Keys, aggregates: Aggregates, at: Position): number {
  const column = keys.byKey.get(aggregates.keys.keyOf(scalar))
  const index = keys.list.findIndex((key) => key.column.id === column?.id)
  if (index < 0)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to ${text}.`,
      at,
    )
  return index
}

/** Undefined when there is just one set: all keys. */
function groupingSets(groupBy: GroupBy, keyIndex: (expr: Expr) => number): readonly (readonly number[])[] | undefined {
  if (groupBy.elements.every((element) => element.kind === 'simple')) {
    for (const element of groupBy.elements) for (const set of element.sets) for (const expr of set) keyIndex(expr)
    return undefined
  }
  let sets: number[][] = [[]]
  for (const element of groupBy.elements) {
    const parts = element.sets.map((set) => set.map(keyIndex))
    const choices = expandElement(element.kind, parts, groupBy.at)
    if (sets.length * choices.length > MAX_SETS) throw tooMany(sets.length * choices.length, groupBy.at)
    sets = sets.flatMap((set) => choices.map((choice) => [...new Set([...set, ...choice])]))
  }
  if (!groupBy.distinct) return sets
  const seen = new Set<string>()
  return sets.filter((set) => {
    const key = set.toSorted((a, b) => a - b).join()
    return seen.size < seen.add(key).size
  })
}

function expandElement(
  kind: GroupBy['elements'][number]['kind'],
  parts: readonly number[][],
  at: Position,
): number[][] {
  switch (kind) {
    case 'simple':
      return [parts.flat()]
    case 'sets':
      return parts.map((part) => [...part])
    case 'rollup':
      return Array.from({ length: parts.length + 1 }, (_, i) => parts.slice(0, parts.length - i).flat())
    case 'cube': {
      if (parts.length > 11) throw tooMany(2 ** parts.length, at)
      return Array.from({ length: 2 ** parts.length }, (_, mask) => parts.filter((_p, i) => !(mask & (1 << i))).flat())
    }
  }
}

const tooMany = (count: number, at: Position): SqlError =>
  new SqlError('TOO_MANY_GROUPING_SETS', `GROUP BY has ${count} grouping sets but can contain at most ${MAX_SETS}`, at)

function lifting(input: Rel, keys: Keys, aggregates: Aggregates, fields: readonly Field[]): Lift {
  const source = new Set(columnsOf(input).map((column) => column.id))
  return (scalar, refuse) => {
    const lift =
      (refuseColumn: (column: Scalar & { kind: 'column' }) => SqlError) =>
      (s: Scalar): Scalar | undefined => {
        const column = keys.byKey.get(aggregates.keys.keyOf(s))
        if (column) return { kind: 'column', id: column.id, type: s.type, ...(s.at && { at: s.at }) }
        if (s.kind === 'column' && source.has(s.id)) throw refuseColumn(s)
        return undefined
      }
    const inQuery = lift((column) => usedInQuery(column, fields))
    return replaceScalars(scalar, lift(refuse), inQuery)
  }
}

function usedInQuery({ id, at }: Scalar & { kind: 'column' }, fields: readonly Field[]): SqlError {
  const name = fields.find((field) => field.column.id === id)?.name
  return new SqlError('EXPRESSION_NOT_AGGREGATE', `Subquery uses '${name}' which must appear in GROUP BY clause`, at)
}
