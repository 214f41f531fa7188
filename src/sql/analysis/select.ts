/**
 * One SELECT, in the order in which it happens: FROM, WHERE, grouping, HAVING, windows, the select list, DISTINCT,
 * ORDER BY and limits. Expressions are bound against the FROM clause first and lifted over the grouping afterwards.
 */
import type { Expr, Select, SortItem } from '../ast.ts'
import { isComparable } from '../coercion.ts'
import { columnsOf, type Rel, type Scalar, type SortKey, type WindowFunction } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { typeName } from '../types.ts'
import { coerceCondition } from './coercions.ts'
import { type Aggregates, type Context, type Env, scalarEnv, type Windows } from './context.ts'
import { expressionText } from './expression-text.ts'
import { bindExpression } from './expressions.ts'
import { bindGrouping, type Lift, notAggregated, ordinalOf } from './grouping.ts'
import { isVolatile } from './operators.ts'
import { bindTable } from './relations.ts'
import { applyTail, type Tail } from './row-limits.ts'
import { ScalarKeys } from './scalar-keys.ts'
import type { BoundRelation, Scope } from './scope.ts'
import { type BoundItem, bindItems } from './select-items.ts'
import { inQuery, sortKey } from './sort-keys.ts'
import { columnIds, mapWindow, replaceScalars } from './transform.ts'
import { bindWindowSpec } from './window-calls.ts'
import { matchingOf } from './window-matchings.ts'

export function bindSelect(select: Select, outer: Scope | undefined, context: Context, tail: Tail): BoundRelation {
  const from: BoundRelation = select.from
    ? bindTable(select.from, outer, context)
    : { rel: { kind: 'single-row' }, fields: [] }
  const scope: Scope = { fields: from.fields, ...(outer && { outer }) }
  let rel = select.where ? bindWhere(select.where, from.rel, scope, context) : from.rel

  const env = selectEnv(select, scope, context)
  for (const { spec } of select.windows) bindWindowSpec(spec, env, bindExpression)
  const items = bindItems(select.items, from.fields, select.from !== undefined, env)
  const having = select.having && bindHaving(select.having, env)
  const order = bindOrder(tail.orderBy, items, scope, env, select.at)

  let lift: Lift = (scalar) => scalar
  if (select.groupBy || having || env.aggregates.list.length + env.aggregates.groupings.length > 0) {
    const grouped = bindGrouping(rel, select.groupBy, items, env.aggregates, context, scope)
    rel = grouped.rel
    lift = grouped.lift
    if (having) rel = { kind: 'filter', input: rel, predicate: lift(having, () => notAggregated(select.having!)) }
  }
  for (const window of env.windows.patterns.values()) rel = matchingOf(rel, window, lift, context)
  if (env.windows.list.length > 0) {
    const functions = env.windows.list.map((window) => liftWindow(window, lift))
    rel = { kind: 'window', input: rel, functions }
  }
  const lifted = items.map((item) => ({ ...item, of: lift(item.of, () => itemNotAggregated(item)) }))
  const keys = order.map(({ key, item }) => ({ ...key, of: lift(key.of, () => notAggregated(item.expr)) }))
  return project(rel, lifted, keys, select, tail, env.aggregates.keys)
}

function liftWindow({ function: one, expr, spec }: Windows['list'][number], lift: Lift): WindowFunction {
  return mapWindow(one, (s) => lift(s, () => notAggregated(expr)), {
    partitionBy: (s, i) => lift(s, () => notAggregated(spec.partitionBy[i]!, 'PARTITION BY expression ')),
    orderBy: (s, i) => lift(s, () => notAggregated(spec.orderBy[i]!.expr, 'ORDER BY expression ')),
  })
}

function itemNotAggregated({ expr, starred }: BoundItem): SqlError {
  if (expr) return notAggregated(expr)
  return new SqlError('EXPRESSION_NOT_AGGREGATE', `Column '${starred}' not in GROUP BY clause`)
}

function bindWhere(where: Expr, input: Rel, scope: Scope, context: Context): Rel {
  const of = bindExpression(where, scalarEnv(context, scope, 'WHERE clause', where.at))
  return { kind: 'filter', input, predicate: coerceCondition(of, 'WHERE clause', where.at) }
}

type SelectEnv = Env & { readonly aggregates: Aggregates; readonly windows: Windows }

