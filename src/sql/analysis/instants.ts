/** Instants of dates and moments as plan constants have them. */
import { offsetAt } from '../duckdb/udfs/clock.ts'

const MOMENT = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d+))?)?(?: (\S+))?$/

/** Milliseconds since 1970, cut off; of a moment without a zone in that of the session, which is UTC. */
export function instantMs(text: string): number | undefined {
  const [, day, time = '00:00:00', fraction = '', zone = 'UTC'] = MOMENT.exec(text) ?? []
  const local = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  if (Number.isNaN(local)) return undefined
  const minutes = offsetAt(BigInt(local) * 1000n, zone)
  return minutes === undefined ? undefined : local - minutes * 60_000
}
