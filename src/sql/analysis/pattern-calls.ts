/** Calls in the DEFINE and MEASURES clauses of a row pattern: navigation, CLASSIFIER, MATCH_NUMBER and aggregates. */
import type { Call, Expr } from '../ast.ts'
import type { FunctionDefinition } from '../functions/definition.ts'
import { findFunction } from '../functions/registry.ts'
import type { Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { aggregateArguments } from './aggregate-calls.ts'
import type { BindArguments } from './calls.ts'
import type { Env } from './context.ts'
import { isDouble } from './literals.ts'
import { commonLabel, LAST_ROW, labelName, type PatternEnv, type PatternUse } from './pattern-env.ts'

type Bind = (expr: Expr, env: Env) => Scalar
type CallExpr = Expr & { kind: 'call' }
type Navigation = 'first' | 'last' | 'prev' | 'next'

const nameOf = (call: Call): string => call.name.parts.map((part) => part.name.toLowerCase()).join('.')
const isPhysical = (name: string): boolean => name === 'prev' || name === 'next'
const isNavigation = (name: string): name is Navigation => isPhysical(name) || name === 'first' || name === 'last'

/** The value of a call that only row patterns know, or that means something else in them; undefined for others. */
export function bindPatternCall(
  expr: CallExpr,
  env: Env,
  pattern: PatternEnv,
  bind: Bind,
  bindArguments: BindArguments,
): Scalar | undefined {
  const { call, at } = expr
  if (call.over)
    throw new SqlError(
      'NESTED_WINDOW',
      'Cannot nest window functions or row pattern measures inside pattern recognition expressions',
      at,
    )
  const name = nameOf(call)
  checkMode(call, name, pattern)
  if (isNavigation(name)) return bindNavigation(expr, name, env, pattern, bind)
  if (name === 'classifier') return bindClassifier(call, pattern, at)
  if (name === 'match_number') return bindMatchNumber(call, pattern, at)
  const definition = findFunction(name)
  return definition?.kind === 'aggregate'
    ? bindPatternAggregate(expr, definition, env, pattern, bind, bindArguments)
    : undefined
}

function checkMode({ mode }: Call, name: string, { defining }: PatternEnv): void {
  if (!mode) return
  const words = `${mode.kind.toUpperCase()} semantics is`
  const refuse = (text: string) => new SqlError('INVALID_PROCESSING_MODE', `${words} ${text}`, mode.at)
  if (defining && mode.kind === 'final') throw refuse('not supported in DEFINE clause')
  if (isPhysical(name) || name === 'classifier' || name === 'match_number')
    throw refuse(`not supported with ${name} pattern recognition function`)
  if (!isNavigation(name) && findFunction(name)?.kind !== 'aggregate')
    throw refuse(`supported only for FIRST(), LAST() and aggregation functions. Actual: ${name}`)
}

function bindNavigation(expr: CallExpr, name: Navigation, env: Env, pattern: PatternEnv, bind: Bind): Scalar {
  const { call, at } = expr
  if (call.args.length < 1 || call.args.length > 2)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `${name} pattern recognition function requires 1 or 2 arguments`,
      at,
    )
  const steps = navigationOffset(call.args[1], name, at)
  const argument = call.args[0]!
  checkNesting(argument, name)
  const row = pattern.row ?? LAST_ROW
  const uses: PatternUse[] = []
  const inner: PatternEnv = {
    ...pattern,
    uses,
    row: isPhysical(name)
      ? { ...row, distance: name === 'prev' ? -(steps ?? 1) : (steps ?? 1) }
      : { ...row, end: name === 'first' ? 'first' : 'last', offset: steps ?? 0, final: call.mode?.kind === 'final' },
  }
  const value = bind(argument, { ...env, pattern: inner })
  if (uses.length === 0)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `Pattern navigation function ${name} must contain at least one column reference or CLASSIFIER()`,
      at,
    )
  commonLabel(uses, name, at)
  pattern.uses.push(...uses)
  return value
}

function navigationOffset(expr: Expr | undefined, name: string, at: Position): number | undefined {
  if (!expr) return undefined
  const words = `${name} pattern recognition navigation function requires a`
  if (expr.kind !== 'number' || !/^-?\d+$/.test(expr.text))
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `${words} number as the second argument`, at)
  const steps = Number(expr.text)
  if (steps < 0)
    throw new SqlError(
      'NUMERIC_VALUE_OUT_OF_RANGE',
      `${words} non-negative number as the second argument (actual: ${steps})`,
      at,
    )
  if (steps > 2147483647)
    throw new SqlError(
      'NUMERIC_VALUE_OUT_OF_RANGE',
      `The second argument of ${name} pattern recognition navigation function must not exceed 2147483647 (actual: ${steps})`,
      at,
    )
  return steps
}

/** PREV and NEXT may be applied to FIRST or LAST, directly; nothing else nests. */
function checkNesting(argument: Expr, name: string): void {
  const nested = callsIn(argument)
  for (const { call, at } of nested)
    if (findFunction(nameOf(call))?.kind === 'aggregate')
      throw new SqlError(
        'NESTED_AGGREGATION',
        `Cannot nest ${nameOf(call)} aggregate function inside ${name} function`,
        at,
      )
  const navigations = nested.filter(({ call }) => isNavigation(nameOf(call)))
  const [first, second] = navigations
  if (!first) return
  const refuse = (text: string, at: Position) => new SqlError('INVALID_NAVIGATION_NESTING', text, at)
  const inside = `inside ${name} pattern navigation function`
  if (!isPhysical(name) || isPhysical(nameOf(first.call)))
    throw refuse(`Cannot nest ${nameOf(first.call)} pattern navigation function ${inside}`, first.at)
  if (second) throw refuse(`Cannot nest multiple pattern navigation functions ${inside}`, second.at)
  if (first !== argument) throw refuse('Immediate nesting is required for pattern navigation functions', first.at)
}

