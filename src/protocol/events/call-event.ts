/** The record that a call of a service is. */
import type { EventRecord, UserIdentity } from '../../core/events/event.ts'
import { identityOf } from '../../core/events/identity.ts'
import { callRecord } from '../../core/events/record.ts'
import type { StoredTable } from '../../core/table-buckets/stored-tables.ts'
import { tableDataAction } from '../../core/table-buckets/table-data.ts'
import type { CallOutcome } from '../dispatch.ts'
import type { HttpRequest } from '../http.ts'
import type { Operation } from '../schema.ts'
import type { ServiceCall } from '../service.ts'

import { categoryOf, isAnswerTold, isReading } from './operation-kinds.ts'
import { described } from './parameters.ts'
import { resourcesOf, tableResources } from './resources.ts'
import { s3Event } from './s3-event.ts'

/** Services without regions tell all their events in one. */
const GLOBAL_REGION = 'us-east-1'
const isGlobal = (service: string): boolean => service === 'iam'

export interface EventFilter {
  /** Whether any event of what resources hold is wanted by anyone in the account. */
  wantsData(account: string): boolean
  /** Whether this one is. */
  wants(event: EventRecord): boolean
  /** The table of a table bucket that lies in a bucket. */
  tableIn(bucket: string): StoredTable | undefined
}

/** Undefined where the call is no event, or none that anybody wants. */
export function callEvent(outcome: CallOutcome, filter: EventFilter, now: Date): EventRecord | undefined {
  const { call, operation, request } = outcome
  if (!call || !operation || !outcome.shape) return undefined
  const table = call.service === 's3' ? tableOf(outcome, filter) : undefined
  // "The following data events are logged" (AmazonS3 userguide, s3-tables-logging): those that S3 does there, and no other.
  if (table && tableDataAction(operation) === undefined) return undefined
  const category = categoryOf(call.service, operation)
  if (category === undefined) return undefined
  const isUnsigned = call.principal.kind === 'anonymous' && outcome.shape.unsigned !== true
  if (isUnsigned && category === 'Management') return undefined
  if (category === 'Data' && !filter.wantsData(call.account)) return undefined
  const event = eventOf(outcome, { call, shape: outcome.shape, table }, request, category, now)
  return category === 'Data' && !filter.wants(event) ? undefined : event
}

function tableOf({ input }: CallOutcome, filter: EventFilter): StoredTable | undefined {
  const { Bucket } = (input ?? {}) as { readonly Bucket?: string }
  return Bucket === undefined ? undefined : filter.tableIn(Bucket)
}

interface Described {
  readonly call: ServiceCall
  readonly shape: Operation
  /** Whose objects it is about, where these are of a table in a table bucket. */
  readonly table: StoredTable | undefined
}

function eventOf(
  outcome: CallOutcome,
  { call, shape, table }: Described,
  request: HttpRequest,
  category: EventRecord['eventCategory'],
  now: Date,
): EventRecord {
  const { model } = shape
  const readOnly = isReading(call.service, shape.name)
  const parts =
    call.service === 's3'
      ? s3Event(outcome, call, shape, { readOnly, ofTable: table !== undefined })
      : plainParts(outcome, call, shape, readOnly)
  const { peer, headers } = request
  return callRecord({
    identity: webIdentity(outcome) ?? identityOf(call.principal),
    at: now,
    source: `${table ? 's3tables' : call.service === 's3control' ? 's3' : model.endpointPrefix}.amazonaws.com`,
    name: eventNameOf(shape.name),
    region: isGlobal(call.service) ? GLOBAL_REGION : call.region,
    account: call.account,
    address: peer?.address ?? '',
    userAgent: headers['user-agent'],
    errorCode: outcome.errorCode,
    errorMessage: outcome.errorMessage,
    ...parts,
    requestID: call.requestId,
    readOnly,
    resources: table ? tableResources(table) : resourcesOf(call, outcome.input, outcome.output),
    apiVersion: call.service === 's3' ? undefined : model.apiVersion,
    category,
    tlsDetails: peer?.tls && { ...peer.tls, clientProvidedHostHeader: headers.host ?? '' },
  })
}

/** Of a token that was taken (docs: IAM UserGuide, cloudtrail-integration, "Example AWS STS API event"). */
function webIdentity({ operation, output }: CallOutcome): UserIdentity | undefined {
  if (operation !== 'AssumeRoleWithWebIdentity' || output === undefined) return undefined
  const {
    SubjectFromWebIdentityToken: userName,
    Provider: identityProvider,
    Audience,
  } = output as Record<string, string>
  const principalId = `${identityProvider}:${Audience}:${userName}`
  return { type: 'WebIdentityUser', principalId, userName, identityProvider }
}

/** `ListObjectsV2` and its like are events of the older name (docs: AmazonS3 userguide, cloudtrail-logging-s3-info). */
const eventNameOf = (operation: string): string => (operation === 'ListObjectsV2' ? 'ListObjects' : operation)

export type EventParts = Pick<EventRecord, 'requestParameters' | 'responseElements' | 'additionalEventData'>

function plainParts(
  { input, output }: CallOutcome,
  call: ServiceCall,
  shape: Operation,
  readOnly: boolean,
): EventParts {
  const asked = described(call.service, shape.input, input)
  const isTold = isAnswerTold(call.service, shape.name, readOnly)
  const answered = isTold ? described(call.service, shape.output, output) : null
  return { requestParameters: asked ?? null, responseElements: answered ?? null }
}
