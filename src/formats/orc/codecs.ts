/** The codecs of ORC's compression chunks. */
import { inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { lz4Decompress } from '../compression/lz4.ts'
import { snappyDecompress } from '../compression/snappy.ts'
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'

const CODECS = ['none', 'zlib', 'snappy', 'lzo', 'lz4', 'zstd', 'brotli'] as const
export type OrcCodec = 'none' | 'zlib' | 'snappy' | 'lz4' | 'zstd'

export function codecOf(kind: number): OrcCodec {
  const name = CODECS[kind]
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