/** Outermost first, from left to right. */
function callsIn(expr: Expr): CallExpr[] {
  const found: CallExpr[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('kind' in node && node.kind === 'call') found.push(node as CallExpr)
    for (const child of Object.values(node)) walk(child)
  }
  walk(expr)
  return found
}

function bindClassifier({ args }: Call, pattern: PatternEnv, at: Position): Scalar {
  if (args.length > 1)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      'CLASSIFIER pattern recognition function takes no arguments or 1 argument',
      at,
    )
  const [argument] = args
  if (!argument) return pattern.names.read(pattern, 'classifier', undefined, at)
  if (argument.kind !== 'name')
    throw new SqlError(
      'TYPE_MISMATCH',
      `CLASSIFIER function argument should be primary pattern variable or subset name. Actual: ${nodeName(argument)}`,
      argument.at,
    )
  const label = labelName(argument.name)
  if (!pattern.names.labels.has(label)) throw notALabel(argument.name.name, argument.at)
  return pattern.names.read(pattern, 'classifier', label, at)
}

const notALabel = (name: string, at: Position): SqlError =>
  new SqlError('INVALID_FUNCTION_ARGUMENT', `${name} is not a primary pattern variable or subset name`, at)

/** As Trino calls the classes of its own syntax tree. */
function nodeName(expr: Expr): string {
  const names: Partial<Record<Expr['kind'], string>> = {
    string: 'StringLiteral',
    null: 'NullLiteral',
    boolean: 'BooleanLiteral',
    field: 'DereferenceExpression',
    call: 'FunctionCall',
    'binary-op': 'ArithmeticBinaryExpression',
    cast: 'Cast',
    compare: 'ComparisonExpression',
  }
  if (expr.kind === 'number') return isDouble(expr.text) ? 'DoubleLiteral' : 'LongLiteral'
  return names[expr.kind] ?? 'Expression'
}

function bindMatchNumber({ args }: Call, { names }: PatternEnv, at: Position): Scalar {
  if (args.length > 0)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'MATCH_NUMBER pattern recognition function takes no arguments', at)
  if (names.inWindow)
    throw new SqlError('INVALID_PATTERN_RECOGNITION_FUNCTION', 'MATCH_NUMBER function is not supported in window', at)
  return { kind: 'column', id: names.matchNumber.id, type: names.matchNumber.type, at }
}

function bindPatternAggregate(
  expr: CallExpr,
  definition: FunctionDefinition,
  env: Env,
  pattern: PatternEnv,
  bind: Bind,
  bindArguments: BindArguments,
): Scalar {
  const { call, at } = expr
  const name = nameOf(call)
  refuseClauses(call, name, at)
  for (const argument of call.args) checkAggregateArgument(argument, name)
  const { row: _, ...rest } = pattern
  // Each argument has to agree with itself, then with the others.
  const uses: PatternUse[] = []
  const bindOne: Bind = (argument, inner) => {
    if (!call.args.includes(argument)) return bind(argument, inner)
    const own: PatternUse[] = []
    const value = bind(argument, { ...inner, pattern: { ...rest, uses: own } })
    commonLabel(own, name, at)
    uses.push(...own)
    return value
  }
  const bound = aggregateArguments(expr, definition, { ...env, pattern: { ...rest, uses: [] } }, bindOne, bindArguments)
  const label = aggregateLabel(call, uses, pattern, at)
  const column = env.context.ids.column(bound.function.result)
  pattern.names.aggregates.push({
    column,
    function: bound.function,
    args: bound.args,
    labels: label === undefined ? [] : pattern.names.labels.get(label)!,
    final: call.mode?.kind === 'final',
  })
  return { kind: 'column', id: column.id, type: column.type, at }
}

function aggregateLabel(
  call: Call,
  uses: readonly PatternUse[],
  pattern: PatternEnv,
  at: Position,
): string | undefined {
  if (call.starLabel) {
    const label = labelName(call.starLabel)
    if (!pattern.names.labels.has(label)) throw notALabel(label, call.starLabel.at)
    return label
  }
  if (new Set(uses.map((use) => use.label)).size > 1)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      'All aggregate function arguments must apply to rows matched with the same label',
      at,
    )
  return uses[0]?.label
}

function refuseClauses(call: Call, name: string, at: Position): void {
  const clause =
    (call.distinct && 'DISTINCT') ||
    (call.filter && 'FILTER') ||
    (call.orderBy.length + (call.withinGroup?.length ?? 0) > 0 && 'ORDER BY')
  if (clause)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Cannot use ${clause} with ${name} aggregate function in pattern recognition context`,
      at,
    )
}

function checkAggregateArgument(argument: Expr, name: string): void {
  for (const { call, at } of callsIn(argument)) {
    const inner = nameOf(call)
    if (isNavigation(inner))
      throw new SqlError(
        'INVALID_NAVIGATION_NESTING',
        `Cannot nest ${inner} pattern navigation function inside ${name} function`,
        at,
      )
    if (findFunction(inner)?.kind === 'aggregate')
      throw new SqlError('NESTED_AGGREGATION', `Cannot nest ${inner} aggregate function inside ${name} function`, at)
  }
}
