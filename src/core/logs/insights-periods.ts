/** Periods of Logs Insights: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html, "Datetime functions" */
import type { Cell } from './insights-functions.ts'
import { InsightsError } from './insights-text.ts'

export interface Period {
  /** When the one begins that the time is in. */
  floor(ms: number): number
  /** The same, or when the next begins. */
  ceil(ms: number): number
}

/** "It caps 60 as the maximum value for any request that uses s" (the page above). Longer units have no cap. */
const UNITS: Readonly<Record<string, { readonly ms: number; readonly most?: number }>> = {
  ms: { ms: 1, most: 1000 },
  s: { ms: 1000, most: 60 },
  m: { ms: 60_000, most: 60 },
  h: { ms: 3_600_000, most: 24 },
  d: { ms: 86_400_000 },
  w: { ms: 604_800_000 },
}
const MONTHS: Readonly<Record<string, number>> = { mo: 1, q: 3, y: 12 }
const NAMES: Readonly<Record<string, string>> = {
  ...{ millisecond: 'ms', msec: 'ms', second: 's', sec: 's', minute: 'm', min: 'm' },
  ...{ hour: 'h', hr: 'h', day: 'd', week: 'w' },
  ...{ month: 'mo', mon: 'mo', quarter: 'q', qtr: 'q', year: 'y', yr: 'y' },
}

/** Throws InsightsError. */
export function periodOf(text: Cell): Period {
  const [, count, name = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(String(text)) ?? []
  const unit = known(name) ?? known(name.replace(/(?<=..)s$/, ''))
  if (count === undefined || unit === undefined || Number(count) === 0)
    throw new InsightsError(`${text} is no period`, 0)
  const months = MONTHS[unit]
  if (months !== undefined) return ofMonths(Math.max(1, Math.floor(Number(count))) * months)
  const { ms, most = Number.POSITIVE_INFINITY } = UNITS[unit]!
  const length = Math.min(Number(count), most) * ms
  return { floor: (at) => Math.floor(at / length) * length, ceil: (at) => Math.ceil(at / length) * length }
}

function known(name: string): string | undefined {
  if (Object.hasOwn(UNITS, name) || Object.hasOwn(MONTHS, name)) return name
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
}

/** Of the calendar in UTC, counted from 1970. */
function ofMonths(length: number): Period {
  const monthOf = (ms: number): number => (new Date(ms).getUTCFullYear() - 1970) * 12 + new Date(ms).getUTCMonth()
  const start = (month: number): number => Date.UTC(1970, month)
  const floor = (ms: number): number => start(Math.floor(monthOf(ms) / length) * length)
  return {
    floor,
    ceil: (ms) => (floor(ms) === ms ? ms : start((Math.floor(monthOf(ms) / length) + 1) * length)),
  }
}
