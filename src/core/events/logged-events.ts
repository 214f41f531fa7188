/** Events of a trail that also go to a log group, each a line of JSON. */
import { LONGEST_MS, logRooms } from '../logs/log-groups.ts'
import { measureEvents } from '../logs/measured-events.ts'
import type { Measurements } from '../measurements/measurements.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { DeliveryListener } from './delivery.ts'

const LINES_AT_ONCE = 1000

/** docs: awscloudtrail userguide, send-cloudtrail-events-to-cloudwatch-logs: a stream for each account and region. */
export const loggedEvents =
  ({ state, clock, measurements }: { state: StateStore; clock: Clock; measurements: Measurements }): DeliveryListener =>
  async ({ account, region, logGroupName }, events) => {
    if (logGroupName === undefined) return
    const rooms = logRooms(state, clock)
    const group = rooms.find({ account, region }, logGroupName)
    // A group that is gone keeps nothing from the bucket.
    if (!group) return
    const stream = `${account}_CloudTrail_${events[0]!.awsRegion}`
    if (!rooms.hasStream(group, stream)) await rooms.createStream(group, stream)
    const lines = events.map((event) => [Date.parse(event.eventTime), JSON.stringify(event)] as const)
    const inOrder = lines.toSorted(([a], [b]) => a - b)
    for (const some of batchesOf(inOrder)) {
      await rooms.append(group, stream, some)
      await measureEvents({ state, measurements }, { account, region }, group, some)
    }
  }

/** Of so many lines, and of no longer a time than batches are of. */
function* batchesOf(lines: readonly (readonly [number, string])[]): Generator<readonly (readonly [number, string])[]> {
  for (let at = 0; at < lines.length; ) {
    const untilMs = lines[at]![0] + LONGEST_MS
    const beyond = lines.findIndex(([atMs], i) => i > at && (atMs > untilMs || i - at === LINES_AT_ONCE))
    const end = beyond < 0 ? lines.length : beyond
    yield lines.slice(at, end)
    at = end
  }
}
