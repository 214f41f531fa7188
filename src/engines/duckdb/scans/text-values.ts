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
      return `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return integerFromText(duckdbType(type), text)
    case 'timestamp':
      return `TRY_CAST(CASE WHEN ${text}[11] IN (' ', '') THEN ${text} END AS TIMESTAMP)`
    case 'varbinary':
      return `coalesce(TRY(from_base64(${text})), encode(${text}))`
    default:
      return `TRY_CAST(${text} AS ${duckdbType(type)})`
  }
}

/** DuckDB would also read ` 12`, `1.5` and `1e3`; what prints back as itself is the usual case and costs no regex. */
export function integerFromText(type: string, text: string, pattern = '[+-]?[0-9]+'): string {
  const value = `TRY_CAST(${text} AS ${type})`
  return `CASE WHEN CAST(${value} AS VARCHAR) = ${text} OR regexp_full_match(${text}, '${pattern}') THEN ${value} END`
}
