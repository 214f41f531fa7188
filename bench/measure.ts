/** Numbers from samples, and the claims they are held against. */

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** Nearest rank between the two neighbours. Throws for no samples. */
export function quantile(samples: readonly number[], fraction: number): number {
  if (samples.length === 0) throw new Error('There is nothing to take a quantile of')
  const sorted = samples.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * fraction
  const low = sorted[Math.floor(place)]!
  return low + (sorted[Math.ceil(place)]! - low) * (place % 1)
}

export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const from = performance.now()
  const result = await work()
  return { result, ms: performance.now() - from }
}

/** A line of the result. */
export interface Finding {
  readonly section: string
  readonly what: string
  /** What the claim is about, as it is told: `0.28 s`, `31x`. */
  readonly measured: string
  /** Absent where nothing was promised. */
  readonly target?: string
  readonly met?: boolean
  readonly note?: string
}

type Told = Pick<Finding, 'section' | 'what' | 'note'>

export const atMost = (told: Told, value: number, limit: number, show: (value: number) => string): Finding => ({
  ...told,
  measured: show(value),
  target: `at most ${show(limit)}`,
  met: value <= limit,
})

export const atLeast = (told: Told, value: number, limit: number, show: (value: number) => string): Finding => ({
  ...told,
  measured: show(value),
  target: `at least ${show(limit)}`,
  met: value >= limit,
})

export const milliseconds = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`)
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
export const times = (ratio: number): string => `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)}x`
export const mebibytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`
export const perSecond = (rate: number): string => `${Math.round(rate)}/s`
