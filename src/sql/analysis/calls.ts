/** Calls: what a name means, which overload the arguments choose, lambdas. */
import type { Call, Expr } from '../ast.ts'
import { commonType, isComparable } from '../coercion.ts'
import type { Argument } from '../functions/binding.ts'
import type { FunctionDefinition } from '../functions/definition.ts'
import { chooseOverload, findFunction, unexpectedParameters } from '../functions/registry.ts'
import type { Column, ResolvedFunction, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BOOLEAN, sameType, type Type, typeName, VARCHAR } from '../types.ts'
import { bindAggregate } from './aggregate-calls.ts'
import { coerce, coerceAll, coerceTo } from './coercions.ts'
import { type Env, refuseIn } from './context.ts'
import { bindExternal } from './external-calls.ts'
import { constant, currentValue } from './literals.ts'
import { located } from './located-errors.ts'
import { call, comparison, once, searchedCase } from './operators.ts'
import { bindPatternCall } from './pattern-calls.ts'
import { bindWindow } from './window-calls.ts'

type Bind = (expr: Expr, env: Env) => Scalar
type CallExpr = Expr & { kind: 'call' }

/** Throws FUNCTION_NOT_FOUND for what the registry does not know: it is the allow-list. */
export function bindCall(expr: CallExpr, env: Env, bind: Bind): Scalar {
  const { name: qualified, args } = expr.call
  const name = qualified.parts.map((part) => part.name.toLowerCase()).join('.')
  const inPattern = env.pattern && bindPatternCall(expr, env, env.pattern, bind, bindArguments)
  if (inPattern) return inPattern
  if (expr.call.mode && !env.pattern)
    throw new SqlError(
      'INVALID_PROCESSING_MODE',
      `${expr.call.mode.kind.toUpperCase()} semantics is not supported out of pattern recognition context`,
      expr.call.mode.at,
    )
  const special = bindSpecial(name, expr, env, bind)
  if (special) return special
  const external = env.context.externals.get(name)
  if (external) {
    if (expr.call.over) throw new SqlError('FUNCTION_NOT_WINDOW', `Not a window function: ${name}`, expr.at)
    refuseAggregateClauses(expr.call, name, expr.at)
    return bindExternal(external, expr.call, env, bind, expr.at)
  }
  const definition = name.startsWith('$') ? undefined : findFunction(name)
  if (!definition) throw new SqlError('FUNCTION_NOT_FOUND', `Function '${name}' not registered`, expr.at)
  if (expr.call.over) return bindWindow(expr, definition, env, bind, bindArguments)
  if (definition.kind === 'window')
    throw new SqlError('MISSING_OVER', `Window function ${name} requires an OVER clause`, expr.at)
  if (definition.kind === 'aggregate') return bindAggregate(expr, definition, env, bind, bindArguments)
  refuseAggregateClauses(expr.call, name, expr.at)
  const bound = bindArguments(definition, name, args, env, bind, expr.at)
  return { ...call(bound.function, bound.args, expr.at), type: bound.function.result }
}

function refuseAggregateClauses(callee: Call, name: string, at: Position): void {
  if (callee.star) throw new SqlError('FUNCTION_NOT_FOUND', `Function '${name}' cannot be called with *`, at)
  if (callee.distinct)
    throw new SqlError('FUNCTION_NOT_AGGREGATE', 'DISTINCT is not supported for non-aggregation functions', at)
  if (callee.filter) throw new SqlError('FUNCTION_NOT_AGGREGATE', 'Filter is only valid for aggregation functions', at)
  if (callee.orderBy.length > 0)
    throw new SqlError('FUNCTION_NOT_AGGREGATE', 'ORDER BY is only valid for aggregation functions', at)
  if (callee.nulls)
    throw new SqlError('NULL_TREATMENT_NOT_ALLOWED', `Cannot specify null treatment clause for ${name} function`, at)
}

/** A call whose arguments are already bound; for the forms of the grammar that are functions. */
export function callFunction(name: string, args: readonly Scalar[], at: Position): Scalar {
  const definition = findFunction(name)!
  const given = args.map((arg): Argument => ({ kind: 'value', type: arg.type }))
  const fn = located(() => chooseOverload(definition, given), at)
  if (!fn) throw new SqlError('FUNCTION_NOT_FOUND', unexpectedParameters(definition, name, given), at)
  return call(fn, args, at)
}

export interface BoundArguments {
  readonly function: ResolvedFunction
  /** Coerced; lambdas in their places. */
  readonly args: readonly Scalar[]
}
export type BindArguments = typeof bindArguments

/** Binds the arguments and chooses the overload. Throws FUNCTION_NOT_FOUND with the signatures there are. */
function bindArguments(
  definition: FunctionDefinition,
  name: string,
  exprs: readonly Expr[],
  env: Env,
  bind: Bind,
  at: Position,
): BoundArguments {
  const inputs = exprs.map((expr) => (expr.kind === 'lambda' ? lambdaInput(expr, env, bind) : bind(expr, env)))
  const args = inputs.map(
    (input): Argument => (input.kind === 'open-lambda' ? input.argument : { kind: 'value', type: input.type }),
  )
  if (definition.name === 'format') checkFormat(args, exprs)
  const variadicOnly = args.length === 0 && definition.signatures.every((text) => text.includes('...'))
  const fn = variadicOnly ? undefined : located(() => chooseOverload(definition, args), at)
  if (!fn) throw new SqlError('FUNCTION_NOT_FOUND', unexpectedParameters(definition, name, args), at)
  if (definition.name === 'concat' && args.length < 2)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'There must be two or more concatenation arguments', at)
  const coerced = inputs.map((input, i) => {
    const type = fn.parameters[i]!
    return input.kind === 'open-lambda' ? input.close(type) : coerce(input, type)
  })
  return { function: fn, args: coerced }
}

