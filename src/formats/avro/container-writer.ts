/** Avro container files as they are written: a header, then blocks of records between marks. */
import { ByteSink } from '../byte-sink.ts'
import type { WriteBytes } from '../file-encoder.ts'
import { type AvroCodec, compressBlock } from './codecs.ts'
import { encodeValue } from './values.ts'

const MAGIC = Buffer.from([0x4f, 0x62, 0x6a, 1])
/** Larger blocks compress better, smaller ones are found sooner by those who read a part of a file. */
const BLOCK_BYTES = 256 << 10

export interface AvroOptions {
  readonly codec: AvroCodec
  readonly level?: number
  /** Sixteen bytes that stand between blocks, and nowhere else in all likelihood. */
  readonly sync: Uint8Array
}

export class AvroContainer {
  /** Where the records of the block at hand go. */
  readonly block = new ByteSink()
  readonly #options: AvroOptions
  readonly #write: WriteBytes
  #records = 0

  /** `schema` and `metadata` are texts of the header. */
  constructor(
    schema: string,
    options: AvroOptions,
    write: WriteBytes,
    metadata: Readonly<Record<string, string>> = {},
  ) {
    this.#options = options
    this.#write = write
    const sink = new ByteSink()
    const texts = { 'avro.schema': schema, 'avro.codec': options.codec, ...metadata }
    const members = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]))
    encodeValue(sink, { kind: 'map', values: { kind: 'bytes' } }, members)
    for (const part of [MAGIC, sink.take(), options.sync]) write(part)
  }

  /** A record is whole. */
  next(): void {
    this.#records++
    if (this.block.size >= BLOCK_BYTES) this.#flush()
  }

  end(): void {
    if (this.#records > 0) this.#flush()
  }

  #flush(): void {
    const { codec, level, sync } = this.#options
    const content = compressBlock(codec, this.block.take(), level)
    const head = new ByteSink()
    head.zigzagNumber(this.#records)
    head.zigzagNumber(content.length)
    for (const part of [head.take(), content, sync]) this.#write(part)
    this.#records = 0
  }
}
