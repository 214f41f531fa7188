/** A file from front to back, read in large pieces. */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'

const PIECE_BYTES = 1 << 20

export class SequentialBytes {
  readonly #file: RandomAccess
  #piece: Uint8Array = new Uint8Array(0)
  /** In the piece, and where the piece begins in the file. */
  #at = 0
  #start = 0

  constructor(file: RandomAccess) {
    this.#file = file
  }

  get ended(): boolean {
    return this.#start + this.#at >= this.#file.sizeBytes
  }

  byte(): number {
    if (this.#at === this.#piece.length) this.#fill(1)
    return this.#piece[this.#at++]!
  }

  /** Valid until the next call. */
  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#piece.length) this.#fill(length)
    this.#at += length
    return this.#piece.subarray(this.#at - length, this.#at)
  }

  u32(littleEndian: boolean): number {
    const bytes = this.bytes(4)
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, littleEndian)
  }

  /** Without moving on; fewer where the file ends. */
  peek(length: number): Uint8Array {
    const left = this.#file.sizeBytes - this.#start - this.#at
    const bytes = this.bytes(Math.min(length, left))
    this.#at -= bytes.length
    return bytes
  }

  #fill(length: number): void {
    this.#start += this.#at
    this.#at = 0
    const left = this.#file.sizeBytes - this.#start
    if (length > left) throw new CorruptData('it breaks off')
    this.#piece = this.#file.read(this.#start, Math.min(Math.max(length, PIECE_BYTES), left))
  }
}
