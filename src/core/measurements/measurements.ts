/**
 * What was measured, kept by the hour: a document for each metric and each hour in which it was measured. Collected in memory
 * and written some seconds later, all of it in one transaction; who asks is shown everything.
 */
import { createHash } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { daily } from '../daily.ts'
import type { Clock, StateStore, StateTransaction } from '../ports.ts'
import { watchAlarms } from './alarms.ts'
import { type Distribution, ofValues, together } from './distribution.ts'

/** In the order of their names. */
export type Dimensions = readonly (readonly [name: string, value: string])[]

export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Dimensions
}

/** A metric that was measured, and when last. */
export interface Series extends Metric {
  readonly id: string
  readonly unit: string
  readonly lastMs: number
}

export interface Measured {
  readonly atMs: number
  readonly distribution: Distribution
}

/** Seconds within the hour, and what was measured in each. */
interface Hour {
  readonly points: readonly (readonly [second: number, Distribution])[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const REST_MS = 5000
const MOST_WAITING = 20_000

/** docs: AmazonCloudWatch monitoring, cloudwatch_concepts, "Metrics retention": how coarse what is so old is kept. */
const AGES = [
  { olderThanMs: 455 * DAY_MS, periodSeconds: undefined },
  { olderThanMs: 63 * DAY_MS, periodSeconds: 3600 },
  { olderThanMs: 15 * DAY_MS, periodSeconds: 300 },
  { olderThanMs: 3 * HOUR_MS, periodSeconds: 60 },
] as const
/** "Metrics that have not had any new data points in the past two weeks" are in no list (API reference, ListMetrics). */
const LISTED_MS = 14 * DAY_MS

const SCOPES = 'cloudwatch/scopes'
const seriesSpace = ({ account, region }: Scope): string => `cloudwatch/series/${account}/${region}`
const hoursSpace = ({ account, region }: Scope): string => `cloudwatch/hours/${account}/${region}`
const hourOf = (ms: number): string => new Date(ms).toISOString().slice(0, 13)

interface Waiting {
  readonly scope: Scope
  readonly series: Series
  readonly points: Map<number, Distribution>
}

export interface Measurements {
  /** `high`: to the second; otherwise to the minute. */
  record(
    scope: Scope,
    metric: Metric,
    unit: string,
    values: Distribution,
    options?: { atMs?: number; high?: boolean },
  ): void
  /** One value, now. */
  count(scope: Scope, metric: Metric, unit: string, value: number): void
  /** Metrics that were measured of late, in the order of their namespaces and names. */
  list(scope: Scope, namespace?: string): Promise<readonly Series[]>
  read(scope: Scope, metric: Metric, fromMs: number, untilMs: number): Promise<readonly Measured[]>
  /** `source` is asked to record what it has counted, before anything is written or read. */
  collect(source: () => void): void
  /** There is something to collect. */
  wake(): void
  flush(): Promise<void>
  /** Ages what is old, and asks after alarms, until `close`. */
  start(): void
  close(): Promise<void>
}

/** By what documents are found: short, whatever the names are. */
const idOf = ({ namespace, name, dimensions }: Metric): string =>
  createHash('md5')
    .update(JSON.stringify([namespace, name, dimensions]))
    .digest('hex')

export function openMeasurements(state: StateStore, clock: Clock, tell: (error: unknown) => void): Measurements {
  let waiting = new Map<string, Waiting>()
  const ids = new Map<string, string>()
  const closing = new AbortController()
  let armed = false
  let flushing: Promise<void> = Promise.resolve()
  let work: Promise<unknown> = Promise.resolve()

  const arm = (): void => {
    if (armed) return
    armed = true
    clock.sleep(REST_MS, closing.signal).then(
      () => {
        armed = false
        void flush()
      },
      () => {}, // Closing: it flushes.
    )
  }
  const sources: (() => void)[] = []
  const flush = (): Promise<void> => {
    for (const source of sources) source()
    const due = [...waiting.values()]
    waiting = new Map()
    if (due.length > 0)
      flushing = flushing
        .then(() =>
          state.transaction((tx) => {
            for (const one of due) write(tx, one)
          }),
        )
        .catch((error: unknown) => tell(error))
    return flushing
  }
  const waitingOf = (scope: Scope, metric: Metric, unit: string): Waiting | undefined => {
    const { namespace, name, dimensions } = metric
    const key = `${scope.account}/${scope.region}/${namespace}/${name}/${dimensions.join('/')}`
    const known = waiting.get(key)
    if (known || waiting.size >= MOST_WAITING) return known
    if (ids.size >= MOST_WAITING) ids.clear()
    const id = ids.get(key) ?? idOf(metric)
    ids.set(key, id)
    const series = { namespace, name, dimensions, id, unit, lastMs: 0 }
    const made = { scope: { account: scope.account, region: scope.region }, series, points: new Map() }
    waiting.set(key, made)
    return made
  }
  const record: Measurements['record'] = (scope, metric, unit, values, options = {}) => {
    const found = waitingOf(scope, metric, unit)
    if (!found) return
    const seconds = Math.floor((options.atMs ?? clock.now().getTime()) / 1000)
    const at = options.high ? seconds : seconds - (seconds % 60)
    const before = found.points.get(at)
    found.points.set(at, before ? together(before, values) : values)
    arm()
  }
  const measurements: Measurements = {
    record,
    collect: (source) => void sources.push(source),
    wake: arm,
    count: (scope, metric, unit, value) => record(scope, metric, unit, ofValues([value])),
    async list(scope, namespace) {
      await flush()
      const since = clock.now().getTime() - LISTED_MS
      return state
        .list<Series>(seriesSpace(scope), { ...(namespace && { prefix: `${namespace}/` }), limit: 100_000 })
        .map(({ doc }) => doc)
        .filter(({ lastMs }) => lastMs >= since)
    },
    async read(scope, metric, fromMs, untilMs) {
      await flush()
      const id = idOf(metric)
      const found: Measured[] = []
      for (let hourMs = fromMs - (fromMs % HOUR_MS); hourMs < untilMs; hourMs += HOUR_MS) {
        const hour = state.get<Hour>(hoursSpace(scope), `${hourOf(hourMs)}/${id}`)?.doc
        for (const [second, distribution] of hour?.points ?? []) {
          const atMs = hourMs + second * 1000
          if (atMs >= fromMs && atMs < untilMs) found.push({ atMs, distribution })
        }
      }
      return found.toSorted((a, b) => a.atMs - b.atMs)
    },
    flush,
    start() {
      const { signal } = closing
      work = Promise.all([
        daily(clock, signal, () => age(state, clock), tell),
        watchAlarms({ state, clock, measurements }, signal, tell),
      ]).catch(tell)
    },
    async close() {
      closing.abort()
      await work
      await flush()
    },
  }
  return measurements
}

function write(tx: StateTransaction, { scope, series, points }: Waiting): void {
  const space = hoursSpace(scope)
  const byHour = Map.groupBy(points, ([second]) => hourOf(second * 1000))
  for (const [hour, added] of byHour) {
    const key = `${hour}/${series.id}`
    const merged = new Map(tx.get<Hour>(space, key)?.doc.points ?? [])
    for (const [seconds, distribution] of added) {
      const second = seconds % 3600
      const before = merged.get(second)
      merged.set(second, before ? together(before, distribution) : distribution)
    }
    tx.put(space, key, { points: [...merged] } satisfies Hour)
  }
  const name = `${series.namespace}/${series.name}/${series.id}`
  const lastMs = Math.max(...points.keys()) * 1000
  const known = tx.get<Series>(seriesSpace(scope), name)?.doc
  if (!known) tx.put(SCOPES, `${scope.account}/${scope.region}`, scope)
  // A list need not know the minute.
  if (!known || lastMs - known.lastMs > HOUR_MS) tx.put(seriesSpace(scope), name, { ...series, lastMs })
}

const AGED = 'cloudwatch/aged'
const AGED_AT_ONCE = 500

/** Each age begins where it had come to. */
async function age(state: StateStore, clock: Clock): Promise<void> {
  const nowMs = clock.now().getTime()
  for (const { doc: scope } of state.list<Scope>(SCOPES, { limit: 10_000 })) {
    for (const { olderThanMs, periodSeconds } of AGES) {
      const mark = `${scope.account}/${scope.region}/${periodSeconds ?? 'gone'}`
      const before = hourOf(nowMs - olderThanMs)
      for (;;) {
        const after = state.get<string>(AGED, mark)?.doc
        const page = state.list<Hour>(hoursSpace(scope), { ...(after && { after }), before, limit: AGED_AT_ONCE })
        if (page.length === 0) break
        await state.transaction((tx) => {
          for (const { key, doc } of page) {
            if (periodSeconds === undefined) tx.delete(hoursSpace(scope), key)
            else tx.put(hoursSpace(scope), key, coarser(doc, periodSeconds))
          }
          tx.put(AGED, mark, page.at(-1)!.key)
        })
      }
    }
  }
}

function coarser({ points }: Hour, periodSeconds: number): Hour {
  const merged = new Map<number, Distribution>()
  for (const [second, distribution] of points) {
    const at = second - (second % periodSeconds)
    const before = merged.get(at)
    merged.set(at, before ? together(before, distribution) : distribution)
  }
  return { points: [...merged] }
}
