/** What every record of a call has, whatever the door by which the call came. */
import { randomUUID } from 'node:crypto'
import { EVENT_VERSION, type EventRecord, eventTime, type UserIdentity } from './event.ts'

/** "This field has a maximum size of 1 KB; content exceeding that limit is truncated." */
const SHORT = 1024

type Parts = 'requestParameters' | 'responseElements' | 'additionalEventData' | 'requestID' | 'resources' | 'apiVersion'

export interface CallFacts extends Partial<Pick<EventRecord, Parts | 'tlsDetails'>> {
  readonly identity: UserIdentity
  readonly at: Date
  /** `athena.amazonaws.com`. */
  readonly source: string
  readonly name: string
  readonly region: string
  readonly account: string
  readonly address: string
  readonly userAgent?: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly readOnly: boolean
  readonly category: EventRecord['eventCategory']
}

export function callRecord(facts: CallFacts): EventRecord {
  const { userAgent, errorCode, errorMessage, additionalEventData, resources = [], apiVersion, tlsDetails } = facts
  return {
    eventVersion: EVENT_VERSION,
    userIdentity: facts.identity,
    eventTime: eventTime(facts.at),
    eventSource: facts.source,
    eventName: facts.name,
    awsRegion: facts.region,
    sourceIPAddress: facts.address,
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, SHORT) }),
    ...(errorCode !== undefined && { errorCode, ...(errorMessage && { errorMessage: errorMessage.slice(0, SHORT) }) }),
    requestParameters: facts.requestParameters ?? null,
    responseElements: facts.responseElements ?? null,
    ...(additionalEventData && { additionalEventData }),
    requestID: facts.requestID,
    eventID: randomUUID(),
    readOnly: facts.readOnly,
    ...(resources.length > 0 && { resources }),
    eventType: 'AwsApiCall',
    ...(apiVersion !== undefined && { apiVersion }),
    managementEvent: facts.category === 'Management',
    recipientAccountId: facts.account,
    eventCategory: facts.category,
    ...(tlsDetails && { tlsDetails }),
  }
}
