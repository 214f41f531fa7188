/**
 * What a Parquet file says of itself at its end: its row groups, the least and greatest value of each column in them, and
 * how many bytes its chunks take. Only values whose order is that of the format's statistics are read.
 */
import { CorruptData } from '../corrupt-data.ts'
import { bytes, CompactReader, type Fields, fields, list, number, type Value } from './compact-reader.ts'

export interface RowGroup {
  readonly rows: number
  /** Where in the file its columns lie; undefined where it has none. */
  readonly span?: { readonly start: number; readonly end: number }
  /** By the names of top-level columns, lower case; those of other types, or without statistics, are missing. */
  readonly columns: ReadonlyMap<string, ColumnRange>
  /** By the names of top-level columns, lower case: all that lies below them. */
  readonly chunks: ReadonlyMap<string, ColumnChunk>
}
export interface ColumnChunk {
  /** Where in the file it begins; 0 where it has no data. */
  readonly start: number
  /** As it lies in the file. */
  readonly sizeBytes: number
  /** Of the filter that tells which values are not there; 0 where there is none. */
  readonly bloomFilterBytes: number
}
export interface ColumnRange {
  readonly min: bigint | number | string
  readonly max: bigint | number | string
  /** Days since the epoch, in `min` and `max`. */
  readonly isDate: boolean
}

/** Of the last eight bytes of a file: how many bytes before them the footer has. Throws CorruptData. */
export function footerLength(tail: Uint8Array): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  if (tail.byteLength !== 8 || view.getUint32(4, false) !== 0x50415231) throw new CorruptData('not a Parquet file')
  return view.getUint32(0, true)
}

export interface Footer {
  readonly groups: readonly RowGroup[]
  /** Of top-level columns, lower case, by the ids that the file has of them. */
  readonly names: ReadonlyMap<number, string>
}

/** Of the footer's bytes. Throws CorruptData. */
export function readParquetFooter(footer: Uint8Array): Footer {
  const metadata = new CompactReader(footer).struct()
  return { groups: rowGroups(metadata), names: columnNames(list(metadata.get(2))) }
}

function rowGroups(metadata: Fields): RowGroup[] {
  const dates = dateColumns(list(metadata.get(2)))
  return list(metadata.get(4)).map((group) => {
    const members = fields(group)
    const columns = new Map<string, ColumnRange>()
    const chunks = new Map<string, ColumnChunk>()
    for (const chunk of list(members?.get(1))) {
      const column = fields(fields(chunk)?.get(3))
      const path = list(column?.get(3)).map((part) => Buffer.from(bytes(part) ?? []).toString())
      const name = path[0]?.toLowerCase()
      if (!column || name === undefined) continue
      const { start = startOf(column), sizeBytes = 0, bloomFilterBytes = 0 } = chunks.get(name) ?? {}
      chunks.set(name, {
        start,
        sizeBytes: sizeBytes + (number(column.get(7)) ?? 0),
        bloomFilterBytes: bloomFilterBytes + (number(column.get(15)) ?? 0),
      })
      const range = path.length === 1 ? rangeOf(column, dates.has(name)) : undefined
      if (range) columns.set(name, range)
    }
    const span = spanOf(list(members?.get(1)))
    return { rows: number(members?.get(3)) ?? 0, columns, chunks, ...(span && { span }) }
  })
}

/** A column begins with its dictionary, if it has one; 0 where it has no data. */
function startOf(column: Fields): number {
  const [data = 0, dictionary = 0] = [number(column.get(9)), number(column.get(11))]
  return dictionary > 0 ? Math.min(data, dictionary) : data
}

function spanOf(chunks: readonly Value[]): RowGroup['span'] {
  let [start, end] = [Number.POSITIVE_INFINITY, 0]
  for (const chunk of chunks) {
    const column = fields(fields(chunk)?.get(3))
    const from = column ? startOf(column) : 0
    if (from === 0) continue
    start = Math.min(start, from)
    end = Math.max(end, from + (number(column?.get(7)) ?? 0))
  }
  return end > start ? { start, end } : undefined
}

function columnNames(schema: readonly Value[]): Map<number, string> {
  const names = new Map<number, string>()
  const [root, ...elements] = schema.map(fields)
  // How many elements are still to come of the one around the place: elements lie in each other as deep as a file likes.
  let [top, inside] = [number(root?.get(5)) ?? 0, 0]
  for (const element of elements) {
    if (inside > 0) inside--
    else if (top-- <= 0) break
    else {
      const [name, id] = [bytes(element?.get(4)), number(element?.get(9))]
      if (name && id !== undefined) names.set(id, Buffer.from(name).toString().toLowerCase())
    }
    inside += number(element?.get(5)) ?? 0
  }
  return names
}

/** By name: what the converted type 6 or the logical type DATE says. Whole numbers with another meaning are not taken. */
function dateColumns(schema: readonly Value[]): ReadonlySet<string> {
  const dates = new Set<string>()
  for (const element of schema) {
    const members = fields(element)
    const name = bytes(members?.get(4))
    const isDate = members?.get(6) === 6n || fields(members?.get(10))?.has(6)
    if (isDate && name) dates.add(Buffer.from(name).toString().toLowerCase())
  }
  return dates
}

const PHYSICAL = { int32: 1n, int64: 2n, float: 4n, double: 5n, bytes: 6n } as const

function rangeOf(column: Fields, isDate: boolean): ColumnRange | undefined {
  const statistics = fields(column.get(12))
  const [max, min] = [bytes(statistics?.get(5)), bytes(statistics?.get(6))]
  if (!max || !min) return undefined
  const type = column.get(1)
  const [low, high] = [edgeOf(min, type), edgeOf(max, type)]
  return low === undefined || high === undefined ? undefined : { min: low, max: high, isDate }
}

function edgeOf(edge: Uint8Array, type: Value | undefined): bigint | number | string | undefined {
  const view = new DataView(edge.buffer, edge.byteOffset, edge.byteLength)
  if (type === PHYSICAL.int32 && edge.length === 4) return BigInt(view.getInt32(0, true))
  if (type === PHYSICAL.int64 && edge.length === 8) return view.getBigInt64(0, true)
  if (type === PHYSICAL.float && edge.length === 4) return view.getFloat32(0, true)
  if (type === PHYSICAL.double && edge.length === 8) return view.getFloat64(0, true)
  return type === PHYSICAL.bytes ? Buffer.from(edge).toString() : undefined
}
