/** An answer that is asked for once, by whoever wants it first, and kept for all. */
import { SourceError } from '../../core/federation/connector.ts'

export class Remembered<T> {
  #answer: Promise<T> | undefined

  /** What failed is asked again by the next, and at once where it failed with the query of another that was cancelled. */
  async get(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      this.#answer ??= this.#asked(ask(signal))
      const answer = this.#answer
      try {
        return await abortable(answer, signal)
      } catch (error) {
        if (signal.aborted || error instanceof SourceError) throw error
      }
    }
  }

  /** Forgotten when it fails, before those who wait hear of it. */
  #asked(answer: Promise<T>): Promise<T> {
    const kept = answer.catch((error: unknown) => {
      if (this.#answer === kept) this.#answer = undefined
      throw error
    })
    return kept
  }
}

/** Rejects with the signal's reason when it is aborted first. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
