import { setImmediate } from 'node:timers/promises'

/** What is done in one go: files listed, partitions read or written. */
export const STEPS_A_TURN = 1000

/** Some steps take long: files may say anything. */
export const MOST_TURN_MS = 50

/** Long work in the server, where everyone else waits for it, rests after so many steps, or so long. */
export class Turns {
  readonly #signal: AbortSignal
  #steps = 0
  #since = performance.now()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Whether it is time to rest. */
  step(): boolean {
    this.#steps++
    return this.#steps % STEPS_A_TURN === 0 || performance.now() - this.#since > MOST_TURN_MS
  }

  /** Rejects when the work is no longer wanted. */
  async rest(): Promise<void> {
    await setImmediate()
    this.#since = performance.now()
    this.#signal.throwIfAborted()
  }
}

/** What takes longer is noticed by whoever waits meanwhile. */
const LONG_MS = 20

/** After work in one go that has taken long since `startedMs` of `performance.now()`: others have their turn before more of it. */
export async function restAfter(startedMs: number, signal: AbortSignal): Promise<void> {
  if (performance.now() - startedMs < LONG_MS) return
  await setImmediate()
  signal.throwIfAborted()
}
