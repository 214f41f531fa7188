/**
 * JSON functions. Paths known while printing and of plain members and indexes use DuckDB's own extraction; all else is
 * answered in JavaScript. Text that is not JSON yields NULL, as Trino does, where DuckDB raises.
 */
import { VARCHAR } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { jsonText } from '../json-casts.ts'
import { quote } from '../types.ts'
import { UTC } from '../zones.ts'
import { textConstant } from './forms.ts'

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

/** The SQL/JSON functions read constant clauses, so each clause stands as text in one call. */
const standard =
  (name: string): Lowering =>
  (call) => {
    const input = call.types[0]!.kind === 'json' ? `CAST(${call.args[0]} AS VARCHAR)` : call.args[0]!
    return `${name}(${[input, ...call.args.slice(1)].join(', ')})`
  }

const value: Lowering = (call) => {
  const [input, path, onEmpty, onError, emptyDefault, errorDefault] = call.args
  const asText = (arg: string | undefined, index: number): string =>
    arg === undefined || call.constant(index) === null
      ? 'CAST(NULL AS VARCHAR)'
      : call.cast(arg, call.types[index]!, VARCHAR)
  const found = `js_json_value(${input}, ${path}, ${onEmpty}, ${onError}, ${asText(emptyDefault, 4)}, ${asText(errorDefault, 5)})`
  return call.result.kind === 'varchar' ? found : call.cast(found, VARCHAR, call.result)
}

const object: Lowering = (call) => {
  const absent = call.constant(0) === 'ABSENT'
  const members = pairs(call.args.slice(2), 2).map(([key, item, index]) => {
    const member = `CAST(to_json(${key}) AS VARCHAR) || ':' || ${itemText(call, item, index + 1, !absent)}`
    return member
  })
  return `('{' || coalesce(array_to_string(${listOf(members)}, ','), '') || '}')`
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
  is_json_scalar: (call) => `js_is_json_scalar(${text(call)})`,
  json_array: array,
  json_object: object,
  json_array_contains: arrayContains,
  json_array_get: (call) => `CAST(js_json_array_get(${text(call)}, ${call.args[1]}) AS JSON)`,
  json_array_length: (call) =>
    guarded(call, (v) => `CASE WHEN json_type(${v}) = 'ARRAY' THEN CAST(json_array_length(${v}) AS BIGINT) END`),
  json_exists: standard('js_json_exists'),
  json_query: standard('js_json_query'),
  json_value: value,
  json_extract: extract,
  json_extract_scalar: extractScalar,
  json_format: ({ args }) => `CAST(${args[0]} AS VARCHAR)`,
  json_parse: ({ args }) => `CAST(js_json_parse(${args[0]}) AS JSON)`,
  json_size: (call) => `js_json_size(${text(call)}, ${call.args[1]})`,
}
