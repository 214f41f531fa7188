/** Values as the text of CAST(x AS varchar). */
import type { Type } from '../types.ts'
import type { Printing } from './context.ts'
import { localTime, type Zone } from './zones.ts'

/** Undefined for types that have no text. */
export function textOf(_printing: Printing, sql: string, type: Type, zone: Zone): string | undefined {
  switch (type.kind) {
    case 'varchar':
    case 'char':
    case 'ipaddress':
      return sql
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'date':
    case 'uuid':
      return `CAST(${sql} AS VARCHAR)`
    case 'real':
      return `js_real_text(${sql})`
    case 'double':
      return `js_double_text(${sql})`
    case 'time':
      return timeText(sql, type.precision)
    case 'timestamp':
      return timestampText(sql, type.precision)
    case 'time with time zone':
      return timeZoneText(sql, type.precision)
    case 'timestamp with time zone':
      return `(${timestampText(localTime(sql, zone), type.precision)} || ' ' || ${zone.sql})`
    case 'interval day to second':
      return `tr_day_interval_text(${sql})`
    case 'interval year to month':
      return `tr_month_interval_text(${sql})`
    case 'json':
      return `CAST(${sql} AS VARCHAR)`
    default:
      return undefined
  }
}

/** `2024-01-01 00:00:00.000`: as many fractional digits as the type has. */
export function timestampText(sql: string, precision: number): string {
  if (precision === 0) return `strftime(${sql}, '%Y-%m-%d %H:%M:%S')`
  const micros = `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%f')`
  if (precision === 3) return `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%g')`
  return precision >= 6 ? micros : `left(${micros}, -${6 - precision})`
}

/** DuckDB leaves out minutes of the offset that are zero, and fractions. */
export function timeZoneText(sql: string, precision: number): string {
  const offset = `regexp_extract(CAST(${sql} AS VARCHAR), '[+-].*$')`
  return `(${timeText(`CAST(${sql} AS TIME)`, precision)} || rpad(${offset}, 6, ':00'))`
}

export function timeText(sql: string, precision: number): string {
  const stamp = `(DATE '1970-01-01' + ${sql})`
  return `substr(${timestampText(stamp, precision)}, 12)`
}
