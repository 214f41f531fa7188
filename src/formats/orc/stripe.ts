/** One stripe: which streams it has and where, and those of the columns that are wanted, read. */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { decodeRunV1, Integers } from './integers.ts'
import { decodeRunV2 } from './integers-v2.ts'
import { Message } from './protobuf.ts'
import { BitRuns, ByteRuns } from './runs.ts'
import { type Compression, OrcStream } from './stream.ts'
import { expanded, type OrcTail, type OrcType, type StripePlace } from './tail.ts'

/** Kinds of streams by their numbers. */
export const STREAM = { present: 0, data: 1, length: 2, dictionary: 3, secondary: 5, rowIndex: 6 } as const
/** Of columns: the second version of each differs in its integers. */
export const ENCODING = { direct: 0, dictionaryV1: 1, second: 2, dictionary: 3 } as const

interface StreamPlace {
  readonly kind: number
  readonly column: number
  readonly offset: number
  readonly length: number
}

export interface StripeLayout {
  readonly place: StripePlace
  readonly streams: readonly StreamPlace[]
  readonly encodings: readonly { readonly kind: number; readonly dictionarySize: number }[]
  readonly zone: string
}

export function readStripeLayout(file: RandomAccess, tail: OrcTail, place: StripePlace): StripeLayout {
  const { offset, indexBytes, dataBytes, footerBytes } = place
  const footer = new Message(expanded(file.read(offset + indexBytes + dataBytes, footerBytes), tail.compression))
  const streams: StreamPlace[] = []
  let at = offset
  for (const stream of footer.messages(1)) {
    const length = stream.number(3) ?? 0
    streams.push({ kind: stream.number(1) ?? 0, column: stream.number(2) ?? 0, offset: at, length })
    at += length
  }
  if (at > offset + indexBytes + dataBytes) throw new CorruptData('the streams of a stripe are longer than the stripe')
  const encodings = footer.messages(2).map((one) => ({ kind: one.number(1) ?? 0, dictionarySize: one.number(2) ?? 0 }))
  return { place, streams, encodings, zone: footer.text(3) ?? 'UTC' }
}

/** Ids of a type and of all that is inside it. */
export const columnsWithin = (type: OrcType): number[] => [type.column, ...type.children.flatMap(columnsWithin)]

const DATA_KINDS: ReadonlySet<number> = new Set([
  STREAM.present,
  STREAM.data,
  STREAM.length,
  STREAM.dictionary,
  STREAM.secondary,
])

const isWanted = ({ kind, column }: StreamPlace, wanted: ReadonlySet<number>) =>
  wanted.has(column) && DATA_KINDS.has(kind)

/** What reading the streams of some columns takes. */
export const streamBytes = ({ streams }: StripeLayout, wanted: ReadonlySet<number>): number =>
  streams.reduce((sum, stream) => sum + (isWanted(stream, wanted) ? stream.length : 0), 0)

/** A stripe's streams of some columns, in memory as they lie in the file. */
export class StripeStreams {
  readonly layout: StripeLayout
  readonly #compression: Compression
  readonly #bytes = new Map<string, Uint8Array>()

  constructor(file: RandomAccess, layout: StripeLayout, compression: Compression, wanted: ReadonlySet<number>) {
    this.layout = layout
    this.#compression = compression
    for (const stream of layout.streams)
      if (isWanted(stream, wanted))
        this.#bytes.set(`${stream.column} ${stream.kind}`, file.read(stream.offset, stream.length))
  }

  find(column: number, kind: number): OrcStream | undefined {
    const bytes = this.#bytes.get(`${column} ${kind}`)
    return bytes && new OrcStream(bytes, this.#compression)
  }

  /** A stream that is not there has no bytes: columns without values may leave it out. */
  stream(column: number, kind: number): OrcStream {
    return this.find(column, kind) ?? new OrcStream(new Uint8Array(0), this.#compression)
  }

  integers(column: number, stream: number, signed: boolean): Integers {
    const kind = this.layout.encodings[column]?.kind
    const second = kind === ENCODING.second || kind === ENCODING.dictionary
    return new Integers(this.stream(column, stream), signed, second ? decodeRunV2 : decodeRunV1)
  }

  bytes(column: number, kind: number): ByteRuns {
    return new ByteRuns(this.stream(column, kind))
  }

  bits(column: number, kind: number): BitRuns | undefined {
    const stream = this.find(column, kind)
    return stream && new BitRuns(stream)
  }

  /** How many entries a column's dictionary has; undefined when it has none. */
  dictionarySize(column: number): number | undefined {
    const encoding = this.layout.encodings[column]
    const folded = encoding?.kind === ENCODING.dictionaryV1 || encoding?.kind === ENCODING.dictionary
    return folded ? encoding.dictionarySize : undefined
  }
}
