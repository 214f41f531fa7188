/**
 * Labels of time series, in which values may be put for what they are and hold.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
 */
import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { TimeSeries } from '../../core/measurements/periods.ts'
import type { AskedMetric } from '../../core/measurements/queries.ts'
import { AwsError } from '../../protocol/service.ts'

interface Labelling {
  readonly metricOf: (series: TimeSeries) => AskedMetric | undefined
  readonly scope: Scope
  readonly now: Date
}

const VALUE = /\$\{([A-Z_]+|PROP\(\s*'([^']*)'\s*\))\}/g
/** "You can add as many as six dynamic values to a label" (the page above). */
const MOST_VALUES = 6

/** One for each series, in their order. Throws `ValidationError`. */
export function labelsOf(query: Sdk.MetricDataQuery, series: readonly TimeSeries[], rooms: Labelling): string[] {
  const usual = usualLabels(query, series, rooms)
  const { Label } = query
  if (Label === undefined) return usual
  const values = Array.from(Label.matchAll(VALUE), ([whole]) => whole)
  if (values.length > MOST_VALUES) throw invalid(`A label has ${MOST_VALUES} dynamic values at most.`)
  if (values.filter((one) => one === LABEL).length > 1) throw invalid(`${LABEL} can be used only once in a label.`)
  return series.map((one, i) =>
    Label.replaceAll(VALUE, (whole, name: string, property?: string) => {
      if (whole === LABEL) return usual[i]!
      if (property !== undefined) return propertyOf(property, rooms.metricOf(one), rooms.scope)
      return valueFor(name, one, rooms.now)
    }),
  )
}

const LABEL = '$' + '{LABEL}'

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

/** Of metrics that were searched for together, what tells them apart. */
function usualLabels({ MetricStat, Id = '' }: Sdk.MetricDataQuery, series: readonly TimeSeries[], rooms: Labelling) {
  const asked = series.map(rooms.metricOf)
  const name = MetricStat?.Metric?.MetricName ?? Id
  const parts = asked.map((one) => (one ? partsOf(one) : undefined))
  const differing = [...new Set(parts.flatMap((one) => [...(one?.keys() ?? [])]))].filter(
    (part) => new Set(parts.map((one) => one?.get(part))).size > 1,
  )
  return asked.map((one, i) => {
    if (!one || MetricStat) return name
    const told = differing.flatMap((part) => parts[i]!.get(part) ?? [])
    return told.length > 0 ? told.join(' ') : one.metric.name
  })
}

const partsOf = ({ metric: { namespace, name, dimensions } }: AskedMetric): Map<string, string> =>
  new Map([
    ['Namespace', namespace],
    ...dimensions.map(([dimension, value]) => [`Dim.${dimension}`, value] as const),
    ['MetricName', name],
  ])

function propertyOf(property: string, asked: AskedMetric | undefined, { account, region }: Scope): string {
  if (property === 'AccountId') return account
  if (property === 'Region') return region
  if (property === 'Stat') return asked?.statistic ?? ''
  if (property === 'Period') return asked ? String(asked.periodSeconds) : ''
  if (/^(?:MetricName|Namespace|Dim\..+)$/.test(property)) return (asked && partsOf(asked).get(property)) ?? ''
  throw invalid(`The property ${property} of a metric is not known here.`)
}

type Point = readonly [atMs: number, value: number]

function valueFor(name: string, series: TimeSeries, now: Date): string {
  const points = [...series].toSorted(([a], [b]) => a - b)
  const known = VALUES[name]
  if (!known) throw invalid(`The dynamic value ${name} of a label is not known.`)
  const [first] = points
  if (!first) return name === 'DATAPOINT_COUNT' ? '0' : ''
  return known({ points, first, last: points.at(-1)!, least: extreme(points, -1), most: extreme(points, 1), now })
}

/** The first of those that are equal. */
const extreme = (points: readonly Point[], sign: 1 | -1): Point =>
  points.reduce((best, point) => (sign * point[1] > sign * best[1] ? point : best))

interface Held {
  readonly points: readonly Point[]
  readonly first: Point
  readonly last: Point
  readonly least: Point
  readonly most: Point
  readonly now: Date
}

const sum = (points: readonly Point[]): number => points.reduce((total, [, value]) => total + value, 0)
const time = ([at]: Point): string => new Date(at).toISOString()
const gap = (one: number, other: number): string => lengthText(Math.abs(one - other))
const since = ([at]: Point, now: Date): string => gap(now.getTime(), at)

/** How AWS writes times and lengths of time is not documented: ISO 8601, and `1h 5m`. */
function lengthText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join(' ') || '0s'
}

const VALUES: Readonly<Record<string, (held: Held) => string>> = {
  AVG: ({ points }) => String(sum(points) / points.length),
  DATAPOINT_COUNT: ({ points }) => String(points.length),
  FIRST: ({ first }) => String(first[1]),
  FIRST_LAST_RANGE: ({ first, last }) => String(last[1] - first[1]),
  FIRST_LAST_TIME_RANGE: ({ first, last }) => gap(first[0], last[0]),
  FIRST_TIME: ({ first }) => time(first),
  FIRST_TIME_RELATIVE: ({ first, now }) => since(first, now),
  LAST: ({ last }) => String(last[1]),
  LAST_TIME: ({ last }) => time(last),
  LAST_TIME_RELATIVE: ({ last, now }) => since(last, now),
  MAX: ({ most }) => String(most[1]),
  MAX_TIME: ({ most }) => time(most),
  MAX_TIME_RELATIVE: ({ most, now }) => since(most, now),
  MIN: ({ least }) => String(least[1]),
  MIN_MAX_RANGE: ({ least, most }) => String(most[1] - least[1]),
  MIN_MAX_TIME_RANGE: ({ least, most }) => gap(least[0], most[0]),
  MIN_TIME: ({ least }) => time(least),
  MIN_TIME_RELATIVE: ({ least, now }) => since(least, now),
  SUM: ({ points }) => String(sum(points)),
}
