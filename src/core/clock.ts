import { setTimeout } from 'node:timers/promises'
import type { Clock } from './ports.ts'

/** The wall clock. Tests bring one they can turn. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (durationMs, signal) => setTimeout(durationMs, undefined, { signal }),
}
