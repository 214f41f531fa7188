/** Text files that are read and inflated in one go: for thousands of them a stream each would cost many times their bytes. */
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { DataFile } from '../../../core/queries/relation.ts'
import { zstdTextSync } from '../../../formats/compression/zstd-frames.ts'
import { compressionOf } from '../scans/compression.ts'

const SMALL_BYTES = 65_536
/** What a small file may claim to be is no longer small. */
const MOST_BYTES = 16_777_216
/** So many are read before whoever else waits has a turn. */
const STRETCH = 256

export class SmallTexts {
  #read = 0

  /** Undefined for what is not small. Throws what is wrong with a compression. */
  async read(file: DataFile): Promise<Buffer | undefined> {
    if (file.sizeBytes > SMALL_BYTES) return undefined
    if (++this.#read % STRETCH === 0) await setImmediate()
    const bytes = readFileSync(file.localPath)
    try {
      switch (compressionOf(file)) {
        case 'uncompressed':
          return bytes
        case 'gzip':
          return gunzipSync(bytes, { maxOutputLength: MOST_BYTES })
        case 'zstd':
          return zstdTextSync(bytes, MOST_BYTES)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
      throw error
    }
  }
}
