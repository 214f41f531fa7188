/** Alarms: a condition on a metric, asked each minute, and the states it has been in. */
import type { Scope } from '../catalog/catalog.ts'
import type { Clock, StateReader, StateStore } from '../ports.ts'
import { pause } from '../recurrence.ts'
import type { Measurements } from './measurements.ts'
import { askMetrics, type MetricQuery } from './queries.ts'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export interface Alarm {
  readonly name: string
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly queries: readonly MetricQuery[]
  /** Whose value is compared. */
  readonly returned: string
  readonly periodSeconds: number
  readonly periods: number
  /** So many of the periods must hold. */
  readonly toAlarm: number
  readonly comparison: string
  readonly threshold: number
  readonly missing: 'breaching' | 'notBreaching' | 'ignore' | 'missing'
  readonly state: AlarmState
  readonly reason: string
  readonly reasonData?: string
  /** ISO 8601. */
  readonly changedAt: string
  readonly updatedAt: string
  readonly actionsEnabled: boolean
  /** Told as they were given: the service's own. */
  readonly given: Readonly<Record<string, unknown>>
}

export interface AlarmEvent {
  readonly alarm: string
  readonly at: string
  readonly kind: 'ConfigurationUpdate' | 'StateUpdate'
  readonly summary: string
  readonly data: string
}

const ALARMS = 'cloudwatch/alarms'
const HISTORY = 'cloudwatch/alarm-history'
const EVERY_MS = 60_000

export const alarmKey = ({ account, region }: Scope, name: string): string => `${account}/${region}/${name}`
export const alarmSpace = ALARMS
export const historySpace = HISTORY

export const allAlarms = (state: StateReader, scope?: Scope): readonly Alarm[] =>
  state.list<Alarm>(ALARMS, { ...(scope && { prefix: alarmKey(scope, '') }), limit: 10_000 }).map(({ doc }) => doc)

/** Asks after every alarm each minute, until the signal aborts. */
export async function watchAlarms(
  rooms: { readonly state: StateStore; readonly clock: Clock; readonly measurements: Measurements },
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await pause(rooms.clock, EVERY_MS, signal)
    if (signal.aborted) return
    for (const alarm of allAlarms(rooms.state)) await judge(rooms, alarm).catch(report)
  }
}

async function judge(
  {
    state,
    clock,
    measurements,
  }: { readonly state: StateStore; readonly clock: Clock; readonly measurements: Measurements },
  alarm: Alarm,
): Promise<void> {
  const now = clock.now()
  const periodMs = alarm.periodSeconds * 1000
  const untilMs = now.getTime() - (now.getTime() % periodMs) + periodMs
  // One more than is asked for: the last period may still be without data.
  const fromMs = untilMs - (alarm.periods + 1) * periodMs
  const span = { fromMs, untilMs }
  const reckoned = await askMetrics(measurements, alarm, { queries: alarm.queries, wanted: [alarm.returned] }, span)
  const series = reckoned[0]?.series[0] ?? new Map<number, number>()
  const wholes = Array.from({ length: alarm.periods }, (_, i) => series.get(fromMs + (i + 1) * periodMs))
  const shifted = Array.from({ length: alarm.periods }, (_, i) => series.get(fromMs + i * periodMs))
  const values = wholes.at(-1) === undefined ? shifted : wholes
  const verdict = verdictOf(alarm, values)
  if (verdict && verdict.state !== alarm.state) await changeState(state, alarm, { ...verdict, at: now })
}

interface Verdict {
  readonly state: AlarmState
  readonly reason: string
}

/** Undefined where the state stays as it is. docs: AmazonCloudWatch monitoring, alarms-and-missing-data. */
function verdictOf(alarm: Alarm, values: readonly (number | undefined)[]): Verdict | undefined {
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) {
    if (alarm.missing === 'ignore') return undefined
    if (alarm.missing === 'missing')
      return {
        state: 'INSUFFICIENT_DATA',
        reason: `Insufficient Data: ${alarm.periods} datapoint${alarm.periods > 1 ? 's were' : ' was'} unknown.`,
      }
  }
  const breaching = known.filter((value) => breaches(alarm, value)).length
  const missing = alarm.missing === 'breaching' ? values.length - known.length : 0
  const counted = breaching + missing
  const told = `${known.map(String).join(', ')}`
  const what = known.length === 1 ? `1 datapoint [${told}] was` : `${known.length} datapoints [${told}] were`
  const threshold = `${words(alarm.comparison)} the threshold (${alarm.threshold})`
  return counted >= alarm.toAlarm
    ? { state: 'ALARM', reason: `Threshold Crossed: ${what} ${threshold}.` }
    : { state: 'OK', reason: `Threshold Crossed: ${what} not ${threshold}.` }
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

export const isComparison = (text: string): boolean => Object.hasOwn(COMPARISONS, text)

const breaches = ({ comparison, threshold }: Alarm, value: number): boolean =>
  COMPARISONS[comparison]!(value, threshold)

/** `GreaterThanOrEqualToThreshold`: greater than or equal to. */
const words = (comparison: string): string =>
  comparison
    .replace(/Threshold$/, '')
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase()

export async function changeState(
  state: StateStore,
  alarm: Alarm,
  { state: to, reason, reasonData, at }: Verdict & { readonly reasonData?: string; readonly at: Date },
): Promise<void> {
  await state.transaction((tx) => {
    const key = alarmKey(alarm, alarm.name)
    const last = tx.get<Alarm>(ALARMS, key)?.doc
    if (!last || last.updatedAt !== alarm.updatedAt) return
    const { reasonData: _, ...rest } = last
    const when = at.toISOString()
    tx.put(ALARMS, key, { ...rest, state: to, reason, changedAt: when, ...(reasonData && { reasonData }) })
    remember(tx, alarm, {
      alarm: alarm.name,
      at: when,
      kind: 'StateUpdate',
      summary: `Alarm updated from ${last.state} to ${to}`,
      data: JSON.stringify({
        version: '1.0',
        oldState: { stateValue: last.state, stateReason: last.reason },
        newState: { stateValue: to, stateReason: reason },
      }),
    })
  })
}

/** "CloudWatch saves alarm history for 30 days" (API reference, DescribeAlarmHistory). */
const REMEMBERED_MS = 30 * 86_400_000

export function remember(
  tx: Parameters<Parameters<StateStore['transaction']>[0]>[0],
  scope: Scope,
  event: AlarmEvent,
): void {
  const prefix = alarmKey(scope, '')
  const oldest = new Date(Date.parse(event.at) - REMEMBERED_MS).toISOString()
  for (const key of tx.keys(HISTORY, { prefix, before: `${prefix}${oldest}`, limit: 100 })) tx.delete(HISTORY, key)
  // Several may be of one millisecond.
  const same = tx.count(HISTORY, `${prefix}${event.at}`)
  tx.put(HISTORY, `${prefix}${event.at}/${String(same).padStart(6, '0')}`, event)
}
