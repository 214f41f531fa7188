/**
 * A timestamp with time zone is an instant in DuckDB; what zone it is shown in is followed here. Almost always the zone
 * is known while printing (a literal's, `AT TIME ZONE 'x'`, UTC of stored data). Where it depends on the row, the
 * printer carries it in a companion column.
 */
import { SqlError } from '../position.ts'
import { quote } from './types.ts'

/** `sql` yields the zone's name; `name` is present when it is known while printing. */
export interface Zone {
  readonly sql: string
  readonly name?: string
}

export const UTC: Zone = { sql: "'UTC'", name: 'UTC' }
export const MAX_OFFSET_MINUTES = 14 * 60
const OFFSET = /^([+-])(\d{1,2})(?::?(\d{2}))?$/

/** A zone by name, in Trino's spelling (`+02:00`, `UTC`, `Europe/Paris`). */
export function namedZone(name: string, refusal = notAZone): Zone {
  const spelled = zoneSpelling(name, refusal)
  return { sql: quote(spelled), name: spelled }
}

const notAZone = (name: string): SqlError =>
  new SqlError('INVALID_FUNCTION_ARGUMENT', `'${name}' is not a valid time zone`)

function zoneSpelling(name: string, refusal: (name: string) => SqlError): string {
  const offset = OFFSET.exec(name)
  if (offset && Math.abs(offsetMinutes(name)!) > MAX_OFFSET_MINUTES) throw refusal(name)
  if (offset) return `${offset[1]}${offset[2]!.padStart(2, '0')}:${offset[3] ?? '00'}`
  if (/^(z|utc|gmt|ut|etc\/utc|etc\/gmt|zulu)$/i.test(name)) return name.toUpperCase() === 'GMT' ? 'GMT' : 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone === 'UTC' ? 'UTC' : name
  } catch {
    throw refusal(name)
  }
}

/** Of a fixed offset in Trino's spelling; undefined for a zone whose offset changes. */
export function offsetMinutes(name: string): number | undefined {
  if (name === 'UTC' || name === 'GMT') return 0
  const offset = OFFSET.exec(name)
  if (!offset) return undefined
  return (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0))
}

export const sameZone = (a: Zone, b: Zone): boolean => a.sql === b.sql

/** The wall clock of an instant in a zone: TIMESTAMPTZ to TIMESTAMP. */
export function localTime(instant: string, zone: Zone): string {
  if (zone.name === undefined) return `tr_local(${instant}, ${zone.sql})`
  const minutes = offsetMinutes(zone.name)
  if (minutes === undefined) return `(${instant} AT TIME ZONE ${zone.sql})`
  return minutes === 0
    ? `(${instant} AT TIME ZONE 'UTC')`
    : `((${instant} AT TIME ZONE 'UTC') + to_minutes(${minutes}))`
}

/** The instant of a wall clock in a zone, TIMESTAMP to TIMESTAMPTZ: the first of two, as Trino reads texts. */
export const instantOf = (local: string, zone: Zone): string =>
  byOffset(local, zone) ?? `tr_${zone.name === undefined ? 'instant' : 'first_instant'}(${local}, ${zone.sql})`

/** The same as `with_timezone` has it. */
export const jodaInstantOf = (local: string, zone: Zone): string =>
  byOffset(local, zone) ?? `tr_joda_instant(${local}, ${zone.sql})`

/** The same of a clock to which an instant was moved: with the offset that it had, where there are two. */
export const movedInstantOf = (local: string, instant: string, zone: Zone): string =>
  byOffset(local, zone) ?? `tr_moved_instant(${local}, ${instant}, ${zone.sql})`

/** Undefined where the offset of the zone is not always the same. */
function byOffset(local: string, zone: Zone): string | undefined {
  const minutes = zone.name === undefined ? undefined : offsetMinutes(zone.name)
  if (minutes === undefined) return undefined
  return minutes === 0 ? `(${local} AT TIME ZONE 'UTC')` : `((${local} - to_minutes(${minutes})) AT TIME ZONE 'UTC')`
}
