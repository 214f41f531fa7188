/** Functions of Lambda: what a statement declares, and calls of it. */
import type { Call, Expr } from '../ast.ts'
import { canCoerce } from '../coercion.ts'
import { signatureName } from '../functions/registry.ts'
import type { ExternalFunction, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { ExternalDeclaration } from '../trino/external-ast.ts'
import { type Type, typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import type { Context, Env } from './context.ts'
import { located } from './located-errors.ts'
import { resolveType } from './type-resolution.ts'

/** What a function can be told (udf-query-syntax lists them); moments have milliseconds on the way. */
const TOLD: ReadonlySet<Type['kind']> = new Set([
  ...(['boolean', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal'] as const),
  ...(['varchar', 'varbinary', 'date', 'timestamp', 'array', 'row'] as const),
])

/** The context in which they may be called. Throws SqlError for a type that no function takes. */
export function declared(declarations: readonly ExternalDeclaration[], context: Context): Context {
  const { findings } = context
  findings.externals ??= []
  const externals = new Map(context.externals)
  for (const { name, parameters, returns, lambda, at } of declarations) {
    const method = name.name.toLowerCase()
    if (externals.has(method)) throw new SqlError('SYNTAX_ERROR', `Function '${method}' already registered`, name.at)
    const external: ExternalFunction = {
      id: findings.externals.length,
      method,
      lambda,
      parameters: parameters.map((type) => located(() => told(resolveType(type)), at)),
      result: located(() => told(resolveType(returns)), at),
    }
    externals.set(method, external)
    findings.externals.push(external)
  }
  return { ...context, externals }
}

function told(type: Type): Type {
  const isFine = type.kind === 'timestamp' && type.precision > 3
  if (!TOLD.has(type.kind) || isFine)
    throw new SqlError('NOT_SUPPORTED', `External functions do not take or return values of type ${typeName(type)}`)
  if (type.kind === 'array') told(type.element)
  if (type.kind === 'row') for (const field of type.fields) told(field.type)
  return type
}

/** Arguments become what the function takes where they silently can. */
export function bindExternal(
  external: ExternalFunction,
  { args: exprs }: Call,
  env: Env,
  bind: (expr: Expr, env: Env) => Scalar,
  at: Position,
): Scalar {
  const { id, method, parameters, result } = external
  const args = exprs.map((expr) => bind(expr, env))
  const fits = args.length === parameters.length && args.every(({ type }, i) => canCoerce(type, parameters[i]!))
  if (!fits)
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected parameters (${args.map(({ type }) => signatureName(type)).join(', ')}) for function ${method}. Expected: ${method}(${parameters.map(signatureName).join(', ')})`,
      at,
    )
  return {
    kind: 'call',
    function: { name: `$external_${id}`, parameters, result, external },
    args: args.map((arg, i) => coerce(arg, parameters[i]!)),
    type: result,
    at,
  }
}
