/** SQL/JSON functions: their clauses become constant arguments, as the registry's json.ts lays down. */
import type { Expr, Identifier, JsonBehaviour, JsonPathCall } from '../ast.ts'
import { canCast, canCoerce } from '../coercion.ts'
import { functionOf } from '../functions/registry.ts'
import { PathSyntaxError, parsePath } from '../json-path/parser.ts'
import { variablesOf } from '../json-path/path.ts'
import type { Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { array, BOOLEAN, type Type, typeName, VARCHAR } from '../types.ts'
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
        member(value, env, bind, 'JSON_OBJECT', expr.at),
      ])
      const flags = [word(expr.nullOnNull ? 'NULL' : 'ABSENT'), word(expr.uniqueKeys ? 'UNIQUE' : 'ANY')]
      return returning(construct('json_object', [...flags, ...members], expr.at), expr, expr.at)
    }
    case 'json-array': {
      const items = expr.items.map((item) => member(item, env, bind, 'JSON_ARRAY', item.at))
      const flags = [word(expr.nullOnNull ? 'NULL' : 'ABSENT')]
      return returning(construct('json_array', [...flags, ...items], expr.at), expr, expr.at)
    }
  }
}

const word = (text: string): Scalar => constant(text, VARCHAR)

function construct(name: string, args: readonly Scalar[], at: Position): Scalar {
  return typedCall(name, args, VARCHAR, at)
}

type Output = Pick<JsonPathCall, 'returning' | 'encoding'>

function returning(value: Scalar, { returning: name, encoding }: Output, at: Position): Scalar {
  if (!name) return value
  const type = resolveType(name)
  if (type.kind === 'varbinary') return callFunction('$encode', [value, word(encoding ?? 'utf8')], at)
  if (type.kind === 'varchar' && type.length === undefined) return value
  if (type.kind === 'varchar' || type.kind === 'char') return cast(value, type, false, at)
  throw new SqlError('TYPE_MISMATCH', `Cannot output JSON value as ${typeName(type)} using formatting JSON`, at)
}

function textKey(key: Scalar, at: Position): Scalar {
  if (key.type.kind === 'varchar' || key.type.kind === 'char') return coerce(key, VARCHAR)
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'Invalid type of JSON object key: must be a character string', at)
}

/** `x FORMAT JSON` is JSON, not text that looks like it. `at` is where a value that has no JSON form is reported. */
function member(expr: Expr, env: Env, bind: Bind, owner: string, at: Position): Scalar {
  if (expr.kind === 'json-format') return callFunction('$json_input', [inputText(expr, env, bind)], expr.at)
  const value = bind(expr, env)
  if (yieldsJson(expr)) return callFunction('$json_input', [value], expr.at)
  const { kind } = value.type
  if (kind === 'unknown') return { ...value, type: VARCHAR }
  if (SCALAR_KINDS.has(kind)) return value
  if (kind === 'varbinary' || !canCast(value.type, VARCHAR))
    throw new SqlError(
      'NOT_SUPPORTED',
      `Unsupported type of value passed to ${owner} function: ${typeName(value.type)}`,
      at,
    )
  return cast(value, VARCHAR, false, expr.at)
}
const NUMBER_KINDS: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  ...(['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal'] as const),
])
const SCALAR_KINDS: ReadonlySet<Type['kind']> = new Set<Type['kind']>([...NUMBER_KINDS, 'boolean', 'varchar', 'char'])
const yieldsJson = (expr: Expr): boolean =>
  expr.kind === 'json-object' ||
  expr.kind === 'json-array' ||
  (expr.kind === 'json-path' && expr.function === 'json_query')

/** The input of a path function as text. */
function inputText(expr: Expr, env: Env, bind: Bind): Scalar {
  const encoding = expr.kind === 'json-format' ? expr.encoding : undefined
  const value = bind(expr.kind === 'json-format' ? expr.of : expr, env)
  if (value.type.kind === 'varbinary') return callFunction('$decode', [value, word(encoding ?? 'utf8')], expr.at)
  if (value.type.kind === 'json') return callFunction('json_format', [value], expr.at)
  if (value.type.kind === 'varchar' || value.type.kind === 'char' || value.type.kind === 'unknown')
    return cast(value, VARCHAR, false, expr.at)
  throw new SqlError(
    'TYPE_MISMATCH',
    `Cannot read input of type ${typeName(value.type)} as JSON using formatting JSON`,
    expr.at,
  )
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
  const input = inputText(clauses.input, env, bind)
  const passed = [...parameters(clauses, at, env, bind)]
  const path = word(checkedPath(clauses))
  const behaviour = (b: JsonBehaviour | undefined, absent: string) => word(b ? WORDS[b.kind] : absent)
  switch (expr.function) {
    case 'json_exists':
      return typedCall('json_exists', [input, path, behaviour(clauses.onError, 'FALSE'), ...passed], BOOLEAN, at)
    case 'json_query': {
      if (clauses.quotes === 'omit' && clauses.wrapper !== undefined && clauses.wrapper !== 'without')
        throw new SqlError(
          'INVALID_FUNCTION_ARGUMENT',
          `OMIT QUOTES behavior specified with WITH ${clauses.wrapper.toUpperCase()} ARRAY WRAPPER behavior`,
          at,
        )
      const value = typedCall(
        'json_query',
        [
          input,
          path,
          word((clauses.wrapper ?? 'without').toUpperCase()),
          word((clauses.quotes ?? 'keep').toUpperCase()),
          behaviour(clauses.onEmpty, 'NULL'),
          behaviour(clauses.onError, 'NULL'),
          ...passed,
        ],
        VARCHAR,
        at,
      )
      return returning(value, clauses, at)
    }
    case 'json_value': {
      const type = valueType(clauses, at)
      const words = [behaviour(clauses.onEmpty, 'NULL'), behaviour(clauses.onError, 'NULL')]
      const defaults = (['onEmpty', 'onError'] as const).map((when) => fallback(clauses[when], when, type, env, bind))
      return typedCall('json_value', [input, path, ...words, ...passed, ...defaults], type, at)
    }
  }
}

