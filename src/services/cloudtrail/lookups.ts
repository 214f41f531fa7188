import { createHash } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { EventRecord } from '../../core/events/event.ts'
import { type EventPlace, type EventSelection, KEPT_DAYS } from '../../core/events/journal.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { lookedUpResources, userNameOf } from './event-facts.ts'
import { pageOf } from './pages.ts'

const MOST_RESULTS = 50
/** A page that finds little ends here, with a token to go on by: no request reads all of ninety days. */
const MOST_BATCHES_WITHOUT = 1000

export const lookupHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async LookupEvents(input, call) {
    if (input.EventCategory !== undefined) {
      if (input.EventCategory !== 'insight')
        throw new AwsError('InvalidEventCategoryException', `Invalid event category: ${input.EventCategory}`)
      return { Events: [] }
    }
    const { MaxResults = MOST_RESULTS, StartTime, EndTime, LookupAttributes = [], NextToken: token } = input
    if (MaxResults < 1 || MaxResults > MOST_RESULTS)
      throw new AwsError('InvalidMaxResultsException', 'Max results must be between 1 and 50.')
    if (StartTime && EndTime && StartTime > EndTime)
      throw new AwsError('InvalidTimeRangeException', 'The start time must be before the end time.')
    if (LookupAttributes.length > 1)
      throw new AwsError('InvalidLookupAttributesException', 'You can specify only one lookup attribute.')
    const attribute = LookupAttributes[0]
    const asked = digestOf([attribute, StartTime, EndTime])
    const oldestMs = lake.clock.now().getTime() - KEPT_DAYS * 86_400_000
    const selection: EventSelection = {
      newestFirst: true,
      category: 'Management',
      fromMs: Math.max(StartTime?.getTime() ?? 0, oldestMs),
      ...(EndTime && { untilMs: EndTime.getTime() }),
      ...(token !== undefined && { beyond: placeIn(token, asked) }),
      holding: attribute ? marksOf(attribute) : [],
    }
    const found: EventRecord[] = []
    let last: EventPlace | undefined
    let without = 0
    for await (const placed of lake.events.journal.read(call, selection)) {
      if (!placed) {
        if (++without >= MOST_BATCHES_WITHOUT && last) break
        continue
      }
      // One more is looked for, to know whether there is a next page.
      if (found.length === MaxResults) return { Events: found.map(toldEvent), NextToken: tokenOf(last!, asked) }
      if (attribute && !holds(placed.event, attribute)) continue
      last = placed.place
      found.push(placed.event)
    }
    const unfinished = without >= MOST_BATCHES_WITHOUT && last
    return { Events: found.map(toldEvent), ...(unfinished && { NextToken: tokenOf(unfinished, asked) }) }
  },
  ListPublicKeys({ StartTime, EndTime, NextToken: token }, call) {
    if (StartTime && EndTime && StartTime > EndTime)
      throw new AwsError('InvalidTimeRangeException', 'The start time must be before the end time.')
    const found = lake.events.signing
      .published(call)
      .filter(({ validFrom, validUntil }) => {
        const until = EndTime ?? lake.clock.now()
        return new Date(validFrom) <= until && (!StartTime || new Date(validUntil) >= StartTime)
      })
      .map(({ value, fingerprint, validFrom, validUntil }) => ({
        Value: value,
        ValidityStartTime: new Date(validFrom),
        ValidityEndTime: new Date(validUntil),
        Fingerprint: fingerprint,
      }))
    const { items, next: NextToken } = pageOf(found, { most: 1000, token })
    return { PublicKeyList: [...items], NextToken }
  },
})

type Attribute = Pick<Sdk.LookupAttribute, 'AttributeKey' | 'AttributeValue'>

/** What a line must hold, as JSON, to be looked at more closely. */
function marksOf({ AttributeKey, AttributeValue = '' }: Attribute): readonly string[] {
  const text = JSON.stringify(AttributeValue)
  switch (AttributeKey) {
    case 'EventId':
      return [`"eventID":${text}`]
    case 'EventName':
      return [`"eventName":${text}`]
    case 'EventSource':
      return [`"eventSource":${text}`]
    case 'AccessKeyId':
      return [`"accessKeyId":${text}`]
    case 'ReadOnly':
      return [`"readOnly":${AttributeValue}`]
    default:
      return []
  }
}

function holds(event: EventRecord, { AttributeKey, AttributeValue }: Attribute): boolean {
  switch (AttributeKey) {
    case 'EventId':
      return event.eventID === AttributeValue
    case 'EventName':
      return event.eventName === AttributeValue
    case 'EventSource':
      return event.eventSource === AttributeValue
    case 'AccessKeyId':
      return event.userIdentity.accessKeyId === AttributeValue
    case 'ReadOnly':
      return String(event.readOnly) === AttributeValue
    case 'Username':
      return userNameOf(event) === AttributeValue
    case 'ResourceName':
      return lookedUpResources(event).some(({ ResourceName }) => ResourceName === AttributeValue)
    case 'ResourceType':
      return lookedUpResources(event).some(({ ResourceType }) => ResourceType === AttributeValue)
    default:
      throw new AwsError('InvalidLookupAttributesException', `Invalid lookup attribute: ${AttributeKey}`)
  }
}

const toldEvent = (event: EventRecord): Sdk.Event => ({
  EventId: event.eventID,
  EventName: event.eventName,
  ReadOnly: String(event.readOnly),
  AccessKeyId: event.userIdentity.accessKeyId,
  EventTime: new Date(event.eventTime),
  EventSource: event.eventSource,
  Username: userNameOf(event),
  Resources: lookedUpResources(event),
  CloudTrailEvent: JSON.stringify(event),
})

/** `asked` tells the calls that a token is good for: "This token must be passed in with the same parameters" (API_LookupEvents). */
const tokenOf = ({ batch, index }: EventPlace, asked: string): string =>
  Buffer.from(`${batch}/${index}/${asked}`).toString('base64url')

const digestOf = (parameters: unknown): string =>
  createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 16)

function placeIn(token: string, asked: string): EventPlace {
  const text = Buffer.from(token, 'base64url').toString('latin1')
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z-[0-9a-z]+)\/(\d+)\/([0-9a-f]{16})$/.exec(text)
  if (match?.[3] !== asked) throw new AwsError('InvalidNextTokenException', 'Invalid NextToken.')
  return { batch: match![1]!, index: Number(match![2]) }
}
