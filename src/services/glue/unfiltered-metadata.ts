/** Tables and partitions whole, with what of them the caller may see: for engines that filter by themselves. */
import { randomBytes } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-glue'
import { tableArn } from '../../core/catalog/names.ts'
import type { Lake } from '../../core/lake.ts'
import { partName } from '../../core/permissions/column-parts.ts'
import { engineSight } from '../../core/permissions/engine-contract.ts'
import { type Permission, spelledOut } from '../../core/permissions/permission.ts'
import type { Conditions } from '../../core/permissions/visibility.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { gluePartition, partitionPage } from './partitions.ts'
import { reachedScope } from './scope.ts'
import { glueTable } from './table-shape.ts'

interface Asked {
  readonly CatalogId: string
  readonly DatabaseName: string
  readonly SupportedPermissionTypes: readonly string[]
}

export function unfilteredMetadata(lake: Lake): Handlers<typeof Sdk> {
  const { catalog, permissions } = lake
  /** `wanted`: permissions of the caller on the table, by which it wants to be let in (API_GetUnfilteredTableMetadata). */
  const sightOf = (input: Asked, name: string, call: ServiceCall, wanted: readonly Permission[] = []) => {
    const scope = reachedScope(call, input.CatalogId)
    const house = { account: scope.account, region: scope.region }
    // Whoever may not see it is told what it would be told of anything.
    catalog.tables.get(scope, input.DatabaseName, name)
    const table = catalog.tables.get(house, input.DatabaseName, name)
    const sight = engineSight(permissions, call.principal, scope, table, {
      needed: ['DESCRIBE', ...spelledOut('table', wanted)],
      supported: input.SupportedPermissionTypes,
    })
    const IsRegisteredWithLakeFormation = permissions.registers(scope, table.descriptor.StorageDescriptor?.Location)
    const AuthorizedColumns = sight.parts.map(({ path }) => partName(path))
    return { scope, house, table, sight, told: { AuthorizedColumns, IsRegisteredWithLakeFormation } }
  }
  return {
    GetUnfilteredTableMetadata(input, call) {
      const { scope, table, sight, told } = sightOf(input, input.Name, call, input.Permissions as Permission[])
      const { visibility } = sight
      const CellFilters = sight.parts.flatMap(({ path, where }) => {
        const RowFilterExpression = conditionText(where)
        return RowFilterExpression === undefined ? [] : [{ ColumnName: partName(path), RowFilterExpression }]
      })
      return {
        ...told,
        Table: glueTable(table, scope, permissions),
        CellFilters,
        RowFilter: conditionText(visibility.rows),
        Permissions: [...sight.permissions] as Sdk.Permission[],
        // Of the query that it is one of, where the engine has been given one before.
        QueryAuthorizationId: input.QuerySessionContext?.QueryAuthorizationId ?? randomBytes(32).toString('base64url'),
        ResourceArn: tableArn(scope, table.database, table.descriptor.Name),
        IsMultiDialectView: false,
        IsProtected: false,
      }
    },

    GetUnfilteredPartitionMetadata(input, call) {
      const { scope, house, table, told } = sightOf(input, input.TableName, call)
      const found = catalog.partitions.get(house, table.database, table.descriptor.Name, input.PartitionValues)
      return { ...told, Partition: gluePartition(found, scope, input) }
    },

    async GetUnfilteredPartitionsMetadata(input, call) {
      const { house, told } = sightOf(input, input.TableName, call)
      const page = await partitionPage(catalog, house, input, call.signal)
      return {
        UnfilteredPartitions: page.Partitions?.map((Partition) => ({ ...told, Partition })),
        NextToken: page.NextToken,
      }
    },
  }
}

/** One of several is enough. */
function conditionText(conditions: Conditions): string | undefined {
  if (!conditions) return undefined
  return conditions.length === 1 ? conditions[0]!.text : conditions.map(({ text }) => `(${text})`).join(' OR ')
}
