/** A line for work of which only so much is done at a time: who comes waits until one of the places is free, in order. */
export class WaitingLine {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(places: number) {
    this.#free = places
  }

  get free(): number {
    return this.#free
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Rejects without having begun when `signal` aborts first. */
  async inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#turn(signal)
    try {
      return await work()
    } finally {
      // The place goes to who has waited longest, and is free only where nobody waits.
      const [next] = this.#waiting
      if (next) next()
      else this.#free++
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#waiting.delete(begin)
        signal.removeEventListener('abort', leave)
        act()
      }
      const begin = () => settle(resolve)
      const leave = () => settle(() => reject(signal.reason))
      if (signal.aborted) return reject(signal.reason)
      this.#waiting.add(begin)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}
