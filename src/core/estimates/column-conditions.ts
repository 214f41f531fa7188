/** What a query asks of single columns of a table, held against the least and greatest values of stretches of its rows. */
import type { ColumnRange } from '../../formats/parquet/footer.ts'
import { compareConstants } from '../../sql/analysis/constant-order.ts'
import type { Constraint, PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import { dateOfDay } from '../../sql/days.ts'
import type { Constant } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'
import type { Relation } from '../queries/relation.ts'

export interface ColumnCondition {
  readonly name: string
  readonly type: Type
  readonly constraint: Constraint
}

/** Of the columns that lie in files. */
export function columnConditions(
  columns: Relation['columns'],
  filter: PartitionFilter | undefined,
): readonly ColumnCondition[] {
  return columns.flatMap((column) => {
    const { name, type } = column
    // What is found by its id may have another name in a file.
    const constraint = column.kind === 'data' && column.fieldId === undefined ? filter?.constraint(name) : undefined
    return constraint ? [{ name, type, constraint }] : []
  })
}

/** As constants of the column's type. */
export interface ValueRange {
  readonly min: Constant
  readonly max: Constant
}

/** Whether some value of the range meets the condition, as far as can be told: nothing is known of no range. */
export function mayHold({ type, constraint }: ColumnCondition, range: ValueRange | undefined): boolean {
  if (!range) return true
  const isBelow = (a: Constant, b: Constant) => (compareConstants(a, b, type) ?? 0) < 0
  const isOutside = (low: Constant | undefined, high: Constant | undefined) =>
    (low !== undefined && isBelow(range.max, low)) || (high !== undefined && isBelow(high, range.min))
  if (constraint.kind === 'range') return !isOutside(constraint.low, constraint.high)
  return constraint.values.some((value) => !isOutside(value, value))
}

/** Of a Parquet column; undefined where the statistics are of something else than the column's type. */
export function rangeOfType({ min, max, isDate }: ColumnRange, { kind }: Type): ValueRange | undefined {
  if (kind === 'date' && isDate) {
    const [first, last] = [dateOfDay(Number(min)), dateOfDay(Number(max))]
    return first === undefined || last === undefined ? undefined : { min: first, max: last }
  }
  const wanted = JAVASCRIPT[kind]
  return wanted !== undefined && typeof min === wanted && !isDate ? { min, max } : undefined
}

const JAVASCRIPT: Partial<Record<Type['kind'], string>> = {
  tinyint: 'bigint',
  smallint: 'bigint',
  integer: 'bigint',
  bigint: 'bigint',
  real: 'number',
  double: 'number',
  varchar: 'string',
}
