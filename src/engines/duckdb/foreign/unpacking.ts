/**
 * Which texts of gzip and Zstandard are laid down as they were. The engine could read one through its compression, but on one
 * thread, and would not tell a text that breaks off from one that ends (see ../texts/integrity.ts): so it would be inflated twice.
 */
import { open } from 'node:fs/promises'
import type { DataFile } from '../../../core/queries/relation.ts'
import { type Compression, compressionOf } from '../scans/compression.ts'

/** Smaller ones are looked through in one go (see ../texts/small-texts.ts), and are read by several threads as they are. */
const LEAST_BYTES = 65_536
/** Of larger ones the text is not worth the disk. */
const MOST_BYTES = 128 * 1_048_576
/** A text that is so many times longer may as well be endless. */
const MOST_INFLATION = 64

export type UnpackedCodec = Exclude<Compression, 'uncompressed'>

/** Undefined for a text that the engine reads as it lies. */
export function unpackedCodec(file: DataFile): UnpackedCodec | undefined {
  if (file.sizeBytes <= LEAST_BYTES || file.sizeBytes > MOST_BYTES) return undefined
  const compression = compressionOf(file)
  return compression === 'uncompressed' ? undefined : compression
}

/** What its text may take of `room`, in bytes; undefined where it says that it takes more. */
export async function mostTextBytes(file: DataFile, room: number): Promise<number | undefined> {
  const most = Math.min(room, file.sizeBytes * MOST_INFLATION)
  return compressionOf(file) === 'gzip' && (await toldBytes(file)) > most ? undefined : most
}

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
