/**
 * Parquet under Hadoop's LZ4 as Parquet under `LZ4_RAW`, which more readers know, without a page being unpacked. The bytes of each
 * page lose Hadoop's framing and its header gains as many that say nothing, so that whatever tells where something lies is still
 * true: column chunks, indexes, and how much of the file a query reads.
 * https://github.com/apache/parquet-format/blob/master/Compression.md
 */
import { joinedBlock, type Outline, outlineOf } from '../compression/lz4-joining.ts'
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { fieldOf, i64Field, type RawField, structBytes, structFields, structOf, withFields } from './compact-fields.ts'
import { footerLength } from './footer.ts'
import { COLUMN_MORE, count, type StoredChunk, storedFile } from './row-groups.ts'

/** What is to be written over a stretch of a copy of the file. */
export interface Change {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Numbers of codecs, and how a footer has them. */
const LZ4 = 5
const LZ4_RAW = 7
const zigzag = (value: number): number => value * 2

const TRAILER_BYTES = 8

/** None for a file of other codecs. One page is in memory at a time. Throws CorruptData. */
export function* rawPages(file: RandomAccess): Generator<Change> {
  const end = file.sizeBytes - TRAILER_BYTES
  const at = end - footerLength(file.read(end, TRAILER_BYTES))
  const footer = file.read(at, end - at)
  const chunks =
    storedFile(footer, at)?.rowGroups.flatMap((group) => group.chunks.filter(({ codec }) => codec === LZ4)) ?? []
  if (chunks.length === 0) return
  for (const chunk of chunks) {
    yield* pagesOf(file, chunk)
    // A view of the footer.
    fieldOf(chunk.column, COLUMN_MORE.codec)!.bytes[0] = zigzag(LZ4_RAW)
  }
  yield { at, bytes: footer }
}

function* pagesOf(file: RandomAccess, { pages: { start, end } }: StoredChunk): Generator<Change> {
  for (let at = start; at < end; ) {
    const { fields, length } = headerAt(file, at, end)
    const packed = count(fields, PAGE.packedBytes, 'page')
    if (at + length + packed > end) throw new CorruptData('a Parquet page that ends behind its column')
    const bytes = rawPage(fields, file.read(at + length, packed), length + packed)
    if (bytes) yield { at, bytes }
    at += length + packed
  }
}

/** Numbers of fields of Parquet's thrift definition. */
const PAGE = { bytes: 2, packedBytes: 3, checksum: 4, dataV2: 8 } as const
const DATA_V2 = { definitionBytes: 5, repetitionBytes: 6, isPacked: 7 } as const
const FALSE = 2

/** Of `length` bytes, as the header and the page before. Undefined for one that is not compressed. */
function rawPage(fields: readonly RawField[], body: Uint8Array, length: number): Uint8Array | undefined {
  const v2 = structOf(fieldOf(fields, PAGE.dataV2))
  if (v2 && fieldOf(v2, DATA_V2.isPacked)?.type === FALSE) return undefined
  // The levels of such a page stand before its values, and are not compressed.
  const levels = v2 ? count(v2, DATA_V2.definitionBytes, 'page') + count(v2, DATA_V2.repetitionBytes, 'page') : 0
  const sizeBytes = count(fields, PAGE.bytes, 'page') - levels
  if (levels > body.length || sizeBytes < 0) throw new CorruptData('a Parquet page shorter than its levels')
  const values = rawBlock(body.subarray(levels), sizeBytes)
  const packedBytes = { ...fieldOf(fields, PAGE.packedBytes)!, bytes: i64Field(0, levels + values.length).bytes }
  const header = withFields(fields, [packedBytes], [PAGE.checksum])
  const spare = length - structBytes(header).length - levels - values.length
  return Buffer.concat([
    structBytes([...header, ...padding(header.at(-1)!.id, spare)]),
    body.subarray(0, levels),
    values,
  ])
}

/** What some writers have put there is a block without framing already. */
function rawBlock(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const pieces = hadoopPieces(packed, sizeBytes)
  if (pieces?.length === 0) return new Uint8Array(0)
  if (pieces) return joinedBlock(pieces)
  if (outlineOf(packed).sizeBytes !== sizeBytes)
    throw new CorruptData('a Parquet page of another size than it says (lz4)')
  return packed
}

/** Hadoop's hold 256 KiB each, and a page has a megabyte or so. */
const MOST_PIECES = 1 << 18

/** Blocks that unpack to as many bytes together; undefined where the bytes are not framed so. */
function hadoopPieces(packed: Uint8Array, sizeBytes: number): readonly Outline[] | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const pieces: Outline[] = []
  let [at, left] = [0, sizeBytes]
  while (at + 4 <= packed.length) {
    let inBlock = view.getUint32(at)
    at += 4
    if (inBlock > left) return undefined
    left -= inBlock
    while (inBlock > 0) {
      if (at + 4 > packed.length) return undefined
      const length = view.getUint32(at)
      at += 4
      if (length === 0 || length > packed.length - at) return undefined
      const piece = outlineOf(packed.subarray(at, at + length))
      if (piece.sizeBytes === 0 || piece.sizeBytes > inBlock || pieces.length === MOST_PIECES) return undefined
      pieces.push(piece)
      at += length
      inBlock -= piece.sizeBytes
    }
  }
  return at === packed.length && left === 0 ? pieces : undefined
}

const TRUE = 1
const BINARY = 8

/** So many bytes of fields that Parquet does not know, which its readers pass over. */
function padding(lastId: number, spare: number): RawField[] {
  if (spare < 0) throw new CorruptData('a Parquet page with a header that is not as short as it can be')
  if (spare === 0) return []
  const id = lastId + 1
  if (spare === 1) return [{ id, type: TRUE, bytes: new Uint8Array(0) }]
  // Beside the field's own byte; a length may take more bytes than it needs.
  const lengthBytes = spare < 130 ? 1 : 3
  const fill = spare - 1 - lengthBytes
  const bytes = new Uint8Array(lengthBytes + fill)
  for (let i = 0; i < lengthBytes; i++) bytes[i] = ((fill >>> (7 * i)) & 127) | (i < lengthBytes - 1 ? 128 : 0)
  return [{ id, type: BINARY, bytes }]
}

/** Most headers are some dozens of bytes; one may hold the least and the greatest value of its page. */
const FIRST_LOOK = 4096

function headerAt(
  file: RandomAccess,
  at: number,
  end: number,
): { readonly fields: RawField[]; readonly length: number } {
  for (let look = FIRST_LOOK; ; look *= 64) {
    const bytes = file.read(at, Math.min(look, end - at))
    try {
      const fields = structFields(bytes)
      const last = fields.at(-1)
      if (!last) throw new CorruptData('a Parquet page without a header')
      return { fields, length: last.bytes.byteOffset - bytes.byteOffset + last.bytes.length + 1 }
    } catch (error) {
      if (look >= end - at) throw error
    }
  }
}
