import type { Split } from '../../core/federation/connector.ts'

/** Splits as a source tells them, for several readers to take from. */
export class SplitQueue {
  readonly #splits: Split[] = []
  #waiting: PromiseWithResolvers<void> = Promise.withResolvers()
  #over = false
  #failure: unknown

  /** `ask` resolves when all have been told. */
  constructor(ask: (onSplit: (split: Split) => void) => Promise<unknown>) {
    ask((split) => {
      this.#splits.push(split)
      this.#wake()
    }).then(
      () => {
        this.#over = true
        this.#wake()
      },
      (error) => {
        this.#failure = error
        this.#over = true
        this.#wake()
      },
    )
  }

  /** The next that nobody has taken; undefined when there are no more. Rejects as asking has. */
  async next(): Promise<Split | undefined> {
    for (;;) {
      const split = this.#splits.shift()
      if (split) return split
      if (this.#failure !== undefined) throw this.#failure
      if (this.#over) return undefined
      await this.#waiting.promise
    }
  }

  #wake(): void {
    this.#waiting.resolve()
    this.#waiting = Promise.withResolvers()
  }
}
