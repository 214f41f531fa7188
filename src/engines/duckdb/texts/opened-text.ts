/** A compressed text's stream as plain text. */
import { Duplex, PassThrough } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { DataFile } from '../../../core/queries/relation.ts'
import { zstdText } from '../../../formats/compression/zstd-frames.ts'
import { compressionOf } from '../scans/compression.ts'

/** To hand a piece over takes as long as to inflate some of the usual ones. */
const CHUNK_BYTES = 1_048_576

/** For a pipeline; takes the bytes of the file. */
export function openedText(file: DataFile): Duplex {
  switch (compressionOf(file)) {
    case 'gzip':
      return createGunzip({ chunkSize: CHUNK_BYTES })
    case 'zstd':
      return Duplex.from((pieces: AsyncIterable<Uint8Array>) => zstdText(pieces, CHUNK_BYTES))
    case 'uncompressed':
      return new PassThrough()
  }
}
