/** Casts to and from JSON. */
import { SqlError } from '../position.ts'
import { quotedName } from '../quotation.ts'
import { type Type, typeName, VARCHAR } from '../types.ts'
import { bindOnce } from './bindings.ts'
import type { Cast } from './cast.ts'
import type { Printing } from './context.ts'
import { failureAs } from './failures.ts'
import { nullOf } from './literals.ts'
import { decimalText, textOf } from './texts.ts'
import { duckdbType, quote, rowFieldName } from './types.ts'
import type { Zone } from './zones.ts'

/** CAST(x AS json): what has no JSON form becomes its text. */
export function jsonOf(printing: Printing, sql: string, type: Type, zone: Zone): string {
  return `CAST(${jsonText(printing, sql, type, zone)} AS JSON)`
}

/** The JSON text of a value; NULL stays NULL. */
export function jsonText(printing: Printing, sql: string, type: Type, zone: Zone): string {
  switch (type.kind) {
    case 'unknown':
      return nullOf(VARCHAR)
    case 'json':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return `CAST(${sql} AS VARCHAR)`
    case 'decimal':
      return decimalText(sql, type)
    case 'real':
      return `js_real_json(${sql})`
    case 'double':
      return `js_double_json(${sql})`
    case 'varchar':
    case 'char':
      return `CAST(to_json(${sql}) AS VARCHAR)`
    case 'array': {
      const item = printing.fresh('v')
      const body = `coalesce(${jsonText(printing, item, type.element, zone)}, 'null')`
      return `('[' || array_to_string(list_transform(${sql}, lambda ${item}: ${body}), ',') || ']')`
    }
    case 'map': {
      const entry = printing.fresh('v')
      const key = textOf(printing, `${entry}.key`, type.key, zone)
      if (key === undefined) throw unsupported(type)
      const value = `coalesce(${jsonText(printing, `${entry}.value`, type.value, zone)}, 'null')`
      const member = `CAST(to_json(${key}) AS VARCHAR) || ':' || ${value}`
      // Trino writes the members in the order of their keys.
      return `('{' || array_to_string(list_sort(list_transform(map_entries(${sql}), lambda ${entry}: ${member})), ',') || '}')`
    }
    case 'row':
      return bindOnce(printing, [sql], (v) => {
        const members = type.fields.map((field, i) => {
          const value = jsonText(printing, `struct_extract(${v}, ${quote(rowFieldName(type, i))})`, field.type, zone)
          return `${quote(`${i ? ',' : ''}${JSON.stringify(field.name ?? '')}:`)} || coalesce(${value}, 'null')`
        })
        // None is NULL. A chain of as many `||` would be as deep, and the engine has an end to that.
        return `CASE WHEN ${v} IS NOT NULL THEN concat('{', ${members.join(', ')}, '}') END`
      })
    default: {
      const text = textOf(printing, sql, type, zone)
      if (text === undefined) throw unsupported(type)
      return `CAST(to_json(${text}) AS VARCHAR)`
    }
  }
}

