/** Constants of the plan as DuckDB literals, each of exactly its type. */
import type { Constant } from '../plan.ts'
import { type Type, typeName } from '../types.ts'
import { fractionPicos, isFine, type Moment, picosOfTime, picosOfTimestamp } from './fine-moments.ts'
import { duckdbType, quote } from './types.ts'
import { canonicalJson } from './udfs/json-text.ts'
import { instantOf, namedZone, offsetMinutes, UTC, type Zone } from './zones.ts'

export function nullOf(type: Type): string {
  return `CAST(NULL AS ${duckdbType(type)})`
}

export function literal(value: Constant, type: Type): string {
  if (value === null) return nullOf(type)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  switch (type.kind) {
    case 'integer':
    case 'interval year to month':
      // DuckDB reads the digits before their sign: beyond them a number is a BIGINT, or no INTEGER at all.
      if (Math.abs(Number(value)) > 2147483647) return `CAST(${value} AS INTEGER)`
      return Number(value) < 0 ? `(${value})` : String(value)
    case 'tinyint':
    case 'smallint':
    case 'bigint':
    case 'interval day to second':
      return `CAST(${value} AS ${duckdbType(type)})`
    case 'real':
    case 'double':
      return `CAST('${Object.is(value, -0) ? '-0' : value}' AS ${duckdbType(type)})`
    case 'varchar':
      return quote(String(value))
    case 'char':
      return quote(padded(String(value), type.length))
    case 'json':
      return `CAST(${quote(canonicalJson(String(value)) ?? String(value))} AS JSON)`
    case 'ipaddress':
      return `js_ip_address(${quote(String(value))})`
    case 'varbinary':
      return `unhex('${Buffer.from(value as Uint8Array).toString('hex')}')`
    case 'time':
    case 'timestamp':
    case 'time with time zone':
      return isFine(type) ? fineLiteral(String(value), type) : `CAST(${quote(String(value))} AS ${duckdbType(type)})`
    case 'timestamp with time zone': {
      const { local, zone } = splitZone(String(value))
      if (isFine(type)) return fineInstant(local, zone)
      return instantOf(`CAST(${quote(local)} AS TIMESTAMP)`, zone)
    }
    case 'array':
    case 'map':
    case 'row':
    case 'function':
      throw new TypeError(`a constant can not be of type ${typeName(type)}`)
    default:
      return `CAST(${quote(String(value))} AS ${duckdbType(type)})`
  }
}

function fineLiteral(text: string, type: Moment): string {
  if (type.kind === 'timestamp') return `CAST(${picosOfTimestamp(text)} AS HUGEINT)`
  if (type.kind === 'time') return `CAST(${picosOfTime(text)} AS BIGINT)`
  const [, clock, offset] = /^(.*?)([+-]\d\d:\d\d)$/.exec(text)!
  return `tr_fine_clock(CAST(${picosOfTime(clock!)} AS BIGINT), ${offsetMinutes(offset!)})`
}

function fineInstant(local: string, zone: Zone): string {
  const minutes = offsetMinutes(zone.name!)
  if (minutes !== undefined)
    return `CAST(${picosOfTimestamp(local) - BigInt(minutes) * 60_000_000_000_000n} AS HUGEINT)`
  const [whole, fraction = ''] = local.split('.') as [string, string?]
  const instant = instantOf(`CAST(${quote(whole)} AS TIMESTAMP)`, zone)
  return `(tr_fine(${instant}) + ${fractionPicos(fraction)})`
}

/** The zone that a constant timestamp names. */
export function constantZone(value: Constant): Zone | undefined {
  return value === null ? undefined : splitZone(String(value)).zone
}

/** `2024-01-01 00:00:00.000 Europe/Paris` apart; UTC when no zone is written. */
function splitZone(text: string): { readonly local: string; readonly zone: Zone } {
  const match = /^\s*([+-]?\d+-\d+-\d+(?:[ T]\d+:\d+(?::\d+(?:\.\d+)?)?)?)(.*)$/s.exec(text)
  const zone = match?.[2]?.trim()
  if (!zone) return { local: match?.[1] ?? text, zone: UTC }
  return { local: match![1]!, zone: namedZone(zone) }
}

/** char(n) is compared and shown padded to its length in code points. */
function padded(text: string, length: number): string {
  return text + ' '.repeat(Math.max(0, length - [...text].length))
}
