import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { allStores, atSpanEnd, type EventStore, eventStores, storeArn, storeKey } from '../../core/events/stores.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { addTags, tagPairs, tagRecord, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { storeKeyArn } from './key-arn.ts'
import { pageOf } from './pages.ts'
import { checkedStoreSelectors, DEFAULT_STORE_SELECTORS } from './selectors.ts'
import { activeStore, findStore, isGone } from './store-names.ts'

/** "Event data stores: 10 per Region", those in any lifecycle stage (docs: awscloudtrail userguide, WhatIsCloudTrail-Limits). */
const MOST_STORES = 10
/** In days; the first is the default (docs: awscloudtrail APIReference, API_CreateEventDataStore). */
const RETENTION = {
  EXTENDABLE_RETENTION_PRICING: { usual: 366, most: 3653 },
  FIXED_RETENTION_PRICING: { usual: 2557, most: 2557 },
} as const
/** "automatically deleted after a wait period of seven days" (API_DeleteEventDataStore). */
const WAIT_MS = 7 * 86_400_000

export const eventStoreHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async CreateEventDataStore({ Name: name, TagsList, ...input }, call) {
    refuseOrganization(input.OrganizationEnabled)
    const own = storesOf(lake, call)
    refuseTaken(own, name)
    if (own.length >= MOST_STORES)
      throw new AwsError(
        'EventDataStoreMaxLimitExceededException',
        `The account ${call.account} has ${own.length} event data stores in ${call.region}.`,
      )
    const billingMode = input.BillingMode ?? 'EXTENDABLE_RETENTION_PRICING'
    const { account, region } = call
    const id = randomUUID()
    const now = lake.clock.now()
    const kmsKeyArn = await storeKeyArn(lake, call, input.KmsKeyId)
    const bare: EventStore = {
      id,
      name,
      arn: storeArn(call, id),
      account,
      region,
      selectors: { advanced: checkedStoreSelectors(input.AdvancedEventSelectors ?? DEFAULT_STORE_SELECTORS) },
      ofAllRegions: input.MultiRegionEnabled ?? true,
      retentionDays: checkedRetention(billingMode, input.RetentionPeriod),
      billingMode,
      isProtected: input.TerminationProtectionEnabled ?? true,
      isIngesting: input.StartIngestion ?? true,
      createdAt: now.toISOString(),
      changedAt: now.toISOString(),
      spans: [],
      ...(kmsKeyArn && { kmsKeyArn }),
    }
    const store = atSpanEnd(bare, now)
    const tags = tagRecord(TagsList)
    await eventStores(lake.state).create(storeKey(call, id), store, (tx) => addTags(tx, store.arn, tags))
    lake.events.watch.refresh()
    return { ...told(store), TagsList: tagPairs(tagsOf(lake.state, store.arn)) }
  },
  GetEventDataStore: ({ EventDataStore }, call) => ({
    ...told(findStore(lake, call, EventDataStore)),
    ...NOT_FEDERATED,
  }),
  ListEventDataStores({ MaxResults, NextToken }, call) {
    const { items, next } = pageOf(storesOf(lake, call), { most: 1000, size: MaxResults, token: NextToken })
    return { EventDataStores: items.map(({ arn, name }) => ({ EventDataStoreArn: arn, Name: name })), NextToken: next }
  },
  async UpdateEventDataStore({ EventDataStore, ...input }, call) {
    if (Object.values(input).every((value) => value === undefined))
      throw new Fault('invalid', 'parameter', 'At least one optional parameter must be specified.')
    refuseOrganization(input.OrganizationEnabled)
    const { id, kmsKeyArn } = activeStore(lake, call, EventDataStore)
    const { Name: name } = input
    const others = storesOf(lake, call).filter((store) => store.id !== id)
    if (name !== undefined) refuseTaken(others, name)
    const wantedKey = await storeKeyArn(lake, call, input.KmsKeyId)
    if (kmsKeyArn !== undefined && wantedKey !== undefined && wantedKey !== kmsKeyArn)
      throw new Fault('invalid', 'parameter', 'The KMS key of an event data store cannot be changed.')
    const store = await changeStore(lake, call, id, (last) => ({
      ...changed(last, input),
      ...(wantedKey && { kmsKeyArn: wantedKey }),
    }))
    return { ...told(store), ...NOT_FEDERATED }
  },
  async DeleteEventDataStore({ EventDataStore }, call) {
    const { id, arn, isProtected } = activeStore(lake, call, EventDataStore)
    if (isProtected)
      throw new AwsError(
        'EventDataStoreTerminationProtectedException',
        `The event data store ${arn} cannot be deleted because termination protection is enabled for it.`,
      )
    const goneAfter = new Date(lake.clock.now().getTime() + WAIT_MS).toISOString()
    await changeStore(lake, call, id, (store) => ({ ...store, goneAfter }))
    return {}
  },
  async RestoreEventDataStore({ EventDataStore }, call) {
    const { id, arn, goneAfter } = findStore(lake, call, EventDataStore)
    if (goneAfter === undefined) throw invalidStatus(`The event data store ${arn} is not pending deletion.`)
    return told(await changeStore(lake, call, id, ({ goneAfter: _, ...store }) => store))
  },
  async StartEventDataStoreIngestion({ EventDataStore }, call) {
    const { id, arn, isIngesting } = activeStore(lake, call, EventDataStore)
    if (isIngesting) throw invalidStatus(`The ingestion of the event data store ${arn} is not stopped.`)
    await changeStore(lake, call, id, (store) => ({ ...store, isIngesting: true }))
    return {}
  },
  async StopEventDataStoreIngestion({ EventDataStore }, call) {
    const { id, arn, isIngesting } = activeStore(lake, call, EventDataStore)
    if (!isIngesting) throw invalidStatus(`The event data store ${arn} is not enabled.`)
    await changeStore(lake, call, id, (store) => ({ ...store, isIngesting: false }))
    return {}
  },
})

