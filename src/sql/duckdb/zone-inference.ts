/** In which zone the value of an expression is shown. */
import { columnsOf, type Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { Printing } from './context.ts'
import { isFine } from './fine-moments.ts'
import { constantZone } from './literals.ts'
import { holdsZone } from './types.ts'
import { MAX_OFFSET_MINUTES, namedZone, sameZone, UTC, type Zone } from './zones.ts'

type Print = (scalar: Scalar) => string

/** Undefined when the expression holds no zone, or none that matters (a NULL). */
export function zoneOf(scalar: Scalar, printing: Printing, print: Print): Zone | undefined {
  if (!holdsZone(scalar.type)) return undefined
  const zone = (part: Scalar): Zone | undefined => zoneOf(part, printing, print)
  switch (scalar.kind) {
    case 'constant':
      return constantZone(scalar.value)
    case 'column':
      return printing.zones.get(scalar.id) ?? UTC
    case 'call':
      return zoneOfCall(scalar, printing, print)
    case 'cast':
      return holdsZone(scalar.of.type) ? zone(scalar.of) : zoneOfCast(scalar.of, print)
    case 'case':
      return (
        merged([...scalar.whens.map((arm) => zone(arm.then)), ...(scalar.otherwise ? [zone(scalar.otherwise)] : [])]) ??
        chosen(
          [...scalar.whens.map((arm) => [print(arm.when), zone(arm.then)] as const)],
          scalar.otherwise ? zone(scalar.otherwise) : undefined,
        )
      )
    case 'coalesce':
      return (
        merged(scalar.items.map(zone)) ??
        chosen(
          scalar.items.map((item) => [`${print(item)} IS NOT NULL`, zone(item)] as const),
          undefined,
        )
      )
    case 'nullif':
      return zone(scalar.left)
    case 'try':
    case 'field':
      return zone(scalar.of)
    case 'row':
    case 'array':
      return only(scalar.items.map(zone))
    case 'lambda':
      return zone(scalar.body)
    case 'scalar-query': {
      const column = columnsOf(scalar.query)[0]
      return (column && printing.zones.get(column.id)) ?? UTC
    }
    default:
      return UTC
  }
}

/** The one zone of all, or an error: a value of several zones can not be told apart later. */
function only(zones: readonly (Zone | undefined)[]): Zone | undefined {
  const known = zones.filter((zone) => zone !== undefined)
  if (known.length === 0) return undefined
  const one = merged(known)
  if (!one) throw new SqlError('NOT_SUPPORTED', 'Timestamps of different time zones in one value are not supported')
  return one
}

/** The zone that all agree on; undefined when they differ. */
export function merged(zones: readonly (Zone | undefined)[]): Zone | undefined {
  const known = zones.filter((zone) => zone !== undefined)
  const first = known[0] ?? UTC
  return known.every((zone) => sameZone(zone, first)) ? first : undefined
}

function chosen(arms: readonly (readonly [string, Zone | undefined])[], otherwise: Zone | undefined): Zone {
  const whens = arms.map(([when, zone]) => `WHEN ${when} THEN ${(zone ?? UTC).sql}`)
  return { sql: `CASE ${whens.join(' ')} ELSE ${(otherwise ?? UTC).sql} END` }
}

function zoneOfCall(call: Scalar & { readonly kind: 'call' }, printing: Printing, print: Print): Zone | undefined {
  const { args } = call
  // NULL, before anything else is looked at.
  if (args.some((arg) => arg.kind === 'constant' && arg.value === null)) return UTC
  switch (call.function.name) {
    case '$at_timezone':
    case 'at_timezone':
    case 'with_timezone':
      return zoneArgument(args[1]!, print)
    case 'from_unixtime':
      if (args.length === 1) return UTC
      if (args.length === 2) return zoneArgument(args[1]!, print, unsupported)
      return { sql: `tr_offset_zone(${print(args[1]!)}, ${print(args[2]!)})` }
    case 'from_iso8601_timestamp':
      return zoneOfText(args[0]!, print)
    case 'from_iso8601_timestamp_nanos':
      return { sql: `js_iso8601_nanos_zone(${print(args[0]!)})` }
    case 'from_unixtime_nanos':
      return UTC
    case 'parse_datetime': {
      const pattern = args[1]!
      if (pattern.kind === 'constant' && !/[Zz]/.test(String(pattern.value).replaceAll(/'[^']*'/g, ''))) return UTC
      return { sql: `js_parse_datetime_zone(${print(args[0]!)}, ${print(pattern)})` }
    }
    default:
      return (
        only(
          args
            .filter((arg) => arg.kind !== 'lambda' || holdsZone(arg.body.type))
            .map((arg) => zoneOf(arg, printing, print)),
        ) ?? UTC
      )
  }
}

const unsupported = (name: string): SqlError => new SqlError('NOT_SUPPORTED', `Time zone not supported: ${name}`)

function zoneArgument(arg: Scalar, print: Print, refusal?: (name: string) => SqlError): Zone {
  if (arg.kind === 'constant' && arg.value !== null) {
    if (arg.type.kind !== 'interval day to second') return namedZone(String(arg.value), refusal)
    const minutes = offsetOfInterval(Number(arg.value))
    const size = Math.abs(minutes)
    const text = `${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
    return namedZone(`${minutes < 0 ? '-' : '+'}${text}`)
  }
  if (arg.kind === 'cast') return zoneArgument(arg.of, print, refusal)
  if (arg.type.kind !== 'interval day to second') return { sql: `tr_zone_name(${print(arg)})` }
  return { sql: `tr_interval_zone(${print(arg)})` }
}

function offsetOfInterval(millis: number): number {
  const minutes = millis / 60000
  const refuse = (text: string) => new SqlError('INVALID_FUNCTION_ARGUMENT', text)
  if (!Number.isInteger(minutes)) throw refuse('Invalid time zone offset interval: interval contains seconds')
  if (Math.abs(minutes) > MAX_OFFSET_MINUTES) throw refuse(`Invalid offset minutes ${minutes}`)
  return minutes
}

function zoneOfCast(of: Scalar, print: Print): Zone {
  if (of.type.kind !== 'time with time zone') return zoneOfText(of, print)
  const offset = isFine(of.type) ? 'tr_fine_offset' : 'tr_clock_offset'
  return { sql: `tr_clock_zone(${offset}(${print(of)}))` }
}

function zoneOfText(scalar: Scalar, print: Print): Zone {
  if (scalar.kind === 'cast' && scalar.of.kind === 'constant') return zoneOfText(scalar.of, print)
  if (scalar.type.kind !== 'varchar' && scalar.type.kind !== 'char') return UTC
  if (scalar.kind === 'constant') {
    if (scalar.value === null) return UTC
    const zone = /\d(?:\.\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?|[A-Za-z][\w+/-]*)\s*$/.exec(String(scalar.value))?.[1]
    const refusal = (name: string): SqlError =>
      /^[+-]/.test(name)
        ? unsupported(name)
        : new SqlError('INVALID_CAST_ARGUMENT', `Value cannot be cast to timestamp: ${scalar.value}`)
    return zone && /:|T/.test(String(scalar.value)) ? namedZone(zone, refusal) : UTC
  }
  return { sql: `tr_zone_text(${print(scalar)})` }
}
