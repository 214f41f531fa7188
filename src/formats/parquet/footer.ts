/**
 * What a Parquet file says of itself at its end: its row groups, the least and greatest value of each column in them, and
 * how many bytes its chunks take. Only values whose order is that of the format's statistics are read.
 */
import { CorruptData } from '../corrupt-data.ts'

export interface RowGroup {
  readonly rows: number
  /** By the names of top-level columns, lower case; those of other types, or without statistics, are missing. */
  readonly columns: ReadonlyMap<string, ColumnRange>
  /** By the names of top-level columns, lower case: all that lies below them. */
  readonly chunks: ReadonlyMap<string, ColumnChunk>
}
export interface ColumnChunk {
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

type Fields = ReadonlyMap<number, Value>
type Value = boolean | bigint | number | Uint8Array | readonly Value[] | Fields

/** Of the footer's bytes. Throws CorruptData. */
export function readRowGroups(footer: Uint8Array): RowGroup[] {
  const metadata = new CompactReader(footer).struct()
  const dates = dateColumns(list(metadata.get(2)))
  return list(metadata.get(4)).map((group) => {
    const fields = group as Fields
    const columns = new Map<string, ColumnRange>()
    const chunks = new Map<string, ColumnChunk>()
    for (const chunk of list(fields.get(1))) {
      const column = (chunk as Fields).get(3) as Fields | undefined
      const path = list(column?.get(3)).map((part) => Buffer.from(part as Uint8Array).toString())
      const name = path[0]?.toLowerCase()
      if (!column || name === undefined) continue
      const { sizeBytes = 0, bloomFilterBytes = 0 } = chunks.get(name) ?? {}
      chunks.set(name, {
        sizeBytes: sizeBytes + Number(column.get(7) ?? 0),
        bloomFilterBytes: bloomFilterBytes + Number(column.get(15) ?? 0),
      })
      const range = path.length === 1 ? rangeOf(column, dates.has(name)) : undefined
      if (range) columns.set(name, range)
    }
    return { rows: Number(fields.get(3) ?? 0), columns, chunks }
  })
}

const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : [])

/** By name: what the converted type 6 or the logical type DATE says. Whole numbers with another meaning are not taken. */
function dateColumns(schema: readonly Value[]): ReadonlySet<string> {
  const dates = new Set<string>()
  for (const element of schema) {
    const fields = element as Fields
    const name = fields.get(4)
    const isDate = fields.get(6) === 6n || (fields.get(10) as Fields | undefined)?.has(6)
    if (isDate && name instanceof Uint8Array) dates.add(Buffer.from(name).toString().toLowerCase())
  }
  return dates
}

const PHYSICAL = { int32: 1n, int64: 2n, float: 4n, double: 5n, bytes: 6n } as const

function rangeOf(column: Fields, isDate: boolean): ColumnRange | undefined {
  const statistics = column.get(12) as Fields | undefined
  const [max, min] = [statistics?.get(5), statistics?.get(6)]
  if (!(max instanceof Uint8Array) || !(min instanceof Uint8Array)) return undefined
  const type = column.get(1) as bigint
  const [low, high] = [edgeOf(min, type), edgeOf(max, type)]
  return low === undefined || high === undefined ? undefined : { min: low, max: high, isDate }
}

function edgeOf(bytes: Uint8Array, type: bigint): bigint | number | string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (type === PHYSICAL.int32 && bytes.length === 4) return BigInt(view.getInt32(0, true))
  if (type === PHYSICAL.int64 && bytes.length === 8) return view.getBigInt64(0, true)
  if (type === PHYSICAL.float && bytes.length === 4) return view.getFloat32(0, true)
  if (type === PHYSICAL.double && bytes.length === 8) return view.getFloat64(0, true)
  return type === PHYSICAL.bytes ? Buffer.from(bytes).toString() : undefined
}

const WIRE = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
}

/** Thrift's compact protocol, of which a footer has no sets. */
class CompactReader {
  private readonly bytes: Uint8Array
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  struct(): Fields {
    const fields = new Map<number, Value>()
    for (let id = 0; ; ) {
      const head = this.byte()
      if (head === 0) return fields
      const step = head >> 4
      id = step === 0 ? Number(this.zigzag()) : id + step
      const type = head & 15
      fields.set(id, type === WIRE.true || type === WIRE.false ? type === WIRE.true : this.value(type))
    }
  }

  private value(type: number): Value {
    switch (type) {
      case WIRE.true:
      case WIRE.false:
        return this.byte() === WIRE.true
      case WIRE.byte:
        return this.byte()
      case WIRE.i16:
      case WIRE.i32:
      case WIRE.i64:
        return this.zigzag()
      case WIRE.double:
        return this.take(8)
      case WIRE.binary:
        return this.take(Number(this.varint()))
      case WIRE.list: {
        const head = this.byte()
        const size = head >> 4 === 15 ? Number(this.varint()) : head >> 4
        return Array.from({ length: Math.min(size, this.bytes.length) }, () => this.value(head & 15))
      }
      case WIRE.struct:
        return this.struct()
      default:
        throw new CorruptData('a Parquet footer with a value of an unknown kind')
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new CorruptData('a Parquet footer that ends too early')
    return byte
  }

  private take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new CorruptData('a Parquet footer that ends too early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  private varint(): bigint {
    let [value, shift] = [0n, 0n]
    for (;;) {
      const byte = this.byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
      shift += 7n
    }
  }

  private zigzag(): bigint {
    const value = this.varint()
    return value & 1n ? -(value >> 1n) - 1n : value >> 1n
  }
}
