import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { createRegistry, deleteRegistry, describeRegistry, listRegistries } from '../../core/schemas/registry.ts'
import { type Registry, registryArn, requireRegistry } from '../../core/schemas/registry-state.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { scopeOf } from './scope.ts'

export const DEFAULT_PAGE = 25

export function registries(lake: Lake): Handlers<typeof Sdk> {
  return {
    async CreateRegistry({ RegistryName, Description, Tags }, call) {
      const scope = scopeOf(call, undefined)
      await createRegistry(lake, scope, { name: RegistryName, description: Description, tags: Tags })
      return { RegistryArn: registryArn(scope, RegistryName), RegistryName, Description, Tags }
    },

    GetRegistry(input, call) {
      const scope = scopeOf(call, undefined)
      const found = requireRegistry(lake.state, scope, registryName(scope, input.RegistryId))
      return registryItem(found, scope)
    },

    async UpdateRegistry(input, call) {
      const scope = scopeOf(call, undefined)
      const name = registryName(scope, input.RegistryId)
      await describeRegistry(lake, scope, name, input.Description)
      return { RegistryName: name, RegistryArn: registryArn(scope, name) }
    },

    ListRegistries(input, call) {
      const scope = scopeOf(call, undefined)
      const { items, NextToken } = pageOf(
        input.MaxResults ?? DEFAULT_PAGE,
        input.NextToken,
        (page) => listRegistries(lake, scope, page),
        ({ name }) => name,
      )
      return { Registries: items.map((one) => registryItem(one, scope)), NextToken }
    },

    async DeleteRegistry(input, call) {
      const scope = scopeOf(call, undefined)
      const name = registryName(scope, input.RegistryId)
      await deleteRegistry(lake, scope, name)
      return { RegistryName: name, RegistryArn: registryArn(scope, name), Status: 'DELETING' }
    },
  }
}

const registryItem = (found: Registry, scope: Scope): Sdk.RegistryListItem => ({
  RegistryName: found.name,
  RegistryArn: registryArn(scope, found.name),
  Description: found.description,
  Status: 'AVAILABLE',
  CreatedTime: found.createdAt,
  UpdatedTime: found.updatedAt,
})

/** "One of RegistryArn or RegistryName has to be provided." */
export function registryName(
  scope: Scope,
  { RegistryName, RegistryArn }: { readonly RegistryName?: string; readonly RegistryArn?: string },
): string {
  if ((RegistryName === undefined) === (RegistryArn === undefined))
    throw new Fault(
      'invalid',
      'registry',
      'One of registryName or registryArn has to be provided, both cannot be provided.',
    )
  if (RegistryName !== undefined) return RegistryName
  const prefix = registryArn(scope, '')
  if (!RegistryArn!.startsWith(prefix))
    throw new Fault('not-found', 'registry', `Registry is not found. RegistryArn: ${RegistryArn}`)
  return RegistryArn!.slice(prefix.length)
}