const NESTED: ReadonlySet<Type['kind']> = new Set<Type['kind']>(['array', 'map', 'row', 'json', 'varbinary'])

function valueType({ returning: name }: JsonPathCall, at: Position): Type {
  const type = name ? resolveType(name) : VARCHAR
  if (!NESTED.has(type.kind) && (type.kind === 'varchar' || canCast(VARCHAR, type))) return type
  throw new SqlError('TYPE_MISMATCH', `Invalid return type of function JSON_VALUE: ${typeName(type)}`, at)
}

/** The value of a DEFAULT clause, NULL without one. */
function fallback(
  behaviour: JsonBehaviour | undefined,
  when: 'onEmpty' | 'onError',
  type: Type,
  env: Env,
  bind: Bind,
): Scalar {
  if (behaviour?.kind !== 'default') return constant(null, type)
  const value = bind(behaviour.value, env)
  if (canCoerce(value.type, type)) return coerce(value, type)
  const clause = when === 'onEmpty' ? 'ON EMPTY' : 'ON ERROR'
  throw new SqlError(
    'TYPE_MISMATCH',
    `Function JSON_VALUE default ${clause} result must evaluate to a ${typeName(type)} (actual: ${typeName(value.type)})`,
    behaviour.value.at,
  )
}

/** The path's text, once it is known to be a path whose variables are all passed. */
function checkedPath({ path, pathAt, passing }: JsonPathCall): string {
  const names = passing.map(({ name }) => parameterName(name))
  try {
    const missing = variablesOf(parsePath(path)).find((name) => !names.includes(name))
    if (missing === undefined) return path
    const otherCase = names.includes(missing.toUpperCase())
      ? `. Try quoting "${missing}" in the PASSING clause to match case`
      : ''
    throw new SqlError('INVALID_PATH', `no value passed for parameter ${missing}${otherCase}`, pathAt)
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error
    throw new SqlError(error.code, error.message, { ...pathAt, column: pathAt.column + error.offset })
  }
}

const parameterName = (name: Identifier): string => (name.quoted ? name.name : name.name.toUpperCase())

/** Names and kinds of the parameters as one constant, their values as an array of texts. */
function parameters({ passing }: JsonPathCall, at: Position, env: Env, bind: Bind): readonly [Scalar, Scalar] {
  const bound = passing.map(({ value, name }) => ({ name, ...parameter(value, at, env, bind) }))
  for (const [i, { name }] of bound.entries())
    if (bound.slice(0, i).some((other) => parameterName(other.name) === parameterName(name)))
      throw new SqlError(
        'DUPLICATE_PARAMETER_NAME',
        `${name.name} JSON path parameter is specified more than once`,
        name.at,
      )
  const names = bound.map(({ name, kind }) => [parameterName(name), kind])
  const values: Scalar = { kind: 'array', items: bound.map(({ text }) => text), type: array(VARCHAR), at }
  return [word(JSON.stringify(names)), values]
}

function parameter(expr: Expr, at: Position, env: Env, bind: Bind): { readonly kind: string; readonly text: Scalar } {
  if (expr.kind === 'json-format') return { kind: 'json', text: inputText(expr, env, bind) }
  const value = bind(expr, env)
  if (yieldsJson(expr)) return { kind: 'json', text: value }
  const { type } = value
  if (type.kind === 'unknown') return { kind: 'string', text: { ...value, type: VARCHAR } }
  if (type.kind === 'varbinary' || !canCast(type, VARCHAR)) {
    const where = type.kind === 'varbinary' ? expr.at : at
    throw new SqlError('NOT_SUPPORTED', `Unsupported type of JSON path parameter: ${typeName(type)}`, where)
  }
  return { kind: parameterKind(type), text: cast(value, VARCHAR, false, expr.at) }
}

function parameterKind(type: Type): string {
  if (NUMBER_KINDS.has(type.kind)) return 'number'
  if (type.kind === 'boolean' || type.kind === 'date' || type.kind.endsWith('time zone')) return type.kind
  return type.kind === 'time' || type.kind === 'timestamp' ? `${type.kind} without time zone` : 'string'
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
