/** ORC files: columns lie apart, in stripes whose statistics say which of them a condition leaves. */
import { orcColumns } from '../../../core/queries/orc-columns.ts'
import { type OrcColumn, pieceBatches, planPieces } from '../../../formats/orc/rows.ts'
import { type OrcTail, readOrcTail } from '../../../formats/orc/tail.ts'
import { BATCH_BYTES, BATCH_ROWS } from './batch-size.ts'
import type { ConversionRequest, Converter, ForeignFormat } from './converter.ts'

/** So that the threads share the work on one large stripe. */
const PIECE_ROWS = 4 * BATCH_ROWS
const LIMITS = { rows: BATCH_ROWS, bytes: BATCH_BYTES / 4 }

export const orcConverter: Converter = {
  plan(file, request) {
    const tail = readOrcTail(file)
    const columns = columnsOf(tail, request)
    const pieces = planPieces(file, tail, columns, PIECE_ROWS)
    const stretches = request.numbered
      ? [{ part: [], whole: true, readBytes: pieces.reduce((sum, piece) => sum + piece.readBytes, 0) }]
      : pieces.map(({ stripe, stretches: rows, whole, readBytes }) => {
          return { part: [stripe, ...rows.flatMap(({ from, to }) => [from, to])], whole, readBytes }
        })
    const lacks = columns.flatMap(({ stored }, i) => (stored ? [] : [request.columns[i]!.ordinal]))
    return { stretches, readBytes: tail.tailBytes, lacks }
  },
  *batches(file, request, { part: [stripe, ...bounds] }) {
    const tail = readOrcTail(file)
    const columns = columnsOf(tail, request)
    if (stripe === undefined) {
      for (const piece of planPieces(file, tail, columns, PIECE_ROWS))
        yield* pieceBatches(file, tail, piece, columns, LIMITS)
      return
    }
    const stretches = bounds.flatMap((from, i) => (i % 2 === 0 ? [{ from, to: bounds[i + 1]! }] : []))
    yield* pieceBatches(file, tail, { stripe, stretches }, columns, LIMITS)
  },
}

const NOTHING_KNOWN: ConversionRequest['constraints'] = new Map()

function columnsOf(tail: OrcTail, { format, columns, constraints, numbered }: ConversionRequest): OrcColumn[] {
  const { byName, byId } = format as ForeignFormat & { readonly kind: 'orc' }
  return orcColumns(tail, { byName, byId, columns, constraints: numbered ? NOTHING_KNOWN : constraints })
}
