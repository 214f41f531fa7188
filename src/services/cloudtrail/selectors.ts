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

const FIELDS: ReadonlySet<string> = new Set([
  'eventCategory',
  'eventName',
  'eventSource',
  'eventType',
  'readOnly',
  'resources.ARN',
  'resources.type',
  'userIdentity.arn',
  'sessionCredentialFromConsole',
])

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function checkedAdvanced(selectors: readonly Sdk.AdvancedEventSelector[]): readonly AdvancedSelector[] {
  let values = 0
  for (const { FieldSelectors = [] } of selectors) {
    const category = FieldSelectors.find(({ Field }) => Field === 'eventCategory')
    if (!category) throw invalidSelectors('Each advanced event selector must have a field eventCategory.')
    const data = category.Equals?.includes('Data')
    if (data && !FieldSelectors.some(({ Field }) => Field === 'resources.type'))
      throw invalidSelectors('Each selector of data events must have a field resources.type.')
    for (const { Field, ...operators } of FieldSelectors) {
      if (!FIELDS.has(Field!)) throw invalidSelectors(`The field ${Field} is not supported.`)
      const lists = Object.values(operators).filter((list) => Array.isArray(list))
      if (lists.length === 0) throw invalidSelectors(`The field ${Field} must have an operator.`)
      values += lists.reduce((sum, list) => sum + list.length, 0)
    }
  }
  if (values > MOST.advancedValues)
    throw invalidSelectors(`Advanced event selectors have up to ${MOST.advancedValues} values.`)
  return selectors as readonly AdvancedSelector[]
}

/** As the console and the API give a store that was told nothing. */
export const DEFAULT_STORE_SELECTORS: readonly Sdk.AdvancedEventSelector[] = [
  { Name: 'Default management events', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
]

/** Categories of events that are made here. */
const STORED: ReadonlySet<string> = new Set(['Management', 'Data'])

/** A store takes in advanced selectors alone (docs: awscloudtrail APIReference, API_CreateEventDataStore). */
export function checkedStoreSelectors(selectors: readonly Sdk.AdvancedEventSelector[]): readonly AdvancedSelector[] {
  if (selectors.length === 0 || selectors.length > MOST.selectors)
    throw invalidSelectors(`An event data store has one to ${MOST.selectors} advanced event selectors.`)
  const checked = checkedAdvanced(selectors)
  const categories = checked
    .flatMap(({ FieldSelectors }) => FieldSelectors.filter(({ Field }) => Field === 'eventCategory'))
    .flatMap(({ Equals = [] }) => Equals)
  const other = categories.find((category) => !STORED.has(category))
  if (other !== undefined)
    throw new AwsError('UnsupportedOperationException', `There are no events of the category ${other} here.`)
  return checked
}

const toldSelectors = (selectors: EventSelectors | undefined) =>
  selectors?.advanced
    ? { AdvancedEventSelectors: selectors.advanced as Sdk.AdvancedEventSelector[] }
    : { EventSelectors: (selectors?.basic ?? ALL_MANAGEMENT) as unknown as Sdk.EventSelector[] }
