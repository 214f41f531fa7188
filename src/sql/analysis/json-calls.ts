/** SQL/JSON functions: their clauses become constant arguments, as the registry's json.ts lays down. */
import type { Expr, JsonBehaviour, TypeName } from '../ast.ts'
import { functionOf } from '../functions/registry.ts'
import type { Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BOOLEAN, type Type, typeName, VARCHAR } from '../types.ts'
import { callFunction } from './calls.ts'
import { coerce } from './coercions.ts'
import type { Env } from './context.ts'
import { constant } from './literals.ts'
import { call, cast } from './operators.ts'
import { resolveType } from './type-resolution.ts'

type Bind = (expr: Expr, env: Env) => Scalar
type JsonExpr = Expr & { kind: 'json-path' | 'json-object' | 'json-array' }

export function bindJson(expr: JsonExpr, env: Env, bind: Bind): Scalar {
  switch (expr.kind) {
    case 'json-path':
      return bindPath(expr, env, bind)
    case 'json-object': {
      const members = expr.members.flatMap(({ key, value }) => [
        textKey(bind(key, env), key.at),
        member(value, env, bind),
      ])
      const flags = [word(expr.nullOnNull ? 'NULL' : 'ABSENT'), word(expr.uniqueKeys ? 'UNIQUE' : 'ANY')]
      return returning(construct('json_object', [...flags, ...members], expr.at), expr.returning, expr.at)
    }
    case 'json-array': {
      const items = expr.items.map((item) => member(item, env, bind))
      const flags = [word(expr.nullOnNull ? 'NULL' : 'ABSENT')]
      return returning(construct('json_array', [...flags, ...items], expr.at), expr.returning, expr.at)
    }
  }
}

const word = (text: string): Scalar => constant(text, VARCHAR)

function construct(name: string, args: readonly Scalar[], at: Position): Scalar {
  return call(
    functionOf(
      name,
      args.map(({ type }) => type),
      VARCHAR,
    ),
    args,
    at,
  )
}

function returning(value: Scalar, name: TypeName | undefined, at: Position): Scalar {
  if (!name) return value
  const type = resolveType(name)
  if (type.kind === 'varchar' && type.length === undefined) return value
  if (type.kind === 'varchar' || type.kind === 'char') return cast(value, type, false, at)
  throw new SqlError('TYPE_MISMATCH', `Cannot output JSON value as ${typeName(type)} using formatting JSON`, at)
}

function textKey(key: Scalar, at: Position): Scalar {
  if (key.type.kind === 'varchar' || key.type.kind === 'char') return coerce(key, VARCHAR)
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'Invalid type of JSON object key: must be a character string', at)
}

/** `x FORMAT JSON` is JSON, not text that looks like it. */
function member(expr: Expr, env: Env, bind: Bind): Scalar {
  if (expr.kind === 'json-format') return callFunction('json_parse', [inputText(expr, env, bind)], expr.at)
  const value = bind(expr, env)
  const nested = expr.kind === 'json-object' || expr.kind === 'json-array' || isJsonQuery(expr)
  if (nested) return callFunction('json_parse', [value], expr.at)
  const { kind } = value.type
  if (kind === 'unknown') return { ...value, type: VARCHAR }
  if (SCALAR_KINDS.has(kind)) return value
  return cast(value, VARCHAR, false, expr.at)
}
const SCALAR_KINDS: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  ...(['boolean', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal', 'varchar', 'char'] as const),
  'json',
])
const isJsonQuery = (expr: Expr): boolean => expr.kind === 'json-path' && expr.function === 'json_query'

/** The input of a path function as text. */
function inputText(expr: Expr, env: Env, bind: Bind): Scalar {
  if (expr.kind !== 'json-format') {
    const value = bind(expr, env)
    if (value.type.kind === 'varbinary') return callFunction('from_utf8', [value], expr.at)
    if (value.type.kind === 'json') return callFunction('json_format', [value], expr.at)
    if (value.type.kind === 'varchar' || value.type.kind === 'char' || value.type.kind === 'unknown')
      return cast(value, VARCHAR, false, expr.at)
    throw new SqlError(
      'TYPE_MISMATCH',
      `Cannot read input of type ${typeName(value.type)} as JSON using formatting JSON`,
      expr.at,
    )
  }
  if (expr.encoding === 'utf16' || expr.encoding === 'utf32')
    throw new SqlError('NOT_SUPPORTED', `JSON in encoding ${expr.encoding.toUpperCase()} is not supported`, expr.at)
  return inputText(expr.of, env, bind)
}

const WORDS: Readonly<Record<JsonBehaviour['kind'], string>> = {
  null: 'NULL',
  error: 'ERROR',
  'empty-array': 'EMPTY ARRAY',
  'empty-object': 'EMPTY OBJECT',
  true: 'TRUE',
  false: 'FALSE',
  unknown: 'UNKNOWN',
  default: 'DEFAULT',
}

function bindPath(expr: Expr & { kind: 'json-path' }, env: Env, bind: Bind): Scalar {
  const clauses = expr.call
  const { at } = expr
  if (clauses.passing.length > 0) throw new SqlError('NOT_SUPPORTED', 'PASSING in JSON functions is not supported', at)
  const input = inputText(clauses.input, env, bind)
  const path = word(clauses.path)
  const behaviour = (b: JsonBehaviour | undefined, absent: string) => word(b ? WORDS[b.kind] : absent)
  switch (expr.function) {
    case 'json_exists':
      return typedCall('json_exists', [input, path, behaviour(clauses.onError, 'FALSE')], BOOLEAN, at)
    case 'json_query': {
      const value = typedCall(
        'json_query',
        [
          input,
          path,
          word((clauses.wrapper ?? 'without').toUpperCase()),
          word((clauses.quotes ?? 'keep').toUpperCase()),
          behaviour(clauses.onEmpty, 'NULL'),
          behaviour(clauses.onError, 'NULL'),
        ],
        VARCHAR,
        at,
      )
      return returning(value, clauses.returning, at)
    }
    case 'json_value': {
      const type = clauses.returning ? resolveType(clauses.returning) : VARCHAR
      const fallback = (b: JsonBehaviour | undefined): Scalar =>
        b?.kind === 'default' ? coerce(bind(b.value, env), type) : constant(null, type)
      const defaults =
        clauses.onEmpty?.kind === 'default' || clauses.onError?.kind === 'default'
          ? [fallback(clauses.onEmpty), fallback(clauses.onError)]
          : []
      const words = [behaviour(clauses.onEmpty, 'NULL'), behaviour(clauses.onError, 'NULL')]
      return typedCall('json_value', [input, path, ...words, ...defaults], type, at)
    }
  }
}

function typedCall(name: string, args: readonly Scalar[], result: Type, at: Position): Scalar {
  return call(
    functionOf(
      name,
      args.map(({ type }) => type),
      result,
    ),
    args,
    at,
  )
}
