/**
 * Looks that are begun and not waited for, so that the engine reads text meanwhile. Nearly all of it is as it seems; what
 * was read of text that is not has to be thrown away, and read again as the looks have found.
 */
import type { Relation } from '../../../core/queries/relation.ts'
import { AS_IT_IS, type TextLooks, type TextReading } from './text-looks.ts'

export class HopefulLooks {
  readonly #looks: TextLooks
  readonly #begun = new Map<Relation, Promise<TextReading>>()

  constructor(looks: TextLooks) {
    this.#looks = looks
  }

  async of(relation: Relation, stopsEarly: boolean): Promise<TextReading> {
    if (!this.#begun.has(relation)) {
      if (this.#looks.knows(relation)) return this.#looks.of(relation, stopsEarly)
      const look = this.#looks.of(relation, stopsEarly)
      // Whoever waits hears of it.
      look.catch(() => undefined)
      this.#begun.set(relation, look)
    }
    return AS_IT_IS
  }

  /** Whether some text is not as it seemed, once all looks are over. Throws what they throw, and when `signal` is aborted. */
  async wereWrong(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      const readings = await Promise.race([Promise.all(this.#begun.values()), aborted.promise])
      return readings.some(({ byLine, rewritten }) => byLine || rewritten.size > 0)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }
}
