/** What becomes of a Thrift call when it is over: it is counted, and each call of AWS's APIs that it stands for is an event. */
import { rootPrincipal } from '../../core/access/credentials.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { identityOf } from '../../core/events/identity.ts'
import type { Journal } from '../../core/events/journal.ts'
import type { Clock } from '../../core/ports.ts'
import { newRequestId } from '../dispatch-reply.ts'
import { modelCallEvent } from '../events/model-call-event.ts'
import type { ThriftOutcome, ThriftService } from './service.ts'

interface ObserverRooms {
  readonly count: (outcome: ThriftOutcome) => void
  readonly events: { readonly journal: Pick<Journal, 'append'> }
  readonly clock: Clock
  /** With the principal whom the operator has named, unless that is the account's root. */
  readonly scope: Scope
}

export function thriftObserver(service: ThriftService, rooms: ObserverRooms): (outcome: ThriftOutcome) => void {
  const { count, events, clock, scope } = rooms
  const { account, region } = scope
  const identity = identityOf(scope.principal ?? rootPrincipal(account, ''))
  const { name: userAgent, errorCode } = service
  return (outcome) => {
    count(outcome)
    const { operation, args, value, error, peer } = outcome
    if (args === undefined) return
    const { address, claimedUser } = peer
    const detail = { thriftMethod: operation, ...(claimedUser !== undefined && { claimedUser }) }
    const at = clock.now()
    const around = { identity, at, region, account, address, userAgent, requestID: newRequestId(), detail, errorCode }
    for (const call of service.standsFor(operation, args, value))
      events.journal.append(modelCallEvent(error === undefined ? call : { ...call, error }, around))
  }
}
