/** A compressed file as Zstandard, a piece at a time. Runs on a thread (conversion-thread.ts). */
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createInflate, createZstdCompress } from 'node:zlib'
import type { InflatedText } from '../../../core/queries/relation.ts'
import { bzip2Blocks } from '../../../formats/compression/bzip2.ts'
import { lz4Blocks, snappyBlocks } from '../../../formats/compression/framings.ts'
import { CorruptData } from '../../../formats/corrupt-data.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'
import type { ForeignCodec } from '../scans/compression.ts'
import { BLANK_LINES, TextLook } from '../text-look.ts'

export interface InflationTask {
  readonly localPath: string
  readonly codec: ForeignCodec
  readonly output: string
}

/** Quick, since it is only to be read again. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Throws `CorruptData`. */
export async function inflate({ localPath, codec, output }: InflationTask, file: RandomAccess): Promise<InflatedText> {
  const look = new TextLook(BLANK_LINES)
  const measured = async function* (pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      look.read(piece)
      yield piece
    }
  }
  const target = createWriteStream(output, { flags: 'wx' })
  try {
    if (codec === 'deflate')
      await pipeline(createReadStream(localPath), createInflate(), measured, createZstdCompress(LEVEL), target)
    else await pipeline(Readable.from(blocks(codec, file)), measured, createZstdCompress(LEVEL), target)
  } catch (error) {
    // Those of zlib have codes that say so: Z_DATA_ERROR, Z_BUF_ERROR.
    const { code = '', message } = error as NodeJS.ErrnoException
    throw code.startsWith('Z_') ? new CorruptData(message) : error
  }
  const { longestLine, byLine: blankLines, isRewritten: mixedEnds } = look
  return { compression: 'zstd', sizeBytes: target.bytesWritten, longestLine, blankLines, mixedEnds }
}

function blocks(codec: Exclude<ForeignCodec, 'deflate'>, file: RandomAccess): Generator<Uint8Array> {
  switch (codec) {
    case 'bzip2':
      return bzip2Blocks(file)
    case 'snappy':
      return snappyBlocks(file)
    case 'lz4':
      return lz4Blocks(file)
  }
}
