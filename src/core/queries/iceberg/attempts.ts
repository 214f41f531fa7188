/** How often a commit is made again when somebody else was faster, and how long it rests before. */
import type { Clock } from '../../ports.ts'

export const MOST_ATTEMPTS = 20
const FIRST_WAIT_MS = 5
const MOST_WAIT_MS = 500

/** By chance, so that those who met do not meet again. */
export const restAfter = (attempt: number, clock: Clock, signal?: AbortSignal): Promise<void> =>
  clock.sleep(Math.random() * Math.min(FIRST_WAIT_MS * 2 ** attempt, MOST_WAIT_MS), signal)
