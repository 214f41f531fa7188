/** What becomes of a call when it is over: it is counted, for Prometheus and for CloudWatch, and it is an event. */
import type { Events } from '../core/events/events.ts'
import type { NoteUse } from '../core/identities/uses.ts'
import { callTallies } from '../core/measurements/call-tallies.ts'
import type { Measurements } from '../core/measurements/measurements.ts'
import type { Metrics } from '../core/metrics.ts'
import type { Clock } from '../core/ports.ts'
import type { CallOutcome, RequestOutcome } from './dispatch.ts'
import { callEvent } from './events/call-event.ts'
import { catalogEvent } from './events/catalog-event.ts'
import { type OwnOutcome, ownEvent } from './events/own-event.ts'
import { type CatalogOutcome, TOKEN_OPERATION } from './rest-catalog.ts'

/** Of any door. */
export function requestCounter(metrics: Metrics): (outcome: RequestOutcome) => void {
  const labels = ['service', 'operation']
  const requests = metrics.counter('lentic_requests_total', 'Requests answered.', [...labels, 'status'])
  const denied = metrics.counter('lentic_denied_requests_total', 'Requests refused to their callers.', labels)
  const bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]
  const seconds = metrics.histogram('lentic_request_duration_seconds', 'Time until the answer began.', labels, bounds)
  return ({ service, operation, status, durationMs, errorCode }) => {
    requests.add([service, operation, String(status)])
    if (isDenial(errorCode)) denied.add([service, operation])
    seconds.observe([service, operation], durationMs / 1000)
  }
}

/** By AWS's names of it, which are many. */
const isDenial = (code: string | undefined): boolean =>
  code !== undefined && /^(?:AccessDenied|Unauthorized|NotAuthorized|InvalidSignature|SignatureDoesNotMatch)/.test(code)

export function callObserver(rooms: {
  readonly count: (outcome: RequestOutcome) => void
  readonly events: Events
  readonly measurements: Measurements
  readonly clock: Clock
  readonly used: NoteUse
}): (outcome: CallOutcome) => void {
  const { count, events, measurements, clock, used } = rooms
  const tallies = callTallies(measurements)
  return (outcome) => {
    count(outcome)
    tally(tallies, outcome)
    const { call } = outcome
    if (call) used(call.principal, { service: call.service, region: call.region })
    const event = callEvent(outcome, events.watch, clock.now())
    if (event) events.journal.append(event)
  }
}

/** Of the program's own paths. */
export function ownObserver({ events, clock }: { readonly events: Events; readonly clock: Clock }) {
  return (outcome: OwnOutcome): void => events.journal.append(ownEvent(outcome, clock.now()))
}

/** Of the Iceberg REST catalog. */
export function catalogObserver(rooms: {
  readonly count: (outcome: RequestOutcome) => void
  readonly events: Events
  readonly clock: Clock
  readonly used: NoteUse
}): (outcome: CatalogOutcome) => void {
  const { count, events, clock, used } = rooms
  return (outcome) => {
    count(outcome)
    const { caller } = outcome
    if (caller) used(caller.call.principal, { service: caller.signedFor, region: caller.call.region })
    const { request, errorCode, errorMessage } = outcome
    const isToken = outcome.operation === TOKEN_OPERATION
    const told = { request, errorCode, errorMessage }
    const event =
      isToken && caller ? ownEvent({ call: caller.call, ...told }, clock.now()) : catalogEvent(outcome, clock.now())
    if (event) events.journal.append(event)
  }
}

function tally(tallies: ReturnType<typeof callTallies>, outcome: CallOutcome): void {
  const { call, shape, operation, status, durationMs, errorCode, input, output } = outcome
  if (!call || !shape) return
  const counted = {
    scope: call,
    service: shape.model.serviceId,
    operation,
    durationMs,
    status,
    isDenied: isDenial(errorCode),
  }
  const bucket = call.service === 's3' ? (input as { Bucket?: string } | undefined)?.Bucket : undefined
  const { headers, method } = call.http
  const inBucket = bucket !== undefined && {
    bucket,
    method,
    receivedBytes: Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0),
    sentBytes: (output as { ContentLength?: number } | undefined)?.ContentLength ?? 0,
  }
  tallies.add({ ...counted, ...inBucket })
}
