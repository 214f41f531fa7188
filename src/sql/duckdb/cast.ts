/** What every cast starts from, and the forms that most have. */
import type { Today } from '../plan.ts'
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
  /** When a time becomes a timestamp. */
  readonly today?: Today
  /** Of a part of a JSON value: the whole, and what it becomes. */
  readonly root?: { readonly sql: string; readonly type: Type }
}

/** Undefined for types that do not turn into the one it is for. */
export type Conversion = (cast: Cast) => string | undefined

export function plain(cast: Cast): string {
  return `${cast.safe ? 'TRY_CAST' : 'CAST'}(${cast.sql} AS ${duckdbType(cast.to)})`
}

/** Other readers of text than DuckDB's cast. */
export interface Readers {
  /** Makes the value of text that looks like the pattern, where DuckDB's cast does not. */
  readonly read?: (text: string) => string
  /** A rarer form that is taken too. */
  readonly other?: { readonly pattern: string; readonly read: (text: string) => string }
}

/** A cast of text that must look like `pattern`; DuckDB's own cast accepts more than Trino's. */
export function checked(
  cast: Cast,
  pattern: string,
  target: string,
  cause: (value: string) => string,
  { read, other }: Readers = {},
): string {
  const source = cast.from.kind === 'char' ? `rtrim(${cast.sql}, ' ')` : cast.sql
  return bindOnce(cast.printing, [source], (v) => {
    const looksLike = (form: string) => `regexp_full_match(${v}, ${quote(form)})`
    const refusal = cast.safe ? nullAs(target) : failureAs('INVALID_CAST_ARGUMENT', '', target, cause(v))
    const attempt = (reading: string) => `coalesce(TRY(${reading}), ${refusal})`
    const rest = other
      ? `CASE WHEN ${looksLike(other.pattern)} THEN ${attempt(other.read(v))} ELSE ${refusal} END`
      : refusal
    if (cast.safe) {
      const value = read ? `TRY(${read(v)})` : `TRY_CAST(${v} AS ${target})`
      return `CASE WHEN ${looksLike(pattern)} THEN ${value} WHEN ${v} IS NOT NULL THEN ${rest} END`
    }
    if (!read) return `CASE WHEN ${v} IS NULL OR ${looksLike(pattern)} THEN CAST(${v} AS ${target}) ELSE ${rest} END`
    return `CASE WHEN ${v} IS NULL THEN NULL WHEN ${looksLike(pattern)} THEN ${attempt(read(v))} ELSE ${rest} END`
  })
}

const nullAs = (target: string): string => `CAST(NULL AS ${target})`
