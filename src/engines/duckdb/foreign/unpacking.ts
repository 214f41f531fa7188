/**
 * A text of gzip as it was. The engine could read it through its compression, but on one thread, slower than zlib
 * does, and would not tell a text that breaks off from one that ends (see ../integrity.ts): so it would be inflated twice.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { DataFile, InflatedText } from '../../../core/queries/relation.ts'
import { unreadable } from '../integrity.ts'
import { compressionOf } from '../scans/compression.ts'
import { BLANK_LINES, TextLook } from '../text-look.ts'

/** Smaller ones are looked through in one go (see ../small-texts.ts), and are read by several threads as they are. */
const LEAST_BYTES = 65_536
/** Of larger ones the text is not worth the disk. */
const MOST_BYTES = 128 * 1_048_576
/** A text that is so many times longer may as well be endless. */
const MOST_INFLATION = 64
/** For smaller pieces each would cost more to hand over than to inflate. */
const PIECE_BYTES = 1_048_576

export const isUnpacked = (file: DataFile): boolean =>
  file.sizeBytes > LEAST_BYTES && file.sizeBytes <= MOST_BYTES && compressionOf(file) === 'gzip'

class TooLarge extends Error {}

/**
 * Undefined, and nothing is written, for a text of more than `mostBytes`, or where the disk does not take it. Throws
 * `EngineError` naming a file that can not be inflated to its end.
 */
export async function unpack(
  file: DataFile,
  output: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<InflatedText | undefined> {
  const limit = Math.min(mostBytes, file.sizeBytes * MOST_INFLATION)
  if ((await toldBytes(file)) > limit) return undefined
  const look = new TextLook(BLANK_LINES)
  const target = createWriteStream(output, { flags: 'wx', highWaterMark: PIECE_BYTES })
  const measured = async function* (pieces: AsyncIterable<Uint8Array>) {
    let bytes = 0
    for await (const piece of pieces) {
      bytes += piece.length
      if (bytes > limit) throw new TooLarge()
      look.read(piece)
      yield piece
    }
  }
  const inflation = createGunzip({ chunkSize: PIECE_BYTES })
  try {
    await pipeline(createReadStream(file.localPath), inflation, measured, target, { signal })
    const { longestLine, byLine: blankLines, isRewritten: mixedEnds } = look
    return { compression: 'uncompressed', sizeBytes: target.bytesWritten, longestLine, blankLines, mixedEnds }
  } catch (error) {
    await rm(output, { force: true })
    signal.throwIfAborted()
    if (error instanceof TooLarge || FULL.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw unreadable(file, error)
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const TRAILER_BYTES = 4

/** What the end of a gzip file says of its text: no more than a hint, which saves beginning in vain. */
async function toldBytes({ localPath, sizeBytes }: DataFile): Promise<number> {
  const file = await open(localPath)
  try {
    const { buffer } = await file.read(Buffer.alloc(TRAILER_BYTES), { position: sizeBytes - TRAILER_BYTES })
    return buffer.readUInt32LE()
  } finally {
    await file.close()
  }
}
