import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { AdvancedSelector, BasicSelector, EventSelectors } from '../../core/events/selectors.ts'
import { ALL_MANAGEMENT } from '../../core/events/selectors.ts'
import { trailKey, trails } from '../../core/events/trails.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { findTrail, homeTrail } from './trail-names.ts'

export const selectorHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  GetEventSelectors({ TrailName }, call) {
    const { arn, selectors } = findTrail(lake, call, TrailName)
    return { TrailARN: arn, ...toldSelectors(selectors) }
  },
  async PutEventSelectors({ TrailName, EventSelectors, AdvancedEventSelectors }, call) {
    const trail = homeTrail(lake, call, TrailName)
    if ((EventSelectors === undefined) === (AdvancedEventSelectors === undefined))
      throw invalidSelectors('Specify either EventSelectors or AdvancedEventSelectors, and not both.')
    const selectors: EventSelectors = EventSelectors
      ? { basic: checkedBasic(EventSelectors) }
      : { advanced: checkedAdvanced(AdvancedEventSelectors!) }
    await trails(lake.state).update(trailKey(trail, trail.name), (last) => ({ ...last, selectors }))
    lake.events.watch.refresh()
    return { TrailARN: trail.arn, ...toldSelectors(selectors) }
  },
  GetInsightSelectors(input, call) {
    if (input.TrailName !== undefined) {
      const { name } = findTrail(lake, call, input.TrailName)
      throw new AwsError(
        'InsightNotEnabledException',
        `Trail ${name} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again.`,
      )
    }
    throw new AwsError('InsightNotEnabledException', 'Insights are not enabled.')
  },
  PutInsightSelectors() {
    throw new AwsError('UnsupportedOperationException', 'Insights are not reckoned here.')
  },
})

const invalidSelectors = (message: string): AwsError => new AwsError('InvalidEventSelectorsException', message)

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html: five selectors, 250 resources in all. */
const MOST = { selectors: 5, resources: 250, advancedValues: 500 } as const

function checkedBasic(selectors: readonly Sdk.EventSelector[]): BasicSelector[] {
  if (selectors.length > MOST.selectors) throw invalidSelectors(`A trail has up to ${MOST.selectors} event selectors.`)
  const values = selectors.flatMap(({ DataResources = [] }) => DataResources.flatMap(({ Values = [] }) => Values))
  if (values.length > MOST.resources) throw invalidSelectors(`A trail has up to ${MOST.resources} data resources.`)
  const wrong = values.find((value) => !value.startsWith('arn:'))
  if (wrong !== undefined) throw invalidSelectors(`Value ${wrong} for DataResources.Values is invalid.`)
  return selectors.map(({ ReadWriteType = 'All', IncludeManagementEvents = true, DataResources, ...rest }) => ({
    ReadWriteType,
    IncludeManagementEvents,
    DataResources: DataResources ?? [],
    ExcludeManagementEventSources: rest.ExcludeManagementEventSources ?? [],
  }))
}

const OF_MANAGEMENT = ['eventCategory', 'eventSource', 'readOnly']
const OF_IDENTITY = ['eventName', 'eventType', 'sessionCredentialFromConsole', 'userIdentity.arn']
const OF_DATA = [...OF_MANAGEMENT, ...OF_IDENTITY, 'resources.ARN', 'resources.type']

/** By category. Of management events a store has more fields than a trail. */
const TRAIL_FIELDS: Fields = { Management: OF_MANAGEMENT, Data: OF_DATA }
const STORE_FIELDS: Fields = { Management: [...OF_MANAGEMENT, ...OF_IDENTITY], Data: OF_DATA }
type Fields = Readonly<Record<string, readonly string[]>>

/** Events that there are at AWS, and none of here. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  'NetworkActivity Insight ConfigurationItem Evidence ActivityAuditLog'.split(' '),
)

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function checkedAdvanced(
  selectors: readonly Sdk.AdvancedEventSelector[],
  fieldsOf: Fields = TRAIL_FIELDS,
): readonly AdvancedSelector[] {
  let values = 0
  for (const { FieldSelectors = [] } of selectors) {
    const category = oneValue(FieldSelectors, 'eventCategory', 'Each advanced event selector')
    if (ELSEWHERE.has(category))
      throw new AwsError('UnsupportedOperationException', `There are no events of the category ${category} here.`)
    const known = fieldsOf[category]
    if (!known) throw invalidSelectors(`The category ${category} of events is not known.`)
    if (category === 'Data') oneValue(FieldSelectors, 'resources.type', 'Each selector of data events')
    for (const { Field, ...operators } of FieldSelectors) {
      if (!known.includes(Field!)) throw invalidSelectors(`The field ${Field} is not supported of ${category} events.`)
      const lists = Object.values(operators).filter((list) => Array.isArray(list))
      if (lists.length === 0) throw invalidSelectors(`The field ${Field} must have an operator.`)
      values += lists.reduce((sum, list) => sum + list.length, 0)
    }
    const readOnly = FieldSelectors.find(({ Field }) => Field === 'readOnly')
    if (readOnly && !/^(?:true|false)$/.test(oneValue([readOnly], 'readOnly', 'It')))
      throw invalidSelectors('The field readOnly must equal true or false.')
  }
  if (values > MOST.advancedValues)
    throw invalidSelectors(`Advanced event selectors have up to ${MOST.advancedValues} values.`)
  return selectors as readonly AdvancedSelector[]
}

/** Of a field that can only be set to `Equals` of one value. */
function oneValue(fields: readonly Sdk.AdvancedFieldSelector[], name: string, who: string): string {
  const field = fields.find(({ Field }) => Field === name)
  if (!field) throw invalidSelectors(`${who} must have a field ${name}.`)
  const { Field: _, Equals = [], ...others } = field
  const [value] = Equals
  if (value === undefined || Equals.length > 1 || Object.values(others).some((list) => list !== undefined))
    throw invalidSelectors(`The field ${name} must be set to Equals of one value.`)
  return value
}

/** As the console and the API give a store that was told nothing. */
export const DEFAULT_STORE_SELECTORS: readonly Sdk.AdvancedEventSelector[] = [
  { Name: 'Default management events', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
]

/** A store takes in advanced selectors alone (docs: awscloudtrail APIReference, API_CreateEventDataStore). */
export function checkedStoreSelectors(selectors: readonly Sdk.AdvancedEventSelector[]): readonly AdvancedSelector[] {
  if (selectors.length === 0 || selectors.length > MOST.selectors)
    throw invalidSelectors(`An event data store has one to ${MOST.selectors} advanced event selectors.`)
  return checkedAdvanced(selectors, STORE_FIELDS)
}

const toldSelectors = (selectors: EventSelectors | undefined) =>
  selectors?.advanced
    ? { AdvancedEventSelectors: selectors.advanced as Sdk.AdvancedEventSelector[] }
    : { EventSelectors: (selectors?.basic ?? ALL_MANAGEMENT) as unknown as Sdk.EventSelector[] }
