import type { Database as GlueDatabase } from '@aws-sdk/client-glue'
import type { Catalog, Database, Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { sharingCatalogs } from '../../core/permissions/shared-scopes.ts'
import { paged } from '../../core/resources/paging.ts'
import { isTableBucketScope } from '../../core/table-buckets/table-buckets.ts'
import type { Handlers } from '../../protocol/service.ts'
import { cursorOf, pageOf, tokenOf } from './paging.ts'
import { reachedScope } from './scope.ts'

export function databases({ catalog, state }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    async CreateDatabase(input, call) {
      await catalog.databases.create(reachedScope(call, input.CatalogId), input.DatabaseInput, input.Tags)
      return {}
    },

    GetDatabase(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      return { Database: glueDatabase(catalog.databases.get(scope, input.Name), scope) }
    },

    GetDatabases(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { ResourceShareType: type } = input
      const namesOnly = input.AttributesToGet?.length
      if (type !== undefined) {
        const own = type === 'FOREIGN' ? [] : [scope]
        const found = [...own, ...sharingCatalogs(state, scope)]
          .flatMap((one) => allDatabases(catalog, one))
          // "The federated databases (referencing an external entity)": glue dg, aws-glue-api-catalog-databases.
          .filter(({ FederatedDatabase }) => type !== 'FEDERATED' || FederatedDatabase !== undefined)
        const start = Number(cursorOf(input.NextToken) ?? 0)
        const end = start + (input.MaxResults ?? 100)
        const page = found.slice(start, end)
        return {
          DatabaseList: namesOnly ? page.map(({ Name }) => ({ Name })) : page,
          NextToken: end < found.length ? tokenOf(String(end)) : undefined,
        }
      }
      const { items, NextToken } = pageOf(
        input.MaxResults ?? 100,
        input.NextToken,
        (page) => catalog.databases.list(scope, page),
        (database) => database.descriptor.Name,
      )
      const DatabaseList = items.map((database) =>
        namesOnly ? { Name: database.descriptor.Name } : glueDatabase(database, scope),
      )
      return { DatabaseList, NextToken }
    },

    async UpdateDatabase(input, call) {
      await catalog.databases.update(reachedScope(call, input.CatalogId), input.Name, input.DatabaseInput)
      return {}
    },

    async DeleteDatabase(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      // A namespace of a table bucket goes when its tables are gone, each with its place.
      await catalog.databases.delete(scope, input.Name, { onlyEmpty: isTableBucketScope(scope) })
      return {}
    },
  }
}

const allDatabases = (catalog: Catalog, scope: Scope): GlueDatabase[] =>
  Array.from(
    paged(
      (page) => catalog.databases.list(scope, page),
      ({ descriptor }) => descriptor.Name,
    ),
    (database) => glueDatabase(database, scope),
  )

function glueDatabase({ descriptor, createdAt }: Database, scope: Scope): GlueDatabase {
  return { ...descriptor, CreateTime: new Date(createdAt), CatalogId: scope.account }
}
