/** Calls with OVER: they are computed after grouping and HAVING, a column takes their place. */
import type { Expr, FrameBound, Identifier, WindowFrame, WindowSpec } from '../ast.ts'
import { isComparable, isInteger, isNumeric } from '../coercion.ts'
import type { FunctionDefinition } from '../functions/definition.ts'
import type { Bound, Frame, Scalar, SortKey, WindowFunction } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BOOLEAN, typeName } from '../types.ts'
import { aggregateArguments } from './aggregate-calls.ts'
import type { BindArguments } from './calls.ts'
import { coerceTo } from './coercions.ts'
import type { Env } from './context.ts'
import { callText, expressionText } from './expression-text.ts'
import { operatorFor } from './operators.ts'
import { inAggregate, inWindow, sortKeys } from './sort-keys.ts'

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
  if (!windows) throw env.refuse('window', expressionText(expr))
  const name = call.name.parts.at(-1)!.name.toLowerCase()
  if (definition.kind === 'scalar') throw new SqlError('FUNCTION_NOT_WINDOW', `Not a window function: ${name}`, at)
  const inner = insideWindow(env, at)
  const spec = mergedSpec(call.over!, windows.named, at)
  checkCall(expr, definition, spec)
  // In Trino's order, which tells which of several mistakes is reported.
  const partitionBy = spec.partitionBy.map((e) => partitionKey(bind(e, inner), e.at))
  const orderBy = sortKeys(spec.orderBy, (e) => bind(e, inner), inWindow)
  const frame = spec.frame && bindFrame(spec.frame, orderBy, (e) => bind(e, inner))
  const filter = call.filter && coerceTo(bind(call.filter, inner), BOOLEAN, 'Filter', call.filter.at)
  const bound = aggregateArguments(expr, definition, inner, bind, bindArguments)
  const column = env.context.ids.column(bound.function.result)
  const one: WindowFunction = {
    column,
    function: bound.function,
    args: bound.args,
    distinct: call.distinct,
    ...(filter && { filter }),
    orderByInside: sortKeys(call.withinGroup ?? call.orderBy, (e) => bind(e, inner), inAggregate(expr.at)),
    ignoreNulls: call.nulls === 'ignore',
    partitionBy,
    orderBy,
    ...(frame && { frame }),
  }
  windows.list.push({ function: one, expr, spec })
  return { kind: 'column', id: column.id, type: column.type, at }
}

function insideWindow(env: Env, at: Position): Env {
  const { windows: _, ...rest } = env
  const refuse: Env['refuse'] = (kind, text) =>
    kind === 'window'
      ? new SqlError(
          'NESTED_WINDOW',
          'Cannot nest window functions or row pattern measures inside window function arguments',
          at,
        )
      : env.refuse(kind, text)
  return { ...rest, refuse }
}

const NULL_TREATMENT = new Set(['first_value', 'last_value', 'nth_value', 'lead', 'lag'])

