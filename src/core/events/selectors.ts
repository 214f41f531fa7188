/** Which events a trail, or an event data store, is to have. */
import type { EventRecord } from './event.ts'

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html */
export interface BasicSelector {
  readonly ReadWriteType?: 'All' | 'ReadOnly' | 'WriteOnly'
  readonly IncludeManagementEvents?: boolean
  readonly DataResources?: readonly { readonly Type?: string; readonly Values?: readonly string[] }[]
  readonly ExcludeManagementEventSources?: readonly string[]
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
export interface FieldSelector {
  readonly Field: string
  readonly Equals?: readonly string[]
  readonly StartsWith?: readonly string[]
  readonly EndsWith?: readonly string[]
  readonly NotEquals?: readonly string[]
  readonly NotStartsWith?: readonly string[]
  readonly NotEndsWith?: readonly string[]
}

export interface AdvancedSelector {
  readonly Name?: string
  readonly FieldSelectors: readonly FieldSelector[]
}

export interface EventSelectors {
  readonly basic?: readonly BasicSelector[]
  readonly advanced?: readonly AdvancedSelector[]
}

/** What a trail has that was told nothing: all management events. */
export const ALL_MANAGEMENT: readonly BasicSelector[] = [
  { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
]

/** An event is wanted if one selector wants it. */
export const selects = ({ basic, advanced }: EventSelectors, event: EventRecord): boolean =>
  advanced
    ? advanced.some(({ FieldSelectors }) => FieldSelectors.every((field) => fieldHolds(field, event)))
    : (basic ?? ALL_MANAGEMENT).some((selector) => basicHolds(selector, event))

/** Whether any event of the category may be wanted: what is certain to be wanted by none is not written down. */
export const mayWant = ({ basic, advanced }: EventSelectors, category: EventRecord['eventCategory']): boolean =>
  advanced
    ? advanced.some(({ FieldSelectors }) =>
        FieldSelectors.every(({ Field, Equals }) => Field !== 'eventCategory' || (Equals?.includes(category) ?? true)),
      )
    : category === 'Management' || (basic ?? []).some(({ DataResources }) => (DataResources?.length ?? 0) > 0)

function basicHolds(selector: BasicSelector, event: EventRecord): boolean {
  const { ReadWriteType = 'All', IncludeManagementEvents = true } = selector
  if (ReadWriteType !== 'All' && event.readOnly !== (ReadWriteType === 'ReadOnly')) return false
  if (event.managementEvent)
    return IncludeManagementEvents && !selector.ExcludeManagementEventSources?.includes(event.eventSource)
  return (selector.DataResources ?? []).some(({ Type, Values = [] }) =>
    (event.resources ?? []).some(
      ({ type, ARN }) => type === Type && Values.some((value) => ARN.startsWith(value) || coversAll(value, type)),
    ),
  )
}

/** `arn:aws:s3` stands for all objects of all buckets, `arn:aws:lambda` for all functions (the page above). */
const coversAll = (value: string, type: string): boolean =>
  value.split(':').length === 3 && type.split('::')[1]?.toLowerCase() === value.split(':')[2]

function fieldHolds(field: FieldSelector, event: EventRecord): boolean {
  const values = fieldValues(field.Field, event)
  const any = (wanted: readonly string[] = [], holds: (value: string, wanted: string) => boolean): boolean =>
    wanted.some((one) => values.some((value) => holds(value, one)))
  const equal = (value: string, wanted: string): boolean => value === wanted
  const starts = (value: string, wanted: string): boolean => value.startsWith(wanted)
  const ends = (value: string, wanted: string): boolean => value.endsWith(wanted)
  if (any(field.NotEquals, equal) || any(field.NotStartsWith, starts) || any(field.NotEndsWith, ends)) return false
  const wants = field.Equals ?? field.StartsWith ?? field.EndsWith
  return !wants || any(field.Equals, equal) || any(field.StartsWith, starts) || any(field.EndsWith, ends)
}

function fieldValues(field: string, event: EventRecord): readonly string[] {
  switch (field) {
    case 'eventCategory':
      return [event.eventCategory]
    case 'eventName':
      return [event.eventName]
    case 'eventSource':
      return [event.eventSource]
    case 'eventType':
      return [event.eventType]
    case 'readOnly':
      return [String(event.readOnly)]
    case 'resources.type':
      return (event.resources ?? []).map(({ type }) => type)
    case 'resources.ARN':
      return (event.resources ?? []).map(({ ARN }) => ARN)
    case 'userIdentity.arn':
      return event.userIdentity.arn === undefined ? [] : [event.userIdentity.arn]
    default:
      return []
  }
}
