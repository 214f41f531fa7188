/** Casts to time with time zone. */
import { bindOnce } from './bindings.ts'
import type { Cast } from './casts.ts'
import { failureAs } from './failures.ts'
import { quote } from './types.ts'
import { localTime } from './zones.ts'

const CLOCK_WITH_OFFSET = String.raw`\s*([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]+)?)?( ?[+-][0-9]{2}:[0-9]{2})?\s*`

/** Undefined for types that do not turn into one. */
export function toZonedTime(cast: Cast): string | undefined {
  const { sql, from, to } = cast
  switch (from.kind) {
    case 'time':
      return `CAST(${sql} AS TIMETZ)`
    case 'time with time zone':
      return from.precision > precisionOf(to) ? clock(`CAST(${sql} AS TIME)`, `tr_clock_offset(${sql})`, to) : sql
    case 'timestamp':
      return clock(`CAST(${sql} AS TIME)`, '0', to)
    case 'timestamp with time zone':
      return bindOnce(cast.printing, [sql], (instant) => {
        const local = localTime(instant!, cast.zone)
        return clock(`CAST(${local} AS TIME)`, `(epoch_us(${local}) - epoch_us(${instant})) // 60000000`, to)
      })
    case 'varchar':
    case 'char':
      return bindOnce(cast.printing, [sql], (text) => {
        const refusal = cast.safe
          ? 'CAST(NULL AS TIMETZ)'
          : failureAs('INVALID_CAST_ARGUMENT', 'Value cannot be cast to timestamp: ', 'TIMETZ', text)
        return `CASE WHEN ${text} IS NULL THEN NULL WHEN regexp_full_match(${text}, ${quote(CLOCK_WITH_OFFSET)}) THEN CAST(replace(trim(${text}), ' ', '') AS TIMETZ) ELSE ${refusal} END`
      })
    default:
      return undefined
  }
}

const precisionOf = (type: Cast['to']): number => ('precision' in type ? type.precision : 6)

/** A local time rounded to the type's precision, around midnight if need be, with minutes of offset. */
function clock(local: string, offset: string, type: Cast['to']): string {
  const precision = precisionOf(type)
  const time =
    precision >= 6 ? local : `CAST(tr_round_timestamp(DATE '1970-01-01' + ${local}, ${10 ** (6 - precision)}) AS TIME)`
  return `tr_clock(${time}, ${offset})`
}
