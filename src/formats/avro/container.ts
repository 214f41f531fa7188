/** Avro's container files: a header with the schema, then blocks of records between marks. */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { decompressBlock } from './codecs.ts'
import { Cursor } from './cursor.ts'
import { type AvroType, parseAvroSchema } from './schema.ts'

const MAGIC = [0x4f, 0x62, 0x6a, 1]
const SYNC_BYTES = 16
const FIRST_READ_BYTES = 65_536
const MOST_HEADER_BYTES = 16 << 20
/** Two numbers of at most ten bytes. */
const BLOCK_HEAD_BYTES = 20
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
    for (let { count } = cursor.items(); count > 0; { count } = cursor.items())
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

/** All blocks, decompressed, in their order. */
export function* avroBlocks(file: RandomAccess, { codec, sync, end }: AvroHeader): Generator<AvroBlock> {
  const window = new Window(file)
  for (let at = end; at < file.sizeBytes; ) {
    const head = new Cursor(window.bytes(at, Math.min(BLOCK_HEAD_BYTES, file.sizeBytes - at)))
    const [records, size] = [head.number(), head.number()]
    at += head.at
    if (records < 0 || size < 0 || size + SYNC_BYTES > file.sizeBytes - at)
      throw new CorruptData('a block reaches beyond the end of the file')
    const bytes = window.bytes(at, size + SYNC_BYTES)
    if (sync.some((byte, i) => bytes[size + i] !== byte)) throw new CorruptData('Invalid sync!')
    at += size + SYNC_BYTES
    if (records > 0) yield { records, bytes: decompressBlock(codec, bytes.subarray(0, size)) }
  }
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
