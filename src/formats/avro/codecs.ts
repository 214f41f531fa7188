/** The codecs of Avro's container files. */
import { promisify } from 'node:util'
import {
  constants,
  crc32,
  deflateRawSync,
  inflateRaw,
  inflateRawSync,
  type ZlibOptions,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { bzip2Blocks } from '../compression/bzip2.ts'
import { bzip2Compress } from '../compression/bzip2-writer.ts'
import { snappyCompress, snappyDecompress } from '../compression/snappy.ts'
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'

export type AvroCodec = 'null' | 'deflate' | 'bzip2' | 'snappy' | 'zstandard'

/** A block that swells beyond this is not read: writers make blocks of some kilobytes to some megabytes. */
const MOST_BLOCK_BYTES = 256 << 20

function isAvroCodec(name: string): name is AvroCodec {
  return name === 'null' || name === 'deflate' || name === 'bzip2' || name === 'snappy' || name === 'zstandard'
}

/** `likelyBytes`: how long it may be when it is decompressed, where something tells. */
export function decompressBlock(codec: string, bytes: Uint8Array, likelyBytes?: number): Uint8Array {
  if (!isAvroCodec(codec)) throw new UnsupportedData(`Avro files compressed with ${codec} are not supported`)
  switch (codec) {
    case 'null':
      return bytes
    case 'deflate':
      return inflated(() => inflateRawSync(bytes, inflation(bytes, likelyBytes)))
    case 'bzip2':
      return bunzipped(bytes)
    case 'zstandard':
      return inflated(() => zstdDecompressSync(bytes, { maxOutputLength: MOST_BLOCK_BYTES }))
    case 'snappy': {
      if (bytes.length < 4) throw new CorruptData('a block can not be decompressed (snappy)')
      const output = snappyDecompress(bytes.subarray(0, -4), MOST_BLOCK_BYTES)
      const checksum = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0)
      if (crc32(output) !== checksum) throw new CorruptData('a block does not have its checksum')
      return output
    }
  }
}

const inflateRawAhead = promisify<Uint8Array, ZlibOptions, Uint8Array>(inflateRaw)

/** The same by another thread, where the codec is one that takes long and that Node has threads for. */
export async function decompressBlockAhead(
  codec: string,
  bytes: Uint8Array,
  likelyBytes?: number,
): Promise<Uint8Array> {
  if (codec !== 'deflate') return decompressBlock(codec, bytes, likelyBytes)
  return inflateRawAhead(bytes, inflation(bytes, likelyBytes)).catch(refuse)
}

/** In one chunk where it can be: by zlib's own, of 16 KiB, half the time goes into their number. */
const inflation = ({ length }: Uint8Array, likelyBytes = 5 * length): ZlibOptions => ({
  maxOutputLength: MOST_BLOCK_BYTES,
  chunkSize: Math.min(Math.max(likelyBytes, 16_384), 4 << 20),
})

function bunzipped(bytes: Uint8Array): Uint8Array {
  const file = { sizeBytes: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) }
  const parts: Uint8Array[] = []
  let size = 0
  for (const part of bzip2Blocks(file)) {
    size += part.length
    if (size > MOST_BLOCK_BYTES) throw new CorruptData(`a block is larger than ${MOST_BLOCK_BYTES}`)
    parts.push(Uint8Array.from(part))
  }
  return Buffer.concat(parts)
}

function inflated(work: () => Uint8Array): Uint8Array {
  try {
    return work()
  } catch (error) {
    return refuse(error as Error)
  }
}

/** zlib's errors are those of the data here. */
function refuse({ message }: Error): never {
  throw new CorruptData(`a block can not be decompressed: ${message}`)
}

export function compressBlock(codec: AvroCodec, bytes: Uint8Array, level?: number): Uint8Array {
  switch (codec) {
    case 'null':
      return bytes
    case 'deflate':
      return deflateRawSync(bytes, level === undefined ? {} : { level })
    case 'bzip2':
      return bzip2Compress(bytes)
    case 'zstandard':
      return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level ?? 3 } })
    case 'snappy': {
      const compressed = snappyCompress(bytes)
      const output = new Uint8Array(compressed.length + 4)
      output.set(compressed)
      new DataView(output.buffer).setUint32(compressed.length, crc32(bytes))
      return output
    }
  }
}
