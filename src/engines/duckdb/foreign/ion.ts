/**
 * Ion, binary or text, JSON included; compressed as its first bytes say, or as its name does where they say nothing. A file is
 * read whole.
 */
import { gunzipSync } from 'node:zlib'
import { bzip2Blocks } from '../../../formats/compression/bzip2.ts'
import { lz4Blocks, snappyBlocks } from '../../../formats/compression/framings.ts'
import { zstdTextSync } from '../../../formats/compression/zstd-frames.ts'
import { CorruptData, UnsupportedData } from '../../../formats/corrupt-data.ts'
import { IonColumns } from '../../../formats/ion/columns.ts'
import { fieldPath, parsePath } from '../../../formats/ion/paths.ts'
import { ionValues, MOST_ION_BYTES } from '../../../formats/ion/values.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'
import { BATCH_BYTES, BATCH_ROWS } from './batch-size.ts'
import type { ConversionRequest, Converter } from './converter.ts'

export const ionConverter: Converter = {
  plan: (file) => ({ stretches: [{ part: [], whole: true, readBytes: file.sizeBytes }], readBytes: 0 }),
  *batches(file, request) {
    const format = formatOf(request)
    const columns = request.columns.map((column) => ({
      ...column,
      path: format.paths[column.name] === undefined ? fieldPath(column.name) : parsePath(format.paths[column.name]!),
      failsOnOverflow: format.failOnOverflow[column.name] ?? format.failOnOverflow[''] ?? true,
    }))
    const vectors = new IonColumns(columns, format)
    let rows = 0
    try {
      for (const value of ionValues(documentBytes(file, request.codec))) {
        vectors.add(value)
        rows++
        if (rows < BATCH_ROWS && vectors.sizeBytes < BATCH_BYTES) continue
        yield { rows, columns: vectors.finish() }
        rows = 0
      }
    } catch (error) {
      // What came before is sound.
      if (!(error instanceof CorruptData) || !format.ignoreMalformed) throw error
    }
    if (rows > 0) yield { rows, columns: vectors.finish() }
  },
}

function formatOf({ format }: ConversionRequest) {
  if (format.kind !== 'ion') throw new Error(`not Ion: ${format.kind}`)
  return format
}

function documentBytes(file: RandomAccess, codec: ConversionRequest['codec']): Uint8Array {
  if (file.sizeBytes > MOST_ION_BYTES)
    throw new UnsupportedData(`Ion files of more than ${MOST_ION_BYTES} bytes are not supported`)
  if (codec === 'deflate') throw new UnsupportedData('Ion files compressed with deflate are not supported')
  if (codec === 'snappy') return together(snappyBlocks(file))
  if (codec === 'lz4') return together(lz4Blocks(file))
  const bytes = file.read(0, file.sizeBytes)
  const [a, b, c] = bytes
  try {
    if (a === 0x1f && b === 0x8b) return gunzipSync(bytes, { maxOutputLength: MOST_ION_BYTES })
    if (a === 0x28 && b === 0xb5 && c === 0x2f) return zstdTextSync(bytes, MOST_ION_BYTES)
  } catch (error) {
    throw new CorruptData(error instanceof Error ? error.message : String(error))
  }
  if (a === 0x42 && b === 0x5a && c === 0x68) return together(bzip2Blocks(file))
  return bytes
}

function together(blocks: Iterable<Uint8Array>): Uint8Array {
  const found: Uint8Array[] = []
  let size = 0
  for (const block of blocks) {
    size += block.length
    if (size > MOST_ION_BYTES)
      throw new UnsupportedData(`Ion files of more than ${MOST_ION_BYTES} bytes are not supported`)
    found.push(block)
  }
  return Buffer.concat(found)
}
