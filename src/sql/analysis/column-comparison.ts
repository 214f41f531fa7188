/** Comparisons of a column with a constant, on whichever side the column stands. */
import type { Constant, Scalar } from '../plan.ts'
import type { Type } from '../types.ts'
import { evaluate } from './constant.ts'

/** Told as if the column stood on the left. */
export interface ColumnComparison {
  /** `$eq`, `$ne`, `$lt`, `$le`, `$gt` or `$ge`. */
  readonly operator: string
  /** Undefined where it is not constant. */
  readonly value: Constant | undefined
  /** Of the column. */
  readonly type: Type
}

const MIRRORED: Readonly<Record<string, string>> = {
  $eq: '$eq',
  $ne: '$ne',
  $lt: '$gt',
  $le: '$ge',
  $gt: '$lt',
  $ge: '$le',
}

export const isComparison = (name: string): boolean => Object.hasOwn(MIRRORED, name)

/** `columnType`: of a side that is a column; undefined of others. */
export function columnComparison(
  { args: [left, right], function: { name } }: Scalar & { readonly kind: 'call' },
  columnType: (side: Scalar) => Type | undefined,
): ColumnComparison | undefined {
  if (!left || !right || !isComparison(name)) return undefined
  const type = columnType(left)
  if (type) return { operator: name, value: constantOf(right), type }
  const other = columnType(right)
  return other && { operator: MIRRORED[name]!, value: constantOf(left), type: other }
}

export const constantOf = (scalar: Scalar): Constant | undefined => evaluate(scalar, () => undefined)
