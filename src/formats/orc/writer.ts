/** ORC files from vectors: stripes with row indexes and statistics. https://orc.apache.org/specification/ORCv1/ */
import type { FileEncoder, WriteBytes } from '../file-encoder.ts'
import type { ColumnField, ColumnType, Vector } from '../vectors.ts'
import { compressChunk, ORC_CODECS, type OrcCodec } from './codecs.ts'
import { ColumnStatistics } from './column-statistics.ts'
import { ColumnWriter, childTypes, type WrittenColumn } from './column-writer.ts'
import { MessageWriter } from './message-writer.ts'
import type { WrittenStream } from './stream-writers.ts'
import { STREAM } from './stripe.ts'

const MAGIC = 'ORC'
const BLOCK_BYTES = 256 << 10
const STRIPE_BYTES = 64 << 20
const ROW_GROUP = 10_000
/** The version of the format, and that timestamps are written as those of UTC. */
const VERSION = [0, 12]
const WRITER_VERSION = 6

export interface OrcOptions {
  readonly codec: OrcCodec
  readonly level?: number
}

export class OrcWriter implements FileEncoder {
  readonly batchRows = ROW_GROUP
  readonly #row: ColumnType & { readonly kind: 'struct' }
  readonly #options: OrcOptions
  readonly #write: WriteBytes
  readonly #stripes: Uint8Array[] = []
  readonly #stripeStatistics: Uint8Array[] = []
  readonly #fileStatistics: ColumnStatistics[]
  readonly #columns: ColumnWriter
  #at = 0
  #stripeRows = 0
  #rows = 0

  constructor(fields: readonly ColumnField[], options: OrcOptions, write: WriteBytes) {
    this.#row = { kind: 'struct', fields }
    this.#options = options
    this.#write = write
    this.#columns = new ColumnWriter(this.#row, { next: 0 })
    this.#fileStatistics = typesOf(this.#row).map((type) => new ColumnStatistics(type))
    this.#put(Buffer.from(MAGIC))
  }