function checkFormat([first]: readonly Argument[], [expr]: readonly Expr[]): void {
  if (first?.kind === 'value' && first.type.kind !== 'varchar')
    throw new SqlError(
      'TYPE_MISMATCH',
      `Type of first argument to format() must be VARCHAR (actual: ${typeName(first.type)})`,
      expr!.at,
    )
}

interface OpenLambda {
  readonly kind: 'open-lambda'
  readonly argument: Argument & { kind: 'lambda' }
  readonly close: (type: Type) => Scalar
}

/** A lambda waits for its parameter types; each combination is bound once. */
function lambdaInput(expr: Expr & { kind: 'lambda' }, env: Env, bind: Bind): OpenLambda {
  if (env.pattern)
    throw new SqlError(
      'NOT_SUPPORTED',
      'Lambda expression in pattern recognition context is not yet supported',
      expr.at,
    )
  const bodies = new Map<string, { parameters: readonly Column[]; body: Scalar }>()
  const bodyFor = (types: readonly Type[]) => {
    const key = types.map(typeName).join()
    let bound = bodies.get(key)
    if (!bound) {
      const parameters = types.map((type) => env.context.ids.column(type))
      const fields = expr.parameters.map((p, i) => ({ name: p.name, column: parameters[i]! }))
      const { aggregates: _a, windows: _w, ...rest } = env
      const refuse = refuseIn('Lambda expression', expr.body.at)
      const body = bind(expr.body, { ...rest, refuse, inLambda: true, scope: { fields, outer: env.scope } })
      bound = { parameters, body }
      bodies.set(key, bound)
    }
    return bound
  }
  const close = (type: Type): Scalar => {
    if (type.kind !== 'function') throw new Error('a lambda for a parameter that takes none')
    const { parameters, body } = bodyFor(type.parameters)
    return { kind: 'lambda', parameters, body: coerce(body, type.result), type, at: expr.at }
  }
  const argument = { kind: 'lambda', arity: expr.parameters.length, resultOf: resultOf(bodyFor) } as const
  return { kind: 'open-lambda', argument, close }
}

const resultOf =
  (bodyFor: (types: readonly Type[]) => { readonly body: Scalar }) =>
  (types: readonly Type[]): Type =>
    bodyFor(types).body.type

/** Names that look like functions and are part of the language. */
function bindSpecial(name: string, expr: CallExpr, env: Env, bind: Bind): Scalar | undefined {
  const { args } = expr.call
  const { at } = expr
  const bound = () => args.map((arg) => bind(arg, env))
  const exactly = (...counts: number[]) => {
    if (!counts.includes(args.length))
      throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Invalid number of arguments for '${name}' function`, at)
  }
  switch (name) {
    case 'coalesce': {
      if (args.length < 2)
        throw new SqlError('SYNTAX_ERROR', "The 'coalesce' function must have at least two arguments", at)
      const { type, items } = coerceAll(bound(), 'All COALESCE operands', at)
      return { kind: 'coalesce', items, type, at }
    }
    case 'if': {
      exactly(2, 3)
      return bindIf(args, env, bind, at)
    }
    case 'nullif': {
      exactly(2)
      const [left, right] = bound() as [Scalar, Scalar]
      const common = commonType(left.type, right.type)
      if (!common || !isComparable(common))
        throw new SqlError(
          'TYPE_MISMATCH',
          `Types are not comparable with NULLIF: ${typeName(left.type)} vs ${typeName(right.type)}`,
          at,
        )
      return nullIf(env, left, right, common, at)
    }
    case 'try': {
      exactly(1)
      const of = bind(args[0]!, env)
      return { kind: 'try', of, type: of.type, at }
    }
    case 'typeof':
      exactly(1)
      return constant(typeName(bind(args[0]!, env).type), VARCHAR, at)
    case 'now':
    case 'current_timezone':
      exactly(0)
      return currentValue(name, undefined, env.context, at)
    default:
      return undefined
  }
}

function bindIf(args: readonly Expr[], env: Env, bind: Bind, at: Position): Scalar {
  const when = coerceTo(bind(args[0]!, env), BOOLEAN, 'IF condition', args[0]!.at)
  const chosen = bind(args[1]!, env)
  const otherwise = args[2] && bind(args[2], env)
  if (otherwise && !commonType(chosen.type, otherwise.type))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Result types for IF must be the same: ${typeName(chosen.type)} vs ${typeName(otherwise.type)}`,
      at,
    )
  // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
  return searchedCase([{ when, then: chosen }], otherwise, at)
}

/** The result has the type of the first operand, the comparison that of both. */
function nullIf(env: Env, left: Scalar, right: Scalar, common: Type, at: Position): Scalar {
  if (sameType(left.type, common)) return { kind: 'nullif', left, right: coerce(right, common), type: left.type, at }
  return once(env.context, left, [right], (value) => {
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
    const equal = { when: comparison('=', value, right, at), then: constant(null, left.type, at) }
    return searchedCase([equal], value, at)
  })
}
