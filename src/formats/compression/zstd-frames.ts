/**
 * Text of Zstandard in several frames, which lie one after the other: Node inflates the first alone, in silence, or fails at
 * the second. So the frames are told apart by the sizes of their blocks, and each is inflated by itself.
 * https://datatracker.ietf.org/doc/html/rfc8878#section-3
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { CorruptData } from '../corrupt-data.ts'
import { inflatedStreams, type Pieces } from './successive-streams.ts'

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const DICTIONARY_BYTES = [0, 1, 2, 4]
const SIZE_BYTES = [0, 2, 4, 8]
const RUN = 1
const RESERVED = 3
const LENGTHS = { magic: 4, descriptor: 1, skipped: 4, block: 3 } as const

class FrameWalk {
  #state: keyof typeof LENGTHS = 'magic'
  #gathered: number[] = []
  /** Bytes up to what is to be looked at next, or to the end of the frame. */
  #passing = 0
  #isLast = false
  #checksumBytes = 0

  /** Where the frame ends that goes on at `at`; undefined where it goes on after these bytes too. Throws `CorruptData`. */
  end(bytes: Uint8Array, at: number): number | undefined {
    for (let place = at; ; ) {
      const passed = Math.min(this.#passing, bytes.length - place)
      place += passed
      this.#passing -= passed
      if (this.#passing === 0 && this.#isLast) {
        this.#isLast = false
        this.#state = 'magic'
        return place
      }
      if (place === bytes.length) return undefined
      this.#gathered.push(bytes[place++]!)
      if (this.#gathered.length === LENGTHS[this.#state]) this.#take()
    }
  }

  #take(): void {
    const number = this.#gathered.reduceRight((sum, byte) => sum * 256 + byte, 0)
    this.#gathered = []
    switch (this.#state) {
      case 'magic':
        if (number !== MAGIC && (number & 0xfffffff0) !== SKIPPABLE) throw new CorruptData('Unknown frame descriptor')
        this.#state = number === MAGIC ? 'descriptor' : 'skipped'
        return
      case 'skipped':
        this.#passing = number
        this.#isLast = true
        return
      case 'descriptor': {
        const isSingle = (number & 32) !== 0
        const sizeBytes = isSingle && number >> 6 === 0 ? 1 : SIZE_BYTES[number >> 6]!
        this.#passing = (isSingle ? 0 : 1) + DICTIONARY_BYTES[number & 3]! + sizeBytes
        this.#checksumBytes = number & 4 ? 4 : 0
        this.#state = 'block'
        return
      }
      case 'block': {
        const kind = (number >> 1) & 3
        if (kind === RESERVED) throw new CorruptData('Data corruption detected')
        this.#isLast = (number & 1) === 1
        this.#passing = (kind === RUN ? 1 : number >> 3) + (this.#isLast ? this.#checksumBytes : 0)
      }
    }
  }
}

/** Throws `CorruptData`, and what zlib fails with. */
export function zstdText(compressed: AsyncIterable<Uint8Array>, chunkSize = 1_048_576): AsyncGenerator<Uint8Array> {
  const walk = new FrameWalk()
  return inflatedStreams(
    compressed,
    () => createZstdDecompress({ chunkSize }),
    (pieces, inflation) => pipeline(Readable.from(frameOf(pieces, walk)), inflation),
  )
}

async function* frameOf(pieces: Pieces, walk: FrameWalk): AsyncGenerator<Uint8Array> {
  for (; pieces.left; await pieces.pass()) {
    const { left } = pieces
    const end = walk.end(left, 0)
    yield left.subarray(0, end)
    if (end !== undefined) {
      pieces.left = left.subarray(end)
      return
    }
  }
}

/** The same of what is in memory. Throws `ERR_BUFFER_TOO_LARGE` of zlib for frames of more than `mostBytes` together. */
export function zstdTextSync(compressed: Uint8Array, mostBytes: number): Buffer {
  const walk = new FrameWalk()
  const texts: Buffer[] = []
  let left = mostBytes
  for (let at = 0; at < compressed.length; ) {
    const end = walk.end(compressed, at) ?? compressed.length
    // Node takes no limit of nothing; a byte more does not matter.
    const text = zstdDecompressSync(compressed.subarray(at, end), { maxOutputLength: Math.max(left, 1) })
    texts.push(text)
    left -= text.length
    at = end
  }
  return texts.length === 1 ? texts[0]! : Buffer.concat(texts)
}
