/** ORC files: columns lie apart, in stripes whose statistics say which of them a condition leaves. */
import { type OrcColumn, pieceBatches, planPieces, storedColumns } from '../../../formats/orc/rows.ts'
import type { Bound, ColumnCondition } from '../../../formats/orc/statistics.ts'
import { type OrcTail, readOrcTail } from '../../../formats/orc/tail.ts'
import type { ColumnType } from '../../../formats/vectors.ts'
import type { Constraint } from '../../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../../sql/plan.ts'
import { BATCH_BYTES, BATCH_ROWS } from './batch-size.ts'
import type { ConversionRequest, Converter } from './converter.ts'

/** So that the threads share the work on one large stripe. */
const PIECE_ROWS = 4 * BATCH_ROWS
const LIMITS = { rows: BATCH_ROWS, bytes: BATCH_BYTES / 4 }

export const orcConverter: Converter = {
  plan(file, request) {
    const tail = readOrcTail(file)
    const stretches = planPieces(file, tail, columnsOf(tail, request), PIECE_ROWS).map(
      ({ stripe, stretches: rows, whole, readBytes }) => {
        return { part: [stripe, ...rows.flatMap(({ from, to }) => [from, to])], whole, readBytes }
      },
    )
    return { stretches, readBytes: tail.tailBytes }
  },
  *batches(file, request, { part: [stripe, ...bounds] }) {
    const tail = readOrcTail(file)
    const stretches = bounds.flatMap((from, i) => (i % 2 === 0 ? [{ from, to: bounds[i + 1]! }] : []))
    yield* pieceBatches(file, tail, { stripe: stripe!, stretches }, columnsOf(tail, request), LIMITS)
  },
}

function columnsOf(tail: OrcTail, { format, columns, constraints }: ConversionRequest): OrcColumn[] {
  const stored = storedColumns(tail, columns, format.kind === 'orc' && format.byName)
  return columns.map(({ name, type, ordinal }, i) => {
    const constraint = constraints.get(ordinal)
    return { name, type, stored: stored[i], condition: constraint && conditionOf(constraint, type) }
  })
}

function conditionOf(constraint: Constraint, type: ColumnType): ColumnCondition | undefined {
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
    const day = Math.round(Date.parse(`${value}T00:00:00Z`) / 86_400_000)
    return Number.isNaN(day) ? undefined : BigInt(day)
  }
  return type.kind === 'string' || type.kind === 'varchar' ? Buffer.from(value) : undefined
}
