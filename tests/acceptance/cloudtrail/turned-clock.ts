/** A clock that tests turn: deliveries, which sleep for minutes, are woken when they say so. */
import { systemClock } from '../../../src/core/clock.ts'
import type { Clock } from '../../../src/core/ports.ts'

export interface TurnedClock extends Clock {
  /** Lets time pass, and wakes those who slept for `sleptMs`. */
  turn(passedMs: number, sleptMs: number): void
}

/** Only those who sleep for a minute or more are held. */
export function turnedClock(begin = new Date()): TurnedClock {
  let passed = begin.getTime() - Date.now()
  const sleepers = new Set<{ readonly ms: number; readonly wake: () => void }>()
  return {
    now: () => new Date(Date.now() + passed),
    sleep: (ms, signal) => {
      if (ms < 60_000) return systemClock.sleep(ms, signal)
      return new Promise((resolve, reject) => {
        const sleeper = { ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    },
    turn(passedMs, sleptMs) {
      passed += passedMs
      for (const sleeper of [...sleepers]) {
        if (sleeper.ms !== sleptMs) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
  }
}