function selectEnv(select: Select, scope: Scope, context: Context): SelectEnv {
  const named = new Map<string, (typeof select.windows)[number]['spec']>()
  for (const { name, spec } of select.windows) {
    const key = name.name.toLowerCase()
    if (named.has(key))
      throw new SqlError('DUPLICATE_WINDOW_NAME', `WINDOW name '${name.name}' specified more than once`, name.at)
    named.set(key, spec)
  }
  return {
    context,
    scope,
    aggregates: { list: [], byKey: new Map(), groupings: [], keys: new ScalarKeys() },
    windows: { list: [], at: select.at, scope, patterns: new Map(), named },
    refuse: (_kind, text) => new SqlError('EXPRESSION_NOT_SCALAR', `Unexpected ${text}`, select.at),
    depth: 0,
  }
}

function bindHaving(having: Expr, env: SelectEnv): Scalar {
  const { windows: _, ...rest } = env
  const refuse: Env['refuse'] = (_kind, _text, at) =>
    new SqlError('NESTED_WINDOW', 'HAVING clause cannot contain window functions or row pattern measures', at)
  return coerceCondition(bindExpression(having, { ...rest, refuse }), 'HAVING clause', having.at)
}

interface OrderKey {
  readonly key: SortKey
  readonly item: SortItem
}

/** ORDER BY sees the output's names before those of the FROM clause; a number is a place in the select list. */
function bindOrder(
  orderBy: readonly SortItem[],
  items: readonly BoundItem[],
  scope: Scope,
  env: SelectEnv,
  at: Position,
): OrderKey[] {
  const fields = items.flatMap(({ name, column }) => (name === undefined ? [] : [{ name, column }]))
  const outputs: Scope = { fields, outer: scope }
  const aggregateScope: Scope = { ...outputs, refuse: outputReference }
  return orderBy.map((item) => {
    const ordinal = ordinalOf(item.expr)
    const chosen = ordinal === undefined ? undefined : items[ordinal - 1]
    if (ordinal !== undefined && !chosen)
      throw new SqlError('INVALID_COLUMN_REFERENCE', `ORDER BY position ${ordinal} is not in select list`, item.expr.at)
    const of: Scalar = chosen
      ? { kind: 'column', id: chosen.column.id, type: chosen.column.type, at: item.expr.at }
      : bindExpression(item.expr, { ...env, scope: outputs, aggregateScope })
    return { key: sortKey(item, of, inQuery(at)), item }
  })
}

const outputReference = (_name: string, at: Position): SqlError =>
  new SqlError('COLUMN_NOT_FOUND', 'Invalid reference to output projection attribute from ORDER BY aggregation', at)

function project(
  input: Rel,
  items: readonly BoundItem[],
  keys: readonly SortKey[],
  select: Select,
  tail: Tail,
  scalarKeys: ScalarKeys,
): BoundRelation {
  const outputs = new Map<number, BoundItem>()
  for (const item of items) if (!isVolatile(item.of)) outputs.set(scalarKeys.keyOf(item.of), item)
  const outputIds = new Set(items.map((item) => item.column.id))
  const sort = keys.map((key) => ({
    ...key,
    of: replaceScalars(key.of, (s) => {
      if (s.kind === 'column' && outputIds.has(s.id)) return s
      const same = s.kind === 'constant' ? undefined : outputs.get(scalarKeys.keyOf(s))
      return same && { kind: 'column', id: same.column.id, type: s.type, ...(s.at && { at: s.at }) }
    }),
  }))
  const available = new Map(columnsOf(input).map((column) => [column.id, column]))
  const extra = [...new Set(sort.flatMap((key) => [...columnIds(key.of)]))].flatMap((id) => available.get(id) ?? [])
  if (select.distinct) checkDistinct(select, items, extra.length > 0)
  let rel: Rel = {
    kind: 'project',
    input,
    items: [
      ...items.map(({ column, of }) => ({ column, of })),
      ...extra.map((column) => ({ column, of: { kind: 'column', id: column.id, type: column.type } as const })),
    ],
  }
  if (select.distinct) rel = { kind: 'distinct', input: rel }
  const columns = items.map((item) => item.column)
  const fields = items.map(({ name, column }) => (name === undefined ? { column } : { name, column }))
  return { rel: applyTail(rel, sort, tail, columns), fields }
}

function checkDistinct(select: Select, items: readonly BoundItem[], sortsByMore: boolean): void {
  for (const { column, expr, at } of items)
    if (!isComparable(column.type))
      throw new SqlError(
        'TYPE_MISMATCH',
        `DISTINCT can only be applied to comparable types (actual: ${typeName(column.type)})${expr ? `: ${expressionText(expr)}` : ''}`,
        at,
      )
  if (sortsByMore)
    throw new SqlError(
      'EXPRESSION_NOT_IN_DISTINCT',
      'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
      select.at,
    )
}
