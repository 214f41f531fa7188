/** Values of Hive's text formats. Each function takes an SQL expression of type VARCHAR and answers one of the type. */
import { duckdbType } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'

/** The type's value, or NULL where the text is not one. Scalars only. */
export function scalarFromText(type: Type, text: string): string {
  switch (type.kind) {
    case 'varchar':
      return type.length === undefined ? text : `left(${text}, ${type.length})`
    case 'char':
      return `rpad(left(${text}, ${type.length}), ${type.length}, ' ')`
    case 'boolean':
      return booleanFromText(text)
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return integerFromText(duckdbType(type), text)
    case 'timestamp':
      // DuckDB would also read `2024-01-01T10:00`. To cut the character out takes longer than to compare the shape.
      return `TRY_CAST(CASE WHEN ${text} LIKE '__________ %' OR length(${text}) < 11 THEN ${text} END AS TIMESTAMP)`
    case 'varbinary':
      return `coalesce(TRY(from_base64(${text})), encode(${text}))`
    default:
      return `TRY_CAST(${text} AS ${duckdbType(type)})`
  }
}

/** The usual spellings first: to make another case of each text takes longer. */
function booleanFromText(text: string): string {
  const usual = `WHEN ${text} = 'true' THEN true WHEN ${text} = 'false' THEN false`
  return `CASE ${usual} WHEN lower(${text}) = 'true' THEN true WHEN lower(${text}) = 'false' THEN false END`
}

/** DuckDB would also read ` 12`, `1.5` and `1e3`; what prints back as itself is the usual case and costs no regex. */
export function integerFromText(type: string, text: string, pattern = '[+-]?[0-9]+'): string {
  const value = `TRY_CAST(${text} AS ${type})`
  return `CASE WHEN CAST(${value} AS VARCHAR) = ${text} OR regexp_full_match(${text}, '${pattern}') THEN ${value} END`
}
