/** From JSON to Hive's types, keys found whatever their case. Expressions take and give SQL text. */
import { duckdbType, identifier, quote, rowFieldNames } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import { integerFromText, scalarFromText } from './text-values.ts'

export interface JsonKeys {
  readonly caseSensitive: boolean
  /** A dot in a key is an underscore in the column's name. */
  readonly dotsInKeys: boolean
}

/** A JSON object as two lists, `keys` (as they are compared) and `values`: JSON's own map keeps keys as written. */
export function objectParts(map: string, keys: JsonKeys): { readonly keys: string; readonly values: string } {
  return {
    keys: `list_transform(map_keys(${map}), lambda k: ${comparable('k', keys)})`,
    values: `map_values(${map})`,
  }
}

export const asObject = (json: string): string => `TRY_CAST(${json} AS MAP(VARCHAR, JSON))`

/** The value under `key`; a key that is not there is NULL, as JSON's own null is. */
export function memberOf(keysSql: string, valuesSql: string, key: string, keys: JsonKeys): string {
  return `${valuesSql}[list_position(${keysSql}, ${quote(keys.caseSensitive ? key : key.toLowerCase())})]`
}

/** `json`: an expression of type JSON, SQL NULL for null. What does not fit the type is NULL. */
export function jsonValue(type: Type, json: string, keys: JsonKeys, depth = 0): string {
  const inner = depth + 1
  switch (type.kind) {
    case 'array':
      return `list_transform(TRY_CAST(${json} AS JSON[]), lambda e${depth}: ${jsonValue(type.element, `e${depth}`, keys, inner)})`
    case 'map': {
      const key = scalarFromText(type.key, `k${depth}`)
      const value = jsonValue(type.value, `v${depth}`, keys, inner)
      const m = `m${depth}`
      const made = `map(list_transform(map_keys(${m}), lambda k${depth}: ${key}), list_transform(map_values(${m}), lambda v${depth}: ${value}))`
      return `list_transform([${asObject(json)}], lambda ${m}: CASE WHEN ${m} IS NOT NULL THEN ${made} END)[1]`
    }
    case 'row': {
      const names = rowFieldNames(type)
      const o = `o${depth}`
      const fields = type.fields.map((field, i) => {
        const member = memberOf(`${o}.k`, `${o}.v`, field.name ?? names[i]!, keys)
        return `${identifier(names[i]!)} := ${jsonValue(field.type, member, keys, inner)}`
      })
      const m = `m${depth}`
      const parts = objectParts(m, keys)
      const made = `list_transform([struct_pack(k := ${parts.keys}, v := ${parts.values})], lambda ${o}: struct_pack(${fields.join(', ')}))[1]`
      return `list_transform([${asObject(json)}], lambda ${m}: CASE WHEN ${m} IS NOT NULL THEN ${made} END)[1]`
    }
    default:
      return scalar(type, `(${json} ->> '$')`)
  }
}

function comparable(key: string, keys: JsonKeys): string {
  const dotless = keys.dotsInKeys ? `replace(${key}, '.', '_')` : key
  return keys.caseSensitive ? dotless : `lower(${dotless})`
}

function scalar(type: Type, text: string): string {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      // A whole number may be written as 12.0.
      return integerFromText(duckdbType(type), `regexp_replace(${text}, '\\.0+$', '')`)
    case 'timestamp':
      return `coalesce(TRY_CAST(${text} AS TIMESTAMP), epoch_ms(TRY_CAST(TRY_CAST(${text} AS DOUBLE) * 1000 AS BIGINT)))`
    case 'varbinary':
      return `encode(${text})`
    default:
      return scalarFromText(type, text)
  }
}
