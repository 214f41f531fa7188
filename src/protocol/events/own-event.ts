/** The record that a call of what is not AWS's is: of the paths below `/_lentic/`, and of a token of the REST catalog. */
import type { Call } from '../../core/call.ts'
import type { EventRecord } from '../../core/events/event.ts'
import { identityOf } from '../../core/events/identity.ts'
import { callRecord } from '../../core/events/record.ts'
import type { HttpRequest } from '../http.ts'

export interface OwnOutcome {
  /** Its `operation` is the event's name. */
  readonly call: Call
  readonly request: HttpRequest
  readonly input?: Readonly<Record<string, unknown>>
  readonly errorCode?: string | undefined
  readonly errorMessage?: string | undefined
}

const READS: ReadonlySet<string> = new Set(['Access', 'Advice', 'Explain', 'Spending'])

export function ownEvent({ call, request, input, errorCode, errorMessage }: OwnOutcome, now: Date): EventRecord {
  return callRecord({
    identity: identityOf(call.principal),
    at: now,
    // No host of AWS's: nobody takes it for an event of theirs.
    source: 'lentic',
    name: call.operation,
    region: call.region,
    account: call.account,
    address: request.peer?.address ?? '',
    userAgent: request.headers['user-agent'],
    ...(errorCode !== undefined && { errorCode }),
    ...(errorMessage !== undefined && { errorMessage }),
    requestParameters: input && (input.sql === undefined ? input : { ...input, sql: '***OMITTED***' }),
    requestID: call.requestId,
    readOnly: READS.has(call.operation),
    category: 'Management',
  })
}