function checkCall(expr: Expr & { kind: 'call' }, definition: FunctionDefinition, spec: WindowSpec): void {
  const { call, at } = expr
  const { name } = definition
  if (call.distinct)
    throw new SqlError(
      'NOT_SUPPORTED',
      `DISTINCT in window function parameters not yet supported: ${callText(call)}`,
      at,
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

function partitionKey(of: Scalar, at: Position): Scalar {
  if (isComparable(of.type)) return of
  throw new SqlError(
    'TYPE_MISMATCH',
    `${typeName(of.type)} is not comparable, and therefore cannot be used in window function PARTITION BY`,
    at,
  )
}

/** `OVER w` and `OVER (w ORDER BY ...)` written out. */
function mergedSpec(
  over: Identifier | WindowSpec,
  named: ReadonlyMap<string, WindowSpec>,
  at: Position,
  seen: readonly string[] = [],
): WindowSpec {
  const lookUp = (identifier: Identifier): WindowSpec => {
    const name = identifier.name.toLowerCase()
    const spec = named.get(name)
    if (!spec || seen.includes(name))
      throw new SqlError('INVALID_WINDOW_REFERENCE', `Cannot resolve WINDOW name ${identifier.name}`, identifier.at)
    return mergedSpec(spec, named, at, [...seen, name])
  }
  if (!('kind' in over)) return lookUp(over)
  if (!over.base) return over
  const base = lookUp(over.base)
  if (over.partitionBy.length > 0)
    throw new SqlError(
      'INVALID_PARTITION_BY',
      'WINDOW specification with named WINDOW reference cannot specify PARTITION BY',
      over.partitionBy[0]!.at,
    )
  if (base.orderBy.length > 0 && over.orderBy.length > 0)
    throw new SqlError(
      'INVALID_ORDER_BY',
      'Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY',
      over.orderBy[0]!.at,
    )
  if (base.frame)
    throw new SqlError(
      'INVALID_WINDOW_REFERENCE',
      'Cannot reference named WINDOW containing frame specification',
      over.base.at,
    )
  const { base: _, ...rest } = over
  return {
    ...rest,
    partitionBy: base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
  }
}

function bindFrame(frame: WindowFrame, orderBy: readonly SortKey[], bind: (expr: Expr) => Scalar): Frame {
  if (frame.recognition)
    throw new SqlError('NOT_SUPPORTED', 'Row pattern recognition in window is not supported', frame.at)
  const end: FrameBound = frame.end ?? { kind: 'current-row' }
  checkFrame(frame, end)
  const offsets = [frame.start, end].some((bound) => 'value' in bound)
  const unit = frame.unit.toUpperCase()
  if (offsets && frame.unit !== 'rows' && orderBy.length === 0)
    throw new SqlError(
      'MISSING_ORDER_BY',
      `Window frame of type ${unit} PRECEDING or FOLLOWING requires ORDER BY`,
      frame.at,
    )
  if (offsets && frame.unit === 'range' && orderBy.length !== 1)
    throw new SqlError(
      'INVALID_ORDER_BY',
      `Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: ${orderBy.length})`,
      frame.at,
    )
  const bound = (b: FrameBound, side: string): Bound => {
    if (!('value' in b)) return b
    const value = bind(b.value)
    if (frame.unit === 'range') checkRangeOffset(orderBy[0]!, value, b.value.at)
    else if (!isInteger(value.type) && !(value.type.kind === 'decimal' && value.type.scale === 0))
      throw new SqlError(
        'TYPE_MISMATCH',
        `Window frame ${unit} ${side} value type must be exact numeric type with scale 0 (actual ${typeName(value.type)})`,
        b.value.at,
      )
    return { kind: b.kind, value }
  }
  return { unit: frame.unit, start: bound(frame.start, 'start'), end: bound(end, 'end') }
}

function checkFrame(frame: WindowFrame, end: FrameBound): void {
  const { start, at } = frame
  const fail = (text: string) => new SqlError('INVALID_WINDOW_FRAME', text, at)
  if (start.kind === 'unbounded-following') throw fail('Window frame start cannot be UNBOUNDED FOLLOWING')
  if (end.kind === 'unbounded-preceding') throw fail('Window frame end cannot be UNBOUNDED PRECEDING')
  if (start.kind === 'current-row' && end.kind === 'preceding')
    throw fail('Window frame starting from CURRENT ROW cannot end with PRECEDING')
  if (start.kind === 'following' && end.kind === 'preceding')
    throw fail('Window frame starting from FOLLOWING cannot end with PRECEDING')
  if (start.kind === 'following' && end.kind === 'current-row')
    throw fail('Window frame starting from FOLLOWING cannot end with CURRENT ROW')
}

function checkRangeOffset(key: SortKey, offset: Scalar, at: Position): void {
  const { type } = key.of
  const measurable = isNumeric(type) || /^(date|time|timestamp|interval)/.test(type.kind)
  if (!measurable)
    throw new SqlError(
      'TYPE_MISMATCH',
      `Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: ${typeName(type)})`,
      key.of.at ?? at,
    )
  if (!operatorFor('$add', [key.of, offset]))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Window frame RANGE value type (${typeName(offset.type)}) not compatible with sort item type (${typeName(type)})`,
      at,
    )
}
