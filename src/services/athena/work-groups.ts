import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import type { StateStore } from '../../core/ports.ts'
import { type Collection, collection } from '../../core/resources/collection.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { page } from './paging.ts'
import { scopeKey } from './scope.ts'
import { tagsOf } from './tags.ts'

export interface WorkGroup {
  readonly description?: string
  readonly state: 'ENABLED' | 'DISABLED'
  readonly createdAt: string
  readonly configuration: Sdk.WorkGroupConfiguration
}

/** The default work group is there before anyone makes it. Its settings as a new account has them (observed). */
export const PRIMARY = 'primary'
const DEFAULTS: Sdk.WorkGroupConfiguration = {
  EnableMinimumEncryptionConfiguration: false,
  EnforceWorkGroupConfiguration: false,
  PublishCloudWatchMetricsEnabled: false,
  RequesterPaysEnabled: false,
  ResultConfiguration: {},
}
export const ENGINE_VERSION: Sdk.EngineVersion = {
  SelectedEngineVersion: 'AUTO',
  EffectiveEngineVersion: 'Athena engine version 3',
}

export const workGroups = (state: StateStore, call: Pick<ServiceCall, 'account' | 'region'>): Collection<WorkGroup> =>
  collection<WorkGroup>(state, `athena/work-groups/${scopeKey(call)}`, {
    noun: 'work-group',
    missing: () => 'WorkGroup is not found.',
    exists: (name) => `WorkGroup ${name} is already created`,
  })

export function findWorkGroup(lake: Lake, call: Pick<ServiceCall, 'account' | 'region'>, name: string): WorkGroup {
  const found = workGroups(lake.state, call).find(name)
  if (found) return found
  if (name === PRIMARY) return { state: 'ENABLED', createdAt: new Date(0).toISOString(), configuration: DEFAULTS }
  return workGroups(lake.state, call).get(name)
}

/** The engine version that a choice comes to; a version that Athena does not have is refused. */
function engineVersion(chosen: Sdk.EngineVersion | undefined): Sdk.EngineVersion {
  const selected = chosen?.SelectedEngineVersion ?? 'AUTO'
  if (selected !== 'AUTO' && selected !== 'Athena engine version 3')
    throw invalidRequest(`Unsupported engine version: ${selected}`)
  return { SelectedEngineVersion: selected, EffectiveEngineVersion: 'Athena engine version 3' }
}

const described = (name: string, group: WorkGroup): Sdk.WorkGroup => ({
  Name: name,
  State: group.state,
  ...(group.description ? { Description: group.description } : {}),
  CreationTime: new Date(group.createdAt),
  Configuration: {
    ...DEFAULTS,
    ...group.configuration,
    EngineVersion: engineVersion(group.configuration.EngineVersion),
  },
})

export const workGroupHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async CreateWorkGroup(input, call) {
    if (input.Name === PRIMARY) throw invalidRequest(`WorkGroup ${PRIMARY} is already created`)
    const configuration = {
      ...DEFAULTS,
      EnforceWorkGroupConfiguration: true,
      PublishCloudWatchMetricsEnabled: true,
      ...input.Configuration,
    }
    engineVersion(configuration.EngineVersion)
    const createdAt = lake.clock.now().toISOString()
    const tags = tagsOf(lake, call, 'workgroup', input.Name)
    await workGroups(lake.state, call).create(
      input.Name,
      { description: input.Description, state: 'ENABLED', createdAt, configuration },
      (tx) => tags.write(tx, input.Tags ?? []),
    )
    return {}
  },
  GetWorkGroup: (input, call) => ({
    WorkGroup: described(input.WorkGroup, findWorkGroup(lake, call, input.WorkGroup)),
  }),
  ListWorkGroups(input, call) {
    const stored = workGroups(lake.state, call)
    const { items, NextToken } = page(
      input,
      50,
      ({ after, limit }) => {
        const rows = stored.list({ after, limit }).map((row) => ({ name: row.key, group: row.doc }))
        if (
          !rows.some((row) => row.name === PRIMARY) &&
          !stored.find(PRIMARY) &&
          (after === undefined || after < PRIMARY)
        )
          rows.push({ name: PRIMARY, group: findWorkGroup(lake, call, PRIMARY) })
        return rows.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit)
      },
      (row) => row.name,
    )
    return {
      WorkGroups: items.map(({ name, group }) => ({
        Name: name,
        State: group.state,
        Description: group.description ?? '',
        CreationTime: new Date(group.createdAt),
        EngineVersion: engineVersion(group.configuration.EngineVersion),
      })),
      NextToken,
    }
  },
  async UpdateWorkGroup(input, call) {
    const current = findWorkGroup(lake, call, input.WorkGroup)
    const configuration = updated(current.configuration, input.ConfigurationUpdates ?? {})
    engineVersion(configuration.EngineVersion)
    const description = input.Description ?? current.description
    await workGroups(lake.state, call).put(input.WorkGroup, {
      ...current,
      description,
      state: input.State ?? current.state,
      configuration,
    })
    return {}
  },
  async DeleteWorkGroup(input, call) {
    if (input.WorkGroup === PRIMARY) throw invalidRequest('The primary workgroup cannot be deleted.')
    await workGroups(lake.state, call).delete(input.WorkGroup)
    return {}
  },
  ListEngineVersions: () => ({
    EngineVersions: [
      { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
      { SelectedEngineVersion: 'Athena engine version 3', EffectiveEngineVersion: 'Athena engine version 3' },
    ],
  }),
})

function updated(
  configuration: Sdk.WorkGroupConfiguration,
  updates: Sdk.WorkGroupConfigurationUpdates,
): Sdk.WorkGroupConfiguration {
  const {
    ResultConfigurationUpdates: results,
    RemoveBytesScannedCutoffPerQuery,
    RemoveCustomerContentEncryptionConfiguration,
    ...plain
  } = updates
  const current = configuration.ResultConfiguration ?? {}
  const next: Sdk.WorkGroupConfiguration = { ...configuration }
  for (const [name, value] of Object.entries(plain)) if (value !== undefined) Object.assign(next, { [name]: value })
  if (RemoveBytesScannedCutoffPerQuery) delete next.BytesScannedCutoffPerQuery
  if (RemoveCustomerContentEncryptionConfiguration) delete next.CustomerContentEncryptionConfiguration
  if (results)
    next.ResultConfiguration = {
      OutputLocation: results.RemoveOutputLocation ? undefined : (results.OutputLocation ?? current.OutputLocation),
      EncryptionConfiguration: results.RemoveEncryptionConfiguration
        ? undefined
        : (results.EncryptionConfiguration ?? current.EncryptionConfiguration),
      ExpectedBucketOwner: results.RemoveExpectedBucketOwner
        ? undefined
        : (results.ExpectedBucketOwner ?? current.ExpectedBucketOwner),
      AclConfiguration: results.RemoveAclConfiguration
        ? undefined
        : (results.AclConfiguration ?? current.AclConfiguration),
    }
  return next
}