  batch(columns: readonly Vector[], rows: number): void {
    this.#columns.add({ rows, valid: undefined, values: { kind: 'struct', fields: columns } })
    this.#stripeRows += rows
    if (this.#columns.size >= STRIPE_BYTES) this.#stripe()
  }

  end(): void {
    if (this.#stripeRows > 0) this.#stripe()
    const metadata = this.#compressed(new MessageWriter().messages(1, this.#stripeStatistics).take()).bytes
    const footer = this.#compressed(this.#footer()).bytes
    const postscript = new MessageWriter()
      .number(1, footer.length)
      .number(2, ORC_CODECS.indexOf(this.#options.codec))
      .number(3, BLOCK_BYTES)
      .numbers(4, VERSION)
      .number(5, metadata.length)
      .number(6, WRITER_VERSION)
      .text(8000, MAGIC)
      .take()
    for (const part of [metadata, footer, postscript, Uint8Array.of(postscript.length)]) this.#put(part)
  }

  #footer(): Uint8Array {
    const stripeBytes = this.#at
    return new MessageWriter()
      .number(1, MAGIC.length)
      .number(2, stripeBytes)
      .messages(3, this.#stripes)
      .messages(4, typeMessages(this.#row, { next: 0 }))
      .number(6, this.#rows)
      .messages(
        7,
        this.#fileStatistics.map((statistics) => statistics.message()),
      )
      .number(8, ROW_GROUP)
      .take()
  }

  #stripe(): void {
    const columns = this.#columns.take()
    const start = this.#at
    const footer = new MessageWriter()
    const data = columns.map((column) =>
      column.streams.map((stream) => ({ stream, written: this.#compressed(stream.bytes) })),
    )
    for (const [i, column] of columns.entries()) {
      const index = this.#compressed(rowIndex(column, data[i]!, this.#options.codec !== 'none')).bytes
      footer.bytes(1, streamMessage(STREAM.rowIndex, column.column, index.length))
      this.#put(index)
    }
    const indexBytes = this.#at - start
    for (const [i, column] of columns.entries())
      for (const { stream, written } of data[i]!) {
        footer.bytes(1, streamMessage(stream.kind, column.column, written.bytes.length))
        this.#put(written.bytes)
      }
    const dataBytes = this.#at - start - indexBytes
    for (const { encoding } of columns) footer.bytes(2, encodingMessage(encoding))
    const footerBytes = this.#compressed(footer.text(3, 'UTC').take()).bytes
    this.#put(footerBytes)
    const sizes = [start, indexBytes, dataBytes, footerBytes.length, this.#stripeRows]
    this.#stripes.push(sizes.reduce((message, size, i) => message.number(i + 1, size), new MessageWriter()).take())
    this.#stripeStatistics.push(this.#summary(columns))
    this.#rows += this.#stripeRows
    this.#stripeRows = 0
  }

  #summary(columns: readonly WrittenColumn[]): Uint8Array {
    const types = typesOf(this.#row)
    const messages = columns.map(({ statistics }, i) => {
      const merged = new ColumnStatistics(types[i]!)
      for (const one of statistics) merged.merge(one)
      this.#fileStatistics[i]!.merge(merged)
      return merged.message()
    })
    return new MessageWriter().messages(1, messages).take()
  }

  #compressed(bytes: Uint8Array): Compressed {
    const { codec, level } = this.#options
    if (codec === 'none') return { bytes, chunks: [] }
    const parts: Uint8Array[] = []
    const chunks: number[] = []
    let size = 0
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      const chunk = bytes.subarray(at, at + BLOCK_BYTES)
      const packed = compressChunk(codec, chunk, level)
      const content = packed.length < chunk.length ? packed : chunk
      const head = content.length * 2 + (content === chunk ? 1 : 0)
      chunks.push(size)
      parts.push(Uint8Array.of(head & 0xff, (head >> 8) & 0xff, head >> 16), content)
      size += content.length + 3
    }
    chunks.push(size)
    return { bytes: Buffer.concat(parts), chunks }
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#write(bytes)
    this.#at += bytes.length
  }
}

interface Compressed {
  readonly bytes: Uint8Array
  /** Where each chunk starts. */
  readonly chunks: readonly number[]
}

const streamMessage = (kind: number, column: number, length: number): Uint8Array =>
  new MessageWriter().number(1, kind).number(2, column).number(3, length).take()

function encodingMessage({ kind, dictionarySize }: WrittenColumn['encoding']): Uint8Array {
  const message = new MessageWriter().number(1, kind)
  return (dictionarySize === undefined ? message : message.number(2, dictionarySize)).take()
}

/** Of each row group, where it starts in each stream that rows have a place in, and its statistics. */
function rowIndex(
  column: WrittenColumn,
  streams: readonly { readonly stream: WrittenStream; readonly written: Compressed }[],
  compressed: boolean,
): Uint8Array {
  const entries = column.statistics.map((statistics, group) => {
    const positions = streams.flatMap(({ stream, written }) => {
      const start = stream.starts[group]
      if (!start) return []
      const { byte, within } = start
      const place = compressed ? [written.chunks[Math.floor(byte / BLOCK_BYTES)]!, byte % BLOCK_BYTES] : [byte]
      return [...place, ...within]
    })
    return new MessageWriter().numbers(1, positions).bytes(2, statistics.message()).take()
  })
  return new MessageWriter().messages(1, entries).take()
}

/** A type and those inside it, in the order of their places. */
const typesOf = (type: ColumnType): ColumnType[] => [type, ...childTypes(type).flatMap(typesOf)]

/** Numbers of ORC's kinds of types. */
const KINDS: Readonly<Record<Exclude<ColumnType['kind'], 'time' | 'uuid'>, number>> = {
  boolean: 0,
  tinyint: 1,
  smallint: 2,
  int: 3,
  long: 4,
  float: 5,
  double: 6,
  string: 7,
  binary: 8,
  timestamp: 9,
  list: 10,
  map: 11,
  struct: 12,
  decimal: 14,
  date: 15,
  varchar: 16,
  char: 17,
  instant: 18,
}

function typeMessages(type: ColumnType, ids: { next: number }): Uint8Array[] {
  ids.next++
  if (type.kind === 'time' || type.kind === 'uuid') throw new TypeError(`ORC has no type ${type.kind}`)
  const message = new MessageWriter().number(1, KINDS[type.kind])
  const subtypes: number[] = []
  const below = childTypes(type).flatMap((child) => {
    subtypes.push(ids.next)
    return typeMessages(child, ids)
  })
  if (subtypes.length > 0) message.numbers(2, subtypes)
  if (type.kind === 'struct') for (const field of type.fields) message.text(3, field.name)
  if (type.kind === 'char' || type.kind === 'varchar') message.number(4, type.length)
  if (type.kind === 'decimal') message.number(5, type.precision).number(6, type.scale)
  return [message.take(), ...below]
}
