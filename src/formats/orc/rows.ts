/**
 * An ORC file's rows as vectors of a table's columns: which stripes matter is asked first, by their statistics; then
 * each is read a batch at a time, row groups that can not matter being left out.
 */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import type { ColumnField, Vector } from '../vectors.ts'
import { columnReader } from './column-reader.ts'
import { Message } from './protobuf.ts'
import { absentReader } from './reading.ts'
import { type ColumnCondition, mayPass } from './statistics.ts'
import { columnsWithin, readStripeLayout, STREAM, type StripeLayout, StripeStreams, streamBytes } from './stripe.ts'
import { expanded, type OrcTail, type OrcType } from './tail.ts'

export interface OrcColumn extends ColumnField {
  /** Its type in the file; absent where the file has no such column. */
  readonly stored: OrcType | undefined
  readonly condition: ColumnCondition | undefined
}

/** Rows of a stripe that are read together. */
export interface OrcPiece {
  readonly stripe: number
  /** In their order; each starts where a row group does. */
  readonly stretches: readonly RowStretch[]
  /** Whether these are all rows of the stripe from the first to the last. */
  readonly whole: boolean
  /** Of the streams of the wanted columns, the indexes and the stripe's footer: with the first piece of a stripe. */
  readonly readBytes: number
}

/** The columns of the file that stand for those of a table: by place, or by name whatever its case. */
export function storedColumns(
  { schema }: OrcTail,
  wanted: readonly (ColumnField & { readonly ordinal: number })[],
  byName: boolean,
): (OrcType | undefined)[] {
  if (schema.kind !== 'struct') throw new CorruptData('its rows are no struct')
  // Hive once wrote no names: such columns are found by their place whatever is asked.
  const named = byName && !schema.names.every((name) => /^_col\d+$/.test(name))
  return wanted.map(({ name, ordinal }) => {
    if (!named) return schema.children[ordinal]
    const exact = schema.names.indexOf(name)
    return schema.children[
      exact >= 0 ? exact : schema.names.findIndex((other) => other.toLowerCase() === name.toLowerCase())
    ]
  })
}

/** What is left of a file's rows when those that the conditions exclude are left out, in pieces of about `pieceRows`. */
export function planPieces(
  file: RandomAccess,
  tail: OrcTail,
  columns: readonly OrcColumn[],
  pieceRows: number,
): OrcPiece[] {
  const wanted = wantedIds(columns)
  return tail.stripes.flatMap((place, stripe) => {
    const statistics = tail.stripeStatistics[stripe]
    if (place.rows === 0 || !columns.every((column) => passes(column, statistics))) return []
    const all = [{ from: 0, to: place.rows }]
    if (wanted.size === 0) return [{ stripe, stretches: all, whole: true, readBytes: 0 }]
    const layout = readStripeLayout(file, tail, place)
    const read = place.footerBytes + streamBytes(layout, wanted)
    if (tail.rowIndexStride === 0 || place.rows <= tail.rowIndexStride)
      return [{ stripe, stretches: all, whole: true, readBytes: read }]
    const conditions = conditioned(columns)
    const stretches = conditions.size > 0 ? new RowIndex(file, tail, layout).stretches(columns) : all
    const pieces = piecesOf(stretches, Math.max(1, Math.floor(pieceRows / tail.rowIndexStride)) * tail.rowIndexStride)
    const sought = pieces.length > 1 || pieces[0]?.length !== 1 || pieces[0][0]!.from > 0
    const indexed = indexBytes(layout, sought ? wanted : conditions)
    return pieces.map((piece, i) => ({
      stripe,
      stretches: piece,
      whole: stretches.length === 1 && stretches[0]!.from === 0 && stretches[0]!.to === place.rows,
      readBytes: i === 0 ? read + indexed : 0,
    }))
  })
}

/** Long stretches are cut; short ones that follow each other are read together. */
function piecesOf(stretches: readonly RowStretch[], most: number): RowStretch[][] {
  const pieces: RowStretch[][] = []
  let room = 0
  for (const { from, to } of stretches)
    for (let at = from; at < to; ) {
      if (room === 0) {
        pieces.push([])
        room = most
      }
      const end = Math.min(at + room, to)
      pieces.at(-1)!.push({ from: at, to: end })
      // The last row group may be shorter than the others, and then is the last there is.
      room -= end - at
      at = end
    }
  return pieces
}

const wantedIds = (columns: readonly OrcColumn[]): ReadonlySet<number> =>
  new Set(columns.flatMap(({ stored }) => (stored ? columnsWithin(stored) : [])))

