import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { pageOf } from './paging.ts'
import { reachedScope } from './scope.ts'
import { glueTable, parseVersionId } from './table-shape.ts'

export function tableVersions({ catalog, permissions }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    GetTableVersion(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName, VersionId } = input
      // Without a version: "If not specified, the latest version".
      const version =
        VersionId === undefined ? catalog.tables.get(scope, DatabaseName, TableName).version : parseVersionId(VersionId)
      const found = catalog.tables.version(scope, DatabaseName, TableName, version)
      return { TableVersion: { Table: glueTable(found, scope, permissions), VersionId: String(found.version) } }
    },

    GetTableVersions(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { items, NextToken } = pageOf(
        input.MaxResults ?? 100,
        input.NextToken,
        (page) => catalog.tables.versions(scope, input.DatabaseName, input.TableName, page),
        (table) => String(table.version),
      )
      const TableVersions = items.map((table) => ({
        Table: glueTable(table, scope, permissions),
        VersionId: String(table.version),
      }))
      return { TableVersions, NextToken }
    },

    async DeleteTableVersion(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      await catalog.tables.deleteVersion(scope, input.DatabaseName, input.TableName, parseVersionId(input.VersionId))
      return {}
    },

    async BatchDeleteTableVersion(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName } = input
      const Errors = []
      catalog.tables.versions(scope, DatabaseName, TableName, { limit: 1 })
      for (const VersionId of input.VersionIds)
        try {
          await catalog.tables.deleteVersion(scope, DatabaseName, TableName, parseVersionId(VersionId))
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          Errors.push({ TableName, VersionId, ErrorDetail: errorDetail(error) })
        }
      return { Errors }
    },
  }
}
