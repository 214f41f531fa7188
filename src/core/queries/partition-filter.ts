/** What a query's predicates say about one table's partitions. */
import type { Constant } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'

export interface PartitionFilter {
  /** False only if no row of a partition with these values can pass; a column that is not given may have any value. */
  mayMatch(values: ReadonlyMap<string, Constant>): boolean
  /** What a column's value is known to be, before any partition is looked at. */
  constraint(column: string): Constraint | undefined
}

export type Constraint =
  | { readonly kind: 'values'; readonly values: readonly Constant[] }
  | { readonly kind: 'range'; readonly low?: Constant; readonly high?: Constant }

export const NO_FILTER: PartitionFilter = { mayMatch: () => true, constraint: () => undefined }

/** The value that a partition's text stands for in a column of this type; undefined when it is not one. */
export function partitionConstant(text: string | null, type: Type): Constant | undefined {
  if (text === null) return null
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined
    case 'varchar':
    case 'char':
      return text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined
    default:
      return undefined
  }
}

/** Hive's folder name for a missing value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/** Orders two constants of the same orderable type; undefined when they are not comparable here. */
export function compareConstants(a: Constant, b: Constant): number | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  return undefined
}