/** CAST(json AS x). JSON's null is NULL; text, numbers and booleans convert into each other. */
export function valueOfJson(cast: Cast, castValue: (cast: Cast) => string): string {
  const { to, printing } = cast
  switch (to.kind) {
    case 'array':
      return bindOnce(printing, [cast.sql], (v) => {
        const item = printing.fresh('v')
        const body = castValue({ ...cast, sql: item, from: cast.from, to: to.element, root: rootOf(cast, v) })
        return `CASE WHEN ${v} IS NULL OR json_type(${v}) = 'NULL' THEN ${nullOf(to)} WHEN json_type(${v}) <> 'ARRAY' THEN ${refusal(cast, v)} ELSE list_transform(json_extract(${v}, '$[*]'), lambda ${item}: ${body}) END`
      })
    case 'map':
      return bindOnce(printing, [cast.sql], (v) => {
        const name = printing.fresh('v')
        const key = castValue({ ...cast, sql: name, from: VARCHAR, to: to.key })
        const value = castValue({
          ...cast,
          sql: `json_extract(${v}, tr_json_member(${name}))`,
          from: cast.from,
          to: to.value,
          root: rootOf(cast, v),
        })
        return `CASE WHEN ${v} IS NULL OR json_type(${v}) = 'NULL' THEN ${nullOf(to)} WHEN json_type(${v}) <> 'OBJECT' THEN ${refusal(cast, v)} ELSE map_from_entries(list_transform(json_keys(${v}), lambda ${name}: struct_pack(key := ${key}, value := ${value}))) END`
      })
    case 'row':
      return bindOnce(printing, [cast.sql], (v) => {
        const fields = to.fields.map((field, i) => {
          const path = field.name ? `$."${field.name}"` : `$[${i}]`
          const member = `CASE WHEN json_type(${v}) = 'ARRAY' THEN json_extract(${v}, '$[${i}]') ELSE js_json_member(${v}, ${quote(field.name ?? '')}) END`
          const value = field.name ? member : `json_extract(${v}, ${quote(path)})`
          return `${quotedName(rowFieldName(to, i))} := ${castValue({ ...cast, sql: `CAST(${value} AS JSON)`, from: cast.from, to: field.type, root: rootOf(cast, v) })}`
        })
        return `CASE WHEN ${v} IS NULL OR json_type(${v}) = 'NULL' THEN ${nullOf(to)} WHEN json_type(${v}) NOT IN ('OBJECT', 'ARRAY') THEN ${refusal(cast, v)} ELSE struct_pack(${fields.join(', ')}) END`
      })
    case 'varchar':
      return bindOnce(
        printing,
        [cast.sql],
        (v) =>
          `CASE WHEN json_type(${v}) IN ('OBJECT', 'ARRAY') THEN ${refusal(cast, v)} ELSE json_extract_string(${v}, '$') END`,
      )
    case 'boolean':
      return bindOnce(printing, [cast.sql], (v) => {
        const text = castValue({ ...cast, sql: `json_extract_string(${v}, '$')`, from: VARCHAR, to })
        return `CASE WHEN json_type(${v}) IN ('UBIGINT', 'BIGINT', 'DOUBLE') THEN CAST(json_extract_string(${v}, '$') AS DOUBLE) <> 0 WHEN json_type(${v}) IN ('OBJECT', 'ARRAY') THEN ${refusal(cast, v)} ELSE ${text} END`
      })
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'decimal':
      return bindOnce(printing, [cast.sql], (v) => {
        const text = `json_extract_string(${v}, '$')`
        const rounded = `${cast.safe ? 'TRY_CAST' : 'CAST'}(${to.kind === 'real' || to.kind === 'double' || to.kind === 'decimal' ? text : `round(CAST(${text} AS DOUBLE))`} AS ${duckdbType(to)})`
        const parsed = castValue({ ...cast, sql: text, from: VARCHAR, to })
        return `CASE WHEN json_type(${v}) = 'DOUBLE' THEN ${rounded} WHEN json_type(${v}) = 'BOOLEAN' THEN CAST(${text} = 'true' AS ${duckdbType(to)}) WHEN json_type(${v}) IN ('OBJECT', 'ARRAY') THEN ${refusal(cast, v)} ELSE ${parsed} END`
      })
    case 'json':
      return cast.sql
    default:
      return castValue({ ...cast, sql: `json_extract_string(${cast.sql}, '$')`, from: VARCHAR, to })
  }
}

const rootOf = (cast: Cast, value: string) => cast.root ?? { sql: value, type: cast.to }

/** In the words of Trino's readers: the token that was not expected, and the whole on a line of its own. */
function refusal(cast: Cast, value: string): string {
  const { to, root, safe } = cast
  if (safe) return nullOf(to)
  const token = `CASE json_type(${value}) WHEN 'OBJECT' THEN '{' WHEN 'ARRAY' THEN '[' ELSE json_extract_string(${value}, '$') END`
  const whole = (sql: string) => `chr(10) || CAST(${sql} AS VARCHAR)`
  const fails = (text: string, detail: string) => failureAs('INVALID_CAST_ARGUMENT', text, duckdbType(to), detail)
  const expected = EXPECTED[to.kind]
  if (expected) {
    const type = typeName(root?.type ?? to)
    return fails(
      `Cannot cast to ${type}. Expected a json ${expected}, but got `,
      `${token} || ${whole(root?.sql ?? value)}`,
    )
  }
  const target = to.kind === 'varchar' ? 'varchar' : to.kind === 'decimal' ? typeName(to).toUpperCase() : typeName(to)
  if (!root) return fails("Cannot cast '", `CAST(${value} AS VARCHAR) || ''' to ${target}'`)
  const text = `Cannot cast to ${typeName(root.type)}. Unexpected token when cast to ${target}: `
  return fails(text, `${token} || ${whole(root.sql)}`)
}
const EXPECTED: Partial<Record<Type['kind'], string>> = { array: 'array', map: 'object', row: 'array or object' }

function unsupported(type: Type): SqlError {
  return new SqlError('TYPE_MISMATCH', `Cannot cast ${typeName(type)} to json`)
}
