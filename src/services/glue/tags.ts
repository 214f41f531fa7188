import type { Lake } from '../../core/lake.ts'
import type { StateStore } from '../../core/ports.ts'
import { addTags, removeTags, tagsOf } from '../../core/resources/tags.ts'
import { requireRegistry, requireSchema } from '../../core/schemas/registry-state.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { requireCatalog } from './catalogs.ts'
import { requireConnection } from './connections.ts'
import { registryName } from './registries.ts'
import { schemaName } from './schemas.ts'
import { scopeOf } from './scope.ts'

/** Of databases and tables, which the catalog keeps, and of what lies beside it. */
export function tags({ catalog, state }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    GetTags(input, call) {
      const scope = scopeOf(call, undefined)
      const beside = besideCatalog(state, call, input.ResourceArn)
      return { Tags: { ...(beside ? tagsOf(state, input.ResourceArn) : catalog.tags.get(scope, input.ResourceArn)) } }
    },

    async TagResource(input, call) {
      const { ResourceArn: arn, TagsToAdd } = input
      if (besideCatalog(state, call, arn)) await state.transaction((tx) => addTags(tx, arn, TagsToAdd))
      else await catalog.tags.add(scopeOf(call, undefined), arn, TagsToAdd)
      return {}
    },

    async UntagResource(input, call) {
      const { ResourceArn: arn, TagsToRemove } = input
      if (besideCatalog(state, call, arn)) await state.transaction((tx) => removeTags(tx, arn, TagsToRemove))
      else await catalog.tags.remove(scopeOf(call, undefined), arn, TagsToRemove)
      return {}
    },
  }
}

/** False for what only the catalog can know. Throws not-found. */
function besideCatalog(state: StateStore, call: ServiceCall, arn: string): boolean {
  const scope = scopeOf(call, undefined)
  const [, kind, name = ''] = /^arn:aws:glue:[^:]*:[^:]*:(registry|schema|connection|catalog)\/(.*)$/.exec(arn) ?? []
  if (kind === 'registry') requireRegistry(state, scope, registryName(scope, { RegistryArn: arn }))
  else if (kind === 'schema') requireSchema(state, scope, schemaName(scope, { SchemaArn: arn }))
  else if (kind === 'connection') requireConnection(state, scope, name)
  else if (kind === 'catalog') requireCatalog({ state }, scope, name)
  else return false
  return true
}
