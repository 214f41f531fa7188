import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import type { StateStore } from '../../core/ports.ts'
import { type Collection, collection } from '../../core/resources/collection.ts'
import type { Handlers } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { page, requireFirstPage } from './paging.ts'
import { type Scope, workGroupSpace } from './spaces.ts'
import { tagNew, untagGone } from './tags.ts'
import { checked, DEFAULTS, ENGINE_VERSIONS, engineVersion, updated } from './work-group-configuration.ts'
import { deleteContents, hasContents, requireUnreserved } from './work-group-contents.ts'

export interface WorkGroup {
  readonly description?: string
  readonly state: 'ENABLED' | 'DISABLED'
  readonly createdAt: string
  readonly configuration: Sdk.WorkGroupConfiguration
}

/** The default work group is there before anyone makes it. */
export const PRIMARY = 'primary'
const UNTOUCHED: WorkGroup = { state: 'ENABLED', createdAt: new Date(0).toISOString(), configuration: DEFAULTS }

const workGroups = (state: StateStore, call: Scope): Collection<WorkGroup> =>
  collection<WorkGroup>(state, workGroupSpace(call), {
    noun: 'work-group',
    missing: () => 'WorkGroup is not found.',
    exists: (name) => `WorkGroup ${name} is already created`,
  })

export const hasWorkGroup = (lake: Lake, call: Scope, name: string): boolean =>
  name === PRIMARY || workGroups(lake.state, call).find(name) !== undefined

export function findWorkGroup(lake: Lake, call: Scope, name: string): WorkGroup {
  const found = workGroups(lake.state, call).find(name)
  if (found) return found
  if (name === PRIMARY) return UNTOUCHED
  return workGroups(lake.state, call).get(name)
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
    const configuration = checked({
      ...DEFAULTS,
      EnforceWorkGroupConfiguration: true,
      PublishCloudWatchMetricsEnabled: true,
      ...input.Configuration,
    })
    const createdAt = lake.clock.now().toISOString()
    await workGroups(lake.state, call).create(
      input.Name,
      { description: input.Description, state: 'ENABLED', createdAt, configuration },
      (tx) => tagNew(tx, call, 'workgroup', input.Name, input.Tags ?? []),
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
    const change = (current: WorkGroup): WorkGroup => ({
      ...current,
      description: input.Description ?? current.description,
      state: input.State ?? current.state,
      configuration: checked(updated(current.configuration, input.ConfigurationUpdates ?? {})),
    })
    await workGroups(lake.state, call).update(
      input.WorkGroup,
      change,
      input.WorkGroup === PRIMARY ? UNTOUCHED : undefined,
    )
    return {}
  },
  async DeleteWorkGroup(input, call) {
    const name = input.WorkGroup
    if (name === PRIMARY) throw invalidRequest('The primary workgroup cannot be deleted.')
    await workGroups(lake.state, call).delete(name, (tx) => {
      requireUnreserved(tx, call, name)
      if (!input.RecursiveDeleteOption && hasContents(tx, call, name))
        throw invalidRequest(`WorkGroup ${name} is not empty`)
      deleteContents(tx, call, name)
      untagGone(tx, call, 'workgroup', name)
    })
    return {}
  },
  ListEngineVersions(input) {
    requireFirstPage(input)
    return { EngineVersions: [...ENGINE_VERSIONS] }
  },
})
