import type { Clock } from './ports.ts'
import { pause } from './recurrence.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Works now and at every midnight UTC until `signal` aborts. What fails is reported: it is due tomorrow as well. */
export async function daily(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  report: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch(report)
    const sinceMidnight = clock.now().getTime() % DAY_MS
    await pause(clock, DAY_MS - sinceMidnight, signal)
  }
}
