/**
 * Text of zlib streams (`.deflate`), of which several may lie one after the other, as Hadoop's codec reads them.
 * https://datatracker.ietf.org/doc/html/rfc1950
 */
import { createInflate, type Inflate } from 'node:zlib'
import { inflatedStreams, type Pieces } from './successive-streams.ts'

/** Throws what zlib fails with: for a stream that breaks off, and for what follows one and is none. */
export const zlibText = (compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  inflatedStreams(compressed, createInflate, feed)

async function feed(pieces: Pieces, inflation: Inflate): Promise<void> {
  for (let fedBytes = 0; pieces.left; await pieces.pass()) {
    const { left } = pieces
    await written(inflation, left)
    fedBytes += left.length
    // What is left over belongs to the next stream: this one has ended.
    const over = fedBytes - inflation.bytesWritten
    if (over > 0) {
      pieces.left = left.subarray(left.length - over)
      return
    }
  }
  inflation.end()
}

const written = (inflation: Inflate, piece: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    inflation.write(piece, (error) => (error ? reject(error) : resolve()))
  })
