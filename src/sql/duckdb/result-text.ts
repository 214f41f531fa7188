/**
 * Values as the text of Athena's result files and of GetQueryResults: numbers as Java prints them, `2024-01-01
 * 00:00:00.000`, bytes as `01 ff`, arrays `[1, 2]`, maps `{a=1}`, rows `{x=1, y=b}`; inside them a NULL is `null`.
 */
import { SqlError } from '../position.ts'
import { type Type, typeName } from '../types.ts'
import { decimalText, momentText } from './texts.ts'
import { quote, rowFieldName } from './types.ts'
import { UTC, type Zone } from './zones.ts'

/** A VARCHAR expression; NULL stays NULL. `zone` is where a timestamp with time zone is shown. */
export function athenaText(type: Type, sql: string, zone: Zone = UTC): string {
  return textAt(type, sql, zone, 0)
}

function textAt(type: Type, sql: string, zone: Zone, depth: number): string {
  switch (type.kind) {
    case 'varchar':
    case 'ipaddress':
      return sql
    case 'char':
      return `rpad(${sql}, ${type.length}, ' ')`
    case 'unknown':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'uuid':
    case 'json':
      return `CAST(${sql} AS VARCHAR)`
    case 'date':
      return `tr_date_text(${sql}, '+')`
    case 'decimal':
      return decimalText(sql, type)
    case 'real':
      return floatText(sql, 'js_real_java')
    case 'double':
      return floatText(sql, 'js_double_java')
    case 'time':
    case 'time with time zone':
      return momentText(sql, type, type.precision, zone)
    case 'timestamp':
    case 'timestamp with time zone':
      return momentText(sql, type, digits(type.precision), zone)
    case 'interval day to second':
      return `tr_day_interval_text(${sql})`
    case 'interval year to month':
      return `tr_month_interval_text(${sql})`
    case 'varbinary':
    case 'HyperLogLog':
    case 'P4HyperLogLog':
    case 'tdigest':
    case 'qdigest':
      return `rtrim(regexp_replace(lower(hex(${sql})), '(..)', '\\1 ', 'g'))`
    case 'Geometry':
    case 'SphericalGeography':
      return `js_st_astext(${sql})`
    case 'BingTile':
      return `js_bing_tile_text(${sql})`
    case 'array': {
      const item = `x${depth}`
      return `('[' || array_to_string(list_transform(${sql}, lambda ${item}: ${orNull(type.element, item, zone, depth)}), ', ') || ']')`
    }
    case 'map': {
      const entry = `x${depth}`
      const member = `${orNull(type.key, `${entry}.key`, zone, depth)} || '=' || ${orNull(type.value, `${entry}.value`, zone, depth)}`
      return `('{' || array_to_string(list_transform(map_entries(${sql}), lambda ${entry}: ${member}), ', ') || '}')`
    }
    case 'row': {
      const members = type.fields.map((field, i) => {
        const value = orNull(field.type, `struct_extract(${sql}, ${quote(rowFieldName(type, i))})`, zone, depth)
        return `${quote(`${i ? ', ' : ''}${field.name ?? `field${i}`}=`)} || ${value}`
      })
      // None is NULL. A chain of as many `||` would be as deep, and the engine has an end to that.
      return `CASE WHEN ${sql} IS NOT NULL THEN concat('{', ${members.join(', ')}, '}') END`
    }
    default:
      throw new SqlError('NOT_SUPPORTED', `Type ${typeName(type)} has no text`)
  }
}

function orNull(type: Type, sql: string, zone: Zone, depth: number): string {
  return `coalesce(${textAt(type, sql, zone, depth + 1)}, 'null')`
}

/** Athena shows at least milliseconds of a timestamp; finer ones (Iceberg's microseconds) in full. Times are as precise as their type. */
const digits = (precision: number): number => Math.max(3, precision)

/** DuckDB writes plain numbers as Java does; the others go through JavaScript, one row at a time. */
function floatText(sql: string, javascript: string): string {
  return `CASE WHEN ${sql} = 0 OR abs(${sql}) BETWEEN 0.001 AND 9999999 THEN CAST(${sql} AS VARCHAR) ELSE ${javascript}(${sql}) END`
}
