/** The end of an ORC file: what it holds, where its stripes lie, and what is known of their values. */
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { codecOf } from './codecs.ts'
import { Message } from './protobuf.ts'
import { type Compression, OrcStream } from './stream.ts'

/** By their numbers in the footer. */
const KINDS = [
  'boolean',
  'byte',
  'short',
  'int',
  'long',
  'float',
  'double',
  'string',
  'binary',
  'timestamp',
  'list',
  'map',
  'struct',
  'union',
  'decimal',
  'date',
  'varchar',
  'char',
  'instant',
] as const

export interface OrcType {
  readonly kind: (typeof KINDS)[number]
  /** Its place among all types, by which streams and statistics name it. */
  readonly column: number
  readonly children: readonly OrcType[]
  readonly names: readonly string[]
  /** What writers say of it: `iceberg.id`, for instance. */
  readonly attributes: ReadonlyMap<string, string>
  readonly precision: number
  readonly scale: number
}

export interface StripePlace {
  readonly offset: number
  readonly indexBytes: number
  readonly dataBytes: number
  readonly footerBytes: number
  readonly rows: number
}

export interface OrcTail {
  readonly compression: Compression
  readonly schema: OrcType
  readonly stripes: readonly StripePlace[]
  /** Of each stripe, of each column; empty where the file has none. */
  readonly stripeStatistics: readonly (readonly Message[])[]
  /** Rows of a row group; 0 when the file has no row indexes. */
  readonly rowIndexStride: number
  /** Of the file, from its start to here are stripes. */
  readonly tailBytes: number
}

const MAGIC = 'ORC'
const FIRST_READ_BYTES = 16_384
const MOST_TAIL_BYTES = 64 << 20
const MOST_BLOCK_BYTES = 8 << 20
/** Even of one value said once for hundreds of rows, a stripe does not hold more. */
const MOST_STRIPE_ROWS = 2 ** 31
const DEFAULT_BLOCK_BYTES = 256 << 10

export function readOrcTail(file: RandomAccess): OrcTail {
  const { sizeBytes } = file
  if (sizeBytes < 4) throw new CorruptData('Invalid file size')
  let end = file.read(sizeBytes - Math.min(FIRST_READ_BYTES, sizeBytes), Math.min(FIRST_READ_BYTES, sizeBytes))
  const postscriptBytes = end.at(-1)!
  if (postscriptBytes + 1 > end.length) throw new CorruptData('Invalid postscript length')
  // The oldest files say what they are at their start alone.
  const marked = [end.subarray(-4, -1), file.read(0, 3)].some((bytes) => Buffer.from(bytes).toString() === MAGIC)
  if (!marked) throw new CorruptData('Invalid postscript')
  const postscript = new Message(end.subarray(end.length - 1 - postscriptBytes, -1))
  const compression = compressionOf(postscript)
  const [footerBytes, metadataBytes] = [postscript.number(1) ?? 0, postscript.number(5) ?? 0]
  const tailBytes = 1 + postscriptBytes + footerBytes + metadataBytes
  if (!(tailBytes <= sizeBytes) || tailBytes > MOST_TAIL_BYTES) throw new CorruptData('Invalid footer length')
  if (tailBytes > end.length) end = file.read(sizeBytes - tailBytes, tailBytes)
  const start = end.length - tailBytes
  const metadata = end.subarray(start, start + metadataBytes)
  const footer = new Message(
    expanded(end.subarray(start + metadataBytes, start + metadataBytes + footerBytes), compression),
  )
  return {
    compression,
    schema: schemaOf(footer.messages(4)),
    stripes: footer.messages(3).map((stripe) => stripePlace(stripe, sizeBytes)),
    stripeStatistics: new Message(expanded(metadata, compression)).messages(1).map((stripe) => stripe.messages(1)),
    rowIndexStride: footer.number(8) ?? 0,
    tailBytes,
  }
}

function compressionOf(postscript: Message): Compression {
  const codec = codecOf(postscript.number(2) ?? 0)
  const blockBytes = postscript.number(3) ?? DEFAULT_BLOCK_BYTES
  if (codec !== 'none' && !(blockBytes > 0 && blockBytes <= MOST_BLOCK_BYTES))
    throw new CorruptData(`Invalid compression block size ${blockBytes}`)
  return { codec, blockBytes }
}

/** Metadata that swells beyond all measure is none. */
export function expanded(bytes: Uint8Array, compression: Compression): Uint8Array {
  return new OrcStream(bytes, compression).rest(MOST_TAIL_BYTES)
}

function stripePlace(stripe: Message, sizeBytes: number): StripePlace {
  const [offset, indexBytes, dataBytes, footerBytes, rows] = [1, 2, 3, 4, 5].map((field) => stripe.number(field) ?? 0)
  const place = {
    offset: offset!,
    indexBytes: indexBytes!,
    dataBytes: dataBytes!,
    footerBytes: footerBytes!,
    rows: rows!,
  }
  if (place.offset + place.indexBytes + place.dataBytes + place.footerBytes > sizeBytes)
    throw new CorruptData('a stripe reaches beyond the end of the file')
  if (place.rows > MOST_STRIPE_ROWS) throw new CorruptData('a stripe has too many rows')
  return place
}

/** Types stand in the order of a walk through them, each before its children, and has one parent. */
function schemaOf(types: readonly Message[]): OrcType {
  let last = -1
  const build = (column: number, depth: number): OrcType => {
    const type = types[column]
    const kind = KINDS[type?.number(1) ?? 0]
    if (!type || depth > 100) throw new CorruptData('its schema has a hole')
    if (column <= last) throw new CorruptData('its schema is a circle')
    last = column
    if (!kind) throw new UnsupportedData('ORC files with a type that is not known are not supported')
    const subtypes = type.numbers(2)
    if (subtypes.length < LEAST_CHILDREN[kind]!) throw new CorruptData('its schema has a hole')
    return {
      kind,
      column,
      children: subtypes.map((child) => build(child, depth + 1)),
      names: type.texts(3),
      attributes: new Map(type.messages(7).map((pair) => [pair.text(1) ?? '', pair.text(2) ?? ''])),
      precision: type.number(5) ?? 38,
      scale: type.number(6) ?? 18,
    }
  }
  return build(0, 0)
}

const LEAST_CHILDREN: Readonly<Record<string, number>> = {
  ...Object.fromEntries(KINDS.map((kind) => [kind, 0])),
  list: 1,
  map: 2,
}
