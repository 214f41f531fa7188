/** Text of compressed streams that lie one after the other, each of which is inflated by itself: Node ends with the first. */
import type { Transform } from 'node:stream'

/** What is left of the compressed bytes. */
export class Pieces {
  readonly #source: AsyncIterator<Uint8Array>
  /** The piece that is being read, from where it is; undefined at the end of all. */
  left: Uint8Array | undefined

  constructor(source: AsyncIterator<Uint8Array>) {
    this.#source = source
  }

  /** Goes on to the next. */
  async pass(): Promise<void> {
    const { done, value } = await this.#source.next()
    this.left = done ? undefined : value
  }
}

/** `feed` gives an inflation the bytes of one stream and ends it. Throws what it and the inflation throw. */
export async function* inflatedStreams<Inflation extends Transform>(
  compressed: AsyncIterable<Uint8Array>,
  open: () => Inflation,
  feed: (pieces: Pieces, inflation: Inflation) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const source = compressed[Symbol.asyncIterator]()
  const pieces = new Pieces(source)
  try {
    await pieces.pass()
    while (pieces.left) {
      const inflation = open()
      const fed = feed(pieces, inflation)
      fed.catch(() => {})
      yield* inflation
      await fed
      if (pieces.left?.length === 0) await pieces.pass()
    }
  } finally {
    await source.return?.()
  }
}
