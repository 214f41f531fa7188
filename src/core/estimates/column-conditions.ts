/** What a query asks of single columns of a table, held against the least and greatest values of stretches of its rows. */
import type { ColumnRange, RowGroup } from '../../formats/parquet/footer.ts'
import { compareConstants } from '../../sql/analysis/constant-order.ts'
import type { Constraint, PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import { dateOfDay } from '../../sql/days.ts'
import type { Constant } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'
import type { Relation } from '../queries/relation.ts'
import { nameInFile, type ParquetFooter, type StoredColumn } from './parquet-footers.ts'

export interface ColumnCondition {
  readonly name: string
  readonly type: Type
  /** Where it is in files. */
  readonly stored: StoredColumn
  readonly constraint: Constraint
}

/** Of the columns that lie in files. */
export function columnConditions(
  columns: Relation['columns'],
  filter: PartitionFilter | undefined,
): readonly ColumnCondition[] {
  return columns.flatMap((column) => {
    const constraint = column.kind === 'data' ? filter?.constraint(column.name) : undefined
    return column.kind === 'data' && constraint
      ? [{ name: column.name, type: column.type, stored: column, constraint }]
      : []
  })
}

/** As constants of the column's type. */
export interface ValueRange {
  readonly min: Constant
  readonly max: Constant
}

/** Whether some value of the range meets the condition, as far as can be told: nothing is known of no range. */
export function mayHold(
  { type, constraint }: Pick<ColumnCondition, 'type' | 'constraint'>,
  range: ValueRange | undefined,
): boolean {
  if (!range) return true
  const isBelow = (a: Constant, b: Constant) => (compareConstants(a, b, type) ?? 0) < 0
  const isOutside = (low: Constant | undefined, high: Constant | undefined) =>
    (low !== undefined && isBelow(range.max, low)) || (high !== undefined && isBelow(high, range.min))
  if (constraint.kind === 'range') return !isOutside(constraint.low, constraint.high)
  return constraint.values.some((value) => !isOutside(value, value))
}

/** Whether the row group may have a row that meets them all. */
export const mayHoldAll = (
  conditions: readonly ColumnCondition[],
  { columns }: RowGroup,
  footer: ParquetFooter,
): boolean =>
  conditions.every((condition) => {
    const range = columns.get(nameInFile(footer, condition.stored))
    return mayHold(condition, range && rangeOfType(range, condition.type))
  })

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
