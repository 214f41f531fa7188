/** A file of this machine, for threads that do nothing else. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { CorruptData } from '../../../formats/corrupt-data.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'

export class LocalFile implements RandomAccess {
  readonly #descriptor: number
  readonly sizeBytes: number
  /** How far into the file has been read. */
  readTo = 0

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r')
    this.sizeBytes = fstatSync(this.#descriptor).size
  }

  read(at: number, length: number): Uint8Array {
    if (at < 0 || length < 0 || at + length > this.sizeBytes)
      throw new CorruptData(`it is too short: ${length} bytes at ${at} of ${this.sizeBytes}`)
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const got = readSync(this.#descriptor, bytes, done, length - done, at + done)
      if (got === 0) throw new CorruptData('it has become shorter')
      done += got
    }
    this.readTo = Math.max(this.readTo, at + length)
    return bytes
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
