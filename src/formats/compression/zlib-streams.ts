/**
 * Text of zlib streams (`.deflate`), of which several may lie one after the other, as Hadoop's codec reads them: Node inflates
 * the first alone, in silence. https://datatracker.ietf.org/doc/html/rfc1950
 */
import { createInflate, type Inflate } from 'node:zlib'

/** Throws what zlib fails with: for a stream that breaks off, and for what follows one and is none. */
export async function* zlibText(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = compressed[Symbol.asyncIterator]()
  let left = await next(source)
  const feed = async (inflation: Inflate) => {
    for (let fedBytes = 0; left; left = await next(source)) {
      await written(inflation, left)
      fedBytes += left.length
      // What is left over belongs to the next stream: this one has ended.
      const over = fedBytes - inflation.bytesWritten
      if (over > 0) {
        left = left.subarray(left.length - over)
        return
      }
    }
    inflation.end()
  }
  try {
    while (left) {
      const inflation = createInflate()
      const fed = feed(inflation)
      fed.catch(() => {})
      yield* inflation
      await fed
    }
  } finally {
    await source.return?.()
  }
}

const written = (inflation: Inflate, piece: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    inflation.write(piece, (error) => (error ? reject(error) : resolve()))
  })

async function next(source: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const { done, value } = await source.next()
  return done ? undefined : value
}
