/** The codecs of ORC's compression chunks. */
import { constants, deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { lz4Compress, lz4Decompress } from '../compression/lz4.ts'
import { snappyCompress, snappyDecompress } from '../compression/snappy.ts'
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'

/** By their numbers in the postscript. */
export const ORC_CODECS = ['none', 'zlib', 'snappy', 'lzo', 'lz4', 'zstd', 'brotli'] as const
export type OrcCodec = 'none' | 'zlib' | 'snappy' | 'lz4' | 'zstd'

export function codecOf(kind: number): OrcCodec {
  const name = ORC_CODECS[kind]
  if (name === undefined || name === 'lzo' || name === 'brotli')
    throw new UnsupportedData(`ORC files compressed with ${name ?? `codec ${kind}`} are not supported`)
  return name
}

/** `mostBytes`: what the file says a chunk holds at most. */
export function decompressChunk(codec: OrcCodec, bytes: Uint8Array, mostBytes: number): Uint8Array {
  switch (codec) {
    case 'none':
      return bytes
    case 'zlib':
      return inflated(() => inflateRawSync(bytes, { maxOutputLength: mostBytes }))
    case 'zstd':
      return inflated(() => zstdDecompressSync(bytes, { maxOutputLength: mostBytes }))
    case 'snappy':
      return snappyDecompress(bytes, mostBytes)
    case 'lz4':
      return lz4Decompress(bytes, mostBytes)
  }
}

function inflated(work: () => Uint8Array): Uint8Array {
  try {
    return work()
  } catch (error) {
    throw new CorruptData(`a block can not be decompressed: ${(error as Error).message}`)
  }
}

export function compressChunk(codec: OrcCodec, bytes: Uint8Array, level?: number): Uint8Array {
  switch (codec) {
    case 'none':
      return bytes
    case 'zlib':
      return deflateRawSync(bytes)
    case 'zstd':
      return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level ?? 3 } })
    case 'snappy':
      return snappyCompress(bytes)
    case 'lz4':
      return lz4Compress(bytes)
  }
}
