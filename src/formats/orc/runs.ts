/** Runs of bytes and of bits. https://orc.apache.org/specification/ORCv1/ ("Run Length Encoding") */
import { CorruptData } from '../corrupt-data.ts'
import type { OrcStream } from './stream.ts'

/** Positions of a row index, one after the other. */
export type Positions = () => number

/** The longest that one byte can tell of. */
const MOST_RUN = 130

export class ByteRuns {
  readonly #stream: OrcStream
  #left = 0
  #repeats = false
  #value = 0

  constructor(stream: OrcStream) {
    this.#stream = stream
  }

  next(): number {
    if (this.#left === 0) this.#start()
    this.#left--
    return this.#repeats ? this.#value : this.#stream.byte()
  }

  seek(positions: Positions): void {
    this.#stream.seek(positions)
    this.#left = 0
    const skipped = positions()
    if (skipped > MOST_RUN) throw new CorruptData('a position is beyond its run')
    for (let left = skipped; left > 0; left--) this.next()
  }

  #start(): void {
    const control = this.#stream.byte()
    this.#repeats = control < 0x80
    this.#left = this.#repeats ? control + 3 : 0x100 - control
    if (this.#repeats) this.#value = this.#stream.byte()
  }
}

/** The highest bit of a byte comes first. */
export class BitRuns {
  readonly #bytes: ByteRuns
  #byte = 0
  #left = 0

  constructor(stream: OrcStream) {
    this.#bytes = new ByteRuns(stream)
  }

  /** `count` bits, a byte each; answers how many are set. */
  read(into: Uint8Array, count: number): number {
    let set = 0
    for (let i = 0; i < count; i++) {
      if (this.#left === 0) {
        this.#byte = this.#bytes.next()
        this.#left = 8
      }
      const bit = (this.#byte >>> --this.#left) & 1
      into[i] = bit
      set += bit
    }
    return set
  }

  seek(positions: Positions): void {
    this.#bytes.seek(positions)
    this.#left = 0
    const bits = positions()
    if (bits === 0) return
    if (bits > 7) throw new CorruptData('a position is beyond its byte')
    this.#byte = this.#bytes.next()
    this.#left = 8 - bits
  }
}
