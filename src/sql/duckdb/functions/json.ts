/**
 * JSON functions. Paths known while printing and of plain members and indexes use DuckDB's own extraction; all else is
 * answered in JavaScript. Text that is not JSON yields NULL, as Trino does, where DuckDB raises.
 */
import { canCast } from '../../coercion.ts'
import { BIGINT, BOOLEAN, DOUBLE, INTEGER, type Type, typeName, VARCHAR } from '../../types.ts'
import { castValue } from '../casts.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failure, failureAs } from '../failures.ts'
import { jsonText } from '../json-casts.ts'
import { nullOf } from '../literals.ts'
import { duckdbType, quote } from '../types.ts'
import { UTC } from '../zones.ts'
import { named, textConstant } from './forms.ts'

/** A path of members and indexes only, as DuckDB spells it. */
function plainPath(call: Call, index: number): string | undefined {
  const path = textConstant(call, index)
  if (path === undefined) return undefined
  const steps = path.trim().match(/^\$(.*)$/s)?.[1]
  if (steps === undefined) return undefined
  const found = [...steps.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]|\["([^"\\*]+)"\]|\['([^'\\*]+)'\]/gy)]
  if (found.map((step) => step[0]).join('') !== steps) return undefined
  return `$${found.map((step) => (step[2] !== undefined ? `[${step[2]}]` : `."${step[1] ?? step[3] ?? step[4]}"`)).join('')}`
}

/** A JSON value, or text as one where it is valid. */
function guarded(call: Call, build: (json: string) => string): string {
  return call.once([call.args[0]!], (v) =>
    call.types[0]!.kind === 'json' ? build(v!) : `CASE WHEN json_valid(${v}) THEN ${build(v!)} END`,
  )
}

const text = (call: Call): string =>
  call.types[0]!.kind === 'json' ? `CAST(${call.args[0]} AS VARCHAR)` : call.args[0]!

const extract: Lowering = (call) => {
  const path = plainPath(call, 1)
  if (path === undefined) return `CAST(js_json_extract(${text(call)}, ${call.args[1]}) AS JSON)`
  return guarded(call, (v) => {
    const plain = `json_extract(${v}, ${quote(path)})`
    // A number is copied with the digits it was written with.
    return `CASE WHEN contains(CAST(${plain} AS VARCHAR), '.') THEN CAST(js_json_extract(CAST(${v} AS VARCHAR), ${call.args[1]}) AS JSON) ELSE ${plain} END`
  })
}

const extractScalar: Lowering = (call) => {
  const path = plainPath(call, 1)
  if (path === undefined) return `js_json_extract_scalar(${text(call)}, ${call.args[1]})`
  const at = quote(path)
  return guarded(
    call,
    (v) =>
      `CASE json_type(${v}, ${at}) WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'DOUBLE' THEN js_json_extract_scalar(CAST(${v} AS VARCHAR), ${call.args[1]}) ELSE json_extract_string(${v}, ${at}) END`,
  )
}

const arrayContains: Lowering = (call) => {
  const value = jsonText(call.printing, call.args[1]!, call.types[1]!, UTC)
  return `js_json_array_contains(${text(call)}, ${value})`
}

/** What a scalar that a path found may be, by the letter before it, and its type. */
const FOUND: readonly (readonly [mark: string, type: Type])[] = [
  ['s', VARCHAR],
  ['b', BOOLEAN],
  ['i', INTEGER],
  ['l', BIGINT],
  ['d', DOUBLE],
]

/** The scalar converted to the type of RETURNING; one that can not be is an error that ON ERROR handles. */
const value: Lowering = (call) => {
  const [input, path, onEmpty, onError, names, values, emptyDefault, errorDefault] = call.args
  const { printing, result } = call
  const found = `js_json_value(${[input, path, onEmpty, onError, names, values].join(', ')})`
  return call.once([found], (scalar) => {
    const text = `substr(${scalar}, 2)`
    const converted = (from: Type): string => {
      const sql = from.kind === 'varchar' ? text : `CAST(${text} AS ${duckdbType(from)})`
      const safe = canCast(from, result)
        ? castValue({ printing, sql, from, to: result, safe: true, zone: UTC })
        : nullOf(result)
      return `coalesce(${safe}, ${unconvertible(call, from, errorDefault!)})`
    }
    const arms = FOUND.map(([mark, type]) => `WHEN '${mark}' THEN ${converted(type)}`)
    return `CASE left(${scalar}, 1) WHEN 'E' THEN ${emptyDefault} WHEN 'R' THEN ${errorDefault} ${arms.join(' ')} WHEN 'e' THEN ${converted(VARCHAR)} WHEN 't' THEN ${converted(VARCHAR)} END`
  })
}

