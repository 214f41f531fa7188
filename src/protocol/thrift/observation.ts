/** What becomes of a Thrift call when it is over: it is counted, and each call of AWS's APIs that it stands for is an event. */
import { rootPrincipal } from '../../core/access/credentials.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { EventRecord } from '../../core/events/event.ts'
import { identityOf } from '../../core/events/identity.ts'
import type { Journal } from '../../core/events/journal.ts'
import { callRecord } from '../../core/events/record.ts'
import type { Clock } from '../../core/ports.ts'
import { newRequestId } from '../dispatch-reply.ts'
import { isReading } from '../events/operation-kinds.ts'
import { described } from '../events/parameters.ts'
import { loadModel } from '../model.ts'
import type { ModelCall, ThriftOutcome, ThriftService } from './service.ts'

interface ObserverRooms {
  readonly count: (outcome: ThriftOutcome) => void
  readonly events: { readonly journal: Pick<Journal, 'append'> }
  readonly clock: Clock
  /** With the principal whom the operator has named, unless that is the account's root. */
  readonly scope: Scope
}

export function thriftObserver(service: ThriftService, rooms: ObserverRooms): (outcome: ThriftOutcome) => void {
  const { count, events, clock, scope } = rooms
  const identity = identityOf(scope.principal ?? rootPrincipal(scope.account, ''))

  function eventOf(call: ModelCall, outcome: ThriftOutcome, requestID: string): EventRecord {
    const { service: api, operation, input, detail, error = outcome.error } = call
    const model = loadModel(api)
    const { claimedUser } = outcome.peer
    return callRecord({
      identity,
      at: clock.now(),
      source: `${model.endpointPrefix}.amazonaws.com`,
      name: operation,
      region: scope.region,
      account: scope.account,
      address: outcome.peer.address,
      userAgent: service.name,
      ...(error !== undefined && {
        errorCode: service.errorCode(error),
        errorMessage: error instanceof Error ? error.message : undefined,
      }),
      requestParameters: described(api, model.operations.get(operation)!.input, input) ?? null,
      additionalEventData: {
        thriftMethod: outcome.operation,
        ...(claimedUser !== undefined && { claimedUser }),
        ...detail,
      },
      requestID,
      readOnly: isReading(api, operation),
      apiVersion: model.apiVersion,
      category: 'Management',
    })
  }

  return (outcome) => {
    count(outcome)
    if (outcome.args === undefined) return
    const requestId = newRequestId()
    for (const call of service.standsFor(outcome.operation, outcome.args, outcome.value))
      events.journal.append(eventOf(call, outcome, requestId))
  }
}
