/** Expressions of the statement become typed expressions of the plan. */
import type { Expr } from '../ast.ts'
import { canCoerce } from '../coercion.ts'
import type { Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { array, BOOLEAN, holdsKind, row, type Type, typeName } from '../types.ts'
import { bindCall, callFunction } from './calls.ts'
import { coerceAll, coerceTo } from './coercions.ts'
import { deeper, type Env } from './context.ts'
import { expressionText } from './expression-text.ts'
import { bindJson } from './json-calls.ts'
import { currentValue, literal, todayOf } from './literals.ts'
import { bindField, bindName } from './names.ts'
import * as op from './operators.ts'
import type { Scope } from './scope.ts'
import { bindExists, bindInQuery, bindQuantified, bindScalarQuery } from './subqueries.ts'
import { resolveCastType } from './type-resolution.ts'
import { bindWindowMeasure } from './window-calls.ts'

/** Throws SqlError with Trino's code, words and position. */
export function bindExpression(expr: Expr, outer: Env): Scalar {
  const value = literal(expr)
  if (value) return value
  const env = deeper(outer)
  const bind = (e: Expr) => bindExpression(e, env)
  const { at } = expr
  switch (expr.kind) {
    case 'name':
      return bindName(expr, env)
    case 'field':
      return bindField(expr, env, bindExpression)
    case 'parameter':
      return bindParameter(expr.index, env, at)
    case 'subscript':
      return op.subscript(bind(expr.of), bind(expr.index), at)
    case 'unary':
      return expr.op === '-' ? op.negation(bind(expr.of), at) : op.plus(bind(expr.of), at)
    case 'binary-op':
      return bindArithmetic(expr, env)
    case 'compare':
      return op.comparison(expr.op, bind(expr.left), bind(expr.right), at)
    case 'logical':
      return op.logical(
        expr.op,
        expr.terms.map((term) => coerceTo(bind(term), BOOLEAN, 'Logical expression term', term.at)),
        at,
      )
    case 'not':
      return op.not(coerceTo(bind(expr.of), BOOLEAN, 'Value of logical NOT expression', expr.of.at), at)
    case 'between':
      return negated(expr.not, op.between(env.context, bind(expr.of), bind(expr.low), bind(expr.high), at))
    case 'in-list':
      return negated(expr.not, op.inList(bind(expr.of), expr.items.map(bind), at))
    case 'like':
      return negated(expr.not, op.like(bind(expr.of), bind(expr.pattern), expr.escape && bind(expr.escape), at))
    case 'is-null':
      return negated(expr.not, { kind: 'is-null', of: bind(expr.of), type: BOOLEAN, at })
    case 'is-distinct':
      return negated(expr.not, op.isDistinct(bind(expr.left), bind(expr.right), at))
    case 'case':
      return bindCase(expr, env)
    case 'cast':
      return onDay(op.cast(bind(expr.of), resolveCastType(expr.type, at), expr.safe, at), env)
    case 'extract':
      return bindExtract(expr, env)
    case 'at-time-zone':
      return op.atTimeZone(bind(expr.of), bind(expr.zone), at)
    case 'row': {
      const items = expr.items.map(bind)
      return { kind: 'row', items, type: row(items.map(({ type }) => ({ type }))), at }
    }
    case 'array': {
      const { type, items } = coerceAll(expr.items.map(bind), 'All ARRAY elements', at)
      return { kind: 'array', items, type: array(type), at }
    }
    case 'call':
      return bindCall(expr, env, bindExpression)
    case 'measure':
      return bindWindowMeasure(expr, env, bindExpression)
    case 'trim': {
      const name = { leading: 'ltrim', trailing: 'rtrim', both: 'trim' }[expr.side]
      const args = expr.characters ? [expr.of, expr.characters] : [expr.of]
      return callFunction(name, args.map(bind), at)
    }
    case 'grouping':
      return bindGrouping(expr, env)
    case 'current':
      return currentValue(expr.what, expr.precision, env.context, at)
    case 'json-path':
    case 'json-object':
    case 'json-array':
      return bindJson(expr, env, bindExpression)
    case 'exists':
      return bindExists(expr.query, env, at)
    case 'scalar-query':
      return bindScalarQuery(expr.query, env, at)
    case 'in-query':
      return negated(expr.not, bindInQuery(bind(expr.of), expr.query, env, at))
    case 'quantified':
      return bindQuantified(expr, bind(expr.left), env)
    case 'lambda':
      throw new SqlError('SYNTAX_ERROR', 'Lambda expression should always be used inside a function', at)
    case 'json-format':
      throw new SqlError('SYNTAX_ERROR', 'FORMAT JSON is only allowed in the arguments of JSON functions', at)
    default:
      throw new SqlError('NOT_SUPPORTED', `Expression is not supported: ${expressionText(expr)}`, at)
  }
}

/** A time becomes a timestamp on the day of the statement. */
function onDay(cast: Scalar, env: Env): Scalar {
  if (cast.kind !== 'cast') return cast
  const holds = (type: Type, kind: 'time' | 'timestamp') =>
    holdsKind(type, kind) || holdsKind(type, `${kind} with time zone`)
  const dated = holds(cast.of.type, 'time') && holds(cast.type, 'timestamp')
  return dated ? { ...cast, today: todayOf(env.context) } : cast
}

const negated = (not: boolean, scalar: Scalar): Scalar => (not ? op.not(scalar, scalar.at) : scalar)

/** Long sums nest to the left; they are walked without recursion. */
function bindArithmetic(expr: Expr & { kind: 'binary-op' }, env: Env): Scalar {
  const chain: (Expr & { kind: 'binary-op' })[] = []
  let leftmost: Expr = expr
  while (leftmost.kind === 'binary-op') {
    chain.push(leftmost)
    leftmost = leftmost.left
  }
  let value = bindExpression(leftmost, env)
  for (const { op: operator, right, at } of chain.reverse())
    value = op.arithmetic(operator, value, bindExpression(right, env), at)
  return value
}

/** A parameter stands for an expression without columns, written elsewhere. */
function bindParameter(index: number, env: Env, at: Position): Scalar {
  const expr = env.context.parameters[index]
  if (!expr) throw new SqlError('INVALID_PARAMETER_USAGE', 'Query takes no parameters', at)
  return { ...bindExpression(expr, { ...env, scope: { fields: [] } }), at }
}

function bindCase(expr: Expr & { kind: 'case' }, env: Env): Scalar {
  const bind = (e: Expr) => bindExpression(e, env)
  const results = expr.whens.map((w) => bind(w.then))
  const otherwise = expr.otherwise && bind(expr.otherwise)
  // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
  const branches = (whens: readonly Scalar[]) => whens.map((when, i) => ({ when, then: results[i]! }))
  if (!expr.operand) {
    const whens = expr.whens.map((w) => coerceTo(bind(w.when), BOOLEAN, 'CASE WHEN clause', w.when.at))
    return op.searchedCase(branches(whens), otherwise, expr.at)
  }
  const values = expr.whens.map((w) => bind(w.when))
  const others = [...values, ...results, ...(otherwise ? [otherwise] : [])]
  return op.once(env.context, bind(expr.operand), others, (operand) => {
    const whens = values.map((value, i) => caseComparison(operand, value, expr.whens[i]!.when.at))
    return op.searchedCase(branches(whens), otherwise, expr.at)
  })
}

function caseComparison(operand: Scalar, value: Scalar, at: Position): Scalar {
  if (!canCoerce(operand.type, value.type) && !canCoerce(value.type, operand.type))
    throw new SqlError(
      'TYPE_MISMATCH',
      `CASE operand type does not match WHEN clause operand type: ${typeName(operand.type)} vs ${typeName(value.type)}`,
      at,
    )
  return op.comparison('=', operand, value, at)
}

const EXTRACT_FUNCTIONS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  day_of_month: 'day',
  day_of_week: 'day_of_week',
  dow: 'day_of_week',
  day_of_year: 'day_of_year',
  doy: 'day_of_year',
  year_of_week: 'year_of_week',
  yow: 'year_of_week',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  timezone_hour: 'timezone_hour',
  timezone_minute: 'timezone_minute',
}

