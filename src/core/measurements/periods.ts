/** What was measured, in periods of equal length. */
import { type Distribution, statistic, together } from './distribution.ts'
import type { Measured } from './measurements.ts'

/** Values by the millisecond at which their periods begin, in order. */
export type TimeSeries = ReadonlyMap<number, number>

export function inPeriods(measured: readonly Measured[], fromMs: number, periodMs: number): Map<number, Distribution> {
  const found = new Map<number, Distribution>()
  // Periods of less than a day are counted from the epoch, as clients align what they ask.
  const originMs = fromMs - (fromMs % Math.min(periodMs, 60_000))
  const alignedMs = periodMs % 60_000 === 0 && 86_400_000 % periodMs === 0 ? 0 : originMs
  for (const { atMs, distribution } of measured) {
    const at = atMs - ((atMs - alignedMs) % periodMs)
    const before = found.get(at)
    found.set(at, before ? together(before, distribution) : distribution)
  }
  return found
}

export function seriesOf(
  measured: readonly Measured[],
  { fromMs, periodMs, name }: { readonly fromMs: number; readonly periodMs: number; readonly name: string },
): TimeSeries {
  const series = new Map<number, number>()
  for (const [at, distribution] of inPeriods(measured, fromMs, periodMs)) {
    const value = statistic(distribution, name)
    if (value !== undefined) series.set(at, value)
  }
  return series
}
