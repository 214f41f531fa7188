/** Batches of rows on their way from a connection, which calls when a row has come, to whoever reads them one by one. */
import type { SourceRows } from '../../core/federation/connector.ts'
import type { Builder } from '../../formats/vector-builders.ts'
import { RowBatch } from './row-batch.ts'

/** The connection that rows come from: it rests while a batch waits to be taken. */
export interface RowSource {
  pause(): void
  resume(): void
}

export class RowQueue {
  readonly #batch: RowBatch
  readonly #full: SourceRows[] = []
  #receivedBytes = 0
  #over = false
  #failure: unknown
  #changed = Promise.withResolvers<void>()

  constructor(builders: readonly Builder[]) {
    this.#batch = new RowBatch(builders)
  }

  /** All rows have come, or it has failed before. */
  get over(): boolean {
    return this.#over
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** A row has been added to each builder. True when the source should rest. */
  added(receivedBytes: number): boolean {
    this.#receivedBytes += receivedBytes
    if (!this.#batch.added()) return false
    this.#take()
    return true
  }

  fail(error: unknown): void {
    this.#failure ??= error
    this.#wake()
  }

  end(): void {
    if (!this.failed && this.#batch.rows > 0) this.#take()
    this.#over = true
    this.#wake()
  }

  /** Rejects as it has failed, and with the signal's reason. */
  async *batches(source: RowSource, signal: AbortSignal): AsyncGenerator<SourceRows> {
    const wake = () => this.#wake()
    signal.addEventListener('abort', wake, { once: true })
    try {
      for (;;) {
        signal.throwIfAborted()
        const batch = this.#full.shift()
        if (batch) yield batch
        else if (this.failed) throw this.#failure
        else if (this.#over) return
        else {
          // What the source still holds comes, and may end, within the call that lets it go on.
          const { promise: changed } = this.#changed
          source.resume()
          await changed
        }
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }

  #take(): void {
    this.#full.push(this.#batch.take(this.#receivedBytes))
    this.#receivedBytes = 0
    this.#wake()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
