/** Bytes of many files into one: while a buffer is written the next one is filled. */
import { type FileHandle, open } from 'node:fs/promises'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { Piece } from '../../../formats/parquet/joined-file.ts'

export interface PieceSource {
  readonly uri: string
  readonly localPath: string
}

const BUFFER_BYTES = 4 * 1_048_576

/** Tells how many bytes it has written. Throws ICEBERG_CANNOT_OPEN_SPLIT for a file that ends too early. */
export async function writePieces(
  path: string,
  pieces: readonly Piece[],
  sources: readonly PieceSource[],
  signal: AbortSignal,
): Promise<number> {
  const target = await open(path, 'wx')
  const reading = new OpenSource(sources)
  const output = new BufferedOutput(target)
  try {
    for (const piece of pieces) {
      signal.throwIfAborted()
      if (piece instanceof Uint8Array)
        await output.fill(piece.length, (to, done) => void to.set(piece.subarray(done, done + to.length)))
      else
        await output.fill(piece.span.end - piece.span.start, (to, done) =>
          reading.read(piece.source, piece.span.start + done, to),
        )
    }
    return await output.end()
  } finally {
    await output.settled()
    await reading.close()
    await target.close()
  }
}

/** Pieces of a file mostly come together. */
class OpenSource {
  readonly #sources: readonly PieceSource[]
  #open: { readonly source: number; readonly handle: FileHandle } | undefined

  constructor(sources: readonly PieceSource[]) {
    this.#sources = sources
  }

  async read(source: number, from: number, to: Uint8Array): Promise<void> {
    if (this.#open?.source !== source) {
      await this.close()
      this.#open = { source, handle: await open(this.#sources[source]!.localPath) }
    }
    for (let done = 0; done < to.length; ) {
      const { bytesRead } = await this.#open.handle.read(to, done, to.length - done, from + done)
      if (bytesRead === 0)
        throw new EngineError(
          'ICEBERG_CANNOT_OPEN_SPLIT',
          `Error reading Iceberg split ${this.#sources[source]!.uri}: the file ends too early`,
        )
      done += bytesRead
    }
  }

  async close(): Promise<void> {
    await this.#open?.handle.close()
    this.#open = undefined
  }
}

class BufferedOutput {
  readonly #target: FileHandle
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #spare = Buffer.allocUnsafe(BUFFER_BYTES)
  #filled = 0
  #written = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(target: FileHandle) {
    this.#target = target
  }

  /** `from` is given where to put the next bytes, and how many of them it has already put. */
  async fill(length: number, from: (to: Uint8Array, done: number) => Promise<void> | void): Promise<void> {
    for (let done = 0; done < length; ) {
      const some = Math.min(length - done, BUFFER_BYTES - this.#filled)
      await from(this.#buffer.subarray(this.#filled, this.#filled + some), done)
      this.#filled += some
      done += some
      if (this.#filled === BUFFER_BYTES) await this.#flush()
    }
  }

  async end(): Promise<number> {
    await this.#flush()
    await this.#writing
    return this.#written
  }

  /** Nothing is being written any more, whether it was or not. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => {})
  }

  async #flush(): Promise<void> {
    await this.#writing
    const bytes = this.#buffer.subarray(0, this.#filled)
    const at = this.#written
    this.#written += bytes.length
    this.#writing = writeAll(this.#target, bytes, at)
    // It is heard of at the next turn.
    this.#writing.catch(() => {})
    ;[this.#buffer, this.#spare] = [this.#spare, this.#buffer]
    this.#filled = 0
  }
}

async function writeAll(target: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await target.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}