function unconvertible(call: Call, from: Type, errorDefault: string): string {
  const failed = failure(
    'JSON_VALUE_RESULT_ERROR',
    `cannot extract SQL scalar from JSON: Cannot cast value of type ${typeName(from)} to declared return type of function JSON_VALUE: ${typeName(call.result)}`,
    call.result,
  )
  return call.constant(3) === 'ERROR' ? failed : call.constant(3) === 'DEFAULT' ? errorDefault : nullOf(call.result)
}

const object: Lowering = (call) => {
  const absent = call.constant(0) === 'ABSENT'
  const keys = pairs(call.args.slice(2), 2).map(([key]) => key)
  const members = pairs(call.args.slice(2), 2).map(
    ([key, item, index]) => `${jsonKey(key)} || ':' || ${itemText(call, item, index + 1, !absent)}`,
  )
  const text = `('{' || coalesce(array_to_string(${listOf(members)}, ','), '') || '}')`
  const constants = keys.map((_, i) => call.constant(2 + 2 * i))
  const distinct = constants.every((key) => typeof key === 'string') && new Set(constants).size === keys.length
  return distinct ? text : `CASE WHEN ${checkedKeys(call, keys)} THEN ${text} END`
}

const jsonKey = (key: string): string => `CAST(to_json(${key}) AS VARCHAR)`

function checkedKeys(call: Call, keys: readonly string[]): string {
  const missing = failureAs(
    'INVALID_FUNCTION_ARGUMENT',
    'null value passed for JSON object key to JSON_OBJECT function',
    'BOOLEAN',
  )
  const duplicate =
    call.constant(1) === 'UNIQUE'
      ? failureAs('INVALID_FUNCTION_ARGUMENT', 'duplicate key passed to JSON_OBJECT function', 'BOOLEAN')
      : failureAs('NOT_SUPPORTED', 'cannot construct a JSON object with duplicate key', 'BOOLEAN')
  const isNull = keys.map((key) => `${key} IS NULL`).join(' OR ')
  return `CASE WHEN ${isNull} THEN ${missing} WHEN len(list_distinct([${keys.join(', ')}])) < ${keys.length} THEN ${duplicate} ELSE TRUE END`
}

const array: Lowering = (call) => {
  const absent = call.constant(0) === 'ABSENT'
  const items = call.args.slice(1).map((item, i) => itemText(call, item, i + 1, !absent))
  return `('[' || coalesce(array_to_string(${listOf(items)}, ','), '') || ']')`
}

/** NULL members are left out or written as null: a NULL in the list is skipped by array_to_string. */
function itemText(call: Call, item: string, index: number, nulls: boolean): string {
  const sql = jsonText(call.printing, item, call.types[index]!, UTC)
  return nulls ? `coalesce(${sql}, 'null')` : sql
}

const listOf = (items: readonly string[]): string => (items.length ? `[${items.join(', ')}]` : 'CAST([] AS VARCHAR[])')

function pairs(args: readonly string[], from: number): [string, string, number][] {
  const result: [string, string, number][] = []
  for (let i = 0; i + 1 < args.length; i += 2) result.push([args[i]!, args[i + 1]!, from + i])
  return result
}

export const jsonLowerings: Lowerings = {
  $json_input: ({ args }) => `CAST(js_json_input(${args[0]}) AS JSON)`,
  $encode: named('js_encode'),
  $decode: named('js_decode'),
  is_json_scalar: (call) => `js_is_json_scalar(${text(call)})`,
  json_array: array,
  json_object: object,
  json_array_contains: arrayContains,
  json_array_get: (call) => `CAST(js_json_array_get(${text(call)}, ${call.args[1]}) AS JSON)`,
  json_array_length: (call) =>
    guarded(call, (v) => `CASE WHEN json_type(${v}) = 'ARRAY' THEN CAST(json_array_length(${v}) AS BIGINT) END`),
  json_exists: named('js_json_exists'),
  json_query: named('js_json_query'),
  json_value: value,
  json_extract: extract,
  json_extract_scalar: extractScalar,
  json_format: ({ args }) => `CAST(${args[0]} AS VARCHAR)`,
  json_parse: ({ args }) => `CAST(js_json_parse(${args[0]}) AS JSON)`,
  json_size: (call) => `js_json_size(${text(call)}, ${call.args[1]})`,
}
