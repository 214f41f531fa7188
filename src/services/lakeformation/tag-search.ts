import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Lake } from '../../core/lake.ts'
import { matches } from '../../core/permissions/tags.ts'
import { paged } from '../../core/resources/paging.ts'
import type { Handlers } from '../../protocol/service.ts'
import { awsTags } from './assigned-tags.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { conditionsOf } from './resource-shape.ts'
import { scopeOf } from './scope.ts'

/** Of what the caller sees, that whose tags meet an expression. */
export const tagSearch = ({ catalog, permissions }: Lake): Handlers<typeof Sdk> => ({
  SearchDatabasesByLFTags(input, call) {
    const scope = scopeOf(call, input.CatalogId)
    const { tags } = permissions.rules(scope)
    const conditions = conditionsOf(input.Expression)
    const after = cursorOf(input.NextToken)
    const limit = input.MaxResults ?? 100
    const DatabaseList: Sdk.TaggedDatabase[] = []
    for (const { descriptor } of paged(
      (page) => catalog.databases.list(scope, { ...page, ...(page.after === undefined && after && { after }) }),
      (one) => one.descriptor.Name,
    )) {
      const own = tags.of(descriptor.Name)
      if (!matches(conditions, own)) continue
      if (DatabaseList.length === limit)
        return { DatabaseList, NextToken: tokenOf(DatabaseList.at(-1)!.Database!.Name) }
      DatabaseList.push({
        Database: { CatalogId: scope.account, Name: descriptor.Name },
        LFTags: awsTags(own, scope),
      })
    }
    return { DatabaseList }
  },

  SearchTablesByLFTags(input, call) {
    const scope = scopeOf(call, input.CatalogId)
    const { tags } = permissions.rules(scope)
    const conditions = conditionsOf(input.Expression)
    const [fromDatabase = '', fromTable = ''] = (cursorOf(input.NextToken) ?? '').split('\n')
    const limit = input.MaxResults ?? 100
    const TableList: Sdk.TaggedTable[] = []
    for (const { descriptor: home } of paged(
      (page) => catalog.databases.list(scope, page),
      (one) => one.descriptor.Name,
    )) {
      const database = home.Name
      if (database < fromDatabase || home.TargetDatabase) continue
      const first = database === fromDatabase && fromTable !== '' ? fromTable : undefined
      for (const { descriptor } of paged(
        (page) =>
          catalog.tables.list(scope, database, { ...page, ...(page.after === undefined && first && { after: first }) }),
        (one) => one.descriptor.Name,
      )) {
        const name = { database, table: descriptor.Name }
        const [ofTable, ofColumns] = [tags.ofTable(name), tags.columnsOf(name)]
        const columns = [...ofColumns].filter(([, own]) => matches(conditions, own))
        if (!matches(conditions, ofTable) && columns.length === 0) continue
        if (TableList.length === limit) {
          const last = TableList.at(-1)!.Table!
          return { TableList, NextToken: tokenOf(`${last.DatabaseName}\n${last.Name}`) }
        }
        TableList.push({
          Table: { CatalogId: scope.account, DatabaseName: database, Name: descriptor.Name },
          LFTagOnDatabase: awsTags(tags.of(database), scope),
          LFTagsOnTable: awsTags(ofTable, scope),
          LFTagsOnColumns: columns.map(([Name, own]) => ({ Name, LFTags: awsTags(own, scope) })),
        })
      }
    }
    return { TableList }
  },
})
