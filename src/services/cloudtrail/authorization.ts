/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html */
import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { trailArn } from '../../core/events/trails.ts'
import type { Lake } from '../../core/lake.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import { passedRoles } from '../../protocol/passed-roles.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'
import type { StoreQueryRuns } from './query-runs.ts'
import { shadowTrails } from './trail-names.ts'

const everything = () => '*'
const ofTagged = ({ ResourceId }: { readonly ResourceId: string }) => ResourceId
const storeArn = (idOrArn: string | undefined, { account, region }: ServiceCall): string =>
  idOrArn?.startsWith('arn:') ? idOrArn : `arn:aws:cloudtrail:${region}:${account}:eventdatastore/${idOrArn ?? '*'}`
const ofStore = ({ EventDataStore }: { readonly EventDataStore?: string }, call: ServiceCall) =>
  storeArn(EventDataStore, call)
/** The store that a query reads stands in its text. */
const ofQuery = ({ QueryStatement = '' }: { readonly QueryStatement?: string }, call: ServiceCall) => {
  const ids = QueryStatement.match(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi) ?? ['*']
  return [...new Set(ids)].map((id) => storeArn(id.toLowerCase(), call))
}

export function cloudTrailAuthorization({ state }: Lake, runs: StoreQueryRuns): Authorization {
  /** The stores that it reads, whichever the caller names. */
  const ofRun = (input: { readonly QueryId?: string; readonly EventDataStore?: string }, call: ServiceCall) => {
    const spec = input.QueryId === undefined ? undefined : runs.find(input.QueryId)?.spec
    if (spec?.account !== call.account || spec.region !== call.region) return ofStore(input, call)
    return spec.stores.map((id) => storeArn(id, call))
  }
  /** A name is that of a trail here, or of one of all regions that is at home elsewhere. */
  const named = (name: string, call: ServiceCall): string => {
    if (name.startsWith('arn:')) return name
    const shadow = shadowTrails(state, call).find((trail) => trail.name === name)
    return trailArn(shadow ?? call, name)
  }
  const ofTrail = ({ Name }: { readonly Name: string }, call: ServiceCall) => named(Name, call)
  const inTrail = ({ TrailName }: { readonly TrailName?: string }, call: ServiceCall) => named(TrailName ?? '*', call)
  const rules: Rules<typeof Sdk> = {
    CreateTrail: ({ Name, CloudWatchLogsRoleArn }, call) => [
      trailArn(call, Name),
      ...passedRoles(call, 'cloudtrail', CloudWatchLogsRoleArn),
    ],
    UpdateTrail: ({ Name, CloudWatchLogsRoleArn }, call) => [
      named(Name, call),
      ...passedRoles(call, 'cloudtrail', CloudWatchLogsRoleArn),
    ],
    DeleteTrail: ofTrail,
    GetTrail: ofTrail,
    GetTrailStatus: ofTrail,
    DescribeTrails: everything,
    ListTrails: everything,
    StartLogging: ofTrail,
    StopLogging: ofTrail,
    GetEventSelectors: inTrail,
    PutEventSelectors: inTrail,
    GetInsightSelectors: inTrail,
    PutInsightSelectors: inTrail,
    LookupEvents: everything,
    ListPublicKeys: everything,
    AddTags: ofTagged,
    RemoveTags: ofTagged,
    ListTags: ({ ResourceIdList }) => ResourceIdList,
    CreateEventDataStore: (_, call) => storeArn(undefined, call),
    GetEventDataStore: ofStore,
    UpdateEventDataStore: ofStore,
    DeleteEventDataStore: ofStore,
    RestoreEventDataStore: ofStore,
    StartEventDataStoreIngestion: ofStore,
    StopEventDataStoreIngestion: ofStore,
    ListEventDataStores: everything,
    StartQuery: ofQuery,
    DescribeQuery: ofRun,
    GetQueryResults: ofRun,
    CancelQuery: ofRun,
    ListQueries: ofStore,
  }
  return { prefix: 'cloudtrail', rules }
}
