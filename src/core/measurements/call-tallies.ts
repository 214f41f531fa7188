/** Calls as they are counted, at the price of an addition: told to the measurements when those are next written or read. */
import type { Scope } from '../catalog/catalog.ts'
import { type Distribution, ofValues } from './distribution.ts'
import type { Measurements, Metric } from './measurements.ts'

export interface CountedCall {
  readonly scope: Scope
  /** As the namespace of usage names it: `Athena`. */
  readonly service: string
  readonly operation: string
  readonly durationMs: number
  readonly status: number
  readonly isDenied: boolean
  /** Of S3. */
  readonly bucket?: string
  readonly method?: string
  readonly receivedBytes?: number
  readonly sentBytes?: number
}

export interface CallTallies {
  add(call: CountedCall): void
}

interface Tally {
  readonly call: CountedCall
  count: number
  denied: number
  clientErrors: number
  serverErrors: number
  receivedBytes: number
  sentBytes: number
  /** By the rounded logarithm of the time. */
  readonly times: Map<number, number>
}

/** Times that differ by less than a hundredth are told as one. */
const STEP = Math.log(1.01)
/** Names come from clients in part: what there are more of is not counted singly. */
const MOST_TALLIES = 10_000

export function callTallies(measurements: Measurements): CallTallies {
  let tallies = new Map<string, Tally>()
  measurements.collect(() => {
    const due = tallies
    tallies = new Map()
    for (const tally of due.values()) tell(measurements, tally)
  })
  return {
    add(call) {
      const { scope, service, operation, bucket = '' } = call
      const key = `${scope.account}/${scope.region}/${service}/${operation}/${bucket}`
      let tally = tallies.get(key)
      if (!tally) {
        if (tallies.size >= MOST_TALLIES) return
        tally = newTally(call)
        tallies.set(key, tally)
        measurements.wake()
      }
      tally.count++
      if (call.isDenied) tally.denied++
      if (call.status >= 500) tally.serverErrors++
      else if (call.status >= 400) tally.clientErrors++
      tally.receivedBytes += call.receivedBytes ?? 0
      tally.sentBytes += call.sentBytes ?? 0
      const step = Math.round(Math.log(Math.max(call.durationMs, 0.001)) / STEP)
      tally.times.set(step, (tally.times.get(step) ?? 0) + 1)
    },
  }
}

const newTally = ({ scope: { account, region }, ...call }: CountedCall): Tally => ({
  call: { ...call, scope: { account, region } },
  count: 0,
  denied: 0,
  clientErrors: 0,
  serverErrors: 0,
  receivedBytes: 0,
  sentBytes: 0,
  times: new Map(),
})

/** So many times one. */
const ones = (count: number): Distribution => ofValues([1], [count])
/** Of `count` calls, so many: each is a nought or a one, so that the average is their share. */
const share = (hits: number, count: number): Distribution => ofValues([0, 1], [count - hits, hits])

function tell(measurements: Measurements, tally: Tally): void {
  const { call, count } = tally
  const { scope, service, operation } = call
  const record = (
    namespace: string,
    name: string,
    dimensions: Metric['dimensions'],
    unit: string,
    values: Distribution,
  ) => measurements.record(scope, { namespace, name, dimensions }, unit, values)
  // docs: AmazonCloudWatch monitoring, CloudWatch-Service-Quota-Integration, "AWS/Usage".
  const usage = [
    ['Class', 'None'],
    ['Resource', operation],
    ['Service', service],
    ['Type', 'API'],
  ] as const
  record('AWS/Usage', 'CallCount', usage, 'None', ones(count))
  const times = [...tally.times]
  const latency = ofValues(
    times.map(([step]) => Math.exp(step * STEP)),
    times.map(([, times]) => times),
  )
  const own = [
    ['Operation', operation],
    ['Service', service],
  ] as const
  record('Lentic', 'Latency', own, 'Milliseconds', latency)
  record('Lentic', 'Errors', own, 'Count', share(tally.clientErrors + tally.serverErrors, count))
  record('Lentic', 'DeniedCalls', own, 'Count', share(tally.denied, count))
  if (call.bucket === undefined) return
  // docs: AmazonS3 userguide, metrics-dimensions, "Amazon S3 CloudWatch request metrics".
  const bucket = [
    ['BucketName', call.bucket],
    ['FilterId', 'EntireBucket'],
  ] as const
  record('AWS/S3', 'AllRequests', bucket, 'Count', ones(count))
  record('AWS/S3', `${kindOf(call)}Requests`, bucket, 'Count', ones(count))
  record('AWS/S3', '4xxErrors', bucket, 'Count', share(tally.clientErrors, count))
  record('AWS/S3', '5xxErrors', bucket, 'Count', share(tally.serverErrors, count))
  record('AWS/S3', 'TotalRequestLatency', bucket, 'Milliseconds', latency)
  if (tally.receivedBytes > 0) record('AWS/S3', 'BytesUploaded', bucket, 'Bytes', ofValues([tally.receivedBytes]))
  if (tally.sentBytes > 0) record('AWS/S3', 'BytesDownloaded', bucket, 'Bytes', ofValues([tally.sentBytes]))
}

function kindOf({ operation, method = 'GET' }: CountedCall): string {
  if (operation.startsWith('List')) return 'List'
  if (operation === 'SelectObjectContent') return 'Select'
  return method.charAt(0) + method.slice(1).toLowerCase()
}
