/**
 * Times and timestamps of 7 to 12 fractional digits, in whole picoseconds:
 * - `timestamp(p)` and `timestamp(p) with time zone` are HUGEINT since the epoch, of the wall clock or of the instant;
 * - `time(p)` is BIGINT since midnight;
 * - `time(p) with time zone` is HUGEINT, the clock's picoseconds with the minutes of its offset behind (`tr_fine_clock`).
 * They are compared, hashed and ordered as the numbers that they are. What DuckDB knows about moments it knows of
 * microseconds: such functions see the moment's microseconds, and what lies within one is put back where it is kept.
 */
import type { Type } from '../types.ts'
import type { Call, Lowering } from './context.ts'
import { microsOf } from './udfs/clock.ts'

export type Moment = Type & { readonly kind: 'time' | 'time with time zone' | 'timestamp' | 'timestamp with time zone' }
const MICRO_DIGITS = 6
const PICO_DIGITS = 12

export const isMoment = (type: Type): type is Moment => type.kind.startsWith('time')

export const isFine = (type: Type): boolean => isMoment(type) && type.precision > MICRO_DIGITS

/** The engine type of values finer than microseconds. */
export const fineType = (type: Moment): string => (type.kind === 'time' ? 'BIGINT' : 'HUGEINT')

/** Picoseconds of the last digit that a type has. */
export const unitPicos = (precision: number): string => String(10n ** BigInt(PICO_DIGITS - precision))

/** A fine value's microseconds, rounded down, as DuckDB's own type. `sql` may be repeated. */
export function coarse(sql: string, type: Moment): string {
  return `${COARSE[type.kind]}(${sql})`
}
const COARSE: Readonly<Record<Moment['kind'], string>> = {
  time: 'tr_coarse_time',
  'time with time zone': 'tr_coarse_clock',
  timestamp: 'tr_coarse',
  'timestamp with time zone': 'tr_coarse_instant',
}

/** DuckDB's own value in picoseconds. `sql` may be repeated. */
export function fine(sql: string, type: Moment): string {
  return `${FINE[type.kind]}(${sql})`
}
const FINE: Readonly<Record<Moment['kind'], string>> = {
  time: 'tr_fine_time',
  'time with time zone': 'tr_fine_of_clock',
  timestamp: 'tr_fine',
  'timestamp with time zone': 'tr_fine',
}

/** Picoseconds within the microsecond. */
export function within(sql: string, type: Moment): string {
  return type.kind === 'time with time zone' ? `tr_within_clock(${sql})` : `tr_within_micro(${sql})`
}

/** What `within` gave, added to a value without. */
function refined(sql: string, rest: string, type: Moment): string {
  if (type.kind === 'time with time zone') return `(${sql} + ${rest} * 4096)`
  return type.kind === 'time' ? `(${sql} + CAST(${rest} AS BIGINT))` : `(${sql} + ${rest})`
}

/**
 * A function of moments, made for those of microseconds, for fine ones too. `kept`: the result is the moment moved, with
 * all of its digits; otherwise those beyond microseconds have no part in it, as in Trino's own.
 */
export const throughMicros =
  (lowering: Lowering, kept: boolean): Lowering =>
  (call) => {
    const places = call.types.flatMap((type, i) => (isFine(type) ? [i] : []))
    if (places.length === 0 && !isFine(call.result)) return lowering(call)
    const fineArgs = places.map((i) => call.args[i]!)
    return call.once(fineArgs, (...names) => {
      const text = lowering(coarsened(call, places, names))
      const { result } = call
      if (!isMoment(result) || !isFine(result)) return text
      return call.once([text], (v) => {
        const value = fine(v!, result)
        const at = places[0]
        return kept && at !== undefined ? refined(value, within(names[0]!, call.types[at] as Moment), result) : value
      })
    })
  }

function coarsened(call: Call, places: readonly number[], names: readonly string[]): Call {
  const args = [...call.args]
  for (const [n, i] of places.entries()) args[i] = coarse(names[n]!, call.types[i] as Moment)
  const inMicros = (type: Type): Type =>
    isMoment(type) && isFine(type) ? { kind: type.kind, precision: MICRO_DIGITS } : type
  return { ...call, args, types: call.types.map(inMicros), result: inMicros(call.result) }
}

/** `2024-01-01 00:00:00` with a fraction of any length, as picoseconds; for constants. */
export function picosOfTimestamp(text: string): bigint {
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  const m = /^\s*([+-]?\d+)-(\d+)-(\d+)(?:[ T](\d+):(\d+)(?::(\d+))?)?$/.exec(whole)!
  const [year, month, day, hour, minute, second] = m.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return microsOf({ year, month, day, hour, minute, second, micros: 0 })! * 1_000_000n + fractionPicos(fraction)
}

/** `10:11:12` with a fraction of any length, as picoseconds since midnight. */
export function picosOfTime(text: string): bigint {
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  const seconds = whole.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
  return seconds * 1_000_000_000_000n + fractionPicos(fraction)
}

export const fractionPicos = (fraction: string): bigint => BigInt(fraction.padEnd(PICO_DIGITS, '0'))
