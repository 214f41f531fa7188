import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'

const NEWLINE = 10

/** Lines of a text file that ends with a newline, decompressed by its ending. */
export async function countLines(path: string, extension: string): Promise<number> {
  let lines = 0
  const count = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks)
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++
  }
  const file = createReadStream(path)
  if (extension.endsWith('.gz')) await pipeline(file, createGunzip(), count)
  else if (extension.endsWith('.zst')) await pipeline(file, createZstdDecompress(), count)
  else await pipeline(file, count)
  return lines
}
