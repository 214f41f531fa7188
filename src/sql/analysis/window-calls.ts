/** Calls with OVER: they are computed after grouping and HAVING, a column takes their place. */
import type { Expr, WindowSpec } from '../ast.ts'
import type { FunctionDefinition } from '../functions/definition.ts'
import type { Scalar, WindowFunction } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { aggregateArguments } from './aggregate-calls.ts'
import type { BindArguments } from './calls.ts'
import type { Env, Windows } from './context.ts'
import { expressionText } from './expression-text.ts'
import { labelName } from './pattern-env.ts'
import { functionOverMatch, patternWindow } from './pattern-windows.ts'
import { inAggregate, sortKeys } from './sort-keys.ts'
import { bindSpec, mergedSpec } from './window-specs.ts'

type Bind = (expr: Expr, env: Env) => Scalar

export function bindWindow(
  expr: Expr & { kind: 'call' },
  definition: FunctionDefinition,
  env: Env,
  bind: Bind,
  bindArguments: BindArguments,
): Scalar {
  const { call, at } = expr
  const { windows } = env
  if (!windows) throw env.refuse('window', expressionText(expr), expr.at)
  const name = call.name.parts.at(-1)!.name.toLowerCase()
  if (definition.kind === 'scalar') throw new SqlError('FUNCTION_NOT_WINDOW', `Not a window function: ${name}`, at)
  const inner = insideWindow(env)
  const spec = mergedSpec(call.over!, windows.named, at)
  checkCall(expr, definition, spec, windows.at)
  const bound = bindSpec(spec, (e) => bind(e, inner))
  if (call.filter) throw new SqlError('NOT_SUPPORTED', 'FILTER is not yet supported for window functions', windows.at)
  const { frame, ...window } = bound
  const called = aggregateArguments(expr, definition, inner, bind, bindArguments)
  const column = env.context.ids.column(called.function.result)
  const result: Scalar = { kind: 'column', id: column.id, type: column.type, at }
  const pattern = frame && patternWindow(spec, bound, windows, inner, bind)
  const overMatch = pattern && functionOverMatch({ column, ...called }, definition, call.nulls === 'ignore')
  if (overMatch) {
    pattern.functions.push({ ...overMatch, expr })
    return result
  }
  const one: WindowFunction = {
    column,
    ...called,
    distinct: call.distinct,
    orderByInside: sortKeys(call.withinGroup ?? call.orderBy, (e) => bind(e, inner), inAggregate(expr.at)),
    ignoreNulls: call.nulls === 'ignore',
    ...window,
    ...(frame && !pattern && { frame }),
  }
  windows.list.push({ function: one, expr, spec })
  return result
}

/** A window of the WINDOW clause is checked whether anything names it or not. */
export function bindWindowSpec(spec: WindowSpec, env: Env & { readonly windows: Windows }, bind: Bind): void {
  const inner = insideWindow(env)
  const merged = mergedSpec(spec, env.windows.named, spec.at)
  patternWindow(
    merged,
    bindSpec(merged, (e) => bind(e, inner)),
    env.windows,
    inner,
    bind,
  )
}

/** `m OVER w`: what the row pattern of the window says of the row. */
export function bindWindowMeasure(expr: Expr & { kind: 'measure' }, env: Env, bind: Bind): Scalar {
  const { name, over, at } = expr
  const { windows } = env
  if (!windows) throw env.refuse('window', expressionText(expr), expr.at)
  const inner = insideWindow(env)
  const spec = mergedSpec(over, windows.named, at)
  const pattern = patternWindow(
    spec,
    bindSpec(spec, (e) => bind(e, inner)),
    windows,
    inner,
    bind,
  )
  const found = pattern?.measures.get(labelName(name)) ?? []
  const [column] = found
  if (!column)
    throw new SqlError('INVALID_WINDOW_MEASURE', `Measure ${name.name} is not defined in the corresponding window`, at)
  if (found.length > 1) throw new SqlError('AMBIGUOUS_NAME', `Measure ${name.name} is defined more than once`, at)
  return { kind: 'column', id: column.id, type: column.type, at }
}

function insideWindow(env: Env): Env {
  const { windows: _, ...rest } = env
  const refuse: Env['refuse'] = (kind, text, at) =>
    kind === 'window'
      ? new SqlError(
          'NESTED_WINDOW',
          'Cannot nest window functions or row pattern measures inside window function arguments',
          at,
        )
      : env.refuse(kind, text, at)
  return { ...rest, refuse }
}

const NULL_TREATMENT = new Set(['first_value', 'last_value', 'nth_value', 'lead', 'lag'])

function checkCall(
  expr: Expr & { kind: 'call' },
  definition: FunctionDefinition,
  spec: WindowSpec,
  queryAt: Position,
): void {
  const { call, at } = expr
  const { name } = definition
  if (call.distinct)
    throw new SqlError(
      'NOT_SUPPORTED',
      `DISTINCT in window function parameters not yet supported: ${expressionText(expr)}`,
      queryAt,
    )
  if (call.orderBy.length > 0) throw new SqlError('NOT_SUPPORTED', 'Window function with ORDER BY is not supported', at)
  if (call.filter && definition.kind === 'window')
    throw new SqlError('FUNCTION_NOT_AGGREGATE', 'Filter is only valid for aggregation functions', at)
  if (call.nulls && !NULL_TREATMENT.has(name))
    throw new SqlError('NULL_TREATMENT_NOT_ALLOWED', `Cannot specify null treatment clause for ${name} function`, at)
  if (name === 'listagg') throw new SqlError('NOT_SUPPORTED', 'Window function with WITHIN GROUP is not supported', at)
  if (name !== 'lead' && name !== 'lag') return
  if (spec.orderBy.length === 0)
    throw new SqlError('MISSING_ORDER_BY', `${name} function requires an ORDER BY window clause`, spec.at)
  if (spec.frame)
    throw new SqlError('INVALID_WINDOW_FRAME', `Cannot specify window frame for ${name} function`, spec.frame.at)
}
