/**
 * Copies of text files that the engine reads as Hive reads the files. DuckDB stops at the first byte that is not UTF-8;
 * Hive reads it as U+FFFD. DuckDB loses lines where some end in a carriage return alone and others do not, and its reader of
 * JSON takes no such line, nor one after the mark of an encoding; in a copy all lines end in a line feed, and there is no mark.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'
import type { DataFile } from '../../../core/queries/relation.ts'
import { compressionOf } from '../scans/compression.ts'
import { unreadable } from './integrity.ts'
import { openedText } from './opened-text.ts'

/** The file itself when it is sound, else a copy in `directory` of the same compression. */
export async function repairedText(file: DataFile, directory: string): Promise<DataFile> {
  return (await isSound(file)) ? file : rewrittenText(file, directory)
}

/** The copy. */
export async function rewrittenText(file: DataFile, directory: string): Promise<DataFile> {
  const localPath = join(directory, randomUUID())
  await pipeline(
    createReadStream(file.localPath),
    openedText(file),
    rewritten,
    closed(file),
    createWriteStream(localPath),
  )
  return { ...file, localPath }
}

async function isSound(file: DataFile): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const check = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) decoder.decode(chunk, { stream: true })
    decoder.decode()
  }
  try {
    await pipeline(createReadStream(file.localPath), openedText(file), check)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false
    throw unreadable(file, error)
  }
}

async function* rewritten(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let held = ''
  let last = '\n'
  for await (const chunk of chunks) {
    const text = held + decoder.decode(chunk, { stream: true })
    // A line feed may follow.
    held = text.endsWith('\r') ? '\r' : ''
    last = text.at(-1) ?? last
    yield withLineFeeds(held ? text.slice(0, -1) : text)
  }
  const rest = held + decoder.decode()
  last = rest.at(-1) ?? last
  yield withLineFeeds(rest)
  if (last !== '\n' && last !== '\r') yield '\n'
}

const withLineFeeds = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text)

function closed(file: DataFile): Transform {
  const compression = compressionOf(file)
  if (compression === 'gzip') return createGzip({ level: 1 })
  return compression === 'zstd' ? createZstdCompress() : new PassThrough()
}
