/** Avro's container files: a header with the schema, then blocks of records between marks. */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { decompressBlock, decompressBlockAhead } from './codecs.ts'
import { Cursor } from './cursor.ts'
import { type AvroType, parseAvroSchema } from './schema.ts'

const MAGIC = [0x4f, 0x62, 0x6a, 1]
const SYNC_BYTES = 16
const FIRST_READ_BYTES = 65_536
const MOST_HEADER_BYTES = 16 << 20
/** Two numbers of at most ten bytes. */
const BLOCK_HEAD_BYTES = 20
/** A text of no letters, and bytes of no length. */
const PAIR_BYTES = 2
const READ_AHEAD_BYTES = 1 << 20

export interface AvroHeader {
  readonly schema: AvroType
  readonly codec: string
  readonly metadata: ReadonlyMap<string, Uint8Array>
  readonly sync: Uint8Array
  /** Where the first block starts. */
  readonly end: number
}

export interface AvroBlock {
  readonly records: number
  readonly bytes: Uint8Array
}

export function readAvroHeader(file: RandomAccess): AvroHeader {
  for (let length = Math.min(FIRST_READ_BYTES, file.sizeBytes); ; length = Math.min(length * 4, file.sizeBytes)) {
    const bytes = file.read(0, length)
    if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new CorruptData('Not a data file.')
    const header = headerIn(bytes)
    if (header) return header
    if (length === file.sizeBytes || length > MOST_HEADER_BYTES) throw new CorruptData('the header breaks off')
  }
}

/** Undefined when it needs more bytes. */
function headerIn(bytes: Uint8Array): AvroHeader | undefined {
  const metadata = new Map<string, Uint8Array>()
  const cursor = new Cursor(bytes, MAGIC.length)
  let sync: number
  try {
    for (let count = cursor.items(PAIR_BYTES); count > 0; count = cursor.items(PAIR_BYTES))
      for (let i = 0; i < count; i++) {
        const key = Buffer.from(bytes.subarray(cursor.stretch(), cursor.at)).toString()
        metadata.set(key, bytes.slice(cursor.stretch(), cursor.at))
      }
    sync = cursor.skip(SYNC_BYTES)
  } catch (error) {
    if (error instanceof CorruptData) return undefined
    throw error
  }
  const schema = parseAvroSchema(textOf(metadata, 'avro.schema') ?? '')
  const codec = textOf(metadata, 'avro.codec') ?? 'null'
  return { schema, codec, metadata, sync: bytes.slice(sync, cursor.at), end: cursor.at }
}

const textOf = (metadata: ReadonlyMap<string, Uint8Array>, key: string): string | undefined => {
  const bytes = metadata.get(key)
  return bytes && Buffer.from(bytes).toString()
}

/** Whole blocks that lie beside each other. */
export interface BlockStretch {
  readonly from: number
  readonly to: number
}

/** All blocks in stretches of at least `leastBytes`, but the last; nothing is read but where each block says how long it is. */
export function blockStretches(file: RandomAccess, { sync, end }: AvroHeader, leastBytes: number): BlockStretch[] {
  const stretches: BlockStretch[] = []
  let from = end
  for (let at = end; at < file.sizeBytes; ) {
    const head = file.read(at, Math.min(BLOCK_HEAD_BYTES, file.sizeBytes - at))
    const { start, size } = blockHead(head, at, file.sizeBytes)
    at = start + size + sync.length
    if (at - from >= leastBytes || at === file.sizeBytes) {
      stretches.push({ from, to: at })
      from = at
    }
  }
  return stretches
}

/** The blocks of a stretch, decompressed, in their order; all of them unless one is given. */
export function* avroBlocks(
  file: RandomAccess,
  header: AvroHeader,
  stretch: BlockStretch = { from: header.end, to: file.sizeBytes },
): Generator<AvroBlock> {
  let longest: number | undefined
  for (const { records, bytes: packed } of packedBlocks(file, header, stretch)) {
    const bytes = decompressBlock(header.codec, packed, likely(longest))
    longest = Math.max(longest ?? 0, bytes.length)
    yield { records, bytes }
  }
}

/** All blocks in their order, the next decompressed by another thread while one is looked at: no more, as any may be large. */
export async function* avroBlocksAhead(file: RandomAccess, header: AvroHeader): AsyncGenerator<AvroBlock> {
  let ahead: Promise<AvroBlock> | undefined
  let longest: number | undefined
  const unpacked = async ({ records, bytes: packed }: AvroBlock): Promise<AvroBlock> => {
    const bytes = await decompressBlockAhead(header.codec, packed, likely(longest))
    longest = Math.max(longest ?? 0, bytes.length)
    return { records, bytes }
  }
  for (const packed of packedBlocks(file, header, { from: header.end, to: file.sizeBytes })) {
    const next = unpacked(packed)
    // Nobody waits for it yet, nor ever where the one before it cannot be read.
    next.catch(() => undefined)
    if (ahead) yield await ahead
    ahead = next
  }
  if (ahead) yield await ahead
}

/** Blocks of a file are alike: a little more than the longest until now. */
const likely = (longest: number | undefined): number | undefined => longest && Math.ceil(1.05 * longest)

/** Blocks as they are stored, but those of no records. */
function* packedBlocks(file: RandomAccess, { sync }: AvroHeader, { from, to }: BlockStretch): Generator<AvroBlock> {
  const window = new Window(file)
  for (let at = from; at < to; ) {
    const head = window.bytes(at, Math.min(BLOCK_HEAD_BYTES, file.sizeBytes - at))
    const { records, start, size } = blockHead(head, at, file.sizeBytes)
    const bytes = window.bytes(start, size + SYNC_BYTES)
    if (sync.some((byte, i) => bytes[size + i] !== byte)) throw new CorruptData('Invalid sync!')
    at = start + size + SYNC_BYTES
    if (records > 0) yield { records, bytes: bytes.subarray(0, size) }
  }
}

/** What stands before a block at `at`: how many records it has, where its content starts and how long that is. */
function blockHead(bytes: Uint8Array, at: number, fileBytes: number) {
  const head = new Cursor(bytes)
  const [records, size] = [head.number(), head.number()]
  const start = at + head.at
  if (records < 0 || size < 0 || size + SYNC_BYTES > fileBytes - start)
    throw new CorruptData('a block reaches beyond the end of the file')
  return { records, start, size }
}

/** Blocks are small, and reads are not. */
class Window {
  readonly #file: RandomAccess
  #start = 0
  #held: Uint8Array = new Uint8Array(0)

  constructor(file: RandomAccess) {
    this.#file = file
  }

  bytes(at: number, length: number): Uint8Array {
    if (at < this.#start || at + length > this.#start + this.#held.length) {
      this.#held = this.#file.read(at, Math.min(Math.max(length, READ_AHEAD_BYTES), this.#file.sizeBytes - at))
      this.#start = at
    }
    return this.#held.subarray(at - this.#start, at - this.#start + length)
  }
}