function bindExtract(expr: Expr & { kind: 'extract' }, env: Env): Scalar {
  const field = expr.field.name.toLowerCase()
  const name = EXTRACT_FUNCTIONS[field]
  if (!name) throw new SqlError('SYNTAX_ERROR', `Invalid EXTRACT field: ${expr.field.name}`, expr.at)
  const of = bindExpression(expr.of, env)
  // The function takes a date for a timestamp; the syntax does not.
  const clockOfDate = of.type.kind === 'date' && (name === 'hour' || name === 'minute' || name === 'second')
  const fn = clockOfDate ? undefined : op.operatorFor(name, [of])
  if (!fn)
    throw new SqlError('TYPE_MISMATCH', `Cannot extract ${field.toUpperCase()} from ${typeName(of.type)}`, expr.of.at)
  return op.call(fn, [of], expr.at)
}

const groupingOfOutput = (): SqlError =>
  new SqlError(
    'INVALID_ARGUMENTS',
    'Invalid reference to output of SELECT clause from grouping() expression in ORDER BY',
  )

function bindGrouping(expr: Expr & { kind: 'grouping' }, env: Env): Scalar {
  const { aggregates } = env
  if (!aggregates) throw env.refuse('grouping', expressionText(expr), expr.at)
  if (expr.of.length > 63)
    throw new SqlError('TOO_MANY_ARGUMENTS', `GROUPING supports up to 63 column arguments`, expr.at)
  if (expr.of.length === 0) throw new SqlError('GENERIC_INTERNAL_ERROR', 'grouping operation columns cannot be empty')
  const scope: Scope = env.aggregateScope ? { ...env.aggregateScope, refuse: groupingOfOutput } : env.scope
  const of = expr.of.map((e) => bindExpression(e, { ...env, scope }))
  const column = env.context.ids.column({ kind: of.length > 31 ? 'bigint' : 'integer' })
  aggregates.groupings.push({ column, of, texts: expr.of.map(expressionText), at: expr.at })
  return { kind: 'column', id: column.id, type: column.type, at: expr.at }
}
