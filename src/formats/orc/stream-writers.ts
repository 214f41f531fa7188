/**
 * Streams of a stripe as they are written. Each starts a new run where a row group starts, so that the position there is
 * a place in its bytes and nothing more, but for bits, which may start within a byte.
 */
import { ByteSink } from '../byte-sink.ts'

/** A stream's bytes, and where in them each row group starts: the byte, then what else a position tells. */
export interface WrittenStream {
  readonly bytes: Uint8Array
  readonly starts: readonly { readonly byte: number; readonly within: readonly number[] }[]
}

export class RawWriter {
  readonly sink = new ByteSink()
  readonly #starts: number[] = []

  mark(): void {
    this.#starts.push(this.sink.size)
  }

  take(): WrittenStream {
    return { bytes: this.sink.take(), starts: this.#starts.splice(0).map((byte) => ({ byte, within: [] })) }
  }
}

const MOST_BYTE_RUN = 130
const MOST_LITERALS = 128
const LEAST_RUN = 3

/** Runs of equal bytes, or up to 128 that differ. */
export function writeByteRuns(sink: ByteSink, bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; ) {
    let run = 1
    while (run < MOST_BYTE_RUN && at + run < to && bytes[at + run] === bytes[at]) run++
    if (run >= LEAST_RUN) {
      sink.byte(run - LEAST_RUN)
      sink.byte(bytes[at]!)
      at += run
      continue
    }
    let end = at
    while (
      end < to &&
      end - at < MOST_LITERALS &&
      !(bytes[end] === bytes[end + 1] && bytes[end] === bytes[end + 2] && end + 2 < to)
    )
      end++
    sink.byte(0x100 - (end - at))
    sink.put(bytes, at, end)
    at = end
  }
}

/** Bits, the highest of a byte first; they become runs of bytes once all are there. */
export class BitWriter {
  #bytes = new Uint8Array(2048)
  #bits = 0
  readonly #starts: number[] = []

  mark(): void {
    this.#starts.push(this.#bits)
  }

  add(values: Uint8Array): void {
    const bytes = (this.#bits + values.length + 7) >> 3
    if (bytes > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(bytes, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    for (let i = 0; i < values.length; i++) {
      const bit = this.#bits++
      if (values[i]) this.#bytes[bit >> 3]! |= 0x80 >> (bit & 7)
    }
  }

  /** As many bits that are set. */
  addSet(count: number): void {
    this.add(new Uint8Array(count).fill(1))
  }

  take(): WrittenStream {
    const sink = new ByteSink()
    const total = (this.#bits + 7) >> 3
    const starts = this.#starts.splice(0)
    const places: { byte: number; within: number[] }[] = []
    let done = 0
    for (const bit of starts) {
      const byte = Math.min(bit >> 3, total)
      writeByteRuns(sink, this.#bytes, done, byte)
      done = byte
      places.push({ byte: sink.size, within: [0, bit & 7] })
    }
    writeByteRuns(sink, this.#bytes, done, total)
    this.#bytes = new Uint8Array(2048)
    this.#bits = 0
    return { bytes: sink.take(), starts: places }
  }
}
