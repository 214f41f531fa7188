/**
 * The bytes of one stream of a stripe, chunk by chunk. Decoders read at `at` of `buffer`, and ask first for as many bytes
 * in a row as they need.
 */
import { CorruptData } from '../corrupt-data.ts'
import { decompressChunk, type OrcCodec } from './codecs.ts'

const CHUNK_HEAD_BYTES = 3

export interface Compression {
  readonly codec: OrcCodec
  readonly blockBytes: number
}

export class OrcStream {
  readonly #bytes: Uint8Array
  readonly #compression: Compression
  /** Where the next chunk starts. */
  #next = 0
  buffer: Uint8Array
  at = 0
  end = 0

  constructor(bytes: Uint8Array, compression: Compression) {
    this.#bytes = bytes
    this.#compression = compression
    this.buffer = bytes
    if (compression.codec !== 'none') return
    this.#next = bytes.length
    this.end = bytes.length
  }

  get done(): boolean {
    return this.at === this.end && this.#next >= this.#bytes.length
  }

  byte(): number {
    if (this.at === this.end) this.ensure(1)
    return this.buffer[this.at++]!
  }

  /** From now on that many bytes lie in a row at `at`. */
  ensure(length: number): void {
    while (this.end - this.at < length) {
      if (this.#next >= this.#bytes.length) throw new CorruptData('a stream ends too early')
      const chunk = this.#chunk()
      const rest = this.end - this.at
      if (rest === 0) this.buffer = chunk
      else {
        const joined = new Uint8Array(rest + chunk.length)
        joined.set(this.buffer.subarray(this.at, this.end))
        joined.set(chunk, rest)
        this.buffer = joined
      }
      this.at = 0
      this.end = this.buffer.length
    }
  }

  /** To a position of a row index: the start of a chunk and how far into it, or the latter alone where none is compressed. */
  seek(next: () => number): void {
    if (this.#compression.codec === 'none') {
      this.at = next()
      if (this.at > this.end) throw new CorruptData('a stream is shorter than its index says')
      return
    }
    this.#next = next()
    this.at = 0
    this.end = 0
    const within = next()
    // The end of a stream is a position too, of streams that have no more values.
    if (within === 0) return
    if (within > this.#compression.blockBytes) throw new CorruptData('a position is beyond its chunk')
    this.ensure(within)
    this.at += within
  }

  /** All that is left. Throws CorruptData where that is more than `mostBytes`. */
  rest(mostBytes: number): Uint8Array {
    const parts = [this.buffer.subarray(this.at, this.end)]
    let size = parts[0]!.length
    while (this.#next < this.#bytes.length) {
      const chunk = this.#chunk()
      parts.push(chunk)
      size += chunk.length
      if (size > mostBytes) throw new CorruptData('its metadata is too large')
    }
    this.at = this.end
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  #chunk(): Uint8Array {
    const [bytes, start] = [this.#bytes, this.#next]
    if (start + CHUNK_HEAD_BYTES > bytes.length) throw new CorruptData('a compressed chunk breaks off')
    const head = bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16)
    const end = start + CHUNK_HEAD_BYTES + (head >>> 1)
    if (end > bytes.length) throw new CorruptData('a compressed chunk breaks off')
    this.#next = end
    const content = bytes.subarray(start + CHUNK_HEAD_BYTES, end)
    if (head & 1) return content
    return decompressChunk(this.#compression.codec, content, this.#compression.blockBytes)
  }
}
