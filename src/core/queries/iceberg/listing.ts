/** Rows that tell of a table, as the SQL of their values. */
import { quotedText } from '../../../sql/quotation.ts'

type Cells = readonly string[]

export interface Listing {
  /** Names with their types. */
  readonly columns: readonly (readonly [name: string, type: string])[]
  /** SQL of each value. */
  readonly rows: readonly Cells[]
}

export const text = (value: string | undefined): string => (value === undefined ? 'NULL' : quotedText(value))
export const number = (value: number | bigint | undefined): string => (value === undefined ? 'NULL' : String(value))
export const moment = (ms: number): string =>
  `TIMESTAMP '${new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC')}'`
export const MOMENT = 'timestamp(3) with time zone'

export function textMap(entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return 'MAP()'
  return `MAP(ARRAY[${entries.map(([key]) => text(key)).join(', ')}], ARRAY[${entries.map(([, value]) => text(value)).join(', ')}])`
}

export function numberMap(entries: readonly (readonly [number, string])[]): string {
  if (entries.length === 0) return 'MAP()'
  return `MAP(ARRAY[${entries.map(([id]) => id).join(', ')}], ARRAY[${entries.map(([, value]) => value).join(', ')}])`
}
