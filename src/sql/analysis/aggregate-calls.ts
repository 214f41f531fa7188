/** Aggregate calls: they move into the query's aggregation, a column takes their place. */
import type { Expr } from '../ast.ts'
import { isComparable } from '../coercion.ts'
import type { FunctionDefinition } from '../functions/definition.ts'
import type { Aggregation, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BOOLEAN, typeName, VARCHAR } from '../types.ts'
import type { BindArguments, BoundArguments } from './calls.ts'
import { coerceTo } from './coercions.ts'
import type { Env } from './context.ts'
import { callText, expressionText } from './expression-text.ts'
import { constant } from './literals.ts'
import { inAggregate, sortKeys } from './sort-keys.ts'

type Bind = (expr: Expr, env: Env) => Scalar
type CallExpr = Expr & { kind: 'call' }

export function bindAggregate(
  expr: CallExpr,
  definition: FunctionDefinition,
  env: Env,
  bind: Bind,
  bindArguments: BindArguments,
): Scalar {
  const { aggregates } = env
  if (!aggregates) throw env.refuse('aggregate', callText(expr.call), expr.at)
  const inner = insideAggregate(env, expr)
  const { call, at } = expr
  if (call.nulls)
    throw new SqlError(
      'NULL_TREATMENT_NOT_ALLOWED',
      `Cannot specify null treatment clause for ${definition.name} function`,
      at,
    )
  const filter = call.filter && coerceTo(bind(call.filter, inner), BOOLEAN, 'Filter', call.filter.at)
  const bound = aggregateArguments(expr, definition, inner, bind, bindArguments)
  const orderBy = sortKeys(call.withinGroup ?? call.orderBy, (e) => bind(e, inner), inAggregate(expr.at))
  if (call.distinct) checkDistinct(bound, orderBy, aggregates.keys.keyOf.bind(aggregates.keys), at)
  const key = [
    bound.function.name,
    bound.function.parameters.map(typeName).join(),
    bound.args.map((arg) => aggregates.keys.keyOf(arg)).join(),
    call.distinct,
    filter ? aggregates.keys.keyOf(filter) : '',
    orderBy.map((k) => `${aggregates.keys.keyOf(k.of)}${k.descending}${k.nullsFirst}`).join(),
  ].join('|')
  let column = aggregates.byKey.get(key)
  if (!column) {
    column = env.context.ids.column(bound.function.result)
    const one: Aggregation = {
      column,
      function: bound.function,
      args: bound.args,
      distinct: call.distinct,
      orderBy,
      ...(filter && { filter }),
    }
    aggregates.list.push(one)
    aggregates.byKey.set(key, column)
  }
  return { kind: 'column', id: column.id, type: column.type, at }
}

export function aggregateArguments(
  expr: CallExpr,
  definition: FunctionDefinition,
  env: Env,
  bind: Bind,
  bindArguments: BindArguments,
): BoundArguments {
  const { call, at } = expr
  const name = call.name.parts.at(-1)!.name.toLowerCase()
  if (call.star && definition.name !== 'count')
    throw new SqlError('FUNCTION_NOT_FOUND', `Function '${name}' cannot be called with *`, at)
  if (definition.name === 'count' && call.args.length === 0 && !call.star)
    return bindArguments(definition, name, [], env, bind, at)
  if (definition.name === 'listagg' && call.args[0]) {
    const type = bind(call.args[0], env).type
    if (type.kind !== 'varchar' && type.kind !== 'unknown')
      throw new SqlError(
        'TYPE_MISMATCH',
        `Expected expression of varchar, but '${expressionText(call.args[0])}' has ${typeName(type)} type`,
        call.args[0].at,
      )
  }
  const bound = bindArguments(definition, name, call.args, env, bind, at)
  return call.truncate ? withOverflow(bound, call.truncate, at) : bound
}

/** What LISTAGG does when its text grows too long, as arguments after the separator. */
function withOverflow(
  { function: fn, args }: BoundArguments,
  { filler, withCount }: NonNullable<CallExpr['call']['truncate']>,
  at: Position,
): BoundArguments {
  const parameters = [...fn.parameters, VARCHAR, BOOLEAN]
  return {
    function: { ...fn, parameters },
    args: [...args, constant(filler, VARCHAR, at), constant(withCount, BOOLEAN, at)],
  }
}

function insideAggregate(env: Env, expr: CallExpr): Env {
  const { aggregates: _a, windows: _w, ...rest } = env
  return {
    ...rest,
    scope: env.aggregateScope ?? env.scope,
    refuse: (kind, text) =>
      kind === 'window'
        ? new SqlError(
            'NESTED_WINDOW',
            `Cannot nest window functions or row pattern measures inside aggregation '${nameText(expr)}': [${text}]`,
            expr.at,
          )
        : new SqlError(
            'NESTED_AGGREGATION',
            `Cannot nest aggregations inside aggregation '${nameText(expr)}': [${text}]`,
            expr.at,
          ),
  }
}

const nameText = ({ call }: CallExpr): string => call.name.parts.map((part) => part.name).join('.')

function checkDistinct(
  bound: BoundArguments,
  orderBy: readonly { readonly of: Scalar }[],
  keyOf: (scalar: Scalar) => number,
  at: Position,
): void {
  for (const { type } of bound.args)
    if (!isComparable(type))
      throw new SqlError(
        'TYPE_MISMATCH',
        `DISTINCT can only be applied to comparable types (actual: ${typeName(type)})`,
        at,
      )
  const args = new Set(bound.args.map(keyOf))
  if (orderBy.some((key) => !args.has(keyOf(key.of))))
    throw new SqlError(
      'EXPRESSION_NOT_IN_DISTINCT',
      'For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments',
      at,
    )
}
