/** What a query wants of ORC files, in the format's own terms: columns, and the bounds by which stripes are left out. */
import type { FieldIds } from '../../formats/field-ids.ts'
import { columnsById } from '../../formats/orc/field-ids.ts'
import { type OrcColumn, storedColumns } from '../../formats/orc/rows.ts'
import type { Bound, ColumnCondition } from '../../formats/orc/statistics.ts'
import type { OrcTail } from '../../formats/orc/tail.ts'
import type { ColumnField, ColumnType } from '../../formats/vectors.ts'
import type { Constraint } from '../../sql/analysis/partition-filters.ts'
import { dayOfDate } from '../../sql/days.ts'
import type { Constant } from '../../sql/plan.ts'

export interface OrcRequest {
  /** Otherwise columns are found by their places. */
  readonly byName: boolean
  /** By their ids, which all columns then have. */
  readonly byId?: true | undefined
  readonly columns: readonly (ColumnField & { readonly ordinal: number; readonly ids?: FieldIds })[]
  /** By the places of columns in the table. */
  readonly constraints: ReadonlyMap<number, Constraint>
}

/** The columns of a file as they are stored, each with what is asked of it. */
export function orcColumns(tail: OrcTail, { byName, byId, columns, constraints }: OrcRequest): OrcColumn[] {
  const stored = byId
    ? columnsById(
        tail.schema,
        columns.map((column) => ({ ...column, ids: column.ids! })),
      )
    : storedColumns(tail, columns, byName)
  return columns.map(({ name, type, ordinal }, i) => {
    const constraint = constraints.get(ordinal)
    return { name, type, stored: stored[i], condition: constraint && orcCondition(constraint, type) }
  })
}

/** As statistics of the format are asked it; undefined where they are not, as of moments and decimals. */
export function orcCondition(constraint: Constraint, type: ColumnType): ColumnCondition | undefined {
  const ranges =
    constraint.kind === 'values'
      ? constraint.values.map((value) => ({ low: value, high: value }))
      : [{ low: constraint.low, high: constraint.high }]
  const bounds = ranges.map(({ low, high }) => ({ low: boundOf(low, type), high: boundOf(high, type) }))
  // A value that is not understood may be any.
  return bounds.every(({ low, high }) => low === undefined && high === undefined) ? undefined : { ranges: bounds }
}

function boundOf(value: Constant | undefined, type: ColumnType): Bound | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'bigint' || typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  if (type.kind === 'date') {
    const day = dayOfDate(value)
    return day === undefined ? undefined : BigInt(day)
  }
  return type.kind === 'string' || type.kind === 'varchar' ? Buffer.from(value) : undefined
}
