/** Instants of dates and moments as plan constants have them. */
import { isSkipped, offsetAt } from '../duckdb/udfs/clock.ts'

const MOMENT = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d+))?)?(?: (\S+))?$/

/** Milliseconds since 1970, cut off; of a moment without a zone in that of the session, which is UTC. */
export function instantMs(text: string): number | undefined {
  const { local, zone = 'UTC' } = wallClock(text)
  if (Number.isNaN(local)) return undefined
  const minutes = offsetAt(BigInt(local) * 1000n, zone)
  return minutes === undefined ? undefined : local - minutes * 60_000
}

/** Whether its zone's clock is put forward over it: Trino takes a literal of no such moment (DateTimes.parseTimestampWithTimeZone). */
export function isSkippedMoment(text: string): boolean {
  const { local, zone } = wallClock(text)
  return zone !== undefined && !Number.isNaN(local) && isSkipped(local, zone)
}

function wallClock(text: string): { readonly local: number; readonly zone: string | undefined } {
  const [, day, time = '00:00:00', fraction = '', zone] = MOMENT.exec(text) ?? []
  return { local: Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`), zone }
}
