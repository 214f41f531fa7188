import { setImmediate } from 'node:timers/promises'

/** What is done in one go: files listed, partitions read or written. */
export const STEPS_A_TURN = 1000

/** Long work in the server, where everyone else waits for it, rests after so many steps. */
export class Turns {
  readonly #signal: AbortSignal
  #steps = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Whether it is time to rest. */
  step(): boolean {
    this.#steps++
    return this.#steps % STEPS_A_TURN === 0
  }

  /** Rejects when the work is no longer wanted. */
  async rest(): Promise<void> {
    await setImmediate()
    this.#signal.throwIfAborted()
  }
}