/** A column that the file does not have is NULL in every row. */
function passes({ stored, condition, type }: OrcColumn, statistics: readonly Message[] | undefined): boolean {
  if (!condition) return true
  return stored !== undefined && mayPass(statistics?.[stored.column], stored, type, condition)
}

const conditioned = (columns: readonly OrcColumn[]): ReadonlySet<number> =>
  new Set(columns.flatMap(({ stored, condition }) => (stored && condition ? [stored.column] : [])))

const indexBytes = ({ streams }: StripeLayout, columns: ReadonlySet<number>): number =>
  streams.reduce(
    (sum, { kind, column, length }) => sum + (kind === STREAM.rowIndex && columns.has(column) ? length : 0),
    0,
  )

export interface BatchLimits {
  readonly rows: number
  /** Compressed bytes of the streams of a batch, roughly. */
  readonly bytes: number
}

export function* pieceBatches(
  file: RandomAccess,
  tail: OrcTail,
  { stripe, stretches }: Pick<OrcPiece, 'stripe' | 'stretches'>,
  columns: readonly OrcColumn[],
  limits: BatchLimits,
): Generator<{ readonly rows: number; readonly columns: readonly Vector[] }> {
  const place = tail.stripes[stripe]!
  const wanted = wantedIds(columns)
  const layout = readStripeLayout(file, tail, place)
  const streams = new StripeStreams(file, layout, tail.compression, wanted)
  const readers = columns.map(({ stored, type, name }) =>
    stored ? columnReader(streams, stored, type, `.${name}`) : absentReader(type),
  )
  const most = batchRows(place.rows, streamBytes(layout, wanted), limits)
  const index = new RowIndex(file, tail, layout)
  for (const [i, stretch] of stretches.entries()) {
    const positions = index.positions(stretch.from)
    if (stretch.from > 0 || i > 0) for (const reader of readers) reader.seek(positions)
    for (let at = stretch.from; at < stretch.to; at += most) {
      const rows = Math.min(most, stretch.to - at)
      yield { rows, columns: readers.map((reader) => reader.read(rows)) }
    }
  }
}

/** Fewer rows at a time where they are wide. */
function batchRows(rows: number, bytes: number, limits: BatchLimits): number {
  const share = Math.ceil((rows * limits.bytes) / Math.max(bytes, 1))
  return Math.max(1, Math.min(limits.rows, share))
}

export interface RowStretch {
  readonly from: number
  readonly to: number
}

/** The row groups of a stripe. */
class RowIndex {
  readonly #entries = new Map<number, readonly Message[]>()
  readonly #file: RandomAccess
  readonly #tail: OrcTail
  readonly #layout: StripeLayout

  constructor(file: RandomAccess, tail: OrcTail, layout: StripeLayout) {
    this.#file = file
    this.#tail = tail
    this.#layout = layout
  }

  /** Rows of the groups that may matter; neighbours are one. */
  stretches(columns: readonly OrcColumn[]): RowStretch[] {
    const { rowIndexStride: stride } = this.#tail
    const { rows } = this.#layout.place
    const found: { from: number; to: number }[] = []
    for (let from = 0, group = 0; from < rows; from += stride, group++) {
      const matters = columns.every(({ stored, condition, type }) => {
        if (!condition || !stored) return true
        return mayPass(this.#of(stored.column)[group]?.message(2), stored, type, condition)
      })
      if (!matters) continue
      const last = found.at(-1)
      const to = Math.min(from + stride, rows)
      if (last?.to === from) last.to = to
      else found.push({ from, to })
    }
    return found
  }

  /** Of each column's streams at the start of the group that has a row. */
  positions(row: number): (column: number) => () => number {
    const group = row / this.#tail.rowIndexStride
    const started = new Map<number, () => number>()
    return (column) => {
      const known = started.get(column)
      if (known) return known
      const numbers = this.#of(column)[group]?.numbers(1) ?? []
      let at = 0
      const next = () => {
        const position = numbers[at++]
        if (position === undefined) throw new CorruptData('a row index has too few positions')
        return position
      }
      started.set(column, next)
      return next
    }
  }

  #of(column: number): readonly Message[] {
    const known = this.#entries.get(column)
    if (known) return known
    const stream = this.#layout.streams.find((one) => one.kind === STREAM.rowIndex && one.column === column)
    const bytes = stream
      ? expanded(this.#file.read(stream.offset, stream.length), this.#tail.compression)
      : new Uint8Array(0)
    const entries = new Message(bytes).messages(1)
    this.#entries.set(column, entries)
    return entries
  }
}
