/** Numbers about the program, in memory, written in Prometheus' text format. Knows no HTTP; never decides anything. */

export interface Counter {
  add(labels: readonly string[], amount?: number): void
}

export interface Histogram {
  observe(labels: readonly string[], value: number): void
}

export interface Metrics {
  counter(name: string, help: string, labelNames: readonly string[]): Counter
  /** `bounds` are upper bounds, ascending; the infinite one is added. */
  histogram(name: string, help: string, labelNames: readonly string[], bounds: readonly number[]): Histogram
  /** Read when asked for. */
  gauge(name: string, help: string, read: () => number): void
  /** https://prometheus.io/docs/instrumenting/exposition_formats/ */
  render(): string
}

interface Series<T> {
  readonly labels: string
  readonly value: T
}

type SeriesMap<T> = Map<string, Series<T>>

/** Label values come from clients in part (operation names): a family never grows beyond this. */
const maxSeries = 10_000

export function createMetrics(): Metrics {
  const families: (() => string)[] = []
  return {
    counter(name, help, labelNames) {
      const series: SeriesMap<{ total: number }> = new Map()
      families.push(() => render(name, help, 'counter', series, (labels, { total }) => `${name}${labels} ${total}\n`))
      return {
        add(labels, amount = 1) {
          const found = seriesOf(series, labelNames, labels, () => ({ total: 0 }))
          if (found) found.total += amount
        },
      }
    },
    histogram(name, help, labelNames, bounds) {
      const series: SeriesMap<Buckets> = new Map()
      families.push(() =>
        render(name, help, 'histogram', series, (labels, buckets) => renderBuckets(name, labels, bounds, buckets)),
      )
      return {
        observe(labels, value) {
          const found = seriesOf(series, labelNames, labels, () => ({ counts: bounds.map(() => 0), count: 0, sum: 0 }))
          if (!found) return
          found.count++
          found.sum += value
          const index = bounds.findIndex((bound) => value <= bound)
          if (index >= 0) found.counts[index]!++
        },
      }
    },
    gauge(name, help, read) {
      families.push(() => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${read()}\n`)
    },
    render: () => families.map((family) => family()).join(''),
  }
}

function seriesOf<T>(
  series: SeriesMap<T>,
  names: readonly string[],
  values: readonly string[],
  create: () => T,
): T | undefined {
  const key = values.join('\u0000')
  const known = series.get(key)
  if (known) return known.value
  if (series.size >= maxSeries) return undefined
  const pairs = names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`)
  const value = create()
  series.set(key, { labels: pairs.length === 0 ? '' : `{${pairs.join(',')}}`, value })
  return value
}

const escapeLabel = (value: string) => value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')

function render<T>(
  name: string,
  help: string,
  type: string,
  series: SeriesMap<T>,
  line: (labels: string, value: T) => string,
): string {
  const lines = Array.from(series.values(), ({ labels, value }) => line(labels, value))
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

interface Buckets {
  /** How many fell into each bucket alone. */
  readonly counts: number[]
  count: number
  sum: number
}

function renderBuckets(name: string, labels: string, bounds: readonly number[], buckets: Buckets): string {
  const withBound = (bound: string) => `${labels === '' ? '{' : `${labels.slice(0, -1)},`}le="${bound}"}`
  let below = 0
  const lines = bounds.map((bound, index) => {
    below += buckets.counts[index]!
    return `${name}_bucket${withBound(String(bound))} ${below}\n`
  })
  const { count, sum } = buckets
  return `${lines.join('')}${name}_bucket${withBound('+Inf')} ${count}\n${name}_sum${labels} ${sum}\n${name}_count${labels} ${count}\n`
}
