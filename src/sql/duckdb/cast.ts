/** What every cast starts from, and the forms that most have. */
import type { Type } from '../types.ts'
import { bindOnce } from './bindings.ts'
import type { Printing } from './context.ts'
import { failureAs } from './failures.ts'
import { duckdbType, quote } from './types.ts'
import type { Zone } from './zones.ts'

export interface Cast {
  readonly printing: Printing
  readonly sql: string
  readonly from: Type
  readonly to: Type
  readonly safe: boolean
  readonly zone: Zone
  /** The day of the statement, on which a time becomes a timestamp. */
  readonly day?: string
}

/** Undefined for types that do not turn into the one it is for. */
export type Conversion = (cast: Cast) => string | undefined

export function plain(cast: Cast): string {
  return `${cast.safe ? 'TRY_CAST' : 'CAST'}(${cast.sql} AS ${duckdbType(cast.to)})`
}

/**
 * A cast of text that must look like `pattern`; DuckDB's own cast accepts more than Trino's. `read` makes the value of
 * text that does, where DuckDB's cast does not.
 */
export function checked(
  cast: Cast,
  pattern: string,
  target: string,
  cause: (value: string) => string,
  read?: (text: string) => string,
): string {
  const source = cast.from.kind === 'char' ? `rtrim(${cast.sql}, ' ')` : cast.sql
  return bindOnce(cast.printing, [source], (v) => {
    const fits = `regexp_full_match(${v}, ${quote(pattern)})`
    const attempt = read ? `TRY(${read(v)})` : `TRY_CAST(${v} AS ${target})`
    if (cast.safe) return `CASE WHEN ${fits} THEN ${attempt} END`
    const refusal = failureAs('INVALID_CAST_ARGUMENT', '', target, cause(v))
    if (!read) return `CASE WHEN ${v} IS NULL OR ${fits} THEN CAST(${v} AS ${target}) ELSE ${refusal} END`
    return `CASE WHEN ${v} IS NULL THEN NULL WHEN ${fits} THEN coalesce(${attempt}, ${refusal}) ELSE ${refusal} END`
  })
}
