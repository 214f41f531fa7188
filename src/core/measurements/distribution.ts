/**
 * Measurements: numbers over time, by what they measure. What was measured within a second or a minute is one distribution:
 * how many there were, their sum and bounds, and the values themselves as long as they are few. Knows no HTTP.
 */

export interface Distribution {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Values and how often each was; beyond a number of them, near ones are told as one. Absent where only sums are known. */
  readonly values?: readonly (readonly [value: number, count: number])[]
}

const MOST_VALUES = 100
/** Two values are near that differ by less than a hundredth; where that leaves too many, by more. */
const NEARNESS = 1.01

export const ofValues = (values: readonly number[], counts: readonly number[] = []): Distribution => {
  const pairs = values.map((value, i) => [value, counts[i] ?? 1] as const).filter(([, count]) => count > 0)
  const count = pairs.reduce((sum, [, times]) => sum + times, 0)
  return {
    count,
    sum: pairs.reduce((sum, [value, times]) => sum + value * times, 0),
    min: Math.min(...pairs.map(([value]) => value)),
    max: Math.max(...pairs.map(([value]) => value)),
    values: merged(pairs),
  }
}

export function together(a: Distribution, b: Distribution): Distribution {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    ...(a.values && b.values && { values: merged([...a.values, ...b.values]) }),
  }
}

type Pair = readonly [value: number, count: number]

function merged(pairs: readonly Pair[]): readonly Pair[] {
  const counts = new Map<number, number>()
  for (const [value, count] of pairs) counts.set(value, (counts.get(value) ?? 0) + count)
  const sorted = [...counts].toSorted(([a], [b]) => a - b)
  if (sorted.length <= MOST_VALUES) return sorted
  let near = NEARNESS
  for (;;) {
    const fewer = nearOnes(sorted, near)
    if (fewer.length <= MOST_VALUES) return fewer
    near **= 2
  }
}

function nearOnes(sorted: readonly Pair[], near: number): Pair[] {
  const found: [number, number][] = []
  for (const [value, count] of sorted) {
    const last = found.at(-1)
    if (last && Math.abs(value - last[0]) <= Math.abs(last[0]) * (near - 1)) last[1] += count
    else found.push([value, count])
  }
  return found
}

/**
 * Of one distribution: `Average`, `p99`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM` ... Undefined where the values would have to
 * be known. Throws RangeError for what is no statistic.
 * docs: AmazonCloudWatch monitoring, Statistics-definitions.
 */
export function statistic(of: Distribution, name: string): number | undefined {
  switch (name) {
    case 'SampleCount':
      return of.count
    case 'Sum':
      return of.sum
    case 'Average':
      return of.sum / of.count
    case 'Minimum':
      return of.min
    case 'Maximum':
      return of.max
  }
  const wanted = trimmedStatistic(name)
  if (!wanted) throw new RangeError(`The value ${name} for parameter Statistic is not supported.`)
  const { values } = of
  if (!values) return of.min === of.max && wanted.kind === 'p' ? of.min : undefined
  if (wanted.kind === 'p') return percentile(values, of.count, wanted.to)
  return trimmed(values, of, wanted)
}

interface Trimmed {
  readonly kind: 'p' | 'tm' | 'wm' | 'tc' | 'ts' | 'pr'
  readonly from: number
  readonly to: number
  readonly percent: boolean
}

/** Undefined for what is no statistic of this kind. */
function trimmedStatistic(name: string): Trimmed | undefined {
  if (/^iqm$/i.test(name)) return { kind: 'tm', from: 25, to: 75, percent: true }
  const short = /^(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)$/i.exec(name)
  if (short) return { kind: short[1]!.toLowerCase() as Trimmed['kind'], from: 0, to: Number(short[2]), percent: true }
  const long = /^(tm|wm|tc|ts|pr)\((-?[\d.]*)(%?):(-?[\d.]*)(%?)\)$/i.exec(name)
  if (!long) return undefined
  const [, kind = '', from = '', fromPercent, to = '', toPercent] = long
  const percent = fromPercent === '%' || toPercent === '%'
  if ((kind.toLowerCase() === 'pr') === percent && percent) return undefined
  return {
    kind: kind.toLowerCase() as Trimmed['kind'],
    from: from === '' ? (percent ? 0 : Number.NEGATIVE_INFINITY) : Number(from),
    to: to === '' ? (percent ? 100 : Number.POSITIVE_INFINITY) : Number(to),
    percent,
  }
}

/** The least value that so many in a hundred do not pass. */
function percentile(values: readonly Pair[], count: number, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * count))
  let passed = 0
  for (const [value, times] of values) {
    passed += times
    if (passed >= rank) return value
  }
  return values.at(-1)![0]
}

function trimmed(values: readonly Pair[], of: Distribution, { kind, from, to, percent }: Trimmed): number | undefined {
  const low = percent ? (from === 0 ? of.min : percentile(values, of.count, from)) : from
  const high = percent ? percentile(values, of.count, to) : to
  const inside = values.filter(([value]) => (percent && from > 0 ? value > low : value >= low) && value <= high)
  const count = inside.reduce((sum, [, times]) => sum + times, 0)
  const sum = inside.reduce((total, [value, times]) => total + value * times, 0)
  switch (kind) {
    case 'tc':
      return count
    case 'ts':
      return sum
    case 'pr':
      return (100 * count) / of.count
    case 'tm':
      return count === 0 ? undefined : sum / count
    default: {
      const clamped = values.reduce((total, [value, times]) => total + Math.min(Math.max(value, low), high) * times, 0)
      return clamped / of.count
    }
  }
}
