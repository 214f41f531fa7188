/**
 * What a log says of the values in a file, and whether a file can hold rows that a query wants.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics
 */
import { compareConstants } from '../../../sql/analysis/constant-order.ts'
import type { Constraint } from '../../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../../sql/plan.ts'
import type { Type } from '../../../sql/types.ts'
import { parseExactJson } from '../../exact-json.ts'
import type { RelationColumn } from '../relation.ts'

export type DataColumn = RelationColumn & { readonly kind: 'data' }

type Members = Readonly<Record<string, unknown>>

/** Bounds need not be tight: a file that has lost rows keeps those it had. */
export interface FileStatistics {
  readonly numRecords?: unknown
  readonly minValues?: Members
  readonly maxValues?: Members
  readonly nullCount?: Members
}

/** Undefined where there is none, or it cannot be read: then nothing is known of the file. */
export function fileStatistics(json: string | undefined): FileStatistics | undefined {
  if (json === undefined) return undefined
  try {
    const value = parseExactJson(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** False only if no value of the column in the file satisfies the constraint, which no NULL does. */
export function mayHold(statistics: FileStatistics, column: DataColumn, constraint: Constraint): boolean {
  const { numRecords, minValues, maxValues, nullCount } = statistics
  if (typeof numRecords === 'number' && nullCount?.[column.field] === numRecords) return false
  const low = bound(minValues?.[column.field], column.type)
  const high = bound(maxValues?.[column.field], column.type, 1)
  const order = (a: Constant, b: Constant) => compareConstants(a, b, column.type) ?? 0
  const below = (value: Constant | undefined) => value !== undefined && low !== undefined && order(value, low) < 0
  const above = (value: Constant | undefined) => value !== undefined && high !== undefined && order(value, high) > 0
  if (constraint.kind === 'values') return constraint.values.some((value) => !below(value) && !above(value))
  return !below(constraint.high) && !above(constraint.low)
}

const EXACT_DIGITS = 15

/** `more`: milliseconds that are added to a moment, whose digits beyond those a writer cuts off. */
function bound(value: unknown, type: Type, more = 0): Constant | undefined {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      if (typeof value === 'bigint') return value
      return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined
    case 'double':
      return typeof value === 'number' ? value : undefined
    case 'decimal':
      // JSON's numbers are doubles: with more digits, what has been read is not what was written.
      if (typeof value !== 'number' || String(value).replace(/\D/g, '').length > EXACT_DIGITS) return undefined
      return /e/.test(String(value)) ? undefined : String(value)
    case 'varchar':
      return typeof value === 'string' ? value : undefined
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
    case 'timestamp':
      return moment(value, more, '')
    case 'timestamp with time zone':
      return moment(value, more, ' UTC')
    default:
      return undefined
  }
}

/** `2021-11-18T02:30:00.123-08:00`, without a zone where it has none. */
function moment(value: unknown, moreMs: number, suffix: string): Constant | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?$/.test(value)) return undefined
  const at = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`)
  if (Number.isNaN(at)) return undefined
  return new Date(at + moreMs).toISOString().replace('T', ' ').replace('Z', suffix)
}
