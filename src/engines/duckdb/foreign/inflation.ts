/** A compressed text laid down for the engine, a piece at a time, and looked through meanwhile. */
import { closeSync, constants, createReadStream, ftruncateSync, openSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdCompress, constants as zlib } from 'node:zlib'
import type { InflatedText } from '../../../core/queries/relation.ts'
import { bzip2Blocks } from '../../../formats/compression/bzip2.ts'
import { lz4Blocks, snappyBlocks } from '../../../formats/compression/framings.ts'
import { zlibText } from '../../../formats/compression/zlib-streams.ts'
import { zstdText } from '../../../formats/compression/zstd-frames.ts'
import { CorruptData } from '../../../formats/corrupt-data.ts'
import type { NumberMember } from '../../../formats/hive/plain-numbers.ts'
import type { ForeignCodec } from '../scans/compression.ts'
import { LINE_FEED } from '../texts/longest-line.ts'
import { keyOf, TextLook, type TextQuestion } from '../texts/text-look.ts'
import { LocalFile } from './local-file.ts'
import type { UnpackedCodec } from './unpacking.ts'

export interface InflationTask {
  readonly localPath: string
  /** What the engine does not know becomes Zstandard, the others plain text. */
  readonly codec: ForeignCodec | UnpackedCodec
  /** Made where it is not there, and written over where it is. */
  readonly output: string
  /** What the text may take. */
  readonly mostBytes: number
  readonly question: TextQuestion
  readonly numbers: readonly NumberMember[]
}

/** Of a text that takes more room than it may, or than there is. */
export class TooLarge extends Error {}

/** Quick, since it is only to be read again. */
const LEVEL = { params: { [zlib.ZSTD_c_compressionLevel]: 1 } }
const PIECE_BYTES = 1_048_576
/** For smaller pieces each would cost more to hand over than to inflate. */
const PIECES = { chunkSize: PIECE_BYTES }
/** Whoever inflates does not wait for what it is to inflate. */
const SOURCE = { highWaterMark: PIECE_BYTES }
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Throws `CorruptData`, and `TooLarge`. */
export async function inflate(task: InflationTask): Promise<InflatedText> {
  const { localPath, codec, output, mostBytes, question, numbers } = task
  const look = new TextLook(question, numbers)
  const measured = async function* (pieces: AsyncIterable<Uint8Array>) {
    let textBytes = 0
    let last = LINE_FEED
    for await (const piece of pieces) {
      // A stream counts bytes: of those that have none it would take any number at once.
      if (piece.length === 0) continue
      textBytes += piece.length
      if (textBytes > mostBytes) throw new TooLarge()
      look.read(piece)
      last = piece.at(-1)!
      yield piece
    }
    // So that the engine loses no last object (see ../texts/text-look.ts).
    if (question.json && last !== LINE_FEED) {
      const end = Uint8Array.of(LINE_FEED)
      look.read(end)
      yield end
    }
    look.end()
  }
  const isPlain = codec === 'gzip' || codec === 'zstd'
  let sizeBytes = 0
  // By this thread, while a piece is in its processor's cache and the next is inflated: one more would take the others' turns.
  const laid = async (pieces: AsyncIterable<Uint8Array>) => {
    const target = openSync(output, constants.O_WRONLY | constants.O_CREAT)
    try {
      for await (const piece of pieces) {
        writeFileSync(target, piece)
        sizeBytes += piece.length
      }
      ftruncateSync(target, sizeBytes)
    } finally {
      closeSync(target)
    }
  }
  const file = new LocalFile(localPath)
  try {
    if (codec === 'gzip') await pipeline(createReadStream(localPath, SOURCE), createGunzip(PIECES), measured, laid)
    else if (codec === 'zstd') await pipeline(createReadStream(localPath, SOURCE), zstdPieces, measured, laid)
    else if (codec === 'deflate')
      await pipeline(createReadStream(localPath, SOURCE), zlibText, measured, createZstdCompress(LEVEL), laid)
    else await pipeline(Readable.from(blocks(codec, file)), measured, createZstdCompress(LEVEL), laid)
  } catch (error) {
    // Those of zlib have codes that say so: Z_DATA_ERROR, Z_BUF_ERROR, ZSTD_error_corruption_detected.
    const { code = '', message } = error as NodeJS.ErrnoException
    if (isPlain && FULL.has(code)) throw new TooLarge()
    throw /^Z(STD)?_/.test(code) ? new CorruptData(message) : error
  } finally {
    file.close()
  }
  const { longestLine, byLine, isRewritten, plainNumbers, oddNumbers } = look
  const compression = isPlain ? 'uncompressed' : 'zstd'
  const found = { longestLine, byLine, isRewritten, plainNumbers, oddNumbers }
  return { compression, sizeBytes, question: keyOf(question), ...found }
}

const zstdPieces = (compressed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  zstdText(compressed, PIECE_BYTES)

function blocks(codec: Exclude<ForeignCodec, 'deflate'>, file: LocalFile): Generator<Uint8Array> {
  switch (codec) {
    case 'bzip2':
      return bzip2Blocks(file)
    case 'snappy':
      return snappyBlocks(file)
    case 'lz4':
      return lz4Blocks(file)
  }
}
