/** ORC files: columns lie apart, in stripes whose statistics say which of them a condition leaves. */
import { orcColumns } from '../../../core/queries/orc-columns.ts'
import { type OrcColumn, pieceBatches, planPieces } from '../../../formats/orc/rows.ts'
import { type OrcTail, readOrcTail } from '../../../formats/orc/tail.ts'
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

const columnsOf = (tail: OrcTail, { format, columns, constraints }: ConversionRequest): OrcColumn[] =>
  orcColumns(tail, { byName: format.kind === 'orc' && format.byName, columns, constraints })
