/**
 * Looks that are begun and not waited for, so that the engine reads text meanwhile. Nearly all of it is as it seems; what
 * was read of text that is not has to be thrown away, and read again as the looks have found.
 */
import type { Relation } from '../../../core/queries/relation.ts'
import { type NumberMember, numberName } from '../../../formats/hive/plain-numbers.ts'
import { AS_IT_IS, type TextLooks, type TextReading } from './text-looks.ts'

export class HopefulLooks {
  readonly #looks: TextLooks
  readonly #begun = new Map<Relation, { readonly look: Promise<TextReading>; readonly hoped: TextReading }>()

  constructor(looks: TextLooks) {
    this.#looks = looks
  }

  /** `numbers`: members that seem to be plain numbers. */
  async of(relation: Relation, stopsEarly: boolean, numbers: readonly NumberMember[] = []): Promise<TextReading> {
    const begun = this.#begun.get(relation)
    if (begun) return begun.hoped
    if (this.#looks.knows(relation)) return this.#looks.of(relation, stopsEarly, numbers)
    const look = this.#looks.of(relation, stopsEarly, numbers)
    // Whoever waits hears of it.
    look.catch(() => undefined)
    const hoped = { ...AS_IT_IS, plainNumbers: new Set(numbers.map(numberName)) }
    this.#begun.set(relation, { look, hoped })
    return hoped
  }

  /** Whether some text is not as it seemed, once all looks are over. Throws what they throw, and when `signal` is aborted. */
  async wereWrong(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      const begun = [...this.#begun.values()]
      const readings = await Promise.race([Promise.all(begun.map(({ look }) => look)), aborted.promise])
      return readings.some(
        ({ byLine, rewritten, plainNumbers, oddNumbers }, i) =>
          byLine || rewritten.size > 0 || oddNumbers || !begun[i]!.hoped.plainNumbers.isSubsetOf(plainNumbers),
      )
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }
}
