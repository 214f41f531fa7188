/**
 * What has been found out about files, for the life of a worker: files never change, so what held once holds for good. A
 * file goes by its local path, or by that and what was asked of it.
 */
const MOST_KNOWN = 100_000

export class KnownFiles<Fact> {
  readonly #facts = new Map<string, Fact>()
  readonly #most: number

  /** `most`: with more facts than that all are forgotten. To tell which are still wanted takes more than to look again. */
  constructor(most = MOST_KNOWN) {
    this.#most = most
  }

  get size(): number {
    return this.#facts.size
  }

  get(name: string): Fact | undefined {
    return this.#facts.get(name)
  }

  has(name: string): boolean {
    return this.#facts.has(name)
  }

  set(name: string, fact: Fact): void {
    if (this.#facts.size >= this.#most && !this.#facts.has(name)) this.#facts.clear()
    this.#facts.set(name, fact)
  }
}
