/** Values of a partition's type as those of the table's; what cannot be one is NULL, as with Hive. */
import { duckdbType } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import { scalarFromText } from './text-values.ts'

/** An expression of type `to` over `value`, of type `from`. */
export function coercedValue(from: Type, to: Type, value: string): string {
  if (from.kind === 'varchar' || from.kind === 'char') return scalarFromText(to, value)
  if (to.kind === 'varchar') return scalarFromText(to, `CAST(${value} AS VARCHAR)`)
  return `TRY_CAST(${value} AS ${duckdbType(to)})`
}
