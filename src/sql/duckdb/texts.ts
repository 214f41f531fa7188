/** Values as the text of CAST(x AS varchar). */
import type { Type } from '../types.ts'
import { bindOnce } from './bindings.ts'
import type { Printing } from './context.ts'
import { coarse, isFine, type Moment } from './fine-moments.ts'
import { localTime, type Zone } from './zones.ts'

/** Undefined for types that have no text. */
export function textOf(printing: Printing, sql: string, type: Type, zone: Zone): string | undefined {
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
    case 'uuid':
      return `CAST(${sql} AS VARCHAR)`
    case 'date':
      return `tr_date_text(${sql}, '')`
    case 'decimal':
      return decimalText(sql, type)
    case 'real':
      return `js_real_text(${sql})`
    case 'double':
      return `js_double_text(${sql})`
    case 'time':
    case 'timestamp':
    case 'time with time zone':
    case 'timestamp with time zone':
      return isFine(type)
        ? bindOnce(printing, [sql], (v) => momentText(v, type, type.precision, zone))
        : momentText(sql, type, type.precision, zone)
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

/** Where all digits are of the fraction, DuckDB leaves out the zero before the point. */
export function decimalText(sql: string, type: Type & { readonly kind: 'decimal' }): string {
  const text = `CAST(${sql} AS VARCHAR)`
  return type.scale === type.precision ? `regexp_replace(${text}, '^(-?)\\.', '\\1' || '0.')` : text
}

/** A moment with `digits` fractional digits and its zone. Of a finer one than microseconds `sql` is repeated. */
export function momentText(sql: string, type: Moment, digits: number, zone: Zone): string {
  if (isFine(type)) return fineText(sql, type, digits, zone)
  switch (type.kind) {
    case 'time':
      return timeText(sql, digits)
    case 'time with time zone':
      return timeZoneText(sql, digits)
    case 'timestamp':
      return timestampText(sql, digits)
    case 'timestamp with time zone':
      return `(${timestampText(localTime(sql, zone), digits)} || ' ' || ${zone.sql})`
  }
}

/** A timestamp with time zone in parts: the text of its wall clock, and minutes east of UTC. `sql` is repeated. */
export function zonedParts(sql: string, type: Moment, zone: Zone): { readonly text: string; readonly offset: string } {
  const instant = isFine(type) ? coarse(sql, type) : sql
  const wall = localTime(instant, zone)
  const local = isFine(type) ? `tr_fine(${wall}) + tr_within_micro(${sql})` : wall
  return {
    text: momentText(local, { kind: 'timestamp', precision: type.precision }, type.precision, zone),
    offset: `(epoch_us(${wall}) - epoch_us(${instant})) // 60000000`,
  }
}

function fineText(sql: string, type: Moment, digits: number, zone: Zone): string {
  const finer = digits - 6
  switch (type.kind) {
    case 'time':
      return `substr(tr_fine_text(${sql}, ${finer}), 12)`
    case 'time with time zone':
      return `(substr(tr_fine_text(tr_clock_picos(${sql}), ${finer}), 12) || tr_offset_text(tr_fine_offset(${sql})))`
    case 'timestamp':
      return `(tr_fine_text(${sql}, ${finer}))`
    case 'timestamp with time zone':
      return `(${zonedParts(sql, { ...type, precision: digits }, zone).text} || ' ' || ${zone.sql})`
  }
}

/** `2024-01-01 00:00:00.000`: as many fractional digits as the type has. */
function timestampText(sql: string, precision: number): string {
  if (precision === 0) return `tr_stamp(${sql}, '%Y-%m-%d %H:%M:%S')`
  const micros = `tr_stamp(${sql}, '%Y-%m-%d %H:%M:%S.%f')`
  if (precision === 3) return `tr_stamp(${sql}, '%Y-%m-%d %H:%M:%S.%g')`
  return precision >= 6 ? micros : `left(${micros}, -${6 - precision})`
}

/** DuckDB leaves out minutes of the offset that are zero, and fractions. */
function timeZoneText(sql: string, precision: number): string {
  const offset = `regexp_extract(CAST(${sql} AS VARCHAR), '[+-].*$')`
  return `(${timeText(`CAST(${sql} AS TIME)`, precision)} || rpad(${offset}, 6, ':00'))`
}

function timeText(sql: string, precision: number): string {
  const stamp = `(DATE '1970-01-01' + ${sql})`
  return `substr(${timestampText(stamp, precision)}, 12)`
}
