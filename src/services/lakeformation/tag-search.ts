import type * as Sdk from '@aws-sdk/client-lakeformation'
import { seenNames } from '../../core/federation/governed-names.ts'
import type { Lake } from '../../core/lake.ts'
import { seenConditions } from '../../core/permissions/held-tags.ts'
import { namesLeft } from '../../core/permissions/narrowed-table.ts'
import { matches } from '../../core/permissions/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { awsTags } from './assigned-tags.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { conditionsOf } from './resource-shape.ts'
import { scopeOf } from './scope.ts'

/** Of what the caller sees, that whose tags meet an expression, as far as the caller sees tags. */
export const tagSearch = (lake: Lake): Handlers<typeof Sdk> => ({
  async SearchDatabasesByLFTags(input, call) {
    const scope = scopeOf(call, input.CatalogId)
    const { tags } = lake.permissions.rules(scope)
    const conditions = seenConditions(lake.permissions, scope, conditionsOf(input.Expression))
    const limit = input.MaxResults ?? 100
    const DatabaseList: Sdk.TaggedDatabase[] = []
    for await (const Name of seenNames(lake, call.signal).databases(scope, cursorOf(input.NextToken))) {
      const own = tags.of(Name)
      if (!matches(conditions, own)) continue
      if (DatabaseList.length === limit)
        return { DatabaseList, NextToken: tokenOf(DatabaseList.at(-1)!.Database!.Name!) }
      DatabaseList.push({ Database: { CatalogId: scope.account, Name }, LFTags: awsTags(lake, own, scope) })
    }
    return { DatabaseList }
  },

  async SearchTablesByLFTags(input, call) {
    const scope = scopeOf(call, input.CatalogId)
    const { tags } = lake.permissions.rules(scope)
    const conditions = seenConditions(lake.permissions, scope, conditionsOf(input.Expression))
    const [fromDatabase = '', fromTable = ''] = (cursorOf(input.NextToken) ?? '').split('\n')
    const limit = input.MaxResults ?? 100
    const TableList: Sdk.TaggedTable[] = []
    const names = seenNames(lake, call.signal)
    const decide = lake.permissions.tables(call.principal, scope)
    for await (const database of names.databases(scope)) {
      if (database < fromDatabase) continue
      const first = database === fromDatabase && fromTable !== '' ? fromTable : undefined
      for await (const table of names.tables(scope, database, first)) {
        const name = { database, table }
        const [ofTable, ofColumns] = [tags.ofTable(name), tags.columnsOf(name)]
        const seen = namesLeft(
          Array.from(ofColumns.keys(), (column) => ({ name: column })),
          decide(name),
        )
        const columns = [...ofColumns].filter(([column, own]) => seen.has(column) && matches(conditions, own))
        if (!matches(conditions, ofTable) && columns.length === 0) continue
        if (TableList.length === limit) {
          const last = TableList.at(-1)!.Table!
          return { TableList, NextToken: tokenOf(`${last.DatabaseName}\n${last.Name}`) }
        }
        TableList.push({
          Table: { CatalogId: scope.account, DatabaseName: database, Name: table },
          LFTagOnDatabase: awsTags(lake, tags.of(database), scope),
          LFTagsOnTable: awsTags(lake, ofTable, scope),
          LFTagsOnColumns: columns.map(([Name, own]) => ({ Name, LFTags: awsTags(lake, own, scope) })),
        })
      }
    }
    return { TableList }
  },
})