const invalidStatus = (message: string): AwsError => new AwsError('InvalidEventDataStoreStatusException', message)

const storesOf = (lake: Lake, { account, region }: ServiceCall): readonly EventStore[] =>
  allStores(lake.state, { account, region }).filter((store) => !isGone(store, lake.clock.now()))

function refuseTaken(stores: readonly EventStore[], name: string): void {
  if (stores.some((store) => store.name === name))
    throw new Fault('already-exists', 'event data store', `An event data store with the name ${name} already exists.`)
}

function refuseOrganization(wanted: boolean | undefined): void {
  if (wanted)
    throw new AwsError(
      'OrganizationsNotInUseException',
      'There are no organizations here: an event data store is of one account.',
    )
}

/** What it took in until now stays as it was taken. */
async function changeStore(
  { state, clock, events }: Lake,
  call: ServiceCall,
  id: string,
  change: (store: EventStore) => EventStore,
): Promise<EventStore> {
  const store = await eventStores(state).update(storeKey(call, id), (last) => atSpanEnd(change(last), clock.now()))
  events.watch.refresh()
  return store
}

type Changes = Omit<Sdk.UpdateEventDataStoreCommandInput, 'EventDataStore'>

function changed(last: EventStore, input: Changes): EventStore {
  const { AdvancedEventSelectors, BillingMode: billingMode = last.billingMode, RetentionPeriod } = input
  if (billingMode !== last.billingMode && billingMode === 'FIXED_RETENTION_PRICING')
    throw new Fault('invalid', 'parameter', `The billing mode cannot be changed from ${last.billingMode}.`)
  return {
    ...last,
    billingMode,
    name: input.Name ?? last.name,
    ofAllRegions: input.MultiRegionEnabled ?? last.ofAllRegions,
    isProtected: input.TerminationProtectionEnabled ?? last.isProtected,
    retentionDays: checkedRetention(billingMode, RetentionPeriod ?? last.retentionDays),
    ...(AdvancedEventSelectors && { selectors: { advanced: checkedStoreSelectors(AdvancedEventSelectors) } }),
  }
}

function checkedRetention(mode: EventStore['billingMode'], days: number | undefined): number {
  const { usual, most } = RETENTION[mode]
  if (days !== undefined && days > most)
    throw new Fault('invalid', 'parameter', `The retention period must be between 7 and ${most} days with ${mode}.`)
  return days ?? usual
}

const NOT_FEDERATED = { FederationStatus: 'DISABLED' } as const

function statusOf({ goneAfter, isIngesting }: EventStore): Sdk.EventDataStoreStatus {
  if (goneAfter !== undefined) return 'PENDING_DELETION'
  return isIngesting ? 'ENABLED' : 'STOPPED_INGESTION'
}

const told = (store: EventStore) => ({
  EventDataStoreArn: store.arn,
  Name: store.name,
  Status: statusOf(store),
  AdvancedEventSelectors: store.selectors.advanced as Sdk.AdvancedEventSelector[],
  MultiRegionEnabled: store.ofAllRegions,
  OrganizationEnabled: false,
  RetentionPeriod: store.retentionDays,
  TerminationProtectionEnabled: store.isProtected,
  CreatedTimestamp: new Date(store.createdAt),
  UpdatedTimestamp: new Date(store.changedAt),
  BillingMode: store.billingMode,
  ...(store.kmsKeyArn && { KmsKeyId: store.kmsKeyArn }),
})
