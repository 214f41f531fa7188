/** What stands in the parentheses of OVER and WINDOW: partitions, order and frame. */
import type { Expr, FrameBound, Identifier, WindowFrame, WindowSpec } from '../ast.ts'
import { isComparable, isInteger, isNumeric } from '../coercion.ts'
import type { Bound, Frame, Scalar, SortKey } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { PatternRecognition } from '../trino/row-pattern-ast.ts'
import { typeName } from '../types.ts'
import { operatorFor } from './operators.ts'
import { inWindow, sortKeys } from './sort-keys.ts'

export interface BoundSpec {
  readonly partitionBy: readonly Scalar[]
  readonly orderBy: readonly SortKey[]
  readonly frame?: Frame
}

/** In Trino's order, which tells which of several mistakes is reported. */
export function bindSpec(spec: WindowSpec, bind: (expr: Expr) => Scalar): BoundSpec {
  refuseNested(spec)
  const partitionBy = spec.partitionBy.map((expr) => partitionKey(bind(expr), expr.at))
  const orderBy = sortKeys(spec.orderBy, bind, inWindow)
  const frame = spec.frame && bindFrame(spec.frame, orderBy, bind)
  return { partitionBy, orderBy, ...(frame && { frame }) }
}

/** Windows inside a window; those of its queries are their own. */
function refuseNested(node: unknown): void {
  if (typeof node !== 'object' || node === null) return
  const { kind, call, at } = node as Partial<Expr & { call: { over?: unknown } }>
  if (kind === 'measure' || (kind === 'call' && call?.over))
    throw new SqlError(
      'NESTED_WINDOW',
      'Cannot nest window functions or row pattern measures inside window specification',
      at,
    )
  for (const [name, part] of Object.entries(node)) if (name !== 'query') refuseNested(part)
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
export function mergedSpec(
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
  if (frame.recognition) checkRecognition(frame, frame.recognition)
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

/** What may follow the extent of a frame is all there or not at all, and begins with the row at hand. */
function checkRecognition(frame: WindowFrame, recognition: Partial<PatternRecognition>): void {
  const { pattern, measures = [], afterMatch, mode, subsets = [], definitions = [] } = recognition
  const missing = (what: string, at: Position) => new SqlError('MISSING_ROW_PATTERN', `${what} PATTERN clause`, at)
  if (!pattern) {
    if (measures.length > 0) throw missing('Row pattern measures require', frame.at)
    if (afterMatch) throw missing('AFTER MATCH SKIP clause requires', afterMatch.at)
    if (mode) throw missing(`${mode.kind.toUpperCase()} modifier requires`, mode.at)
    if (subsets[0]) throw missing('Union variable definitions require', subsets[0].at)
    throw missing('Primary pattern variable definitions require', definitions[0]!.at)
  }
  if (definitions.length === 0)
    throw new SqlError('MISSING_VARIABLE_DEFINITIONS', 'Pattern recognition requires DEFINE clause', frame.at)
  const fail = (text: string) => new SqlError('INVALID_WINDOW_FRAME', `Pattern recognition requires ${text}`, frame.at)
  if (frame.unit !== 'rows') throw fail('ROWS frame type')
  if (frame.start.kind !== 'current-row' || !frame.end) throw fail('frame specified as BETWEEN CURRENT ROW AND ...')
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
