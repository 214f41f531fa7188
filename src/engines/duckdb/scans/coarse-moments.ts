/**
 * Timestamps of Hive tables have milliseconds, whatever digits a file or a text has: values are rounded as they are read, as
 * Trino's readers do, so that what looks the same is the same.
 */
import type { Constraint } from '../../../sql/analysis/partition-filters.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import type { Constant } from '../../../sql/plan.ts'
import type { Type } from '../../../sql/types.ts'

/** Whether a moment has fewer digits than the engine's. */
export const isCoarse = (type: Type): boolean => type.kind === 'timestamp' && type.precision === 3

/**
 * Half a millisecond goes up. The engine's cast does so from 1970 on and sends it down before, where a microsecond more
 * makes no other difference.
 */
export const toMillis = (text: string): string =>
  `CAST(CAST(CASE WHEN ${text} < TIMESTAMP '1970-01-01' THEN ${text} + INTERVAL 1 MICROSECOND ELSE ${text} END AS TIMESTAMP_MS) AS TIMESTAMP)`

/** What values of a type are before they are rounded; undefined where nothing in them is. */
export function finerType(type: Type): Type | undefined {
  switch (type.kind) {
    case 'timestamp':
      return isCoarse(type) ? { ...type, precision: 6 } : undefined
    case 'array': {
      const element = finerType(type.element)
      return element && { ...type, element }
    }
    case 'map': {
      const [key, value] = [finerType(type.key), finerType(type.value)]
      return key || value ? { ...type, key: key ?? type.key, value: value ?? type.value } : undefined
    }
    case 'row': {
      const fields = type.fields.map((field) => ({ ...field, type: finerType(field.type) ?? field.type }))
      return fields.some((field, i) => field.type !== type.fields[i]!.type) ? { ...type, fields } : undefined
    }
    default:
      return undefined
  }
}

/**
 * What has to hold of a value that is not rounded yet, where it is known what has to hold of the rounded one: by the engine's
 * own values alone it leaves out row groups.
 */
export function unroundedConditions(text: string, constraint: Constraint): readonly string[] {
  const { low, high } = constraint.kind === 'range' ? constraint : around(constraint.values)
  return [
    ...(isMoment(low) ? [`${text} >= TIMESTAMP ${quote(low)} - INTERVAL 500 MICROSECONDS`] : []),
    ...(isMoment(high) ? [`${text} <= TIMESTAMP ${quote(high)} + INTERVAL 500 MICROSECONDS`] : []),
  ]
}

/** Nothing is known of a set in which one value is not understood. */
function around(values: readonly Constant[]): { readonly low?: Constant; readonly high?: Constant } {
  if (values.length === 0 || !values.every(isMoment)) return {}
  const ordered = values.toSorted()
  return { low: ordered[0]!, high: ordered.at(-1)! }
}

/** Of four digits in the year, so that the order of texts is that of moments. */
const isMoment = (value: Constant | undefined): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$/.test(value)
