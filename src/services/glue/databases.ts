import type { Database as GlueDatabase } from '@aws-sdk/client-glue'
import type { Database, Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { scopeOf } from './scope.ts'

export function databases({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    async CreateDatabase(input, call) {
      await catalog.databases.create(scopeOf(call, input.CatalogId), input.DatabaseInput, input.Tags)
      return {}
    },

    GetDatabase(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      return { Database: glueDatabase(catalog.databases.get(scope, input.Name), scope) }
    },

    GetDatabases(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      // Nothing is shared with an account from outside.
      if (input.ResourceShareType === 'FOREIGN' || input.ResourceShareType === 'FEDERATED') return { DatabaseList: [] }
      const { items, NextToken } = pageOf(
        input.MaxResults ?? 100,
        input.NextToken,
        (page) => catalog.databases.list(scope, page),
        (database) => database.descriptor.Name,
      )
      const namesOnly = input.AttributesToGet?.length
      const DatabaseList = items.map((database) =>
        namesOnly ? { Name: database.descriptor.Name } : glueDatabase(database, scope),
      )
      return { DatabaseList, NextToken }
    },

    async UpdateDatabase(input, call) {
      await catalog.databases.update(scopeOf(call, input.CatalogId), input.Name, input.DatabaseInput)
      return {}
    },

    async DeleteDatabase(input, call) {
      await catalog.databases.delete(scopeOf(call, input.CatalogId), input.Name)
      return {}
    },
  }
}

function glueDatabase({ descriptor, createdAt }: Database, scope: Scope): GlueDatabase {
  return { ...descriptor, CreateTime: new Date(createdAt), CatalogId: scope.account }
}
