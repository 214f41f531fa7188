/**
 * What analysis has to ask others about: the log of a table, the columns of a source. Names are resolved without waiting,
 * so where an answer is not there yet analysis stops, and begins anew once it has been given.
 */

/** Thrown where something is met that has not been asked yet. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  readonly #ask: () => Promise<void>

  constructor(key: string, ask: () => Promise<void>) {
    super(`${key} has not been asked`)
    this.#ask = ask
  }

  /** Rejects as asking does. */
  ask(): Promise<void> {
    return this.#ask()
  }
}

/** Of one statement: whatever it asks twice, it is told once. */
export class Answers {
  readonly #given = new Map<string, unknown>()

  get<T>(key: string, ask: () => Promise<T>): T {
    if (this.#given.has(key)) return this.#given.get(key) as T
    throw new Unanswered(key, async () => {
      this.#given.set(key, await ask())
    })
  }
}
