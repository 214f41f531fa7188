/**
 * DuckDB stops at the first byte of a text file that is not UTF-8; Hive reads it as U+FFFD. A file that has such bytes
 * is copied with them replaced, and the copy is read instead.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { DataFile } from '../../core/queries/relation.ts'
import { unreadable } from './integrity.ts'
import { compressionOf } from './scans/compression.ts'

/** The file itself when it is sound, else a copy in `directory` of the same compression. */
export async function repairedText(file: DataFile, directory: string): Promise<DataFile> {
  const compression = compressionOf(file)
  if (await isSound(file, compression)) return file
  const localPath = join(directory, randomUUID())
  await pipeline(
    createReadStream(file.localPath),
    opened(compression),
    replaceUnreadable,
    closed(compression),
    createWriteStream(localPath),
  )
  return { ...file, localPath }
}

async function isSound(file: DataFile, compression: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const check = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) decoder.decode(chunk, { stream: true })
    decoder.decode()
  }
  try {
    await pipeline(createReadStream(file.localPath), opened(compression), check)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false
    throw unreadable(file, error)
  }
}

async function* replaceUnreadable(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

function opened(compression: string): Transform {
  if (compression === 'gzip') return createGunzip()
  return compression === 'zstd' ? createZstdDecompress() : new PassThrough()
}

function closed(compression: string): Transform {
  if (compression === 'gzip') return createGzip({ level: 1 })
  return compression === 'zstd' ? createZstdCompress() : new PassThrough()
}
