/** Work that comes again and again, until a signal aborts. */
import type { Clock } from './ports.ts'

/** Resolves after `durationMs`, or when the signal aborts before. */
export const pause = (clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(durationMs, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })

/** Works now, and again `everyMs` after it has ended. What fails is reported, unless it is the abort that made it fail. */
export async function recurring(
  { clock, everyMs, signal }: { readonly clock: Clock; readonly everyMs: number; readonly signal: AbortSignal },
  work: () => Promise<unknown>,
  report: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error) => {
      if (!signal.aborted) report(error)
    })
    await pause(clock, everyMs, signal)
  }
}
