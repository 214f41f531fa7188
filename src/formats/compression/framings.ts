/** How blocks of Snappy and LZ4 stand in a file: Hadoop's own framing, and the one that each of the two has. */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { lz4Decompress } from './lz4.ts'
import { SequentialBytes } from './sequential-bytes.ts'
import { snappyDecompress } from './snappy.ts'
import { Xxh32 } from './xxh32.ts'

/** No writer makes larger blocks: Hadoop's are of 256 KiB, LZ4's of at most 4 MiB. */
const MOST_BLOCK_BYTES = 64 << 20

type Decompress = (input: Uint8Array, mostBytes: number) => Uint8Array

/** By what a file begins with. Throws `CorruptData`. */
export function* snappyBlocks(file: RandomAccess): Generator<Uint8Array> {
  const bytes = new SequentialBytes(file)
  if (startsWith(bytes, SNAPPY_STREAM)) yield* framedSnappy(bytes)
  else yield* hadoopBlocks(bytes, snappyDecompress)
}

export function* lz4Blocks(file: RandomAccess): Generator<Uint8Array> {
  const bytes = new SequentialBytes(file)
  if (!startsWith(bytes, LZ4_FRAME) && !isSkippable(bytes)) yield* hadoopBlocks(bytes, lz4Decompress)
  else
    while (!bytes.ended) {
      if (isSkippable(bytes)) skipFrame(bytes)
      else yield* lz4Frame(bytes)
    }
}

const startsWith = (bytes: SequentialBytes, mark: Uint8Array): boolean =>
  Buffer.compare(bytes.peek(mark.length), mark) === 0

/** A size, then pieces until they make it up, each with its own compressed size before it; big-endian. */
function* hadoopBlocks(bytes: SequentialBytes, decompress: Decompress): Generator<Uint8Array> {
  while (!bytes.ended) {
    let left = bytes.u32(false)
    if (left > MOST_BLOCK_BYTES) throw new CorruptData(`a block claims ${left} bytes`)
    while (left > 0) {
      const size = bytes.u32(false)
      if (size > MOST_BLOCK_BYTES) throw new CorruptData(`a piece of a block claims ${size} bytes`)
      const piece = decompress(bytes.bytes(size), left)
      if (piece.length === 0) throw new CorruptData('a block ends before it is whole')
      left -= piece.length
      yield piece
    }
  }
}

/** Hadoop's readers hold 256 KiB of either side: what does not compress must fit too. */
export const HADOOP_BLOCK_BYTES = 192 << 10

/** A block of one piece, which holds at most `HADOOP_BLOCK_BYTES`. */
export function hadoopBlock(piece: Uint8Array, compress: (input: Uint8Array) => Uint8Array): Uint8Array {
  const packed = compress(piece)
  const sizes = Buffer.alloc(8)
  sizes.writeUInt32BE(piece.length)
  sizes.writeUInt32BE(packed.length, 4)
  return Buffer.concat([sizes, packed])
}

const SNAPPY_STREAM = Uint8Array.from([0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59])
const MOST_SNAPPY_CHUNK = 65_536

/** https://github.com/google/snappy/blob/main/framing_format.txt */
function* framedSnappy(bytes: SequentialBytes): Generator<Uint8Array> {
  while (!bytes.ended) {
    const kind = bytes.byte()
    const [low, middle, high] = bytes.bytes(3)
    const length = low! | (middle! << 8) | (high! << 16)
    if (kind === 0xff || kind === 0xfe || (kind >= 0x80 && kind <= 0xfd)) {
      bytes.bytes(length)
      continue
    }
    if (kind > 1) throw new CorruptData(`a chunk is of the unknown kind ${kind}`)
    if (length < 4) throw new CorruptData('a chunk is too short for its checksum')
    const checksum = bytes.u32(true)
    const data = bytes.bytes(length - 4)
    const chunk = kind === 0 ? snappyDecompress(data, MOST_SNAPPY_CHUNK) : data.slice()
    if (maskedCrc32c(chunk) !== checksum) throw new CorruptData('the checksum of a chunk is wrong')
    yield chunk
  }
}

const CRC32C = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})

function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC32C[(crc ^ byte) & 0xff]!
  crc = ~crc >>> 0
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

const LZ4_FRAME = Uint8Array.from([0x04, 0x22, 0x4d, 0x18])
/** Of sixteen kinds, all of which say nothing to a reader; any may stand before, between and behind frames. */
function isSkippable(bytes: SequentialBytes): boolean {
  const mark = bytes.peek(4)
  return mark.length === 4 && (mark[0]! & 0xf0) === 0x50 && mark[1] === 0x2a && mark[2] === 0x4d && mark[3] === 0x18
}

function skipFrame(bytes: SequentialBytes): void {
  bytes.bytes(4)
  for (let left = bytes.u32(true); left > 0; ) {
    const some = Math.min(left, MOST_BLOCK_BYTES)
    bytes.bytes(some)
    left -= some
  }
}

/** Blocks may refer to what was just before them. */
const HISTORY_BYTES = 65_536
const UNCOMPRESSED = 0x8000_0000

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
function* lz4Frame(bytes: SequentialBytes): Generator<Uint8Array> {
  if (!startsWith(bytes, LZ4_FRAME)) throw new CorruptData('a frame does not start as one')
  bytes.bytes(LZ4_FRAME.length)
  const [flags, sizes] = [bytes.byte(), bytes.byte()]
  if (flags >>> 6 !== 1) throw new CorruptData(`frames of version ${flags >>> 6} are unknown`)
  if (flags & 1) throw new CorruptData('frames with a dictionary are not supported')
  // The size of the content, where it is told, and the header's checksum.
  bytes.bytes((flags & 8 ? 8 : 0) + 1)
  const most = 2 ** (8 + 2 * ((sizes >>> 4) & 7))
  const content = new Xxh32()
  let history: Uint8Array = new Uint8Array(0)
  for (let size = bytes.u32(true); size !== 0; size = bytes.u32(true)) {
    const stored = (size & UNCOMPRESSED) !== 0
    const length = size % UNCOMPRESSED
    if (length > most) throw new CorruptData(`a block of ${length} bytes is larger than ${most}`)
    const data = bytes.bytes(length).slice()
    if (flags & 16 && bytes.u32(true) !== new Xxh32().add(data).digest())
      throw new CorruptData('the checksum of a block is wrong')
    const linked = (flags & 32) === 0
    const block = stored ? data : lz4Decompress(data, most, linked ? history : undefined)
    if (linked) history = Buffer.concat([history, block]).subarray(-HISTORY_BYTES)
    content.add(block)
    yield block
  }
  if (flags & 4 && bytes.u32(true) !== content.digest()) throw new CorruptData('the checksum of a frame is wrong')
}
