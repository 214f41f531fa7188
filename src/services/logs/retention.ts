import { daily } from '../../core/daily.ts'
import type { Lake } from '../../core/lake.ts'
import { logRooms } from '../../core/logs/log-groups.ts'

/** Each midnight what is older than its group keeps it is forgotten; who reads is shown none of it before. */
export function keepRetention({ state, clock }: Lake, signal: AbortSignal, report: (error: unknown) => void): void {
  daily(clock, signal, () => logRooms(state, clock).forget(), report).catch(report)
}
